"""Methodologies, ratings and scores."""
