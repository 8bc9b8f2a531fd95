"""Official pages as anybody sees them: the list of a region, and the card of one."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import Http404

from awards.models import QualityMark
from gospub.clock import local_day
from monitoring.dashboards.filters import containing
from monitoring.dashboards.queries.page import engagement
from monitoring.models import Page, PageMonth, PageState, PlatformCode, Region
from ratings.models import Score

from .checking import Verdict, public_pages, verdict
from .ratings import last_final, published_ratings

CHART_MONTHS = 25


def pages_of(region: Region, today: dt.date, words: str = "", platform: str = "") -> QuerySet[Page]:
    """The region's official pages of the day in which every word occurs, by name."""
    in_registry = Q(archived_on=None) | Q(archived_on__gt=today)
    found = Page.objects.filter(in_registry, institution__region=region, added_on__lte=today)
    if platform in PlatformCode.values:
        found = found.filter(platform=platform)
    fields = ("title", "handle", "institution__name", "institution__municipality__name")
    found = found.filter(containing(words, fields, ("institution__inn", "institution__ogrn")))
    found = found.annotate(shown_title=Coalesce(NullIf("title", Value("")), "handle"))
    return found.select_related("institution__municipality", "state")


@dataclass(frozen=True, slots=True)
class Month:
    """subscribers: the last measured of the month; None = no data. measured, owed: days; None = nothing was owed."""

    first: dt.date
    subscribers: int | None
    posts: int | None
    views: int | None
    measured: int
    owed: int


@dataclass(frozen=True, slots=True)
class PageView:
    """months: the oldest first, without a hole, also where nothing is known. places: of final ratings, the latest
    first. mark: the quality mark that is in force."""

    page: Page
    region: Region
    verdict: Verdict
    state: PageState
    engagement: float | None
    months: Sequence[Month]
    places: Sequence[Score]
    mark: QualityMark | None

    @property
    def points(self) -> list[tuple[str, int | None]]:
        """What the line of subscribers is drawn from: months without data break it."""
        return [(month.first.isoformat(), month.subscribers) for month in self.months]

    @property
    def measured(self) -> bool:
        return any(month.subscribers is not None for month in self.months)

    @property
    def ends(self) -> list[Month]:
        """The first and the last month of the line; none where there is no line to draw."""
        known = [month for month in self.months if month.subscribers is not None]
        return [known[0], known[-1]] if len(known) > 1 else []


def page_view(pk: int, now: dt.datetime) -> PageView:
    """The page of that key; 404 where its region is not open."""
    page = public_pages(now).select_related("state").filter(pk=pk).first()
    if page is None:
        raise Http404
    region = page.institution.region
    today = local_day(now, region.time_zone)
    state = state_of(page)
    return PageView(
        page=page,
        region=region,
        verdict=verdict(page, today),
        state=state,
        engagement=engagement(state),
        months=months_of(page, today),
        places=places_of(page, now),
        mark=mark_of(page, today),
    )


def state_of(page: Page) -> PageState:
    """The latest figures; of a page that was never rolled up an empty row."""
    return getattr(page, "state", None) or PageState(page=page)


def months_of(page: Page, today: dt.date) -> list[Month]:
    """The last months up to the one of `today`, from the first of which anything is known."""
    end = today.year * 12 + today.month - 1
    firsts = [dt.date(number // 12, number % 12 + 1, 1) for number in range(end - CHART_MONTHS + 1, end + 1)]
    known = {row.month: row for row in PageMonth.objects.filter(page=page, month__range=(firsts[0], firsts[-1]))}
    begun = next((n for n, first in enumerate(firsts) if first in known), len(firsts))
    return [_month(first, known.get(first)) for first in firsts[begun:]]


def _month(first: dt.date, row: PageMonth | None) -> Month:
    if row is None:
        return Month(first, None, None, None, 0, 0)
    return Month(first, row.subscribers_last, row.posts, row.views, row.days_measured, row.days_owed)


def places_of(page: Page, now: dt.datetime) -> list[Score]:
    """The page's scores in the last editions of published ratings, the latest first."""
    found = Score.objects.filter(page=page, rating__in=last_final(published_ratings(now)))
    return list(found.select_related("rating__methodology").order_by("-rating__last", "-rating__first", "pk")[:12])


def mark_of(page: Page, today: dt.date) -> QualityMark | None:
    """The mark in force on that local day."""
    in_force = page.quality_marks.filter(withdrawn_at=None, issued_on__lte=today, valid_until__gte=today)
    return in_force.order_by("-year", "-pk").first()
