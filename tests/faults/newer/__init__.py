"""A made-up next release: one migration that changes a table which every screen reads."""
