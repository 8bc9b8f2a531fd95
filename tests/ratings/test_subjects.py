"""Who answers for which page over which days, and what that makes of the scores."""

import datetime as dt
from fractions import Fraction

import pytest

from monitoring.models import Exemption, Page, PageClass, Slot, Stewardship
from ratings.models import ScoreStatus
from ratings.parts import State
from ratings.periods import read_period
from ratings.subjects import shares
from tests.factories import InstitutionFactory, MunicipalityFactory, PersonFactory, steward, watched

from .worlds import DAY, FIRST, LAST, by_key, item, methodology, page_in, points, rate, ratio, target

pytestmark = pytest.mark.django_db
YEAR = read_period("2024")
YEAR_END = dt.datetime(2025, 1, 20, 2, tzinfo=dt.UTC)


def stewards(*rows: tuple[int, str, str | None, int | None]) -> list[Stewardship]:
    """(person, since, until, share) as rows that are not stored."""
    days = [(p, dt.date.fromisoformat(a), b and dt.date.fromisoformat(b), share) for p, a, b, share in rows]
    return [Stewardship(person_id=p, since=a, until=b, share=share) for p, a, b, share in days]


def held(*rows: tuple[int, str, str | None, int | None]) -> list[tuple[int, str, str, Fraction]]:
    """What `shares` makes of the rows over November."""
    found = shares(stewards(*rows), FIRST, LAST)
    return [(p, f"{a:%d.%m}", f"{b:%d.%m}", Fraction(share).limit_denominator(100)) for p, a, b, share in found]


# --- shares of one page -----------------------------------------------------------------------------------------------


def test_one_admin_has_the_whole_period():
    assert held((1, "2024-01-01", None, None)) == [(1, "01.11", "30.11", 1)]


def test_the_day_of_a_hand_over_belongs_to_the_newcomer():
    assert held((1, "2024-01-01", "2024-11-10", None), (2, "2024-11-10", None, None)) == [
        (1, "01.11", "09.11", 1),
        (2, "10.11", "30.11", 1),
    ]


def test_without_a_newcomer_the_last_day_is_still_the_admins():
    assert held((1, "2024-01-01", "2024-11-10", None)) == [(1, "01.11", "10.11", 1)]


def test_an_admin_may_change_twice():
    rows = [(1, "2024-01-01", "2024-11-10", None), (2, "2024-11-10", "2024-11-20", None), (3, "2024-11-20", None, None)]
    assert held(*rows) == [(1, "01.11", "09.11", 1), (2, "10.11", "19.11", 1), (3, "20.11", "30.11", 1)]


def test_days_between_two_admins_belong_to_nobody():
    assert held((1, "2024-01-01", "2024-11-10", None), (2, "2024-11-15", None, None)) == [
        (1, "01.11", "10.11", 1),
        (2, "15.11", "30.11", 1),
    ]


def test_co_admins_share_equally():
    assert held((1, "2024-01-01", None, None), (2, "2024-01-01", None, None)) == [
        (1, "01.11", "30.11", Fraction(1, 2)),
        (2, "01.11", "30.11", Fraction(1, 2)),
    ]


def test_co_admins_share_as_it_is_written_and_the_others_share_the_rest():
    rows = [(1, "2024-01-01", None, 70), (2, "2024-01-01", None, None), (3, "2024-01-01", None, None)]
    assert [share for *_rest, share in held(*rows)] == [Fraction(7, 10), Fraction(3, 20), Fraction(3, 20)]


def test_written_shares_of_more_than_the_whole_are_scaled_down_to_it():
    rows = [(1, "2024-01-01", None, 90), (2, "2024-01-01", None, 60)]
    assert [share for *_rest, share in held(*rows)] == [Fraction(3, 5), Fraction(2, 5)]


def test_a_co_admin_who_comes_in_mid_month_shares_from_that_day_on():
    assert held((1, "2024-01-01", None, None), (2, "2024-11-16", None, None)) == [
        (1, "01.11", "15.11", 1),
        (1, "16.11", "30.11", Fraction(1, 2)),
        (2, "16.11", "30.11", Fraction(1, 2)),
    ]


def test_a_co_admin_who_comes_on_the_last_day_takes_it_from_nobody_who_stays():
    assert held((1, "2024-01-01", None, None), (2, "2024-11-30", None, None)) == [
        (1, "01.11", "29.11", 1),
        (1, "30.11", "30.11", Fraction(1, 2)),
        (2, "30.11", "30.11", Fraction(1, 2)),
    ]


def test_an_admin_of_one_day_has_that_day():
    assert held((1, "2024-11-05", "2024-11-05", None)) == [(1, "05.11", "05.11", 1)]


def test_nobody_is_left_with_a_share_of_nothing():
    assert held((1, "2024-01-01", None, 100), (2, "2024-01-01", None, None)) == [(1, "01.11", "30.11", 1)]


# --- people -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def people(region):
    return PersonFactory(region=region), PersonFactory(region=region)


def by_regularity(region, subject="person", **rest):
    return methodology(item("regularity"), subject=subject, **rest)


def test_a_page_that_changed_hands_in_mid_year_is_shared_by_days(region, people):
    old, new = people
    page = watched(page_in(region), YEAR.first, YEAR.last)
    steward(page, old, YEAR.first, dt.date(2024, 7, 1))
    steward(page, new, dt.date(2024, 7, 1))
    rating = rate(region, by_regularity(region), YEAR)
    assert ratio(rating, old, "regularity") == (91, 182)  # January to June of a leap year
    assert ratio(rating, new, "regularity") == (92, 184)
    assert [by_key(rating)[str(each.pk)].facts["days"] for each in people] == [182, 184]


def test_a_persons_score_takes_pages_across_networks_by_days_of_stewardship(region, people):
    person, other = people
    whole, half = (watched(page_in(region, platform=p), FIRST, LAST, every=e) for p, e in (("vk", 1), ("ok", 0)))
    steward(whole, person, FIRST)
    steward(half, other, FIRST)
    steward(half, person, LAST - 14 * DAY)
    Stewardship.objects.filter(page=half, person=other).update(until=LAST - 14 * DAY)
    rating = rate(region, by_regularity(region))
    assert ratio(rating, person, "regularity") == (30, 45)
    assert ratio(rating, other, "regularity") == (0, 15)


def test_co_admins_have_their_share_of_the_pages_days(region, people):
    first, second = people
    page = watched(page_in(region), FIRST, LAST, every=1)
    steward(page, first, FIRST, share=80)
    steward(page, second, FIRST)
    rating = rate(region, by_regularity(region))
    assert ratio(rating, first, "regularity") == pytest.approx((24, 24))
    assert ratio(rating, second, "regularity") == pytest.approx((6, 6))


def test_a_page_that_nobody_runs_is_nobodys(region, people):
    watched(page_in(region), FIRST, LAST)
    steward(watched(page_in(region), FIRST, LAST), people[0], FIRST)
    assert set(by_key(rate(region, by_regularity(region)))) == {str(people[0].pk)}


def test_stewardship_outside_the_period_counts_nothing(region, people):
    page = watched(page_in(region), FIRST, LAST)
    steward(page, people[0], FIRST - 90 * DAY, FIRST - DAY)
    steward(page, people[1], FIRST)
    assert set(by_key(rate(region, by_regularity(region)))) == {str(people[1].pk)}


def test_a_person_with_too_few_days_has_no_score(region, people):
    page = watched(page_in(region), FIRST, LAST)
    steward(page, people[0], FIRST, FIRST + 9 * DAY)
    steward(page, people[1], FIRST + 9 * DAY)
    scores = by_key(rate(region, by_regularity(region, eligibility={"days": 10})))
    assert [scores[str(each.pk)].status for each in people] == [ScoreStatus.THIN, ScoreStatus.RANKED]


# --- institutions, municipalities, founders ---------------------------------------------------------------------------


def test_an_institution_takes_all_its_pages(region):
    place = InstitutionFactory(region=region)
    for platform, every in (("vk", 1), ("telegram", 3)):
        watched(page_in(region, institution=place, platform=platform), FIRST, LAST, every=every)
    rating = rate(region, by_regularity(region, "institution"))
    assert ratio(rating, place, "regularity") == (40, 60)


def test_settlements_belong_to_their_district(region):
    district = MunicipalityFactory(region=region)
    village = MunicipalityFactory(region=region, parent=district)
    for place in (district, village):
        institution = InstitutionFactory(region=region, municipality=place)
        watched(page_in(region, institution=institution), FIRST, LAST)
    watched(page_in(region), FIRST, LAST)  # of no municipality
    rating = rate(region, by_regularity(region, "municipality"))
    assert set(by_key(rating)) == {str(district.pk)}
    assert ratio(rating, district, "regularity") == (30, 60)


def test_founders_are_rated_by_their_name(region):
    for founder in ("Минкульт", "Минкульт", "Минобр", ""):
        watched(page_in(region, institution=InstitutionFactory(region=region, founder=founder)), FIRST, LAST)
    rating = rate(region, by_regularity(region, "founder"))
    assert set(by_key(rating)) == {"Минкульт", "Минобр"}
    assert ratio(rating, "Минкульт", "regularity") == (30, 60)


# --- what happens to pages --------------------------------------------------------------------------------------------


def test_a_page_that_was_archived_in_mid_period_counts_up_to_that_day(region):
    page = watched(page_in(region, archived_on=LAST - 10 * DAY), FIRST, LAST - 10 * DAY)
    rating = rate(region, by_regularity(region, "page"))
    assert ratio(rating, page, "regularity") == (10, 20)


def test_a_page_created_in_mid_year_is_rated_by_its_own_days(region):
    page = watched(page_in(region, added_on=dt.date(2024, 9, 1)), dt.date(2024, 9, 1), YEAR.last, every=1)
    rating = rate(region, by_regularity(region, "page"), YEAR)
    assert ratio(rating, page, "regularity") == (122, 122)
    assert by_key(rating)[str(page.pk)].facts["days"] == 122


def test_a_page_that_is_not_yet_in_the_registry_is_not_rated(region):
    watched(page_in(region), FIRST, LAST)
    later = page_in(region, added_on=LAST + DAY)
    assert str(later.pk) not in by_key(rate(region, by_regularity(region, "page")))


def test_a_page_counts_for_the_institution_it_belongs_to_now(region):
    old, new = InstitutionFactory(region=region), InstitutionFactory(region=region)
    page = watched(page_in(region, institution=old), FIRST, LAST)
    Page.objects.filter(pk=page.pk).update(institution=new)
    assert set(by_key(rate(region, by_regularity(region, "institution")))) == {str(new.pk)}


def test_a_renamed_page_keeps_its_history(region):
    page = watched(page_in(region, title="Старая"), FIRST, LAST)
    before = points(rate(region, by_regularity(region, "page")))
    Page.objects.filter(pk=page.pk).update(title="Новая", handle="novaya")
    assert points(rate(region, by_regularity(region, "page"))) == before


def test_business_cards_have_no_posting_norm(region):
    card = watched(page_in(region, page_class=PageClass.CARD), FIRST, LAST, every=0)
    rules = methodology(target("posting_norm", "1", not_for=["card"]), target("avatar", "1"))
    assert points(rate(region, rules)) == {str(card.pk): 100}


# --- what must not change a score -------------------------------------------------------------------------------------


def mixed(**rest):
    """What a page does, how it looks, whether it grows."""
    return methodology(
        target("posting_norm", "1"),
        target("engagement_by_views", "0.05"),
        target("regularity", "1"),
        target("growth", "1"),
        target("avatar", "1"),
        **rest,
    )


def test_a_page_that_need_not_be_kept_is_not_held_to_the_norm_even_where_unknown_counts_as_zero(region):
    page = watched(page_in(region), FIRST, LAST, every=0)
    Exemption.objects.create(institution=page.institution, ground="Ремонт", since=FIRST)
    norms = ("posting_norm", "every_week", "posts_in_week", "regularity")
    rules = methodology(*(target(name, "1", unknown="zero") for name in norms), target("avatar", "1"))
    score = by_key(rate(region, rules))[str(page.pk)]
    assert [score.items[name][0] for name in norms] == [State.NOT_APPLICABLE] * 4
    assert (score.points, score.low, score.high) == (100, 100, 100)


def test_our_own_outage_of_five_days_does_not_change_the_score(region):
    good, failing = watched(page_in(region), FIRST, LAST, grows=1), page_in(region)
    outage = {FIRST + n * DAY: "unreachable" for n in range(10, 15)}
    watched(failing, FIRST, LAST, grows=1, failed=outage)
    rating = rate(region, mixed(eligibility={"collected": "0.99"}))
    assert points(rating)[str(failing.pk)] == points(rating)[str(good.pk)]
    assert by_key(rating)[str(failing.pk)].place == 1


def test_a_year_has_its_twenty_ninth_of_february(region):
    page = watched(page_in(region), YEAR.first, YEAR.last, every=1)
    rating = rate(region, by_regularity(region, "page"), YEAR)
    assert ratio(rating, page, "regularity") == (366, 366)


def test_the_twenty_ninth_of_february_may_be_rated_alone(region):
    page = watched(page_in(region), dt.date(2024, 2, 20), dt.date(2024, 3, 5), every=1)
    rating = rate(region, by_regularity(region, "page"), read_period("2024-02-29"))
    assert ratio(rating, page, "regularity") == (1, 1)


@pytest.mark.parametrize(("year", "weeks"), [(2019, 52), (2020, 53)])
def test_a_year_has_as_many_weeks_as_thursdays(region, year, weeks):
    first, last = dt.date(year - 1, 12, 20), dt.date(year + 1, 1, 10)
    page = watched(page_in(region, added_on=first), first, last, every=1)
    rating = rate(region, methodology(item("posting_norm")), read_period(str(year)))
    assert ratio(rating, page, "posting_norm") == (weeks, weeks)


def test_week_53_may_be_rated_alone(region):
    first, last = dt.date(2020, 12, 20), dt.date(2021, 1, 10)
    page = watched(page_in(region, added_on=first), first, last, every=1)
    rating = rate(region, methodology(item("posting_norm")), read_period("2020-W53"))
    assert (rating.first, rating.last) == (dt.date(2020, 12, 28), dt.date(2021, 1, 3))
    assert ratio(rating, page, "posting_norm") == (1, 1)


def test_days_that_owed_nothing_count_against_nobody(region):
    page = watched(page_in(region), FIRST, LAST)
    before = points(rate(region, mixed()))
    Slot.objects.filter(page=page, day=FIRST + 3 * DAY).delete()
    assert points(rate(region, mixed())) == before
