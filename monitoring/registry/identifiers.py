"""ОГРН, ИНН and ОКТМО: length and check digits."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def is_ogrn(text: str) -> bool:
    """13 digits (organisation) or 15 (sole trader), the last being the remainder of the rest by 11 or 13, mod 10.

    Source: rules of keeping ЕГРЮЛ and ЕГРИП (order of the Finance Ministry 165н of 30.10.2017).
    """
    if not (text.isascii() and text.isdigit() and len(text) in (13, 15)):
        return False
    return int(text[:-1]) % (len(text) - 2) % 10 == int(text[-1])


def is_inn(text: str) -> bool:
    """10 digits (organisation) or 12 (person) with one or two check digits.

    Check digits are weighted sums of the digits before them, mod 11, mod 10.
    """
    if not (text.isascii() and text.isdigit() and len(text) in (10, 12)):
        return False
    weights = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]
    digits = [int(c) for c in text]

    def check(count: int) -> int:
        return sum(w * d for w, d in zip(weights[-count:], digits, strict=False)) % 11 % 10

    positions = [9] if len(text) == 10 else [10, 11]
    return all(check(p) == digits[p] for p in positions)


def validate_ogrn(text: str) -> None:
    """Raise ValidationError unless `text` is an ОГРН."""
    if not is_ogrn(text):
        raise ValidationError(
            _("This is not an ОГРН: 13 digits (15 for a sole trader), the last is a check digit.")
        )


def validate_inn(text: str) -> None:
    """Raise ValidationError unless `text` is an ИНН."""
    if not is_inn(text):
        raise ValidationError(_("This is not an ИНН: 10 digits (12 for a person) with check digits."))


def validate_oktmo(text: str) -> None:
    """Raise ValidationError unless `text` is an ОКТМО code of 8 or 11 digits."""
    if not (text.isascii() and text.isdigit() and len(text) in (8, 11)):
        raise ValidationError(_("This is not an ОКТМО code: 8 or 11 digits."))
