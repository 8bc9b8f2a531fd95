"""How django-allauth behaves here: nobody signs up, guessing is stopped before a password is hashed, what people do to
their own sign-in is in the audit trail, secrets of the second factor are stored encrypted and cannot be given up by
those who need one."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from gospub import clock
from gospub.encryption import decrypt, encrypt

from .audit import record
from .models import User

ADDED = "second_factor.add"
# What allauth would write letters of: the action, and what it was done to.
NOTICES = {
    "account/email/password_changed": ("password.change", {}),
    "account/email/password_reset": ("password.reset", {}),
    "mfa/email/totp_activated": (ADDED, {"kind": "totp"}),
    "mfa/email/webauthn_added": (ADDED, {"kind": "webauthn"}),
    "mfa/email/totp_deactivated": ("second_factor.remove", {"kind": "totp"}),
    "mfa/email/webauthn_removed": ("second_factor.remove", {"kind": "webauthn"}),
    "mfa/email/recovery_codes_generated": ("second_factor.codes", {}),
}


class ClosedSignUp(DefaultAccountAdapter):
    """Accounts come with an invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Of an account and whence it is tried: one who guesses locks nobody else out."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{self.get_client_ip(request)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Too many tries answer 429, and no password is hashed (0.2 s of a core each)."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            raise ImmediateHttpResponse(render(request, "429.html", status=429)) from error

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        response = super().post_login(request, user, **options)
        record(user, "sign_in", f"user {user.pk}", before={}, after={}, now=clock.now())
        return response

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        messages.error(request, _("This account is switched off. Ask the operator of the installation."))
        return redirect("account_login")

    def format_email_subject(self, subject: str) -> str:
        return ": ".join((_("Gospub"), subject))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:
            messages.error(self.request, _("The mail server does not take the letter now. Try again later."))
            raise ImmediateHttpResponse(redirect(self.request.path)) from error

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **options: Any) -> None:
        """The trail has it instead of a letter. Sessions that began without a new second factor end: they may be those
        of somebody who has the password alone."""
        action, after = NOTICES[template_prefix]
        record(user, action, f"user {user.pk}", before={}, after=after, now=clock.now())
        if action == ADDED:
            present = self.request.session.session_key
            for session in UserSession.objects.filter(user=user).exclude(session_key=present):
                session.end()


class EncryptedSecrets(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last one stays with those who may not do without."""
        user = authenticator.user
        if not (settings.SECOND_FACTOR_OBLIGATORY and user.rights.needs_second_factor):
            return True
        kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
        return Authenticator.objects.filter(user=user, type__in=kinds).exclude(pk=authenticator.pk).exists()
