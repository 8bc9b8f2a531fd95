"""The screens of those who contest: list, form with its draft, files, withdrawal."""

import datetime as dt
import uuid
from pathlib import Path

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gospub import clock
from gospub.accounts import audit
from monitoring.dashboards import tables
from monitoring.dashboards.views import render_table
from monitoring.models import Institution, Region
from ratings.names import name_of
from ratings.score_views import visible_score
from ratings.screens.rating import period_text

from . import evidence, filing, queries
from .claims import Contested, contested
from .filters import AppealFilter
from .forms import AppealForm, initial_of
from .models import Appeal, AppealState
from .term import window


@require_safe
def appeals(request: HttpRequest, code: str) -> HttpResponse:
    """The appeals of a region; an institution admin sees those of the own institution, and the own drafts."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    now = clock.now()
    chosen = AppealFilter(request.GET, queries.appeals_in(region, request.user), region=region, now=now)
    table = tables.table(request, chosen.qs, queries.COLUMNS, queries.SORT)
    context = {
        "region": region,
        "filter": chosen,
        "table": table,
        "rows": list(queries.rows(table.page, now)),
        "drafts": [] if request.htmx else queries.drafts_in(region, request.user),
        "whole_region": request.user.rights.sees_whole(region.pk),
    }
    return render_table(request, "appeals.html", context)


def own_value(request: HttpRequest, pk: int, item: str) -> tuple[Contested, Institution]:
    """What is contested, and for which institution; 404 where the user may not see it or there is no such value, 403
    for those who run none of the institutions concerned."""
    score, rating = visible_score(request, pk)
    try:
        claim = contested(score, rating, item)
    except KeyError as error:
        raise Http404 from error
    institution = filing.own_institution(score, request.user)
    if institution is None:
        raise PermissionDenied
    if not claim.can_be_known:
        raise Http404
    return claim, institution


@require_http_methods(["GET", "HEAD", "POST"])
def appeal_file(request: HttpRequest, pk: int, item: str) -> HttpResponse:
    """The form of an appeal against a value, with what was written so far; sent once, however often it is pressed."""
    claim, institution = own_value(request, pk, item)
    now = clock.now()
    if request.method != "POST":
        draft = filing.draft_of(claim, request.user)
        form = AppealForm(initial=initial_of(draft), claim=claim)
        return _form(request, claim, form, now)
    form = AppealForm(request.POST, request.FILES, claim=claim)
    complete, key = form.is_valid(), form.cleaned_data.get("key")
    who = {"institution": institution, "user": request.user, "now": now}
    try:
        if key:  # whatever comes of it, nothing that was written is lost
            filing.keep(claim, form.written(_removed(request)), key=key, **who)
        if complete:
            appeal = filing.hand_in(claim, form.written(_removed(request)), key=key, **who)
            messages.success(request, _("The appeal is filed. The answer comes by mail and stands here."))
            return redirect("appeal", appeal.pk)
    except filing.NoneTakenError as error:
        after = {"item": item, "why": str(error)}
        audit.record(request.user, "appeal.late", f"score {pk}", before={}, after=after, now=now,
                     region=institution.region_id)  # fmt: skip
        return _form(request, claim, form, now, status=403)
    except filing.FilingError as error:
        form.add_error(None, str(error))
    return _form(request, claim, form, now, status=422)


@require_POST
def appeal_draft(request: HttpRequest, pk: int, item: str) -> HttpResponse:
    """Keep what is written without sending it; htmx is told when, others go back to the form."""
    claim, institution = own_value(request, pk, item)
    form = AppealForm(request.POST, request.FILES, claim=claim)
    form.is_valid()  # a draft may be unfinished; its files are checked all the same
    key = form.cleaned_data.get("key")
    if not isinstance(key, uuid.UUID):
        return HttpResponseBadRequest(_("This form is not understood."))
    now, problem = clock.now(), ""
    try:
        filing.keep(claim, form.written(_removed(request)), institution=institution, key=key, user=request.user,
                    now=now)  # fmt: skip
    except filing.FilingError as error:
        problem = str(error)
    if request.htmx:
        return render(request, "appeals/kept.html", {"kept_at": now, "problem": problem, "region": institution.region})
    for text in [problem, *form.errors.get("files", [])]:
        if text:
            messages.error(request, text)
    if not problem:
        messages.success(request, _("The draft is kept: go on whenever you like."))
    return redirect("appeal_file", pk, item)


def _removed(request: HttpRequest) -> frozenset[int]:
    """Files of the draft that are to go."""
    return frozenset(int(key) for key in request.POST.getlist("remove") if key.isdecimal() and len(key) < 19)


def _form(
    request: HttpRequest, claim: Contested, form: AppealForm, now: dt.datetime, status: int = 200
) -> HttpResponse:
    draft = filing.draft_of(claim, request.user)
    context = {
        "region": claim.rating.region,
        "rating": claim.rating,
        "period": period_text(claim.rating),
        "score": claim.score,
        "name": name_of(claim.score),
        "claim": claim,
        "form": form,
        "draft": draft,
        "evidence": draft.evidence.all() if draft else [],
        "window": window(claim.rating, now),
        "open": Appeal.objects.open().filter(score=claim.score, item=claim.measure.code).first(),
    }
    return render(request, "appeal_file.html", context, status=status)


def visible_appeal(request: HttpRequest, pk: int) -> Appeal:
    """What is foreign is as if it did not exist; so is somebody else's draft."""
    return get_object_or_404(Appeal.objects.visible_to(request.user).select_related(*queries.RELATED), pk=pk)


@require_POST
def appeal_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the own appeal back, or throw the own draft away."""
    found = visible_appeal(request, pk)
    was_draft = found.state == AppealState.DRAFT
    if found.institution_id not in request.user.rights.institutions:
        raise PermissionDenied
    region = found.institution.region.code
    try:
        filing.withdraw(found, user=request.user, now=clock.now())
    except filing.FilingError as error:
        messages.error(request, str(error))
        return redirect("appeal", pk)
    messages.success(request, _("The draft is gone.") if was_draft else _("The appeal is withdrawn."))
    return redirect("appeals", region) if was_draft else redirect("appeal", pk)


@require_safe
def appeal_evidence(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """A file of the appeal, to be saved and never shown by the browser, under a name of ours."""
    appeal = visible_appeal(request, pk)
    found = get_object_or_404(appeal.evidence, pk=number)
    path = evidence.folder() / Path(found.file).name
    try:
        file = path.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    name = f"appeal-{appeal.pk}-{found.pk}.{found.kind}"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/octet-stream")
