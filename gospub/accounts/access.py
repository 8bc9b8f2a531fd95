"""Who has which right: invite, take away; and the audit trail."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gospub import clock
from monitoring.dashboards import tables
from monitoring.dashboards.views import render_table

from . import audit, invitations, queries
from .filters import AuditFilter, GrantFilter
from .forms import InvitationForm
from .models import AuditEntry, Grant, Invitation


@require_safe
def access(request: HttpRequest) -> HttpResponse:
    """Rights that the user may give and take, and invitations that wait."""
    _for(queries.may_invite(request.user))
    chosen = GrantFilter(request.GET, queries.grants_given_by(request.user))
    context = {
        "zone": queries.zone_of(request.user),
        "filter": chosen,
        "table": tables.table(request, chosen.qs, queries.GRANT_COLUMNS, queries.GRANT_SORT),
        "invitations": queries.open_invitations(request.user, clock.now()),
    }
    return render_table(request, "access.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_send(request: HttpRequest) -> HttpResponse:
    """Invite by mail; `?ogrn=` and `?region=` fill the form in."""
    _for(queries.may_invite(request.user))
    initial = {name: request.GET[name] for name in ("ogrn", "region", "role") if request.GET.get(name)}
    form = InvitationForm(request.POST if request.method == "POST" else None, by=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        link = request.build_absolute_uri(reverse("invitation", args=["TOKEN"]))
        email = form.cleaned_data["email"]
        try:
            invitations.invite(email, form.scope(), request.user, link, clock.now())
        except OSError:
            messages.error(request, _("The mail server does not take the letter now. Try again later."))
        else:
            messages.success(request, _("The invitation to %s was sent.") % email)
            return redirect("access")
    context = {"form": form, "founders": queries.founders_of(form.fields["region"].queryset)}
    return render(request, "invitation_send.html", context, status=422 if form.errors else 200)


@require_POST
def grant_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a right away; nobody takes away the own one of an operator, or nobody might be left."""
    grant = get_object_or_404(Grant.objects.given_by(request.user), pk=pk)
    if grant.user == request.user and request.user.rights.operator:
        messages.error(request, _("Another operator takes this right away from you."))
    else:
        invitations.end(grant, request.user, clock.now())
        messages.success(request, _("The right was taken away."))
    return redirect("access")


@require_POST
def invitation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an invitation back: its link leads nowhere from now on."""
    now = clock.now()
    found = get_object_or_404(Invitation.objects.given_by(request.user).open(now), pk=pk)
    invitations.withdraw(found, request.user, now)
    messages.success(request, _("The invitation was taken back."))
    return redirect("access")


@require_safe
def audit_trail(request: HttpRequest) -> HttpResponse:
    """Who did what, when and from where, the latest first."""
    _for(queries.may_audit(request.user))
    chosen = AuditFilter(request.GET, AuditEntry.objects.visible_to(request.user))
    table = tables.table(request, chosen.qs, queries.AUDIT_COLUMNS, queries.AUDIT_SORT)
    context = {
        "zone": queries.zone_of(request.user),
        "filter": chosen,
        "table": table,
        "rows": queries.audit_rows(table.page),
        "anchor": audit.anchor() if request.user.rights.everywhere else None,
    }
    return render_table(request, "audit.html", context)


def _for(allowed: bool) -> None:
    """To everybody else the screen does not exist."""
    if not allowed:
        raise Http404
