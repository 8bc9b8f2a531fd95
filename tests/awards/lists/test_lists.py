"""Award lists: proposed by the rules, decided by officials, signed off once, frozen, corrected in editions."""

import datetime as dt
import io
import threading

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from awards.contests.opening import ContestError
from awards.contests.stages import go_back
from awards.lists import deciding, queries, signing
from awards.lists.proposing import discard, propose, winners
from awards.models import Award, AwardList, AwardState, Candidate, Contest, ContestState, FrozenError, Stage
from gospub.accounts.models import AuditEntry
from monitoring.models import GapExcuse, Page, Slot, SlotReason, SlotStatus
from ratings.award_rules import DividedBy, NominationRule, Quota
from ratings.models import RatingState, Score
from tests.awards.contests.worlds import NOW, RULES, contest_of, final_rating, led, winner_of
from tests.factories import RegionFactory, analyst, auditor, institution_admin, official
from tests.ratings.worlds import FIRST, LAST, item, rate, to

pytestmark = pytest.mark.django_db
WHY = "Проект признан лучшим на совете"


@pytest.fixture
def region():
    return RegionFactory()


@pytest.fixture
def contest(region):
    return led(contest_of(final_rating(region), "gate"), Stage.PROTOCOL)


@pytest.fixture
def draft(contest):
    return propose(contest, user=contest.created_by, now=NOW)


def lines(found: AwardList, name: str = "Лучший госпаблик") -> list[tuple[str, int, int]]:
    rows = found.awards.given().filter(nomination__name=name).order_by("place", "pk")
    return list(rows.values_list("title", "place", "degree"))


def award(found: AwardList, title: str, name: str = "Лучший госпаблик") -> Award:
    return found.awards.get(title=title, nomination__name=name)


def candidate(contest: Contest, title: str, name: str = "Лучший госпаблик") -> Candidate:
    return Candidate.objects.get(nomination__contest=contest, nomination__name=name, page__title=title)


def signed(found: AwardList) -> AwardList:
    user = official(found.contest.region)
    deciding.confirm_all(found, user=user, now=NOW)
    return signing.sign(found, user=user, now=NOW)


# --- what the rules propose -------------------------------------------------------------------------------------------


def test_the_rules_propose_the_quota_of_each_nomination_with_its_degrees(draft):
    assert lines(draft) == [("П0", 1, 1), ("П1", 2, 2), ("П2", 3, 3)]
    assert lines(draft, "Лучший в сфере: Культура") == [("П1", 1, 1)]


def test_a_tie_at_the_line_is_proposed_whole_and_said_openly(region):
    contest = led(contest_of(final_rating(region, (9, 7, 5, 5, 1)), "gate"), Stage.PROTOCOL)
    found = propose(contest, user=contest.created_by, now=NOW)
    assert [(title, place) for title, place, _degree in lines(found)] == [("П0", 1), ("П1", 2), ("П2", 3), ("П3", 3)]
    assert found.awards.filter(tie=True, nomination__name="Лучший госпаблик").count() == 2


def test_a_tie_at_the_line_is_broken_by_what_the_methodology_names_and_by_nothing_else(region):
    """П2, П3 and П4 are equal and the line goes through them: П4 has won the most subscribers."""
    rating = final_rating(region, (9, 7, 5, 5, 5))
    rules = rating.methodology
    rules.data |= {"ties": ["growth"], "items": [*rules.data["items"], item("growth", "0.000000001")]}
    rules.save()
    rating = to(rate(region, rules), RatingState.FINAL)
    contest = led(contest_of(rating, "gate"), Stage.PROTOCOL)
    Candidate.objects.filter(place__gte=3).update(place=3, points=50)
    found = propose(contest, user=contest.created_by, now=NOW)
    assert [(title, place) for title, place, _degree in lines(found)] == [("П0", 1), ("П1", 2), ("П4", 3)]


def test_fewer_with_a_place_than_the_quota_all_win():
    rows = [Candidate(pk=n, place=1, points=50, score=Score(items={})) for n in range(2)]
    rule = NominationRule("a", "", DividedBy.NOTHING, "points", 1, Quota(places=3), ())
    assert len(winners(rows, 9, rule, ["growth"])) == 2


@given(st.lists(st.integers(1, 6), min_size=1, max_size=12), st.integers(1, 5))
def test_whoever_is_proposed_stands_above_everybody_who_is_not(places, quota):
    dense = {place: n for n, place in enumerate(sorted(set(places)), 1)}
    rows = [Candidate(pk=n, place=dense[place], points=-dense[place]) for n, place in enumerate(places)]
    rule = NominationRule("a", "", DividedBy.NOTHING, "points", 1, Quota(places=quota), ())
    found = [each.place for each, _tie in winners(rows, len(rows), rule)]
    rest = [row.place for row in rows if row.pk not in {each.pk for each, _tie in winners(rows, len(rows), rule)}]
    assert len(found) >= min(quota, len(rows))
    assert not rest or max(found) < min(rest)


def test_nothing_is_proposed_before_there_are_places(region):
    contest = contest_of(final_rating(region))
    with pytest.raises(ContestError, match="Итоговых мест"):
        propose(contest, user=contest.created_by, now=NOW)


def lost(region, share: float) -> None:
    """Of the readings of every page so many of the first days were missed."""
    days = round((LAST - FIRST).days * share)
    slots = Slot.objects.filter(page__institution__region=region, day__lt=FIRST + dt.timedelta(days=days))
    slots.update(status=SlotStatus.FAILED, reason=SlotReason.UNREACHABLE)


def test_no_list_is_proposed_while_too_little_was_collected(region, contest):
    lost(region, 0.1)
    with pytest.raises(ContestError) as refused:
        propose(contest, user=contest.created_by, now=NOW)
    assert "Собрано 90,0\xa0% данных" in str(refused.value)
    assert "ВКонтакте — 21" in str(refused.value)
    assert not AwardList.objects.exists()


def test_twin_without_the_threshold_the_same_list_is_proposed(region, contest):
    lost(region, 0.1)
    contest.rules |= {"least_collected": "0"}
    contest.save()
    assert propose(contest, user=contest.created_by, now=NOW).awards.exists()


def test_a_methodology_may_ask_for_more(region, contest):
    lost(region, 0.035)
    contest.rules |= {"least_collected": "99"}
    contest.save()
    with pytest.raises(ContestError, match="нужно 99"):
        propose(contest, user=contest.created_by, now=NOW)


def test_what_is_excused_keeps_nobody_from_an_award(region, contest):
    lost(region, 0.1)
    GapExcuse.objects.create(region=region, first=FIRST, last=LAST, reason="Сбой у сети, акт", declared_at=NOW)
    assert propose(contest, user=contest.created_by, now=NOW).awards.exists()


def test_the_refusal_is_told_on_the_contests_screen(region, contest):
    lost(region, 0.1)
    client = Client()
    client.force_login(contest.created_by)
    response = client.post(reverse("award_list_propose", args=[contest.pk]), follow=True)
    assert "Собрано 90,0" in response.content.decode()


def test_a_draft_that_nobody_decided_on_is_proposed_anew(contest, draft):
    again = propose(contest, user=contest.created_by, now=NOW)
    assert AwardList.objects.get() == again


def test_a_draft_with_decisions_is_not_overwritten(contest, draft):
    deciding.confirm(award(draft, "П0"), user=contest.created_by, now=NOW)
    with pytest.raises(ContestError, match="уже есть решения"):
        propose(contest, user=contest.created_by, now=NOW)
    discard(draft, user=contest.created_by, now=NOW)
    assert propose(contest, user=contest.created_by, now=NOW).awards.count() == 5


def test_a_contest_with_a_draft_does_not_go_back(contest, draft):
    with pytest.raises(ContestError, match="сначала удалите"):
        go_back(Contest.objects.get(), user=contest.created_by, now=NOW)


# --- decisions --------------------------------------------------------------------------------------------------------


def test_another_candidate_gets_the_award_and_both_stay_to_be_seen(contest, draft):
    new = deciding.replace(award(draft, "П0"), candidate(contest, "П3"), WHY, user=contest.created_by, now=NOW)
    assert (new.instead_of.title, new.degree, new.reason) == ("П0", 1, WHY)
    assert award(draft, "П0").state == AwardState.REMOVED
    assert [title for title, *_rest in lines(draft)] == ["П1", "П2", "П3"]


@pytest.mark.parametrize("decide", ["take_away", "replace", "degree", "put_in"])
def test_every_decision_against_the_rules_needs_a_reason(contest, draft, decide):
    mine, other, user = award(draft, "П0"), candidate(contest, "П3"), contest.created_by
    calls = {
        "take_away": lambda: deciding.take_away(mine, "так", user=user, now=NOW),
        "replace": lambda: deciding.replace(mine, other, " ", user=user, now=NOW),
        "degree": lambda: deciding.change_degree(mine, 2, "", user=user, now=NOW),
        "put_in": lambda: deciding.put_in(draft, other, "", user=user, now=NOW),
    }
    with pytest.raises(ContestError, match="десяти знаков"):
        calls[decide]()
    assert not draft.awards.exclude(state=AwardState.PROPOSED).exists()


def test_the_same_page_is_not_awarded_twice_in_a_nomination(contest, draft):
    with pytest.raises(ContestError, match="уже есть награда"):
        deciding.put_in(draft, candidate(contest, "П1"), WHY, user=contest.created_by, now=NOW)


def test_a_candidate_of_another_nomination_does_not_replace(contest, draft):
    other = candidate(contest, "П3", "Лучший в сфере: Культура")
    with pytest.raises(ContestError, match="другой номинации"):
        deciding.replace(award(draft, "П0"), other, WHY, user=contest.created_by, now=NOW)


def test_two_officials_do_not_decide_on_the_same_award_twice(contest, draft):
    mine = award(draft, "П0")
    deciding.take_away(mine, WHY, user=contest.created_by, now=NOW)
    with pytest.raises(ContestError, match="уже есть решение"):
        deciding.confirm(mine, user=contest.created_by, now=NOW)


def test_decisions_are_in_the_audit_trail_without_names(contest, draft):
    deciding.replace(award(draft, "П0"), candidate(contest, "П3"), WHY, user=contest.created_by, now=NOW)
    entry = AuditEntry.objects.get(action="award.replace")
    assert entry.after["reason"] == WHY
    assert "Вымышленный" not in str(list(AuditEntry.objects.values_list("before", "after")))


def test_beside_each_stands_what_it_was_awarded_before_and_how_it_grew(region):
    rating = final_rating(region)
    winner_of(region, 2023, Page.objects.get(title="П1"), rating)
    contest = led(contest_of(rating, "gate"), Stage.PROTOCOL)
    found = propose(contest, user=contest.created_by, now=NOW)
    rows = {row.award.title: row for row in queries.parts(found)[0].rows}
    assert (rows["П1"].before, rows["П0"].before) == (["2023: Лучший госпаблик"], [])
    assert (rows["П0"].growth, rows["П2"].growth) == (0, pytest.approx(58))


# --- signing ----------------------------------------------------------------------------------------------------------


def test_a_list_with_open_proposals_is_not_signed(draft):
    with pytest.raises(ContestError, match="5 предложений ждут"):
        signing.sign(draft, user=official(draft.contest.region), now=NOW)


def test_a_signed_list_is_frozen(draft):
    found = signed(draft)
    mine = award(found, "П0")
    for change in (mine.save, mine.delete, found.delete):
        with pytest.raises(FrozenError):
            change()
    with pytest.raises(ContestError, match="следующая редакция"):
        deciding.take_away(mine, WHY, user=found.signed_by, now=NOW)
    assert Contest.objects.get().state == ContestState.SIGNED


def test_what_is_changed_past_the_guard_is_found(draft):
    found = signed(draft)
    out = io.StringIO()
    call_command("verify_awards", stdout=out)
    assert "1 lists, 0 broken" in out.getvalue()
    found.awards.filter(title="П0").update(place=2)
    with pytest.raises(SystemExit):
        call_command("verify_awards", stdout=io.StringIO(), stderr=out)
    assert f"list {found.pk}" in out.getvalue()


def test_a_correction_is_the_next_edition_and_says_what_changed(contest, draft):
    first = signed(draft)
    second = signing.next_edition(first, user=first.signed_by, now=NOW)
    deciding.replace(award(second, "П0"), candidate(contest, "П3"), WHY, user=first.signed_by, now=NOW)
    signing.sign(second, user=first.signed_by, now=NOW)
    new, gone = queries.changes(second)
    assert ([each.title for each in new], [each.title for each in gone]) == (["П3"], ["П0"])
    assert [title for title, *_rest in lines(first)] == ["П0", "П1", "П2"]
    assert set(Award.objects.signed().values_list("list", flat=True)) == {second.pk}
    with pytest.raises(ContestError, match="следующая редакция"):
        signing.next_edition(first, user=first.signed_by, now=NOW)


def at_once(draft: AwardList) -> list[str]:
    """What two officials get who sign at the same moment."""
    users = [official(draft.contest.region) for _ in range(2)]
    deciding.confirm_all(draft, user=users[0], now=NOW)
    start, outcomes = threading.Barrier(2), []

    def work(user) -> None:
        try:
            start.wait(10)
            signing.sign(draft, user=user, now=NOW)
            outcomes.append("signed")
        except ContestError as error:
            outcomes.append(str(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=[user]) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_two_officials_who_sign_at_once_give_one_version(draft):
    assert at_once(draft) == ["signed", "Список уже подписали: он остаётся таким, как есть."]
    assert AuditEntry.objects.filter(action="award_list.sign").count() == 1


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_lock_both_sign(draft, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time anyway")
    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", lambda rows, **_options: rows)
    meet = threading.Barrier(2)
    told = signing.digest
    monkeypatch.setattr(signing, "digest", lambda found: (meet.wait(10), told(found))[1])
    assert at_once(draft) == ["signed", "signed"]


# --- the screens ------------------------------------------------------------------------------------------------------


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_an_official_plays_it_from_proposal_to_signature(contest):
    client = client_of(official(contest.region))
    answer = client.post(reverse("award_list_propose", args=[contest.pk]), follow=True)
    found = AwardList.objects.get()
    assert "П0" in answer.content.decode()
    sent = {"decision": "replace", "candidate": candidate(contest, "П3").pk, "reason": WHY}
    html = client.post(reverse("award_decide", args=[award(found, "П0").pk]), sent, follow=True).content.decode()
    assert WHY in html
    client.post(reverse("award_list_confirm", args=[found.pk]))
    html = client.post(reverse("award_list_sign", args=[found.pk]), follow=True).content.decode()
    assert "подписан" in html
    assert AwardList.objects.get().signed_at


def test_an_analyst_prepares_but_does_not_sign(draft):
    client = client_of(analyst(draft.contest.region))
    assert client.post(reverse("award_list_confirm", args=[draft.pk])).status_code == 302
    assert client.post(reverse("award_list_sign", args=[draft.pk])).status_code == 403


def test_an_auditor_looks_and_changes_nothing(draft):
    client = client_of(auditor(draft.contest.region))
    assert client.get(reverse("award_list", args=[draft.pk])).status_code == 200
    assert client.post(reverse("award_list_discard", args=[draft.pk])).status_code == 403


def test_the_institution_sees_its_awards_once_the_list_is_signed(draft):
    place = Page.objects.get(title="П0").institution
    client, address = client_of(institution_admin(place)), reverse("institution", args=[place.pk])
    assert "Лучший госпаблик" not in client.get(address).content.decode()
    signed(draft)
    html = client.get(address).content.decode()
    assert "Лучший госпаблик" in html
    assert "I степень" in html
    assert client.get(reverse("award_list", args=[draft.pk])).status_code == 404


@pytest.mark.parametrize("count", [6, 24])
def test_the_number_of_queries_of_the_list_does_not_grow(region, count, django_assert_max_num_queries):
    rules = RULES | {"nominations": [{"code": "best", "name": "Лучший госпаблик", "winners": {"places": count}}]}
    rating = final_rating(region, tuple(range(1, count + 1)), awards=rules)
    contest = led(contest_of(rating, "gate"), Stage.PROTOCOL)
    found = propose(contest, user=contest.created_by, now=NOW)
    client = client_of(official(region))
    with django_assert_max_num_queries(36):
        assert client.get(reverse("award_list", args=[found.pk])).status_code == 200
