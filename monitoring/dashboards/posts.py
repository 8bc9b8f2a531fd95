"""Posts: hours of the week, kinds, and the best ones, of a region, an institution or a page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.dates import WEEKDAYS_ABBR
from django.views.decorators.http import require_safe

from gospub import clock
from monitoring.models import Institution, Page, PlatformCode, Region, TopMeasure

from .dynamics import named
from .queries import posts as queries


@require_safe
def region_posts(request: HttpRequest, code: str) -> HttpResponse:
    """`?span=` months, `?show=` in the hours, `?top=` by what, `?platform=` of which network alone."""
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    platform = named(PlatformCode, request.GET.get("platform", ""), PlatformCode, "")
    today = clock.local_day(clock.now(), region.time_zone)
    view = queries.region_posts(region, today, _choice(request), platform)
    return _screen(request, region, view, {"platform": platform, "networks": PlatformCode.choices})


@require_safe
def institution_posts(request: HttpRequest, pk: int) -> HttpResponse:
    """As `region_posts`, of the pages of one institution."""
    joined = Institution.objects.visible_to(request.user).select_related("region")
    institution = get_object_or_404(joined, pk=pk)
    region = institution.region
    today = clock.local_day(clock.now(), region.time_zone)
    view = queries.posts_of_pages(institution.pages.all(), region, today, _choice(request))
    return _screen(request, region, view, {"institution": institution})


@require_safe
def page_posts(request: HttpRequest, pk: int) -> HttpResponse:
    """As `region_posts`, of one page."""
    pages = Page.objects.visible_to(request.user)
    page = get_object_or_404(pages.select_related("institution__region"), pk=pk)
    region = page.institution.region
    today = clock.local_day(clock.now(), region.time_zone)
    view = queries.posts_of_pages(pages.filter(pk=page.pk), region, today, _choice(request))
    return _screen(request, region, view, {"page": page, "institution": page.institution})


def _choice(request: HttpRequest) -> queries.Choice:
    span = named(queries.Span, request.GET.get("span", ""), queries.Span, queries.Span.QUARTER)
    shown = named(queries.Shown, request.GET.get("show", ""), queries.Shown, queries.Shown.POSTS)
    return queries.Choice(span, shown, named(TopMeasure, request.GET.get("top", ""), TopMeasure, TopMeasure.VIEWS))


def _screen(request: HttpRequest, region: Region, view: queries.PostsView, of: dict[str, object]) -> HttpResponse:
    choice = _choice(request)
    context = {
        "region": region,
        "view": view,
        "span": choice.span,
        "shown": choice.shown,
        "measure": choice.measure,
        "spans": queries.Span.choices,
        "showns": queries.Shown.choices,
        "measures": TopMeasure.choices,
        "hours": queries.HOURS,
        "rows": [(WEEKDAYS_ABBR[weekday - 1], cells) for weekday, cells in view.hours],
        "best_day": WEEKDAYS_ABBR[view.best_hour[0] - 1] if view.best_hour else "",
        **of,
    }
    return render(request, "posts.html", context)
