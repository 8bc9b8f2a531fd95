"""What must always be true of the ledger: the invariants I1–I6, each break in words.

I1 nothing lost, I2 nothing counted twice, I3 honest state, I4 no invented numbers, I5 ratings as they were computed,
I6 the audit trail whole.
"""

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.utils.translation import gettext as _

from gospub.accounts import audit
from gospub.clock import local_day
from monitoring import rollups
from monitoring.models import (
    Dimension,
    GroupDay,
    Page,
    PageDay,
    PageMonth,
    PlatformCode,
    Provenance,
    Region,
    Slot,
    SlotReason,
    SlotStatus,
)

# How many days back sums and provenance are looked at; the slots are looked at whole.
LOOK_BACK = dt.timedelta(days=40)


class Break(NamedTuple):
    """invariant: "I1" … "I6"; text: which page, which day, what, for people."""

    invariant: str
    text: str


def breaks(region: Region, now: dt.datetime) -> Iterator[Break]:
    """All breaks of I1–I4 in a region, after its roll-ups were brought in line with its present day."""
    today = local_day(now, region.time_zone)
    if rollups.collected_days(region, today, today):
        rollups.roll_up(region, today)
    for invariant, check in (("I1", _lost), ("I2", _twice), ("I3", _silent), ("I4", _invented)):
        for text in check(region, today, now):
            yield Break(invariant, f"{region}: {text}")


def audit_breaks() -> Iterator[Break]:
    """I6: entries of the audit trail that were changed, or whose predecessor was taken away."""
    for entry in audit.breaks():
        yield Break("I6", _("audit entry %(number)s was changed, or the one before it is gone") % {"number": entry.pk})


# --- I1 ------------------------------------------------------------------------------------------


def _lost(region: Region, today: dt.date, now: dt.datetime) -> Iterator[str]:
    """Every watched page has one slot for every day since it is collected daily; past ones are in a final state."""
    if region.daily_since is None:
        return
    pages = Page.objects.watched().filter(institution__region=region)
    for back in range((today - region.daily_since).days + 1):
        day = today - dt.timedelta(days=back)
        owed = pages.filter(added_on__lte=day)
        for page in owed.exclude(pk__in=Slot.objects.filter(day=day).values("page")).order_by("pk"):
            yield _("%(day)s: %(page)s has no slot") % {"day": day, "page": page}
    held = Q(attempts__gt=0, reason="", next_attempt_at__gt=now)
    left = Slot.objects.filter(page__institution__region=region, status=SlotStatus.DUE, day__lt=today).exclude(held)
    for slot in left.select_related("page").order_by("day", "page"):
        yield _("%(day)s: %(page)s is still due") % {"day": slot.day, "page": slot.page}


# --- I2 ------------------------------------------------------------------------------------------


def _twice(region: Region, today: dt.date, now: dt.datetime) -> Iterator[str]:
    """No day of a page twice; groups and months are the sums of their page days."""
    for model in (Slot, PageDay):
        rows = model.objects.filter(page__institution__region=region, day__gt=today - LOOK_BACK)
        for row in rows.values("page", "day").annotate(n=Count("pk")).filter(n__gt=1).order_by():
            yield _("%(day)s: page %(page)s stands there twice") % row
    yield from _groups_that_differ(region, today)
    yield from _months_that_differ(region, today)


def _groups_that_differ(region: Region, today: dt.date) -> Iterator[str]:
    facts = PageDay.objects.filter(page__institution__region=region, day__gt=today - LOOK_BACK, day__lte=today)
    sums = {"subscribers": Sum("subscribers"), "posts": Sum("posts"), "views": Sum("views")}
    wanted = {(row["day"], ""): row for row in facts.values("day").annotate(**sums).order_by()}
    by_platform = facts.values("day", platform=F("page__platform")).annotate(**sums).order_by()
    wanted |= {(row["day"], row["platform"]): row for row in by_platform}
    groups = GroupDay.objects.filter(
        region=region, dimension__in=(Dimension.ALL, Dimension.PLATFORM), day__gt=today - LOOK_BACK, day__lte=today
    )
    for group in groups.order_by("day", "key"):
        row = wanted.get((group.day, group.key), {})
        for name in sums:
            there, here = getattr(group, name), row.get(name)
            if there != here:
                label = PlatformCode(group.key).label if group.key else _("all networks")
                fields = {"day": group.day, "group": label, "name": name, "there": there, "here": here}
                yield _("%(day)s, %(group)s: %(name)s is %(there)s, the pages' sum %(here)s") % fields


def _months_that_differ(region: Region, today: dt.date) -> Iterator[str]:
    month = today.replace(day=1)
    facts = PageDay.objects.filter(page__institution__region=region, day__gte=month, day__lte=rollups.month_end(month))
    wanted = dict(facts.values_list("page").annotate(Sum("views")).order_by())
    for row in PageMonth.objects.filter(page__institution__region=region, month=month).order_by("page"):
        if row.views != wanted.get(row.page_id):
            fields = {"month": month, "page": row.page_id, "there": row.views, "here": wanted.get(row.page_id)}
            yield _("%(month)s: views of page %(page)s are %(there)s, its days' sum %(here)s") % fields


# --- I3 ------------------------------------------------------------------------------------------


def _silent(region: Region, today: dt.date, now: dt.datetime) -> Iterator[str]:
    """What is not ok says why, and since when the page has no number."""
    slots = Slot.objects.filter(page__institution__region=region)
    final = slots.filter(status__in=(SlotStatus.FAILED, SlotStatus.SKIPPED))
    for slot in final.exclude(reason__in=SlotReason.values).select_related("page").order_by("day", "page"):
        yield _("%(day)s: %(page)s failed without a reason") % {"day": slot.day, "page": slot.page}
    lately = slots.filter(day__gt=today - LOOK_BACK, last_measured_on__isnull=False)
    there = PageDay.objects.filter(page=OuterRef("page"), day=OuterRef("last_measured_on"), subscribers__isnull=False)
    for slot in lately.exclude(Exists(there)).select_related("page").order_by("day", "page"):
        fields = {"day": slot.day, "page": slot.page, "last": slot.last_measured_on}
        yield _("%(day)s: %(page)s names %(last)s as its last good day, but there is no number") % fields


# --- I4 ------------------------------------------------------------------------------------------


def _invented(region: Region, today: dt.date, now: dt.datetime) -> Iterator[str]:
    """No measured number without the hash of its answer, and none on a day that failed."""
    numbers = PageDay.objects.filter(page__institution__region=region, subscribers__isnull=False)
    numbers = numbers.filter(day__gt=today - LOOK_BACK).select_related("page").order_by("day", "page")
    measured = numbers.filter(subscribers_provenance__in=(Provenance.MEASURED, Provenance.ROUNDED))
    for row in measured.filter(answer_hash=""):
        yield _("%(day)s: the number of %(page)s has no answer behind it") % {"day": row.day, "page": row.page}
    failed = Slot.objects.filter(day=OuterRef("day"), page=OuterRef("page")).filter(
        status__in=(SlotStatus.FAILED, SlotStatus.SKIPPED)
    )
    for row in numbers.filter(Exists(failed)):
        yield _("%(day)s: %(page)s has a number, but the day failed") % {"day": row.day, "page": row.page}
