"""From a final rating to the hall: contests, award lists, documents, quality marks."""
