"""Issuing a fact sheet: its figures are counted, frozen and sealed; publishing it opens their addresses to anybody."""

import datetime as dt
import hashlib
from collections.abc import Iterable

from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from awards.marks.issuing import ALPHABET
from gospub.accounts import audit
from gospub.accounts.models import User
from monitoring.models import Region
from ratings.tables_data import canonical

from . import figures
from .definitions import VERSION, definitions
from .models import FactSheet, Figure
from .sources import Dates

# Of 25 letters: 1.5 · 10¹¹ codes, so hardly any is drawn twice, and none can be guessed.
CODE_LENGTH = 8
# What of a figure is sealed, and what of it a preview shows.
COUNTED = (
    "kind",
    "network",
    "networks",
    "value",
    "parts",
    "earlier",
    "earlier_parts",
    "not_compared",
    "pages",
    "measured",
    "page_set",
    "inputs",
)


class PressError(Exception):
    """Why a sheet cannot be issued or published, in words."""


def issue(region: Region, dates: Dates, seen: str, *, user: User, now: dt.datetime) -> FactSheet:
    """Count and freeze. seen: `fingerprint` of the figures that the user was shown; PressError where the data have
    changed since. The same figures for the same dates are not issued twice: the sheet that has them is returned."""
    with transaction.atomic():
        Region.objects.select_for_update().get(pk=region.pk)
        counted = figures.compute(region, dates)
        if fingerprint(counted) != seen:
            raise PressError(_("The data have changed meanwhile: look at the figures once more."))
        same = _same_dates(region, dates).first()
        if same and same.version == VERSION and fingerprint(same.figures.all()) == seen:
            return same
        earlier = dates.earlier_period or (None, None)
        sheet = FactSheet(
            region=region,
            day=dates.day,
            against=dates.against,
            first=dates.first,
            last=dates.last,
            earlier_first=earlier[0],
            earlier_last=earlier[1],
            version=VERSION,
            definitions={str(kind): text for kind, text in definitions().items()},
            issued_at=now,
            issued_by=user,
        )
        for each in counted:
            each.sheet, each.code = sheet, get_random_string(CODE_LENGTH, ALPHABET)
        sheet.digest = digest(sheet, counted)
        sheet.save()
        for each in counted:
            each.sheet = sheet
        Figure.objects.bulk_create(counted)
        audit.record(user, "fact_sheet.issue", f"fact_sheet {sheet.pk}", before={},
                     after={"day": str(sheet.day), "digest": sheet.digest}, now=now, region=region.pk)  # fmt: skip
    return sheet


def _same_dates(region: Region, dates: Dates) -> Iterable[FactSheet]:
    return FactSheet.objects.filter(
        region=region, day=dates.day, against=dates.against, first=dates.first, last=dates.last
    ).order_by("-pk")


def fingerprint(counted: Iterable[Figure]) -> str:
    """sha256 (hex) over what was counted, whether stored or not."""
    return hashlib.sha256(canonical([_counted(each) for each in counted])).hexdigest()


def _counted(each: Figure) -> list[object]:
    return [getattr(each, name) for name in COUNTED]


def digest(sheet: FactSheet, rows: Iterable[Figure]) -> str:
    """sha256 (hex) over a sheet and its figures: whoever changes a number, what went into it, what it means or where
    it is found, breaks it. The publication is no part of it."""
    dates = (sheet.day, sheet.against, sheet.first, sheet.last, sheet.earlier_first, sheet.earlier_last)
    head = {
        "region": sheet.region.code,
        "dates": [day and day.isoformat() for day in dates],
        "version": sheet.version,
        "definitions": sheet.definitions,
        "issued": [sheet.issued_at.astimezone(dt.UTC).isoformat(), sheet.issued_by_id],
        "figures": sorted([each.code, *_counted(each)] for each in rows),
    }
    return hashlib.sha256(canonical(head)).hexdigest()


def publish(sheet: FactSheet, *, user: User, now: dt.datetime) -> None:
    """Open the addresses of the sheet's figures to anybody, for good. PressError where it is published already."""
    with transaction.atomic():
        fields = {"published_at": now, "published_by": user}
        if not FactSheet.objects.filter(pk=sheet.pk, published_at=None).update(**fields):
            raise PressError(_("Somebody has published the sheet already."))
        audit.record(user, "fact_sheet.publish", f"fact_sheet {sheet.pk}", before={},
                     after={"digest": sheet.digest}, now=now, region=sheet.region_id)  # fmt: skip
