"""Import and export in the browser: upload, report, apply, result; only for those who see the whole region."""

import uuid

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gospub.accounts.models import AuditEntry, Grant, Role, User
from gospub.encryption import unseal
from monitoring.models import Institution, Page, Region
from monitoring.registry.columns import Column
from tests.factories import (
    InstitutionFactory,
    PageFactory,
    RegionFactory,
    UserFactory,
    analyst,
    auditor,
    institution_admin,
    official,
)
from tests.matrix import body

from .spreadsheets import load, school, xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture
def region() -> Region:
    return RegionFactory(code="RU-T1", oktmo="10000000")


def browser(user: User) -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(user)
    return client


@pytest.fixture
def client(region: Region) -> Client:
    """The browser of an analyst of the region."""
    return browser(analyst(region))


def upload(client: Client, region: Region, content: bytes, name: str = "registry.xlsx"):
    return client.post(reverse("registry_import", args=[region.code]), {"file": SimpleUploadedFile(name, content)})


def report_address(client: Client, region: Region, *rows: dict) -> str:
    return upload(client, region, xlsx(*rows)).url


def test_form_is_shown(client: Client, region: Region):
    response = client.get(reverse("registry_import", args=[region.code]))
    assert response.status_code == 200
    assert 'type="file"' in response.content.decode()


def test_upload_leads_to_a_report_and_writes_nothing(client: Client, region: Region):
    response = client.get(report_address(client, region, school(1), school(2)))
    assert [c["new"] for c in response.context["counts"] if c["label"] == "institutions"] == [2]
    assert "Nothing has been written yet" in response.content.decode()
    assert not Institution.objects.exists()


def test_apply_writes_all_of_it_and_shows_what_was_done(client: Client, region: Region):
    address = report_address(client, region, school(1), school(2))
    response = client.post(address, follow=True)
    assert Institution.objects.count() == Page.objects.count() == 2
    assert "The registry now says what the file says" in response.content.decode()
    assert [c["new"] for c in response.context["counts"] if c["label"] == "pages"] == [2]


def test_second_click_on_apply_does_nothing_and_shows_the_result(client: Client, region: Region):
    address = report_address(client, region, school(1))
    client.post(address)
    Institution.objects.all().update(name="Переименована")
    response = client.post(address, follow=True)
    assert response.status_code == 200
    assert Institution.objects.get().name == "Переименована"


def test_errors_are_shown_by_row_and_column_and_cannot_be_applied(client: Client, region: Region):
    address = report_address(client, region, school(1), school(2, ogrn="1027700132196"))
    response = client.get(address)
    page = response.content.decode()
    assert [(p.row, p.column) for p in response.context["problems"]] == [(3, Column.OGRN)]
    assert "Error:" in page
    assert '<form method="post" class="panel"' not in page
    assert client.post(address).status_code == 409
    assert not Institution.objects.exists()


def test_report_is_made_anew_when_it_is_applied(client: Client, region: Region):
    address = report_address(client, region, school(1))
    PageFactory(handle="school1")
    response = client.post(address)
    assert response.status_code == 409
    assert "another region" in response.content.decode()
    assert not Institution.objects.filter(region=region).exists()


def test_file_that_says_nothing_new_has_nothing_to_apply(client: Client, region: Region):
    load(region, school(1))
    assert "nothing to apply" in client.get(report_address(client, region, school(1))).content.decode()


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"<html>", b"\x00\xff" * 50])
def test_file_that_is_no_table_gives_a_report(client: Client, region: Region, content: bytes):
    response = client.get(upload(client, region, content).url)
    assert response.status_code == 200
    assert response.context["errors"] == 1


@pytest.mark.parametrize("content", [b"", b"x" * (10 * 1024 * 1024 + 1)])
def test_empty_or_too_large_file_is_refused_in_the_form(client: Client, region: Region, content: bytes):
    response = upload(client, region, content)
    assert response.status_code == 422
    assert response.context["form"].errors["file"]


def test_form_without_a_file_is_refused(client: Client, region: Region):
    assert client.post(reverse("registry_import", args=[region.code])).status_code == 422


def test_markup_in_a_spreadsheet_is_shown_as_text(client: Client, region: Region):
    rows = [school(1, vk_link=f"vk.com/{'<script>alert(1)</script>'}"), school(2, level='<b hx-get="/x">')]
    page = client.get(report_address(client, region, *rows)).content.decode()
    assert "<script>alert" not in page
    assert '<b hx-get="/x">' not in page


def test_many_remarks_are_cut_and_counted_errors_first(client: Client, region: Region):
    rows = [*[school(n, ogrn=None) for n in range(1, 302)], school(400, inn="1")]
    response = client.get(report_address(client, region, *rows))
    assert response.context["problems"][0].row == 303
    assert (len(response.context["problems"]), response.context["hidden"]) == (300, 2)


# --- rights ----------------------------------------------------------------------------------------


def addresses(region: Region, key: object) -> list[str]:
    return [
        reverse("registry_import", args=[region.code]),
        reverse("registry_import_report", args=[region.code, key]),
        reverse("registry_export", args=[region.code, "csv"]),
        reverse("registry_export", args=[region.code, "xlsx"]),
    ]


def test_one_who_keeps_the_region_may(region: Region):
    client = browser(analyst(region))
    key = report_address(client, region, school(1)).rstrip("/").rpartition("/")[2]
    assert [client.get(address).status_code for address in addresses(region, key)] == [200] * 4


@pytest.mark.parametrize("who", [official, auditor])
def test_one_who_only_sees_the_region_exports_and_does_not_import(region: Region, who):
    client = browser(who(region))
    assert [client.get(address).status_code for address in addresses(region, uuid.uuid4())] == [403, 403, 200, 200]


def test_others_get_the_same_404_as_for_a_region_that_is_not_there(region: Region, client: Client):
    key = report_address(client, region, school(1)).rstrip("/").rpartition("/")[2]
    nowhere = Region(code="RU-NOWHERE")
    strangers = [analyst(RegionFactory()), institution_admin(InstitutionFactory(region=region)), UserFactory()]
    for stranger in map(browser, strangers):
        for foreign, missing in zip(addresses(region, key), addresses(nowhere, key), strict=True):
            answers = [stranger.get(foreign), stranger.get(missing), stranger.post(foreign), stranger.post(missing)]
            assert {answer.status_code for answer in answers} <= {404, 405}
            assert body(answers[0]) == body(answers[1])


def test_one_who_is_not_signed_in_is_sent_to_the_sign_in(region: Region):
    for address in addresses(region, uuid.uuid4()):
        assert Client().get(address).status_code == 302


def test_report_of_another_user_of_the_same_region_is_not_there(region: Region, client: Client):
    address = report_address(client, region, school(1))
    colleague = browser(analyst(region))
    assert colleague.get(address).status_code == colleague.post(address).status_code == 404
    assert client.get(address).status_code == 200


def test_report_is_not_there_under_another_region_of_the_same_user(region: Region, client: Client):
    user = analyst(region)
    other = RegionFactory()
    Grant.objects.create(user=user, role=Role.ANALYST, region=other)
    client = browser(user)
    address = report_address(client, region, school(1))
    assert client.post(address.replace(region.code, other.code)).status_code == 404


def test_right_taken_away_after_the_upload_ends_it(region: Region, client: Client):
    address = report_address(client, region, school(1))
    Grant.objects.all().delete()
    assert client.post(address).status_code == 404
    assert not Institution.objects.exists()


def test_applying_needs_the_token_of_the_form(region: Region):
    user = analyst(region)
    address = report_address(browser(user), region, school(1))
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)
    assert strict.post(address).status_code == 403
    assert not Institution.objects.exists()


def test_what_waits_for_its_user_is_encrypted(region: Region):
    user = analyst(region)
    address = report_address(browser(user), region, school(1, admin="Выдуманная Анна", email="anna@example.org"))
    kept = cache.get(f"registry-import:{user.pk}:{address.strip('/').rpartition('/')[2]}")
    assert b"anna@example.org" in unseal(kept)
    assert b"anna" not in kept


def test_what_waits_for_its_user_is_gone_with_its_key(client: Client, region: Region, settings):
    address = report_address(client, region, school(1))
    settings.DATA_KEYS = [Fernet.generate_key().decode()]
    assert client.get(address).status_code == 404


# --- export ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_exported_file_imports_without_a_change(client: Client, region: Region, kind: str):
    load(region, school(1, admin="Выдуманная Анна", email="anna@example.org"), school(2, name="=1+1"))
    response = client.get(reverse("registry_export", args=[region.code, kind]))
    assert "registry-ru-t1-" in response["Content-Disposition"]
    assert response["Cache-Control"] == "private, no-store"
    report = client.get(upload(client, region, response.content, f"registry.{kind}").url)
    assert report.context["plan"].changes == 0
    assert not report.context["plan"].refused


@pytest.mark.parametrize(("make", "seen"), [(analyst, True), (official, False), (auditor, False)])
def test_contacts_are_in_the_file_of_those_who_keep_the_registry_alone(region: Region, make, seen: bool):
    load(region, school(1, admin="Выдуманная Анна", email="anna@example.org"))
    file = browser(make(region)).get(reverse("registry_export", args=[region.code, "csv"])).content.decode()
    assert "Выдуманная Анна" in file
    assert ("anna@example.org" in file) == seen
    assert AuditEntry.objects.get().after["contacts"] == seen


def test_export_holds_nothing_of_another_region(client: Client, region: Region):
    InstitutionFactory(name="Чужая тайна")
    load(region, school(1))
    content = client.get(reverse("registry_export", args=[region.code, "csv"])).content.decode()
    assert "Школа № 1" in content
    assert "Чужая тайна" not in content


def test_export_of_another_kind_is_not_there(client: Client, region: Region):
    assert client.get(f"/regions/{region.code}/registry/export/exe/").status_code == 404
