"""Whether scores moved after a training: the right pages, the right two ratings, medians, and when to be silent."""

import datetime as dt

import pytest
from django.urls import reverse

from forum.effect import Side, comparisons, side
from monitoring.models import Page
from ratings.models import Methodology, Rating, Score, ScoreStatus
from tests.factories import InstitutionFactory

from .worlds import NOW, admin_of, held, participant

pytestmark = pytest.mark.django_db
TRAINING = dt.date(2024, 5, 15)
MONTH = dt.timedelta(days=27)


@pytest.fixture
def training(region):
    return held(region, "Учёба", TRAINING)


@pytest.fixture
def methodology(db) -> Methodology:
    return Methodology.objects.create(slug="m", version="1", name="Методика", data={"subject": "page", "items": []})


def rating(region, by, first: str, points: dict[Page, float | None], **fields) -> Rating:
    """A rating of pages over a month."""
    begin = dt.date.fromisoformat(first)
    given = {"unit": "month", "first": begin, "last": begin + MONTH, "read_to": begin + MONTH, "computed_at": NOW}
    found = Rating.objects.create(region=region, methodology=by, **given | fields)
    for page, each in points.items():
        state = ScoreStatus.NOTHING if each is None else ScoreStatus.RANKED
        Score.objects.create(rating=found, key=str(page.pk), page=page, points=each, status=state)
    return found


@pytest.fixture
def pages(region, training) -> tuple[list[Page], list[Page]]:
    """Five pages of those who came, and five of others."""
    people = [admin_of(InstitutionFactory(region=region), f"Вымышленная {n}") for n in range(10)]
    for person in people[:5]:
        participant(training, person, came=True)
    participant(training, people[5])
    held_by = [person.stewardships.get().page for person in people]
    return held_by[:5], held_by[5:]


def levels(pages, came: list[float | None], others: list[float | None]) -> dict[Page, float | None]:
    return dict(zip([*pages[0], *pages[1]], [*came, *others], strict=True))


def test_medians_of_those_who_came_stand_against_the_others(region, training, pages, methodology, user):
    rating(region, methodology, "2024-04-01", levels(pages, [10, 20, 30, 40, 50], [10, 20, 30, 40, 50]))
    rating(region, methodology, "2024-07-01", levels(pages, [15, 25, 40, 41, 90], [10, 20, 30, 41, 49]))
    (found,) = comparisons(training, user)
    assert found.came == Side(5, 30, 40, 5)
    assert found.others == Side(5, 30, 30, 0)


def test_the_latest_rating_before_and_the_first_one_30_days_after(region, training, pages, methodology, user):
    same = levels(pages, [1] * 5, [1] * 5)
    rating(region, methodology, "2024-03-01", same)
    before = rating(region, methodology, "2024-04-01", same)
    rating(region, methodology, "2024-05-01", same)  # holds the training
    rating(region, methodology, "2024-06-13", same)  # begins 29 days after it
    after = rating(region, methodology, "2024-06-14", same)
    rating(region, methodology, "2024-08-01", same)
    (found,) = comparisons(training, user)
    assert (found.before, found.after) == (before, after)


def test_of_a_corrected_rating_the_latest_edition_counts(region, training, pages, methodology, user):
    same = levels(pages, [1] * 5, [1] * 5)
    rating(region, methodology, "2024-04-01", same, edition=1, state="final")
    second = rating(region, methodology, "2024-04-01", same, edition=2)
    rating(region, methodology, "2024-07-01", same)
    assert comparisons(training, user)[0].before == second


@pytest.mark.parametrize("change", ["version", "unit", "region", "running"])
def test_other_versions_units_regions_and_running_periods_are_not_compared(training, pages, methodology, user, change):
    same, region = levels(pages, [1] * 5, [1] * 5), training.region
    rating(region, methodology, "2024-04-01", same)
    if change == "version":
        other = Methodology.objects.create(slug="m", version="2", name="Методика", data=methodology.data)
        rating(region, other, "2024-07-01", same)
    elif change == "unit":
        rating(region, methodology, "2024-07-01", same, unit="quarter")
    elif change == "region":
        rating(InstitutionFactory().region, methodology, "2024-07-01", same)
    else:
        rating(region, methodology, "2024-07-01", same, read_to=dt.date(2024, 7, 5))
    assert comparisons(training, user) == []


def test_pages_without_points_in_one_of_them_make_no_pair(region, training, pages, methodology, user):
    rating(region, methodology, "2024-04-01", levels(pages, [1] * 5, [None, *[1] * 4]))
    rating(region, methodology, "2024-07-01", levels(pages, [2] * 5, [2] * 5))
    (found,) = comparisons(training, user)
    assert (found.came.pairs, found.others.pairs) == (5, 4)


def test_only_pages_run_on_the_day_of_the_training_are_of_those_who_came(region, training, pages, methodology, user):
    pages[0][0].stewardships.update(until=TRAINING - dt.timedelta(days=1))
    same = levels(pages, [1] * 5, [1] * 5)
    rating(region, methodology, "2024-04-01", same)
    rating(region, methodology, "2024-07-01", same)
    (found,) = comparisons(training, user)
    assert (found.came.pairs, found.others.pairs) == (4, 6)


@pytest.mark.parametrize(("count", "moved"), [(0, None), (4, None), (5, 1)])
def test_under_five_pairs_nothing_is_said(count, moved):
    assert side([(1, 2)] * count).moved == moved


def test_the_screen_says_that_it_is_no_proof_and_where_data_are_too_few(client, region, training, pages, methodology):
    rating(region, methodology, "2024-04-01", levels(pages, [10] * 5, [None, *[1] * 4]))
    rating(region, methodology, "2024-07-01", levels(pages, [15] * 5, [2] * 5))
    html = client.get(reverse("event_effect", args=[training.pk])).content.decode()
    assert "Это не доказательство" in html
    assert "+5,00" in html
    assert "мало данных: меньше 5 страниц" in html


def test_without_ratings_the_screen_says_what_is_needed(client, training):
    html = client.get(reverse("event_effect", args=[training.pk])).content.decode()
    assert "Сравнивать пока нечего" in html
    assert "через 30 дней" in html
