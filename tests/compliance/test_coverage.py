"""How many institutions are where law sends them, and the list of those who are not."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from compliance.coverage import By, coverage
from monitoring.models import Exemption, Level, Obligation, PageStatus
from tests.factories import (
    InstitutionFactory,
    MunicipalityFactory,
    PageFactory,
    RegionFactory,
    SectorFactory,
    institution_admin,
)

from .conftest import DAY, LAW


def on(institution, *platforms: str, **options: object):
    for platform in platforms:
        PageFactory(institution=institution, platform=platform, **options)
    return institution


def network(group, platform: str):
    return next(each for each in group.networks if each.platform == platform)


def found(client, region, query: str) -> list[str]:
    html = client.get(reverse("presence", args=[region.code]) + query).content.decode()
    return re.findall(r'href="/institutions/\d+/"\s+title="([^"]*)"', html)


def test_institutions_are_counted_by_what_law_asks_of_them(region):
    on(InstitutionFactory(region=region), "vk", "ok")
    on(InstitutionFactory(region=region), "vk")
    Exemption.objects.create(institution=InstitutionFactory(region=region), ground="ФСБ", since=LAW)
    InstitutionFactory(region=region)
    total = coverage(region, DAY, By.LEVEL).total
    assert (total.total, total.some, total.none, total.exempt, total.lagging) == (4, 2, 2, 1, 2)
    vk, ok = network(total, "vk"), network(total, "ok")
    assert (vk.met, vk.missing, vk.exempt) == (2, 1, 1)
    assert (ok.met, ok.missing, ok.exempt) == (1, 2, 1)
    assert ok.share == pytest.approx(1 / 3)


def test_more_than_half_on_at_least_one_network_and_the_list_of_the_rest(analyst_client, region):
    """The Tver region in July 2022: «более 50 % организаций», and who the others are."""
    for number in range(51):
        on(InstitutionFactory(region=region, name=f"С {number}"), "vk")
    for number in range(49):
        InstitutionFactory(region=region, name=f"Без {number}")
    assert coverage(region, DAY, By.MUNICIPALITY).total.some_share == pytest.approx(0.51)
    response = analyst_client.get(reverse("presence_export", args=[region.code, "csv"]) + "?overall=none")
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + 49
    assert all("Без " in line for line in lines[1:])


def test_a_page_that_is_gone_or_archived_is_no_presence(region):
    institution = InstitutionFactory(region=region)
    on(institution, "vk", status=PageStatus.DELETED)
    on(institution, "ok", archived_on=DAY)
    assert coverage(region, DAY, By.LEVEL).total.none == 1


def test_an_obligation_binds_its_levels_and_days_alone(region):
    Obligation.objects.create(platform="max", level=Level.MINISTRY, since=LAW, basis="Указ")
    Obligation.objects.create(platform="telegram", since=DAY + dt.timedelta(1), basis="Завтра")
    Obligation.objects.create(platform="telegram", region=RegionFactory(), since=LAW, basis="Чужой край")
    InstitutionFactory(region=region, level=Level.MINISTRY)
    InstitutionFactory(region=region, level=Level.MUNICIPAL)
    view = coverage(region, DAY, By.LEVEL)
    assert view.platforms == ["vk", "ok", "max"]
    assert network(view.total, "max").missing == 1


def test_nobody_obliged_is_no_share_of_zero(region):
    Obligation.objects.create(platform="max", level=Level.MINISTRY, since=LAW, basis="Указ")
    InstitutionFactory(region=region)
    assert network(coverage(region, DAY, By.LEVEL).total, "max").share is None


@pytest.mark.parametrize("by", list(By))
def test_groups_add_up_to_the_region_and_lead_to_their_list(analyst_client, region, by):
    district = MunicipalityFactory(region=region)
    settlement = MunicipalityFactory(region=region, parent=district)
    sector = SectorFactory(name="Культура")
    narrow = SectorFactory(name="Библиотеки", parent=sector)
    InstitutionFactory(region=region, municipality=district, sector=sector, founder="Минкульт & Ко")
    InstitutionFactory(region=region, municipality=settlement, sector=narrow, founder="Минкульт & Ко")
    view = coverage(region, DAY, by)
    assert [(group.total, group.lagging) for group in view.groups] == [(2, 2)]
    html = analyst_client.get(reverse("coverage", args=[region.code]), {"by": by.value}).content.decode()
    link = re.search(rf'href="[^"]*(\?overall=lagging&amp;{by}=[^"]*)"', html)[1].replace("&amp;", "&")
    assert len(found(analyst_client, region, link)) == 2


def test_the_matrix_finds_who_lags_who_is_exempt_and_who_has_doubles(analyst_client, region):
    on(InstitutionFactory(region=region, name="Полная"), "vk", "ok")
    on(InstitutionFactory(region=region, name="Без ОК"), "vk")
    on(InstitutionFactory(region=region, name="Двойник"), "vk", "vk", "ok")
    exempt = InstitutionFactory(region=region, name="Свободная")
    Exemption.objects.create(institution=exempt, ground="ФСБ", since=LAW)
    assert found(analyst_client, region, "?overall=lagging") == ["Без ОК"]
    assert found(analyst_client, region, "?overall=exempt") == ["Свободная"]
    assert found(analyst_client, region, "?overall=double") == ["Двойник"]
    assert found(analyst_client, region, "?platform=ok&standing=missing") == ["Без ОК"]
    assert found(analyst_client, region, "?platform=ok&standing=exempt") == ["Свободная"]
    assert sorted(found(analyst_client, region, "?standing=present")) == ["Без ОК", "Двойник", "Полная"]
    assert len(found(analyst_client, region, "?platform=max&standing=free")) == 4


def test_an_exemption_that_has_run_out_excuses_nobody(analyst_client, region):
    late = InstitutionFactory(region=region, name="Опоздавшая")
    Exemption.objects.create(institution=late, ground="Ремонт", since=LAW, until=DAY - dt.timedelta(1))
    assert found(analyst_client, region, "?overall=lagging") == ["Опоздавшая"]


@pytest.mark.parametrize("count", [3, 60])
@pytest.mark.parametrize("name", ["coverage", "presence", "compliance", "compliance_pages", "network_moves"])
def test_screens_need_as_many_queries_for_many_rows_as_for_few(
    analyst_client, region, django_assert_max_num_queries, name, count
):
    for _ in range(count):
        on(InstitutionFactory(region=region, municipality=MunicipalityFactory(region=region)), "vk", "ok")
    with django_assert_max_num_queries(20 if name == "network_moves" else 18):
        assert analyst_client.get(reverse(name, args=[region.code])).status_code == 200


def test_a_formula_in_a_name_stays_text_in_the_file(analyst_client, region):
    InstitutionFactory(region=region, name="=HYPERLINK(1)")
    response = analyst_client.get(reverse("presence_export", args=[region.code, "csv"]))
    assert "'=HYPERLINK(1)" in b"".join(response.streaming_content).decode()


def test_an_institution_admin_does_not_see_the_whole_region(client, region):
    client.force_login(institution_admin(InstitutionFactory(region=region)))
    assert client.get(reverse("coverage", args=[region.code])).status_code == 404
