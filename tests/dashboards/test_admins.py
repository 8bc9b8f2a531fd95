"""The table of page admins and the card of one: who sees it, what is recorded from it."""

import datetime as dt
import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from gospub.accounts.models import AuditEntry
from monitoring.models import Consent, ConsentScope, Person, PersonContact
from tests.factories import (
    ConsentFactory,
    ConsentTextFactory,
    InstitutionFactory,
    PageFactory,
    PersonFactory,
    RegionFactory,
    analyst,
    auditor,
    curator,
    institution_admin,
    official,
    operator,
    steward,
)

from .conftest import DAY
from .test_overview import text_of

EMAIL = "proba@example.org"
YEAR_AGO = DAY - dt.timedelta(days=365)
SEEING = [analyst, official, auditor]


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def person(region) -> Person:
    person = PersonFactory(region=region, name="Выдумкина Проба")
    PersonContact.objects.create(person=person, email=EMAIL)
    return person


def listing(client, region, query: str = "") -> str:
    return client.get(reverse("admins", args=[region.code]) + query).content.decode()


def names(client, region, query: str = "") -> list[str]:
    return re.findall(r'href="/admins/\d+/"\s+title="([^"]*)"', listing(client, region, query))


def card(client, person) -> str:
    return text_of(client.get(reverse("admin_card", args=[person.pk])))


def sent(**changes: object) -> dict[str, object]:
    """A form that is accepted."""
    fields = {"scope": ConsentScope.OPEN_DATA, "given_on": "2024-10-01", "document": "№ 5 от 01.10.2024"}
    if "text" not in changes:
        fields["text"] = ConsentTextFactory().pk
    return {f"consent-{name}": value for name, value in (fields | changes).items()}


# --- the table ------------------------------------------------------------------------------------------------------


def test_the_table_counts_the_pages_that_are_run_today(analyst_client, region, person):
    for since, until in [(YEAR_AGO, None), (YEAR_AGO, DAY), (YEAR_AGO, DAY - dt.timedelta(days=1))]:
        steward(PageFactory(institution__region=region), person, since, until)
    steward(PageFactory(institution__region=region, archived_on=YEAR_AGO), person, YEAR_AGO)
    steward(PageFactory(institution__region=region), person, DAY + dt.timedelta(days=1))
    assert re.search(r'<td class="n">\s*2\s*</td>', listing(analyst_client, region))


def test_the_table_tells_consents_by_scope(analyst_client, region, person):
    ConsentFactory(person=person, scope=ConsentScope.AWARDS, withdrawn_at=dt.datetime(2024, 10, 1, tzinfo=dt.UTC))
    ConsentFactory(person=person, scope=ConsentScope.OPEN_DATA)
    tags = re.findall(r'<span class="tag[^"]*">([^<]*)</span>', listing(analyst_client, region))
    assert tags == ["отозвано", "действует"]


def test_a_contact_is_told_to_be_known_and_not_shown(analyst_client, region, person):
    html = listing(analyst_client, region)
    assert "известен" in html
    assert EMAIL not in html


def test_people_are_found_by_name_and_by_the_state_of_their_consent(analyst_client, region):
    agreed, withdrawn, silent = (PersonFactory(region=region, name=name) for name in ("Ёлкина", "Дубова", "Вязова"))
    ConsentFactory(person=agreed)
    ConsentFactory(person=withdrawn, withdrawn_at=dt.datetime(2024, 10, 1, tzinfo=dt.UTC))
    assert names(analyst_client, region, "?q=елк") == [agreed.name]
    assert names(analyst_client, region, "?consent=in_force") == [agreed.name]
    assert names(analyst_client, region, "?consent=withdrawn") == [withdrawn.name]
    assert names(analyst_client, region, "?consent=not_in_force") == [silent.name, withdrawn.name]


@pytest.mark.parametrize("sort", ["name", "-name", "pages", "-pages", "awards", "-open_data", "contact", "nonsense"])
def test_every_column_sorts(analyst_client, region, person, sort):
    PersonFactory(region=region, name="Абрикосова")
    assert len(names(analyst_client, region, f"?sort={sort}")) == 2


def test_the_table_has_pages(analyst_client, region):
    for _ in range(51):
        PersonFactory(region=region)
    assert len(names(analyst_client, region)) == 50
    assert len(names(analyst_client, region, "?page=2")) == 1


@pytest.mark.parametrize("count", [3, 50])
def test_the_number_of_queries_does_not_depend_on_the_rows(
    analyst_client, region, count, django_assert_max_num_queries
):
    for _ in range(count):
        person = PersonFactory(region=region)
        ConsentFactory(person=person)
        PersonContact.objects.create(person=person, email=EMAIL)
        steward(PageFactory(institution__region=region), person, YEAR_AGO)
    with django_assert_max_num_queries(11):
        analyst_client.get(reverse("admins", args=[region.code]))


def test_htmx_gets_the_table_alone(analyst_client, region, person):
    response = analyst_client.get(reverse("admins", args=[region.code]), headers={"HX-Request": "true"})
    assert "<html" not in response.content.decode()
    assert person.name in response.content.decode()


# --- who sees what --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", SEEING)
def test_who_sees_the_region_sees_its_admins(region, person, make):
    client = client_of(make(region))
    assert names(client, region) == [person.name]
    assert person.name in card(client, person)


@pytest.mark.parametrize("make", SEEING)
def test_people_of_another_region_are_as_if_there_were_none(region, person, make):
    client = client_of(make(RegionFactory()))
    assert client.get(reverse("admins", args=[region.code])).status_code == 404
    foreign, missing = (client.get(reverse("admin_card", args=[pk])) for pk in (person.pk, 0))
    assert (foreign.status_code, missing.status_code) == (404, 404)


@pytest.mark.parametrize("make", [institution_admin, lambda each: curator(each.region, each.founder)])
def test_institution_admins_and_curators_have_no_such_screens(region, person, make):
    page = PageFactory(institution=InstitutionFactory(region=region, founder="Минкульт"))
    steward(page, person, YEAR_AGO)
    client = client_of(make(page.institution))
    assert client.get(reverse("admins", args=[region.code])).status_code == 404
    assert client.get(reverse("admin_card", args=[person.pk])).status_code == 404
    assert client.post(reverse("consent_give", args=[person.pk]), sent()).status_code == 404
    assert "Администраторы страниц" not in text_of(client.get(reverse("pages", args=[region.code])))


def test_the_contact_is_for_those_who_keep_the_registry(region, person):
    assert EMAIL in card(client_of(analyst(region)), person)
    assert EMAIL in card(client_of(operator()), person)
    for make in (official, auditor):
        assert EMAIL not in card(client_of(make(region)), person)
        assert "известен" in card(client_of(make(region)), person)


@pytest.mark.parametrize("make", [official, auditor])
@pytest.mark.parametrize("name", ["consent_give", "admin_data", "name_remove"])
def test_others_change_and_take_nothing(region, person, make, name):
    assert client_of(make(region)).post(reverse(name, args=[person.pk]), sent()).status_code == 403
    assert Person.objects.get().name == person.name
    assert not Consent.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(("make", "status"), [(official, 403), (auditor, 403), (institution_admin, 404)])
def test_others_withdraw_nothing(region, person, make, status):
    consent = ConsentFactory(person=person)
    place = InstitutionFactory(region=region) if make is institution_admin else region
    assert client_of(make(place)).post(reverse("consent_withdraw", args=[consent.pk])).status_code == status
    consent.refresh_from_db()
    assert consent.withdrawn_at is None


def test_whoever_may_not_sees_no_forms(region, person):
    ConsentFactory(person=person)
    html = client_of(official(region)).get(reverse("admin_card", args=[person.pk])).content.decode()
    assert not re.findall(r'action="/(?:admins|consents)/', html)


# --- the card -------------------------------------------------------------------------------------------------------


def test_the_card_shows_present_and_past_pages(analyst_client, region, person):
    now = steward(PageFactory(institution__region=region, title="Нынешняя"), person, YEAR_AGO)
    past = steward(PageFactory(institution__region=region, title="Прежняя"), person, YEAR_AGO, DAY - dt.timedelta(1))
    text = card(analyst_client, person)
    assert text.index(now.page.title) < text.index("Переданы") < text.index(past.page.title)
    assert "27.10.2023 – …" in text
    assert "27.10.2023 – 25.10.2024" in text


@pytest.mark.parametrize("count", [1, 8])
def test_queries_of_the_card_do_not_grow(analyst_client, region, person, count, django_assert_max_num_queries):
    for _ in range(count):
        steward(PageFactory(institution__region=region), person, YEAR_AGO)
        ConsentFactory(person=person, withdrawn_at=dt.datetime(2024, 10, 1, tzinfo=dt.UTC))
    with django_assert_max_num_queries(14):
        analyst_client.get(reverse("admin_card", args=[person.pk]))


def test_a_hostile_name_is_shown_as_text(analyst_client, region):
    person = PersonFactory(region=region, name='"><script>alert(1)</script>')
    assert "<script>alert" not in listing(analyst_client, region)
    assert "<script>alert" not in analyst_client.get(reverse("admin_card", args=[person.pk])).content.decode()


def test_the_card_is_kept_in_no_cache(analyst_client, person):
    assert "no-store" in analyst_client.get(reverse("admin_card", args=[person.pk]))["Cache-Control"]


# --- consents -------------------------------------------------------------------------------------------------------


def test_a_consent_is_recorded(region, person):
    user = analyst(region)
    response = client_of(user).post(reverse("consent_give", args=[person.pk]), sent(), follow=True)
    consent = Consent.objects.get()
    assert (consent.person, consent.recorded_by, consent.given_on) == (person, user, dt.date(2024, 10, 1))
    assert "Согласие записано." in text_of(response)
    assert "дано 01.10.2024" in text_of(response)
    assert AuditEntry.objects.get().action == "consent.give"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"given_on": "2024-10-27"}, "ещё не наступил"),
        ({"given_on": "2023-12-31"}, "ещё не применялась"),
        ({"document": "Согласие: Выдумкина"}, "без имени"),
        ({"document": ""}, "Обязательное поле"),
        ({"scope": "everything"}, "корректный вариант"),
        ({"text": 0}, "корректный вариант"),
    ],
)
def test_a_consent_that_cannot_be_is_refused_in_words(analyst_client, person, changes, told):
    response = analyst_client.post(reverse("consent_give", args=[person.pk]), sent(**changes))
    assert response.status_code == 422
    assert told in text_of(response)
    assert not Consent.objects.exists()


def test_a_second_consent_of_the_scope_is_refused_in_words(analyst_client, person):
    ConsentFactory(person=person)
    response = analyst_client.post(reverse("consent_give", args=[person.pk]), sent())
    assert response.status_code == 422
    assert "уже действует" in text_of(response)


def test_a_consent_is_withdrawn_and_stays_in_the_history(analyst_client, person):
    consent = ConsentFactory(person=person)
    response = analyst_client.post(reverse("consent_withdraw", args=[consent.pk]), follow=True)
    assert "Согласие отозвано" in text_of(response)
    assert "Отозвано 26.10.2024" in text_of(response)
    assert not Person.objects.with_public_name(ConsentScope.OPEN_DATA, consent.recorded_at.replace(month=12)).exists()
    again = analyst_client.post(reverse("consent_withdraw", args=[consent.pk]), follow=True)
    assert "уже было отозвано" in text_of(again)
    assert AuditEntry.objects.filter(action="consent.withdraw").count() == 1


# --- the subject's file and the end of a name ------------------------------------------------------------------------


def test_all_that_is_stored_is_one_click_away(analyst_client, person):
    response = analyst_client.post(reverse("admin_data", args=[person.pk]))
    assert json.loads(response.content)["person"]["name"] == person.name
    assert response["Content-Disposition"] == f'attachment; filename="person-{person.pk}.json"'
    assert "no-store" in response["Cache-Control"]
    assert AuditEntry.objects.get().action == "person.export"


def test_a_name_is_removed_with_a_reason(analyst_client, person):
    fields = {"removal-reason": "Письмо № 7 от 20.10.2024"}
    response = analyst_client.post(reverse("name_remove", args=[person.pk]), fields, follow=True)
    text = text_of(response)
    assert f"Администратор № {person.pk}" in text
    assert "Имя удалено." in text
    assert person.name not in text
    assert EMAIL not in text


@pytest.mark.parametrize("reason", ["", "коротко", "Так просила Выдумкина сама"])
def test_without_a_reason_or_with_the_name_in_it_nothing_is_removed(analyst_client, person, reason):
    response = analyst_client.post(reverse("name_remove", args=[person.pk]), {"removal-reason": reason})
    assert response.status_code == 422
    assert Person.objects.get().name == person.name
