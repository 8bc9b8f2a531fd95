"""Private servers for the whole run, started before Django reads its settings.

PostgreSQL in a temporary folder; GOSPUB_TEST_DATABASE=sqlite runs the same tests on SQLite instead. pytest-django reads
the settings before any conftest.py is loaded, so this plugin is named by `-p` in pyproject.toml.
"""

import os
from pathlib import Path

import pytest

from tests import services

# Workers of xdist share the first process's servers, not its files: one would clear what another has cached.
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    own = Path(os.environ["GOSPUB_VAR"]) / worker
    own.mkdir()
    os.environ["GOSPUB_VAR"] = str(own)
else:
    services.prepare_environment()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        services.stop_all()
