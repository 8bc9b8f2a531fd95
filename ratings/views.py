"""The screens of ratings: each gets what the user may see, asks its queries, renders one template."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gospub import clock
from gospub.accounts.audit import record
from monitoring.dashboards import exports, tables
from monitoring.dashboards.views import render_table
from monitoring.models import Region

from . import lifecycle
from .bundle import write_bundle
from .computing import NothingToRateError, compute, told
from .filters import ScoreFilter
from .methodologies import store_presets
from .models import Rating, RatingState, Score
from .names import RELATED, public_names
from .periods import read_period
from .rules import Rules, Subject
from .rules_data import read_rules
from .screens import firmness as firmness_screen
from .screens import rating as rating_screen
from .screens import ratings as list_screen
from .screens import standing as standing_screen


@require_safe
def ratings(request: HttpRequest, code: str) -> HttpResponse:
    """The ratings of a region, the latest first; analysts compute from here."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    table = tables.table(
        request, list_screen.ratings_of(region, request.user), list_screen.COLUMNS, list_screen.DEFAULT_SORT
    )
    today = clock.local_day(clock.now(), region.time_zone)
    context = {
        "region": region,
        "table": table,
        "rows": [(rating, rating_screen.period_text(rating)) for rating in table.page],
        "may_compute": list_screen.may_compute(request.user, region),
        "methodologies": list_screen.methodologies_of(region),
        "period": list_screen.suggested_period(today),
    }
    return render_table(request, "ratings.html", context)


@require_POST
def rating_compute(request: HttpRequest, code: str) -> HttpResponse:
    """Compute the rating of `period` by `methodology`; a draft of it is rewritten."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    if not list_screen.may_compute(request.user, region):
        raise PermissionDenied
    store_presets()
    slug = request.POST.get("methodology", "")
    if slug not in [choice.value for choice in list_screen.methodologies_of(region)]:
        raise Http404
    now = clock.now()
    try:
        period = read_period(request.POST.get("period", ""))
        rating = compute(region, period, slug, now, request.user)
    except ValueError:
        messages.error(request, _("This is no period: write 2025, 2025-Q2, 2025-04, 2025-W17 or 2025-04-30."))
    except NothingToRateError:
        messages.error(
            request,
            _("Nothing to rate: nothing was owed a reading then, or the methodology was not in force on the last day."),
        )
    else:
        record(request.user, "rating.compute", f"rating {rating.pk}", before={}, after=told(rating), now=now,
               region=region.pk)  # fmt: skip
        messages.success(request, _("The rating was computed."))
        return redirect("rating", rating.pk)
    return redirect("ratings", region.code)


def visible_rating(request: HttpRequest, pk: int) -> Rating:
    """The rating, or 404 where the user may not see it."""
    found = Rating.objects.visible_to(request.user).select_related("region", "methodology", "computed_by", "inputs")
    return get_object_or_404(found.defer("inputs__packed"), pk=pk)


@require_safe
def rating(request: HttpRequest, pk: int) -> HttpResponse:
    """The scores of a rating; htmx gets the table alone."""
    found = visible_rating(request, pk)
    rules = read_rules(found.methodology.data)
    grouped = len(found.groups) > 1
    chosen = chosen_scores(request, found, rules)
    table = tables.table(request, chosen.qs, rating_screen.columns(rules, grouped), rating_screen.DEFAULT_SORT)
    before = rating_screen.period_before(found, request.user)
    context = {
        "region": found.region,
        "rating": found,
        "period": rating_screen.period_text(found),
        "rules": rules,
        "grouped": grouped,
        "filter": chosen,
        "table": table,
        "rows": rating_screen.rows(table.page, found, rules),
        "tiles": rating_screen.tiles(rating_screen.scores_of(found, request.user, rules), rules, request.GET)
        if rules.zones
        else [],
        "earlier": rating_screen.link_to(before),
        "later": rating_screen.link_to(rating_screen.period_after(found, request.user)),
    }
    if not request.htmx:
        context |= passing(request, found) | {"improvement": standing_screen.improvement(found, before)}
    return render_table(request, "rating.html", context)


def passing(request: HttpRequest, found: Rating) -> dict[str, object]:
    """What stands in the rating's way, for those who may let it pass; who has let it pass so far."""
    whole = request.user.rights.sees_whole(found.region_id)
    context: dict[str, object] = {"whole_region": whole}
    if whole:
        today = clock.local_day(clock.now(), found.region.time_zone)
        obstacles = [] if found.state == RatingState.FINAL else lifecycle.obstacles(found, today)
        context |= {
            "obstacles": obstacles,
            "grave": any(each.grave for each in obstacles),
            "needs_reason": lifecycle.needs_reason(found, request.user, obstacles),
            "may_pass": lifecycle.may_pass(request.user, found) and found.state in lifecycle.NEXT,
            "passages": found.passages.select_related("by"),
            "edition_before": lifecycle.edition_before(found),
            "next_state": RatingState(lifecycle.NEXT[found.state]).label if found.state in lifecycle.NEXT else "",
        }
    return context


def chosen_scores(request: HttpRequest, found: Rating, rules: Rules) -> ScoreFilter:
    """The scores that the user may see and the address asks for."""
    scores = rating_screen.scores_of(found, request.user, rules)
    return ScoreFilter(request.GET, scores, rating=found, rules=rules)


@require_safe
def rating_export(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """The scores of the table, all of them and in its order, as a file."""
    found = visible_rating(request, pk)
    rules = read_rules(found.methodology.data)
    columns = rating_screen.columns(rules, grouped=True)
    sort = tables.sort_of(request.GET, columns, rating_screen.DEFAULT_SORT)
    scores = tables.ordered(chosen_scores(request, found, rules).qs, columns, sort)
    lines = (
        rating_screen.export_row(row, found, rules) for row in rating_screen.rows(scores.iterator(2000), found, rules)
    )
    name = f"rating-{found.region.code.lower()}-{found.methodology.slug}-{found.period}-{found.edition}"
    if rules.subject == Subject.PERSON:
        after = {"file": f"{name}.{kind}", "filter": request.GET.urlencode(), "rows": scores.count()}
        subject = f"rating {found.pk}"
        record(request.user, "export.names", subject, before={}, after=after, now=clock.now(), region=found.region_id)
    return exports.download(kind, name, _("Rating"), rating_screen.export_headings(rules), lines)


@require_POST
def rating_pass(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the rating pass to its next state; `reason` where something stands in its way, or the same person did the
    step before."""
    found = visible_rating(request, pk)
    get_object_or_404(Region.objects.seen_whole_by(request.user), pk=found.region_id)
    if not lifecycle.may_pass(request.user, found):
        raise PermissionDenied
    found.state = request.POST.get("state", found.state)  # as the user saw it: a second click passes nothing
    now = clock.now()
    try:
        passage = lifecycle.let_pass(
            found,
            request.user,
            request.POST.get("reason", "")[:2000].replace("\0", ""),
            now,
            clock.local_day(now, found.region.time_zone),
        )
    except lifecycle.PassageError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The rating is now: %s.") % RatingState(passage.state).label)
    return redirect("rating", pk)


@require_safe
def rating_firmness(request: HttpRequest, pk: int) -> HttpResponse:
    """What drives the ranking, how firm its places and award line are, what was treated."""
    found, scores, rules = whole_rating(request, pk)
    jury = firmness_screen.jury(scores)
    context = {
        "region": found.region,
        "rating": found,
        "period": rating_screen.period_text(found),
        "rules": rules,
        "report": found.report,
        "drivers": firmness_screen.drivers(found, rules),
        "jury": list(rating_screen.rows(jury.select_related(*RELATED)[: firmness_screen.MOST_ROWS], found, rules)),
        "jury_count": jury.count(),
        "unsettled": firmness_screen.unsettled(scores),
        "ranked": scores.filter(place__isnull=False).count(),
        "most_above": list(rating_screen.rows(firmness_screen.most_above(scores), found, rules)),
        "treated": firmness_screen.treated(found, rules, scores),
    }
    return render(request, "rating_firmness.html", context)


def whole_rating(request: HttpRequest, pk: int) -> tuple[Rating, QuerySet[Score], Rules]:
    """A rating with all its scores, for those who see the whole region; 404 for the others."""
    found = visible_rating(request, pk)
    get_object_or_404(Region.objects.seen_whole_by(request.user), pk=found.region_id)
    return found, found.scores.all(), read_rules(found.methodology.data)


@require_safe
def rating_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """What differs from the edition before."""
    found, _scores, rules = whole_rating(request, pk)
    before = lifecycle.edition_before(found)
    if before is None:
        raise Http404
    changes = lifecycle.changes(before, found, RELATED)
    context = {
        "region": found.region,
        "rating": found,
        "before": before,
        "period": rating_screen.period_text(found),
        "changes": [rating_screen.ChangeRow(each) for each in changes[:500]],
        "total": len(changes),
        "digits": rules.digits,
    }
    return render(request, "rating_changes.html", context)


@require_safe
@never_cache
def rating_bundle(request: HttpRequest, pk: int) -> HttpResponse:
    """The file from which anyone computes a final rating again. Never kept in a cache: a consent may be withdrawn."""
    found = visible_rating(request, pk)
    if found.state != RatingState.FINAL:
        raise Http404
    name = f"{found.region.code.lower()}-{found.methodology.slug}-{found.period}-{found.edition}.bundle.json.gz"
    now = clock.now()
    if read_rules(found.methodology.data).subject == Subject.PERSON:
        after = {"file": name, "rows": len(public_names(found, now))}
        record(request.user, "export.names", f"rating {pk}", before={}, after=after, now=now, region=found.region_id)
    response = HttpResponse(write_bundle(found, now), content_type="application/gzip")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
