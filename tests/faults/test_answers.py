"""F20–F23, F25, F26: answers that are not what they should be. Played by the simulator over HTTP."""

import datetime as dt

import pytest

from monitoring import rollups, suspects
from monitoring.models import Page, PageDay, PageStatus, Suspect, SuspectState
from monitoring.platforms import connect, tokens_for, vk, vk_session
from monitoring.platforms.access import Access
from monitoring.platforms.answers import Counted
from monitoring.platforms.base import PageRef, PlatformError
from monitoring.simulator.counts import COUNTS

from .conftest import DAY


class TestF20F21Unreadable:
    FAULTS = {
        "html_instead_of_json": "F20",
        "empty": "F20",
        "truncated_json": "F21",
        "broken_gzip": "F21",
        "wrong_charset": "F21",
    }

    @pytest.mark.parametrize("fault", FAULTS)
    def test_what_cannot_be_read_is_no_number_and_no_state(self, town, fault, figure):
        town.simulator.set_faults([fault])
        town.collect()
        figure(self.FAULTS[fault], town.wrong(), 0, f"numbers made up of {fault}")
        assert not Page.objects.filter(platform="vk", status=PageStatus.NOT_FOUND).exists()
        assert not town.slots().filter(status="failed", reason="").exists()
        asked = town.slots().filter(reason="bad_answer", attempts__gt=0)
        assert asked.exists()
        assert not asked.exclude(answer_hash__regex="^[0-9a-f]{64}$").exists()
        town.simulator.set_faults([])
        town.collect_until_done()
        assert town.measured("vk") == town.expected("vk")

    def test_twin_who_takes_it_for_an_empty_answer_finds_that_pages_are_gone(self, town, monkeypatch):
        decode = vk_session.decode

        def indulgent(body: bytes) -> object:
            try:
                return decode(body)
            except PlatformError:
                return {"response": []}

        monkeypatch.setattr(vk_session, "decode", indulgent)
        town.simulator.set_faults(["truncated_json"])
        town.collect("vk")
        assert Page.objects.filter(status=PageStatus.NOT_FOUND).exists()


def by_position(self, pages):
    """As if the network answered in the order of the questions."""
    groups = self._groups([vk._key(page) for page in pages])
    return [self._page(page, group, True) for page, group in zip(pages, groups, strict=False)]


class TestF22Twice:
    def test_an_item_that_comes_twice_is_one_row(self, town, figure):
        town.simulator.set_faults(["duplicate_items"])
        town.collect("vk", "ok")
        figure("F22", town.wrong(), 0, "wrong numbers where items come twice")
        for code in ("vk", "ok"):
            assert town.measured(code) == town.expected(code)

    def test_twin_matched_by_position_pages_get_each_others_numbers(self, town, monkeypatch):
        monkeypatch.setattr(vk.Vk, "read_pages", by_position)
        town.simulator.set_faults(["duplicate_items"])
        town.collect("vk")
        assert town.wrong() > 0


class TestF23Shuffled:
    READINGS, PAGES = 1000, 10

    def test_with_gaps_too_each_page_gets_its_own_number(self, town):
        town.simulator.set_faults(["shuffled", "missing_items"])
        town.collect("vk", "ok")
        for code in ("vk", "ok"):
            expected = town.expected(code)
            assert town.measured(code).items() <= expected.items()
            assert len(town.measured(code)) >= 0.8 * len(expected)

    def wrong_readings(self, town, readings: int) -> int:
        """Of readings of a few pages, each answered in an order of its own, those with a number that is another's."""
        town.simulator.set_faults(["shuffled"])
        pages = [town.page("vk", nth) for nth in range(self.PAGES)]
        refs = [PageRef(page.pk, page.handle) for page in pages]
        client = connect("vk", Access(tokens_for("vk")))
        try:
            found = [{r.page_id: r.subscribers for r in client.read_pages(refs)} for _ in range(readings)]
        finally:
            client.close()
        return sum(reading != {page.pk: town.shown[page.pk] for page in pages} for reading in found)

    def test_none_of_a_thousand_shuffled_answers_is_mixed_up(self, town, figure):
        figure("F23", self.wrong_readings(town, self.READINGS), 0, f"of {self.READINGS} shuffled answers mixed up")

    def test_twin_matched_by_position_they_are(self, town, monkeypatch):
        monkeypatch.setattr(vk.Vk, "read_pages", by_position)
        assert self.wrong_readings(town, 10) > 0


class TestF25OddCounts:
    SANE = frozenset({"string", "string_spaces", "string_nbsp", "string_comma", "float_whole", "leading_zeros", "zero"})
    ROUNDED = frozenset({"string_k", "string_k_dot", "string_m", "string_cyrillic"})

    @pytest.fixture
    def pages(self, town) -> dict[str, Page]:
        """Thirty kinds at once, each at a page of its own."""
        pages = {kind: town.page("vk", nth) for nth, kind in enumerate(sorted(COUNTS))}
        assert len({page.pk for page in pages.values()}) == len(COUNTS) == 30
        town.simulator.set_faults([f"count_{kind}@{page.handle}" for kind, page in pages.items()])
        return pages

    def stored(self, pages: dict[str, Page]) -> dict[str, str]:
        """Kinds that became numbers, with the numbers' provenance."""
        days = PageDay.objects.filter(day=DAY, subscribers__isnull=False)
        provenance = dict(days.values_list("page", "subscribers_provenance"))
        return {kind: provenance[page.pk] for kind, page in pages.items() if page.pk in provenance}

    def test_none_becomes_a_number_and_no_other_page_suffers(self, town, pages, figure):
        town.collect("vk")
        stored = self.stored(pages)
        odd = stored.keys() - self.SANE - self.ROUNDED
        figure("F25", len(odd), 0, f"of {len(COUNTS)} kinds of odd counts became numbers")
        assert {kind for kind, provenance in stored.items() if provenance == "rounded"} == stored.keys() & self.ROUNDED
        others = {key: number for key, number in town.expected("vk").items() if key not in self.ids(pages)}
        assert {key: n for key, n in town.measured("vk").items() if key not in self.ids(pages)} == others

    def ids(self, pages: dict[str, Page]) -> set[str]:
        return set(
            Page.objects.filter(pk__in=[page.pk for page in pages.values()]).values_list("external_id", flat=True)
        )

    def test_twin_who_takes_the_digits_of_anything_has_numbers(self, town, pages, monkeypatch):
        def digits(given: object) -> Counted:
            return Counted(int("".join(filter(str.isdigit, str(given)))[:9] or 0))

        monkeypatch.setattr("monitoring.platforms.vk_answers.counted", digits)
        town.collect("vk")
        assert self.stored(pages).keys() - self.SANE - self.ROUNDED


class TestF26Jumps:
    @pytest.fixture
    def page(self, town):
        """Yesterday's number is known."""
        page = max(
            (town.page("vk", nth) for nth in range(8)),
            key=lambda found: town.world.subscribers(self.twin(town, found), DAY),
        )
        self.yesterday = town.world.subscribers(self.twin(town, page), DAY)
        self.collect(town, 0)
        return page

    @staticmethod
    def twin(town, page):
        return next(p for p in town.world.pages if p.platform == "vk" and p.handle_on(DAY) == page.handle)

    @staticmethod
    def collect(town, days: int) -> None:
        town.now += dt.timedelta(days=days)
        town.simulator.set_clock(town.now)
        town.collect("vk")
        rollups.roll_up(town.region, town.now.date())

    @pytest.mark.parametrize("share", [0.1, 20])
    def test_a_sudden_change_waits_and_the_next_day_decides(self, town, page, share, figure):
        town.simulator.change_page("vk", page.handle, "subscribers", round(self.yesterday * share))
        self.collect(town, 1)
        figure("F26", self.stored(town, page), 0, f"numbers stored that are {share} times the day before's")
        assert Suspect.objects.get(page=page).state == SuspectState.OPEN
        self.collect(town, 1)
        assert Suspect.objects.get(page=page, day=DAY + dt.timedelta(days=1)).state == SuspectState.CONFIRMED

    def test_a_number_that_goes_back_was_none(self, town, page):
        town.simulator.change_page("vk", page.handle, "subscribers", self.yesterday * 20)
        self.collect(town, 1)
        town.simulator.change_page("vk", page.handle, "subscribers", self.yesterday + 1)
        self.collect(town, 1)
        assert Suspect.objects.get(page=page).state == SuspectState.REJECTED

    def test_twin_without_doubt_it_is_a_number(self, town, page, monkeypatch):
        monkeypatch.setattr(suspects, "doubt", lambda *_: None)
        town.simulator.change_page("vk", page.handle, "subscribers", self.yesterday * 20)
        self.collect(town, 1)
        assert self.stored(town, page) == 1

    def stored(self, town, page) -> int:
        return PageDay.objects.filter(page=page, day=town.now.date(), subscribers__isnull=False).count()
