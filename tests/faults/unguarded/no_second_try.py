"""What was read while the base is away is thrown away, and the claims outlive it."""

from monitoring.collection import batch

from . import long_lease  # noqa: F401

batch.BASE_SECONDS = 0
