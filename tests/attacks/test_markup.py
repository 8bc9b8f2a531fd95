"""A11, A12, A14, A22: hostile texts that were stored, on every screen and in every file."""

import csv
import io
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
import zipfile

import openpyxl
import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from letters import writing
from letters.models import Kind, Letter
from monitoring.models import Institution, Page
from tests.factories import PageFactory
from tests.matrix import signed_in
from tests.permission_world import NOW, Role, World
from tests.permissions import POST_ONLY, TABLE
from tests.personal.test_canary import said

from .payloads import BREAKOUT, FORMULAS, TAG, XSS
from .spoil import spoil
from .test_queries import came_through

SCREENS = ("pages", "page", "institutions", "institution", "overview", "admins", "rating", "score", "events", "contest",
           "award_list", "event", "appeal", "quality_marks", "suspects", "evidence")  # fmt: skip


def screens(here: World) -> dict[str, str]:
    found = {name: reverse(name, args=rule.args(here.here)) for name, rule in TABLE.items() if rule.get != POST_ONLY}
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found[name] = reverse(f"{name}_changelist")
        if row := model._base_manager.first():
            found[f"{name} of one"] = reverse(f"{name}_change", args=[row.pk])
    return found


def is_html(response) -> bool:
    return response["Content-Type"].startswith("text/html") if "Content-Type" in response else False


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ADMIN, Role.ANONYMOUS])
def test_a11_a12_no_stored_text_becomes_markup_or_a_request_of_htmx(here: World, role: Role):
    assert spoil(BREAKOUT) > 30
    client, shown = signed_in(here, role), 0
    for name, address in screens(here).items():
        for headers in ({}, {"HX-Request": "true"}):
            response = client.get(address, headers=headers)
            if is_html(response) and not response.streaming:
                html = response.content.decode()
                assert not came_through(html), name
                shown += TAG in html
    assert role == Role.ANONYMOUS or shown > 20


def test_a11_each_payload_stays_a_text(here: World, operator_client: Client):
    for payload in XSS:
        Page.objects.update(title=payload[:200])
        Institution.objects.filter(pk=here.here.institution.pk).update(name=payload[:200], founder=payload[:200])
        for name in SCREENS:
            response = operator_client.get(reverse(name, args=TABLE[name].args(here.here)))
            assert not came_through(response.content.decode()), (name, payload)


def test_a11_twin_a_screen_that_trusts_its_texts_is_noticed():
    for payload in [*XSS, BREAKOUT]:
        assert came_through(f"<p>{payload}</p><p title=\"{payload}\"></p><p title='{payload}'></p>"), payload


def test_a11_letters_show_hostile_texts_as_texts(here: World):
    user, region = here.users[Role.ANALYST], here.here.region
    letter = Letter.objects.create(key="x", kind=Kind.APPEAL_ANSWER, user=user, subject=BREAKOUT[:200],
                                   text=BREAKOUT, created_at=NOW)  # fmt: skip
    html = writing.message(letter, NOW).alternatives[0][0]
    assert TAG in html
    assert not came_through(html)
    spoil(BREAKOUT)
    twin = signed_in(here, Role.ANALYST).get(reverse("digest_twin", args=[region.code, "analyst_digest"]))
    assert not came_through(twin.content.decode())


def test_a14_charts_and_pictures_hold_hostile_texts_as_texts(here: World, operator_client: Client):
    spoil(BREAKOUT)
    badge = operator_client.get(reverse("mark_badge", args=[here.here.mark.pk, "seal", "svg"])).content.decode()
    assert {each.tag.rpartition("}")[2] for each in ET.fromstring(badge).iter()}.isdisjoint({"script", TAG})
    for name in ("overview", "dynamics", "rating", "page", "heat_map"):
        html = operator_client.get(reverse(name, args=TABLE[name].args(here.here))).content.decode()
        for data in re.findall(r'<script[^>]*type="application/json"[^>]*>(.*?)</script>', html, re.S):
            assert "<" not in data, name


# --- formulas ---------------------------------------------------------------------------------------------------------

FILES = [name for name, rule in TABLE.items() if name.endswith("_export")] + ["score_passport", "methodology_annex"]
RUN = re.compile(r"^\s*[=+\-@]|^[\t\r\n]")


def cells_of_csv(content: bytes) -> list[str]:
    text = content.decode("utf-8-sig")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";" if content.startswith(b"\xef\xbb\xbf") else ",")
    return [cell for row in rows for cell in row]


def is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[+-]?[\d\s]*[.,]?\d+(e[+-]?\d+)?", text))


def test_a22_no_text_is_a_formula_in_any_file(here: World, operator_client: Client):
    told = 0
    for payload in FORMULAS:
        spoil(payload)
        for name in FILES:
            args = TABLE[name].args(here.here)
            for kind in {args[-1], "xlsx"} if args[-1] == "csv" else {args[-1]}:
                rest = [*args[:-1], kind]
                response = operator_client.get(reverse(name, args=rest))
                if response.status_code != 200:
                    continue
                content = b"".join(response.streaming_content) if response.streaming else response.content
                told += b"7731" in content
                if content[:2] == b"PK" and b"xl/workbook.xml" in content:
                    check_workbook(name, content)
                elif "csv" in response["Content-Type"]:
                    wrong = [cell for cell in cells_of_csv(content) if RUN.match(cell) and not is_number(cell)]
                    assert not wrong, (name, payload, wrong[:3])
    assert told > len(FORMULAS)


def check_workbook(name: str, content: bytes) -> None:
    """Cells with a hostile text are texts; a passport's own formulas do not hold one."""
    for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert not (cell.data_type == "f" and "7731" in str(cell.value)), (name, sheet.title, cell.coordinate)


def test_a22_twin_a_file_with_a_formula_is_noticed():
    book = openpyxl.Workbook()
    book.active["A1"] = "=7731"
    buffer = io.BytesIO()
    book.save(buffer)
    with pytest.raises(AssertionError):
        check_workbook("twin", buffer.getvalue())


def test_a11_names_of_files_hold_nothing_of_hostile_texts(here: World, operator_client: Client):
    spoil(BREAKOUT)
    for name in FILES:
        response = operator_client.get(reverse(name, args=TABLE[name].args(here.here)))
        head = said(response).partition("\n")[0] + response.get("Content-Disposition", "")
        assert TAG not in head, name


def test_a22_libreoffice_shows_what_was_written_and_computes_nothing(here: World, operator_client: Client, tmp_path):
    """An export of the pages, named after each formula, opened and written anew; a formula that ran would show 7732."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed: apt-get install libreoffice-calc-nogui")
    place = here.here
    for number, payload in enumerate(FORMULAS):
        PageFactory(institution=place.institution, title=payload, handle=f"formula{number}")
    for kind in ("csv", "xlsx"):
        answer = operator_client.get(reverse("pages_export", args=[place.region.code, kind]))
        (tmp_path / f"pages-{kind}.{kind}").write_bytes(b"".join(answer.streaming_content))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    paths = [str(tmp_path / "pages-csv.csv"), str(tmp_path / "pages-xlsx.xlsx")]
    semicolon_utf8 = "--infilter=CSV:59,34,76,1"  # as a Russian Excel reads it
    for path, how in zip(paths, ([semicolon_utf8], []), strict=True):
        command = ["soffice", profile, "--headless", *how, "--convert-to", "ods", "--outdir", f"{tmp_path}/out", path]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    for name in ("pages-csv", "pages-xlsx"):
        with zipfile.ZipFile(tmp_path / "out" / f"{name}.ods") as file:
            content = file.read("content.xml").decode()
        assert "table:formula" not in content, name
        assert "7732" not in content, name
        assert content.count("7731") >= len(FORMULAS), name
