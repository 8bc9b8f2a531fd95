"""The demo, played once for all that is asked of it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from monitoring.simulator.ports import free_port
from tests.browser.conftest import chromium

__all__ = ["chromium"]


def run_demo(folder: Path) -> tuple[str, float]:
    """Output and seconds of `manage.py demo --no-serve` with its data in `folder`."""
    began = time.monotonic()
    result = subprocess.run(
        [sys.executable, "manage.py", "demo", "--no-serve"],
        cwd=settings.BASE_DIR,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    return result.stdout, time.monotonic() - began


def environment(folder: Path) -> dict[str, str]:
    """Of a process that knows nothing of the servers of the tests."""
    known = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "SIMULATOR_URL", "REDIS_URL")}
    return known | {"GOSPUB_VAR": str(folder)}


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> tuple[Path, str]:
    """Its folder and what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    return folder, run_demo(folder)[0]


@pytest.fixture(scope="session")
def served(request, tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """Address and folder of a copy of the demo, served with its worker as `make demo` does. GOSPUB_PLAYED_DEMO: folder
    of one that was played before, so that working on these tests takes no minutes."""
    played = os.environ.get("GOSPUB_PLAYED_DEMO") or request.getfixturevalue("demo")[0]
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(played, folder, dirs_exist_ok=True)
    known = environment(folder) | {"STATIC_ROOT": str(folder / "static")}
    command = [sys.executable, "manage.py"]
    subprocess.run([*command, "collectstatic", "--noinput", "-v0"], cwd=settings.BASE_DIR, env=known, check=True)
    address, log = f"127.0.0.1:{free_port()}", folder / "served.log"
    with log.open("wb") as file:
        server = subprocess.Popen(
            [*command, "demo", "--address", address], cwd=settings.BASE_DIR, env=known, stdout=file, stderr=file,
            start_new_session=True,
        )  # fmt: skip
        try:
            _wait_for(f"http://{address}/account/login/", server, log)
            yield f"http://{address}", folder
        finally:
            os.killpg(server.pid, signal.SIGINT)
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path, seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            httpx.get(address).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.5)
        else:
            return
    raise RuntimeError(f"The demo is not served: {log.read_text('utf-8', 'replace')[-2000:]}")
