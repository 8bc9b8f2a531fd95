"""Numerators and denominators as formulas over the sheets of what was collected.

Each formula has its value beside it: where that is not what the rating was computed from, the formula is not written.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..rules import Measure
from .facts import Facts, Row
from .sheets import Sheet


@dataclass(frozen=True, slots=True)
class Live:
    """A numerator and a denominator with the formulas that give them from the facts' sheets."""

    numerator: str
    denominator: str
    values: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sources:
    """The facts with the sheets that they were written on."""

    facts: Facts
    days: Sheet
    weeks: Sheet
    posts: Sheet


def live(measure: Measure, sources: Sources) -> Live | None:
    """Formulas for the measure's numerator and denominator; None where it is no sum over the sheets."""
    maker = MAKERS.get(measure.indicator)
    return maker(dict(measure.params), sources) if maker and sources.facts.days else None


Params = dict[str, int]


def _summed(rows: Iterable[Row], value: Callable[[Row], float]) -> float:
    return sum(row["share"] * value(row) for row in rows)


def _product(sheet: Sheet, *parts: str) -> str:
    """The sum over the rows of the parts multiplied, each row with the share of its page."""
    return f"=SUMPRODUCT({'*'.join([*parts, sheet.range('share')])})"


def _norm(params: Params, sources: Sources) -> Live:
    weeks, wanted = sources.weeks, params["posts"]
    counts = f"({weeks.range('counts')}=1)"
    counted = [row for row in sources.facts.weeks if row["counts"]]
    return Live(
        _product(weeks, counts, f"({weeks.range('posts')}>={wanted})"),
        _product(weeks, counts),
        (_summed(counted, lambda row: row["posts"] >= wanted), _summed(counted, lambda row: 1)),
    )


def _every_week(params: Params, sources: Sources) -> Live | None:
    """Of a single page."""
    if len({row["page"] for row in sources.facts.days}) > 1:
        return None
    norm = _norm(params, sources)
    numerator = f"=IF({norm.numerator[1:]}={norm.denominator[1:]},1,0)"
    return Live(numerator, "=1", (float(norm.values[0] == norm.values[1]), 1))


def _regularity(params: Params, sources: Sources) -> Live:
    days, known = sources.days, [row for row in sources.facts.days if row["known"]]
    which = f"({days.range('known')}=1)"
    return Live(
        _product(days, which, f"({days.range('posts')}>0)"),
        _product(days, which),
        (_summed(known, lambda row: row["posts"] > 0), _summed(known, lambda row: 1)),
    )


def _sums(numerator: str, denominator: str) -> Callable[[Params, Sources], Live]:
    def make(params: Params, sources: Sources) -> Live:
        days = sources.days
        values = tuple(
            _summed(sources.facts.days, lambda row, name=name: row[name] or 0) for name in (numerator, denominator)
        )
        return Live(_product(days, days.range(numerator)), _product(days, days.range(denominator)), values)

    return make


def _engagement(params: Params, sources: Sources) -> Live:
    posts = sources.posts
    viewed = [row for row in sources.facts.posts if row["aged"] and row["views"] is not None]
    which = f"ISNUMBER({posts.range('views')})*({posts.range('aged')}=1)"
    reactions = "+".join(posts.range(name) for name in ("likes", "comments", "reposts"))
    return Live(
        _product(posts, which, f"({reactions})"),
        _product(posts, which, posts.range("views")),
        (
            _summed(viewed, lambda row: sum(row[name] or 0 for name in ("likes", "comments", "reposts"))),
            _summed(viewed, lambda row: row["views"]),
        ),
    )


def _growth(params: Params, sources: Sources) -> Live | None:
    """Of a single page over days without a break."""
    rows, days = sources.facts.days, sources.days
    measured = [n for n, row in enumerate(rows) if row["subscribers"] is not None]
    if not measured or sum(row["end"] for row in rows) > 1:
        return None
    first, last = (days.cell("subscribers", n) for n in (measured[0], measured[-1]))
    begin, end = (rows[n]["subscribers"] for n in (measured[0], measured[-1]))
    floor = params["floor"]
    return Live(f"={last}-{first}", f"=MAX({first},{floor})", (end - begin, max(begin, floor)))


def _alive(params: Params, sources: Sources) -> Live:
    days = sources.days
    owed = _product(days, days.range("owed"))
    total, gone = (_summed(sources.facts.days, lambda row, name=name: row[name]) for name in ("owed", "gone"))
    return Live(f"{owed}-{_product(days, days.range('gone'))[1:]}", owed, (total - gone, total))


def _shown(*columns: str, least: int | None = None) -> Callable[[Params, Sources], Live]:
    """Days on which the page showed it ÷ days of which that is known. least: what is shown is a degree, and counts from
    there on."""

    def value(row: Row) -> float:
        known = [row[name] for name in columns if row.get(name) is not None]
        return sum(known) if least is None else sum(each >= least for each in known)

    def make(params: Params, sources: Sources) -> Live:
        days, end = sources.days, params.get("at_end")
        ranges = [days.range(name) for name in columns]
        parts = [f"({days.range('end')}=1)"] if end else []
        shown = ranges if least is None else [f"({each}>={least})" for each in ranges]
        rows = [row for row in sources.facts.days if row["end"] or not end]
        return Live(
            _product(days, *parts, f"({'+'.join(shown)})"),
            _product(days, *parts, f"({'+'.join(f'ISNUMBER({each})' for each in ranges)})"),
            (_summed(rows, value), _summed(rows, lambda row: sum(row.get(name) is not None for name in columns))),
        )

    return make


def _requirements(params: Params, sources: Sources) -> Live:
    """State mark, ПОС widget, avatar with description and cover, on the last day."""
    days, profile = sources.days, ("avatar", "description", "cover")
    columns = ("mark", "pos", *profile)
    rows = [row for row in sources.facts.days if row["end"] and all(row.get(name) is not None for name in columns)]
    known = "*".join(f"ISNUMBER({days.range(name)})" for name in columns)
    filled = "*".join(days.range(name) for name in profile)
    parts = [f"({days.range('end')}=1)", known]
    met = f"({days.range('mark')}+({days.range('pos')}>=2)+{filled})"
    return Live(
        _product(days, *parts, met),
        f"=3*{_product(days, *parts)[1:]}",
        (
            _summed(rows, lambda row: row["mark"] + (row["pos"] >= 2) + all(row[name] for name in profile)),
            3 * _summed(rows, lambda row: 1),
        ),
    )


MAKERS: dict[str, Callable[[Params, Sources], Live | None]] = {
    "posting_norm": _norm,
    "every_week": _every_week,
    "regularity": _regularity,
    "own_content": _sums("own", "posts"),
    "comments_answered": _sums("answered", "people"),
    "engagement_by_views": _engagement,
    "growth": _growth,
    "days_alive": _alive,
    "state_mark": _shown("mark"),
    "avatar": _shown("avatar"),
    "description": _shown("description"),
    "cover": _shown("cover"),
    "appearance": _shown("avatar", "description", "cover"),
    "pos_widget": _shown("pos", least=2),
    "pos_widget_level": _shown("pos"),
    "widgets": _shown("widgets"),
    "minimum_requirements": _requirements,
}
