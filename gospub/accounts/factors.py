"""Secrets of second factors: encrypted inside of what django-allauth keeps of them."""

from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from django.db import transaction

from gospub.encryption import rotated

# Of an app with one-time codes, and that from which the spare codes are made; a passkey has none.
SEALED = ("secret", "seed")


def with_secrets() -> Iterator[Authenticator]:
    """Second factors that keep something encrypted."""
    for each in Authenticator.objects.order_by("pk").iterator():
        if secrets(each):
            yield each


def secrets(factor: Authenticator) -> dict[str, str]:
    """What of it is encrypted, as it is stored."""
    return {name: factor.data[name] for name in SEALED if factor.data.get(name)}


def rotate() -> int:
    """Encrypt all of them anew with the first of DATA_KEYS; returns how many factors. Raises WrongKeyError."""
    count = 0
    for pk in [each.pk for each in with_secrets()]:
        with transaction.atomic():
            factor = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if factor:
                factor.data |= {name: rotated(value) for name, value in secrets(factor).items()}
                factor.save(update_fields=["data"])
                count += 1
    return count
