"""The engine once more, slowly and in exact fractions, written from docs and not from its code."""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ratings.parts import State

Cell = tuple[int, int] | State


@dataclass
class Expected:
    points: Fraction | None
    place: int = 0


def expect(data: dict[str, Any], groups: list[str], cells: dict[str, list[Cell]]) -> list[Expected]:
    """Scores and places of each row, by a methodology's data without merging of peer groups."""
    rows = range(len(groups))
    points = {
        item["code"]: [_points(item, row, groups, _without_impossible(cells[item["code"]], groups)) for row in rows]
        for item in data["items"]
    }
    result = []
    for row in rows:
        counted = [
            (Fraction(item["weight"]), points[item["code"]][row])
            for item in data["items"]
            if points[item["code"]][row] is not None
        ]
        if not counted:
            result.append(Expected(None))
            continue
        score = sum(weight * value for weight, value in counted) / sum(weight for weight, _value in counted)
        for penalty in data.get("penalties", []):
            score += _penalty(penalty, _without_impossible(cells[penalty["code"]], groups)[row])
        result.append(Expected(min(max(score, Fraction(0)), Fraction(100))))
    _give_places(data, groups, cells, result)
    return result


def _without_impossible(column: list[Cell], groups: list[str]) -> list[Cell]:
    dropped = {group for cell, group in zip(column, groups, strict=True) if cell is State.IMPOSSIBLE}
    return [State.IMPOSSIBLE if group in dropped else cell for cell, group in zip(column, groups, strict=True)]


def _value(cell: Cell) -> Fraction | None:
    return None if isinstance(cell, State) else Fraction(*cell)


def _points(item: dict[str, Any], row: int, groups: list[str], column: list[Cell]) -> Fraction | None:
    value = _value(column[row])
    if value is None:
        return Fraction(0) if column[row] is State.UNKNOWN and item["unknown"] == "zero" else None
    less, normaliser = item["better"] == "less", item["normaliser"]
    peers = [
        peer
        for cell, group in zip(column, groups, strict=True)
        if group == groups[row] and (peer := _value(cell)) is not None
    ]
    match normaliser["kind"]:
        case "target":
            goal = Fraction(normaliser["target"])
            share = goal / max(value, goal) if less else min(max(value / goal, Fraction(0)), Fraction(1))
        case "steps":
            most = max(Fraction(step["points"]) for step in normaliser["steps"])
            share = _reached(normaliser["steps"], value, Fraction(0)) / most
        case "percentile":
            worse = sum(peer > value if less else peer < value for peer in peers)
            share = (worse + Fraction(peers.count(value), 2)) / len(peers)
        case _:
            low, high = min(peers), max(peers)
            share = (value - low) / (high - low) if low < high else Fraction(1, 2)
            share = 1 - share if less else share
    return 100 * share


def _reached(steps: list[dict[str, str]], value: Fraction, otherwise: Fraction) -> Fraction:
    tests = {
        "from": lambda bound: value >= bound,
        "above": lambda bound: value > bound,
        "to": lambda bound: value <= bound,
        "below": lambda bound: value < bound,
    }
    met = [
        Fraction(step["points"])
        for step in steps
        for name, test in tests.items()
        if name in step and test(Fraction(step[name]))
    ]
    return max(met, default=otherwise)


def _penalty(penalty: dict[str, Any], cell: Cell) -> Fraction:
    value = _value(cell)
    return Fraction(0) if value is None else _reached(penalty["steps"], value, Fraction(penalty["otherwise"]))


def _fails(gate: dict[str, Any], cell: Cell) -> bool:
    value = _value(cell)
    if value is None:
        return cell is State.UNKNOWN and gate["unknown"] == "fail"
    bound = Fraction(gate["from"])
    return value > bound if gate["better"] == "less" else value < bound


def _give_places(data: dict[str, Any], groups: list[str], cells: dict[str, list[Cell]], result: list[Expected]) -> None:
    ranked = defaultdict(list)
    for row, expected in enumerate(result):
        fails = any(_fails(gate, cells[gate["code"]][row]) for gate in data.get("gate", []))
        if expected.points is not None and not fails:
            ranked[groups[row]].append(expected)
    for members in ranked.values():
        ladder = sorted({each.points for each in members}, reverse=True)
        for each in members:
            each.place = ladder.index(each.points) + 1
