"""Requests made up from the API's own document: nothing breaks, and every answer is as the document says."""

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.factories import PageFactory, RegionFactory, collected
from tests.public.worlds import opened, rated

SECONDS = int(os.environ.get("GOSPUB_API_SECONDS", "12"))
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "negative_data_rejection",
    "positive_data_acceptance",
)


@pytest.mark.django_db(transaction=True)
def test_no_made_up_request_breaks_the_api(live_server, settings, tmp_path):
    settings.OPEN_DATA_PER_MINUTE = 0
    region = opened(RegionFactory())
    collected(PageFactory(institution__region=region), dt.date(2025, 1, 19), subscribers=5)
    rated(region)
    found = run(live_server.url, tmp_path)
    assert found.returncode == 0, found.stdout[-6000:] + found.stderr[-2000:]


def run(address: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A run of schemathesis over the whole document for SECONDS."""
    program = Path(sys.executable).with_name("schemathesis")
    options = ["--checks", ",".join(CHECKS), "--max-time", str(SECONDS), "--no-color", "--warnings", "off"]
    return subprocess.run(
        [program, "run", f"{address}/api/v1/openapi.json", *options],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=SECONDS + 120,
        env=os.environ | {"HYPOTHESIS_STORAGE_DIRECTORY": str(folder)},
        check=False,
    )
