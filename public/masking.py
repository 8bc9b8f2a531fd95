"""Phones and mail addresses in texts that others wrote: they are not shown to anybody outside."""

import re

DASH = r"\-\u2010-\u2015\u2212"
PHONE = re.compile(
    rf"(?<![\w/])(?:\+\s?\d{{1,3}}|[78])(?:[\s(){DASH}]*\d){{10}}(?![\w/])"  # +7 (4212) 12-34-56
    r"|(?<![\w/.])[78]\.\d{3}\.\d{3}\.\d{2}\.?\d{2}(?![\w/])"  # 8.914.000.00.00
    rf"|\(\d{{3,5}}\)\s*\d(?:[\s{DASH}]*\d){{4,6}}(?![\w/])"  # (4212) 12-34-56
    r"|(?<![\w/])9\d{9}(?![\w/])"  # 9140000000
    rf"|(?<![\w/{DASH}])\d{{2,3}}[{DASH}]\d{{2}}[{DASH}]\d{{2}}(?![\w{DASH}])"  # 12-34-56
    rf"|(?<=[тТ]ел)\.?(?:ефон\w*)?[\s:.№]*\(?\d[\d\s(){DASH}]{{3,}}\d"  # тел. 45678
)
MAIL = re.compile(r"[^\s@<>«»\"'(),;:]+(?:\s?@\s?[^\s@<>«»\"'(),;:]+)+\.[^\W\d_]{2,}")
HIDDEN = "•••"


def masked(text: str) -> str:
    """The text with dots in place of every phone and mail address. Names of pages stay names: «Школа № 5»."""
    return PHONE.sub(HIDDEN, MAIL.sub(HIDDEN, text))
