"""Bad inputs: every kind of broken, hostile or odd spreadsheet, uploaded in the browser.

Each is told in Russian or taken as meant; nothing is half-applied, the same file again changes nothing.
"""

import html
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from gospub.confined import ConfinedError, Limits, confined
from monitoring.models import Institution, Municipality, Page, Region
from monitoring.registry.importing import plan_import
from monitoring.registry.rows import read_registry
from monitoring.registry.sheets import read_table
from tests.factories import PageFactory, RegionFactory, analyst, inn

from . import hostile
from .kinds import KINDS, TRAP, Kind
from .measured import read_and_measure
from .spreadsheets import TODAY, load, school, xlsx

pytestmark = pytest.mark.django_db
SECONDS, MEGABYTES = 30, 300


@pytest.fixture
def region() -> Region:
    """A region with one institution, and two territories of one name; a neighbour has a page of its own."""
    neighbour = RegionFactory(code="RU-T2", oktmo="20000000")
    PageFactory(handle="foreign", institution__region=neighbour)
    region = RegionFactory(code="RU-T1", oktmo="10000000")
    load(region, school(90, vk_link="vk.com/club90"))
    district = Municipality.objects.create(region=region, name="Округ", oktmo="10600000")
    Municipality.objects.create(region=region, name="Двойной район", oktmo="10601000")
    Municipality.objects.create(region=region, name="Двойной район", oktmo="10601100", parent=district)
    return region


@pytest.fixture
def client(region: Region) -> Client:
    """A browser of the region's analyst, in Russian."""
    client = Client()
    client.force_login(analyst(region))
    return client


@pytest.fixture
def trap() -> Iterator[tuple[str, list[str]]]:
    """Address of a listener, and who has called."""
    calls: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        ended = threading.Event()

        def listen() -> None:
            while not ended.is_set():
                try:
                    connection, caller = server.accept()
                except TimeoutError:
                    continue
                calls.append(str(caller))
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/trap", calls
        ended.set()
        thread.join()


def upload(client: Client, region: Region, kind: Kind, content: bytes):
    file = SimpleUploadedFile(kind.name, content)
    return client.post(reverse("registry_import", args=[region.code]), {"file": file})


def held() -> set[tuple[str, str]]:
    """Institutions of every region with their pages: what an import may change."""
    return set(Institution.objects.values_list("name", "pages__handle"))


def names(region: Region) -> set[str]:
    return set(region.institutions.exclude(name="Школа № 90").values_list("name", flat=True))


def test_every_kind_of_the_list_is_here():
    assert {kind.id for kind in KINDS} == {f"I{number:02}" for number in range(1, 57)}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.id}-{kind.title}")
def test_kind(client: Client, region: Region, kind: Kind, trap):
    address, calls = trap
    for content in kind.files():
        with transaction.atomic():
            becomes(kind, content.replace(TRAP.encode(), address.encode()), client, region)
            transaction.set_rollback(True)
    assert not calls


def becomes(kind: Kind, content: bytes, client: Client, region: Region) -> None:
    """Upload, report, apply: all as the kind says."""
    before, begun = held(), time.monotonic()
    response = upload(client, region, kind, content)
    assert time.monotonic() - begun < SECONDS
    if kind.in_form:
        assert response.status_code == 422
        assert all(words in response.content.decode() for words in kind.says)
        return
    report = client.get(response.url)
    page = html.unescape(report.content.decode())
    assert report.status_code == 200
    assert all(words in page for words in kind.says), [each.message for each in report.context["plan"].problems]
    assert report.context["plan"].refused == (not kind.names)
    applied = client.post(response.url)
    if kind.names:
        assert applied.status_code == 302
        assert names(region) == set(kind.names)
        assert plan_import(*read_registry(content), region, TODAY).changes == 0
    else:
        assert applied.status_code == 409
        assert held() == before


def test_i41_the_page_of_a_post_is_taken_and_that_is_told(client: Client, region: Region):
    response = upload(client, region, Kind("I41", "", list), xlsx(school(1, vk_link="vk.com/wall-7_15")))
    assert "Ссылка ведёт на запись" in client.get(response.url).content.decode()
    client.post(response.url)
    assert Page.objects.filter(handle="club7", external_id="7").exists()


def test_i51_a_lost_zero_is_put_back(region: Region):
    number = inn(12_345_678)
    assert number.startswith("0")
    load(region, school(1, inn=int(number)))
    assert region.institutions.get(name="Школа № 1").inn == number


def test_i53_a_number_with_hard_spaces_is_that_number(region: Region):
    rows, problems = read_registry(xlsx(school(1, weekly_reach="1\u202f234,0")))
    assert not problems
    assert rows[0].weekly_reach == 1234


def test_i53_half_a_person_is_refused(region: Region):
    _rows, problems = read_registry(xlsx(school(1, weekly_reach="1\u00a0234,5")))
    assert [(each.column, each.severity) for each in problems] == [("Общий охват аудитории за неделю", "error")]


def test_i55_a_new_territory_is_told_before_it_is_made(client: Client, region: Region):
    response = upload(client, region, Kind("I55", "", list), xlsx(school(1, municipality="Неведомый район")))
    counts = client.get(response.url).context["counts"]
    assert [each["new"] for each in counts if str(each["label"]) == "municipalities"] == [1]


# --- memory and time --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        hostile.bomb,
        hostile.strings_bomb,
        hostile.below_the_limits,
        hostile.many_entries,
        lambda: hostile.corners("A1048576"),
        lambda: hostile.corners("GS1048576"),
        lambda: hostile.corners("XFD1048576"),
        lambda: hostile.long_sheet(300_000, 8),
    ],
    ids=["bomb", "strings", "below the limits", "entries", "A1048576", "GS1048576", "XFD1048576", "300 000 × 8"],
)
def test_no_file_takes_more_than_300_megabytes_or_30_seconds(make):
    content, begun = make(), time.monotonic()
    try:
        _rows, _said, megabytes = confined(read_and_measure, content)
    except ConfinedError:
        megabytes = Limits().memory // 1024 // 1024 - 100  # what it may have had: libraries are mapped, not held
    assert megabytes <= MEGABYTES
    assert time.monotonic() - begun < SECONDS


def test_twin_without_the_child_a_file_below_the_checks_takes_hundreds_of_megabytes():
    """The checks before parsing let it through; it is the child that keeps it from the web server."""
    with pytest.raises(ConfinedError):
        confined(read_table, hostile.below_the_limits(99), limits=Limits(memory=256 * 1024 * 1024))
    _rows, _said, megabytes = confined(read_and_measure, hostile.below_the_limits(), limits=Limits(memory=2**31))
    assert megabytes > 200
