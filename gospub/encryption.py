"""Texts that are of no use to whoever has the base without the keys: Fernet (AES-128-CBC with HMAC-SHA-256).

The keys are settings.DATA_KEYS: the first one encrypts, all of them decrypt.
"""

from collections.abc import Sequence
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django import forms
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.validators import EmailValidator
from django.db import models
from django.db.models.lookups import Exact, IsNull


class WrongKeyError(ValueError):
    """None of the keys opens what is stored."""


def encrypt(text: str) -> str:
    """The text in letters that only the holder of the first key, or of a copy of it, reads; "" stays "".

    The same text comes out differently each time: encrypted texts cannot be compared. Raises ImproperlyConfigured
    where DATA_KEYS are no keys.
    """
    return seal(text.encode()).decode() if text else ""


def decrypt(token: str) -> str:
    """What was given to `encrypt`. Raises WrongKeyError where no key fits or the token was changed."""
    return unseal(token.encode()).decode() if token else ""


def rotated(token: str) -> str:
    """The same text encrypted with the first key, whichever of the keys it was encrypted with; as `decrypt` else."""
    return encrypt(decrypt(token))


def seal(content: bytes) -> bytes:
    """As `encrypt`, of any bytes."""
    return _keys().encrypt(content)


def unseal(token: bytes) -> bytes:
    """What was given to `seal`; raises as `decrypt`."""
    try:
        return _keys().decrypt(token)
    except InvalidToken as error:
        message = "None of DATA_KEYS opens a stored text: a key is missing, or the text was changed."
        raise WrongKeyError(message) from error


def _keys() -> MultiFernet:
    return _box(tuple(settings.DATA_KEYS))


@lru_cache(maxsize=8)
def _box(keys: Sequence[str]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError as error:
        raise ImproperlyConfigured("DATA_KEYS: each is 32 random bytes in URL-safe base64, at least one.") from error


class EncryptedTextField(models.CharField):
    """Plain text in Python, encrypted in the base. It can be looked up by nothing but being empty (`email=""`).

    max_length: of the plain text; what is stored is longer.
    """

    def get_internal_type(self) -> str:
        return "TextField"

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str | None:
        return None if value is None else decrypt(value)

    def get_db_prep_save(self, value: object, connection: object) -> object:
        return encrypt(value) if isinstance(value, str) else super().get_db_prep_save(value, connection)

    def get_lookup(self, lookup_name: str) -> type | None:
        return {"exact": _Empty, "isnull": IsNull}.get(lookup_name)


class _Empty(Exact):
    def get_prep_lookup(self) -> str:
        if self.rhs != "":
            raise ValueError("Encrypted texts cannot be looked up by what they say.")
        return ""


class EncryptedEmailField(EncryptedTextField):
    """An e-mail address, encrypted in the base."""

    default_validators = [EmailValidator()]

    def formfield(self, **options: object) -> forms.Field:
        return super().formfield(**{"form_class": forms.EmailField} | options)
