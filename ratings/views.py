"""The screen of ratings."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gospub import clock
from monitoring.dashboards import exports, tables
from monitoring.dashboards.views import parse_day, render_table
from monitoring.models import Institution, Region

from . import screen
from .filters import ScoreFilter
from .models import Rating
from .rules import read_rules


@require_safe
def ratings(request: HttpRequest, code: str) -> HttpResponse:
    """The rating of `?day=`, or the latest one; htmx gets the table alone."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    asked = parse_day(request.GET.get("day", ""))
    rating = screen.rating_on(region, asked)
    rules = read_rules(rating.methodology.data) if rating else None
    chosen = chosen_scores(request, request.GET, region, rating)
    table = tables.table(request, chosen.qs, screen.columns(rules.items if rules else ()), screen.DEFAULT_SORT)
    context = {"region": region, "rating": rating, "asked": asked, "filter": chosen, "table": table}
    if rules:
        any_zone = chosen_scores(request, without_zone(request.GET), region, rating)
        context |= {
            "rows": screen.rows(table.page, rules),
            "tiles": screen.tiles(any_zone.qs, rules, request.GET),
            "method": screen.method(rules),
            "days": screen.days_around(rating, request.GET),
        }
    return render_table(request, "ratings.html", context)


def chosen_scores(request: HttpRequest, query: QueryDict, region: Region, rating: Rating | None) -> ScoreFilter:
    """The scores that the user may see and the query asks for."""
    visible = Institution.objects.visible_to(request.user).filter(region=region)
    found = screen.scores_of(rating, request.user)
    return ScoreFilter(query, found, institutions=visible, now=clock.now())


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
    sort = tables.sort_of(request.GET, screen.columns(rules.items), screen.DEFAULT_SORT)
    found = tables.ordered(chosen_scores(request, request.GET, region, rating).qs, screen.columns(rules.items), sort)
    rows = (screen.export_row(row) for row in screen.rows(found.iterator(2000), rules))
    name = f"rating-{region.code.lower()}-{rating.day}"
    return exports.download(kind, name, _("Rating"), screen.export_headings(rules), rows)
