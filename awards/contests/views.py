"""The screens of contests: list, opening, the contest on its way, a nomination, jury, vote, protocol, application."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from awards.models import Contest, Nomination, Stage
from gospub import clock
from monitoring.dashboards import tables
from monitoring.dashboards.views import render_table
from monitoring.models import Region

from . import applications, queries
from .forms import ApplicationForm, ContestForm, NominationForm
from .jury import EntryError, enter_marks, enter_votes
from .opening import ContestError, add_nomination, open_contest
from .stages import advance, go_back


@require_safe
def contests(request: HttpRequest, code: str) -> HttpResponse:
    """The awards of a region, by year."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    table = tables.table(request, queries.contests_of(region, request.user), queries.COLUMNS, queries.SORT)
    context = {"region": region, "table": table, "may_open": request.user.rights.rates(region.pk)}
    return render_table(request, "contests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def contest_open(request: HttpRequest, code: str) -> HttpResponse:
    """Open a contest over a final rating."""
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    _may(request, region.pk)
    now = clock.now()
    year = clock.local_day(now, region.time_zone).year
    form = ContestForm(
        request.POST or None if request.method == "POST" else None, region=region, initial={"year": year}
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            contest = open_contest(
                given["rating"],
                title=given["title"],
                year=given["year"],
                stages=given["stages"],
                weights=form.weights,
                criteria=given["criteria"] if Stage.JURY in given["stages"] else [],
                applications_until=given["applications_until"],
                user=request.user,
                now=now,
            )
        except ContestError as error:
            form.add_error("title", str(error))
        else:
            messages.success(request, _("The contest is open."))
            return redirect("contest", contest.pk)
    context = {"region": region, "form": form, "ratings": form.fields["rating"].queryset.exists()}
    return render(request, "contest_open.html", context, status=422 if request.method == "POST" else 200)


def _may(request: HttpRequest, region: int) -> None:
    if not request.user.rights.rates(region):
        raise PermissionDenied


def _contest(request: HttpRequest, pk: int, whole: bool = False) -> Contest:
    """404 where the user does not see it; whole: only for those who see the whole region."""
    found = Contest.objects.visible_to(request.user).select_related("region", "rating__methodology", "rating__region")
    contest = get_object_or_404(found, pk=pk)
    if whole and not request.user.rights.sees_whole(contest.region_id):
        raise Http404
    return contest


def _nomination(request: HttpRequest, pk: int) -> Nomination:
    related = ("contest__region", "contest__rating__methodology", "contest__rating__region")
    found = get_object_or_404(Nomination.objects.select_related(*related), pk=pk)
    _contest(request, found.contest_id, whole=True)
    return found


@require_safe
def contest(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the contest stands, its nominations, and what comes next; others see the nominations and apply."""
    found = _contest(request, pk)
    whole = request.user.rights.sees_whole(found.region_id)
    context = {
        "region": found.region,
        "contest": found,
        "steps": queries.steps(found),
        "whole": whole,
        "rows": queries.nominations(found),
        "may_lead": request.user.rights.rates(found.region_id),
        "takes_applications": applications.takes_applications(found, clock.now()),
        "lists": queries.lists_of(found, request.user) if whole else [],
        "gives_marks": queries.gives_marks(found),
        "nomination_form": NominationForm(),
    }
    return render(request, "contest.html", context)


@require_POST
def contest_advance(request: HttpRequest, pk: int) -> HttpResponse:
    """Perform the stage that `stage` names and go on."""
    return _led(request, pk, advance)


@require_POST
def contest_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to the stage before the one that `stage` names."""
    return _led(request, pk, go_back)


def _led(request: HttpRequest, pk: int, step: object) -> HttpResponse:
    found = _contest(request, pk, whole=True)
    _may(request, found.region_id)
    found.stage = request.POST.get("stage", "")
    try:
        moved = step(found, user=request.user, now=clock.now())
    except ContestError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The contest is at the stage: %s.") % Stage(moved.stage).label)
    return redirect("contest", pk)


@require_POST
def nomination_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a nomination of the contest's own, while the long list is open."""
    found = _contest(request, pk, whole=True)
    _may(request, found.region_id)
    form = NominationForm(request.POST)
    if found.stage != Stage.LONG_LIST:
        messages.error(request, _("Nominations are added while the long list is open."))
    elif not form.is_valid():
        messages.error(request, _("Write what the nomination is called."))
    else:
        try:
            add_nomination(found, form.cleaned_data["name"], user=request.user, now=clock.now())
        except ContestError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The nomination was added."))
    return redirect("contest", pk)


@require_safe
def nomination(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is in and who is out of a nomination."""
    found = _nomination(request, pk)
    context = {
        "region": found.contest.region,
        "contest": found.contest,
        "nomination": found,
        "view": queries.nomination_view(found),
        "may_lead": request.user.rights.rates(found.contest.region_id),
    }
    return render(request, "nomination.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def nomination_jury(request: HttpRequest, pk: int) -> HttpResponse:
    """One expert's marks in a nomination; `?expert=` shows those that were entered."""
    found = _nomination(request, pk)
    _may(request, found.contest.region_id)
    expert = " ".join(request.POST.get("expert", request.GET.get("expert", "")).split())[:200]
    given, problems = queries.marks_of(found, expert), {}
    if request.method == "POST":
        given = {
            (candidate, criterion): text for (candidate, criterion), text in _cells(request, "mark") if text.strip()
        }
        try:
            if not expert:
                raise ContestError(_("Write who gave the marks."))
            count = enter_marks(found, expert, given, user=request.user, now=clock.now())
        except EntryError as error:
            problems = error.problems
        except ContestError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Kept: %(expert)s, marks: %(count)s.") % {"expert": expert, "count": count})
            return redirect("nomination", pk)
    context = _entry(found) | {"expert": expert, "given": given, "problems": problems}
    return render(request, "nomination_jury.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def nomination_votes(request: HttpRequest, pk: int) -> HttpResponse:
    """The popular vote of a nomination, and where its numbers come from."""
    found = _nomination(request, pk)
    _may(request, found.contest.region_id)
    view, problems = queries.nomination_view(found), {}
    given = {
        (row.candidate.pk, 0): "" if row.candidate.votes is None else str(row.candidate.votes) for row in view.rows
    }
    source = next((row.candidate.votes_source for row in view.rows if row.candidate.votes_source), "")
    if request.method == "POST":
        given, source = dict(_cells(request, "vote")), request.POST.get("source", "").strip()[:300]
        try:
            if not source:
                raise ContestError(_("Write where the votes come from: the address of the vote, or the protocol."))
            votes = {candidate: text for (candidate, _criterion), text in given.items()}
            enter_votes(found, votes, source, user=request.user, now=clock.now())
        except EntryError as error:
            problems = error.problems
        except ContestError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The votes were kept."))
            return redirect("nomination", pk)
    context = _entry(found) | {"source": source, "given": given, "problems": problems}
    return render(request, "nomination_votes.html", context, status=422 if request.method == "POST" else 200)


def _entry(found: Nomination) -> dict[str, object]:
    return {
        "region": found.contest.region,
        "contest": found.contest,
        "nomination": found,
        "view": queries.nomination_view(found),
    }


def _cells(request: HttpRequest, name: str) -> list[tuple[tuple[int, int], str]]:
    """Fields such as mark-5-2 (candidate, criterion); what is named otherwise is none of ours."""
    found = []
    for key, text in request.POST.items():
        prefix, *numbers = key.split("-")
        if prefix == name and len(numbers) == 2 and all(each.isascii() and each.isdigit() for each in numbers):
            found.append(((int(numbers[0]), int(numbers[1])), text[:40]))
    return found


@require_safe
def contest_protocol(request: HttpRequest, pk: int) -> HttpResponse:
    """What happened, stage by stage, made to be printed."""
    found = _contest(request, pk, whole=True)
    context = {
        "region": found.region,
        "contest": found,
        "steps": queries.steps(found),
        "parts": queries.protocol(found),
        "jury": Stage.JURY in found.stages,
        "vote": Stage.VOTE in found.stages,
    }
    return render(request, "contest_protocol.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def contest_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand in the own page or person for a nomination."""
    found = _contest(request, pk)
    user, now = request.user, clock.now()
    if not found.by_application or not (user.rights.institutions or user.rights.keeps(found.region_id)):
        raise Http404
    choices = applications.choices(found, user)
    pairs = {f"{choice.score.pk}-{each.pk}": (choice, each) for choice in choices for each in choice.nominations}
    form = ApplicationForm(request.POST if request.method == "POST" else None)
    chosen = request.POST.get("who", "")
    if request.method == "POST" and form.is_valid() and chosen in pairs:
        choice, into = pairs[chosen]
        try:
            applications.hand_in(found, choice.score, into, form.cleaned_data["text"], user=user, now=now)
        except ContestError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The application was handed in."))
            return redirect("contest_apply", pk)
    context = {
        "region": found.region,
        "contest": found,
        "form": form,
        "choices": choices,
        "chosen": chosen,
        "nobody": request.method == "POST" and chosen not in pairs,
        "open": applications.takes_applications(found, now),
        "mine": applications.applications_of(found, user),
    }
    return render(request, "contest_apply.html", context, status=422 if request.method == "POST" else 200)
