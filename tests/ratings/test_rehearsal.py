"""A methodology tried on past data: who would move, who would be awarded, what cannot be compared."""

import copy
import datetime as dt

import pytest

from monitoring import rollups
from monitoring.models import Page, PageDay, Post
from ratings.computing import NothingToRateError
from ratings.models import Methodology, Rating
from ratings.periods import read_period
from ratings.rehearsal import Past, Rehearsal, rehearse, rehearse_change, rehearse_period, tables_for
from ratings.rules_data import read_rules
from tests.factories import InstitutionFactory, watched

from .worlds import FIRST, LAST, MONTH, NOW, item, methodology, page_in, points, ranking, rate, some_pages, target

pytestmark = pytest.mark.django_db


def tried(rating: Rating, **changes) -> Rehearsal:
    """The rating's own methodology with these parts changed, on its own data."""
    rules = read_rules(copy.deepcopy(rating.methodology.data) | changes)
    return rehearse(rules, *tables_for(rules, rating), rating)


def names(rows) -> set[str]:
    return {Page.objects.get(pk=move.key).title for move in rows}


@pytest.fixture
def two_sides(region) -> Rating:
    """П00 has the likes, П01 the posts, П02 the middle of both, П03 nothing."""
    for n, (likes, every) in enumerate([(9, 5), (1, 1), (5, 2), (0, 0)]):
        watched(page_in(region, title=f"П{n:02}"), FIRST, LAST, likes=likes, every=every)
    rules = methodology(target("engagement_by_views", "0.09", "9"), target("regularity", "1", "1"), line={"places": 1})
    return rate(region, rules)


def test_a_methodology_beside_itself_moves_nobody(two_sides):
    rehearsal = tried(two_sides)
    assert rehearsal.correlation == 1
    assert (rehearsal.risen, rehearsal.fallen, rehearsal.newly_awarded, rehearsal.no_longer_awarded) == ([], [], [], [])
    assert (rehearsal.ranked, rehearsal.ranked_before) == (4, 4)
    assert all(move.points == move.points_before for move in rehearsal.moves)


def test_a_changed_weight_moves_exactly_whom_it_should(two_sides):
    items = [target("engagement_by_views", "0.09", "1"), target("regularity", "1", "9")]
    rehearsal = tried(two_sides, items=items)
    assert names(rehearsal.risen) == {"П01"}
    assert names(rehearsal.fallen) == {"П00"}
    assert [move.rise for move in rehearsal.moves] == [2, -2, 0, 0]
    assert rehearsal.correlation < 1


def test_who_comes_over_the_award_line_and_who_falls_below_it(two_sides):
    items = [target("engagement_by_views", "0.09", "1"), target("regularity", "1", "9")]
    rehearsal = tried(two_sides, items=items)
    assert names(rehearsal.newly_awarded) == {"П01"}
    assert names(rehearsal.no_longer_awarded) == {"П00"}


def test_a_longer_line_awards_more_and_drops_nobody(two_sides):
    rehearsal = tried(two_sides, line={"places": 2})
    assert (names(rehearsal.newly_awarded), rehearsal.no_longer_awarded) == ({"П02"}, [])


def test_a_line_may_be_a_threshold(two_sides):
    rehearsal = tried(two_sides, line={"threshold": "50"})
    assert names(rehearsal.newly_awarded) == {"П02"}


def test_what_a_change_gives_is_what_a_rating_would_give(two_sides):
    changed = [target("engagement_by_views", "0.09", "1"), target("regularity", "1", "9")]
    rehearsal = tried(two_sides, items=changed)
    rating = rate(two_sides.region, methodology(*changed))
    assert {move.key: float(move.points) for move in rehearsal.moves} == points(rating)
    assert not Rating.objects.exclude(pk__in=[two_sides.pk, rating.pk]).exists()


def test_the_tables_of_the_rating_are_taken_where_they_hold_all_that_is_measured(two_sides):
    Post.objects.all().delete()
    PageDay.objects.update(posts=0)
    assert tried(two_sides).correlation == 1


def test_what_was_not_measured_is_read_anew(two_sides):
    rehearsal = tried(two_sides, items=[target("engagement_by_views", "0.09"), target("avatar", "1")])
    assert {float(move.points) for move in rehearsal.moves} >= {100}
    assert "avatar" in rehearsal.result.states


@pytest.mark.parametrize("changes", [{"peers": {"by": ["sector"]}}, {"networks": ["vk"]}, {"unit": "week"}])
def test_other_groups_networks_and_units_are_read_anew(two_sides, changes):
    rehearsal = tried(two_sides, **changes)
    assert len(rehearsal.moves) == 4


def test_other_kinds_of_subjects_are_not_compared(two_sides):
    rehearsal = tried(two_sides, subject="institution")
    assert (rehearsal.correlation, rehearsal.ranked_before, rehearsal.risen, rehearsal.fallen) == (None, 0, [], [])
    assert rehearsal.ranked == 4


def test_a_rehearsal_beside_nothing_compares_nothing(two_sides):
    rules = read_rules(two_sides.methodology.data)
    rehearsal = rehearse_period(two_sides.region, rules, MONTH, None, NOW)
    assert (rehearsal.correlation, rehearsal.ranked, rehearsal.ranked_before) == (None, 4, 0)


def test_subjects_of_one_list_alone_do_not_move(two_sides):
    watched(page_in(two_sides.region, title="Новая"), FIRST, LAST, likes=9, every=1)
    rollups.sum_up(two_sides.region, FIRST, LAST)
    rules = read_rules(two_sides.methodology.data)
    rehearsal = rehearse_period(two_sides.region, rules, MONTH, two_sides, NOW)
    [new] = [move for move in rehearsal.moves if not move.overall_before]
    assert (new.rise, new.points_before, new.awarded, new.awarded_before) == (0, None, True, False)


def test_those_who_lose_their_place_do_not_fall(two_sides):
    rehearsal = tried(two_sides, gate=[{"indicator": "regularity", "from": "0.1"}])
    lost = [move for move in rehearsal.moves if not move.overall]
    assert names(lost) == {"П03"}
    assert lost[0].rise == 0
    assert rehearsal.ranked == 3


def test_a_period_without_data_cannot_be_rehearsed(two_sides):
    rules = read_rules(two_sides.methodology.data)
    with pytest.raises(NothingToRateError):
        rehearse_period(two_sides.region, rules, read_period("2019"), two_sides, NOW)


def test_a_rehearsal_over_another_period_beside_this_list(region):
    some_pages(region, [1, 2, 3], FIRST, LAST)
    rating = rate(region, methodology(item("engagement_by_views")))
    week = rehearse_period(region, read_rules(rating.methodology.data), read_period("2024-W46"), rating, NOW)
    assert week.correlation == 1


def test_nothing_is_kept(region):
    rating = ranking(region)
    tried(rating, line={"places": 2})
    assert (Rating.objects.count(), Methodology.objects.count()) == (1, 1)


def test_places_are_compared_among_all_whatever_the_groups(region):
    for level, likes in (("municipal", 1), ("municipal", 3), ("ministry", 2), ("ministry", 4)):
        place = InstitutionFactory(region=region, level=level)
        watched(page_in(region, institution=place, title=str(likes)), FIRST, LAST, likes=likes)
    rules = methodology(target("engagement_by_views", "0.04"), peers={"by": ["level"]})
    rehearsal = tried(rate(region, rules), peers={"by": []})
    assert [move.rise for move in rehearsal.moves] == [0, 0, 0, 0]
    assert {(move.place_before, move.place) for move in rehearsal.moves} == {(1, 1), (1, 2), (2, 3), (2, 4)}


# --- before anybody was rated -----------------------------------------------------------------------------------------

CHANGED = {"items": [target("engagement_by_views", "0.09", "1"), target("regularity", "1", "9")]}


def changed(rating: Rating, today: dt.date, **changes) -> Past | None:
    """The rating's rules with these parts changed beside themselves, as if nobody had been rated."""
    data = copy.deepcopy(rating.methodology.data)
    Rating.objects.all().delete()
    now = dt.datetime.combine(today, dt.time(1), dt.UTC)
    return rehearse_change(rating.region, read_rules(data | changes), read_rules(data), today, now)


def test_before_anybody_was_rated_a_change_is_shown_on_last_years_data(two_sides):
    past = changed(two_sides, dt.date(2025, 6, 1), **CHANGED)
    assert past.period == read_period("2024")
    assert (names(past.rehearsal.risen), names(past.rehearsal.fallen)) == ({"П01"}, {"П00"})
    assert (names(past.rehearsal.newly_awarded), names(past.rehearsal.no_longer_awarded)) == ({"П01"}, {"П00"})


def test_in_the_first_year_it_is_shown_on_the_last_month(two_sides):
    assert changed(two_sides, dt.date(2024, 12, 9), **CHANGED).period == MONTH


def test_a_mean_of_units_is_shown_on_the_last_unit(two_sides):
    past = changed(two_sides, dt.date(2024, 12, 9), unit="month", **CHANGED)
    assert (past.period, names(past.rehearsal.risen)) == (MONTH, {"П01"})


def test_without_data_of_the_past_there_is_nothing_to_show(two_sides):
    assert changed(two_sides, dt.date(2027, 6, 1), **CHANGED) is None


def test_other_kinds_of_subjects_are_not_compared_there_either(two_sides):
    past = changed(two_sides, dt.date(2025, 6, 1), subject="institution")
    assert (past.rehearsal.ranked, past.rehearsal.ranked_before, past.rehearsal.correlation) == (4, 0, None)
