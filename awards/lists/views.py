"""The screens of award lists: proposal, decisions, signing, the next edition."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from awards.contests.opening import ContestError
from awards.models import Award, AwardList, AwardState, Candidate, Contest, Degree
from gospub import clock

from . import deciding, proposing, queries, signing


def _list(request: HttpRequest, pk: int) -> AwardList:
    """404 for those who do not see the whole region: others see what they were awarded on their institution's card."""
    related = ("contest__region", "contest__rating__methodology", "contest__rating__region", "signed_by")
    found = get_object_or_404(AwardList.objects.visible_to(request.user).select_related(*related), pk=pk)
    if not request.user.rights.sees_whole(found.contest.region_id):
        raise Http404
    return found


def _may(request: HttpRequest, region: int) -> None:
    if not request.user.rights.rates(region):
        raise PermissionDenied


@require_safe
def award_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is awarded, with what the rules proposed and what speaks for each."""
    found = _list(request, pk)
    region = found.contest.region
    awarded, dropped = queries.changes(found)
    context = {
        "region": region,
        "contest": found.contest,
        "list": found,
        "parts": queries.parts(found),
        "awarded": awarded,
        "undecided": found.awards.filter(state=AwardState.PROPOSED).count(),
        "dropped": dropped,
        "degrees": Degree.choices,
        "may_decide": found.signed_at is None and request.user.rights.rates(region.pk),
        "may_sign": found.signed_at is None and signing.may_sign(request.user, region.pk),
        "may_correct": found.signed_at is not None
        and request.user.rights.rates(region.pk)
        and not found.contest.lists.filter(edition__gt=found.edition).exists(),
    }
    return render(request, "award_list.html", context)


@require_POST
def award_list_propose(request: HttpRequest, pk: int) -> HttpResponse:
    """The list of a contest as the rules have it."""
    contest = get_object_or_404(Contest.objects.visible_to(request.user), pk=pk)
    if not request.user.rights.sees_whole(contest.region_id):
        raise Http404
    _may(request, contest.region_id)
    try:
        found = proposing.propose(contest, user=request.user, now=clock.now())
    except ContestError as error:
        messages.error(request, str(error))
        return redirect("contest", pk)
    messages.success(request, _("The rules have proposed. Confirm or replace each award, then sign the list off."))
    return redirect("award_list", found.pk)


@require_POST
def award_list_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    found = _list(request, pk)
    _may(request, found.contest.region_id)
    try:
        proposing.discard(found, user=request.user, now=clock.now())
    except ContestError as error:
        messages.error(request, str(error))
        return redirect("award_list", pk)
    messages.success(request, _("The draft was discarded."))
    return redirect("contest", found.contest_id)


@require_POST
def award_list_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm all proposals that nobody has decided on."""
    found = _list(request, pk)
    _may(request, found.contest.region_id)
    try:
        count = deciding.confirm_all(found, user=request.user, now=clock.now())
    except ContestError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Confirmed: %s.") % count)
    return redirect("award_list", pk)


@require_POST
def award_list_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign the list off."""
    found = _list(request, pk)
    if not signing.may_sign(request.user, found.contest.region_id):
        raise PermissionDenied
    try:
        signing.sign(found, user=request.user, now=clock.now())
    except ContestError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The list is signed off and frozen."))
    return redirect("award_list", pk)


@require_POST
def award_list_next(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the next edition of a signed list."""
    found = _list(request, pk)
    _may(request, found.contest.region_id)
    try:
        draft = signing.next_edition(found, user=request.user, now=clock.now())
    except ContestError as error:
        messages.error(request, str(error))
        return redirect("award_list", pk)
    messages.success(request, _("This is the draft of the next edition: correct it and sign it off."))
    return redirect("award_list", draft.pk)


@require_POST
def award_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm an award, take it away, give it to another candidate, or change its degree."""
    found = get_object_or_404(Award.objects.visible_to(request.user).select_related("list__contest"), pk=pk)
    _list(request, found.list_id)
    _may(request, found.list.contest.region_id)
    user, now, reason = request.user, clock.now(), request.POST.get("reason", "")
    try:
        match request.POST.get("decision"):
            case "confirm":
                deciding.confirm(found, user=user, now=now)
            case "take_away":
                deciding.take_away(found, reason, user=user, now=now)
            case "replace":
                deciding.replace(found, _candidate(request, found.list), reason, user=user, now=now)
            case "degree":
                deciding.change_degree(found, _degree(request), reason, user=user, now=now)
            case _:
                raise ContestError(_("Choose what becomes of the award."))
    except ContestError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The decision was kept."))
    return redirect(f"/award-lists/{found.list_id}/#nomination-{found.nomination_id}")


@require_POST
def award_put_in(request: HttpRequest, pk: int) -> HttpResponse:
    """One award more."""
    found = _list(request, pk)
    _may(request, found.contest.region_id)
    try:
        new = deciding.put_in(
            found, _candidate(request, found), request.POST.get("reason", ""), user=request.user, now=clock.now()
        )
    except ContestError as error:
        messages.error(request, str(error))
        return redirect("award_list", pk)
    messages.success(request, _("The award was added."))
    return redirect(f"/award-lists/{pk}/#nomination-{new.nomination_id}")


def _candidate(request: HttpRequest, found: AwardList) -> Candidate:
    key = request.POST.get("candidate", "")
    mine = Candidate.objects.filter(nomination__contest=found.contest_id).select_related("nomination", "page")
    chosen = mine.filter(pk=key).first() if key.isascii() and key.isdigit() else None
    if chosen is None:
        raise ContestError(_("Choose a candidate."))
    return chosen


def _degree(request: HttpRequest) -> Degree:
    try:
        return Degree(int(request.POST.get("degree", "")))
    except ValueError as error:
        raise ContestError(_("Choose a degree.")) from error
