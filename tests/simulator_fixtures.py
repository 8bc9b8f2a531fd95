"""A simulator in a child process for tests: real HTTP, its clock and faults turned from outside."""

import datetime as dt
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest
from django.conf import settings as django_settings

from monitoring.simulator.client import set_clock
from monitoring.simulator.demo import DEMO_MOMENT


@dataclass(frozen=True)
class RunningSimulator:
    """One simulator at `url`."""

    url: str

    def set_clock(self, moment: dt.datetime) -> None:
        set_clock(self.url, moment)

    def set_faults(self, names: list[str]) -> None:
        httpx.post(f"{self.url}/_simulator/faults", json={"faults": names}, trust_env=False).raise_for_status()

    def change_page(self, platform: str, page: str, change: str, value: str | int | None = None) -> None:
        """Let something happen to a page (by short name or number) today: renamed (value: the new short name),
        deleted, banned, closed, reopened, taken_over, subscribers (value: the exact count; None = as made up)."""
        given = {"platform": platform, "page": page, "change": change, "value": value}
        httpx.post(f"{self.url}/_simulator/pages", json=given, trust_env=False).raise_for_status()

    def arrivals(self) -> dict[str, dict[str, list[float]]]:
        """When the latest 20 000 requests came (seconds of a steady clock), by network and token, application or
        caller's address."""
        return httpx.get(f"{self.url}/_simulator/arrivals", trust_env=False).json()

    def calls(self) -> dict[str, int]:
        return httpx.get(f"{self.url}/_simulator/calls", trust_env=False).json()

    def reset(self) -> None:
        """Clock at the demo's moment, no faults, no changed pages, no calls counted."""
        self.set_clock(DEMO_MOMENT)
        self.forget()

    def forget(self) -> None:
        """No faults, no changed pages, no calls counted; the clock goes on as it was set."""
        self.set_faults([])
        for switch, given in (("pages", {"reset": True}), ("calls", None), ("arrivals", None)):
            httpx.post(f"{self.url}/_simulator/{switch}", json=given, trust_env=False).raise_for_status()

    def settings(self) -> dict[str, object]:
        """Settings with which Gospub takes this simulator for every network."""
        return {
            "NETWORK_URLS": dict.fromkeys(django_settings.NETWORK_URLS, self.url),
            "SIMULATOR_URL": self.url,
            "VK_TOKENS": ["user:sim-vk-user"],
            "OK_APPLICATION_KEY": "sim-ok-key",
            "OK_APPLICATION_SECRET": "sim-ok-secret",
            "OK_ACCESS_TOKEN": "sim-ok-token",
            "TELEGRAM_BOT_TOKENS": [],
            "MAX_BOT_TOKENS": ["sim-max"],
            "REQUESTS_PER_SECOND": dict.fromkeys(django_settings.REQUESTS_PER_SECOND, 0),
        }


@contextmanager
def running(*options: str) -> Iterator[RunningSimulator]:
    """`manage.py simulate` with those options on a free port of its own choice, stopped at the end."""
    command = [sys.executable, "manage.py", "simulate", "--port", "0", *options]
    with subprocess.Popen(command, cwd=django_settings.BASE_DIR, stdout=subprocess.PIPE, text=True) as child:
        try:
            address = child.stdout.readline().strip()
            if not address:
                raise RuntimeError(f"the simulator did not start: {' '.join(command)}")
            yield RunningSimulator(address)
        finally:
            child.terminate()


@pytest.fixture(scope="session")
def _demo_simulator() -> Iterator[RunningSimulator]:
    with running("--demo") as simulator:
        yield simulator


@pytest.fixture
def simulator(_demo_simulator, settings) -> RunningSimulator:
    """The demo's two regions without limits; settings point at it; clock and faults are fresh."""
    _demo_simulator.reset()
    for name, value in _demo_simulator.settings().items():
        setattr(settings, name, value)
    return _demo_simulator


@pytest.fixture
def start_simulator(settings) -> Iterator[Callable[..., RunningSimulator]]:
    """Starts a simulator of its own with the given options, and points the settings at it."""
    stop = []

    def start(*options: str) -> RunningSimulator:
        context = running(*options)
        simulator = context.__enter__()
        stop.append(context)
        for name, value in simulator.settings().items():
            setattr(settings, name, value)
        return simulator

    yield start
    for context in stop:
        context.__exit__(None, None, None)
