"""What a user has uploaded, kept from the report until it is applied: in the cache, for a day, for this user only, and
encrypted, for names and contacts are in it."""

import datetime as dt
import pickle
import uuid
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Model

from gospub.accounts.models import User
from gospub.encryption import WrongKeyError, seal, unseal
from monitoring.models import Region

from .plan import Plan
from .report import Counts, Problem
from .rows import RegistryRow

LIFE_SECONDS = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of an upload."""

    at: dt.datetime
    counts: dict[type[Model], Counts]
    pages_not_in_file: int
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class Upload:
    """The parsed rows of a file, not the file: it need not be read twice."""

    name: str
    region_id: int
    rows: list[RegistryRow]
    problems: list[Problem]
    applied: Applied | None = None


def keep(user: User, upload: Upload, key: uuid.UUID | None = None) -> uuid.UUID:
    """Remember the upload, under a new random key unless it has one; returns the key."""
    key = key or uuid.uuid4()
    cache.set(_name(user, key), seal(pickle.dumps(upload)), LIFE_SECONDS)
    return key


def find(user: User, region: Region, key: uuid.UUID) -> Upload | None:
    """The user's own upload for that region; None where there is none, or no longer, or its key was taken away."""
    sealed = cache.get(_name(user, key))
    try:
        upload: Upload | None = pickle.loads(unseal(sealed)) if sealed else None  # noqa: S301  sealed by ourselves
    except WrongKeyError:
        return None
    return upload if upload and upload.region_id == region.pk else None


def applied(upload: Upload, plan: Plan, now: dt.datetime) -> Upload:
    """The upload after its plan was written: what was done stays, the rows are let go."""
    done = Applied(now, plan.counts, plan.pages_not_in_file, plan.problems)
    return Upload(upload.name, upload.region_id, [], [], done)


def _name(user: User, key: uuid.UUID) -> str:
    return f"registry-import:{user.pk}:{key}"
