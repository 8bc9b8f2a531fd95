"""The invariants of the ledger: clean after a day's work, and each break named."""

import datetime as dt
import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from gospub.accounts import audit
from gospub.accounts.models import AuditEntry
from monitoring import rollups
from monitoring.collection.planning import plan_day
from monitoring.models import GroupDay, Page, PageDay, PageMonth, Region, Slot, SlotReason, SlotStatus
from ratings.computing import compute
from ratings.methodologies import store_preset
from ratings.models import Rating, Score
from ratings.periods import Unit, period_of
from tests.factories import InstitutionFactory, PageFactory, RegionFactory, SuspectFactory, collected, tampering

pytestmark = pytest.mark.django_db

DAY = dt.date(2024, 10, 26)
YESTERDAY = dt.date(2024, 10, 25)
NOW = dt.datetime(2024, 10, 26, 10, tzinfo=dt.UTC)


@pytest.fixture
def page(settings) -> Page:
    """Collected for three days, the last of them today."""
    settings.DEMO_CLOCK = NOW.isoformat()
    region = RegionFactory(daily_since=DAY - dt.timedelta(days=2))
    page = PageFactory(institution=InstitutionFactory(region=region), status="open")
    for back in (2, 1, 0):
        collected(page, DAY - dt.timedelta(days=back))
    PageDay.objects.update(answer_hash="ab" * 32, views=10)
    return page


def verify() -> tuple[int, str]:
    """Exit status and what is said."""
    out = StringIO()
    try:
        call_command("verify_ledger", stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def test_a_good_ledger_has_no_breaks(page):
    said = "Нарушений нет: строк журнала — 3, дней страниц — 3, рейтингов — 0, записей аудита — 0\n"
    assert verify() == (0, said)


def named(text: str) -> bool:
    status, said = verify()
    return status == 1 and text in said


class TestNothingLost:
    def test_a_day_without_a_slot(self, page):
        Slot.objects.filter(day=YESTERDAY).delete()
        assert named(f"I1 {page.institution.region}: {YESTERDAY}: у страницы «{page}» нет строки журнала")

    def test_a_past_day_that_is_still_due(self, page):
        Slot.objects.filter(day=YESTERDAY).update(status=SlotStatus.DUE)
        assert named(f"I1 {page.institution.region}: {YESTERDAY}: страница «{page}» всё ещё числится в долгу")

    @pytest.mark.parametrize(("minutes", "status"), [(1, 0), (-1, 1)])
    def test_a_worker_may_hold_a_slot_past_midnight_as_long_as_its_lease_lives(self, page, minutes, status):
        held = {"status": SlotStatus.DUE, "attempts": 1, "next_attempt_at": NOW + dt.timedelta(minutes=minutes)}
        Slot.objects.filter(day=YESTERDAY).update(**held)
        assert verify()[0] == status

    def test_a_region_that_is_not_collected_daily_owes_nothing(self, page):
        Region.objects.update(daily_since=None)
        Slot.objects.filter(day=YESTERDAY).delete()
        assert verify()[0] == 0

    def test_days_before_a_page_was_added_are_not_owed(self, page):
        Page.objects.update(added_on=DAY)
        Slot.objects.filter(day__lt=DAY).delete()
        assert verify()[0] == 0

    def test_a_page_that_is_watched_no_more_owes_nothing(self, page):
        Page.objects.update(archived_on=DAY)
        Slot.objects.filter(day=YESTERDAY).delete()
        assert verify()[0] == 0

    def test_days_before_the_daily_collection_are_not_owed(self, page):
        page.institution.region.daily_since = DAY
        page.institution.region.save()
        Slot.objects.filter(day__lt=DAY).delete()
        assert verify()[0] == 0

    def test_today_may_be_due(self, page):
        Slot.objects.filter(day=DAY).update(status=SlotStatus.DUE)
        assert verify()[0] == 0

    def test_an_outage_of_the_scheduler_is_no_break_once_the_next_day_is_planned(self, page):
        Slot.objects.filter(day=YESTERDAY).delete()
        PageDay.objects.filter(day=YESTERDAY).delete()
        Slot.objects.filter(day=DAY).delete()
        region = page.institution.region
        plan_day(region, NOW)
        assert verify()[0] == 0
        assert Slot.objects.get(day=YESTERDAY).reason == "missed"


@pytest.fixture
def summed(page) -> dt.date:
    """A day that was summed and is too old to be summed again."""
    day = DAY - dt.timedelta(days=35)
    collected(page, day)
    PageDay.objects.filter(day=day).update(answer_hash="ab" * 32, views=10)
    rollups.roll_up(page.institution.region, day)
    return day


def without_unique(index: str) -> None:
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {index}")


class TestNothingTwice:
    def test_two_slots_of_one_day(self, page):
        without_unique("slot_day_page")
        Slot.objects.create(page=page, day=DAY, status=SlotStatus.OK)
        assert named(f"I2 {page.institution.region}: {DAY}: у страницы «{page}» запись ")

    def test_two_numbers_of_one_day(self, page):
        verify()
        without_unique("pageday_day_page")
        PageDay.objects.create(page=page, day=DAY, subscribers=100, answer_hash="ab" * 32)
        assert named(f"I2 {page.institution.region}: {DAY}: ")

    def test_what_was_summed_and_stayed_as_it_was(self, summed):
        assert verify()[0] == 0

    @pytest.mark.parametrize("figure", ["measured", "subscribers", "posts", "views"])
    def test_a_sum_that_is_not_that_of_its_pages(self, summed, figure):
        GroupDay.objects.filter(day=summed, dimension="platform").update(**{figure: 5})
        assert named(f"{summed}, ВКонтакте: {GroupDay._meta.get_field(figure).verbose_name}: 5, ")

    def test_a_network_without_its_sum(self, summed):
        GroupDay.objects.filter(day=summed, dimension="platform").delete()
        assert named(f"{summed}, ВКонтакте")

    @pytest.mark.parametrize("figure", ["days_measured", "posts", "views", "likes"])
    def test_a_month_that_is_not_that_of_its_days(self, page, summed, figure):
        PageMonth.objects.filter(month=summed.replace(day=1)).update(**{figure: 999})
        assert named(
            f"{summed.replace(day=1)}: страница «{page}»: {PageMonth._meta.get_field(figure).verbose_name}: 999, "
        )

    def test_readings_that_came_in_since_the_last_roll_up_are_summed_first(self, page):
        verify()
        PageDay.objects.filter(day=YESTERDAY).update(subscribers=5)
        assert verify()[0] == 0


class TestHonest:
    def test_a_failure_without_a_reason(self, page):
        PageDay.objects.filter(day=DAY).delete()
        Slot.objects.filter(day=DAY).update(status=SlotStatus.FAILED, reason="")
        assert named("I3 ")

    @pytest.mark.parametrize("reason", SlotReason.values)
    def test_every_reason_has_a_name(self, reason):
        assert re.search("[а-я]", str(SlotReason(reason).label))

    def test_a_last_good_day_that_is_not_the_last(self, page):
        measured_at = dt.datetime(2024, 10, 24, 20, tzinfo=dt.UTC)
        PageDay.objects.filter(day=YESTERDAY).update(collected_at=measured_at)
        Slot.objects.filter(day=DAY).update(last_measured_on=DAY - dt.timedelta(days=2))
        assert named(f"I3 {page.institution.region}: {DAY}: ")
        Slot.objects.filter(day=DAY).update(last_measured_on=None)
        assert named(f"I3 {page.institution.region}: {DAY}: ")
        Slot.objects.filter(day=DAY).update(last_measured_on=YESTERDAY)
        assert verify()[0] == 0

    def test_a_number_that_was_decided_on_later_was_not_there_to_be_named(self, page):
        measured_at = dt.datetime(2024, 10, 24, 20, tzinfo=dt.UTC)
        PageDay.objects.filter(day=YESTERDAY).update(collected_at=measured_at)
        SuspectFactory(page=page, day=YESTERDAY, state="confirmed")
        assert verify()[0] == 0

    def test_a_last_good_day_without_a_number(self, page):
        Slot.objects.filter(day=DAY).update(last_measured_on=DAY - dt.timedelta(days=9))
        assert named("I3 ")


class TestNothingInvented:
    def test_a_number_without_an_answer(self, page):
        PageDay.objects.filter(day=DAY).update(answer_hash="")
        assert named("I4 ")

    def test_a_number_on_a_day_that_failed(self, page):
        Slot.objects.filter(day=DAY).update(status=SlotStatus.FAILED, reason="unreachable")
        assert named("I4 ")

    def test_a_number_entered_by_hand_needs_no_answer(self, page):
        PageDay.objects.filter(day=DAY).update(answer_hash="", subscribers_provenance="manual")
        Slot.objects.filter(day=DAY).update(status=SlotStatus.FAILED, reason="unreachable")
        assert verify()[0] == 0


class TestSealed:
    def test_a_score_that_was_changed_behind_its_rating(self, page):
        store_preset("amur")
        compute(page.institution.region, period_of(Unit.DAY, DAY), "amur", NOW)
        assert verify()[0] == 0
        Score.objects.update(points=1)
        assert named(f"I5 {page.institution.region}: {DAY}: ")

    def test_rules_that_were_changed_behind_a_rating(self, page):
        store_preset("amur")
        rating = compute(page.institution.region, period_of(Unit.DAY, DAY), "amur", NOW)
        rating.methodology.data["since"] = "2020-01-01"
        rating.methodology.save()
        assert named("I5 ")

    def test_a_seal_that_was_taken_off(self, page):
        store_preset("amur")
        compute(page.institution.region, period_of(Unit.DAY, DAY), "amur", NOW)
        Rating.objects.update(digest="")
        assert named("I5 ")

    def test_computing_again_seals_again(self, page):
        store_preset("amur")
        compute(page.institution.region, period_of(Unit.DAY, DAY), "amur", NOW)
        Score.objects.update(points=1)
        compute(page.institution.region, period_of(Unit.DAY, DAY), "amur", NOW)
        assert Rating.objects.count() == 1
        assert verify()[0] == 0


class TestAudit:
    @pytest.fixture
    def entries(self, page) -> list[AuditEntry]:
        return [audit.record(None, "test", f"thing {n}", before={}, after={"n": n}, now=NOW) for n in range(3)]

    def test_whole(self, entries):
        assert verify()[0] == 0

    def test_an_entry_that_was_changed(self, entries):
        with tampering():
            AuditEntry._base_manager.filter(pk=entries[1].pk).update(after={"n": 7})
        assert named("I6 ")

    def test_an_entry_that_was_taken_away(self, entries):
        with tampering():
            AuditEntry._base_manager.filter(pk=entries[1].pk)._raw_delete("default")
        assert named("I6 ")
