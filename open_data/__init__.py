"""Open data: the figures of the regions that opened their public part, for programs."""
