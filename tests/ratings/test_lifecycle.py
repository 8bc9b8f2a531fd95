"""Draft, preliminary, final: what stands in the way, who lets it pass, what each state shows to whom."""

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse

from gospub.accounts.models import AuditEntry
from monitoring.models import PageDay, Post, Slot
from ratings import lifecycle
from ratings.computing import NothingToRateError, compute
from ratings.lifecycle import PassageError, let_pass, obstacles
from ratings.models import Passage, Rating, RatingState, Score
from tests.factories import (
    EvidenceFactory,
    RegionFactory,
    SuspectFactory,
    analyst,
    official,
    operator,
    watched,
)

from .worlds import (
    DAY,
    FIRST,
    LAST,
    MONTH,
    NOW,
    TODAY,
    by_key,
    item,
    methodology,
    page_in,
    ranking,
    rate,
    some_pages,
    to,
)

pytestmark = pytest.mark.django_db
REASON = "Комиссия так решила"
LATER = TODAY + 8 * DAY  # when values cannot be contested any more


def codes(rating: Rating, today: dt.date = TODAY) -> list[str]:
    return [each.code for each in obstacles(rating, today)]


def passed(rating: Rating, user, reason: str = "", today: dt.date = TODAY) -> Rating:
    let_pass(rating, user, reason, NOW, today)
    return Rating.objects.get(pk=rating.pk)


# --- obstacles, one by one --------------------------------------------------------------------------------------------


def test_nothing_stands_in_the_way_of_a_whole_period_that_was_read(region):
    assert obstacles(ranking(region), TODAY) == []


@pytest.mark.parametrize(("today", "expected"), [(LAST, ["period"]), (LAST + DAY, [])])
def test_a_period_that_runs_does(region, today, expected):
    assert codes(ranking(region), today) == expected


def test_days_without_data_at_the_end_do(region):
    some_pages(region, [1, 2], FIRST, LAST - DAY)
    assert codes(rate(region, methodology(item("engagement_by_views")))) == ["read_to"]


def test_data_that_came_in_after_the_computation_do(region):
    rating = ranking(region)
    Slot.objects.filter(day=FIRST).update(finished_at=NOW)
    assert codes(rating) == []
    Slot.objects.filter(day=FIRST).update(finished_at=NOW + dt.timedelta(minutes=1))
    assert codes(rating) == ["outdated"]


def test_data_of_other_days_and_regions_do_not(region):
    rating = ranking(region)
    later = watched(page_in(RegionFactory()), FIRST, LAST)
    watched(page_in(region, added_on=LAST + DAY), LAST + DAY, LAST + DAY)
    late = Slot.objects.filter(page=later) | Slot.objects.filter(day__gt=LAST)
    late.update(finished_at=NOW + dt.timedelta(days=1))
    assert codes(rating) == []


def test_what_came_in_after_a_rating_was_passed_is_for_the_next_edition(region):
    rating = to(ranking(region), RatingState.PRELIMINARY)
    Slot.objects.update(finished_at=NOW + dt.timedelta(days=1))
    assert codes(rating) == []


def test_a_broken_seal_is_grave(region):
    rating = ranking(region)
    Score.objects.filter(rating=rating, place=1).update(place=2)
    [found] = obstacles(rating, TODAY)
    assert (found.code, found.grave) == ("seal", True)
    with pytest.raises(PassageError):
        passed(rating, operator(), REASON)


@pytest.mark.parametrize(("failed", "expected"), [(4, []), (5, ["collected"])])
def test_too_few_days_collected_do(region, failed, expected):
    rules = methodology(item("engagement_by_views"))
    some_pages(region, [1, 2])
    watched(page_in(region), FIRST, LAST, failed={FIRST + n * DAY: "unreachable" for n in range(failed)})
    rating = rate(region, rules)
    assert codes(rating) == expected  # 86 of 90 days are 95.6 %, 85 are 94.4 %
    if expected:
        assert "94,4" in obstacles(rating, TODAY)[0].text


def test_days_on_which_a_page_did_not_exist_are_not_missed(region):
    some_pages(region, [1, 2])
    watched(page_in(region), FIRST, LAST, failed={FIRST + n * DAY: "deleted" for n in range(25)})
    assert codes(rate(region, methodology(item("engagement_by_views")))) == []


def test_doubtful_numbers_that_wait_do(region):
    rating = ranking(region)
    page = rating.scores.first().page
    SuspectFactory(page=page, day=LAST + DAY)
    SuspectFactory(page=page, day=FIRST, state="confirmed")
    assert codes(rating) == []
    SuspectFactory(page=page, day=LAST)
    assert codes(rating) == ["suspects"]


def test_signs_of_gaming_that_nobody_has_looked_at_do(region):
    rating = ranking(region)
    page = rating.scores.first().page
    EvidenceFactory(page=page, first_day=LAST + DAY, last_day=LAST + DAY)
    EvidenceFactory(page=page, first_day=FIRST, last_day=LAST, decision="justified")
    assert codes(rating) == []
    EvidenceFactory(page=page, first_day=FIRST - DAY, last_day=FIRST)
    assert codes(rating) == ["evidence"]


def test_a_rating_in_which_nobody_has_a_place_is_grave(region):
    rating = ranking(region, eligibility={"posts": 1000})
    assert [(each.code, each.grave) for each in obstacles(rating, TODAY)] == [("nobody", True)]


def test_several_obstacles_are_all_named(region):
    some_pages(region, [1, 2], FIRST, LAST - DAY)
    rating = rate(region, methodology(item("engagement_by_views")))
    SuspectFactory(page=rating.scores.first().page, day=FIRST)
    Slot.objects.filter(day=FIRST).update(status="failed", reason="unreachable")
    Slot.objects.filter(day=FIRST + DAY).update(status="failed", reason="unreachable")
    assert codes(rating) == ["read_to", "collected", "suspects"]


# --- who lets it pass -------------------------------------------------------------------------------------------------


def test_a_second_person_passes_without_a_reason_when_nothing_stands_in_the_way(region):
    rating = passed(ranking(region), official(region))
    assert rating.state == RatingState.PRELIMINARY


def test_the_one_who_computed_it_needs_a_reason(region):
    user = analyst(region)
    some_pages(region, [1, 2])
    rating = rate(region, methodology(item("engagement_by_views")), user=user)
    with pytest.raises(PassageError):
        passed(rating, user)
    assert passed(rating, user, REASON).state == RatingState.PRELIMINARY


def test_the_one_who_passed_it_before_needs_a_reason(region):
    user = official(region)
    rating = passed(ranking(region), user)
    with pytest.raises(PassageError):
        passed(rating, user, today=LATER)
    assert passed(rating, official(region), today=LATER).state == RatingState.FINAL


@pytest.mark.parametrize("reason", ["", "так надо", "         .", "  короткая "])
def test_a_reason_of_fewer_than_ten_characters_is_refused(region, reason):
    rating = ranking(region)
    SuspectFactory(page=rating.scores.first().page, day=FIRST)
    with pytest.raises(PassageError):
        passed(rating, official(region), reason)
    assert Rating.objects.get().state == RatingState.DRAFT
    assert not Passage.objects.exists()


def test_an_obstacle_may_be_overridden_with_a_reason_which_is_kept_with_it(region):
    rating = ranking(region)
    SuspectFactory(page=rating.scores.first().page, day=FIRST)
    user = official(region)
    rating = passed(rating, user, f"  {REASON} ")
    passage = rating.passages.get()
    assert (passage.state, passage.by, passage.at, passage.reason) == ("preliminary", user, NOW, REASON)
    assert passage.digest == rating.digest
    assert len(passage.obstacles) == 1
    assert "1" in passage.obstacles[0]


def test_every_passage_is_in_the_audit_trail(region):
    user = official(region)
    rating = passed(ranking(region), user)
    entry = AuditEntry.objects.get(action="rating.pass")
    assert (entry.actor, entry.subject) == (user.email, f"rating {rating.pk}")
    assert (entry.before, entry.after["state"]) == ({"state": "draft"}, "preliminary")
    assert entry.after["digest"] == rating.digest


def test_final_is_the_end(region):
    rating = passed(passed(ranking(region), official(region)), official(region), today=LATER)
    assert rating.state == RatingState.FINAL
    with pytest.raises(PassageError):
        passed(rating, official(region), REASON)


def test_a_final_rating_is_not_computed_again(region):
    rating = to(ranking(region), RatingState.FINAL)
    again = rate(region, rating.methodology)
    assert (again.pk != rating.pk, again.edition, again.state) == (True, 2, RatingState.DRAFT)


def test_a_rating_that_somebody_else_has_passed_meanwhile_does_not_pass_twice(region):
    seen = ranking(region)
    passed(Rating.objects.get(pk=seen.pk), official(region))
    with pytest.raises(PassageError):
        passed(seen, official(region))
    assert Rating.objects.get().state == RatingState.PRELIMINARY


def test_a_rating_reaches_each_state_once(region):
    rating = passed(ranking(region), official(region))
    with pytest.raises(IntegrityError):
        Passage.objects.create(rating=rating, state="preliminary", at=NOW, by=operator(), digest="")


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_once_one_succeeds():
    region = RegionFactory()
    rating = ranking(region)
    users = [official(region), official(region)]
    start, outcomes = threading.Barrier(2), []

    def work(user):
        seen = Rating.objects.get(pk=rating.pk)
        try:
            start.wait(10)
            let_pass(seen, user, "", NOW, TODAY)
            outcomes.append("passed")
        except PassageError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[user]) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["passed", "refused"]
    assert Rating.objects.get().state == RatingState.PRELIMINARY
    assert Passage.objects.count() == 1


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


# --- editions ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def editions(region) -> tuple[Rating, Rating]:
    """Of four pages the worst becomes the best, the best is gone, and a new one is the worst."""
    pages, rules = some_pages(region, [1, 2, 3, 9]), methodology(item("engagement_by_views"))
    first = to(rate(region, rules), RatingState.FINAL)
    Post.objects.filter(page=pages[0]).update(likes_7=8)
    Slot.objects.filter(page=pages[3]).update(status="failed", reason="deleted")
    PageDay.objects.filter(page=pages[3]).delete()
    watched(page_in(region, title="Новая"), FIRST, LAST, likes=0)
    return first, rate(region, rules)


def test_the_difference_of_two_editions_names_everybody_whose_score_or_place_is_another(editions):
    before, after = editions
    assert lifecycle.edition_before(after) == before
    found = lifecycle.changes(before, after)
    rows = {(c.before or c.after).page.title: (c.before and c.before.place, c.after and c.after.place) for c in found}
    assert rows == {"П00": (4, 1), "П03": (1, None), "Новая": (None, 4)}  # the other two stay as they were
    assert [c.rise for c in found if c.before and c.after] == [3]


def test_a_correction_raises_one_place_and_lowers_those_whom_it_overtakes(region):
    pages, rules = some_pages(region, [1, 2, 3, 9]), methodology(item("engagement_by_views"))
    first = to(rate(region, rules), RatingState.FINAL)
    Post.objects.filter(page=pages[1]).update(likes_7=4)
    second = to(rate(region, rules), RatingState.FINAL)
    assert moved(first, second) == {"П01": 1, "П02": -1}
    Post.objects.filter(page=pages[1]).update(likes_7=2)
    assert moved(second, rate(region, rules)) == {"П01": -1, "П02": 1}


def moved(before: Rating, after: Rating) -> dict[str, int]:
    """Places won or lost by title."""
    return {change.after.page.title: change.rise for change in lifecycle.changes(before, after)}


def test_the_screen_of_changes_tells_places_before_and_after(region, editions):
    _before, after = editions
    html = client_of(official(region)).get(reverse("rating_changes", args=[after.pk])).content.decode()
    assert "П00" in html
    assert "Новая" in html


def test_nothing_changed_where_an_edition_repeats_the_one_before(region):
    first = to(ranking(region), RatingState.FINAL)
    again = rate(region, first.methodology)
    assert lifecycle.changes(first, again) == []
    client = client_of(official(region))
    assert client.get(reverse("rating_changes", args=[again.pk])).status_code == 200
    assert client.get(reverse("rating_changes", args=[first.pk])).status_code == 404


def test_an_edition_is_a_rating_of_its_own(region, editions):
    before, after = editions
    assert by_key(before).keys() != by_key(after).keys()
    with pytest.raises(NothingToRateError):
        compute(region, MONTH, "no-such-methodology", NOW)
