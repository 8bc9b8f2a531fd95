"""What single pages did in a week. Their page days are read by key, day by day: a letter is about a few pages."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q

from gospub.clock import local_day
from monitoring.dashboards.filters import GONE
from monitoring.models import Exemption, Page, PageClass, PageDay, Region

DAYS = 7


@dataclass(frozen=True, slots=True)
class PageWeek:
    """posts, posts_before: of the week and of the one before, None = not every day is known. owes: the posting norm
    applies. unanswered: people's comments under the week's posts that the page did not answer, None = no data.
    subscribers: the last number of the week, None = never measured in it; grown: since the last one of the week before.
    """

    page: Page
    posts: int | None
    posts_before: int | None
    owes: bool
    unanswered: int | None
    subscribers: int | None
    grown: int | None


def days_of(monday: dt.date) -> list[dt.date]:
    return [monday + dt.timedelta(days=n) for n in range(DAYS)]


def page_weeks(pages: Collection[Page], region: Region, monday: dt.date) -> list[PageWeek]:
    """Each page's week, in the order of the pages."""
    both = [*days_of(monday - dt.timedelta(days=DAYS)), *days_of(monday)]
    rows: dict[int, dict[dt.date, PageDay]] = defaultdict(dict)
    for row in PageDay.objects.filter(page__in=pages, day__in=both):
        rows[row.page_id][row.day] = row
    exempt = _exempt(pages, both[DAYS:])
    return [
        _page_week(
            page,
            rows[page.pk],
            both,
            region.time_zone,
            exempt=not exempt.isdisjoint({(page.institution_id, page.platform), (page.institution_id, "")}),
        )
        for page in pages
    ]


def _page_week(page: Page, rows: dict[dt.date, PageDay], days: list[dt.date], zone: str, *, exempt: bool) -> PageWeek:
    """days: of the week before and of the week."""
    before, this = days[:DAYS], days[DAYS:]
    last, earlier = _last_measured(rows, this), _last_measured(rows, before)
    commented = [rows[day] for day in this if day in rows and rows[day].people_comments is not None]
    unanswered = [max(row.people_comments - (row.answered_comments or 0), 0) for row in commented]
    return PageWeek(
        page=page,
        posts=_posts(page, rows, this, zone),
        posts_before=_posts(page, rows, before, zone),
        owes=page.page_class != PageClass.CARD and page.status not in GONE and not exempt,
        unanswered=sum(unanswered) if unanswered else None,
        subscribers=last,
        grown=None if last is None or earlier is None else last - earlier,
    )


def _posts(page: Page, rows: dict[dt.date, PageDay], days: list[dt.date], zone: str) -> int | None:
    """Posts of the days; a day without a row held none, where every post of the span was read."""
    start, end = page.posts_known_from, page.posts_known_to
    if start is None or end is None or start > days[0] or local_day(end, zone) < days[-1]:
        return None
    return sum(rows[day].posts or 0 for day in days if day in rows)


def _last_measured(rows: dict[dt.date, PageDay], days: list[dt.date]) -> int | None:
    known = [rows[day].subscribers for day in days if day in rows and rows[day].subscribers is not None]
    return known[-1] if known else None


def _exempt(pages: Iterable[Page], days: list[dt.date]) -> set[tuple[int, str]]:
    """(institution, network) that were exempt on any of the days; network "" = all of them."""
    touching = Q(until=None) | Q(until__gte=days[0])
    owners = {page.institution_id for page in pages}
    found = Exemption.objects.filter(touching, institution__in=owners, since__lte=days[-1])
    return set(found.values_list("institution", "platform"))
