"""Quality marks: for whom, until when, withdrawn once, listed and filtered."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from awards.contests.opening import ContestError
from awards.marks.issuing import ALPHABET, issue, withdraw
from awards.marks.queries import standing
from awards.models import QualityMark
from gospub.accounts.models import AuditEntry
from tests.awards.contests.worlds import NOW, RULES, contest_of, final_rating
from tests.factories import RegionFactory, auditor, institution_admin, official

pytestmark = pytest.mark.django_db
WHY = "Страница передана другому учреждению"


@pytest.fixture
def region():
    return RegionFactory()


@pytest.fixture
def contest(region):
    return contest_of(final_rating(region))


@pytest.fixture
def marks(contest):
    issue(contest, user=contest.created_by, now=NOW)
    return QualityMark.objects.order_by("title")


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_every_page_with_a_place_from_the_threshold_on_has_a_mark(contest, marks):
    worthy = contest.rating.scores.filter(place__isnull=False, points__gte=40)
    assert {mark.page_id for mark in marks} == set(worthy.values_list("page", flat=True))
    assert "Ворота" not in [mark.title for mark in marks]  # at the gate, with more points than some


def test_a_mark_is_valid_for_so_many_months_from_the_regions_own_day(marks):
    assert {(mark.issued_on, mark.valid_until) for mark in marks} == {(dt.date(2025, 1, 20), dt.date(2026, 1, 19))}


def test_codes_are_short_and_of_letters_that_nobody_mistakes(marks):
    assert all(len(mark.code) == 8 and set(mark.code) <= set(ALPHABET) for mark in marks)
    assert not set(ALPHABET) & set("0O1IL8B5S2Z")


def test_issuing_again_adds_nothing_and_brings_no_withdrawn_mark_back(contest, marks):
    withdraw(marks[0], WHY, user=contest.created_by, now=NOW)
    codes = {mark.code for mark in marks}
    assert issue(contest, user=contest.created_by, now=NOW) == 0
    assert {mark.code for mark in QualityMark.objects.all()} == codes
    assert QualityMark.objects.filter(withdrawn_at__isnull=False).count() == 1


def test_rules_without_a_mark_give_none(region):
    contest = contest_of(final_rating(region, awards=RULES | {"mark": None}))
    with pytest.raises(ContestError, match="не предусматривают"):
        issue(contest, user=contest.created_by, now=NOW)


@pytest.mark.parametrize(
    ("day", "state"),
    [("2025-01-19", "over"), ("2025-01-20", "in_force"), ("2026-01-19", "in_force"), ("2026-01-20", "over")],
)
def test_it_is_in_force_from_its_first_day_to_its_last(marks, day, state):
    day = dt.date.fromisoformat(day)
    assert standing(marks[0], day) == state
    assert QualityMark.objects.in_force(day).exists() == (state == "in_force")


def test_a_mark_is_withdrawn_once_with_a_reason(contest, marks):
    with pytest.raises(ContestError, match="десяти знаков"):
        withdraw(marks[0], "так", user=contest.created_by, now=NOW)
    withdraw(marks[0], WHY, user=contest.created_by, now=NOW)
    with pytest.raises(ContestError, match="уже отозван"):
        withdraw(marks[0], WHY, user=contest.created_by, now=NOW)
    assert AuditEntry.objects.get(action="mark.withdraw").after == {"reason": WHY}
    assert not QualityMark.objects.in_force(dt.date(2025, 3, 1)).filter(pk=marks[0].pk).exists()


def test_an_official_issues_and_withdraws_on_the_screen(contest):
    client = client_of(official(contest.region))
    html = client.post(reverse("marks_issue", args=[contest.pk]), follow=True).content.decode()
    mark = QualityMark.objects.first()
    assert mark.code in html
    html = client.post(reverse("mark_withdraw", args=[mark.pk]), {"reason": WHY}, follow=True).content.decode()
    assert WHY in html


def test_an_auditor_withdraws_nothing(contest, marks):
    assert client_of(auditor(contest.region)).post(reverse("mark_withdraw", args=[marks[0].pk])).status_code == 403


def test_an_institution_admin_sees_the_own_marks_alone(contest, marks):
    client = client_of(institution_admin(marks[0].page.institution))
    html = client.get(reverse("quality_marks", args=[contest.region.code])).content.decode()
    assert marks[0].code in html
    assert marks[1].code not in html
    assert client.post(reverse("mark_withdraw", args=[marks[1].pk])).status_code == 404


def test_the_file_has_what_the_filter_has(contest, marks):
    withdraw(marks[0], WHY, user=contest.created_by, now=NOW)
    address = reverse("quality_marks_export", args=[contest.region.code, "csv"])
    text = b"".join(client_of(official(contest.region)).get(address, {"standing": "withdrawn"})).decode("utf-8-sig")
    assert [marks[0].code in line for line in text.splitlines()] == [False, True]
