"""Methodologies as they are stored: presets, versions, copies of a region's own."""

import datetime as dt

import pytest
from django.db import IntegrityError

from ratings.methodologies import save_version, store_preset, store_presets, version_data
from ratings.models import Methodology
from ratings.presets import preset_slugs, read_preset
from ratings.rules_data import RulesError
from tests.factories import RegionFactory, analyst, institution_admin

from .worlds import item, methodology, page_in, rate, some_pages, target

pytestmark = pytest.mark.django_db
OTHER = {"subject": "page", "items": [target("avatar", "1")]}


def saved(found: Methodology, region, version: str = "1", **dates) -> Methodology:
    return save_version(found, region, OTHER, version=version, **{"since": None, "until": None} | dates)


def test_all_presets_are_stored_with_all_their_versions():
    store_presets()
    store_presets()
    stored = set(Methodology.objects.values_list("slug", "version"))
    assert stored == {(slug, each["version"]) for slug in preset_slugs() for each in read_preset(slug)["versions"]}
    assert not Methodology.objects.exclude(region=None).exists()


def test_a_stored_version_is_never_overwritten_by_its_file():
    store_preset("amur")
    Methodology.objects.update(data={"kept": True})
    store_preset("amur")
    assert Methodology.objects.get().data == {"kept": True}


def test_there_is_no_other_preset():
    with pytest.raises(KeyError):
        store_preset("../amur")


@pytest.mark.parametrize(
    ("day", "version"), [(dt.date(2026, 3, 31), "2025"), (dt.date(2026, 4, 1), "2026"), (dt.date(2031, 1, 1), "2026")]
)
def test_a_version_is_in_force_on_its_days(day, version):
    store_preset("chelyabinsk")
    assert Methodology.objects.in_force("chelyabinsk", day).version == version


def test_of_two_versions_in_force_the_later_one_counts():
    old = methodology(item("growth"))
    new = Methodology.objects.create(slug=old.slug, version="2", name="N", since=dt.date(2024, 1, 1), data=old.data)
    assert Methodology.objects.in_force(old.slug, dt.date(2024, 1, 1)) == new
    assert Methodology.objects.in_force(old.slug, dt.date(2023, 12, 31)) == old


def test_the_latest_version_is_the_stored_one_or_that_of_the_file():
    assert version_data("chelyabinsk") == read_preset("chelyabinsk")["versions"][-1]
    store_preset("chelyabinsk")
    Methodology.objects.filter(version="2026").update(data={"kept": True})
    assert version_data("chelyabinsk") == {"kept": True}
    with pytest.raises(KeyError):
        version_data("no-such")


def test_an_older_version_is_found_by_its_name():
    assert version_data("chelyabinsk", "2025") == read_preset("chelyabinsk")["versions"][0]
    store_preset("chelyabinsk")
    Methodology.objects.filter(version="2025").update(data={"kept": True})
    assert version_data("chelyabinsk", "2025") == {"kept": True}
    with pytest.raises(KeyError):
        version_data("chelyabinsk", "1999")


# --- saving -----------------------------------------------------------------------------------------------------------


def test_a_version_of_the_region_that_was_not_used_is_rewritten(region):
    own = methodology(item("growth"), region=region)
    assert saved(own, region, since=dt.date(2025, 1, 1)).pk == own.pk
    own.refresh_from_db()
    assert (own.data["items"], own.since) == (OTHER["items"], dt.date(2025, 1, 1))


def test_a_version_that_was_used_is_never_rewritten(region):
    some_pages(region, [1, 2])
    own = methodology(item("growth"), region=region)
    rate(region, own)
    before = own.data
    with pytest.raises(IntegrityError):
        saved(own, region, "1")
    new = saved(own, region, "2")
    own.refresh_from_db()
    assert (own.data, new.slug, new.region) == (before, own.slug, region)
    assert new.data == OTHER | {"version": "2"}


def test_another_name_makes_a_new_version_beside_the_old(region):
    own = methodology(item("growth"), region=region)
    new = saved(own, region, "2")
    assert (new.pk != own.pk, new.slug) == (True, own.slug)
    assert Methodology.objects.of(own.slug).count() == 2


def test_a_published_methodology_becomes_the_regions_own_copy(region):
    published = methodology(item("growth"), slug="published")
    own = saved(published, region)
    published.refresh_from_db()
    assert published.data["items"] == [item("growth")]
    assert (own.slug, own.region, own.name) == (f"published-{region.code.lower()}", region, published.name)


def test_another_regions_methodology_is_copied_and_not_changed(region):
    foreign = methodology(item("growth"), region=RegionFactory())
    own = saved(foreign, region)
    foreign.refresh_from_db()
    assert (foreign.data["items"], own.region) == ([item("growth")], region)


def test_a_copy_of_a_working_figure_is_one_too(region):
    assert saved(methodology(item("growth"), open=True), region).open


def test_two_versions_of_one_name_are_refused(region):
    published = methodology(item("growth"))
    saved(published, region, "1")
    with pytest.raises(IntegrityError):
        saved(published, region, "1")
    own = saved(published, region, "2")
    saved(own, region, "3")
    with pytest.raises(IntegrityError):
        saved(own, region, "1")


def test_rules_that_cannot_be_read_are_not_kept(region):
    own = methodology(item("growth"), region=region)
    with pytest.raises(RulesError):
        save_version(own, region, {"items": []}, version="1", since=None, until=None)
    own.refresh_from_db()
    assert own.data["items"] == [item("growth")]


# --- who sees them ----------------------------------------------------------------------------------------------------


def test_a_methodology_of_another_region_is_seen_by_nobody_here(region):
    own, foreign = methodology(item("growth"), region=region), methodology(item("growth"), region=RegionFactory())
    published = methodology(item("growth"))
    assert set(Methodology.objects.visible_to(analyst(region))) == {own, published}
    assert foreign not in Methodology.objects.visible_to(institution_admin(page_in(region).institution))
