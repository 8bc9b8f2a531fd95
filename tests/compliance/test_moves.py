"""Audience on the move between networks, who moved, and the figures of others."""

import datetime as dt

import pytest

from compliance.moves import Measure, benchmarks, moves
from monitoring.models import Dimension, GroupDay, PageStatus
from tests.factories import InstitutionFactory, PageFactory

from .conftest import DAY

THEN = DAY - dt.timedelta(365)


def group(region, day, platform, subscribers, *, pages=10, posts=None):
    dimension = Dimension.PLATFORM if platform else Dimension.ALL
    GroupDay.objects.create(
        region=region, dimension=dimension, key=platform, day=day, pages=pages, measured=pages,
        subscribers=subscribers, posts=posts,
    )  # fmt: skip


def own(view, measure):
    return next(each.own for each in view.beside if each.measure == measure)


def test_shares_of_the_khabarovsk_territory(region):
    """44.1, 25.4 and 30.5 % of 1,093,477 subscribers."""
    group(region, DAY, "", 1_093_477)
    for platform, subscribers in (("vk", 482_075), ("ok", 277_671), ("telegram", 333_731)):
        group(region, DAY, platform, subscribers)
    shares = {each.platform: each.now_share for each in moves(region, DAY, THEN).networks}
    assert [round(shares[code] * 100, 1) for code in ("vk", "ok", "telegram")] == [44.1, 25.4, 30.5]
    assert shares["max"] is None


def test_change_of_share_is_told_in_percentage_points(region):
    for day, vk, telegram in ((THEN, 900, 100), (DAY, 800, 200)):
        group(region, day, "", vk + telegram)
        group(region, day, "vk", vk)
        group(region, day, "telegram", telegram)
    found = {each.platform: each for each in moves(region, DAY, THEN).networks}
    assert found["telegram"].share_change == pytest.approx(10)
    assert found["vk"].change == -100


def test_nothing_collected_then_is_no_data_not_zero(region):
    group(region, DAY, "", 10)
    group(region, DAY, "vk", 10)
    view = moves(region, DAY, THEN)
    assert view.then is None
    assert view.networks[0].change is None


def test_who_left_one_network_and_came_to_another(region):
    moved = InstitutionFactory(region=region, name="Переехала")
    PageFactory(institution=moved, platform="ok", added_on=THEN, archived_on=DAY)
    PageFactory(institution=moved, platform="max", added_on=DAY)
    stayed = InstitutionFactory(region=region, name="Добавила")
    PageFactory(institution=stayed, platform="vk", added_on=THEN)
    PageFactory(institution=stayed, platform="max", added_on=DAY)
    lost = InstitutionFactory(region=region, name="Потеряла")
    PageFactory(institution=lost, platform="vk", added_on=THEN, status=PageStatus.DELETED)
    found = moves(region, DAY, THEN).movers
    assert [(each.institution.name, each.left, each.came) for each in found] == [("Переехала", ["ok"], ["max"])]


def test_doubles_are_told_by_network(region):
    institution = InstitutionFactory(region=region)
    for platform in ("vk", "vk", "ok"):
        PageFactory(institution=institution, platform=platform)
    assert [(each.platform, each.count) for each in moves(region, DAY, THEN).doubles] == [("vk", 2)]


def test_own_figures_stand_beside_those_of_others(region):
    for back in range(7):
        group(region, DAY - dt.timedelta(back), "", 5000, pages=10, posts=4)
    group(region, DAY, "vk", 4000, pages=8)
    group(region, DAY, "max", 1000, pages=2)
    view = moves(region, DAY, THEN)
    assert own(view, Measure.PAGES) == 10
    assert own(view, Measure.PER_PAGE) == 500
    assert own(view, Measure.POSTS) == pytest.approx(2.8)
    assert own(view, Measure.MAX_SHARE) == 1


def test_a_week_with_a_missing_day_has_no_posting_rate(region):
    for back in range(6):
        group(region, DAY - dt.timedelta(back), "", 5000, posts=4)
    assert own(moves(region, DAY, THEN), Measure.POSTS) is None


def test_every_benchmark_names_its_source():
    assert all(each.source and each.measure in Measure.values for each in benchmarks()[1])
