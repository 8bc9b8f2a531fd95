"""The desk of an institution's admin: own pages, own score, what to do this week, what was won."""
