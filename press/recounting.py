"""Frozen figures against what is known now. What was issued stays; a difference is shown beside it with its cause."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from monitoring.models import PlatformCode

from . import figures
from .definitions import VERSION
from .models import FactSheet, Figure, Kind
from .sources import Source

# Their page set is of pages that were measured: it changes also where no page came or went.
OF_MEASURED = (Kind.SAME_PAGES, Kind.POSTS)
Counts = Mapping[str, Mapping[str, int | None]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A sum that went into a figure: when ("now" or "then"), of which network, what; as frozen and as known now."""

    when: str
    network: str
    what: str
    frozen: int | None
    present: int | None


@dataclass(frozen=True, slots=True)
class Recount:
    """A figure as it would come out now, not stored; why it differs from the frozen one."""

    figure: Figure
    reasons: list[str]
    differences: list[Difference]


def recount(figure: Figure, source: Source) -> Recount | None:
    """None where the frozen figure comes out again."""
    present = figures.figure(source, Kind(figure.kind), figure.network)
    if present is None or _outcome(present) == _outcome(figure):
        return None
    differences = list(_differences(figure.inputs, present.inputs))
    return Recount(present, _reasons(figure, present, differences), differences)


def source_of(sheet: FactSheet) -> Source:
    """What is known now for the dates of the sheet."""
    return Source(sheet.region, sheet.dates)


def _outcome(figure: Figure) -> tuple[int | None, ...]:
    return figure.value, figure.parts, figure.earlier, figure.earlier_parts


def _differences(frozen: Mapping[str, Counts], present: Mapping[str, Counts]) -> Iterator[Difference]:
    for when in ("now", "then"):
        before, after = frozen.get(when, {}), present.get(when, {})
        for network in (code for code in PlatformCode.values if code in before or code in after):
            mine, theirs = before.get(network, {}), after.get(network, {})
            for what in dict.fromkeys((*mine, *theirs)):
                if mine.get(what) != theirs.get(what):
                    yield Difference(when, network, what, mine.get(what), theirs.get(what))


def _reasons(frozen: Figure, present: Figure, differences: list[Difference]) -> list[str]:
    """In words, the ones behind the others first."""
    changed = {each.what for each in differences}
    recounted = {(each.when, each.network) for each in differences if each.what != "subscribers"}
    reasons = []
    if frozen.sheet.version != VERSION:
        reasons.append(_("the definition has changed since"))
    other_pages = frozen.kind not in OF_MEASURED and frozen.page_set != present.page_set
    if "pages" in changed or frozen.pages != present.pages or other_pages:
        reasons.append(_("pages were added to the registry for these days later, or no longer count"))
    if "measured" in changed:
        reasons.append(_("numbers of these days came in, or were struck off, later"))
    if any(each.what == "subscribers" and (each.when, each.network) not in recounted for each in differences):
        reasons.append(_("numbers of these days were corrected later"))
    if "posts" in changed:
        reasons.append(_("posts of these days were read or counted anew later"))
    if frozen.kind in figures.OF_EVENTS:
        reasons.append(_("the log of events was corrected later"))
    return reasons
