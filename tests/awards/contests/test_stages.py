"""From the long list to final places: who stays, who is out and why, who may lead and how often."""

import threading

import pytest
from django.db import connection, connections

from awards.contests import jury
from awards.contests.opening import ContestError, add_nomination
from awards.contests.stages import advance, go_back
from awards.models import AwardList, Candidate, Contest, ContestState, Reason, Stage
from gospub.accounts.models import AuditEntry
from monitoring.models import Page
from ratings.models import RatingState
from tests.factories import RegionFactory, official
from tests.ratings.worlds import to

from .worlds import NOW, RULES, contest_of, final_rating, led, nomination_of, standing, winner_of

pytestmark = pytest.mark.django_db
ALL = ("gate", "short_list", "jury", "vote")


@pytest.fixture
def region():
    return RegionFactory()


@pytest.fixture
def rating(region):
    return final_rating(region)


# --- opening ----------------------------------------------------------------------------------------------------------


def test_a_contest_has_a_nomination_for_each_value_that_is_large_enough(rating):
    names = list(contest_of(rating).nominations.values_list("name", flat=True))
    assert names == ["Лучший госпаблик", "Лучший в сфере: Культура", "Лучший в сфере: Образование"]


def test_everybody_of_the_rating_is_on_the_long_list(rating):
    assert set(standing(contest_of(rating))) == {"П0", "П1", "П2", "П3", "П4", "Ворота", "Пустая"}


def test_only_a_final_rating_gives_awards(rating):
    with pytest.raises(ContestError, match="окончательному"):
        contest_of(to(rating, RatingState.PRELIMINARY))
    assert not Contest.objects.exists()


def test_the_same_contest_is_not_opened_twice(rating):
    contest_of(rating)
    with pytest.raises(ContestError, match="уже есть"):
        contest_of(rating)


def test_what_the_methodology_says_later_changes_no_contest(rating):
    contest = contest_of(rating)
    rating.methodology.data["awards"] = {"nominations": []}
    rating.methodology.save()
    assert led(contest, Stage.PROTOCOL).rules == RULES


def test_a_nomination_of_the_contests_own_is_added_once(rating):
    contest = contest_of(rating)
    add_nomination(contest, "Приз губернатора", user=contest.created_by, now=NOW)
    with pytest.raises(ContestError, match="уже есть"):
        add_nomination(contest, "Приз губернатора", user=contest.created_by, now=NOW)


# --- stage by stage ---------------------------------------------------------------------------------------------------


def test_by_the_rating_alone_the_places_are_those_of_the_rating(rating):
    contest = led(contest_of(rating, "gate"), Stage.PROTOCOL)
    assert standing(contest) == {
        "П0": 1, "П1": 2, "П2": 3, "П3": 4, "П4": 5, "Ворота": Reason.GATE, "Пустая": Reason.NO_DATA
    }  # fmt: skip


def test_without_the_gate_those_at_it_stay_in(rating):
    assert standing(led(contest_of(rating), Stage.PROTOCOL))["Ворота"] == 2


def test_the_short_list_takes_its_quota_of_each_nomination(rating):
    contest = led(contest_of(rating, "gate", "short_list"), Stage.PLACES)
    assert Candidate.objects.filter(nomination__contest=contest, left_at="").count() == 6
    assert standing(contest)["П2"] == Reason.BELOW


def test_where_the_line_cuts_through_equals_all_stay(region):
    rating = final_rating(region, (9, 5, 5, 5, 1))
    contest = led(contest_of(rating, "gate", "short_list"), Stage.PROTOCOL)
    found = standing(contest)
    assert [found[f"П{n}"] for n in range(5)] == [1, 2, 2, 2, Reason.BELOW]


def test_growth_without_an_audience_is_no_data(region):
    awards = {"nominations": [{"code": "growth", "name": "Рост года", "order": "growth"}]}
    contest = led(contest_of(final_rating(region, awards=awards)), Stage.PROTOCOL)
    found = standing(contest, "Рост года")
    assert (found["П4"], found["П3"], found["П0"]) == (1, 2, 5)


def test_a_person_stands_once_in_a_nomination(rating):
    first, second = Page.objects.get(title="П0"), Page.objects.get(title="П1")
    second.stewardships.update(person=first.stewardships.get().person)
    for stages in ((), ("gate", "short_list")):
        contest = led(contest_of(rating, *stages, title=f"Премия {stages}"), Stage.PROTOCOL)
        assert standing(contest)["П1"] == Reason.TWICE


def test_past_winners_are_barred_where_the_rules_say_so(region):
    rating = final_rating(region, awards=RULES | {"past_winners": "barred"})
    winner_of(region, 2023, Page.objects.get(title="П0"), rating)
    winner_of(region, 2021, Page.objects.get(title="П1"), rating)  # longer ago than the rule looks back
    found = standing(led(contest_of(rating), Stage.PLACES))
    assert (found["П0"], found["П1"]) == (Reason.WON_BEFORE, "")


def test_a_list_that_nobody_signed_bars_nobody(region):
    rating = final_rating(region, awards=RULES | {"past_winners": "barred"})
    winner_of(region, 2023, Page.objects.get(title="П0"), rating)
    AwardList.objects.update(signed_at=None)
    assert standing(led(contest_of(rating), Stage.PLACES))["П0"] == ""


def test_past_winners_compete_among_themselves_where_the_rules_say_so(region):
    rating = final_rating(region, awards=RULES | {"past_winners": "best_of_best"})
    winner_of(region, 2023, Page.objects.get(title="П0"), rating)
    contest = led(contest_of(rating), Stage.PROTOCOL)
    assert standing(contest)["П0"] == Reason.BEST_OF_BEST
    assert standing(contest, "Лучшие из лучших") == {"П0": 1}


# --- jury and vote ----------------------------------------------------------------------------------------------------


def marks(contest, expert: str, row: dict[str, tuple[str, str]]) -> int:
    nomination = nomination_of(contest)
    one, two = contest.criteria.values_list("pk", flat=True)
    keys = {each.page.title: each.pk for each in nomination.candidates.select_related("page")}
    given = {
        (keys[title], key): text for title, both in row.items() for key, text in zip((one, two), both, strict=True)
    }
    return jury.enter_marks(nomination, expert, given, user=contest.created_by, now=NOW)


@pytest.fixture
def judged(region):
    rating = final_rating(region, awards={**RULES, "nominations": RULES["nominations"][:1]})
    return led(contest_of(rating, *ALL), Stage.JURY)


def test_the_jury_stage_does_not_end_before_two_experts_judged_everybody(judged):
    marks(judged, "Первый", {"П0": ("5", "5"), "П1": ("9", "9,5")})
    marks(judged, "Второй", {"П0": ("6", "6")})
    with pytest.raises(ContestError, match="Не хватает оценок у 1 участника"):
        advance(judged, user=judged.created_by, now=NOW)


def test_jury_and_vote_turn_the_places_round(judged):
    for expert in ("Первый", "Второй"):
        marks(judged, expert, {"П0": ("2", "2"), "П1": ("10", "10")})
    contest = led(judged, Stage.VOTE)
    nomination = nomination_of(contest)
    with pytest.raises(ContestError, match="Голоса не внесены у 2 участников"):
        advance(contest, user=contest.created_by, now=NOW)
    votes = {each.pk: "1 500" if each.page.title == "П1" else "0" for each in nomination.candidates.all()}
    assert jury.enter_votes(nomination, votes, "Протокол № 1", user=contest.created_by, now=NOW) == 2
    contest = led(contest, Stage.PROTOCOL)
    found = {each.page.title: each for each in nomination.candidates.filter(left_at="")}
    assert (found["П1"].place, found["П0"].place) == (1, 2)
    value = found["П1"].value
    assert found["П1"].points == pytest.approx((50 * value + 40 * 100 + 10 * 100) / 100)


@pytest.mark.parametrize(
    ("text", "problem"),
    [("11", "от 0 до 10"), ("-1", "от 0 до 10"), ("семь", "не число"), ("7,123", "двух знаков"), ("nan", "от 0 до 10")],
)
def test_a_wrong_mark_is_told_by_its_cell_and_nothing_is_kept(judged, text, problem):
    with pytest.raises(jury.EntryError) as error:
        marks(judged, "Первый", {"П0": ("5", text), "П1": ("5", "5")})
    assert [problem in each for each in error.value.problems.values()] == [True]
    assert not nomination_of(judged).candidates.filter(jury_marks__isnull=False).exists()


def test_an_expert_who_is_entered_again_has_the_new_marks_alone(judged):
    marks(judged, "Первый", {"П0": ("5", "5"), "П1": ("5", "5")})
    assert marks(judged, "Первый", {"П0": ("7", "")}) == 1


def test_marks_are_not_entered_at_another_stage(judged):
    go_back(judged, user=judged.created_by, now=NOW)
    with pytest.raises(ContestError, match="другом этапе"):
        marks(judged, "Первый", {"П0": ("5", "5")})


def test_votes_that_are_no_numbers_are_told(judged):
    Contest.objects.update(stage=Stage.VOTE)
    nomination = nomination_of(judged)
    key = nomination.candidates.filter(left_at="").first().pk
    with pytest.raises(jury.EntryError, match="не целое"):
        jury.enter_votes(nomination, {key: "много"}, "Сайт", user=judged.created_by, now=NOW)


# --- leading ----------------------------------------------------------------------------------------------------------


def test_going_back_brings_those_in_again_whom_the_stage_put_out(rating):
    contest = led(contest_of(rating, "gate", "short_list"), Stage.PLACES)
    contest = go_back(contest, user=contest.created_by, now=NOW)
    assert (contest.stage, standing(contest)["П2"]) == (Stage.SHORT_LIST, "")


def test_there_and_back_again_gives_the_same_places(rating):
    contest = led(contest_of(rating, "gate", "short_list"), Stage.PROTOCOL)
    before = standing(contest)
    while contest.stage != Stage.LONG_LIST:
        contest = go_back(contest, user=contest.created_by, now=NOW)
    assert set(standing(contest).values()) == {""}
    assert standing(led(contest, Stage.PROTOCOL)) == before


def test_a_signed_contest_is_not_led_any_more(rating):
    contest = led(contest_of(rating), Stage.PROTOCOL)
    Contest.objects.update(state=ContestState.SIGNED)
    with pytest.raises(ContestError, match="подписан"):
        go_back(contest, user=contest.created_by, now=NOW)


def test_every_step_is_in_the_audit_trail(rating):
    contest = led(contest_of(rating), Stage.PLACES)
    go_back(contest, user=contest.created_by, now=NOW)
    found = AuditEntry.objects.filter(subject=f"contest {contest.pk}").order_by("pk")
    assert list(found.values_list("action", flat=True)) == ["contest.open", "contest.advance", "contest.back"]


def test_one_who_saw_another_stage_leads_nothing(rating):
    contest = contest_of(rating, "gate")
    stale = Contest.objects.get()
    advance(contest, user=contest.created_by, now=NOW)
    with pytest.raises(ContestError, match="уже перевели"):
        advance(stale, user=contest.created_by, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_lead_at_once_one_succeeds(region):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write after the other")
    contest = contest_of(final_rating(region), "gate")
    start, outcomes, user = threading.Barrier(2), [], official(region)

    def work() -> None:
        mine = Contest.objects.get(pk=contest.pk)
        start.wait()
        try:
            outcomes.append(str(advance(mine, user=user, now=NOW).stage))
        except ContestError:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["gate", "refused"]


def test_the_number_of_queries_does_not_grow_with_the_candidates(region, django_assert_max_num_queries):
    rating = final_rating(region, tuple(range(1, 25)))
    with django_assert_max_num_queries(24):
        contest = contest_of(rating, "gate", "short_list", user=official(region))
    while contest.stage != Stage.PROTOCOL:
        with django_assert_max_num_queries(20):
            contest = advance(contest, user=contest.created_by, now=NOW)
