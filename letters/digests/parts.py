"""What a digest is made of; the templates `mail/digest.txt` and `mail/digest.html` write it out."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from monitoring.models import Page

MOST_EVENTS = 3
MOST_LINES = 8


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the numbers that come first: value as shown, note: what it is compared with."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened or is to be done, and where."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Part:
    title: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Digest:
    """subject: without anybody's data, it is read on locked screens. lead: a sentence. parts: those without lines are
    left out. screen: where all of it is."""

    subject: str
    lead: str
    figures: list[Figure]
    screen: Line
    parts: list[Part] = field(default_factory=list)


def shortened(lines: list[Line], screen: Line) -> list[Line]:
    """So many lines that a letter is still read; then how many more there are, and where."""
    if len(lines) <= MOST_LINES:
        return lines
    more = _("and %(count)d more: %(where)s") % {"count": len(lines) - MOST_LINES, "where": screen.text}
    return [*lines[:MOST_LINES], Line(more, screen.url)]


def named(page: Page) -> str:
    """«ВКонтакте, Музей»: the title is the network's word, so no line of it begins a line of ours."""
    return f"{page.get_platform_display()}, {' '.join(str(page).split())}"
