"""Made-up regions: deterministic, and to the digit where a digit is promised."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.registry.identifiers import is_inn, is_ogrn
from monitoring.simulator import posts
from monitoring.simulator.audience import largest_remainder
from monitoring.simulator.demo import (
    DEMO_MOMENT,
    KHABAROVSK,
    REGISTRY_DAYS,
    SEED,
    TODAY,
    YEAR_BEFORE,
    demo_days,
    demo_registry,
    demo_world,
    made_up_region,
)
from monitoring.simulator.world import RegionWorld


def totals(day: dt.date) -> tuple[int, dict[str, int]]:
    """Accounts and subscribers by network of the larger demo region."""
    world = demo_world(KHABAROVSK.code)
    alive = [page for page in world.pages if page.exists(day)]
    people: dict[str, int] = {}
    for page in alive:
        people[page.platform] = people.get(page.platform, 0) + (world.audience.subscribers(page, day) or 0)
    return len(alive), people


def test_the_published_day_comes_out_to_the_digit():
    assert totals(TODAY) == (1643, {"vk": 482_075, "ok": 277_671, "telegram": 333_731})


def test_the_year_before_comes_out_to_the_digit():
    accounts, people = totals(YEAR_BEFORE)
    assert (accounts, sum(people.values())) == (1700, 827_391)


def test_the_same_seed_makes_the_same_region():
    one, two = (RegionWorld(KHABAROVSK, SEED) for _ in range(2))
    assert one.institutions == two.institutions
    assert [vars(page) for page in one.pages] == [vars(page) for page in two.pages]


def test_another_seed_makes_another_region():
    assert [p.size for p in made_up_region(50, seed=1).pages] != [p.size for p in made_up_region(50, seed=2).pages]


@pytest.mark.parametrize("pages", [5, 200, 3465])
def test_a_region_has_as_many_pages_as_asked_for(pages):
    assert len(made_up_region(pages, seed=1).pages) == pages


def test_short_names_are_unique_across_networks_and_regions():
    handles = [page.handle for code in ("RU-KHA", "RU-X01") for page in demo_world(code).pages]
    assert len(handles) == len(set(handles))


def test_codes_of_institutions_have_right_check_digits():
    for institution in demo_world(KHABAROVSK.code).institutions:
        assert is_ogrn(institution.ogrn)
        assert is_inn(institution.inn)


def test_a_day_moves_a_page_by_little():
    world = demo_world(KHABAROVSK.code)
    day = dt.date(2024, 9, 3)
    for page in world.pages:
        now, then = (world.audience.subscribers(page, d) for d in (day, day - dt.timedelta(days=1)))
        if now is not None and then is not None:
            assert abs(now - then) <= max(3, 0.02 * then)


def test_posts_of_a_moment_are_part_of_the_posts_of_a_later_one():
    page = next(p for p in demo_world(KHABAROVSK.code).pages if p.chance("diligence") < 0.1)
    first = TODAY - dt.timedelta(days=30)
    earlier = {p.number for p in posts.posts(page, first, DEMO_MOMENT - dt.timedelta(days=2))}
    later = {p.number: p for p in posts.posts(page, first, DEMO_MOMENT)}
    assert earlier
    assert earlier < set(later)
    assert all(first <= p.at.date() and p.at <= DEMO_MOMENT for p in later.values())


def test_the_demo_days_are_monthly_points_and_the_last_two_weeks():
    days = demo_days()
    assert (days[0], days[-1], len(days)) == (dt.date(2022, 10, 26), TODAY, 38)
    assert set(REGISTRY_DAYS) <= set(days)


def test_a_registry_file_lists_the_pages_of_its_day():
    rows = demo_registry(KHABAROVSK.code, YEAR_BEFORE)
    links = sum(bool(row["Ссылка на госпаблик ВК"]) for row in rows)
    alive = [p for p in demo_world(KHABAROVSK.code).pages if p.exists(YEAR_BEFORE) and p.platform == "vk"]
    assert links == len(alive)


@given(st.dictionaries(st.integers(), st.floats(0.1, 1e6), min_size=1, max_size=50), st.integers(0, 10**7))
def test_largest_remainder_adds_up_and_keeps_proportion(wishes, total):
    result = largest_remainder(wishes, total)
    assert sum(result.values()) == total
    scale = total / sum(wishes.values())
    assert all(abs(result[key] - wish * scale) <= 1.000001 for key, wish in wishes.items())
