"""The screen of ratings."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gospub import clock
from monitoring.dashboards import exports, tables
from monitoring.dashboards.views import parse_day, render_table
from monitoring.models import Region

from . import screen
from .filters import ScoreFilter
from .rules import read_rules


@require_safe
def ratings(request: HttpRequest, code: str) -> HttpResponse:
    """The rating of `?day=`, or the latest one; htmx gets the table alone."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    asked = parse_day(request.GET.get("day", ""))
    rating = screen.rating_on(region, asked)
    rules = read_rules(rating.methodology.data) if rating else None
    found = screen.scores_of(rating, request.user)
    now = clock.now()
    chosen = ScoreFilter(request.GET, found, region=region, now=now)
    table = tables.table(request, chosen.qs, screen.columns(rules) if rules else (), screen.DEFAULT_SORT)
    context = {"region": region, "rating": rating, "asked": asked, "filter": chosen, "table": table}
    if rules:
        any_zone = ScoreFilter(without_zone(request.GET), found, region=region, now=now)
        context |= {
            "rows": screen.rows(table.page, rules),
            "tiles": screen.tiles(any_zone.qs, rules, request.GET),
            "method": screen.method(rules),
            "days": screen.days_around(rating, request.GET),
        }
    return render_table(request, "ratings.html", context)


def without_zone(query: QueryDict) -> QueryDict:
    """The same conditions for pages of every zone."""
    rest = query.copy()
    rest.pop("zone", None)
    return rest


@require_safe
def ratings_export(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """The scores of the table, all of them and in its order, as a file."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    rating = screen.rating_on(region, parse_day(request.GET.get("day", "")))
    if rating is None or kind not in ("csv", "xlsx"):
        raise Http404
    rules = read_rules(rating.methodology.data)
    chosen = ScoreFilter(request.GET, screen.scores_of(rating, request.user), region=region, now=clock.now())
    sort = request.GET.get("sort") or screen.DEFAULT_SORT
    found = tables.ordered(chosen.qs, screen.columns(rules), sort).iterator(chunk_size=2000)
    rows = (screen.export_row(row) for row in screen.rows(found, rules))
    name = f"rating-{region.code.lower()}-{rating.day}"
    return exports.download(kind, name, _("Rating"), screen.export_headings(rules), rows)
