"""A made-up region that faults befall, collected in this process (`town`), or by real children (`house`); at the end
of the run a table of the figures."""

import datetime as dt
import math
import os
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO

import httpx
import pytest
from django.core.management import call_command
from django.db.models import Min

from monitoring.collection import planning, run
from monitoring.collection.turns import turns
from monitoring.models import Institution, Page, PageDay, PlatformCode, Region, Slot
from monitoring.simulator.demo import made_up_region
from tests.gospub.web import MAKE_OPERATORS, sign_in, visitor
from tests.simulator_fixtures import RunningSimulator

from .house import House

SEED_OF_RUN = int(os.environ.get("GOSPUB_FAULT_SEED") or random.randrange(1_000_000))
PAGES, SEED = 80, 1
NOW = dt.datetime(2024, 10, 26, 8, tzinfo=dt.UTC)  # 17:00 in the region
DAY = dt.date(2024, 10, 26)


class Town:
    """The region and its simulator. `now`: the clock of whoever collects; `shown`: what the networks show on DAY, by
    page."""

    def __init__(self, simulator: RunningSimulator, settings) -> None:
        self.simulator = simulator
        self._settings = settings
        self.world = made_up_region(PAGES, SEED)
        plan = self.world.plan
        self.region = Region.objects.create(code=plan.code, name=plan.name, oktmo=plan.oktmo, time_zone=plan.zone)
        institution = Institution.objects.create(region=self.region, name="Все страницы")
        self.now = NOW
        alive = [page for page in self.world.pages if page.exists(DAY) and not page.hidden]
        Page.objects.bulk_create(
            Page(institution=institution, platform=page.platform, handle=page.handle_on(DAY), added_on=page.born)
            for page in alive
        )
        pages = {(page.platform, page.handle): page.pk for page in Page.objects.all()}
        self.shown = {pages[page.platform, page.handle_on(DAY)]: self.world.subscribers(page, DAY) for page in alive}

    @property
    def now(self) -> dt.datetime:
        return dt.datetime.fromisoformat(self._settings.DEMO_CLOCK)

    @now.setter
    def now(self, moment: dt.datetime) -> None:
        self._settings.DEMO_CLOCK = moment.isoformat()
        turns.cache_clear()  # they go by the real clock, on which nothing of this takes long

    def collect(self, *platforms: str, seconds: float = math.inf) -> None:
        """Plan the day and work off what may be claimed now."""
        planning.plan_day(self.region, self.now)
        for code in platforms or PlatformCode.values:
            run.Runner(code, lambda: self.now, threading.Event()).run(seconds)

    def collect_until_done(self, hours: float = 5) -> None:
        """As workers do through the day: whenever something is due again."""
        end = self.now + dt.timedelta(hours=hours)
        while self.now < end:
            self.collect()
            again = self.slots().filter(status="due").aggregate(at=Min("next_attempt_at"))["at"]
            if again is None:
                return
            self.now = max(again, self.now + dt.timedelta(seconds=1))

    def slots(self, platform: str = ""):
        found = Slot.objects.filter(day=DAY)
        return found.filter(platform=platform) if platform else found

    def measured(self, platform: str = "") -> dict[str, int]:
        """Subscribers of the day by the network's id, else by short name."""
        rows = PageDay.objects.filter(day=DAY, subscribers__isnull=False)
        rows = rows.filter(page__platform=platform) if platform else rows
        return {
            page or handle: n
            for page, handle, n in rows.values_list("page__external_id", "page__handle", "subscribers")
        }

    def expected(self, platform: str) -> dict[str, int]:
        """What the network shows, by its id."""
        found = {
            page.external_id: self.world.subscribers(page, DAY)
            for page in self.world.pages
            if page.platform == platform and page.exists(DAY) and page.quirk != "group"
        }
        return {external_id: number for external_id, number in found.items() if number is not None}

    def wrong(self) -> int:
        """How many numbers of the day are other ones than the page shows."""
        rows = PageDay.objects.filter(day=DAY, subscribers__isnull=False).values_list("page", "subscribers")
        return sum(self.shown[page] != number for page, number in rows)

    def page(self, platform: str, nth: int = 3) -> Page:
        """An ordinary page that shows its count."""
        shown = self.expected(platform)
        handles = {p.handle_on(DAY): p.external_id for p in self.world.pages if p.platform == platform}
        pages = [p for p in Page.objects.filter(platform=platform).order_by("pk") if handles.get(p.handle) in shown]
        return pages[nth]


def breaks() -> str:
    """Of the ledger, "" where there are none."""
    out = StringIO()
    try:
        call_command("verify_ledger", stdout=out)
    except SystemExit:
        return out.getvalue()
    return ""


@pytest.fixture
def town(request, transactional_db, start_simulator: Callable[..., RunningSimulator], settings) -> Iterator[Town]:
    """After every fault the ledger is whole; its twin may have broken it."""
    simulator = start_simulator("--pages", str(PAGES), "--seed", str(SEED), "--rate", "none", "--now", NOW.isoformat())
    settings.MAX_BOT_TOKENS = []
    town = Town(simulator, settings)
    yield town
    if not is_twin(request):
        assert breaks() == ""


def is_twin(request: pytest.FixtureRequest) -> bool:
    """Whether the test takes the guard away."""
    return request.function.__name__.startswith("test_twin")


@pytest.fixture(scope="session")
def dice() -> random.Random:
    """Moments of faults. GOSPUB_FAULT_SEED plays a run again."""
    return random.Random(SEED_OF_RUN)


@pytest.fixture(scope="session")
def _house(dice: random.Random) -> Iterator[House]:
    house = House(dice)
    yield house
    house.close()


@pytest.fixture
def house(request, _house: House) -> Iterator[House]:
    """The installation of real children, as before the first fault; the ledger is whole after every fault."""
    _house.renew()
    yield _house
    if not is_twin(request) and "filler" not in request.fixturenames:  # a full disk takes the base away with it
        _house.verify()
    _house.stop_children()


@pytest.fixture
def operator(house: House) -> Iterator[httpx.Client]:
    """Signed in while all was well."""
    with signed_in(house) as client:
        yield client


@pytest.fixture
def unguarded(house: House) -> Iterator[httpx.Client]:
    """The same, on a web without what keeps it up while its base or its Redis is away."""
    with signed_in(house, DJANGO_SETTINGS_MODULE="tests.gospub.unguarded_settings") as client:
        yield client


@contextmanager
def signed_in(house: House, **environment: str) -> Iterator[httpx.Client]:
    """An operator's browser, on a web with those settings."""
    house.manage("shell", "--verbosity", "0", "-c", MAKE_OPERATORS)
    with house.web(**environment) as url, visitor(url) as client:
        assert sign_in(client).status_code == 302
        yield client


# --- the table of figures ------------------------------------------------------------------------


@pytest.fixture
def figure(record_property) -> Callable[..., None]:
    """Notes what a row of the fault table came to: figure("F02", 21.4, 60, "s until all slots are final").

    Fails where the figure is over its limit; `limit` None = there is none.
    """

    def note(row: str, value: float, limit: float | None, what: str) -> None:
        record_property("figure", (row, value, limit, what))
        assert limit is None or value <= limit, f"{row}: {value:.1f} {what}, the limit is {limit}"

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A line for each figure, with what became of its test; the seed with which the moments come again."""
    reports = [
        report
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "nodeid", "").startswith("tests/faults/")
    ]
    if not reports:
        return
    lines = [
        (*figure, report.outcome)
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, figure in report.user_properties
        if name == "figure"
    ]
    terminalreporter.section(f"faults, GOSPUB_FAULT_SEED={SEED_OF_RUN}")
    terminalreporter.line(f"{'row':5}{'outcome':9}{'figure':>9}{'limit':>8}  what")
    for row, value, limit, what, outcome in sorted(lines, key=lambda line: line[0]):
        shown = "–" if limit is None else f"{limit:g}"
        terminalreporter.line(f"{row:5}{outcome:9}{value:9.1f}{shown:>8}  {what}")
