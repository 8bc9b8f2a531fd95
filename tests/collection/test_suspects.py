"""Doubtful numbers: kept apart, decided by the next day or by an analyst."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from gospub.accounts.models import AuditEntry
from monitoring.collection.ingest import Ingest
from monitoring.models import (
    EventKind,
    GroupDay,
    Page,
    PageDay,
    PageEvent,
    PageState,
    Provenance,
    Slot,
    SlotReason,
    SlotStatus,
    Suspect,
    SuspectState,
)
from monitoring.platforms.base import PageReading
from monitoring.rollups import roll_up
from monitoring.suspects import AlreadyDecidedError, decide, is_jump
from tests.factories import PageFactory, analyst

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("Asia/Vladivostok")
DAY = dt.date(2024, 10, 26)
NOW = dt.datetime(2024, 10, 26, 20, tzinfo=ZONE)
DAYS = [dt.timedelta(days=n) for n in range(6)]


@pytest.fixture
def page() -> Page:
    """Yesterday it had exactly 1 000 subscribers."""
    page = PageFactory(external_id="5", status="open")
    PageDay.objects.create(page=page, day=DAY - DAYS[1], subscribers=1000, answer_hash="cd" * 32)
    PageState.objects.create(page=page, subscribers=1000, measured_on=DAY - DAYS[1])
    return page


def read(page: Page, subscribers: int | None, step: int = 1, raw: str = "", after: int = 0) -> SlotReason | None:
    """A reading so many days after DAY; returns what the slot says."""
    found = Page.objects.select_related("state").get(pk=page.pk)
    reading = PageReading(
        page.pk,
        "ab" * 32,
        external_id="5",
        handle=page.handle,
        subscribers=subscribers,
        subscribers_step=step,
        subscribers_raw=raw,
    )
    return (
        Ingest({page.pk: found}, DAY + DAYS[after], NOW + DAYS[after], ZONE).store({page.pk: reading}, {}).get(page.pk)
    )


def counts(after: int = 0) -> int | None:
    """The number that stands for the day."""
    return PageDay.objects.filter(day=DAY + DAYS[after]).values_list("subscribers", flat=True).first()


@pytest.mark.parametrize("number", [0, 100, 300, 5000, 20_000])
def test_a_jump_is_kept_apart_with_the_hash_of_the_answer(page, number):
    assert read(page, number) == SlotReason.SUSPECT
    doubt = Suspect.objects.get()
    assert (doubt.kind, doubt.value, doubt.raw, doubt.expected) == ("jump", number, str(number), 1000)
    assert doubt.answer_hash == "ab" * 32
    assert counts() is None


def test_without_the_rule_it_would_count(page, monkeypatch):
    monkeypatch.setattr("monitoring.suspects.doubt", lambda reading, known: None)
    assert read(page, 20_000) is None
    assert counts() == 20_000


@pytest.mark.parametrize("number", [999, 1000, 1100, 1900, 600])
def test_what_pages_do_by_themselves_is_no_doubt(page, number):
    assert read(page, number) is None
    assert counts() == number


def test_small_pages_may_jump():
    assert not is_jump(5, 90)
    assert is_jump(5, 120)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [("-5", "negative"), ("\u22125", "negative"), ("nan", "absurd"), ("1e+18", "absurd"), ("[]", "absurd")],
)
def test_what_is_no_count_is_kept_as_it_was_given(page, raw, kind):
    assert read(page, None, raw=raw) == SlotReason.SUSPECT
    doubt = Suspect.objects.get()
    assert (doubt.kind, doubt.raw, doubt.value) == (kind, raw, None)
    assert counts() is None


def test_a_number_that_is_gone_where_it_was_shown_is_doubtful_until_an_analyst_says_that_it_is_hidden(page):
    assert read(page, None) == SlotReason.SUSPECT
    decide(Suspect.objects.get(), confirm=True, user=analyst(page.institution.region), note="", now=NOW)
    assert read(page, None, after=1) is None
    assert counts() is None


def test_rounded_where_it_was_exact_is_doubtful_and_rounded_as_ever_is_not(page):
    assert read(page, 1000, step=100) == SlotReason.SUSPECT
    PageState.objects.update(subscribers_provenance=Provenance.ROUNDED)
    assert read(page, 1000, step=100, after=1) is None
    assert PageDay.objects.get(day=DAY + DAYS[1]).subscribers_provenance == Provenance.ROUNDED


def test_the_first_number_of_a_page_is_not_doubted():
    assert read(PageFactory(external_id="5", status="open"), 12_300, step=100) is None
    assert counts() == 12_300


def test_a_last_good_number_that_is_weeks_old_measures_nothing(page):
    PageState.objects.update(measured_on=DAY - dt.timedelta(days=30))
    assert read(page, 20_000) is None


def test_the_page_keeps_its_posts_and_its_name(page):
    read(page, 20_000)
    assert Page.objects.get().seen_at == NOW


class TestNextDay:
    def test_a_number_near_the_doubtful_one_confirms_it(self, page):
        read(page, 20_000)
        assert read(page, 20_100, after=1) is None
        doubt = Suspect.objects.get()
        assert (doubt.state, doubt.decided_by) == (SuspectState.CONFIRMED, None)
        assert (counts(), counts(after=1)) == (20_000, 20_100)

    def test_a_number_near_the_one_before_rejects_it(self, page):
        read(page, 20_000)
        assert read(page, 1004, after=1) is None
        assert Suspect.objects.get().state == SuspectState.REJECTED
        assert (counts(), counts(after=1)) == (None, 1004)

    @pytest.mark.parametrize("number", [1500, 9000])
    def test_one_between_them_is_measured_by_the_same_number_before(self, page, number):
        read(page, 20_000)
        assert read(page, number, after=1) == SlotReason.SUSPECT
        assert Suspect.objects.get(day=DAY + DAYS[1]).expected == 1000

    def test_a_confirmed_number_makes_its_events_on_its_own_day(self, page):
        read(page, 20_000)
        read(page, 20_100, after=1)
        events = PageEvent.objects.order_by("kind").values_list("day", "kind", "old", "new")
        assert list(events) == [(DAY, "gain", "1000", "20000"), (DAY, "milestone", "1000", "10000")]

    def test_the_slot_of_a_confirmed_number_is_plainly_ok(self, page):
        Slot.objects.create(page=page, day=DAY, status=SlotStatus.OK, reason=read(page, 20_000))
        read(page, 20_100, after=1)
        assert Slot.objects.get().reason == ""

    def test_after_a_week_no_reading_decides_any_more(self, page):
        read(page, 20_000)
        found = Page.objects.select_related("state").get()
        reading = PageReading(page.pk, external_id="5", handle=page.handle, subscribers=20_000)
        later = dt.timedelta(days=8)
        Ingest({page.pk: found}, DAY + later, NOW + later, ZONE).store({page.pk: reading}, {})
        assert Suspect.objects.get().state == SuspectState.OPEN

    def test_a_number_that_a_network_rounds_as_ever_rejects_without_a_new_doubt(self, page):
        PageState.objects.update(subscribers_provenance=Provenance.ROUNDED)
        read(page, 20_000, step=1000)
        assert read(page, 1000, step=100, after=1) is None
        assert Suspect.objects.get().state == SuspectState.REJECTED

    def test_one_that_bears_out_neither_is_doubtful_as_well(self, page):
        read(page, 20_000)
        assert read(page, 300_000, after=1) == SlotReason.SUSPECT
        assert set(Suspect.objects.values_list("state", flat=True)) == {SuspectState.OPEN}


class TestDecision:
    def test_a_confirmed_number_counts_on_the_page_and_in_the_region(self, page):
        Slot.objects.create(page=page, day=DAY, status=SlotStatus.OK, reason=read(page, 20_000))
        region = page.institution.region
        roll_up(region, DAY)
        assert GroupDay.objects.get(region=region, dimension="all", day=DAY).subscribers is None
        decide(Suspect.objects.get(), confirm=True, user=analyst(region), note="Конкурс", now=NOW)
        assert PageState.objects.get().subscribers == 20_000
        assert GroupDay.objects.get(region=region, dimension="all", day=DAY).subscribers == 20_000

    def test_a_rejected_one_leaves_the_day_without_data_and_the_slot_says_so(self, page):
        Slot.objects.create(page=page, day=DAY, status=SlotStatus.OK, reason=read(page, 20_000))
        decide(Suspect.objects.get(), confirm=False, user=analyst(page.institution.region), note="", now=NOW)
        assert counts() is None
        assert Slot.objects.get().reason == SlotReason.REJECTED

    def test_a_confirmed_absence_is_a_page_that_hides_its_figures(self, page):
        Slot.objects.create(page=page, day=DAY, status=SlotStatus.OK, reason=read(page, None))
        decide(Suspect.objects.get(), confirm=True, user=analyst(page.institution.region), note="", now=NOW)
        slot = Slot.objects.get()
        assert (slot.status, slot.reason) == (SlotStatus.FAILED, SlotReason.CLOSED)

    def test_what_is_no_number_cannot_be_confirmed(self, page):
        read(page, None, raw="-5")
        with pytest.raises(ValueError, match="-5"):
            decide(Suspect.objects.get(), confirm=True, user=analyst(page.institution.region), note="", now=NOW)
        assert Suspect.objects.get().state == SuspectState.OPEN

    def test_reading_the_same_number_again_does_not_ask_again(self, page):
        read(page, 20_000)
        decide(Suspect.objects.get(), confirm=False, user=analyst(page.institution.region), note="", now=NOW)
        assert read(page, 20_000) == SlotReason.SUSPECT
        assert Suspect.objects.get().state == SuspectState.REJECTED
        assert counts() is None

    def test_a_rejected_absence_is_not_asked_about_again(self, page):
        read(page, None)
        decide(Suspect.objects.get(), confirm=False, user=analyst(page.institution.region), note="", now=NOW)
        assert read(page, None) == SlotReason.SUSPECT
        assert Suspect.objects.get().state == SuspectState.REJECTED

    def test_another_doubtful_number_of_the_same_day_asks_anew(self, page):
        read(page, 20_000)
        decide(Suspect.objects.get(), confirm=False, user=analyst(page.institution.region), note="", now=NOW)
        read(page, 30_000)
        doubt = Suspect.objects.get()
        assert (doubt.state, doubt.value, doubt.decided_by, doubt.note) == (SuspectState.OPEN, 30_000, None, "")

    def test_a_good_reading_of_the_same_day_ends_the_doubt(self, page):
        read(page, 20_000)
        assert read(page, 1001) is None
        assert Suspect.objects.get().state == SuspectState.REJECTED
        assert counts() == 1001

    def test_a_confirmed_number_is_an_event_of_its_day(self, page):
        read(page, 100)
        decide(Suspect.objects.get(), confirm=True, user=analyst(page.institution.region), note="", now=NOW)
        event = PageEvent.objects.get()
        assert (event.kind, event.day, event.old, event.new) == (EventKind.LOSS, DAY, "1000", "100")

    def test_an_earlier_day_does_not_take_the_place_of_the_latest(self, page):
        region = page.institution.region
        Slot.objects.create(page=page, day=DAY, status=SlotStatus.OK, reason=read(page, None, raw="[]"))
        read(page, 1001, after=1)
        Slot.objects.create(page=page, day=DAY + DAYS[1], status=SlotStatus.OK)
        roll_up(region, DAY + DAYS[1])
        Suspect.objects.update(value=900)
        decide(Suspect.objects.get(), confirm=True, user=analyst(region), note="", now=NOW + DAYS[1])
        state = PageState.objects.get()
        assert (state.subscribers, state.measured_on, state.change_day) == (1001, DAY + DAYS[1], 101)

    def test_who_decided_stands_in_the_audit_trail(self, page):
        read(page, 20_000)
        user = analyst(page.institution.region)
        decide(Suspect.objects.get(), confirm=True, user=user, note="Конкурс", now=NOW)
        entry = AuditEntry.objects.get()
        assert (entry.actor, entry.action, entry.after["note"]) == (user.email, "suspect.decide", "Конкурс")

    def test_two_analysts_cannot_both_decide(self, page):
        read(page, 20_000)
        first, second = Suspect.objects.get(), Suspect.objects.get()
        user = analyst(page.institution.region)
        decide(first, confirm=False, user=user, note="", now=NOW)
        with pytest.raises(AlreadyDecidedError):
            decide(second, confirm=True, user=user, note="", now=NOW)
        assert counts() is None
        assert AuditEntry.objects.count() == 1


def test_a_doubtful_number_is_no_event_until_it_is_borne_out(page):
    read(page, 20_000)
    assert not PageEvent.objects.filter(kind=EventKind.GAIN).exists()
