"""Whose Monday morning has come: by the region's own clock, once a week, for whoever has the right today."""

import datetime as dt

import pytest

from letters import sending
from letters.digests import due
from letters.models import Kind, Letter, LetterState, Unsubscription
from tests.factories import (
    InstitutionFactory,
    RegionFactory,
    analyst,
    auditor,
    curator,
    institution_admin,
    official,
    operator,
)

from .conftest import MONDAY, WEEK

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("hours", "week"), [(-0.01, None), (0, WEEK), (47.9, WEEK), (48, None), (167, None), (168, dt.date(2024, 10, 28))]
)
def test_the_week_before_is_told_of_from_monday_at_eight_and_made_up_for_two_days(hours, week):
    assert due.due_week(MONDAY + hours * HOUR, "Asia/Vladivostok") == week


def test_every_region_has_its_own_monday():
    east, west = RegionFactory(time_zone="Asia/Kamchatka"), RegionFactory(time_zone="Europe/Kaliningrad")
    analyst(east), analyst(west)
    morning = MONDAY - 2 * HOUR  # 08:00 in Kamchatka
    assert due.put_in(morning) == 1
    assert [due.put_in(morning + n * HOUR) for n in (9, 10, 11)] == [0, 1, 0]
    assert [letter.region for letter in Letter.objects.order_by("pk")] == [east, west]


def test_the_hour_that_a_summer_time_skips_or_repeats_moves_no_letter(region):
    region.time_zone = "Europe/Berlin"  # Russia has none; a rule may change
    assert due.due_week(dt.datetime(2024, 10, 28, 7, tzinfo=dt.UTC), region.time_zone) == WEEK
    assert due.due_week(dt.datetime(2024, 10, 28, 6, 59, tzinfo=dt.UTC), region.time_zone) is None


def test_analysts_officials_and_institution_admins_get_theirs_and_nobody_else(region):
    school = InstitutionFactory(region=region, founder="Минобр")
    wanted = {
        (Kind.ANALYST_DIGEST, analyst(region)),
        (Kind.OFFICIAL_DIGEST, official(region)),
        (Kind.ADMIN_DIGEST, institution_admin(school)),
    }
    for _nobody in (operator(), auditor(region), auditor(), curator(region, "Минобр")):
        pass
    due.put_in(MONDAY)
    assert {(letter.kind, letter.user) for letter in Letter.objects.all()} == wanted


@pytest.mark.parametrize("why", ["over", "not yet", "deactivated", "unsubscribed"])
def test_who_has_no_right_today_or_wants_none_is_left_out(region, why):
    user = analyst(region)
    match why:
        case "over":
            user.grants.update(until=dt.date(2024, 10, 27))
        case "not yet":
            user.grants.update(since=dt.date(2024, 10, 29))
        case "deactivated":
            user.is_active = False
            user.save()
        case "unsubscribed":
            Unsubscription.objects.create(user=user, kind=Kind.ANALYST_DIGEST, since=MONDAY)
    assert due.put_in(MONDAY) == 0


def test_an_admin_of_several_institutions_of_a_region_gets_one_letter(region):
    user = institution_admin(InstitutionFactory(region=region))
    user.grants.create(role="institution_admin", region=region, institution=InstitutionFactory(region=region))
    assert due.put_in(MONDAY) == 1


def test_a_schedule_that_runs_twice_writes_once(region):
    analyst(region)
    assert [due.put_in(MONDAY), due.put_in(MONDAY + HOUR)] == [1, 0]


def test_a_restored_base_sends_no_digest_twice(server, send, region):
    """F42: yesterday's copy is put back after this morning's letters went out."""
    analyst(region)
    due.put_in(MONDAY)
    send()
    Letter.objects.all().delete()
    assert due.put_in(MONDAY + HOUR) == 1
    send()
    assert server.copies == [1]


def test_a_right_taken_away_after_the_letter_was_due_ends_it(server, send, region):
    user = analyst(region)
    due.put_in(MONDAY)
    user.grants.all().delete()
    assert send() == 0
    assert Letter.objects.get().state == LetterState.DROPPED


def test_a_digest_that_waited_until_the_next_one_is_due_is_not_sent(server, clock, region):
    analyst(region)
    due.put_in(MONDAY)
    clock.pass_by(days=7)
    assert sending.send_waiting(clock, clock()) == 0
    assert Letter.objects.get().reason == "Устарело: новое расскажет следующее письмо."


def test_the_outbox_keeps_no_text_of_a_digest(server, send, region):
    analyst(region)
    due.put_in(MONDAY)
    send()
    assert (Letter.objects.get().subject, Letter.objects.get().text) == ("", "")
    assert "Сбор данных за неделю" in server.last()["Subject"]


def test_the_own_letter_is_sent_on_demand_once_an_hour(region):
    user = analyst(region)
    asked = [
        due.ask(Kind.ANALYST_DIGEST, region, user, MONDAY, MONDAY + minutes * HOUR / 60) for minutes in (0, 59, 60)
    ]
    assert asked == [True, False, True]
    assert due.put_in(MONDAY) == 1
