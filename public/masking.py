"""Phones and mail addresses in texts that others wrote: they are not shown to anybody outside."""

import re

PHONE = re.compile(
    r"(?<![\w/])(?:\+\s?\d|\(?\d)(?:[\s().\u2010-\u2015\u2212\-]*\d){9,14}(?![\w/])"  # +7 (4212) 12-34-56
    r"|(?<![\w/-])\d{2,3}[\s\-\u2010-\u2015]\d{2}[\-\u2010-\u2015]\d{2}(?![\w-])"  # 12-34-56
    r"|(?<=[тТ]ел)\.?(?:ефон\w*)?[\s:.№]*\(?\d[\d\s()\-\u2010-\u2015]{3,}\d",  # тел. 45678
)
MAIL = re.compile(r"[^\s@<>«»\"'(),;:]+\s?@\s?[^\s@<>«»\"'(),;:]+\.[^\W\d_]{2,}")
HIDDEN = "•••"


def masked(text: str) -> str:
    """The text with dots in place of every phone and mail address. Names of pages stay names: «Школа № 5»."""
    return PHONE.sub(HIDDEN, MAIL.sub(HIDDEN, text))
