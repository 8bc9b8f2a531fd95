"""Who is told of awards and quality marks: the institution's admins, once each, and of nobody else's."""

import pytest

from awards.lists import deciding, signing
from awards.lists.proposing import propose
from awards.marks.issuing import issue
from awards.models import Candidate, QualityMark, Stage
from letters.models import Kind, Letter
from monitoring.models import Institution, Page
from tests.awards.contests.worlds import NOW, contest_of, final_rating, led
from tests.factories import RegionFactory, institution_admin, official

pytestmark = pytest.mark.django_db
WHY = "Проект признан лучшим на совете"


@pytest.fixture
def region():
    return RegionFactory()


@pytest.fixture
def contest(region):
    return led(contest_of(final_rating(region), "gate"), Stage.PROTOCOL)


@pytest.fixture
def draft(contest):
    return propose(contest, user=contest.created_by, now=NOW)


def of(title: str) -> Institution:
    return Page.objects.get(title=title).institution


def sign(draft):
    user = official(draft.contest.region)
    deciding.confirm_all(draft, user=user, now=NOW)
    return signing.sign(draft, user=user, now=NOW)


def test_the_admins_of_awarded_institutions_are_told_when_the_list_is_signed(draft):
    first, second, loser = institution_admin(of("П0")), institution_admin(of("П0")), institution_admin(of("П4"))
    assert not Letter.objects.exists()
    sign(draft)
    assert {letter.user for letter in Letter.objects.all()} == {first, second}
    assert loser not in {letter.user for letter in Letter.objects.all()}


def test_several_awards_of_an_institution_are_one_letter(draft):
    institution_admin(of("П1"))
    sign(draft)
    letter = Letter.objects.get()
    assert letter.kind == Kind.AWARD
    assert "* Лучший госпаблик: II степень, «П1»" in letter.text
    assert "* Лучший в сфере: Культура: I степень, «П1»" in letter.text


def test_it_names_no_person_and_no_other_institution(draft):
    institution_admin(of("П0"))
    sign(draft)
    letter = Letter.objects.get()
    for word in ("Вымышленный", "П1", "П2", "Учреждение"):
        assert word not in letter.subject + letter.text


def test_a_list_that_is_not_signed_in_the_end_tells_nobody(draft):
    institution_admin(of("П0"))
    with pytest.raises(signing.ContestError):
        signing.sign(draft, user=official(draft.contest.region), now=NOW)
    assert not Letter.objects.exists()


def test_a_correction_tells_those_alone_for_whom_it_changes_something(contest, draft):
    told, new = institution_admin(of("П1")), institution_admin(of("П3"))
    first = sign(draft)
    second = signing.next_edition(first, user=first.signed_by, now=NOW)
    candidate = Candidate.objects.get(nomination__name="Лучший госпаблик", page__title="П3")
    deciding.replace(
        second.awards.get(title="П0", nomination__name="Лучший госпаблик"),
        candidate,
        WHY,
        user=first.signed_by,
        now=NOW,
    )
    signing.sign(second, user=first.signed_by, now=NOW)
    assert [letter.user for letter in Letter.objects.order_by("pk")] == [told, new]


def test_a_right_that_is_over_is_not_told(draft):
    user = institution_admin(of("П0"))
    user.grants.update(until=NOW.date().replace(day=1))
    sign(draft)
    assert not Letter.objects.exists()


def test_quality_marks_are_told_with_code_and_term_once(contest):
    user = institution_admin(of("П0"))
    for _ in range(2):
        issue(contest, user=contest.created_by, now=NOW)
    letter, mark = Letter.objects.get(), QualityMark.objects.get(page__title="П0")
    assert (letter.user, letter.institution) == (user, of("П0"))
    assert f"* «П0»: код {mark.code}, действует до 19.01.2026" in letter.text


def test_a_mark_that_is_issued_later_is_told_by_a_letter_of_its_own(contest):
    user = institution_admin(of("П0"))
    issue(contest, user=contest.created_by, now=NOW)
    QualityMark.objects.filter(page__title="П1").delete()
    Page.objects.filter(title="П1").update(institution=of("П0"))
    issue(contest, user=contest.created_by, now=NOW)
    texts = [letter.text for letter in Letter.objects.filter(user=user).order_by("pk")]
    assert ["«П0»" in texts[0], "«П1»" in texts[0], "«П0»" in texts[1], "«П1»" in texts[1]] == [
        True,
        False,
        False,
        True,
    ]


def test_all_admins_are_found_by_one_query(contest, django_assert_max_num_queries):
    """Whatever the number of marks; each letter then takes its own."""
    with django_assert_max_num_queries(14):
        issue(contest, user=contest.created_by, now=NOW)
