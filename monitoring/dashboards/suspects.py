"""Doubtful numbers: the list, and an analyst's decision on one of them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gospub import clock
from monitoring.models import Region, Suspect
from monitoring.suspects import AlreadyDecidedError, decide

from . import tables
from .filters import SuspectFilter
from .queries import suspects as queries
from .views import render_table

CONFIRM, REJECT = "confirm", "reject"
NOTE_LENGTH = Suspect._meta.get_field("note").max_length


@require_safe
def suspects(request: HttpRequest, code: str) -> HttpResponse:
    """Doubtful numbers of the region, newest first."""
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    chosen = SuspectFilter(request.GET, queries.suspects_of(region, request.user))
    table = tables.table(request, chosen.qs, queries.COLUMNS, queries.DEFAULT_SORT)
    context = {
        "region": region,
        "filter": chosen,
        "table": table,
        "rows": queries.suspect_rows(table.page),
        "may_decide": queries.may_decide(request.user, region),
        "note_length": NOTE_LENGTH,
        "here": table.clean_url,
    }
    return render_table(request, "suspects.html", context)


@require_POST
def suspect_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm or reject (`decision`) with a `note`; htmx gets the row anew, others go back to the list (`next`)."""
    found = queries.with_pages(Suspect.objects.visible_to(request.user))
    suspect = get_object_or_404(found, pk=pk)
    region = suspect.page.institution.region
    if not queries.may_decide(request.user, region):
        raise PermissionDenied
    decision, note = request.POST.get("decision"), request.POST.get("note", "").strip()
    possible = (CONFIRM, REJECT) if suspect.may_be_true else (REJECT,)
    if decision not in possible or len(note) > NOTE_LENGTH or "\0" in note:
        return HttpResponseBadRequest(_("This decision is not understood."))
    told = _("The number was confirmed.") if decision == CONFIRM else _("The number was rejected.")
    late = False
    try:
        decide(suspect, confirm=decision == CONFIRM, user=request.user, note=note, now=clock.now())
    except AlreadyDecidedError:
        late, told = True, _("Somebody was quicker: the decision below had been taken before yours.")
    if not request.htmx:
        (messages.info if late else messages.success)(request, told)
        return HttpResponseRedirect(back(request, region, pk))
    row = next(queries.suspect_rows([found.get(pk=pk)]))
    context = {"region": region, "row": row, "told": told, "late": late, "waiting": queries.waiting_count(region)}
    return render(request, "suspects/decided.html", context)


def back(request: HttpRequest, region: Region, pk: int) -> str:
    """The list that the form was sent from."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = reverse("suspects", args=[region.code])
    return f"{target}#suspect-{pk}"
