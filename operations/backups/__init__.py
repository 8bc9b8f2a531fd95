"""Copies of the base and of the files beside it, and what brings them back."""
