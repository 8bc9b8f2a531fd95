"""What is entered by hand over what was measured: where it counts, where it does not, and that it is proven with the
rating."""

import datetime as dt
import gzip
import io
import json

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from monitoring.models import Obligation, Page, Post
from ratings.bundle import differences, write_bundle
from ratings.computing import compute, foresee
from ratings.explain import Scenario
from ratings.models import Correction, Rating, RatingState
from ratings.parts import State
from ratings.passport import write_passport
from ratings.periods import read_period
from tests.factories import InstitutionFactory, PersonFactory, institution_admin, operator, steward, watched

from .worlds import (
    DAY,
    FIRST,
    LAST,
    NOW,
    by_key,
    item,
    methodology,
    page_in,
    points,
    rate,
    ratio,
    some_pages,
    state,
    target,
    to,
)

pytestmark = pytest.mark.django_db


def corrected(page: Page, indicator: str, after: tuple[float, float], **fields) -> Correction:
    """Entered over nothing for the month, unless `before` and days say otherwise."""
    before = fields.pop("before", (None, None))
    given = {"first": FIRST, "last": LAST, "params": {}, "basis": "appeal 1", "made_at": NOW} | fields
    return Correction.objects.create(
        page=page,
        indicator=indicator,
        before_numerator=before[0],
        before_denominator=before[1],
        numerator=after[0],
        denominator=after[1],
        made_by=operator(),
        **given,
    )


# --- where it counts --------------------------------------------------------------------------------------------------


def test_a_correction_of_the_very_days_takes_the_place_of_what_was_measured(region):
    one, two = some_pages(region, [1, 2])
    corrected(one, "engagement_by_views", (90, 1000))
    rating = rate(region, methodology(target("engagement_by_views", "0.1")))
    assert ratio(rating, one, "engagement_by_views") == (90, 1000)
    assert ratio(rating, two, "engagement_by_views") == (30, 1500)
    assert points(rating) == {str(one.pk): 90, str(two.pk): 20}


def test_the_last_of_several_for_the_same_days_counts(region):
    [page] = some_pages(region, [1])
    for likes in (50, 30):
        corrected(page, "engagement_by_views", (likes, 1000))
    rating = rate(region, methodology(target("engagement_by_views", "0.1")))
    assert ratio(rating, page, "engagement_by_views") == (30, 1000)


def test_one_of_some_days_adds_its_difference_to_a_sum(region):
    page = watched(page_in(region), FIRST, dt.date(2024, 12, 31), likes=1)
    corrected(page, "engagement_by_views", (45, 1600), before=(15, 1500))
    rating = rate(region, methodology(item("engagement_by_views")), read_period("2024-Q4"))
    assert ratio(rating, page, "engagement_by_views") == (31 + 30, 3100 + 100)


def test_days_that_were_not_known_are_added_whole(region):
    page = watched(page_in(region), FIRST, dt.date(2024, 12, 31), likes=1)
    Post.objects.filter(day__lte=LAST).delete()
    corrected(page, "engagement_by_views", (45, 1600))
    rating = rate(region, methodology(item("engagement_by_views")), read_period("2024-Q4"))
    assert ratio(rating, page, "engagement_by_views") == (16 + 45, 1600 + 1600)


@pytest.mark.parametrize(
    ("indicator", "params", "counts"),
    [("avatar", {"at_end": 1}, True), ("minimum_requirements", {}, True), ("growth", {"floor": 100}, False)],
)
def test_where_the_last_day_alone_counts_so_does_its_correction(region, indicator, params, counts):
    shown = {"has_avatar": False, "state_mark": False}
    page = watched(page_in(region), dt.date(2024, 10, 1), LAST, profile=shown)
    corrected(page, indicator, (5, 7), params=params)
    rules = methodology(target(indicator, "1", params=params))
    rating = rate(region, rules, read_period("2024-Q4"))
    assert (ratio(rating, page, indicator) == (5, 7)) is counts


@pytest.mark.parametrize("params", [{"posts": 5}, {}])
def test_another_parameter_is_another_measure(region, params):
    page = watched(page_in(region), FIRST, LAST, every=1)
    corrected(page, "posting_norm", (1, 9), params=params)
    rating = rate(region, methodology(target("posting_norm", "1", params={"posts": 3})))
    assert ratio(rating, page, "posting_norm") == (3, 3)


def test_a_unit_that_was_corrected_counts_in_its_unit_and_in_the_whole(region):
    page = watched(page_in(region), FIRST, LAST, likes=1)
    monday = dt.date(2024, 11, 4)
    rules = methodology(target("engagement_by_views", "0.1"), unit="week")
    before = points(rate(region, rules))
    corrected(page, "engagement_by_views", (40, 400), first=monday, last=monday + 6 * DAY, before=(4, 400))
    after = rate(region, rules)
    assert (before[str(page.pk)], points(after)[str(page.pk)]) == (10, (100 + 3 * 10) / 4)
    assert ratio(after, page, "engagement_by_views") == (15 + 36, 1500)


def test_what_was_not_known_becomes_known(region):
    page, other = watched(page_in(region), FIRST, LAST, every=0), watched(page_in(region), FIRST, LAST)
    rules = methodology(target("component", "1"), target("regularity", "1"))
    assert state(rate(region, rules), page, "component") == State.UNKNOWN
    corrected(page, "component", (1, 1))
    rating = rate(region, rules)
    assert (state(rating, page, "component"), state(rating, other, "component")) == (State.KNOWN, State.UNKNOWN)


def test_what_a_network_cannot_tell_nobody_can_enter(region):
    page = watched(page_in(region, platform="telegram"), FIRST, LAST, every=3)
    corrected(page, "widgets", (60, 30), params={"at_end": 0})
    rating = rate(region, methodology(target("widgets", "2"), target("regularity", "1")))
    assert state(rating, page, "widgets") == State.IMPOSSIBLE
    assert rating.report["corrections"] == []


def test_a_condition_of_taking_part_is_corrected_too(region):
    page = watched(page_in(region), FIRST, LAST, profile={"has_avatar": False})
    rules = methodology(target("regularity", "1"), gate=[{"indicator": "avatar", "from": "1"}])
    assert by_key(rate(region, rules))[str(page.pk)].place is None
    corrected(page, "avatar", (30, 30), before=(0, 30), params={"at_end": 0})
    assert by_key(rate(region, rules))[str(page.pk)].place == 1


def test_every_answer_of_a_corrected_page_took_its_hours(region):
    place = InstitutionFactory(region=region)
    for number, minutes in enumerate(([60], [300, 360, 420])):
        page = watched(page_in(region, institution=place), FIRST, LAST)
        Post.objects.filter(page=page, day=FIRST).update(answered_comments=len(minutes), answer_minutes=minutes)
        if number:
            corrected(page, "answer_hours", (2, 1))
    rating = rate(region, methodology(item("answer_hours"), target("avatar", "1"), subject="institution"))
    assert ratio(rating, place, "answer_hours") == (2, 1)


def test_the_networks_of_an_institution_are_corrected_once_for_all_its_pages(region):
    place = InstitutionFactory(region=region)
    one, two = (watched(page_in(region, institution=place), FIRST, LAST) for _ in range(2))
    for platform in ("vk", "ok"):
        Obligation.objects.create(platform=platform, since=FIRST, basis="Закон")
    corrected(one, "presence", (2, 2), before=(1, 2))
    rating = rate(region, methodology(target("presence", "1")))
    assert ratio(rating, one, "presence") == ratio(rating, two, "presence") == (2, 2)


def test_a_person_gets_the_own_share_of_it(region):
    page, people = watched(page_in(region), FIRST, LAST), [PersonFactory(region=region) for _ in range(2)]
    for person, share in zip(people, (70, 30), strict=True):
        steward(page, person, FIRST, share=share)
    corrected(page, "engagement_by_views", (100, 1000))
    rating = rate(region, methodology(item("engagement_by_views"), subject="person"))
    assert ratio(rating, people[1], "engagement_by_views") == (30, 300)


# --- one computation --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["percentile", "target"])
@pytest.mark.parametrize("unit", [None, "week"])
def test_what_is_foreseen_is_what_is_computed_and_writes_nothing(region, kind, unit):
    pages = some_pages(region, [1, 2, 3, 4, 5])
    line = item("engagement_by_views") if kind == "percentile" else target("engagement_by_views", "0.04")
    rules = methodology(line, target("regularity", "0.7"), unit=unit)
    rating = rate(region, rules)
    entered = corrected(pages[0], "engagement_by_views", (75, 1500), before=(15, 1500))
    Correction.objects.all().delete()
    entered.pk = None
    result = foresee(rating, [entered])
    promised = dict(
        zip(result.table.keys, zip(result.exact.tolist(), result.places.tolist(), strict=True), strict=True)
    )
    assert not Correction.objects.exists()
    entered.save()
    again = by_key(rate(region, rules))
    assert promised == {key: (score.exact, score.place) for key, score in again.items()}


def test_it_is_what_the_form_what_if_gives(region):
    pages = some_pages(region, [1, 2, 3, 4, 5])
    rules = methodology(item("engagement_by_views"), target("regularity", "0.7"))
    rating = rate(region, rules)
    scenario = Scenario(rating, by_key(rating)[str(pages[0].pk)])
    tried = {"engagement_by_views": 0.035}
    corrected(pages[0], "engagement_by_views", (35, 1000), before=(15, 1500))
    after = by_key(rate(region, rules))[str(pages[0].pk)]
    assert (scenario.points(tried), scenario.place(tried)) == (after.exact, after.place)


def test_the_next_edition_has_it_and_the_one_before_stays(region):
    pages = some_pages(region, [1, 2, 3])
    rules = methodology(item("engagement_by_views"))
    first = to(rate(region, rules), RatingState.PRELIMINARY)
    scores = list(first.scores.order_by("key").values_list("key", "exact", "place"))
    entered = corrected(pages[0], "engagement_by_views", (75, 1500), before=(15, 1500))
    second = rate(region, rules)
    assert (second.edition, second.report["corrections"]) == (2, [entered.pk])
    assert by_key(second)[str(pages[0].pk)].place == 1
    assert list(first.scores.order_by("key").values_list("key", "exact", "place")) == scores
    assert Rating.objects.get(pk=first.pk).digest == first.digest


def test_a_bundle_carries_its_corrections_under_the_seal_and_proves_itself(region):
    pages = some_pages(region, [1, 2, 3])
    corrected(pages[0], "engagement_by_views", (75, 1500), before=(15, 1500))
    corrected(pages[1], "regularity", (1, 30))  # of nothing that this methodology measures
    rating = to(rate(region, methodology(item("engagement_by_views"))), RatingState.FINAL)
    content = json.loads(gzip.decompress(write_bundle(rating, NOW)))
    [told] = content["inputs"]["corrections"]
    assert told == {
        "page": pages[0].pk,
        "indicator": "engagement_by_views",
        "params": {},
        "first": "2024-11-01",
        "last": "2024-11-30",
        "before": [15, 1500],
        "after": [75, 1500],
        "basis": "appeal 1",
    }
    assert list(differences(content)) == []
    told["after"] = [76, 1500]
    assert any("sha256" in text for text in differences(content))


def test_corrections_of_another_region_are_not_read(region):
    some_pages(region, [1])
    other = watched(page_in(InstitutionFactory().region), FIRST, LAST)
    corrected(other, "engagement_by_views", (75, 1500))
    assert rate(region, methodology(item("engagement_by_views"))).report["corrections"] == []


def test_nothing_is_divided_by_nothing(region):
    [page] = some_pages(region, [1])
    with pytest.raises(IntegrityError), transaction.atomic():
        corrected(page, "engagement_by_views", (5, 0))


def test_two_computations_with_a_correction_give_one_seal(region):
    [page] = some_pages(region, [1])
    corrected(page, "engagement_by_views", (75, 1500))
    rules = methodology(item("engagement_by_views"))
    first = rate(region, rules)
    assert compute(region, first.period, rules.slug, NOW).digest == first.digest


# --- on the screen ----------------------------------------------------------------------------------------------------


def test_the_inputs_of_the_edition_that_has_it_tell_that_it_was_entered_by_hand(region):
    [page] = some_pages(region, [1])
    rules = methodology(item("engagement_by_views"))
    first = to(rate(region, rules), RatingState.PRELIMINARY)
    corrected(page, "engagement_by_views", (75, 1500), before=(15, 1500))
    second = to(rate(region, rules), RatingState.PRELIMINARY)
    client = Client()
    client.force_login(institution_admin(page.institution))
    texts = []
    for rating in (first, second):
        address = reverse("score_inputs", args=[by_key(rating)[str(page.pk)].pk, "engagement_by_views"])
        texts.append(client.get(address).content.decode())
    assert "внесено вручную" not in texts[0]
    assert "внесено вручную" in texts[1]
    assert "апелляция 1" in texts[1]
    assert "15 ÷ 1" in texts[1]


def test_the_passport_of_a_corrected_score_tells_it_and_keeps_its_number(region):
    page, other = some_pages(region, [1, 2])
    corrected(page, "engagement_by_views", (75, 1500), before=(15, 1500))
    rating = rate(region, methodology(item("engagement_by_views")))
    found = {}
    for each in (page, other):
        file = io.BytesIO()
        write_passport(by_key(rating)[str(each.pk)], file, {}, {page.pk: "Одна", other.pk: "Другая"})
        rows = load_workbook(file).worksheets[0].iter_rows(values_only=True)
        found[each] = next(row for row in rows if row[0] == "Вовлечённость по просмотрам")
    assert (found[page][2:4], found[page][8]) == ((75, 1500), "внесено вручную вместо измеренного")
    assert found[other][8] == "вычислено по соседним листам"
