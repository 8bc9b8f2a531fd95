"""F29–F31: what becomes of pages. Rows of the fault table, played by the simulator over HTTP."""

import datetime as dt

import pytest

from monitoring.collection import ingest
from monitoring.models import Page, PageDay, PageEvent, PageStatus, Post, Slot
from monitoring.platforms import vk

from .conftest import DAY

TOMORROW = DAY + dt.timedelta(days=1)


def next_day(town) -> None:
    town.now += dt.timedelta(days=1)
    town.simulator.set_clock(town.now)
    town.collect("vk", "ok")


@pytest.fixture
def page(town) -> Page:
    """Read yesterday."""
    page = town.page("vk", 20)
    town.collect("vk", "ok")
    page.refresh_from_db()
    return page


def kinds(page: Page) -> list[str]:
    return list(PageEvent.objects.filter(page=page, day=TOMORROW).values_list("kind", flat=True))


class TestF29Renamed:
    def test_it_stays_the_same_page(self, town, page, figure):
        before = Page.objects.count()
        town.simulator.change_page("vk", page.handle, "renamed", "quite_new_name")
        next_day(town)
        page.refresh_from_db()
        assert page.handle == "quite_new_name"
        assert kinds(page) == ["renamed"]
        assert PageDay.objects.filter(page=page, subscribers__isnull=False).count() == 2
        figure("F29", Page.objects.count() - before, 0, "new pages after a renaming")

    def test_twin_who_asks_by_name_alone_loses_it(self, town, page):
        Page.objects.update(external_id="")
        town.simulator.change_page("vk", page.handle, "renamed", "quite_new_name")
        next_day(town)
        assert not PageDay.objects.filter(page=page, day=TOMORROW, subscribers__isnull=False).exists()


class TestF30Gone:
    @pytest.mark.parametrize(
        ("change", "status"),
        [("deleted", PageStatus.DELETED), ("banned", PageStatus.BLOCKED), ("closed", PageStatus.CLOSED)],
    )
    def test_the_day_says_so_and_is_no_zero(self, town, page, change, status, figure):
        town.simulator.change_page("vk", page.handle, change)
        next_day(town)
        page.refresh_from_db()
        assert page.status == status
        assert kinds(page) == [status]
        assert (Slot.objects.get(page=page, day=TOMORROW).status == "failed") == (change != "closed")
        figure("F30", PageDay.objects.filter(day=TOMORROW, subscribers=0).count(), 0, f"zeros, {change}")

    def test_twin_who_overlooks_the_mark_of_it_takes_it_for_open(self, town, page, monkeypatch):
        read = vk.read_page

        def overlooking(page, found, *more):
            return read(page, {name: value for name, value in found.items() if name != "deactivated"}, *more)

        monkeypatch.setattr(vk, "read_page", overlooking)
        town.simulator.change_page("vk", page.handle, "deleted")
        next_day(town)
        page.refresh_from_db()
        assert page.status == PageStatus.OPEN


class TestF31TakenOver:
    """Telegram's channels are asked for by name, so a name that somebody else took answers."""

    @pytest.fixture
    def channel(self, town) -> Page:
        """Read once; its name belongs to somebody else since."""
        town.collect("telegram")
        found = Page.objects.filter(platform="telegram").exclude(external_id="").order_by("pk").first()
        town.simulator.change_page("telegram", found.handle, "taken_over")
        return found

    def stored(self, town, channel: Page) -> int:
        """Rows that the next day's reading leaves of the channel."""
        posts = Post.objects.filter(page=channel).count()
        town.now += dt.timedelta(days=1)
        town.simulator.set_clock(town.now)
        town.collect("telegram")
        days = PageDay.objects.filter(page=channel, day__gt=DAY, subscribers__isnull=False).count()
        return days + Post.objects.filter(page=channel).count() - posts

    def test_nothing_of_the_other_channel_is_mixed_in(self, town, channel, figure):
        figure("F31", self.stored(town, channel), 0, "rows of another channel")
        channel.refresh_from_db()
        assert channel.status == PageStatus.REPLACED

    def test_twin_without_the_guard_it_is_taken_for_ours(self, town, channel, monkeypatch):
        monkeypatch.setattr(ingest.Ingest, "_is_replaced", lambda self, reading: False)
        self.stored(town, channel)
        channel.refresh_from_db()
        assert channel.status != PageStatus.REPLACED
