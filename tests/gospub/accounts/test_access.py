"""The screen of rights: who sees it, what is taken away there, and that it stays quick."""

import pytest
from django.test import Client
from django.urls import reverse

from gospub.accounts.models import AuditEntry, Grant
from tests.factories import InstitutionFactory, RegionFactory, analyst, auditor, institution_admin, operator

pytestmark = pytest.mark.django_db


@pytest.fixture
def region():
    return RegionFactory()


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def shown(user, **query: str) -> str:
    return browser(user).get(reverse("access"), query).content.decode()


def test_an_analyst_sees_the_admins_of_the_own_region_and_no_colleagues(region):
    own, foreign = institution_admin(InstitutionFactory(region=region)), institution_admin(InstitutionFactory())
    colleague = analyst(region)
    html = shown(analyst(region))
    assert own.email in html
    assert foreign.email not in html
    assert colleague.email not in html


def test_the_operator_sees_all_rights(region):
    users = [analyst(region), institution_admin(InstitutionFactory()), auditor()]
    html = shown(operator())
    assert all(user.email in html for user in users)


def test_rights_are_searched_by_address_and_institution(region):
    school, museum = (InstitutionFactory(region=region, name=name) for name in ("Школа Ёлочка", "Музей"))
    users = [institution_admin(place) for place in (school, museum)]
    html = shown(analyst(region), q="елочка")
    assert users[0].email in html
    assert users[1].email not in html


def test_a_right_that_is_taken_away_ends_with_the_next_request(region):
    school = InstitutionFactory(region=region)
    admin = institution_admin(school)
    client = browser(admin)
    card = reverse("institution", args=[school.pk])
    assert client.get(card).status_code == 200
    browser(analyst(region)).post(reverse("grant_end", args=[admin.grants.get().pk]))
    assert client.get(card).status_code == 404
    entry = AuditEntry.objects.get(action="grant.end")
    assert (entry.before["who"], entry.region) == (admin.email, region.pk)


def test_an_analyst_takes_no_right_of_a_colleague_or_of_another_region(region):
    by = browser(analyst(region))
    for user in (analyst(region), institution_admin(InstitutionFactory()), operator()):
        assert by.post(reverse("grant_end", args=[user.grants.get().pk])).status_code == 404
        assert user.grants.exists()


def test_an_operator_cannot_take_the_own_right_away():
    """Or nobody might be left who could give it back."""
    user = operator()
    browser(user).post(reverse("grant_end", args=[user.grants.get().pk]))
    assert user.grants.exists()


def test_one_operator_ends_anothers_right():
    user = operator()
    browser(operator()).post(reverse("grant_end", args=[user.grants.get().pk]))
    assert not Grant.objects.filter(user=user).exists()


def test_the_queries_of_the_screen_do_not_grow_with_its_rows(region, django_assert_max_num_queries):
    for _ in range(60):
        institution_admin(InstitutionFactory(region=region))
    client = browser(analyst(region))
    with django_assert_max_num_queries(14):
        client.get(reverse("access"))
