"""The table of institutions and the card of one."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from monitoring.models import Exemption, Level, Obligation, PageState, PageStatus, PlatformCode
from tests.factories import (
    InstitutionFactory,
    MunicipalityFactory,
    PageFactory,
    RegionFactory,
    analyst,
    institution_admin,
)

from .conftest import DAY
from .test_overview import text_of

LAW = dt.date(2022, 12, 1)


def names(client, region, query: str = "") -> list[str]:
    html = client.get(reverse("institutions", args=[region.code]) + query).content.decode()
    return re.findall(r'href="/institutions/\d+/"\s+title="([^"]*)"', html)


def card(client, institution) -> str:
    return text_of(client.get(reverse("institution", args=[institution.pk])))


def test_institutions_without_any_page_can_be_found(analyst_client, region):
    InstitutionFactory(region=region, name="Без страниц")
    PageFactory(institution=InstitutionFactory(region=region, name="Со страницей"))
    archived = PageFactory(institution=InstitutionFactory(region=region, name="С бывшей страницей"))
    archived.archived_on = DAY
    archived.save()
    assert names(analyst_client, region) == ["Без страниц", "С бывшей страницей", "Со страницей"]
    assert names(analyst_client, region, "?presence=none") == ["Без страниц", "С бывшей страницей"]
    assert names(analyst_client, region, "?presence=some") == ["Со страницей"]


def test_pages_are_counted_by_network_and_their_audience_is_summed(analyst_client, region):
    institution = InstitutionFactory(region=region)
    for platform, subscribers in ((PlatformCode.VK, 1000), (PlatformCode.VK, 234), (PlatformCode.OK, None)):
        PageState.objects.create(page=PageFactory(institution=institution, platform=platform), subscribers=subscribers)
    html = analyst_client.get(reverse("institutions", args=[region.code])).content.decode()
    cells = re.findall(r'<td class="n">\s*<span class="(?:num|none)">([^<]*)</span>', html)
    assert [cell.replace("\u00a0", " ") for cell in cells] == ["2", "1", "0", "0", "1 234"]


def test_an_institution_without_a_measured_page_has_no_audience(analyst_client, region):
    PageFactory(institution=InstitutionFactory(region=region))
    assert "нет данных" in text_of(analyst_client.get(reverse("institutions", args=[region.code])))


@pytest.mark.parametrize("count", [3, 60])
def test_the_number_of_queries_does_not_depend_on_the_rows(
    analyst_client, region, count, django_assert_max_num_queries
):
    for _ in range(count):
        PageFactory(institution=InstitutionFactory(region=region, municipality=MunicipalityFactory(region=region)))
    with django_assert_max_num_queries(13):
        analyst_client.get(reverse("institutions", args=[region.code]))


def test_an_institution_admin_sees_the_own_one_alone(region):
    own = InstitutionFactory(region=region, name="Своё")
    other = InstitutionFactory(region=region, name="Чужое")
    client = Client()
    client.force_login(institution_admin(own))
    assert names(client, region) == ["Своё"]
    assert client.get(reverse("institution", args=[own.pk])).status_code == 200
    assert client.get(reverse("institution", args=[other.pk])).status_code == 404


def test_an_institution_of_another_region_is_not_found(region):
    client = Client()
    client.force_login(analyst(RegionFactory()))
    institution = InstitutionFactory(region=region)
    assert client.get(reverse("institution", args=[institution.pk])).status_code == 404
    assert client.get(reverse("institutions", args=[region.code])).status_code == 404


def test_the_card_sums_what_was_measured(analyst_client, region):
    institution = InstitutionFactory(region=region)
    PageState.objects.create(page=PageFactory(institution=institution), subscribers=1200)
    PageFactory(institution=institution)
    text = card(analyst_client, institution)
    assert "всего 1 200 подписчиков" in text
    assert "ещё не измерено" in text


def test_a_hostile_name_is_shown_as_text(analyst_client, region):
    institution = InstitutionFactory(region=region, name='"><script>alert(1)</script>')
    html = analyst_client.get(reverse("institution", args=[institution.pk])).content.decode()
    assert "<script>alert" not in html


# --- duties -------------------------------------------------------------------------------------


def test_a_duty_without_a_page_is_missing_and_with_one_is_met(analyst_client, region):
    institution = InstitutionFactory(region=region)
    Obligation.objects.create(platform=PlatformCode.VK, since=LAW, basis="Закон о пабликах")
    assert "Закон о пабликах" in card(analyst_client, institution)
    assert "страницы нет" in card(analyst_client, institution)
    page = PageFactory(institution=institution)
    assert "ведёт страницу" in card(analyst_client, institution)
    page.status = PageStatus.DELETED
    page.save()
    assert "страницы нет" in card(analyst_client, institution)


def test_an_exemption_lifts_the_duty_and_names_its_ground(analyst_client, region):
    institution = InstitutionFactory(region=region)
    Obligation.objects.create(platform=PlatformCode.VK, since=LAW, basis="Закон")
    Exemption.objects.create(institution=institution, ground="приказ № 5", since=LAW)
    text = card(analyst_client, institution)
    assert "на основании: приказ № 5" in text
    assert "страницы нет" not in text


@pytest.mark.parametrize(
    "fields",
    [
        {"since": dt.date(2024, 10, 27)},
        {"since": LAW, "until": dt.date(2024, 10, 25)},
        {"since": LAW, "level": Level.UNIVERSITY},
    ],
)
def test_a_duty_of_another_time_or_level_is_none(analyst_client, region, fields):
    Obligation.objects.create(platform=PlatformCode.VK, basis="Закон", **fields)
    assert "Обязанностей" in card(analyst_client, InstitutionFactory(region=region))


def test_a_duty_of_another_region_is_none(analyst_client, region):
    Obligation.objects.create(platform=PlatformCode.VK, basis="Закон", since=LAW, region=RegionFactory())
    assert "Обязанностей" in card(analyst_client, InstitutionFactory(region=region))
