"""Random methodologies with tables that fit them."""

from typing import Any

from hypothesis import strategies as st

from ratings.parts import State
from ratings.rules import Rules
from ratings.rules_data import read_rules
from ratings.table import Table

from .making import table

# Few values, so that ties, bounds of steps and equal groups occur; among them what is out of the ordinary.
NUMERATORS = (0, 1, 1, 2, 3, 3, 5, 7, 10, -1)
DENOMINATORS = (1, 2, 3, 10)
BOUNDS = ("0", "0.1", "0.3", "0.5", "0.7", "1", "2")
WEIGHTS = ("0.3", "1", "1", "2.5", "40")
SECTORS, LEVELS = ("culture", "schools", "sport"), ("region", "town")

known_cells = st.tuples(st.sampled_from(NUMERATORS), st.sampled_from(DENOMINATORS))
cells = st.one_of(
    known_cells, known_cells, known_cells, st.sampled_from([State.UNKNOWN, State.UNKNOWN, State.NOT_APPLICABLE])
)
cells_or_impossible = st.one_of(cells, cells, cells, st.just(State.IMPOSSIBLE))


@st.composite
def rising_steps(draw: st.DrawFn, less: bool, least: int, most: int) -> list[dict[str, str]]:
    bounds = draw(st.lists(st.sampled_from(BOUNDS), min_size=1, max_size=4, unique=True))
    bounds.sort(key=float, reverse=less)
    points = sorted(draw(st.lists(st.integers(least, most), min_size=len(bounds), max_size=len(bounds))))
    names = ("to", "below") if less else ("from", "above")
    return [
        {draw(st.sampled_from(names)): bound, "points": str(each)} for bound, each in zip(bounds, points, strict=True)
    ]


@st.composite
def normalisers(draw: st.DrawFn, less: bool) -> dict[str, Any]:
    kind = draw(st.sampled_from(["target", "steps", "percentile", "min_max", "min_max_within"]))
    if kind == "target":
        return {"kind": kind, "target": draw(st.sampled_from(["0.3", "1", "2"]))}
    if kind == "steps":
        steps = draw(rising_steps(less, 0, 9))
        steps[-1]["points"] = "10"
        return {"kind": kind, "steps": steps}
    if kind == "min_max_within":
        bounds = {"low": draw(st.sampled_from(["0", "0.5"])), "high": draw(st.sampled_from(["1", "2"]))}
        names = draw(st.sampled_from([("low",), ("high",), ("low", "high")]))
        return {"kind": "min_max", **{name: bounds[name] for name in names}}
    return {"kind": kind}


@st.composite
def measures(draw: st.DrawFn, code: str) -> dict[str, Any]:
    return {
        "code": code,
        "indicator": "regularity",
        "better": draw(st.sampled_from(["more", "less"])),
        "round": draw(st.sampled_from([None, None, 1])),
    }


@st.composite
def methodology_data(draw: st.DrawFn, extras: bool = True) -> dict[str, Any]:
    """extras: penalties, gates and eligibility too."""
    items = []
    for n in range(draw(st.integers(1, 4))):
        measure = draw(measures(f"i{n}"))
        items.append(
            measure
            | {
                "weight": draw(st.sampled_from(WEIGHTS)),
                "normaliser": draw(normalisers(measure["better"] == "less")),
                "unknown": draw(st.sampled_from(["spread", "spread", "zero"])),
            }
        )
    data: dict[str, Any] = {"items": items}
    by = draw(st.sampled_from([[], ["sector"], ["sector", "level"], ["size"], ["level", "size"]]))
    data["peers"] = {"by": by, "least": draw(st.integers(1, 4)), "sizes": ["100", "1000"]}
    if extras and draw(st.booleans()):
        measure = draw(measures("p0"))
        steps = draw(rising_steps(measure["better"] == "less", -20, 0))
        data["penalties"] = [measure | {"steps": steps, "otherwise": "-22"}]
    if extras and draw(st.booleans()):
        unknown = draw(st.sampled_from(["pass", "fail"]))
        data["gate"] = [draw(measures("g0")) | {"from": draw(st.sampled_from(BOUNDS)), "unknown": unknown}]
    if extras and draw(st.booleans()):
        data["eligibility"] = {"posts": 3}
    return data


@st.composite
def tables(draw: st.DrawFn, rules: Rules, least: int = 1, most: int = 10, cell: Any = cells_or_impossible) -> Table:
    size = draw(st.integers(least, most))

    def column(of: Any) -> list[Any]:
        return draw(st.lists(of, min_size=size, max_size=size))

    return table(
        **{measure.code: column(cell) for measure in rules.measures},
        fields={"sector": column(st.sampled_from(SECTORS)), "level": column(st.sampled_from(LEVELS))},
        sizes=column(st.sampled_from([10, 500, 5000, float("nan")])),
        posts=column(st.sampled_from([0, 3, 12, 12, float("nan")])),
    )


@st.composite
def rules_and_tables(draw: st.DrawFn, least: int = 1, most: int = 10, extras: bool = True) -> tuple[Rules, Table]:
    rules = read_rules(draw(methodology_data(extras)))
    return rules, draw(tables(rules, least, most))
