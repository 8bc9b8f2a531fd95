"""A rating from what lies in the base: drafts, editions, the seal, units, and what must change nothing."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.utils import timezone

from monitoring import rollups
from monitoring.models import Page, PageDay, PageProfile, Post, Slot
from ratings.computing import NothingToRateError, compute
from ratings.digests import changed, digest
from ratings.methodologies import store_preset
from ratings.models import Rating, RatingState, Score, ScoreStatus
from ratings.periods import read_period
from tests.factories import (
    EvidenceFactory,
    InstitutionFactory,
    MunicipalityFactory,
    PageFactory,
    RegionFactory,
    SectorFactory,
    analyst,
    watched,
)

from .worlds import (
    DAY,
    FIRST,
    LAST,
    MONTH,
    NOW,
    by_key,
    item,
    methodology,
    page_in,
    points,
    rate,
    ratio,
    some_pages,
    target,
    to,
)

pytestmark = pytest.mark.django_db


def by_engagement(**rest):
    return methodology(item("engagement_by_views"), **rest)


def stored(rating: Rating) -> tuple:
    """Everything of a rating as the base holds it."""
    return (
        Rating.objects.filter(pk=rating.pk).values().get(),
        bytes(rating.inputs.packed),
        list(rating.scores.order_by("pk").values()),
    )


# --- drafts and editions ----------------------------------------------------------------------------------------------


def test_a_draft_with_the_same_figures_keeps_its_rows_and_tells_when_it_was_computed_last(region):
    some_pages(region, [1, 2, 3])
    by = methodology(item("engagement_by_views"))
    first = rate(region, by)
    rows = list(Score.objects.order_by("pk").values())
    again = rate(region, by, now=NOW + DAY)
    assert (again.pk, Rating.objects.get().computed_at) == (first.pk, NOW + DAY)
    assert list(Score.objects.order_by("pk").values()) == rows


def test_a_draft_is_rewritten(region):
    pages, rules = some_pages(region, [1, 2, 3]), by_engagement()
    before = rate(region, rules)
    PageDay.objects.filter(page=pages[0]).delete()
    Slot.objects.filter(page=pages[0]).delete()
    rollups.rebuild(region)
    after = rate(region, rules)
    assert (after.pk, Rating.objects.count(), Score.objects.count()) == (before.pk, 1, 2)
    assert after.digest != before.digest


@pytest.mark.parametrize("state", [RatingState.PRELIMINARY, RatingState.FINAL])
def test_what_was_passed_stays_byte_for_byte_and_the_next_edition_begins(region, state):
    pages, rules = some_pages(region, [1, 2, 3]), by_engagement()
    passed = to(rate(region, rules), state)
    before = stored(passed)
    PageDay.objects.filter(page=pages[0]).update(posts=9)
    second = rate(region, rules)
    assert stored(passed) == before
    assert (second.edition, second.state) == (2, RatingState.DRAFT)
    assert rate(region, rules).pk == second.pk


def test_who_computed_it_when_and_from_which_data_is_kept(region):
    some_pages(region, [1, 2])
    user = analyst(region)
    rating = rate(region, by_engagement(), user=user)
    assert (rating.computed_by, rating.computed_at, rating.read_to) == (user, NOW, LAST)


def test_a_period_that_runs_is_read_up_to_the_last_day_owed(region):
    some_pages(region, [1, 2], FIRST, FIRST + 9 * DAY)
    rating = rate(region, by_engagement(), now=dt.datetime(2024, 11, 10, 3, tzinfo=dt.UTC))
    assert (rating.read_to, rating.last) == (FIRST + 9 * DAY, LAST)


def test_days_that_have_not_begun_in_the_region_are_not_read(region):
    some_pages(region, [1, 2])
    # 14:30 of 9 November in UTC is 10 November in Vladivostok.
    rating = rate(region, by_engagement(), now=dt.datetime(2024, 11, 9, 14, 30, tzinfo=dt.UTC))
    assert rating.read_to == dt.date(2024, 11, 10)


def test_other_periods_and_methodologies_are_other_ratings(region):
    some_pages(region, [1, 2])
    rules = by_engagement()
    rate(region, rules)
    rate(region, rules, read_period("2024-W46"))
    rate(region, by_engagement())
    assert [rating.edition for rating in Rating.objects.all()] == [1, 1, 1]


@pytest.mark.django_db(transaction=True)
def test_two_computations_at_once_make_one_draft():
    region = RegionFactory()
    some_pages(region, [1, 2, 3])
    rules = by_engagement()
    rollups.sum_up(region, FIRST, LAST)
    start, problems = threading.Barrier(2), []

    def work():
        try:
            start.wait(10)
            compute(region, MONTH, rules.slug, NOW)
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    assert (Rating.objects.count(), Score.objects.count()) == (1, 3)
    assert not list(changed(region))


# --- nothing to rate --------------------------------------------------------------------------------------------------


def test_a_period_that_owed_nothing_cannot_be_rated(region):
    some_pages(region, [1, 2])
    with pytest.raises(NothingToRateError):
        rate(region, by_engagement(), read_period("2023"))


def test_a_region_in_which_no_page_existed_cannot_be_rated(region):
    watched(page_in(region), FIRST, LAST, failed={FIRST + n * DAY: "deleted" for n in range(30)})
    with pytest.raises(NothingToRateError):
        rate(region, by_engagement())
    assert not Rating.objects.exists()


@pytest.mark.parametrize("dates", [{"since": LAST + DAY}, {"until": LAST - DAY}])
def test_a_methodology_that_was_not_in_force_on_the_last_day_rates_nothing(region, dates):
    some_pages(region, [1, 2])
    rules = by_engagement()
    type(rules).objects.filter(pk=rules.pk).update(**dates)
    with pytest.raises(NothingToRateError):
        rate(region, rules)


def test_the_version_in_force_on_the_last_day_counts(region):
    some_pages(region, [1, 2])
    old = by_engagement()
    new = type(old).objects.create(slug=old.slug, version="2", name=old.name, since=LAST, data=old.data)
    assert rate(region, old).methodology == new
    assert rate(region, old, read_period("2024-W46")).methodology == old


# --- what must change nothing -----------------------------------------------------------------------------------------


def test_the_same_data_give_the_same_seal(region):
    some_pages(region, [1, 2, 3, 3])
    rules = by_engagement()
    assert rate(region, rules).digest == rate(region, rules, now=NOW + dt.timedelta(days=3)).digest


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_the_time_zone_of_the_server_changes_nothing(region, zone, settings):
    some_pages(region, [1, 2, 3])
    rules = methodology(item("engagement_by_views"), item("posts_in_week"), item("posting_norm"))
    expected = rate(region, rules).digest
    settings.TIME_ZONE = zone
    with timezone.override(zone):
        assert rate(region, rules).digest == expected


def test_subscribers_that_jump_to_three_times_are_counted_as_measured_and_a_card_takes_no_point(region):
    jumped, other = some_pages(region, [1, 2])
    PageDay.objects.filter(page=jumped, day__gte=FIRST + 15 * DAY).update(subscribers=300)
    rules = methodology(item("growth"), target("engagement_by_views", "0.02"))
    before = rate(region, rules)
    assert by_key(before)[str(jumped.pk)].items["growth"][1:3] == [200, 100]
    EvidenceFactory(page=jumped, decision="gaming", first_day=FIRST + 14 * DAY, last_day=FIRST + 15 * DAY)
    EvidenceFactory(page=other, first_day=FIRST, last_day=LAST)
    assert rate(region, rules).digest == before.digest


def test_a_seal_that_was_broken_is_found(region):
    some_pages(region, [1, 2, 3])
    whole, broken = rate(region, by_engagement()), rate(region, by_engagement())
    Score.objects.filter(rating=broken, place=1).update(points=99)
    assert list(changed(region)) == [broken]
    assert digest(whole) == whole.digest


MADE_UP = "a86b9a785310e17c9c1cd02add7ea0b0288d942134c1dbfeca292e6252b27eb2"


def made_up() -> Rating:
    """A small region with everything in it, the same numbers on every base and machine."""
    region = RegionFactory(code="RU-MADE", name="Выдуманный край", oktmo="98000000", adult_population=700_000)
    sectors = [SectorFactory(name=name) for name in ("Культура", "Образование", "Ёлки")]
    for n in range(30):
        place = MunicipalityFactory(region=region, name=f"Район {n % 7}-{n}", adult_population=1000 + 37 * n)
        institution = InstitutionFactory(region=region, sector=sectors[n % 3], municipality=place, name=f"У{n}")
        fields = {"pk": 500_000 + n, "handle": f"made{n}", "institution": institution}
        page = PageFactory(**fields, platform=("vk", "vk", "ok", "telegram")[n % 4])
        failed = {FIRST + (n + k) % 30 * DAY: "unreachable" for k in range(n % 5)}
        figures = {
            "subscribers": 50 + 331 * n,
            "grows": n % 4,
            "every": 1 + n % 5,
            "likes": n % 11,
            "views": 90 + 7 * n,
        }
        watched(page, FIRST, LAST, **figures, failed=failed, profile={"state_mark": n % 2 == 0, "widgets": n % 3})
    rules = methodology(
        item("engagement_by_views", "30"),
        item("growth", "20", normaliser={"kind": "min_max"}),
        target("posting_norm", "1", "25"),
        target("audience_by_adults", "0.7", "10"),
        item("widgets", "15", normaliser={"kind": "steps", "steps": [{"from": "1", "points": "5"}]}),
        slug="made-up",
        peers={"by": ["sector", "size"], "least": 4, "sizes": ["2000", "6000"]},
        gate=[{"indicator": "state_mark", "from": "0.5", "params": {"at_end": 1}}],
        eligibility={"days": 10, "collected": "0.9"},
        winsorising={"most": 2},
        line={"places": 2},
        zones=[{"zone": "a", "label": "А", "from": "60"}, {"zone": "b", "label": "Б", "from": "0"}],
    )
    return rate(region, rules)


@pytest.mark.django_db
def test_a_made_up_region_has_this_seal_on_every_base():
    rating = made_up()
    assert rating.digest == MADE_UP
    statuses = set(rating.scores.values_list("status", flat=True))
    assert {ScoreStatus.RANKED, ScoreStatus.GATE} <= statuses


# --- units ------------------------------------------------------------------------------------------------------------


def test_amur_over_a_month_is_the_mean_of_its_days(region):
    store_preset("amur")
    page = watched(page_in(region, connected_to_component=True, weekly_reach=60), FIRST - 9 * DAY, LAST, every=2)
    PageProfile.objects.create(page=page, since=FIRST + 10 * DAY, has_avatar=False, state_mark=True, widgets=1)
    slug = "amur"
    rollups.sum_up(region, FIRST - 9 * DAY, LAST)
    month = compute(region, MONTH, slug, NOW).scores.get()
    days = [compute(region, read_period(str(FIRST + n * DAY)), slug, NOW).scores.get().exact for n in range(30)]
    assert len(set(days)) > 1
    assert month.exact == pytest.approx(sum(days) / 30, abs=1e-6)
    assert float(month.points) == pytest.approx(month.exact, abs=0.0051)


def test_a_quarter_is_the_mean_of_its_months_or_a_whole_as_the_methodology_says(region):
    """October has no post, the other two one a day; October has 31 of the 92 days, and a third of the mean."""
    page = watched(page_in(region), dt.date(2024, 10, 1), dt.date(2024, 12, 31), every=1)
    Post.objects.filter(page=page, day__lte=dt.date(2024, 10, 31)).delete()
    PageDay.objects.filter(page=page, day__lte=dt.date(2024, 10, 31)).update(posts=None)
    parts = {unit: methodology(target("regularity", "1"), unit=unit) for unit in (None, "month")}
    quarter = read_period("2024-Q4")
    exact = {unit: rate(region, rules, quarter).scores.get().exact for unit, rules in parts.items()}
    months = [rate(region, parts[None], read_period(f"2024-{n}")).scores.get().exact for n in (10, 11, 12)]
    assert months == [0, 100, 100]
    assert exact == {None: pytest.approx(100 * 61 / 92), "month": pytest.approx(sum(months) / 3)}


def test_a_day_without_any_figure_is_left_out_of_the_mean(region):
    rules = methodology(target("avatar", "1"), unit="day")
    page = watched(page_in(region), FIRST, LAST)
    PageProfile.objects.update(since=FIRST + 15 * DAY)
    assert points(rate(region, rules)) == {str(page.pk): 100}


def test_a_unit_that_runs_is_cut_at_the_last_day_read(region):
    rules = methodology(target("regularity", "1"), unit="week")
    page = watched(page_in(region), FIRST, FIRST + 9 * DAY, every=1)
    rating = rate(region, rules, now=dt.datetime(2024, 11, 10, 3, tzinfo=dt.UTC))
    assert points(rating) == {str(page.pk): 100}


# --- what a score holds -----------------------------------------------------------------------------------------------


def test_a_score_holds_what_it_is_made_of(region):
    good, bad = some_pages(region, [8, 2])
    rating = rate(region, methodology(target("engagement_by_views", "0.04"), target("avatar", "1", "3")))
    scores = by_key(rating)
    assert ratio(rating, good, "engagement_by_views") == (120, 1500)
    assert scores[str(bad.pk)].items["engagement_by_views"] == [0, 30, 1500, 50, 12.5]
    assert (float(scores[str(bad.pk)].points), scores[str(bad.pk)].place) == (87.5, 2)
    assert scores[str(good.pk)].page == good


def test_those_with_too_few_data_have_neither_score_nor_place(region):
    some_pages(region, [1, 2])
    thin = watched(page_in(region, added_on=LAST), LAST, LAST)
    score = by_key(rate(region, by_engagement(eligibility={"days": 2})))[str(thin.pk)]
    assert (score.status, score.points, score.place, score.zone) == (ScoreStatus.THIN, None, None, "")


def test_those_at_the_gate_have_a_score_and_no_place(region):
    some_pages(region, [1, 2])
    held = watched(page_in(region), FIRST, LAST, likes=9, profile={"has_avatar": False})
    rating = rate(region, by_engagement(gate=[{"indicator": "avatar", "from": "1"}]))
    score = by_key(rating)[str(held.pk)]
    assert (score.status, score.place, score.facts["failed"]) == (ScoreStatus.GATE, None, ["gate_avatar"])
    assert score.points is not None


def test_the_number_of_queries_does_not_grow_with_the_pages(region, django_assert_max_num_queries):
    institution = InstitutionFactory(region=region)
    for _ in range(60):
        watched(page_in(region, institution=institution), LAST - 2 * DAY, LAST)
    rollups.sum_up(region, FIRST, LAST)
    rules = by_engagement()
    with django_assert_max_num_queries(35):
        compute(region, MONTH, rules.slug, NOW)
    assert Page.objects.count() == 60
