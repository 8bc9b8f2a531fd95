"""Who holds which slots: leases, fences, and pages that kill their workers."""

import datetime as dt

import pytest

from monitoring.collection import claims
from monitoring.collection.claims import LEASE, MAX_ATTEMPTS, Claim
from monitoring.models import Page, Slot, SlotReason, SlotStatus
from tests.factories import InstitutionFactory, PageFactory, RegionFactory

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2024, 10, 26, 10, tzinfo=dt.UTC)
DAY = dt.date(2024, 10, 26)
EXPIRED = NOW + LEASE + dt.timedelta(seconds=1)


@pytest.fixture
def region():
    return RegionFactory()


def due(region, count: int = 1, **fields: object) -> list[Page]:
    pages = [PageFactory(institution=InstitutionFactory(region=region)) for _ in range(count)]
    for page in pages:
        Slot.objects.create(page=page, day=DAY, **fields)
    return pages


def claim(size: int = 500, now: dt.datetime = NOW) -> Claim | None:
    return claims.claim("vk", size, now)


def page_ids(held: Claim | None) -> list[int]:
    return [slot.page_id for slot in held.slots] if held else []


class TestOrder:
    def test_whoever_waits_longest_comes_first_and_a_page_never_measured_before_all(self, region):
        [yesterday] = due(region, last_measured_on=DAY - dt.timedelta(days=1))
        [week] = due(region, last_measured_on=DAY - dt.timedelta(days=7))
        [never] = due(region)
        assert page_ids(claim()) == [never.pk, week.pk, yesterday.pk]

    def test_pages_that_failed_today_come_after_the_others(self, region):
        [failed] = due(region, attempts=1, reason=SlotReason.UNREACHABLE)
        [fresh] = due(region, last_measured_on=DAY - dt.timedelta(days=1))
        assert [page_ids(claim()), page_ids(claim())] == [[fresh.pk], [failed.pk]]

    def test_other_networks_final_slots_and_later_attempts_are_left_alone(self, region):
        due(region, status=SlotStatus.OK)
        due(region, next_attempt_at=NOW + dt.timedelta(minutes=1))
        page = PageFactory(institution=InstitutionFactory(region=region), platform="ok")
        Slot.objects.create(page=page, day=DAY)
        assert claim() is None

    def test_a_batch_spans_regions_and_no_more_than_its_size(self, region):
        due(region, 2)
        due(RegionFactory(), 2)
        assert len(page_ids(claim(size=3))) == 3


class TestLease:
    def test_a_slot_is_claimed_once(self, region):
        due(region, 3)
        assert len(page_ids(claim(size=2))) == 2
        assert len(page_ids(claim(size=2))) == 1
        assert claim() is None

    def test_a_claim_whose_worker_died_is_free_again(self, region):
        due(region)
        claim()
        assert claim(now=NOW + LEASE - dt.timedelta(seconds=1)) is None
        assert page_ids(claim(now=EXPIRED))

    def test_a_renewed_claim_is_not(self, region):
        due(region)
        claims.renew(claim(), NOW + dt.timedelta(seconds=10))
        assert claim(now=EXPIRED) is None

    def test_a_claim_that_was_lost_is_not_renewed(self, region):
        due(region)
        lost = claim()
        claim(now=EXPIRED)
        claims.renew(lost, EXPIRED + dt.timedelta(hours=1))
        assert Slot.objects.get().next_attempt_at == EXPIRED + LEASE


class TestFence:
    def test_whoever_claimed_last_holds_the_slot(self, region):
        [page] = due(region)
        late, present = claim(), claim(now=EXPIRED)
        assert claims.still_held(late.slots) == set()
        assert claims.still_held(present.slots) == {page.pk}

    def test_a_slot_that_was_closed_as_missed_meanwhile_may_still_be_filled(self, region):
        [page] = due(region)
        held = claim()
        Slot.objects.update(status=SlotStatus.FAILED, reason=SlotReason.MISSED)
        assert claims.still_held(held.slots) == {page.pk}

    def test_a_slot_that_is_done_may_not(self, region):
        due(region)
        held = claim()
        Slot.objects.update(status=SlotStatus.OK)
        assert claims.still_held(held.slots) == set()


class TestPoison:
    """A page that kills its worker is alone before its attempts are used up."""

    def test_after_a_death_the_batch_comes_back_in_quarters(self, region):
        due(region, 32)
        claim(size=32)
        sizes = []
        while held := claim(size=32, now=EXPIRED):
            sizes.append(len(held.slots))
        assert sizes == [8, 8, 8, 8]

    def test_slots_that_failed_are_not_mixed_with_fresh_ones(self, region):
        died = due(region, 2)
        claim()
        fresh = due(region, 2)
        assert sorted(page_ids(claim(now=EXPIRED))) == [page.pk for page in fresh]
        assert sorted(page_ids(claim(size=8, now=EXPIRED))) == [page.pk for page in died]

    def test_it_ends_in_quarantine_and_the_others_do_not(self, region):
        pages = due(region, 100)
        poison, now = pages[57].pk, NOW
        while held := claim(size=100, now=now):
            now += LEASE + dt.timedelta(seconds=1)
            if poison not in page_ids(held):
                Slot.objects.filter(page__in=page_ids(held)).update(status=SlotStatus.OK)
        quarantined = Slot.objects.filter(status=SlotStatus.FAILED)
        assert list(quarantined.values_list("page", "reason")) == [(poison, SlotReason.QUARANTINE)]
        assert quarantined.get().attempts == MAX_ATTEMPTS
        assert Slot.objects.filter(status=SlotStatus.OK).count() == 99
