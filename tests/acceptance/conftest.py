"""The demo, played once for all that is asked of it."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

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
