"""`manage.py demo`: the figures of a real press release come out to the digit, from collecting over HTTP, and a
year-end is there to be looked at.
"""

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


OWN = ("monitoring_", "ratings_", "appeals_", "awards_", "forum_", "press_", "letters_", "accounts_")
YEAR_END = {
    "contests signed": (2, "SELECT count(*) FROM awards_contest WHERE state = 'signed'"),
    "contests under way": (2, "SELECT count(*) FROM awards_contest WHERE state = 'running'"),
    "documents ready": (4, "SELECT count(*) FROM awards_paperjob WHERE state = 'ready'"),
    "winners replaced": (1, "SELECT count(*) FROM awards_award WHERE instead_of_id IS NOT NULL"),
    "marks withdrawn": (1, "SELECT count(*) FROM awards_qualitymark WHERE withdrawn_at IS NOT NULL"),
    "appeals waiting": (1, "SELECT count(*) FROM appeals_appeal WHERE state = 'filed'"),
    "trainings held": (2, "SELECT count(*) FROM forum_event WHERE state = 'held'"),
    "people trained": (80, "SELECT count(*) FROM forum_participant WHERE came_at IS NOT NULL"),
    "sheets published": (1, "SELECT count(*) FROM press_factsheet WHERE published_at IS NOT NULL"),
}


def test_a_year_end_is_behind_it(demo):
    folder, _output = demo
    with sqlite3.connect(folder / "gospub.sqlite3") as base:
        found = {name: base.execute(query).fetchone()[0] for name, (_count, query) in YEAR_END.items()}
    assert found == {name: count for name, (count, _query) in YEAR_END.items()}


def test_a_second_run_changes_nothing(demo):
    folder, _output = demo
    before = contents(folder)
    run_demo(folder)
    assert contents(folder) == before


def contents(folder: Path) -> dict[str, list[tuple]]:
    """Every row that the registry, the measures, the roll-ups, the ratings, all that builds on them and the accounts
    hold."""
    with sqlite3.connect(folder / "gospub.sqlite3") as base:
        names = [name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        own = [name for name in names if name.startswith(OWN)]
        return {name: sorted(map(repr, base.execute(f'SELECT * FROM "{name}"'))) for name in own}
