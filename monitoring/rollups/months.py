"""PageMonth and GroupMonth: what ratings and long trends read."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Max

from monitoring.models import GroupDay, GroupMonth, Institution, PageMonth, Region
from monitoring.upsert import upsert

from .groups import Sums, group_keys, write_groups
from .sums import page_sums


def refresh_months(region: Region, months: Iterable[dt.date]) -> None:
    """PageMonth and GroupMonth of those months (each given by its first day)."""
    keys = group_keys(region)
    for month in sorted(months):
        rows = _page_months(region, month)
        _store(rows)
        write_groups(GroupMonth, region, "month", {month: _group_month(region, month, rows, keys)})


def refresh_excused(institution: Institution) -> None:
    """PageMonth of one institution: an exemption was entered, changed or taken back, perhaps for months long past."""
    pages = list(institution.pages.values_list("pk", flat=True))
    for month in PageMonth.objects.filter(page__in=pages).order_by().values_list("month", flat=True).distinct():
        _store(_page_months(institution.region, month, pages))


def _store(rows: list[PageMonth]) -> None:
    fields = [f.name for f in PageMonth._meta.concrete_fields if f.name not in ("id", "month", "page")]
    upsert(rows, ["month", "page"], fields)


def month_end(month: dt.date) -> dt.date:
    """The last day of the month that starts on `month`."""
    return (month + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)


def _page_months(region: Region, month: dt.date, pages: Collection[int] | None = None) -> list[PageMonth]:
    sums = page_sums(region, month, month_end(month), pages)
    return [PageMonth(month=month, page_id=page, **row) for page, row in sums.items()]


def _group_month(
    region: Region, month: dt.date, rows: Iterable[PageMonth], keys: dict[int, tuple[tuple[str, str], ...]]
) -> dict[tuple[str, str], Sums]:
    """Audience and pages of the month's last collected day; posts of all its days."""
    groups: dict[tuple[str, str], Sums] = defaultdict(Sums)
    for row in rows:
        for key in keys[row.page_id]:
            groups[key].add("posts", row.posts)
            groups[key].add("views", row.views)
            for part in (row.likes, row.comments, row.reposts):
                groups[key].add("interactions", part)
            if row.people_comments:  # 0 of a page month may also be a month whose comments were not read
                groups[key].add("people_comments", row.people_comments)
                groups[key].add("answered_comments", row.answered_comments)
    days = GroupDay.objects.filter(region=region, day__range=(month, month_end(month)))
    last = days.aggregate(last=Max("day"))["last"]
    for group in days.filter(day=last):
        sums = groups[group.dimension, group.key]
        sums.pages, sums.measured, sums.subscribers = group.pages, group.measured, group.subscribers
    return dict(groups)
