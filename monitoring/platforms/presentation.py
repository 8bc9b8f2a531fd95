"""What a page's description says of who keeps it: a site, contacts, the institution's name. Of the text nothing is kept
but these three answers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .base import PageRef

# Hosts of the networks themselves, and of shorteners that lead to them: another page of the institution is no site.
NO_SITES = frozenset(
    [
        "vk.com",
        "vk.ru",
        "vk.cc",
        "vk.me",
        "vkvideo.ru",
        "ok.ru",
        "ok.me",
        "t.me",
        "telegram.me",
        "telegram.org",
        "max.ru",
        "dzen.ru",
        "rutube.ru",
        "youtube.com",
        "youtu.be",
        "wa.me",
        "instagram.com",
        "facebook.com",
    ]
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ZONES = "ru|su|рф|com|org|net|info|online|site|gov|edu|дети|москва|example"
_HOST = re.compile(rf"(?<![\w@.-])(?:https?://)?(?:www\.)?((?:[\w-]+\.)+(?:{_ZONES}))(?![\w-])", re.IGNORECASE)
# +7 (4212) 12-34-56, 8 800 …; or a town's own number after «тел.»: digits with spaces, hyphens and brackets between.
_NATIONAL = r"(?<!\d)(?:\+?7|8)[\s(.-]*\d(?:[\s().-]*\d){9}(?!\d)"
_LOCAL = r"(?:тел|телефон)\w*[.:\s№]*\d(?:[\s().-]*\d){4,}"
_PHONE = re.compile(f"{_NATIONAL}|{_LOCAL}", re.IGNORECASE)
_WORD = re.compile(r"[а-яa-z]+|\d+")
# Words of a name that every institution has, by their beginnings; what is left tells one from another.
_COMMON = (
    "муниципальн",
    "государственн",
    "областн",
    "краев",
    "районн",
    "городск",
    "бюджетн",
    "казенн",
    "автономн",
    "федеральн",
    "учрежден",
    "организац",
    "предприят",
    "образовательн",
    "общеобразовательн",
    "дошкольн",
    "среднего",
    "дополнительн",
    "культуры",
    "здравоохранен",
    "социальн",
    "управлен",
    "отдел",
    "комитет",
    "департамент",
    "администрац",
)
_FORMS = re.compile(r"(?:м|г|к|о|ф|кг|ог|ч)?[бка]?(?:оу|доу|ук|уз|удо|удод|у|ус)\b")
STEM = 5
# So much of what tells the institution from others has to be there.
ENOUGH = 0.6


@dataclass(frozen=True, slots=True)
class Presented:
    """None = the network does not tell."""

    has_site: bool | None = None
    has_contacts: bool | None = None
    names_institution: bool | None = None


def presented(page: PageRef, text: str | None, title: str, *, site: str = "", contacts: Any = None) -> Presented:
    """By the description, None where the network did not give it; site, contacts: fields of their own, where a network
    has them and the page shows them."""
    if text is None:
        return Presented()
    return Presented(
        has_site=bool(site.strip()) or bool(sites(text)),
        has_contacts=bool(_EMAIL.search(text) or _PHONE.search(text)) or reachable(contacts),
        names_institution=names(page.institution, f"{title} {text}"),
    )


def sites(text: str) -> list[str]:
    """Hosts that the text names, mail addresses and the networks themselves apart."""
    found = [host.lower() for host in _HOST.findall(_EMAIL.sub(" ", text))]
    return [host for host in found if not any(host == each or host.endswith(f".{each}") for each in NO_SITES)]


def reachable(contacts: Any) -> bool:
    """Whether one of VK's contacts has a phone or a mail address."""
    given = contacts if isinstance(contacts, list) else []
    return any(isinstance(each, dict) and (each.get("phone") or each.get("email")) for each in given)


def names(institution: str, text: str) -> bool | None:
    """Whether the text has what tells the institution's name from others: all its numbers and most of its words, by
    their beginnings. None where the name has nothing of the kind."""
    wanted = telling(institution)
    if not wanted:
        return None
    words = set(_words(text))
    stems = {word[:STEM] for word in words}
    numbers = {word for word in wanted if word.isdigit()}
    found = [word for word in wanted if (word in words if word.isdigit() else word[:STEM] in stems)]
    return numbers <= words and len(found) >= ENOUGH * len(wanted)


def telling(institution: str) -> set[str]:
    """Words and numbers of a name that not every institution has."""
    return {word for word in _words(institution) if _tells(word)}


def _tells(word: str) -> bool:
    if word.isdigit():
        return True
    return len(word) > 3 and not word.startswith(_COMMON) and not _FORMS.fullmatch(word)


def _words(text: str) -> Iterable[str]:
    return _WORD.findall(text.lower().replace("ё", "е"))
