"""Addresses of accounts, rights and the audit trail; the name of an address is the name of its view."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path

from . import access, views

# What allauth can do and nobody needs here: accounts come with an invitation, the address stays the one in it.
CLOSED = ("signup", "email", "inactive", "confirm-email", "password/set", "login/code")


@login_not_required
def closed(request: HttpRequest) -> HttpResponse:
    raise Http404


urlpatterns = [
    path("account/", views.account, name="account"),
    path("account/sessions/<int:pk>/end/", views.session_end, name="session_end"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path("access/", access.access, name="access"),
    path("access/invite/", access.invitation_send, name="invitation_send"),
    path("access/rights/<int:pk>/end/", access.grant_end, name="grant_end"),
    path("access/invitations/<int:pk>/withdraw/", access.invitation_withdraw, name="invitation_withdraw"),
    path("audit/", access.audit_trail, name="audit_trail"),
    # --- before those of allauth, which have the same names ---
    *(re_path(rf"^account/{name}/", closed, name="closed_account") for name in CLOSED),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
]
