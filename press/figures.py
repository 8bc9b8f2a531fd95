"""The figures of a region as of a day: how each is counted, and whether it can be compared."""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from monitoring.dashboards.queries.comparison import ENOUGH_MEASURED, lacking, no_data_for
from monitoring.models import Region
from monitoring.templatetags.figures import share, short_day
from ratings.tables_data import canonical

from .models import Figure, Kind
from .sources import Dates, DayPages, Source

# Of two days of single pages: they mean nothing without a day to compare with.
COMPARING = (Kind.SAME_PAGES, Kind.GAINED, Kind.LOST)
OF_EVENTS = (Kind.EVENTS, Kind.TRAINED)
OF_PERIOD = (Kind.POSTS, *OF_EVENTS)
# Why a page gave nothing, beside the reasons of slots.
POSTS_UNKNOWN = "posts_unknown"
Fields = dict[str, Any]


def compute(region: Region, dates: Dates) -> list[Figure]:
    """All figures of a sheet with these dates by what is known now, in their order; not stored."""
    source = Source(region, dates)
    scopes = [(kind, network) for kind in Kind for network in _networks(kind, source)]
    found = [figure(source, kind, network) for kind, network in scopes]
    return [each for each in found if each is not None]


def _networks(kind: Kind, source: Source) -> list[str]:
    if kind in OF_EVENTS:
        return [""]
    if kind in COMPARING and source.dates.against is None:
        return []
    return source.networks if kind == Kind.SHARE else ["", *source.networks]


def figure(source: Source, kind: Kind, network: str) -> Figure | None:
    """One of them; None where the installation keeps no log of such things. Words of it are in the language of the
    installation, whoever looks: they are frozen with it."""
    with override(settings.LANGUAGE_CODE):
        fields = BUILDERS[kind](source, network)
    if fields is None:
        return None
    networks = [network] if network else source.networks
    return Figure(kind=kind, network=network, networks=[] if kind in OF_EVENTS else networks, **fields)


# --- from the sums of a day -------------------------------------------------------------------------------------------


def _pages(source: Source, network: str) -> Fields:
    now, then = source.group(source.dates.day, network), source.group(source.dates.against, network)
    missing = no_data_for(source.dates.against) if source.dates.against and then.pages is None else ""
    return _of_sums(source, network) | {"value": now.pages, "earlier": then.pages, "not_compared": missing}


def _subscribers(source: Source, network: str) -> Fields:
    now, then = source.group(source.dates.day, network), source.group(source.dates.against, network)
    missing = _not_compared(source, network)
    earlier = None if missing else then.subscribers
    return _of_sums(source, network) | {"value": now.subscribers, "earlier": earlier, "not_compared": missing}


def _share(source: Source, network: str) -> Fields:
    fields = _subscribers(source, network)
    whole = _subscribers(source, "")
    if missing := fields["not_compared"] or whole["not_compared"]:
        fields |= {"earlier": None, "not_compared": missing}
    compared = fields["earlier"] is not None
    fields |= {"parts": whole["value"] or None, "earlier_parts": (whole["earlier"] or None) if compared else None}
    fields["inputs"] |= {when: _sums(source, when, source.networks) for when in ("now", "then")}
    return fields


def _mean(source: Source, network: str) -> Fields:
    fields = _subscribers(source, network)
    fields["parts"] = source.group(source.dates.day, network).measured or None
    if fields["earlier"] is not None:
        fields["earlier_parts"] = source.group(source.dates.against, network).measured
    return fields


def _of_sums(source: Source, network: str) -> Fields:
    """What figures from the sums of a day share: coverage, page set, inputs."""
    now = source.group(source.dates.day, network)
    networks = [network] if network else source.networks
    return {
        "pages": now.pages,
        "measured": now.measured,
        "page_set": page_set(source.now.there(network)),
        "inputs": {
            "now": _sums(source, "now", networks),
            "then": _sums(source, "then", networks),
            "missing": _missing(source.now, source.now.there(network) - source.now.measured(network)),
        },
    }


def _sums(source: Source, when: str, networks: Iterable[str]) -> dict[str, dict[str, int | None]]:
    day = source.dates.day if when == "now" else source.dates.against
    groups = {network: source.group(day, network) for network in networks}
    return {
        network: {"pages": group.pages, "measured": group.measured, "subscribers": group.subscribers}
        for network, group in groups.items()
        if group.pages is not None
    }


def _not_compared(source: Source, network: str) -> str:
    """Why an audience has nothing to be compared with, in words, as on the overview; "" where it has."""
    dates = source.dates
    if dates.against is None:
        return ""
    for day in (dates.day, dates.against):
        group = source.group(day, network)
        if group.pages == 0:
            return _("no pages on %(day)s") % {"day": short_day(day)}
        if missing := lacking(group, day):
            return missing
    return ""


def page_set(pages: Collection[int]) -> str:
    """sha256 (hex) over the keys of the pages, in order."""
    return hashlib.sha256(canonical(sorted(pages))).hexdigest()


def _missing(pages: DayPages, silent: Iterable[int]) -> list[list[str | int]]:
    """[network, reason, pages] of those that gave no number."""
    counts = Counter((pages.network[page], pages.reason[page]) for page in silent)
    return [[network, reason, count] for (network, reason), count in sorted(counts.items())]


# --- from single pages ------------------------------------------------------------------------------------------------


def _same_pages(source: Source, network: str) -> Fields:
    there = source.now.there(network) & source.then.there(network)
    both = there & source.now.measured(network) & source.then.measured(network)
    networks = [network] if network else source.networks
    sums = {
        when: {
            code: {"measured": len(mine), "subscribers": sum(day.subscribers[page] for page in mine)}
            for code in networks
            if (mine := both & day.there(code))
        }
        for when, day in (("now", source.now), ("then", source.then))
    }
    known = bool(both)
    return {
        "value": sum(each["subscribers"] for each in sums["now"].values()) if known else None,
        "earlier": sum(each["subscribers"] for each in sums["then"].values()) if known else None,
        "not_compared": "" if known else _("no page was measured on both days"),
        "pages": len(there),
        "measured": len(both),
        "page_set": page_set(both),
        "inputs": sums,
    }


def _gained(source: Source, network: str) -> Fields:
    return _difference(source, network, source.now, source.then)


def _lost(source: Source, network: str) -> Fields:
    return _difference(source, network, source.then, source.now)


def _difference(source: Source, network: str, one: DayPages, other: DayPages) -> Fields:
    """Pages that were there on one of the two days and not on the other."""
    pages = one.there(network) - other.there("")
    empty = next((day for day in (source.dates.day, source.dates.against) if source.group(day, "").pages is None), None)
    networks = [network] if network else source.networks
    return {
        "value": None if empty else len(pages),
        "not_compared": no_data_for(empty) if empty else "",
        "page_set": page_set(pages),
        "inputs": {
            when: {code: {"pages": len(day.there(code))} for code in networks}
            for when, day in (("now", source.now), ("then", source.then))
        },
    }


# --- of a period ------------------------------------------------------------------------------------------------------


def _posts(source: Source, network: str) -> Fields:
    networks = [network] if network else source.networks
    there = source.now.there(network)
    known = source.known_walls(there, source.dates.period)
    fields = {
        "value": _sum(source.posts, networks),
        "pages": len(there),
        "measured": len(known),
        "page_set": page_set(known),
        "inputs": {
            "now": {code: {"posts": source.posts.get(code)} for code in networks},
            "missing": [
                [code, POSTS_UNKNOWN, len(silent)] for code in networks if (silent := source.now.there(code) - known)
            ],
        },
    }
    if source.dates.against is None:
        return fields
    before = source.then.there(network)
    read = source.known_walls(before, source.dates.earlier_period)
    fields["inputs"]["then"] = {code: {"posts": source.earlier_posts.get(code)} for code in networks}
    for part, whole in ((known, there), (read, before)):
        if not whole or len(part) / len(whole) < ENOUGH_MEASURED:
            ratio = share(len(part) / len(whole) if whole else None)
            return fields | {"not_compared": _("all posts are known of only %(share)s of the pages") % {"share": ratio}}
    return fields | {"earlier": _sum(source.earlier_posts, networks)}


def _sum(posts: dict[str, int], networks: Iterable[str]) -> int | None:
    known = [posts[code] for code in networks if code in posts]
    return sum(known) if known else None


def _events(source: Source, network: str) -> Fields | None:
    return training_figures(source, "events")


def _trained(source: Source, network: str) -> Fields | None:
    return training_figures(source, "people")


def training_figures(source: Source, name: str) -> Fields | None:
    """Trainings held in the period (name "events"), or people trained by them ("people"), out of the region's log of
    events; None where the installation keeps none."""
    if not apps.is_installed("forum"):
        return None
    from forum.queries import training_totals  # noqa: PLC0415  not every installation has it

    fields = {"value": getattr(training_totals(source.region, *source.dates.period), name), "inputs": {}}
    if source.dates.earlier_period:
        fields["earlier"] = getattr(training_totals(source.region, *source.dates.earlier_period), name)
    return fields


BUILDERS: dict[Kind, Callable[[Source, str], Fields | None]] = {
    Kind.PAGES: _pages,
    Kind.SUBSCRIBERS: _subscribers,
    Kind.SHARE: _share,
    Kind.MEAN: _mean,
    Kind.SAME_PAGES: _same_pages,
    Kind.GAINED: _gained,
    Kind.LOST: _lost,
    Kind.POSTS: _posts,
    Kind.EVENTS: _events,
    Kind.TRAINED: _trained,
}
