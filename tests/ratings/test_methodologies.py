"""Methodologies as they are stored: presets, versions, copies of a region's own."""

import datetime as dt
import json

import pytest
from django.db import IntegrityError

from ratings.methodologies import file_data, load, save_version, store_preset, store_presets, version_data
from ratings.models import Methodology
from ratings.presets import preset_slugs, read_preset
from ratings.rules_data import RulesError, read_rules
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


# --- files ------------------------------------------------------------------------------------------------------------


def as_file(**parts) -> bytes:
    """A file of one version of a methodology."""
    data = {"name": "Положение края", "version": "1", "items": [item("growth")]} | parts
    return json.dumps(data, ensure_ascii=False).encode()


@pytest.mark.parametrize("slug", preset_slugs())
def test_what_a_methodology_gives_as_a_file_can_be_loaded_back(region, slug):
    store_preset(slug)
    for found in Methodology.objects.filter(slug=slug):
        [own] = load(region, json.dumps(file_data(found)).encode())
        assert read_rules(own.data) == read_rules(found.data)
        assert (own.name, own.version, own.since, own.until, own.open, own.region) == (
            found.name, found.version, found.since, found.until, found.open, region,
        )  # fmt: skip
        assert own.slug == f"{slug}-{region.code.lower()}"


def test_a_file_may_hold_several_versions(region):
    versions = [{"version": n, "items": [item("growth", n)], "since": f"202{n}-01-01"} for n in ("1", "2")]
    loaded = load(region, as_file(versions=versions, slug="own"))
    assert [(each.version, each.since.year) for each in loaded] == [("1", 2021), ("2", 2022)]
    assert Methodology.objects.in_force(loaded[0].slug, dt.date(2023, 5, 1)) == loaded[1]


def test_loading_again_changes_nothing_and_a_changed_file_what_was_not_used(region):
    [first] = load(region, as_file())
    assert load(region, as_file()) == []
    [again] = load(region, as_file(items=[item("avatar")]))
    assert (again.pk, again.data["items"]) == (first.pk, [item("avatar")])


def test_a_version_that_was_used_is_not_loaded_over(region):
    some_pages(region, [1, 2])
    [own] = load(region, as_file())
    rate(region, own)
    with pytest.raises(RulesError):
        load(region, as_file(items=[item("avatar")]))
    own.refresh_from_db()
    assert own.data["items"] == [item("growth")]


def test_a_file_never_touches_what_is_published_or_anothers(region):
    store_preset("amur")
    foreign = load(RegionFactory(), as_file(slug="amur"))[0]
    [own] = load(region, as_file(slug="amur"))
    assert (Methodology.objects.filter(slug="amur", region=None).count(), own.slug != foreign.slug) == (1, True)


def test_a_file_with_one_bad_version_keeps_none(region):
    versions = [{"version": "1", "items": [item("growth")]}, {"version": "2", "items": []}]
    with pytest.raises(RulesError):
        load(region, as_file(versions=versions))
    assert not Methodology.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"3", b"null", b"\xff", b"[" * 100_000, b"{}", as_file(name=""), as_file(name=7),
        as_file(name="x" * 201), as_file(version=None), as_file(version=" "), as_file(since="вчера"), as_file(since=5),
        as_file(since="2025-02-01", until="2025-01-01"), as_file(items=[]), as_file(versions=[]), as_file(versions=7),
        as_file(versions=["x"]), as_file(source="a\0b"), as_file().replace(b"growth", b"\\ud800"),
        as_file().replace(b'"weight": "1"', b'"weight": 1e999'),
    ],
)  # fmt: skip
def test_what_is_no_methodology_is_told_and_not_kept(region, content):
    with pytest.raises(RulesError):
        load(region, content)
    assert not Methodology.objects.exists()
