"""A Redis that is away ends the work, instead of leaving it for later."""

from monitoring.collection.pool import Pool

Pool._try_turns = lambda self, ask: ask()
