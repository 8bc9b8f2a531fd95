"""What must always be true of the ledger: the invariants I1–I6, each break in words.

I1 nothing lost, I2 nothing counted twice, I3 honest state, I4 no invented numbers, I5 ratings as they were computed,
I6 the audit trail whole.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db.models import Count, Exists, F, Model, OuterRef, Q, Sum, Value
from django.utils.translation import gettext as _

from gospub.accounts import audit
from gospub.clock import day_bounds, local_day
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
    Suspect,
)

# How many days back sums and last good days are looked at; the slots and the numbers are looked at whole.
LOOK_BACK = dt.timedelta(days=40)
# What a worker asked before midnight may be stored after the next day was planned.
LATE_ANSWERS = dt.timedelta(minutes=1)
READ = (Provenance.MEASURED, Provenance.ROUNDED)
MEASURED = Count("pk", filter=Q(subscribers__isnull=False))
GROUP_SUMS = {"measured": MEASURED} | {name: Sum(name) for name in ("subscribers", "posts", "views")}
MONTH_SUMS = {"days_measured": MEASURED} | {
    name: Sum(name) for name in ("posts", "own_posts", "views", "likes", "comments", "reposts")
}
# A month of which any day was read holds 0 posts where its days hold none.
KNOWN_OR_NONE = ("measured", "days_measured", "posts", "own_posts")


class Break(NamedTuple):
    """invariant: "I1" … "I6"; text: which page, which day, what, for people."""

    invariant: str
    text: str


def breaks(region: Region, now: dt.datetime) -> Iterator[Break]:
    """All breaks of I1–I4 in a region, its roll-ups refreshed first."""
    today = local_day(now, region.time_zone)
    refresh(region, today)
    for invariant, check in (("I1", _lost), ("I2", _twice), ("I3", _silent), ("I4", _invented)):
        for text in check(region, today, now):
            yield Break(invariant, f"{region}: {text}")


def refresh(region: Region, today: dt.date) -> None:
    """Bring the roll-ups in line with the latest day of which anything was owed: they are made every quarter hour."""
    for day in rollups.collected_days(region, today - LOOK_BACK, today)[-1:]:
        rollups.roll_up(region, day)


def audit_breaks() -> Iterator[Break]:
    """I6: entries of the audit trail that were changed, or whose predecessor was taken away."""
    for entry in audit.breaks():
        yield Break("I6", _("audit entry %(number)s was changed, or the one before it is gone") % {"number": entry.pk})


# --- I1 ------------------------------------------------------------------------------------------


def _lost(region: Region, today: dt.date, now: dt.datetime) -> Iterator[str]:
    """Every watched page has a slot for every past day since it is collected daily, and all those are final."""
    if region.daily_since is None:
        return
    pages = Page.objects.watched().filter(institution__region=region)
    for back in range((today - region.daily_since).days, 0, -1):
        day = today - dt.timedelta(days=back)
        owed = pages.filter(added_on__lte=day)
        for page in owed.exclude(pk__in=Slot.objects.filter(day=day).values("page")).order_by("pk").iterator():
            yield _("%(day)s: %(page)s has no slot") % {"day": day, "page": page}
    held = Q(attempts__gt=0, reason="", next_attempt_at__gt=now)
    left = Slot.objects.filter(page__institution__region=region, status=SlotStatus.DUE, day__lt=today).exclude(held)
    for slot in left.select_related("page").order_by("day", "page").iterator():
        yield _("%(day)s: %(page)s is still due") % {"day": slot.day, "page": slot.page}


# --- I2 ------------------------------------------------------------------------------------------


def _twice(region: Region, today: dt.date, now: dt.datetime) -> Iterator[str]:
    """No day of a page twice; groups and months are the sums of their page days."""
    for model in (Slot, PageDay):
        rows = model.objects.filter(page__institution__region=region, day__gt=today - LOOK_BACK)
        for row in rows.values("page", "day").annotate(n=Count("pk")).filter(n__gt=1).order_by("day", "page"):
            fields = {"day": row["day"], "page": _page(row["page"]), "what": model._meta.verbose_name}
            yield _("%(day)s: %(page)s has “%(what)s” twice") % fields
    if any(_sums_that_differ(region, today)):
        refresh(region, today)  # a worker may have stored something after they were summed
        yield from _sums_that_differ(region, today)


def _sums_that_differ(region: Region, today: dt.date) -> Iterator[str]:
    yield from _groups_that_differ(region, today)
    for month in sorted({(today - dt.timedelta(days=back)).replace(day=1) for back in range(LOOK_BACK.days)}):
        yield from _months_that_differ(region, month)


def _groups_that_differ(region: Region, today: dt.date) -> Iterator[str]:
    """The whole region and its networks, on the days that were summed."""
    span = {"day__gt": today - LOOK_BACK, "day__lte": today}
    groups = GroupDay.objects.filter(region=region, dimension__in=(Dimension.ALL, Dimension.PLATFORM), **span)
    there = {(group.day, group.key): {name: getattr(group, name) for name in GROUP_SUMS} for group in groups}
    facts = PageDay.objects.filter(page__institution__region=region, day__in={day for day, _key in there})
    by_platform = facts.values("day", key=F("page__platform"))
    whole = facts.values("day", key=Value(""))
    here = {
        (row.pop("day"), row.pop("key")): row
        for rows in (by_platform, whole)
        for row in rows.annotate(**GROUP_SUMS).order_by()
    }
    for day, key in sorted(there.keys() | here.keys()):
        group = PlatformCode(key).label if key else _("all networks")
        for name, number, total in _differing(there.get((day, key)), here.get((day, key)), GROUP_SUMS):
            fields = {"day": day, "group": group, "name": _verbose(GroupDay, name), "there": number, "here": total}
            yield _("%(day)s, %(group)s: %(name)s: %(there)s, the pages' sum %(here)s") % fields


def _months_that_differ(region: Region, month: dt.date) -> Iterator[str]:
    """The pages of a month that was summed."""
    rows = PageMonth.objects.filter(page__institution__region=region, month=month)
    there = {row["page"]: row for row in rows.values("page", *MONTH_SUMS)}
    if not there:
        return
    days = {"day__range": (month, rollups.month_end(month))}
    facts = PageDay.objects.filter(page__institution__region=region, **days)
    here = {row["page"]: row for row in facts.values("page").annotate(**MONTH_SUMS).order_by()}
    for page in sorted(there.keys() | here.keys()):
        for name, number, total in _differing(there.get(page), here.get(page), MONTH_SUMS):
            fields = {"month": month, "page": _page(page), "name": _verbose(PageMonth, name)}
            fields |= {"there": number, "here": total}
            yield _("%(month)s: %(page)s: %(name)s: %(there)s, its days' sum %(here)s") % fields


def _differing(
    there: dict[str, int | None] | None, here: dict[str, int | None] | None, names: Iterable[str]
) -> Iterator[tuple[str, int | None, int | None]]:
    """(name, summed number, sum now) where the two differ; a number of posts that is not known counts as none."""
    for name in names:
        number, total = (there or {}).get(name), (here or {}).get(name)
        if (number or 0) != (total or 0) or (name not in KNOWN_OR_NONE and (number is None) != (total is None)):
            yield name, number, total


def _page(pk: int) -> str:
    return str(Page.objects.get(pk=pk))


def _verbose(model: type[Model], name: str) -> str:
    return str(model._meta.get_field(name).verbose_name)


# --- I3 ------------------------------------------------------------------------------------------


def _silent(region: Region, today: dt.date, now: dt.datetime) -> Iterator[str]:
    """What is not ok says why, and since when the page has no number."""
    slots = Slot.objects.filter(page__institution__region=region)
    final = slots.filter(status__in=(SlotStatus.FAILED, SlotStatus.SKIPPED))
    for slot in final.exclude(reason__in=SlotReason.values).select_related("page").order_by("day", "page").iterator():
        yield _("%(day)s: %(page)s failed without a reason") % {"day": slot.day, "page": slot.page}
    lately = slots.filter(day__gt=today - LOOK_BACK)
    there = PageDay.objects.filter(page=OuterRef("page"), day=OuterRef("last_measured_on"), subscribers__isnull=False)
    wrong = lately.filter(last_measured_on__isnull=False).exclude(Exists(there))
    for slot in wrong.select_related("page").order_by("day", "page").iterator():
        fields = {"day": slot.day, "page": slot.page, "last": slot.last_measured_on}
        yield _("%(day)s: %(page)s names %(last)s as its last good day, but there is no number") % fields
    yield from _older_than_known(region, today)


def _older_than_known(region: Region, today: dt.date) -> Iterator[str]:
    """Slots that name an earlier good day than the last one before them."""
    known: dict[int, dt.date] = {}
    for back in range(LOOK_BACK.days, -1, -1):
        day = today - dt.timedelta(days=back)
        slots = Slot.objects.filter(page__institution__region=region, day=day)
        for page, last in slots.values_list("page", "last_measured_on").order_by("page"):
            if page in known and (last is None or last < known[page]):
                fields = {"day": day, "page": _page(page), "last": last, "known": known[page]}
                yield _("%(day)s: %(page)s names %(last)s as its last good day, but %(known)s has a number") % fields
        known |= dict.fromkeys(_measured_in_time(region, day), day)


def _measured_in_time(region: Region, day: dt.date) -> Iterable[int]:
    """Pages whose number of the day was there when the next day was planned."""
    rows = PageDay.objects.filter(page__institution__region=region, day=day, subscribers__isnull=False)
    # What an analyst or the next reading decided came later, and so did the last answers before midnight.
    decided = Suspect.objects.filter(day=day).values("page")
    in_time = rows.exclude(page__in=decided).filter(
        subscribers_provenance__in=READ, collected_at__lt=day_bounds(day, region.time_zone)[1] - LATE_ANSWERS
    )
    return in_time.values_list("page", flat=True)


# --- I4 ------------------------------------------------------------------------------------------


def _invented(region: Region, today: dt.date, now: dt.datetime) -> Iterator[str]:
    """No number that was read without the hash of its answer, and none on a day that failed."""
    numbers = PageDay.objects.filter(
        page__institution__region=region, subscribers__isnull=False, subscribers_provenance__in=READ
    )
    numbers = numbers.select_related("page").order_by("day", "page")
    for row in numbers.filter(answer_hash="").iterator():
        yield _("%(day)s: the number of %(page)s has no answer behind it") % {"day": row.day, "page": row.page}
    failed = Slot.objects.filter(day=OuterRef("day"), page=OuterRef("page")).filter(
        status__in=(SlotStatus.FAILED, SlotStatus.SKIPPED)
    )
    for row in numbers.filter(Exists(failed)).iterator():
        yield _("%(day)s: %(page)s has a number, but the day failed") % {"day": row.day, "page": row.page}
