"""ОГРН, ИНН and ОКТМО: length and check digits."""

import re
from decimal import Decimal

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
        raise ValidationError(_("This is not an ОГРН: 13 digits (15 for a sole trader), the last is a check digit."))


def validate_inn(text: str) -> None:
    """Raise ValidationError unless `text` is an ИНН."""
    if not is_inn(text):
        raise ValidationError(_("This is not an ИНН: 10 digits (12 for a person) with check digits."))


def validate_oktmo(text: str) -> None:
    """Raise ValidationError unless `text` is an ОКТМО code of 8 or 11 digits."""
    if not (text.isascii() and text.isdigit() and len(text) in (8, 11)):
        raise ValidationError(_("This is not an ОКТМО code: 8 or 11 digits."))


def municipality_kind(oktmo: str) -> str:
    """What the third digit of an ОКТМО code says: "inner" (district of a federal city), "okrug" (municipal okrug),
    "district" (municipal district), "city" (urban okrug); "" where there is no code, or another digit.

    Source: ОК 033-2013, classification of municipal bodies of the first level.
    """
    return {"3": "inner", "5": "okrug", "6": "district", "7": "city"}.get(oktmo[2:3], "")


def clean_ogrn(cell: object) -> str:
    """The ОГРН in a spreadsheet cell; ValidationError where it is none or Excel lost its digits."""
    text = _digits(cell, lengths=(13, 15))
    validate_ogrn(text)
    return text


def clean_inn(cell: object) -> str:
    """The ИНН in a spreadsheet cell, a lost leading zero restored; ValidationError as above."""
    text = _digits(cell, lengths=(10, 12))
    validate_inn(text)
    return text


def clean_oktmo(cell: object) -> str:
    """The ОКТМО code in a spreadsheet cell, a lost leading zero restored; ValidationError as above."""
    text = _digits(cell, lengths=(8, 11))
    validate_oktmo(text)
    return text


def _digits(cell: object, lengths: tuple[int, ...]) -> str:
    """The digits that stood in the cell before Excel took them for a number.

    1022800001234.0 and «1 022 800 001 234» are restored, «1,022800001234E+12» too; «1.0228E+12» has lost digits.
    One leading zero is put back where the length then fits `lengths`.
    """
    text = re.sub(r"[\s'’]", "", str(cell)).replace(",", ".")
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?[eE]\+?[0-9]{1,2}", text):
        number = Decimal(text)
        if number.as_tuple().exponent > 0:
            raise ValidationError(
                _(
                    "Excel has shortened this number and its last digits are lost. "
                    "Set the column's format to “Text” and type the number anew."
                )
            )
        text = f"{number:f}"
    text = re.sub(r"\.0*$", "", text)
    return text.zfill(len(text) + 1) if len(text) + 1 in lengths and text.isdigit() else text
