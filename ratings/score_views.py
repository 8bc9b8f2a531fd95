"""The screens of one score."""

from io import BytesIO

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from gospub import clock
from gospub.accounts.actions import subject_words
from gospub.accounts.audit import record
from monitoring.dashboards.queries.page import post_row
from monitoring.models import Institution, Page

from .explain import Scenario
from .inputs import Under, held_by, under
from .models import Rating, Score
from .names import RELATED, address_of, name_of
from .passport import write_passport
from .rules_data import read_rules
from .screens import rating as rating_screen
from .screens import score as screen
from .screens.strip import strips
from .views import visible_rating


def visible_score(request: HttpRequest, pk: int) -> tuple[Score, Rating]:
    """The score and its rating, or 404 where the user may not see it."""
    found = get_object_or_404(Score.objects.visible_to(request.user).select_related(*RELATED), pk=pk)
    return found, visible_rating(request, found.rating_id)


@require_safe
def score(request: HttpRequest, pk: int) -> HttpResponse:
    """Why these points: the waterfall, the peers, what would raise them; `?<code>=value` tries other values."""
    found, rating = visible_score(request, pk)
    rules = read_rules(rating.methodology.data)
    scenario = Scenario(rating, found)
    fields, changes = screen.fields(scenario, request.GET)
    context = {
        "region": rating.region,
        "rating": rating,
        "period": rating_screen.period_text(rating),
        "score": found,
        "name": name_of(found),
        "card_url": address_of(found),
        "rules": rules,
        "zone": screen.zone_mark(found, rules),
        "group": screen.group_text(rating, found, rules),
        "bars": screen.bars(found, rules),
        "strip": strips([found]).get(found.pk),
        "steps": screen.steps(scenario),
        "fields": fields,
        "trial": screen.trial(scenario, changes),
        "gates": screen.gates(found, rules),
        "expectation": screen.expectation(found),
        "thin": screen.thin_reasons(found, rules),
    }
    return render(request, "score.html", context)


@require_safe
def score_inputs(request: HttpRequest, pk: int, item: str) -> HttpResponse:
    """What lies under one item: pages, weeks, posts, days that are missing; of several pages those of `?page=`."""
    found, rating = visible_score(request, pk)
    rules = read_rules(rating.methodology.data)
    try:
        inputs = under(rating, found, item, screen.number_of(request.GET.get("page", "")))
    except KeyError as error:
        raise Http404 from error
    pages = Page.objects.visible_to(request.user).in_bulk({part.page for part in inputs.parts})
    if inputs.page not in pages:  # a person's page of another institution: its posts and days are not told
        inputs = Under(inputs.parts, inputs.corrections, duties=inputs.duties, adults=inputs.adults)
    corrections = [(each, pages[each.page_id]) for each in inputs.corrections if each.page_id in pages]
    bar = next((bar for bar in screen.bars(found, rules) if bar.line.code == item), None)
    units = screen.unit_rows(Scenario(rating, found), rating, item) if rules.unit else []
    institutions = Institution.objects.visible_to(request.user).in_bulk([duty.institution for duty in inputs.duties])
    context = {
        "region": rating.region,
        "rating": rating,
        "period": rating_screen.period_text(rating),
        "score": found,
        "name": name_of(found),
        "bar": bar,
        "parts_note": screen.parts_note(bar.line.indicator, inputs.parts) if bar else "",
        "inputs": inputs,
        "parts": [(part, pages.get(part.page)) for part in inputs.parts],
        "several": len({part.page for part in inputs.parts}) > 1,
        "page": pages.get(inputs.page),
        "posts": [post_row(post.page, post, clock.now()) for post in inputs.posts],
        "duties": [(duty, institutions.get(duty.institution)) for duty in inputs.duties],
        "units": units,
        "corrections": [(each, page, subject_words(each.basis)) for each, page in corrections],
        "item": item,
    }
    return render(request, "score_inputs.html", context)


@require_safe
def score_passport(request: HttpRequest, pk: int) -> HttpResponseBase:
    """From the place down to each day's reading, as a sheet that computes the score by itself."""
    found, rating = visible_score(request, pk)
    visible = Score.objects.visible_to(request.user).filter(rating=rating, group=found.group).select_related(*RELATED)
    if found.person_id:
        after = {"file": "passport", "rows": visible.count()}
        region = rating.region_id
        record(request.user, "export.names", f"score {pk}", before={}, after=after, now=clock.now(), region=region)
    _places, held = held_by(rating, read_rules(rating.methodology.data), found.key)
    pages = Page.objects.visible_to(request.user).in_bulk({each.page.pk for each in held})
    file = BytesIO()
    write_passport(
        found, file, {each.key: name_of(each) for each in visible}, {pk: str(page) for pk, page in pages.items()}
    )
    file.seek(0)
    return FileResponse(
        file, as_attachment=True, filename=f"passport-{rating.methodology.slug}-{rating.period}-{pk}.xlsx"
    )
