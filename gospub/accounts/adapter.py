"""How django-allauth behaves here: nobody signs up, guessing is stopped before a password is hashed, secrets of the
second factor are stored encrypted and cannot be given up by those who need one."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gospub import clock
from gospub.encryption import decrypt, encrypt

from .audit import record
from .models import User


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
