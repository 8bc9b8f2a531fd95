"""`manage.py import_registry`: report, exit code, nothing applied on errors."""

import datetime as dt
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from gospub.accounts.models import AuditEntry
from monitoring.models import Institution, Page, Region
from monitoring.registry.importing import ImportRefusedError, import_file
from tests.factories import InstitutionFactory, RegionFactory

from .spreadsheets import TODAY, school, xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture
def region() -> Region:
    return RegionFactory(code="RU-T1", oktmo="10000000", name="Первый край", time_zone="Asia/Vladivostok")


@pytest.fixture
def spreadsheet(tmp_path: Path):
    def write(*rows: dict) -> Path:
        path = tmp_path / "registry.xlsx"
        path.write_bytes(xlsx(*rows))
        return path

    return write


def run(path: Path, *options: str) -> str:
    """What the command prints. Raises CommandError, which ends it with 1."""
    out = io.StringIO()
    call_command("import_registry", str(path), *options, stdout=out)
    return out.getvalue()


def test_file_is_imported_and_counted(region: Region, spreadsheet):
    lines = run(spreadsheet(school(1), school(2)), "--region", "RU-T1", "--day", "2024-10-26").splitlines()
    assert lines[0] == "Первый край, 26.10.2024"
    assert next(line.split() for line in lines if "pages" in line) == ["pages", "2", "0", "0"]
    assert lines[-1] == "Imported."
    assert set(Page.objects.values_list("added_on", flat=True)) == {TODAY}
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.region, entry.after["new, changed"]["page"]) == ("registry.import", region.pk, [2, 0])


def test_dry_run_reports_and_writes_nothing(region: Region, spreadsheet):
    assert "trial run" in run(spreadsheet(school(1)), "--region", "RU-T1", "--dry-run")
    assert not Institution.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_errors_are_printed_by_place_and_nothing_is_imported(region: Region, spreadsheet, options: list[str]):
    out = io.StringIO()
    path = spreadsheet(school(1), school(2, ogrn="1027700132196"))
    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command("import_registry", str(path), "--region", "RU-T1", *options, stdout=out)
    assert "Error (sheet “Реестр”, row 3, column “ОГРН”): This is not an ОГРН" in out.getvalue()
    assert not Institution.objects.exists()


def test_today_is_the_local_day_of_the_region(region: Region, spreadsheet, settings):
    settings.DEMO_CLOCK = "2024-10-25T20:00:00+00:00"
    run(spreadsheet(school(1)), "--region", "RU-T1")
    assert Page.objects.get().added_on == dt.date(2024, 10, 26)


def test_only_region_need_not_be_named(region: Region, spreadsheet):
    run(spreadsheet(school(1)))
    assert Institution.objects.get().region == region


def test_only_region_with_institutions_need_not_be_named(region: Region, spreadsheet):
    RegionFactory()
    InstitutionFactory(region=region)
    run(spreadsheet(school(900)))
    assert Institution.objects.filter(region=region).count() == 2


def test_region_must_be_named_among_several(region: Region, spreadsheet):
    RegionFactory()
    with pytest.raises(CommandError, match="--region"):
        run(spreadsheet(school(1)))


def test_region_that_is_not_there_is_refused(region: Region, spreadsheet):
    with pytest.raises(CommandError, match="RU-NOWHERE"):
        run(spreadsheet(school(1)), "--region", "RU-NOWHERE")


def test_file_that_is_not_there_is_refused(region: Region, tmp_path: Path):
    with pytest.raises(CommandError, match="cannot be opened"):
        run(tmp_path / "missing.xlsx", "--region", "RU-T1")


def test_file_is_imported_from_code_or_refused_with_its_errors(region: Region, spreadsheet):
    assert import_file(spreadsheet(school(1)), region, TODAY).changes == 3
    with pytest.raises(ImportRefusedError, match="row 2"):
        import_file(spreadsheet(school(1, inn="1")), region, TODAY)
