"""The API: `/api/v1/`. Each address gets what is open, asks its queries, answers as JSON or CSV."""

import datetime as dt
import re
from typing import Annotated, Any, Literal

from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Path, Query
from ninja.errors import ValidationError
from ninja.renderers import JSONRenderer
from pydantic import BeforeValidator, Field

from gospub import clock
from monitoring.models import Dimension
from public.queries.awards import published_awards
from public.queries.regions import stamp
from ratings.bundle import write_bundle
from ratings.rules import Subject

from . import queries, words
from .answers import REFUSALS, Asking, Listing, Many, Nothing, One, cut, described, many, one, only_known
from .gate import ASK_AGAIN, problem
from .shapes import (
    AwardRow,
    InstitutionRow,
    PageDayRow,
    PageMonthRow,
    PageRow,
    RatingFull,
    RatingRow,
    RegionDayRow,
    RegionMonthRow,
    RegionRow,
    ScoreRow,
)


class Readable(JSONRenderer):
    """JSON with its letters as they are."""

    json_dumps_params = {"ensure_ascii": False}


api = NinjaAPI(
    title="Gospub", version="1", docs_url=None, openapi_url=None, urls_namespace="open_data", renderer=Readable()
)


def _written_out(value: object) -> object:
    """A day as text: pydantic would take a bare number for seconds since 1970."""
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError(value)
    return value


Day = Annotated[dt.date, BeforeValidator(_written_out)]

Key = Annotated[int, Path(ge=1, le=queries.BIGGEST)]
Code = Annotated[str, Path(max_length=10)]
RegionCode = Annotated[str | None, Field(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,7}$")]
Network = Literal["vk", "ok", "telegram", "max"]
Group = Literal["all", "platform", "municipality", "sector", "level", "founder"]
EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2100, 12, 31)
# Days in an answer, fewer where there are many groups a day.
MOST_DAYS, MOST_DAYS_OF_MANY, MOST_MONTHS_OF_MANY = 366, 31, 24
MANY_GROUPS = (Dimension.MUNICIPALITY, Dimension.SECTOR, Dimension.FOUNDER)
KEPT_BUNDLE = 3600
GZIP = "application/gzip"


@api.exception_handler(ValidationError)
def not_understood(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """422: which parameters are not what they should be."""
    names = sorted({str(each["loc"][-1]) for each in error.errors})
    return problem(422, _("Not understood: %s.") % ", ".join(names))


@api.exception_handler(Http404)
def nothing_there(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, _("There is nothing of that kind here, or it is not open."))


# --- regions, institutions, pages -------------------------------------------------------------------------------------


@api.get("/regions", response={200: Many[RegionRow]} | REFUSALS, url_name="api_regions", openapi_extra=described())
def api_regions(request: HttpRequest, asked: Query[Asking]) -> Any:
    """Regions that are open."""
    return many(request, asked, RegionRow, map(queries.region_row, queries.regions(clock.now())))


@api.get(
    "/regions/{slug:code}", response={200: One[RegionRow]} | REFUSALS, url_name="api_region", openapi_extra=described()
)
def api_region(request: HttpRequest, code: Code, asked: Query[Asking]) -> Any:
    """One region."""
    found = queries.one_of(queries.regions(clock.now()), code=code)
    return one(request, asked, RegionRow, queries.region_row(found))


class InstitutionList(Listing):
    region: RegionCode = None


@api.get(
    "/institutions", response={200: Many[InstitutionRow]} | REFUSALS, url_name="api_institutions",
    openapi_extra=described(),
)  # fmt: skip
def api_institutions(request: HttpRequest, asked: Query[InstitutionList]) -> Any:
    """Institutions, those without any page among them."""
    found = queries.institutions(clock.now()).filter(pk__gt=asked.after)
    if asked.region:
        found = found.filter(region__code=asked.region)
    sectors = queries.sector_paths()
    rows, after = cut([queries.institution_row(each, sectors) for each in found[: asked.limit + 1]], asked.limit)
    return many(request, asked, InstitutionRow, rows, after=after)


@api.get(
    "/institutions/{int:pk}", response={200: One[InstitutionRow]} | REFUSALS, url_name="api_institution",
    openapi_extra=described(),
)  # fmt: skip
def api_institution(request: HttpRequest, pk: Key, asked: Query[Asking]) -> Any:
    """One institution."""
    found = queries.one_of(queries.institutions(clock.now()), pk=pk)
    return one(request, asked, InstitutionRow, queries.institution_row(found, queries.sector_paths()))


class PageList(Listing):
    region: RegionCode = None
    platform: Network | None = None
    institution: int | None = Field(None, ge=1, le=queries.BIGGEST)


PAGE_GAPS = (words.ROUNDED, words.NO_VIEWS, words.NO_TEXT)


@api.get("/pages", response={200: Many[PageRow]} | REFUSALS, url_name="api_pages", openapi_extra=described())
def api_pages(request: HttpRequest, asked: Query[PageList]) -> Any:
    """Official pages with their latest figures, those of the past among them."""
    found = queries.pages(clock.now()).filter(pk__gt=asked.after)
    if asked.region:
        found = found.filter(institution__region__code=asked.region)
    if asked.platform:
        found = found.filter(platform=asked.platform)
    if asked.institution:
        found = found.filter(institution=asked.institution)
    rows, after = cut([queries.page_row(each) for each in found[: asked.limit + 1]], asked.limit)
    return many(request, asked, PageRow, rows, after=after, gaps=PAGE_GAPS)


@api.get("/pages/{int:pk}", response={200: One[PageRow]} | REFUSALS, url_name="api_page", openapi_extra=described())
def api_page(request: HttpRequest, pk: Key, asked: Query[Asking]) -> Any:
    """One page."""
    found = queries.one_of(queries.pages(clock.now()), pk=pk)
    return one(request, asked, PageRow, queries.page_row(found), gaps=PAGE_GAPS)


# --- series -----------------------------------------------------------------------------------------------------------


class Span(Asking):
    """Days or months of a series, both ends included; without them the latest ones."""

    since: Day | None = None
    until: Day | None = None

    def days(self, today: dt.date, most: int) -> tuple[dt.date, dt.date]:
        """First and last day, at most so many; of a longer span the last ones."""
        last = min(max(self.until or today, EARLIEST), LATEST)
        least = last - dt.timedelta(days=most - 1)
        return max(self.since or least, least, EARLIEST), last


class GroupSpan(Span):
    dimension: Group = "all"


SERIES_GAPS = (words.MISSED, words.YOUNG, words.ROUNDED, words.NO_VIEWS)


@api.get(
    "/pages/{int:pk}/days", response={200: Many[PageDayRow]} | REFUSALS, url_name="api_page_days",
    openapi_extra=described(),
)  # fmt: skip
def api_page_days(request: HttpRequest, pk: Key, asked: Query[Span]) -> Any:
    """A page by day, at most 366 days at once: the last ones of the span."""
    now = clock.now()
    page = queries.one_of(queries.pages(now), pk=pk)
    first, last = asked.days(queries.local_today(page.institution.region, now), MOST_DAYS)
    days = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
    return many(request, asked, PageDayRow, queries.page_days(page, days), gaps=SERIES_GAPS)


@api.get(
    "/pages/{int:pk}/months", response={200: Many[PageMonthRow]} | REFUSALS, url_name="api_page_months",
    openapi_extra=described(),
)  # fmt: skip
def api_page_months(request: HttpRequest, pk: Key, asked: Query[Span]) -> Any:
    """A page by month."""
    now = clock.now()
    page = queries.one_of(queries.pages(now), pk=pk)
    first, last = asked.days(queries.local_today(page.institution.region, now), 100 * MOST_DAYS)
    return many(request, asked, PageMonthRow, queries.page_months(page, first, last), gaps=SERIES_GAPS)


@api.get(
    "/regions/{slug:code}/days", response={200: Many[RegionDayRow]} | REFUSALS, url_name="api_region_days",
    openapi_extra=described(),
)  # fmt: skip
def api_region_days(request: HttpRequest, code: Code, asked: Query[GroupSpan]) -> Any:
    """A region by day as a whole or by group, at most 366 days at once, 31 where there are many groups: the last ones
    of the span."""
    now = clock.now()
    region = queries.one_of(queries.regions(now), code=code)
    most = MOST_DAYS_OF_MANY if asked.dimension in MANY_GROUPS else MOST_DAYS
    first, last = asked.days(queries.local_today(region, now), most)
    rows = queries.region_days(region, asked.dimension, first, last)
    return many(request, asked, RegionDayRow, rows, gaps=(words.GROUPED, *SERIES_GAPS))


@api.get(
    "/regions/{slug:code}/months", response={200: Many[RegionMonthRow]} | REFUSALS, url_name="api_region_months",
    openapi_extra=described(),
)  # fmt: skip
def api_region_months(request: HttpRequest, code: Code, asked: Query[GroupSpan]) -> Any:
    """A region by month as a whole or by group, at most 24 months at once where there are many groups."""
    now = clock.now()
    region = queries.one_of(queries.regions(now), code=code)
    most = MOST_MONTHS_OF_MANY * 31 if asked.dimension in MANY_GROUPS else 100 * MOST_DAYS
    first, last = asked.days(queries.local_today(region, now), most)
    rows = queries.region_months(region, asked.dimension, first, last)
    return many(request, asked, RegionMonthRow, rows, gaps=(words.GROUPED, *SERIES_GAPS))


# --- ratings ----------------------------------------------------------------------------------------------------------


class RatingList(Listing):
    region: RegionCode = None


RATING_GAPS = (words.FINAL, words.NAMES)


@api.get("/ratings", response={200: Many[RatingRow]} | REFUSALS, url_name="api_ratings", openapi_extra=described())
def api_ratings(request: HttpRequest, asked: Query[RatingList]) -> Any:
    """Final ratings of every edition."""
    found = queries.ratings(clock.now()).filter(pk__gt=asked.after)
    if asked.region:
        found = found.filter(region__code=asked.region)
    rows, after = cut([queries.rating_row(each) for each in found[: asked.limit + 1]], asked.limit)
    return many(request, asked, RatingRow, rows, after=after, gaps=RATING_GAPS)


@api.get(
    "/ratings/{int:pk}", response={200: One[RatingFull]} | REFUSALS, url_name="api_rating", openapi_extra=described()
)
def api_rating(request: HttpRequest, pk: Key, asked: Query[Asking]) -> Any:
    """One rating with its methodology as data."""
    found = queries.one_of(queries.ratings(clock.now()), pk=pk)
    return one(request, asked, RatingFull, queries.rating_full(found), gaps=RATING_GAPS)


@api.get(
    "/ratings/{int:pk}/scores", response={200: Many[ScoreRow]} | REFUSALS, url_name="api_rating_scores",
    openapi_extra=described(),
)  # fmt: skip
def api_rating_scores(request: HttpRequest, pk: Key, asked: Query[Listing]) -> Any:
    """Places and points of a rating."""
    now = clock.now()
    found = queries.one_of(queries.ratings(now), pk=pk)
    rows, after = cut(queries.score_rows(found, asked.after, asked.limit, now), asked.limit)
    names = found.methodology.data.get("subject") == Subject.PERSON
    return many(request, asked, ScoreRow, rows, after=after, gaps=RATING_GAPS, names=names)


@api.get("/awards", response={200: Many[AwardRow]} | REFUSALS, url_name="api_awards", openapi_extra=described())
def api_awards(request: HttpRequest, asked: Query[RatingList]) -> Any:
    """Awards by the last signed list of each contest."""
    now = clock.now()
    found = published_awards(now).filter(pk__gt=asked.after).order_by("pk")
    if asked.region:
        found = found.filter(list__contest__region__code=asked.region)
    rows, after = cut(queries.award_rows(found[: asked.limit + 1], now), asked.limit)
    return many(request, asked, AwardRow, rows, after=after, gaps=(words.NAMES,), names=True)


@api.get(
    "/ratings/{int:pk}/bundle", response=REFUSALS | {200: None}, url_name="api_rating_bundle",
    openapi_extra=described(GZIP),
)  # fmt: skip
def api_rating_bundle(request: HttpRequest, pk: Key) -> Any:
    """Rules, inputs and scores of a rating as a packed file: anybody can compute it again."""
    only_known(request, Nothing)
    now = clock.now()
    found = queries.one_of(queries.ratings(now), pk=pk)
    key = f"bundle:{pk}:{found.digest}:{stamp(now)}"
    content = caches["public"].get(key)
    if content is None:
        content = write_bundle(found, now)
        caches["public"].set(key, content, KEPT_BUNDLE)
    name = f"{found.region.code.lower()}-{found.methodology.slug}-{found.period}-{found.edition}.bundle.json.gz"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": ASK_AGAIN}
    return HttpResponse(content, content_type=GZIP, headers=headers)
