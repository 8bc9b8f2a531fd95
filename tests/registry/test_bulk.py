"""Many rows at one stroke: those ticked or all that the filter finds, and back at one stroke."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from gospub.accounts.models import AuditEntry
from monitoring.models import ChangeKind, Institution, Level, Page, PageClass, Region, RegistryChange
from monitoring.registry.history import undo
from tests.factories import (
    InstitutionFactory,
    MunicipalityFactory,
    PageFactory,
    RegionFactory,
    SectorFactory,
    analyst,
    official,
)

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2024, 10, 26, 3, tzinfo=dt.UTC)


@pytest.fixture
def region() -> Region:
    return RegionFactory()


@pytest.fixture
def client(region: Region) -> Client:
    client = Client()
    client.force_login(analyst(region))
    return client


def test_those_ticked_are_changed_and_no_others(client, region):
    ticked, other = InstitutionFactory(region=region), InstitutionFactory(region=region)
    place, sector = MunicipalityFactory(region=region), SectorFactory()
    InstitutionFactory(region=region, sector=sector)
    sent = {
        "apply": "1",
        "row": [ticked.pk],
        "municipality": place.pk,
        "sector": sector.pk,
        "level": "region",
        "founder": "Минобр",
    }
    client.post(reverse("institutions_change", args=[region.code]), sent)
    ticked.refresh_from_db()
    other.refresh_from_db()
    assert (ticked.municipality, ticked.sector, ticked.level, ticked.founder) == (place, sector, "region", "Минобр")
    assert (other.municipality, other.level) == (None, Level.MUNICIPAL)


def test_all_that_the_filter_finds_are_changed(client, region):
    found = [InstitutionFactory(region=region, name=f"Библиотека {n}") for n in range(60)]
    InstitutionFactory(region=region, name="Школа")
    client.post(
        reverse("institutions_change", args=[region.code]) + "?q=библиотека",
        {"apply": "1", "all": "1", "founder": "Минкульт"},
    )
    assert Institution.objects.filter(founder="Минкульт").count() == len(found)


def test_what_is_left_as_it_is_stays(client, region):
    institution = InstitutionFactory(region=region, founder="Минобр")
    client.post(
        reverse("institutions_change", args=[region.code]), {"apply": "1", "row": [institution.pk], "level": "region"}
    )
    institution.refresh_from_db()
    assert (institution.level, institution.founder) == ("region", "Минобр")


def test_a_bulk_change_is_one_change_and_is_taken_back_as_one(client, region):
    rows = [InstitutionFactory(region=region, founder=f"Ведомство {n}") for n in range(30)]
    client.post(
        reverse("institutions_change", args=[region.code]),
        {"apply": "1", "all": "1", "founder": "Минобр", "archive": "on"},
    )
    change = RegistryChange.objects.get()
    assert (change.kind, change.rows.count(), AuditEntry.objects.count()) == (ChangeKind.BULK, 30, 1)
    assert Institution.objects.kept().count() == 0
    undo(change, change.by, NOW, NOW.date())
    assert sorted(Institution.objects.kept().values_list("founder", flat=True)) == sorted(row.founder for row in rows)


def test_pages_are_archived_and_classed_together(client, region):
    pages = [PageFactory(institution__region=region) for _ in range(3)]
    keys = [page.pk for page in pages[:2]]
    client.post(
        reverse("pages_change", args=[region.code]), {"apply": "1", "row": keys, "page_class": "card", "archive": "on"}
    )
    changed = Page.objects.filter(page_class=PageClass.CARD, archived_on__isnull=False)
    assert sorted(changed.values_list("pk", flat=True)) == keys


def test_archiving_institutions_takes_their_pages_along(client, region):
    page = PageFactory(institution__region=region)
    client.post(
        reverse("institutions_change", args=[region.code]),
        {"apply": "1", "row": [page.institution_id], "archive": "on"},
    )
    assert not Page.objects.watched().exists()


def test_rows_of_another_region_are_not_touched(client, region):
    foreign = InstitutionFactory(founder="Чужой")
    client.post(
        reverse("institutions_change", args=[region.code]), {"apply": "1", "row": [foreign.pk], "founder": "Минобр"}
    )
    foreign.refresh_from_db()
    assert foreign.founder == "Чужой"


def test_it_is_asked_first_what_they_are_to_have(client, region):
    institution = InstitutionFactory(region=region, name="Школа № 1")
    address = reverse("institutions_change", args=[region.code])
    asked = client.post(address, {"row": [institution.pk]})
    html = asked.content.decode()
    assert asked.status_code == 200
    assert f'name="row" value="{institution.pk}"' in html
    assert "Школа № 1" in html
    assert client.post(address, {"apply": "1", "row": [institution.pk]}).status_code == 422  # nothing is said
    assert not RegistryChange.objects.exists()


def test_a_list_that_grew_between_asking_and_doing_is_shown_again(client, region):
    InstitutionFactory(region=region)
    address = reverse("institutions_change", args=[region.code])
    assert 'name="total" value="1"' in client.post(address, {"all": "1"}).content.decode()
    InstitutionFactory(region=region)
    client.post(address, {"apply": "1", "all": "1", "total": "1", "founder": "Минобр"})
    assert not Institution.objects.filter(founder="Минобр").exists()


def test_nothing_ticked_or_nothing_said_changes_nothing(client, region):
    InstitutionFactory(region=region)
    address = reverse("institutions_change", args=[region.code])
    for sent in ({"apply": "1", "founder": "Минобр"}, {"apply": "1", "row": ["x", "9" * 30], "founder": "Минобр"}):
        assert client.post(address, sent).status_code == 302
    assert not RegistryChange.objects.exists()


def test_two_that_would_become_the_same_are_refused_as_a_whole(client, region):
    here, there = MunicipalityFactory(region=region), MunicipalityFactory(region=region)
    for place in (here, there):
        InstitutionFactory(region=region, name="Школа № 1", ogrn="", municipality=place)
    client.post(reverse("institutions_change", args=[region.code]), {"apply": "1", "all": "1", "municipality": here.pk})
    assert set(Institution.objects.values_list("municipality", flat=True)) == {here.pk, there.pk}


def test_ticks_are_there_for_those_who_keep_the_registry_alone(client, region):
    PageFactory(institution__region=region)
    other = Client()
    other.force_login(official(region))
    for name in ("institutions", "pages"):
        address = reverse(name, args=[region.code])
        assert 'name="row"' in client.get(address).content.decode()
        assert 'name="row"' not in other.get(address).content.decode()


@pytest.mark.parametrize("name", ["institutions", "pages"])
def test_the_lists_of_a_keeper_ask_the_same_queries_for_few_and_many(
    client, region, name, django_assert_max_num_queries
):
    counts = []
    for count in (3, 57):
        for _ in range(count):
            PageFactory(institution__region=region, institution__municipality=MunicipalityFactory(region=region))
        client.get(reverse(name, args=[region.code]))
        with django_assert_max_num_queries(14) as found:
            client.get(reverse(name, args=[region.code]))
        counts.append(len(found))
    assert counts[0] == counts[1]
