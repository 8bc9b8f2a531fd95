"""Contests: opened from a final rating, led through their stages to final places and the protocol."""
