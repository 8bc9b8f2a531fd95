"""The own account, its sessions, and invitations as the one who is invited sees them."""

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gospub import clock
from letters import choices

from . import audit, invitations, queries
from .forms import AcceptForm
from .models import Invitation, User


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """The own rights, second factors and sessions."""
    context = {
        "zone": queries.zone_of(request.user),
        "account": queries.account_of(request.user),
        "offers": choices.offers(request.user),
        "present_key": request.session.session_key,
        "must_protect": settings.SECOND_FACTOR_OBLIGATORY and request.user.rights.needs_second_factor,
    }
    return render(request, "account.html", context)


@require_POST
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of the own sessions now; ending the present one signs out."""
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    audit.record(
        request.user, "session.end", f"session {session.pk}", before={"address": session.ip}, after={}, now=clock.now()
    )
    session.end()
    messages.success(request, _("The session was ended."))
    return redirect("account")


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation: a new user sets a name and a password; one who has an account signs in first."""
    now = clock.now()
    found = invitations.find(token, now)
    if found is None:
        return _gone(request)
    known = User.objects.filter(email=found.email).first()
    if known or request.user.is_authenticated:
        return _accept_as_user(request, found, known)
    form = AcceptForm(request.POST if request.method == "POST" else None, email=found.email)
    if request.method == "POST" and form.is_valid():
        fields = {name: form.cleaned_data[name] for name in ("full_name", "password")}
        try:
            invitations.accept(found, None, now, **fields)
        except invitations.InvitationGoneError:
            return _gone(request)
        messages.success(request, _("The account is ready. Sign in with your e-mail and the password."))
        return redirect("account_login")
    status = 422 if request.method == "POST" else 200
    return render(request, "invitation.html", {"invitation": found, "form": form}, status=status)


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "invitation.html", {"gone": True}, status=404)


def _accept_as_user(request: HttpRequest, found: Invitation, known: User | None) -> HttpResponse:
    """The invited one has an account: the right is added to it, by whoever is signed in to it."""
    if not request.user.is_authenticated:
        return redirect(f"/account/login/?next={request.path}")
    if known != request.user:
        return _gone(request)
    if request.method == "POST":
        try:
            invitations.accept(found, request.user, clock.now())
        except invitations.InvitationGoneError:
            return _gone(request)
        messages.success(request, _("You have the right now."))
        return redirect("home")
    return render(request, "invitation.html", {"invitation": found})
