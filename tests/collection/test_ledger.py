"""The invariants of the ledger: clean after a day's work, and each break named."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command

from gospub.accounts import audit
from gospub.accounts.models import AuditEntry
from monitoring.collection.planning import plan_day
from monitoring.models import GroupDay, Page, PageDay, PageMonth, Slot, SlotStatus
from ratings.computing import compute, store_preset
from ratings.models import Rating, Score
from tests.factories import InstitutionFactory, PageFactory, RegionFactory, collected

pytestmark = pytest.mark.django_db

DAY = dt.date(2024, 10, 26)
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
    assert verify() == (0, "Нарушений нет; проверено 3 строки журнала\n")


def named(text: str) -> bool:
    status, said = verify()
    return status == 1 and text in said


class TestNothingLost:
    def test_a_day_without_a_slot(self, page):
        Slot.objects.filter(day=DAY - dt.timedelta(days=1)).delete()
        assert named("I1 ")

    def test_a_past_day_that_is_still_due(self, page):
        Slot.objects.filter(day=DAY - dt.timedelta(days=1)).update(status=SlotStatus.DUE)
        assert named("I1 ")

    def test_days_before_the_daily_collection_are_not_owed(self, page):
        page.institution.region.daily_since = DAY
        page.institution.region.save()
        Slot.objects.filter(day__lt=DAY).delete()
        assert verify()[0] == 0

    def test_today_may_be_due(self, page):
        Slot.objects.filter(day=DAY).update(status=SlotStatus.DUE)
        assert verify()[0] == 0

    def test_an_outage_of_the_scheduler_is_no_break_once_the_next_day_is_planned(self, page):
        Slot.objects.filter(day=DAY - dt.timedelta(days=1)).delete()
        PageDay.objects.filter(day=DAY - dt.timedelta(days=1)).delete()
        Slot.objects.filter(day=DAY).delete()
        region = page.institution.region
        plan_day(region, NOW)
        assert verify()[0] == 0
        assert Slot.objects.get(day=DAY - dt.timedelta(days=1)).reason == "missed"


class TestNothingTwice:
    def test_a_sum_that_is_not_that_of_its_pages(self, page):
        verify()
        PageDay.objects.filter(day=DAY - dt.timedelta(days=1)).update(subscribers=5)
        Slot.objects.filter(day=DAY).delete()
        assert named("I2 ")

    def test_a_month_that_is_not_that_of_its_days(self, page):
        verify()
        PageMonth.objects.update(views=999)
        Slot.objects.filter(day=DAY).delete()
        assert named("I2 ")
        assert GroupDay.objects.exists()


class TestHonest:
    def test_a_failure_without_a_reason(self, page):
        PageDay.objects.filter(day=DAY).delete()
        Slot.objects.filter(day=DAY).update(status=SlotStatus.FAILED, reason="")
        assert named("I3 ")

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
        assert verify()[0] == 0


class TestSealed:
    def test_a_score_that_was_changed_behind_its_rating(self, page):
        store_preset("amur")
        compute(page.institution.region, DAY, "amur", NOW)
        assert verify()[0] == 0
        Score.objects.update(points=1)
        assert named("I5 ")

    def test_computing_again_seals_again(self, page):
        store_preset("amur")
        compute(page.institution.region, DAY, "amur", NOW)
        Score.objects.update(points=1)
        compute(page.institution.region, DAY, "amur", NOW)
        assert Rating.objects.count() == 1
        assert verify()[0] == 0


class TestAudit:
    @pytest.fixture
    def entries(self, page) -> list[AuditEntry]:
        return [audit.record(None, "test", f"thing {n}", before={}, after={"n": n}, now=NOW) for n in range(3)]

    def test_whole(self, entries):
        assert verify()[0] == 0

    def test_an_entry_that_was_changed(self, entries):
        AuditEntry.objects.filter(pk=entries[1].pk).update(after={"n": 7})
        assert named("I6 ")

    def test_an_entry_that_was_taken_away(self, entries):
        entries[1].delete()
        assert named("I6 ")
