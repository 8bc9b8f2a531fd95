"""Search everywhere: what is found, by whom, in how many queries."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monitoring.dashboards.queries.search import find
from monitoring.models import Institution, Page, Person
from monitoring.personal.names import remove_name
from monitoring.search.rebuilding import rebuild
from tests.factories import (
    InstitutionFactory,
    MunicipalityFactory,
    PageFactory,
    PersonFactory,
    RegionFactory,
    analyst,
    curator,
    institution_admin,
    operator,
)
from tests.permission_world import NOW

pytestmark = pytest.mark.django_db


def titles(found):
    return {str(group.title): [hit.title for hit in group.hits] for group in found.groups}


def test_a_school_is_found_by_its_number_and_by_its_municipality(region):
    khabarovsk = MunicipalityFactory(region=region, name="Хабаровск")
    InstitutionFactory(region=region, name="МБОУ СОШ № 5", municipality=khabarovsk)
    InstitutionFactory(region=region, name="МБОУ СОШ № 5 п. Ванино")
    InstitutionFactory(region=region, name="МБОУ СОШ № 15", municipality=khabarovsk)
    user = analyst(region)
    assert titles(find("школа 5", user, 10)) == {"Учреждения": ["МБОУ СОШ № 5", "МБОУ СОШ № 5 п. Ванино"]}
    assert titles(find("школа 5 хабаровск", user, 10)) == {"Учреждения": ["МБОУ СОШ № 5"]}


def test_what_was_typed_in_the_other_layout_is_found_and_said(region):
    InstitutionFactory(region=region, name="МБОУ СОШ № 5")
    found = find("irjkf 5", analyst(region), 10)
    assert (found.corrected, found.total) == ("школа 5", 1)
    assert find("zzzz", analyst(region), 10).corrected == ""


def test_numbers_of_an_institution_find_it(region):
    school = InstitutionFactory(region=region, inn="2721012346")
    for number in (school.inn, school.ogrn, school.ogrn[:6]):
        assert school.name in titles(find(number, analyst(region), 10))["Учреждения"]


@pytest.mark.parametrize("address", ["https://vk.com/club77", "vk.com/school_five", "@school_five", "school_five"])
def test_an_address_finds_its_page(region, address):
    page = PageFactory(institution__region=region, handle="school_five", external_id="77", title="Пятая")
    PageFactory(institution__region=region, handle="school_six", title="Шестая")
    found = find(address, analyst(region), 10)
    assert [hit.url for group in found.groups for hit in group.hits] == [reverse("page", args=[page.pk])]


def test_municipalities_and_founders_lead_to_the_list_of_their_institutions(region):
    place = MunicipalityFactory(region=region, name="Район имени Лазо")
    InstitutionFactory(region=region, municipality=place, founder="Министерство культуры & спорта")
    InstitutionFactory(region=region, founder="Министерство культуры & спорта")
    found = {str(group.title): group.hits for group in find("минкульт", analyst(region), 10).groups}
    assert [hit.url for hit in found["Учредители"]] == [
        f"/regions/{region.code}/institutions/?founder="
        "%D0%9C%D0%B8%D0%BD%D0%B8%D1%81%D1%82%D0%B5%D1%80%D1%81%D1%82%D0%B2%D0%BE+"
        "%D0%BA%D1%83%D0%BB%D1%8C%D1%82%D1%83%D1%80%D1%8B+%26+%D1%81%D0%BF%D0%BE%D1%80%D1%82%D0%B0"
    ]
    [lazo] = find("лазо", analyst(region), 10).groups
    assert lazo.hits[0].url.endswith(f"?municipality={place.pk}")


def test_names_say_the_words_before_abbreviations_do(region):
    for name in ("МБОУ СОШ № 7", "Школа № 7"):
        InstitutionFactory(region=region, name=name)
    assert titles(find("школа 7", analyst(region), 10))["Учреждения"] == ["Школа № 7", "МБОУ СОШ № 7"]


def world_of_two_founders(region):
    mine = InstitutionFactory(region=region, name="Школа моя", founder="Комитет мой",
                              municipality=MunicipalityFactory(region=region, name="Школьный мой"))  # fmt: skip
    other = InstitutionFactory(region=region, name="Школа чужая", founder="Комитет школьный чужой",
                               municipality=MunicipalityFactory(region=region, name="Школьный чужой"))  # fmt: skip
    for institution in (mine, other):
        PageFactory(institution=institution, title=institution.name)
    PersonFactory(region=region, name="Школьникова Чужая")
    return mine


def found_titles(text, user):
    return [hit.title for group in find(text, user, 10).groups for hit in group.hits]


def test_nobody_finds_what_is_not_theirs_to_see(region):
    mine = world_of_two_founders(region)
    for user in (curator(region, "Комитет мой"), institution_admin(mine)):
        assert sorted(found_titles("шко", user)) == ["Школа моя", "Школа моя", "Школьный мой"]
        assert found_titles("чужая", user) == []
    assert found_titles("шко", analyst(RegionFactory())) == []
    assert len(found_titles("шко", analyst(region))) == len(found_titles("шко", operator())) == 8


def test_people_are_found_by_those_who_may_see_names_until_the_name_is_gone(region):
    person = PersonFactory(region=region, name="Иванова Мария")
    assert titles(find("иванова", analyst(region), 10)) == {"Администраторы страниц": ["Иванова Мария"]}
    remove_name(person, reason="test", user=None, now=NOW)
    assert found_titles("иванова", analyst(region)) == []
    assert "ivanov" not in Person.objects.values_list("search", flat=True).get(pk=person.pk)


def test_what_is_renamed_is_found_by_its_new_name(region):
    school = InstitutionFactory(region=region, name="Школа")
    Institution.objects.get(pk=school.pk).save()
    stored = Institution.objects.get(pk=school.pk)
    stored.name = "Гимназия"
    stored.save()
    assert found_titles("гимназия", analyst(region)) == ["Гимназия"]
    assert found_titles("школа", analyst(region)) == []
    page = PageFactory(institution=school, title="Было")
    page.title = "Стало"
    Page.objects.bulk_update([page], ["title", "search"])
    assert found_titles("стало", analyst(region)) == ["Стало"]


def test_the_screen_works_without_javascript_and_the_fragment_is_a_part_of_it(region, analyst_client):
    InstitutionFactory(region=region, name="МБОУ СОШ № 5 <b>")
    whole = analyst_client.get(reverse("search"), {"q": "школа 5"}).content.decode()
    part = analyst_client.get(reverse("search"), {"q": "школа 5"}, headers={"HX-Request": "true"}).content.decode()
    for html in (whole, part):
        assert "МБОУ СОШ № 5 &lt;b&gt;" in html
    assert "<html" in whole
    assert "<html" not in part


@pytest.mark.parametrize("asked", ["", "ш", "\0", "%", "_", "№", "ш" * 500, "' OR 1=1 --", "\\"])
def test_odd_questions_are_answered(analyst_client, asked):
    assert analyst_client.get(reverse("search"), {"q": asked}).status_code == 200


def test_every_signed_in_screen_has_the_box_and_no_other(region, analyst_client):
    assert 'id="find"' in analyst_client.get(reverse("pages", args=[region.code])).content.decode()
    assert 'id="find"' not in Client().get(reverse("account_login")).content.decode()


def test_as_many_queries_for_many_rows_as_for_few(region, analyst_client):
    counts = []
    for more in (1, 20):
        for _ in range(more):
            PageFactory(institution__region=region, title="Школа", institution__founder="Школьный комитет")
        with CaptureQueriesContext(connection) as queries:
            analyst_client.get(reverse("search"), {"q": "школа"}, headers={"HX-Request": "true"})
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_what_search_looks_in_can_be_made_anew(region):
    school = InstitutionFactory(region=region, name="МБОУ СОШ № 5", founder="Минобр")
    stored = Institution.objects.filter(pk=school.pk)
    before = stored.values("search", "founder_search").get()
    stored.update(search="", founder_search="")
    assert found_titles("школа 5", analyst(region)) == []
    rebuild()
    assert stored.values("search", "founder_search").get() == before
    assert found_titles("школа 5", analyst(region)) == ["МБОУ СОШ № 5"]
