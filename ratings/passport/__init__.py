"""Score passport: from a place down to each day's reading, as a sheet that computes the score by itself."""

from .book import write_passport

__all__ = ["write_passport"]
