"""Signs of gaming: the list of cards, the admin's explanation and an analyst's decision on one of them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gospub import clock
from monitoring.evidence_cards import AlreadyDecidedError, decide, explain
from monitoring.models import EvidenceCard, EvidenceDecision, Region

from . import tables
from .filters import EvidenceFilter
from .queries import evidence as queries
from .queries.suspects import may_decide
from .views import render_table

EXPLANATION_LENGTH = EvidenceCard._meta.get_field("explanation").max_length
NOTE_LENGTH = EvidenceCard._meta.get_field("note").max_length


@require_safe
def evidence(request: HttpRequest, code: str) -> HttpResponse:
    """Cards of the region, those that wait first; an institution admin sees those of the own pages."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    chosen = EvidenceFilter(request.GET, queries.cards_in(region, request.user))
    table = tables.table(request, chosen.qs, queries.COLUMNS, queries.DEFAULT_SORT)
    context = {
        "region": region,
        "filter": chosen,
        "table": table,
        "rows": queries.evidence_rows(table.page, request.user.rights.institutions),
        "here": table.clean_url,
        **limits(request, region),
    }
    return render_table(request, "evidence.html", context)


@require_POST
def evidence_explain(request: HttpRequest, pk: int) -> HttpResponse:
    """The `explanation` of the page's admin; htmx gets the card anew, others go back to the list (`next`)."""
    card = visible_card(request, pk)
    if card.page.institution_id not in request.user.rights.institutions:
        raise PermissionDenied
    text = request.POST.get("explanation", "").strip()
    if not is_text(text, EXPLANATION_LENGTH):
        return HttpResponseBadRequest(_("This explanation is not understood."))
    late = False
    try:
        explain(card, user=request.user, text=text, now=clock.now())
    except AlreadyDecidedError:
        late = True
    return answer(request, card, _("The explanation was kept."), late)


@require_POST
def evidence_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """An analyst's `decision` (justified, gaming) with a `note`, which is obligatory; answers as evidence_explain."""
    card = visible_card(request, pk)
    if not may_decide(request.user, card.page.institution.region):
        raise PermissionDenied
    decision, note = request.POST.get("decision"), request.POST.get("note", "").strip()
    possible = (EvidenceDecision.JUSTIFIED, EvidenceDecision.GAMING)
    if decision not in possible or not is_text(note, NOTE_LENGTH):
        return HttpResponseBadRequest(_("This decision is not understood."))
    late = False
    try:
        decide(card, gaming=decision == EvidenceDecision.GAMING, user=request.user, note=note, now=clock.now())
    except AlreadyDecidedError:
        late = True
    return answer(request, card, _("The decision was kept."), late)


def visible_card(request: HttpRequest, pk: int) -> EvidenceCard:
    """What is foreign is as if it did not exist."""
    return get_object_or_404(queries.with_pages(EvidenceCard.objects.visible_to(request.user)), pk=pk)


def is_text(text: str, length: int) -> bool:
    """Something that the base can hold."""
    return 0 < len(text) <= length and "\0" not in text


def answer(request: HttpRequest, card: EvidenceCard, told: str, late: bool) -> HttpResponse:
    """What is said after a form; late: the decision had been taken before, and nothing was changed."""
    region = card.page.institution.region
    if late:
        told = _("Somebody was quicker: the decision below had been taken before yours.")
    if not request.htmx:
        (messages.info if late else messages.success)(request, told)
        return HttpResponseRedirect(back(request, region, card.pk))
    card = visible_card(request, card.pk)
    row = next(queries.evidence_rows([card], request.user.rights.institutions))
    context = {"region": region, "row": row, "told": told, "late": late, "here": target(request, region)}
    return render(request, "evidence/answered.html", context | limits(request, region))


def limits(request: HttpRequest, region: Region) -> dict[str, object]:
    """What the forms of a card need to know."""
    return {
        "may_decide": may_decide(request.user, region),
        "note_length": NOTE_LENGTH,
        "explanation_length": EXPLANATION_LENGTH,
    }


def target(request: HttpRequest, region: Region) -> str:
    """The list that the form was sent from."""
    asked = request.POST.get("next", "")
    known = url_has_allowed_host_and_scheme(asked, {request.get_host()}, request.is_secure())
    return asked if known else reverse("evidence", args=[region.code])


def back(request: HttpRequest, region: Region, pk: int) -> str:
    """The card in the list that the form was sent from."""
    return f"{target(request, region)}#evidence-{pk}"
