"""The screens of those who decide: one appeal beside what the networks answered, the effect, the new edition."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gospub import clock
from monitoring.models import Page
from ratings.computing import NothingToRateError
from ratings.inputs import under
from ratings.lifecycle import PassageError
from ratings.models import Correction, Rating
from ratings.rules_data import read_rules
from ratings.screens import score as score_screen
from ratings.screens.rating import period_text
from ratings.views import visible_rating

from . import deciding, filing, queries
from .answers import ANSWERS
from .claims import Contested, asked_words, contested
from .corrected import EnteredError, Line, corrections, lines
from .effect import Effect, effect
from .models import Appeal, AppealState
from .standing import edition_in_view
from .views import visible_appeal

TRY, ACCEPT, REJECT, ANSWER = "try", "accept", "reject", "answer:"
MOST_ANSWER = 4000


@require_safe
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """An appeal with its way so far; those who see the whole region, beside what the networks answered and what was
    before; those who decide, with what accepting it would do."""
    found = visible_appeal(request, pk)
    if found.state == AppealState.DRAFT:
        return redirect("appeal_file", found.score_id, found.item)
    return _screen(request, found, {}, "")


@require_POST
def appeal_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """`decision`: try the numbers (`n-…`, `d-…`), begin from an answer, accept or reject with the `answer`. Nothing is
    accepted whose effect was not shown (`seen`)."""
    found = visible_appeal(request, pk)
    if not request.user.rights.sees_whole(found.institution.region_id):
        raise Http404
    if not deciding.may_decide(request.user, found):
        raise PermissionDenied
    answer = request.POST.get("answer", "").replace("\0", "")[:MOST_ANSWER]
    decision = request.POST.get("decision", "")
    if decision.removeprefix(ANSWER) in ANSWERS:
        answer = str(ANSWERS[decision.removeprefix(ANSWER)].text)
        decision = TRY
    if decision == TRY:
        return _screen(request, found, request.POST, answer)
    link = request.build_absolute_uri(reverse("appeal", args=[pk]))
    try:
        if decision == REJECT:
            deciding.reject(found, answer, user=request.user, link=link, now=clock.now())
            messages.success(request, _("The appeal is rejected; its author gets the answer by mail."))
        elif decision == ACCEPT:
            _accept(request, found, answer, link)
            messages.success(request, _("The appeal is accepted; compute the new edition when all are decided."))
        else:
            return _screen(request, found, request.POST, answer, _("This decision is not understood."))
    except deciding.AlreadyDecidedError as error:
        messages.info(request, str(error))
    except (deciding.DecisionError, EnteredError) as error:
        return _screen(request, found, request.POST, answer, str(error))
    return redirect("appeal", pk)


def _accept(request: HttpRequest, found: Appeal, answer: str, link: str) -> None:
    edition = edition_in_view(found.score.rating)
    claim = contested(found.score, found.score.rating, found.item)
    entered = corrections(claim, lines(edition, claim, found, request.POST))
    if request.POST.get("seen", "") != seen(entered):
        raise deciding.DecisionError(_("The effect of these numbers was not shown yet: look at it, then decide."))
    deciding.accept(found, answer, entered, user=request.user, link=link, now=clock.now())


def seen(entered: Sequence[Correction]) -> str:
    """The numbers whose effect a screen shows."""
    return ";".join(f"{each.page_id}-{each.first}:{each.numerator!r}/{each.denominator!r}" for each in entered)


def _screen(
    request: HttpRequest, found: Appeal, fields: Mapping[str, str], answer: str, problem: str = ""
) -> HttpResponse:
    rating = found.score.rating
    claim = contested(found.score, rating, found.item)
    context: dict[str, Any] = {
        "region": rating.region,
        "rating": rating,
        "period": period_text(rating),
        "score": found.score,
        "appeal": found,
        "row": next(queries.rows([found], clock.now())),
        "claim": claim,
        "asked": asked_words(found),
        "evidence": found.evidence.all(),
        "steps": queries.steps(found),
        "may_withdraw": filing.may_withdraw(found, request.user),
        "corrections": found.corrections.select_related("page"),
        "whole_region": request.user.rights.sees_whole(rating.region_id),
    }
    if context["whole_region"]:
        context |= _grounds(found, rating, claim)
    if found.waits and deciding.may_decide(request.user, found):
        context |= _deciding(found, claim, fields, answer, problem)
    if request.htmx and fields.get("decision") == TRY:
        return render(request, "appeals/effect.html", context)
    return render(request, "appeal.html", context, status=422 if problem else 200)


def _grounds(found: Appeal, rating: Rating, claim: Contested) -> dict[str, Any]:
    """What the networks answered, and what was before."""
    inputs = under(rating, found.score, found.item)
    pages = Page.objects.in_bulk({part.page for part in inputs.parts})
    return {
        "inputs": inputs,
        "parts": [(part, pages.get(part.page)) for part in inputs.parts],
        "parts_note": score_screen.parts_note(claim.measure.indicator, inputs.parts),
        "history": queries.history(found, claim, pages),
    }


def _deciding(found: Appeal, claim: Contested, fields: Mapping[str, str], answer: str, problem: str) -> dict[str, Any]:
    """The form: numbers, their effect, the answer."""
    edition = edition_in_view(found.score.rating)
    entered: list[Line] = lines(edition, claim, found, fields)
    context: dict[str, Any] = {
        "may_decide": True,
        "lines": entered,
        "answer": answer,
        "problem": problem,
        "answers": ANSWERS.items(),
        "digits": read_rules(edition.methodology.data).digits,
        "effect": None,
    }
    try:
        tried = corrections(claim, entered)
        found_effect: Effect = effect(edition, found.score.key, tried)
    except (EnteredError, NothingToRateError) as error:
        return context | {"effect_problem": str(error)}
    return context | {"effect": found_effect, "changed": bool(tried), "seen": seen(tried)}


@require_POST
def appeals_recompute(request: HttpRequest, pk: int) -> HttpResponse:
    """The next edition of the rating with what accepted appeals corrected, preliminary at once."""
    rating = visible_rating(request, pk)
    if not request.user.rights.sees_whole(rating.region_id):
        raise Http404
    if not request.user.rights.rates(rating.region_id):
        raise PermissionDenied
    try:
        new = deciding.recompute(rating, user=request.user, now=clock.now())
    except (deciding.DecisionError, PassageError) as error:
        messages.error(request, str(error))
    except NothingToRateError:
        messages.error(request, _("There is nobody to rate in this period any more."))
    else:
        messages.success(request, _("The new edition is preliminary; this is what changed."))
        return redirect("rating_changes", new.pk)
    return redirect("rating", pk)
