"""The screens of methodologies."""

import json
from io import BytesIO

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gospub import clock
from gospub.accounts import audit
from monitoring.dashboards.queries.periods import parse_day
from monitoring.models import PlatformCode, Region

from . import sheets
from .annex import write_annex
from .catalogue import INDICATORS
from .computing import NothingToRateError
from .editing import (
    award_fields,
    form_of,
    gate_forms,
    item_forms,
    nomination_forms,
    penalty_forms,
    quota_form,
    read_awards,
    read_form,
    zone_forms,
)
from .methodologies import check, file_data, load, save_version
from .models import Methodology
from .names import subject_words
from .periods import Unit, read_period
from .rehearsal import rehearse, rehearse_change, rehearse_period, tables_for
from .rules import Rules, Subject
from .rules_data import RulesError, read_rules
from .screens import methodology as screen
from .screens.rating import period_text, period_words
from .screens.ratings import may_compute, suggested_period
from .wording import GROUP_FIELDS, unit_words

MAX_UPLOAD = sheets.MAX_BYTES
MAX_METHODOLOGY = 1_000_000


def visible(request: HttpRequest, code: str, pk: int) -> tuple[Region, Methodology]:
    """The methodology as the region knows it, or 404."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    return region, get_object_or_404(screen.methodologies_of(region, request.user), pk=pk)


@require_safe
def methodologies(request: HttpRequest, code: str) -> HttpResponse:
    """Methodologies that the region rates by, all versions."""
    return listed(request, get_object_or_404(Region.objects.visible_to(request.user), code=code))


def listed(request: HttpRequest, region: Region, problem: str = "") -> HttpResponse:
    """The list; `problem`: what is wrong with a file that was to be on it."""
    context = {
        "region": region,
        "found": screen.methodologies_of(region, request.user),
        "today": clock.local_day(clock.now(), region.time_zone),
        "may_edit": may_compute(request.user, region),
        "problem": problem,
    }
    return render(request, "methodologies.html", context, status=422 if problem else 200)


@require_POST
def methodology_load(request: HttpRequest, code: str) -> HttpResponse:
    """Keep a methodology's `file` (JSON) as the region's own."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    if not may_compute(request.user, region):
        raise PermissionDenied
    file = request.FILES.get("file")
    try:
        if file is None or file.size > MAX_METHODOLOGY:
            raise RulesError(_("Choose a JSON file of at most %d MB.") % (MAX_METHODOLOGY // 1_000_000))
        loaded = load(region, file.read())
    except RulesError as error:
        return listed(request, region, str(error))
    for each in loaded:
        record_saved(request, each, {})
    messages.success(request, _("Versions that were loaded: %d.") % len(loaded))
    return redirect("methodologies", region.code)


@require_http_methods(["GET", "HEAD", "POST"])
def methodology(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """A methodology in words, and its calculator: a CSV file in, scores out."""
    region, found = visible(request, code, pk)
    rules = read_rules(found.data)
    context = {
        "region": region,
        "methodology": found,
        "rules": rules,
        "words": screen.words(rules, found.data),
        "may_edit": may_compute(request.user, region),
        "columns": sheets.columns(rules),
    }
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None or file.size > MAX_UPLOAD:
            problem = _("Choose a CSV file of at most %d MB.") % (MAX_UPLOAD // 1_000_000)
            return render(request, "methodology.html", context | {"problems": [problem]}, status=422)
        scored = sheets.score_upload(file.read(), found.data)
        if scored.problems:
            return render(request, "methodology.html", context | {"problems": scored.problems}, status=422)
        response = HttpResponse(scored.text, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="scores-{found.slug}.csv"'
        return response
    return render(request, "methodology.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def methodology_edit(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Change a methodology; before saving, and at every change with htmx, who would move where on past data."""
    region, found = visible(request, code, pk)
    if not may_compute(request.user, region):
        raise PermissionDenied
    form, effect, problem, data = form_of(found.data), None, "", found.data
    form.update(award_fields(found.data))
    form.update({"version": found.version, "since": f"{found.since or ''}", "until": f"{found.until or ''}"})
    if request.method == "POST":
        form = request.POST
        try:
            data = read_form(form, found.data) | read_awards(form)
        except RulesError as error:
            problem = str(error)
    try:
        effect = None if problem else shown_effect(region, found, check(data))
    except RulesError as error:
        problem = str(error)
    if request.htmx and "save" not in request.POST:
        return render(request, "methodology_edit.html#effect", {"region": region, "effect": effect, "problem": problem})
    if "save" in request.POST and not problem:
        saved = save(request, region, found, data)
        if saved:
            return redirect("methodology", region.code, saved.pk)
    context = {
        "region": region,
        "methodology": found,
        "form": form,
        "items": item_forms(form),
        "nominations": nomination_forms(form),
        "short_list": quota_form(form),
        "awards": screen.award_choices(read_rules(found.data)),
        "gates": gate_forms(form),
        "penalties": penalty_forms(form),
        "zones": zone_forms(form),
        "chosen": form.getlist("by"),
        "chosen_networks": form.getlist("networks"),
        "effect": effect,
        "problem": problem,
        "indicators": [(name, each.label) for name, each in INDICATORS.items()],
        "kinds": screen.KINDS,
        "tones": screen.TONES,
        "subjects": [(each.value, subject_words(each)) for each in Subject],
        "units": [(each.value, unit_words(each)) for each in (Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.QUARTER)],
        "networks": PlatformCode.choices,
        "fields": [(field.value, words()) for field, words in GROUP_FIELDS.items()],
    }
    return render(request, "methodology_edit.html", context, status=422 if problem else 200)


def shown_effect(region: Region, found: Methodology, rules: Rules) -> screen.Effect | None:
    """What the rules would do to last year's rating by this methodology, or the latest one; where there is none yet, to
    what it would have been. None where there is no data of the past."""
    now = clock.now()
    today = clock.local_day(now, region.time_zone)
    rating = screen.reference(region, found, today)
    if rating is None:
        past = rehearse_change(region, rules, read_rules(found.data), today, now)
        return past and screen.effect(
            past.rehearsal, rules, period_words(past.period.unit, past.period.first, past.period.last)
        )
    try:
        rehearsal = rehearse(rules, *tables_for(rules, rating), rating)
    except NothingToRateError:
        return None
    return screen.effect(rehearsal, rules, period_text(rating))


def save(request: HttpRequest, region: Region, found: Methodology, data: dict) -> Methodology | None:
    """Keep the rules as a version; a published methodology becomes the region's own first. None where it cannot be
    kept, and the user is told why."""
    version = request.POST.get("version", "").replace("\0", "").strip()[:40]
    since, until = (parse_day(request.POST.get(name, "")) for name in ("since", "until"))
    if not version or (since and until and since > until):
        messages.error(request, _("A version needs a name, and its dates must not cross."))
        return None
    try:
        saved = save_version(found, region, data, version=version, since=since, until=until)
    except IntegrityError:
        messages.error(request, _("There is a version “%s” already: it was used and stays as it is.") % version)
        return None
    record_saved(request, saved, {"data": found.data})
    messages.success(request, _("The version “%s” was saved.") % version)
    return saved


def record_saved(request: HttpRequest, saved: Methodology, before: dict) -> None:
    """The saved version goes into the audit trail."""
    audit.record(
        request.user,
        "methodology.save",
        f"methodology {saved.pk}",
        before=before,
        after={"data": saved.data, "version": saved.version},
        now=clock.now(),
        region=saved.region_id,
    )


@require_safe
def methodology_rehearsal(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The methodology on a past `period`, beside the list of the rating `against`."""
    region, found = visible(request, code, pk)
    get_object_or_404(Region.objects.seen_whole_by(request.user), pk=region.pk)
    rules = read_rules(found.data)
    others = screen.comparable(region, rules)
    against = next((each for each in others if str(each.pk) == request.GET.get("against")), None)
    now = clock.now()
    text = request.GET.get("period") or str(
        against.period if against else suggested_period(clock.local_day(now, region.time_zone))
    )
    effect, problem, asked = None, "", "period" in request.GET or "against" in request.GET
    try:
        period = read_period(text)
        if asked:
            rehearsal = rehearse_period(region, rules, period, against, now)
            effect = screen.effect(rehearsal, rules, period_words(period.unit, period.first, period.last))
    except ValueError:
        problem = _("This is no period: write 2025, 2025-Q2, 2025-04, 2025-W17 or 2025-04-30.")
    except NothingToRateError:
        problem = _("Nothing to rate over this period.")
    context = {
        "region": region,
        "methodology": found,
        "others": [(each, period_text(each)) for each in others],
        "against": against,
        "period": text,
        "effect": effect,
        "problem": problem,
    }
    return render(request, "methodology_rehearsal.html", context, status=422 if problem else 200)


@require_safe
def methodology_data(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The methodology as a file (JSON) that another installation, or a changed version, is loaded from."""
    _region, found = visible(request, code, pk)
    text = json.dumps(file_data(found), ensure_ascii=False, indent=2)
    name = f"methodology-{found.slug}-{slugify(found.version) or found.pk}.json"
    return HttpResponse(
        text,
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_safe
def methodology_annex(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """The methodology's text as an annex for the order to be signed."""
    _region, found = visible(request, code, pk)
    file = BytesIO()
    write_annex(found, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"methodology-{found.slug}-{found.version}.docx")
