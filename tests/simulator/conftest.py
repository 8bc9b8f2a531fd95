"""A small world with one page of each quirk, and a running simulator that plays it without limits."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import pytest

from monitoring.simulator.demo import DEMO_MOMENT, made_up_region
from monitoring.simulator.ok import KEY, TOKEN, signature
from monitoring.simulator.pages import Page
from monitoring.simulator.world import RegionWorld
from tests.simulator_fixtures import RunningSimulator, running

PAGES, SEED = 240, 7
NOW = int(DEMO_MOMENT.timestamp())


@dataclass(frozen=True)
class Small:
    """The running simulator and the same world beside it."""

    running: RunningSimulator
    world: RegionWorld
    client: httpx.Client
    today = DEMO_MOMENT.date()

    def page(self, platform: str, quirk: str = "") -> Page:
        """The page of that quirk; "" = the plain one."""
        return self.world.specimen(platform, quirk)

    def people(self, page: Page) -> int | None:
        return self.world.subscribers(page, DEMO_MOMENT.date())

    def get(self, path: str, **options) -> httpx.Response:
        return self.client.get(self.running.url + path, **options)

    def vk(self, method: str, token: str = "sim-vk-user", **values: object) -> dict:
        form = {"v": "5.199", "access_token": token, **values}
        return self.client.post(f"{self.running.url}/method/{method}", data=form).json()

    def ok(self, method: str, path: str = "/fb.do", **values: str) -> dict | list:
        values = {"application_key": KEY, "access_token": TOKEN, "format": "json", "method": method, **values}
        return self.client.post(self.running.url + path, data={"sig": signature(values), **values}).json()

    def bot(self, method: str, token: str = "1000001:sim-telegram", **values: str) -> httpx.Response:
        return self.client.post(f"{self.running.url}/bot{token}/{method}", data=values)

    def max(self, path: str, token: str = "sim-max", **params: object) -> httpx.Response:
        return self.get(path, params=params, headers={"Authorization": token})


@pytest.fixture(scope="session")
def _small() -> Iterator[Small]:
    options = ("--pages", str(PAGES), "--seed", str(SEED), "--rate", "none", "--now", DEMO_MOMENT.isoformat())
    with running(*options) as simulator, httpx.Client(trust_env=False, timeout=10) as client:
        yield Small(simulator, made_up_region(PAGES, SEED), client)


@pytest.fixture
def small(_small: Small) -> Small:
    """Clock at the demo's moment, no faults, no calls counted."""
    _small.running.reset()
    return _small


@pytest.fixture
def strict(start_simulator) -> Callable[..., Small]:
    """Starts a simulator with limits; its options are the function's."""
    client = httpx.Client(trust_env=False, timeout=10)

    def start(*options: str) -> Small:
        return Small(start_simulator("--pages", "20", *options), made_up_region(20, 1), client)

    yield start
    client.close()
