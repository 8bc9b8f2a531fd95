"""Certificates for those who came, invitations for those without an account; names that leave are written down."""

import io
import time

import pytest
from django.urls import reverse
from pypdf import PdfReader

from awards.models import Wording, WordingKind
from forum import papers
from gospub.accounts.models import AuditEntry
from tests.factories import InstitutionFactory, auditor, institution_admin

from .worlds import NOW, admin_of, event_in, forum_of, held, participant

pytestmark = pytest.mark.django_db


def text_of(content: bytes) -> list[str]:
    """Each page's words."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


@pytest.fixture
def training(region):
    return held(region, "Живые тексты", hours=8)


def test_a_certificate_for_each_who_came_says_who_what_and_when(client, training):
    participant(training, name="Гость Иван", came=True)
    participant(training, name="Гость Анна", came=True)
    participant(training, name="Не пришёл")
    pages = text_of(client.get(reverse("event_certificates", args=[training.pk])).content)
    assert len(pages) == 2
    assert "Гость Анна" in pages[0]
    assert "прошёл(-шла) обучение «Живые тексты»" in pages[1]
    assert "26.10.2024" in pages[1]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.after["rows"], entry.region) == ("export.names", 2, training.region_id)


def test_at_a_forum_nobody_completes_a_training(client, region):
    event = forum_of(region, "Форум госпабликов")
    participant(event, name="Гость Иван", came=True)
    (page,) = text_of(client.get(reverse("event_certificates", args=[event.pk])).content)
    assert "принял(-а) участие в мероприятии «Форум госпабликов»" in page
    assert "обучение" not in page


def test_a_region_words_its_certificates_itself(client, region, training):
    Wording.objects.create(
        region=region, kind=WordingKind.CERTIFICATE, texts={"body": "{имя}: {часы} ч., {регион}"}, changed_at=NOW
    )
    one = participant(training, name="Гость Иван", came=True)
    (page,) = text_of(client.get(reverse("certificate", args=[one.pk])).content)
    assert f"Гость Иван: 8 ч., {region.name}" in page


def test_hours_that_nobody_has_said_are_a_dash(region):
    event = held(region, "Тексты")
    Wording.objects.create(region=region, kind=WordingKind.CERTIFICATE, texts={"body": "часов: {часы}"}, changed_at=NOW)
    (page,) = text_of(papers.certificates(event, [participant(event, name="Гость", came=True)]))
    assert "часов: —" in page


def test_a_name_is_printed_as_it_is_written(training):
    name = '#read("/etc/hosts") *жирно* $x$'
    (page,) = text_of(papers.certificates(training, [participant(training, name=name, came=True)]))
    assert '#read("/etc/hosts") *жирно* $x$' in page


def test_the_same_people_give_the_same_bytes(training):
    people = [participant(training, name="Гость", came=True)]
    assert papers.certificates(training, people) == papers.certificates(training, people)


def test_without_anybody_who_came_or_before_it_was_held_there_is_no_certificate(client, region):
    empty, planned = held(region, "Пустая"), event_in(region, "Будущая")
    absent, early = participant(empty, name="Не пришёл"), participant(planned, name="Ранний", came=True)
    for event in (empty, planned):
        response = client.get(reverse("event_certificates", args=[event.pk]), follow=True)
        assert "для тех, кто пришёл" in response.content.decode()
    for each in (absent, early):
        assert client.get(reverse("certificate", args=[each.pk])).status_code == 404
    assert not AuditEntry.objects.exists()


def test_an_institution_takes_the_certificates_of_its_own_people_alone(client_of, region, training):
    mine = participant(training, admin_of(InstitutionFactory(region=region), "Своя Анна"), came=True)
    other = participant(training, admin_of(InstitutionFactory(region=region), "Чужая Анна"), came=True)
    client = client_of(institution_admin(mine.institution))
    assert "Своя Анна" in text_of(client.get(reverse("certificate", args=[mine.pk])).content)[0]
    assert client.get(reverse("certificate", args=[other.pk])).status_code == 404
    assert client.get(reverse("event_certificates", args=[training.pk])).status_code == 404
    assert [entry.subject for entry in AuditEntry.objects.all()] == [f"participant {mine.pk}"]


def test_400_certificates_take_no_more_than_ten_seconds(training):
    people = [participant(training, name=f"Вымышленный Гость {n}", came=True) for n in range(400)]
    began = time.monotonic()
    content = papers.certificates(training, people)
    assert time.monotonic() - began <= 10
    assert len(PdfReader(io.BytesIO(content)).pages) == 400


# --- invitations ------------------------------------------------------------------------------------------------------


def test_invitations_are_printed_six_on_a_sheet_with_name_and_code(client, event):
    people = [participant(event, name=f"Гость {n}", workplace="Редакция") for n in range(7)]
    pages = text_of(client.get(reverse("invitations_pdf", args=[event.pk])).content)
    assert len(pages) == 2
    first = people[0].code
    for part in ("Гость 0", "Редакция", "Тексты", "26.10.2024", f"{first[:5]}-{first[5:]}"):
        assert part in pages[0]
    assert AuditEntry.objects.get().after == {"file": "invitations, pdf", "filter": {}, "rows": 7}


def test_they_are_printed_for_those_whom_the_filter_finds(client, event):
    participant(event, name="Гость")
    participant(event, name="Другой")
    (page,) = text_of(client.get(reverse("invitations_pdf", args=[event.pk]) + "?q=гость").content)
    assert "Гость" in page
    assert "Другой" not in page
    assert AuditEntry.objects.get().after["filter"] == {"q": "…"}  # what was searched for may be a name


def test_codes_are_for_those_alone_who_lead_the_event(client_of, event):
    participant(event, name="Гость")
    assert client_of(auditor(event.region)).get(reverse("invitations_pdf", args=[event.pk])).status_code == 403


# --- the list of participants -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_file_of_participants_is_written_down_with_filter_and_rows(client, event, kind):
    participant(event, name="=1+1", workplace="Редакция", came=True)
    participant(event, name="Не пришёл")
    response = client.get(reverse("participants_export", args=[event.pk, kind]) + "?came=yes")
    content = b"".join(response)
    assert AuditEntry.objects.get().after == {"file": f"participants, {kind}", "filter": {"came": "yes"}, "rows": 1}
    if kind == "csv":
        lines = content.decode("utf-8-sig").splitlines()
        assert len(lines) == 2
        assert lines[1].startswith("'=1+1;Редакция;")
        assert lines[1].replace("\xa0", " ").endswith("да;26.10.2024, 12:00")
