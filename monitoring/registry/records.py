"""PageRecord: kept where the registry changes, read where a past day is rated."""

import datetime as dt
from collections.abc import Iterable

from monitoring.models import Page, PageRecord, Region
from monitoring.upsert import upsert


def keep_records(pages: Iterable[Page], day: dt.date) -> int:
    """Keep what the pages (as stored) say of themselves from the local day on, where it differs from the record before;
    the same day again overwrites that day. Returns how many records were written."""
    by_key = {page.pk: page for page in pages}
    last: dict[int, PageRecord] = {}
    for record in PageRecord.objects.filter(page__in=by_key, since__lte=day).order_by("since"):
        last[record.page_id] = record
    rows = [
        PageRecord(page=page, since=day, **_said(page))
        for key, page in by_key.items()
        if key not in last or _said(last[key]) != _said(page)
    ]
    upsert(rows, ["page", "since"], PageRecord.FIELDS)
    return len(rows)


def _said(row: Page | PageRecord) -> dict[str, object]:
    return {name: getattr(row, name) for name in PageRecord.FIELDS}


def records_on(region: Region, day: dt.date) -> dict[int, PageRecord]:
    """The record in force that day, by page. Of a page whose first record is later, that first one: the registry knew
    nothing else. A page that nobody has written of is absent."""
    records = PageRecord.objects.filter(page__institution__region=region).order_by("since")
    found: dict[int, PageRecord] = {}
    for record in records:
        if record.since <= day or record.page_id not in found:
            found[record.page_id] = record
    return found
