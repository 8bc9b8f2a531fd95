"""The wording of documents: a region's own texts over those that come with Gospub, with placeholders filled in."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from awards.models import Wording, WordingKind
from monitoring.models import Region

from .lines import Line, Paper

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# What may stand in braces, by kind of document.
HEAD = ("конкурс", "год", "регион", "дата")
PLACEHOLDERS = {
    WordingKind.ORDER: HEAD,
    WordingKind.LIST: HEAD,
    WordingKind.DIPLOMA: (*HEAD, "имя", "номинация", "степень", "степени", "место", "учреждение", "страница"),
    WordingKind.CERTIFICATE: ("имя", "участие", "мероприятие", "регион", "дата", "часы"),
    WordingKind.REMINDER: ("кому", "регион", "дата"),
}
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Words:
    """Texts by field, and pictures as bytes (PNG or JPEG)."""

    texts: Mapping[str, str]
    crest: bytes | None = None
    signature: bytes | None = None
    docx: bytes | None = None


@cache
def defaults(kind: WordingKind) -> dict[str, str]:
    """The texts that come with Gospub."""
    return json.loads((Path(__file__).parent / "wording" / f"{kind}.json").read_text("utf-8"))


def words_of(region: Region, kind: WordingKind) -> Words:
    """What the region has of its own, the rest from the defaults."""
    own = Wording.objects.filter(region=region, kind=kind).first()
    if own is None:
        return Words(defaults(kind))
    pictures = (bytes(each) if each else None for each in (own.crest, own.signature, own.docx))
    return Words(defaults(kind) | own.texts, *pictures)


def unknown(kind: WordingKind, text: str) -> list[str]:
    """Placeholders of the text that the kind does not have."""
    return sorted({name for name in PLACEHOLDER.findall(text) if name not in PLACEHOLDERS[kind]})


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled in; what is not known stays as it was written."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def head_values(paper: Paper) -> dict[str, str]:
    """Values of the placeholders that every document has."""
    return {
        "конкурс": paper.contest,
        "год": str(paper.year),
        "регион": paper.region,
        "дата": f"{paper.day:%d.%m.%Y}",
    }


def line_values(paper: Paper, line: Line) -> dict[str, str]:
    """Values of a diploma's placeholders."""
    return head_values(paper) | {
        "имя": line.winner,
        "номинация": line.nomination,
        "степень": line.degree_text,
        "степени": line.degree_of,
        "место": _("no data") if line.place is None else str(line.place),
        "учреждение": line.institution,
        "страница": line.title,
    }
