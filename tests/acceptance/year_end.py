"""The year-end as three people play it on the demo: analyst, institution admin, official; every file is opened."""

import csv
import io
import shutil
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from docx import Document
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from monitoring.demo import PASSWORD
from monitoring.simulator.ports import free_port

from .conftest import environment

pytestmark = [pytest.mark.demo, pytest.mark.browser]
REGION = "/regions/RU-KHA"
WHY = "Проверено по протоколу комиссии"


@dataclass
class House:
    """The demo as it is served, on a copy of its data."""

    folder: Path
    base: str
    browser: Browser

    def ask(self, sql: str, *values: object) -> list[tuple]:
        with sqlite3.connect(self.folder / "gospub.sqlite3") as base:
            return base.execute(sql, values).fetchall()

    def person(self, email: str) -> Page:
        """A tab of somebody who has signed in."""
        tab = self.stranger()
        tab.goto(self.base)
        tab.get_by_label("E-mail:").fill(email)
        tab.get_by_label("Пароль:").fill(PASSWORD)
        tab.get_by_role("button", name="Войти", exact=True).click()
        tab.wait_for_load_state("networkidle")
        return tab

    def stranger(self) -> Page:
        context = self.browser.new_context(locale="ru-RU", viewport={"width": 1440, "height": 900}, base_url=self.base)
        return context.new_page()


@pytest.fixture(scope="module")
def house(demo, chromium, tmp_path_factory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("year") / "end"
    shutil.copytree(demo[0], folder)
    address = f"127.0.0.1:{free_port()}"
    command = [sys.executable, "manage.py", "demo", "--address", address]
    with subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment(folder), stdout=subprocess.DEVNULL) as child:
        try:
            wait_for(f"http://{address}/account/login/")
            yield House(folder, f"http://{address}", chromium)
        finally:
            child.terminate()


def wait_for(address: str) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            if httpx.get(address).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    raise TimeoutError(address)


def press(tab: Page, name: str) -> None:
    tab.get_by_role("button", name=name, exact=True).click()
    tab.wait_for_load_state("networkidle")


def let_pass(tab: Page, rating: int) -> None:
    """To its next state, with a written reason where one is asked for."""
    tab.goto(f"/ratings/{rating}/")
    if tab.locator("#reason").count():
        tab.locator("#reason").fill(WHY)
    tab.locator('form[action$="/pass/"] button').click()
    tab.wait_for_load_state("networkidle")


def test_from_the_preliminary_rating_to_the_hall(house):
    analyst, official = house.person("analyst@demo.example"), house.person("official@demo.example")
    admin = house.person("school@demo.example")
    rating = of_pages(house)
    let_pass(analyst, rating)

    contested = contest_a_value(admin, house, rating)
    accept(analyst, contested)
    analyst.goto(f"/ratings/{rating}/")
    analyst.locator(f'form[action="/ratings/{rating}/appeals/"] button').click()
    analyst.wait_for_load_state("networkidle")
    [(latest,)] = house.ask(
        """SELECT max(id) FROM ratings_rating
           WHERE methodology_id = (SELECT methodology_id FROM ratings_rating WHERE id = ?)""",
        rating,
    )
    assert latest > rating
    for tab in (analyst, official):
        if state_of(house, latest) != "final":
            let_pass(tab, latest)
    assert state_of(house, latest) == "final"

    award_list = awarded(official)
    files = documents(official, award_list)
    check_files(files, house)
    check_marks(official, house)

    admin.goto("/")
    assert admin.get_by_role("heading", level=1).count() == 1
    names = house.ask("SELECT count(*) FROM accounts_auditentry WHERE action = 'export.names'")
    assert names[0][0] >= len(files)


def of_pages(house: House) -> int:
    """The draft of a rating of pages."""
    sql = """SELECT r.id FROM ratings_rating r JOIN ratings_methodology m ON m.id = r.methodology_id
             JOIN monitoring_region g ON g.id = r.region_id WHERE m.slug = 'amur' AND g.code = 'RU-KHA'"""
    return house.ask(sql)[0][0]


def state_of(house: House, rating: int) -> str:
    return house.ask("SELECT state FROM ratings_rating WHERE id = ?", rating)[0][0]


def contest_a_value(tab: Page, house: House, rating: int) -> int:
    """The institution's admin contests the number of posts of the own page; returns the appeal."""
    tab.goto("/")
    [(score,)] = house.ask(
        """SELECT s.id FROM ratings_score s JOIN monitoring_page p ON p.id = s.page_id
           JOIN accounts_grant g ON g.institution_id = p.institution_id
           WHERE s.rating_id = ? AND p.platform = 'vk' ORDER BY s.points LIMIT 1""",
        rating,
    )
    tab.goto(f"/scores/{score}/posts_in_week/appeal/")
    tab.locator("[name=wanted]").fill("3")
    tab.locator("[name=text]").fill("На этой неделе вышли три записи, их видно на странице: посмотрите ещё раз.")
    tab.locator("input[type=file]").set_input_files(
        {"name": "доказательство.txt", "mimeType": "text/plain", "buffer": "Список записей".encode()}
    )
    press(tab, "Отправить апелляцию")
    return house.ask("SELECT max(id) FROM appeals_appeal WHERE score_id = ?", score)[0][0]


def accept(tab: Page, appeal: int) -> None:
    """The analyst looks at the effect, then accepts."""
    tab.goto(f"/appeals/{appeal}/")
    tab.locator("input[name^=n-]").first.fill("3")
    press(tab, "Показать влияние")
    tab.locator("[name=answer]").fill("Записи подтверждены: число исправлено.")
    tab.locator("button[value=accept]").click()
    tab.wait_for_load_state("networkidle")


def awarded(tab: Page) -> str:
    """The official opens a contest, leads it to its end and signs the list; returns the list's address."""
    tab.goto(f"{REGION}/awards/open/")
    tab.locator("[name=title]").fill("Премия госпабликов")
    tab.locator("main form button[type=submit]").first.click()
    tab.wait_for_load_state("networkidle")
    while tab.get_by_role("button", name="К следующему этапу").count():
        press(tab, "К следующему этапу")
    tab.locator('form[action$="/propose/"] button').click()
    tab.wait_for_load_state("networkidle")
    tab.locator('form[action$="/confirm/"] button').click()
    tab.wait_for_load_state("networkidle")
    tab.locator('form[action$="/sign/"] button').click()
    tab.wait_for_load_state("networkidle")
    return tab.url


def documents(tab: Page, award_list: str) -> dict[str, bytes]:
    """{kind: bytes} of every kind of document of the first nomination."""
    tab.goto(f"{award_list}documents/")
    kinds = tab.locator("[name=kind] option").evaluate_all("options => options.map(each => each.value)")
    for kind in kinds:
        tab.locator("[name=kind]").select_option(kind)
        tab.locator("[name=nomination]").select_option(index=1)
        press(tab, "Создать")
    links = tab.locator('#results a[href^="/documents/"]')
    end = time.monotonic() + 90
    while links.count() < len(kinds) and time.monotonic() < end:
        tab.wait_for_timeout(1000)
    assert links.count() == len(kinds)
    found = {}
    for link in links.all():
        with tab.expect_download() as download:
            link.click()
        name = download.value.suggested_filename
        found[name.split("-2024-")[1]] = Path(download.value.path()).read_bytes()
    return found


def check_files(files: dict[str, bytes], house: House) -> None:
    """Each says what the base says, read by programs that are not ours."""
    [(count,)] = house.ask(
        """SELECT count(*) FROM awards_award a JOIN awards_awardlist l ON l.id = a.list_id WHERE l.signed_at IS NOT NULL
           AND a.nomination_id = (SELECT nomination_id FROM awards_award ORDER BY id LIMIT 1)"""
    )
    assert count
    book = load_workbook(io.BytesIO(files["xlsx.xlsx"]))
    assert book.worksheets[1].max_row == count + 1
    for name, encoding, delimiter in (("csv.csv", "utf-8-sig", ";"), ("plain-csv.csv", "utf-8", ",")):
        rows = list(csv.reader(io.StringIO(files[name].decode(encoding), newline=""), delimiter=delimiter))
        assert len(rows) == count + 1
    order = "\n".join(each.text for each in Document(io.BytesIO(files["order.docx"])).paragraphs)
    assert "«Премия госпабликов»" in order
    diplomas = PdfReader(io.BytesIO(files["diplomas.pdf"]))
    assert len(diplomas.pages) == count
    assert "ДИПЛОМ" in diplomas.pages[0].extract_text()
    assert "Наградной список" in PdfReader(io.BytesIO(files["list.pdf"])).pages[0].extract_text()
    with zipfile.ZipFile(io.BytesIO(files["diplomas-zip.zip"])) as archive:
        assert (archive.testzip(), len(archive.namelist())) == (None, count)
    check_in_libreoffice(files["order.docx"], house.folder)


def check_in_libreoffice(order: bytes, folder: Path) -> None:
    """LibreOffice, where it is there, makes a PDF of the workbook of the order."""
    office = shutil.which("soffice")
    if office is None or not Path("/usr/lib/libreoffice/program/libswlo.so").exists():
        return
    (folder / "order.docx").write_bytes(order)
    command = [office, "--headless", f"-env:UserInstallation=file://{folder}/office", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(folder), str(folder / "order.docx")], check=True, timeout=120)
    assert "Премия" in "".join(page.extract_text() for page in PdfReader(folder / "order.pdf").pages)


def check_marks(tab: Page, house: House) -> None:
    """Quality marks are issued; whoever has the code sees that the mark is real, and nobody's name."""
    [(contest,)] = house.ask("SELECT max(id) FROM awards_contest")
    tab.goto(f"/contests/{contest}/")
    press(tab, "Выдать знаки качества")
    [(code, title)] = house.ask("SELECT code, title FROM awards_qualitymark ORDER BY id LIMIT 1")
    stranger = house.stranger()
    stranger.goto(f"/b/{code}/")
    text = stranger.inner_text("body")
    assert title in text
    people = [name for (name,) in house.ask("SELECT DISTINCT name FROM monitoring_person")]
    assert not [name for name in people if name and name in text]
