"""The weekly letter to officials: terms, and what waits for a signature."""

import datetime as dt

import pytest

from awards.lists.proposing import propose
from awards.marks.issuing import issue
from awards.models import Contest, ContestState, QualityMark, Stage
from letters.digests import official as officials
from letters.digests.parts import Digest
from ratings.models import Passage, RatingState
from tests.awards.contests.worlds import NOW, contest_of, final_rating, led
from tests.factories import RegionFactory, official
from tests.ratings.worlds import to

pytestmark = pytest.mark.django_db
TODAY = dt.date(2025, 1, 20)
DAY = dt.timedelta(days=1)


@pytest.fixture
def user(region):
    return official(region)


@pytest.fixture
def contest(region) -> Contest:
    return contest_of(final_rating(region), "gate")


def digest(user, region) -> Digest | None:
    return officials.write(user, region, TODAY - 7 * DAY, NOW)


def lines(found: Digest | None) -> list[str]:
    return [line.text for each in found.parts for line in each.lines] if found else []


def test_without_terms_there_is_no_letter(user, region):
    assert digest(user, region) is None


@pytest.mark.parametrize(("days", "told"), [(-1, False), (0, True), (1, True), (30, True), (31, False)])
def test_applications_that_close_within_thirty_days_are_named(user, region, contest, days, told):
    Contest.objects.update(by_application=True, applications_until=TODAY + days * DAY)
    assert bool(digest(user, region)) == told


def test_a_term_says_how_many_days_are_left(user, region, contest):
    Contest.objects.update(by_application=True, applications_until=TODAY + 5 * DAY)
    assert lines(digest(user, region)) == ["25.01.2025, через 5 дней: «Премия, 2024»"]


def test_a_contest_that_is_over_has_no_term(user, region, contest):
    Contest.objects.update(by_application=True, applications_until=TODAY, state=ContestState.SIGNED)
    assert digest(user, region) is None


def test_a_preliminary_rating_waits_to_be_made_final(user, region, contest):
    rating = to(contest.rating, RatingState.PRELIMINARY)
    passed = dt.datetime(2025, 1, 10, 20, tzinfo=dt.UTC)  # the next morning in the region
    Passage.objects.create(rating=rating, state=RatingState.PRELIMINARY, at=passed, by=user)
    assert "предварительный с 11.01.2025" in lines(digest(user, region))[0]


def test_a_draft_of_an_award_list_waits_with_its_open_proposals(user, region, contest):
    propose(led(contest, Stage.PROTOCOL), user=user, now=NOW)
    assert lines(digest(user, region)) == ["«Премия, 2024»: проект от 20.01.2025, 5 предложений ждут решения"]


def test_quality_marks_that_end_within_thirty_days_are_counted(user, region, contest):
    count = issue(contest, user=user, now=NOW)
    assert digest(user, region) is None
    QualityMark.objects.update(valid_until=TODAY + 31 * DAY)
    assert digest(user, region) is None
    first, second, *_rest = QualityMark.objects.order_by("pk")
    QualityMark.objects.filter(pk__in=(first.pk, second.pk)).update(valid_until=TODAY + 30 * DAY)
    assert lines(digest(user, region)) == ["2 знака качества перестают действовать до 19.02.2025, первый — 19.02.2025"]
    QualityMark.objects.filter(pk=first.pk).update(withdrawn_at=NOW)
    assert "1 знак качества" in lines(digest(user, region))[0]
    assert count > 2


def test_terms_of_another_region_are_not_told(region, contest):
    Contest.objects.update(by_application=True, applications_until=TODAY)
    elsewhere = RegionFactory()
    assert digest(official(elsewhere), elsewhere) is None
