"""Sums by subject: the table that the engine rates."""

import datetime as dt

import numpy as np
import pytest

from monitoring import rollups
from monitoring.models import Level, Obligation, Page, PageClass, PlatformCode, Post, Slot
from ratings.aggregation import read_table
from ratings.parts import State
from ratings.periods import Period, Unit
from ratings.rules_data import read_rules
from ratings.table import Table
from tests.factories import (
    InstitutionFactory,
    MunicipalityFactory,
    PageFactory,
    PersonFactory,
    RegionFactory,
    SectorFactory,
    steward,
    watched,
)

from .worlds import DAY, FIRST, LAST, MONTH, item, page_in

pytestmark = pytest.mark.django_db


def table_of(region, *items, period=MONTH, **rest) -> Table:
    rollups.sum_up(region, dt.date.min, dt.date.max)
    return read_table(region, read_rules({"items": list(items)} | rest), period)


def value(table: Table, subject, code: str) -> float | None:
    found = table.values(code)[table.keys.index(str(getattr(subject, "pk", subject)))]
    return None if np.isnan(found) else float(found)


def institution(region, **fields):
    return InstitutionFactory(region=region, **fields)


# --- adding up --------------------------------------------------------------------------------------------------------


def test_numerators_and_denominators_of_the_pages_are_added_before_they_are_divided(region):
    place = institution(region)
    watched(page_in(region, institution=place), FIRST, LAST, likes=10, views=100)
    watched(page_in(region, institution=place, platform="ok"), FIRST, LAST, likes=10, views=300)
    table = table_of(region, item("engagement_by_views"), subject="institution")
    assert value(table, place, "engagement_by_views") == 20 / 400


def test_the_unknown_page_of_a_subject_leaves_the_known_one_alone(region):
    place = institution(region)
    watched(page_in(region, institution=place), FIRST, LAST)
    unread = watched(page_in(region, institution=place, platform="ok"), FIRST, LAST)
    Page.objects.filter(pk=unread.pk).update(posts_known_from=None, posts_known_to=None)
    table = table_of(region, item("regularity"), subject="institution")
    assert value(table, place, "regularity") == 0.5


def test_a_subject_of_which_nothing_is_known_is_unknown_and_not_zero(region):
    page = watched(page_in(region), FIRST, LAST)
    Page.objects.update(posts_known_from=None, posts_known_to=None)
    table = table_of(region, item("regularity"))
    assert table.readings["regularity"].state[0] == State.UNKNOWN
    assert value(table, page, "regularity") is None


def test_the_median_answer_is_that_of_all_answers_together(region):
    place = institution(region)
    for platform, minutes in (("vk", [60, 120]), ("vk", [600, 660, 720])):
        page = watched(page_in(region, institution=place, platform=platform), FIRST, LAST)
        Post.objects.filter(page=page, day=FIRST).update(answered_comments=3, answer_minutes=minutes)
    table = table_of(region, item("answer_hours"), subject="institution")
    assert value(table, place, "answer_hours") == 10


def test_business_cards_are_left_out_where_the_rule_says_so(region):
    place = institution(region)
    watched(page_in(region, institution=place), FIRST, LAST, every=1)
    watched(page_in(region, institution=place, platform="ok", page_class=PageClass.CARD), FIRST, LAST, every=0)
    card = watched(page_in(region, page_class=PageClass.CARD), FIRST, LAST, every=0)
    table = table_of(region, item("regularity", not_for=["card"]), subject="institution")
    assert value(table, place, "regularity") == 1
    alone = table.keys.index(str(card.institution_id))
    assert table.readings["regularity"].state[alone] == State.NOT_APPLICABLE


def test_only_pages_of_the_methodologys_networks_count(region):
    vk, ok = (watched(page_in(region, platform=platform), FIRST, LAST) for platform in ("vk", "ok"))
    assert table_of(region, item("growth"), networks=["ok"]).keys == [str(ok.pk)]
    assert len(table_of(region, item("growth"))) == 2
    assert vk.pk != ok.pk


# --- adults, presence -------------------------------------------------------------------------------------------------


def test_the_adults_of_a_municipality_are_counted_once_however_many_pages_it_has(region):
    district = MunicipalityFactory(region=region, adult_population=1000)
    for _ in range(3):
        place = institution(region, municipality=district)
        watched(page_in(region, institution=place), FIRST, LAST, subscribers=100)
    table = table_of(region, item("audience_by_adults"), subject="municipality")
    assert value(table, district, "audience_by_adults") == 300 / 1000


def test_the_adults_of_a_settlement_are_not_counted_beside_those_of_its_district(region):
    founder = {"founder": "Администрация района"}
    district = MunicipalityFactory(region=region, adult_population=30_000)
    village = MunicipalityFactory(region=region, adult_population=2000, parent=district)
    other = MunicipalityFactory(region=region, adult_population=500)
    for municipality in (village, district, other):
        place = institution(region, municipality=municipality, **founder)
        watched(page_in(region, institution=place), FIRST, LAST, subscribers=100)
    table = table_of(region, item("audience_by_adults"), subject="founder")
    assert value(table, founder["founder"], "audience_by_adults") == 300 / 30_500


def test_nor_are_those_of_a_municipality_beside_the_whole_region(region):
    founder = {"founder": "Министерство"}
    district = MunicipalityFactory(region=region, adult_population=30_000)
    for municipality in (None, district):
        place = institution(region, municipality=municipality, **founder)
        watched(page_in(region, institution=place), FIRST, LAST, subscribers=100)
    table = table_of(region, item("audience_by_adults"), subject="founder")
    assert value(table, founder["founder"], "audience_by_adults") == 200 / region.adult_population


@pytest.mark.parametrize(("adults", "expected"), [(30_000, 30_000), (None, 2000)])
def test_a_municipality_speaks_to_all_its_adults_and_is_as_large(region, adults, expected):
    """Also where only a settlement of it keeps pages; where its adults are not known, to those of the settlement."""
    district = MunicipalityFactory(region=region, adult_population=adults)
    village = MunicipalityFactory(region=region, adult_population=2000, parent=district)
    watched(page_in(region, institution=institution(region, municipality=village)), FIRST, LAST, subscribers=100)
    peers = {"by": ["size"], "sizes": ["10000"], "size_of": "population"}
    table = table_of(region, item("audience_by_adults"), subject="municipality", peers=peers)
    assert value(table, district, "audience_by_adults") == 100 / expected
    assert (table.sizes.tolist(), table.facts["adults"].tolist()) == ([expected], [expected])


def test_a_page_that_a_person_holds_over_several_spans_has_its_audience_once(region):
    page = watched(page_in(region), FIRST, LAST, subscribers=100)
    first, second = PersonFactory(region=region), PersonFactory(region=region)
    steward(page, first, FIRST - DAY)
    steward(page, second, FIRST + 10 * DAY, FIRST + 19 * DAY)  # three spans of the first one
    table = table_of(region, item("regularity"), subject="person")
    audience = dict(zip(table.keys, table.facts["subscribers"].tolist(), strict=True))
    assert audience == {str(first.pk): 100, str(second.pk): 100}


def test_the_audience_of_a_subject_is_the_sum_of_its_pages_mean_subscribers(region):
    place = institution(region)
    watched(page_in(region, institution=place), FIRST, LAST, subscribers=100, grows=1)
    watched(page_in(region, institution=place, platform="ok"), FIRST, LAST, subscribers=50)
    table = table_of(region, item("growth"), subject="institution")
    assert table.facts["subscribers"].tolist() == [114.5 + 50]


@pytest.fixture
def obliged(region):
    """Two networks are obligatory; one institution keeps both, one only VK, one none."""
    for platform in ("vk", "ok"):
        Obligation.objects.create(platform=platform, since=dt.date(2022, 1, 1), basis="8-ФЗ")
    district = MunicipalityFactory(region=region)
    places = [institution(region, municipality=district) for _ in range(3)]
    for place, platforms in zip(places, (("vk", "ok"), ("vk",), ()), strict=True):
        for platform in platforms:
            watched(page_in(region, institution=place, platform=platform), FIRST, LAST)
    return district, places


def test_an_institution_without_any_page_counts_against_its_municipality(region, obliged):
    district, _places = obliged
    table = table_of(region, item("presence"), subject="municipality")
    assert value(table, district, "presence") == 3 / 6


def test_presence_of_an_institution_counts_once_however_many_pages_it_has(region, obliged):
    _district, (both, one, _none) = obliged
    watched(page_in(region, institution=one), FIRST, LAST)
    table = table_of(region, item("presence"), subject="institution")
    assert (value(table, both, "presence"), value(table, one, "presence")) == (1, 0.5)


def test_a_page_that_is_gone_on_the_last_day_is_no_presence(region, obliged):
    _district, (both, *_rest) = obliged
    Slot.objects.filter(page__institution=both, platform="ok", day=LAST).update(status="failed", reason="deleted")
    table = table_of(region, item("presence"), subject="institution")
    assert value(table, both, "presence") == 0.5


# --- levels of a page that is held in several spans -------------------------------------------------------------------


@pytest.fixture
def joined(region):
    """A page of 1 000 that gains ten a day, kept by one person all month, by another beside them in its last ten."""
    page = watched(page_in(region), FIRST, LAST, subscribers=1000, grows=10)
    first, second = PersonFactory(region=region), PersonFactory(region=region)
    steward(page, first, FIRST)
    steward(page, second, FIRST + 20 * DAY)
    return first, second


def test_a_co_admin_who_joins_does_not_shrink_the_growth_of_the_page(region, joined):
    first, second = joined
    table = table_of(region, item("growth"), subject="person")
    shared = (20 * 1 + 10 * 0.5) / 30  # of the first one's days
    assert value(table, first, "growth") == pytest.approx((190 + 90 * 0.5) / (1000 * shared))
    assert value(table, second, "growth") == pytest.approx(90 / 1200)


def test_the_audience_of_a_page_counts_once_with_the_last_share(region, joined):
    first, second = joined
    region.adult_population = 10_000
    region.save()
    table = table_of(region, item("audience_by_adults"), subject="person")
    half = 1290 / 2 / 10_000
    assert (value(table, first, "audience_by_adults"), value(table, second, "audience_by_adults")) == (half, half)


# --- who is there -----------------------------------------------------------------------------------------------------


def test_pages_that_did_not_exist_on_any_day_are_not_rated(region):
    watched(page_in(region), FIRST, LAST)
    watched(page_in(region), FIRST, LAST, failed={FIRST + n * DAY: "deleted" for n in range(30)})
    watched(page_in(region, archived_on=FIRST - DAY), FIRST - 9 * DAY, FIRST - DAY)
    page_in(region, added_on=LAST + DAY)
    assert len(table_of(region, item("growth"))) == 1


def test_an_outage_takes_nobody_out(region):
    watched(page_in(region), FIRST, LAST, failed={FIRST + n * DAY: "unreachable" for n in range(30)})
    table = table_of(region, item("growth"))
    assert (len(table), np.isnan(table.collected[0])) == (1, True)


def test_the_share_collected_is_of_the_days_that_could_be_read(region):
    reasons = ["unreachable"] * 5 + ["deleted"] * 5 + ["closed"] * 5
    failed = {FIRST + n * DAY: reason for n, reason in enumerate(reasons)}
    watched(page_in(region), FIRST, LAST, failed=failed)
    assert table_of(region, item("growth")).collected.tolist() == [15 / 20]


def test_days_are_those_in_the_registry_each_once(region):
    place = institution(region)
    watched(page_in(region, institution=place, added_on=LAST - 9 * DAY), LAST - 9 * DAY, LAST)
    watched(
        page_in(region, institution=place, platform="ok", added_on=LAST - 14 * DAY, archived_on=LAST - 5 * DAY),
        LAST - 14 * DAY,
        LAST - 5 * DAY,
    )
    table = table_of(region, item("growth"), subject="institution")
    assert table.days.tolist() == [15]


def test_keys_go_by_number_and_rows_by_keys(region):
    pages = [watched(page_in(region), FIRST, LAST) for _ in range(12)]
    assert table_of(region, item("growth")).keys == [str(page.pk) for page in pages]


# --- what peer groups are made of -------------------------------------------------------------------------------------


def test_the_fields_of_peer_groups(region):
    culture = SectorFactory(name="Культура")
    libraries = SectorFactory(name="Библиотеки", parent=culture)
    district = MunicipalityFactory(region=region, oktmo="10701000", adult_population=777)
    village = MunicipalityFactory(region=region, oktmo="10701000101", parent=district)
    place = institution(region, sector=libraries, municipality=village, level=Level.MINISTRY)
    watched(page_in(region, institution=place, platform="ok", page_class=PageClass.ACTIVE), FIRST, LAST)
    by = ["sector", "sector2", "level", "kind", "network", "page_class", "size"]
    peers = {"by": by, "sizes": ["500"], "size_of": "population"}
    table = table_of(region, item("growth"), peers=peers)
    assert table.fields == {
        "sector": ["Культура"],
        "sector2": ["Библиотеки"],
        "level": ["ministry"],
        "kind": ["city"],
        "network": ["ok"],
        "page_class": ["active"],
    }
    assert table.sizes.tolist() == [777]


@pytest.mark.parametrize(
    ("oktmo", "kind"), [("10501000", "okrug"), ("10601000", "district"), ("45301000", "inner"), ("", "")]
)
def test_the_kind_of_a_municipality_is_told_by_its_code(region, oktmo, kind):
    place = institution(region, municipality=MunicipalityFactory(region=region, oktmo=oktmo))
    watched(page_in(region, institution=place), FIRST, LAST)
    table = table_of(region, item("growth"), peers={"by": ["kind"]})
    assert table.fields["kind"] == [kind]


def test_a_subject_of_several_pages_stands_where_its_longest_page_does(region):
    person = PersonFactory(region=region)
    short = watched(page_in(region, platform="ok"), FIRST, LAST)
    long = watched(page_in(region), FIRST, LAST)
    steward(short, person, LAST - 5 * DAY)
    steward(long, person, FIRST)
    table = table_of(region, item("growth"), subject="person", peers={"by": ["network"]})
    assert table.fields["network"] == ["vk"]


def test_the_age_of_a_subject_is_that_of_its_page_on_the_last_day(region):
    watched(page_in(region, added_on=LAST - 364 * DAY), FIRST, LAST)
    assert table_of(region, item("growth")).facts["age"].tolist() == [365]


def test_regions_do_not_mix(region):
    watched(page_in(region), FIRST, LAST)
    watched(PageFactory(institution__region=RegionFactory(), platform=PlatformCode.VK), FIRST, LAST)
    assert len(table_of(region, item("growth"))) == 1


def test_a_region_without_pages_gives_an_empty_table(region):
    assert len(table_of(region, item("growth"), period=Period(FIRST, LAST, Unit.MONTH))) == 0
