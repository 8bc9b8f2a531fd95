"""`manage.py demo`: the figures of a real press release come out to the digit, from collecting over HTTP."""

import sqlite3
from pathlib import Path

import pytest

from .conftest import run_demo

pytestmark = pytest.mark.demo

GROUPS = """
    SELECT key, pages, subscribers FROM monitoring_groupday
    JOIN monitoring_region ON monitoring_region.id = region_id
    WHERE code = 'RU-KHA' AND dimension = ? AND day = ?
"""


def groups(folder: Path, dimension: str, day: str) -> dict[str, tuple[int, int]]:
    """Pages and subscribers by key."""
    with sqlite3.connect(folder / "gospub.sqlite3") as base:
        return {key: (pages, subscribers) for key, pages, subscribers in base.execute(GROUPS, (dimension, day))}


def test_the_region_has_the_published_audience(demo):
    folder, _output = demo
    assert groups(folder, "all", "2024-10-26") == {"": (1643, 1_093_477)}
    by_network = groups(folder, "platform", "2024-10-26")
    assert {key: subscribers for key, (_pages, subscribers) in by_network.items()} == {
        "vk": 482_075,
        "ok": 277_671,
        "telegram": 333_731,
    }


def test_a_year_before_it_had_more_accounts_and_fewer_subscribers(demo):
    folder, _output = demo
    assert groups(folder, "all", "2023-10-26") == {"": (1700, 827_391)}


def test_the_summary_says_what_was_collected(demo):
    _folder, output = demo
    text = output.replace("\N{NO-BREAK SPACE}", " ")
    assert "1 093 477" in text
    assert "482 075" in text
    assert "MAX" in text


def test_a_second_run_changes_nothing(demo):
    folder, _output = demo
    before = contents(folder)
    run_demo(folder)
    assert contents(folder) == before


def contents(folder: Path) -> dict[str, list[tuple]]:
    """Every row that the registry, the measures, the roll-ups, the ratings and the accounts hold."""
    with sqlite3.connect(folder / "gospub.sqlite3") as base:
        names = [name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        own = [name for name in names if name.startswith(("monitoring_", "ratings_", "accounts_"))]
        return {name: sorted(map(repr, base.execute(f'SELECT * FROM "{name}"'))) for name in own}
