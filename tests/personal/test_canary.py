"""A person without consent who runs a page, is rated and has a contact: name and contact occur nowhere public."""

import gzip
import io
import json
import logging
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import pytest
from django.contrib import admin
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from awards.models import Award, AwardList
from gospub.accounts.models import AuditEntry, User
from monitoring.models import PersonContact, Region
from monitoring.personal.consents import withdraw
from public.models import Publication
from ratings.bundle import differences
from ratings.models import Rating, RatingState
from tests.factories import ConsentFactory, PersonFactory, official, steward
from tests.permission_world import DAY, Place, Role, world
from tests.permissions import TABLE
from tests.ratings.worlds import item, methodology, rate, to

from .conftest import NOW

CANARY, EMAIL, PHONE = "Канареев-7731", "kanareev-7731@example.org", "+7 000 000-77-31"
SIGNS = ("анареев", "anareev", "77-31", "7731")
CONTACT_SIGNS = ("anareev", "77-31")
# They see names: where the region is theirs all of them, else of those who run their pages.
NAMES_ALONE = (Role.OFFICIAL, Role.ADMIN)
# Of a line of the log: numbers of requests and moments, in which the canary's digits occur by chance.
NUMBERS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\d[T ][\d:.,]+Z?")
# What takes the canary's page out of the registry comes last.
LAST = ("/archive/", "/merge/", "/move/", "/change/")
OPEN_ROLES = (Role.ANONYMOUS, Role.OVER, Role.OTHER_ADMIN, Role.OTHER_CURATOR)


@pytest.fixture(autouse=True)
def _fresh_limits(settings):
    """The limits against guessing live in the cache; a refusal of the API would hide what it tells."""
    cache.clear()
    settings.OPEN_DATA_PER_MINUTE = 0


@dataclass(frozen=True, slots=True)
class Scene:
    """The world of the permissions with the canary as the admin of its page."""

    place: Place
    users: dict[Role, User | None]


@pytest.fixture
def here(db) -> Scene:
    found = world()
    Publication.objects.update(since=NOW)  # the clock of these tests is before that of the world
    person = PersonFactory(region=found.here.region, name=CANARY)
    PersonContact.objects.create(person=person, email=EMAIL, phone=PHONE)
    steward(found.here.page, person, DAY.replace(month=1))
    return Scene(replace(found.here, person=person), found.users)


@pytest.fixture
def rated(here) -> Scene:
    """The same where the rating is a final one of people, and the score the canary's."""
    awarded(here.place)
    return Scene(replace(here.place, **ranking_of_people(here.place.region)), here.users)


def awarded(place: Place) -> None:
    """A signed list in which the canary won."""
    signed = AwardList.objects.create(contest=place.contest, edition=2, proposed_at=NOW, signed_at=NOW)
    award = Award(list=signed, nomination=place.nomination, page=place.page, institution=place.institution,
                  person=place.person, title="Своя страница", place=1)  # fmt: skip
    Award.objects.bulk_create([award])  # past the guard of signed lists


def ranking_of_people(region: Region) -> dict[str, object]:
    by = methodology(item("avatar"), subject="person", slug="people")
    rating = to(rate(region, by, Rating.objects.filter(region=region).earliest("pk").period, NOW), RatingState.FINAL)
    return {"rating": rating, "score": rating.scores.get(person__name=CANARY), "final": rating}


def addresses(*scenes: Scene) -> Iterator[str]:
    """Every address of the resolver with the arguments of the table, those of nothing, and Django's admin."""
    for name, rule in TABLE.items():
        for each in scenes:
            yield reverse(name, args=rule.args(each.place))
            if name.startswith("api_"):
                yield reverse(name, args=rule.args(each.place)) + "?format=csv"
        if rule.missing is not None:
            yield reverse(name, args=rule.missing)
    for model in admin.site._registry:
        yield reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    for each in scenes:
        yield reverse("admin:monitoring_person_change", args=[each.place.person.pk])
    yield from ("/nowhere/", "/favicon.ico")


def in_order(asked: Iterable[str]) -> list[str]:
    return sorted(set(asked), key=lambda address: (address.endswith(LAST), address))


def answers(user: User | None, *scenes: Scene) -> Iterator[tuple[str, HttpResponse]]:
    """What each address answers by every method, to a browser and to htmx, with and without the token of forms."""
    client = Client(enforce_csrf_checks=False, raise_request_exception=False)
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    for each in (client, strict):
        if user:
            each.force_login(user)
    for address in in_order(addresses(*scenes)):
        for headers in ({}, {"HX-Request": "true"}):
            yield f"GET {address}", client.get(address, headers=headers)
            yield f"POST {address}", client.post(address, headers=headers)
        yield f"POST without a token {address}", strict.post(address)
        if user:  # an address may have ended the session
            client.force_login(user)
            strict.force_login(user)


def said(response: HttpResponse) -> str:
    """Head and body of the answer; packed files are opened."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as file:
            body = b"\n".join(map(file.read, file.namelist()))
    return "\n".join([*map(str, response.items()), *map(str, response.cookies.values()), body.decode(errors="replace")])


def tells(text: str, signs: tuple[str, ...] = SIGNS) -> bool:
    """Whether the canary is heard, also from JSON with escaped letters."""
    return any(sign in text or json.dumps(sign)[1:-1] in text for sign in signs)


def heard(user: User | None, *scenes: Scene, signs: tuple[str, ...] = SIGNS) -> list[str]:
    return [what for what, response in answers(user, *scenes) if tells(said(response), signs)]


def user_of(here: Scene, role: Role) -> User | None:
    return here.users[role]


def bundle(rated: Scene) -> dict:
    client = Client()
    client.force_login(official(rated.place.region))
    return json.loads(gzip.decompress(client.get(reverse("rating_bundle", args=[rated.place.rating.pk])).content))


# --- nowhere --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", OPEN_ROLES)
def test_no_address_tells_of_the_canary(here, rated, role, caplog):
    caplog.set_level(logging.DEBUG)
    assert heard(user_of(here, role), here, rated) == []
    assert not tells(NUMBERS.sub("", caplog.text))
    assert not any(tells(str(letter.message())) or tells(letter.body) for letter in mail.outbox)


@pytest.mark.parametrize("name", ["public_awards", "api_awards"])
def test_the_award_that_the_canary_won_is_told_and_the_canary_is_not(here, rated, name):
    text = said(Client().get(reverse(name, args=TABLE[name].args(rated.place))))
    assert "Своя страница" in text
    assert not tells(text)


def test_those_who_may_see_the_canary_do(here, rated):
    """The crawl goes where names are."""
    found = heard(user_of(here, Role.ANALYST), here, rated)
    for name, args in (
        ("admins", [here.place.region.code]),
        ("page", [here.place.page.pk]),
        ("rating", [rated.place.rating.pk]),
        ("score", [rated.place.score.pk]),
        ("score_passport", [rated.place.score.pk]),
        ("registry_export", [here.place.region.code, "csv"]),
    ):
        assert f"GET {reverse(name, args=args)}" in found


@pytest.mark.parametrize("role", NAMES_ALONE)
def test_those_who_see_names_hear_no_contact(here, rated, role):
    assert heard(user_of(here, role), here, rated, signs=CONTACT_SIGNS) == []


def test_those_who_keep_the_registry_have_the_contact(here):
    found = heard(user_of(here, Role.ANALYST), here, signs=CONTACT_SIGNS)
    assert f"GET {reverse('admin_card', args=[here.place.person.pk])}" in found
    assert f"GET {reverse('registry_export', args=[here.place.region.code, 'csv'])}" in found


def files_told(user: User, *scenes: Scene) -> dict[str, bool]:
    """Of each file from inside that tells of the canary whether the audit trail says so, with how many rows."""
    client, told = Client(raise_request_exception=False), {}
    client.force_login(user)
    inside = {address for address in addresses(*scenes) if not address.startswith("/api/")}  # open to anybody as it is
    for address in in_order(inside - {reverse("account_logout")}):
        for method in (client.get, client.post):
            before = AuditEntry.objects.latest("pk").pk
            response = method(address)
            if "attachment" in response.get("Content-Disposition", "") and tells(said(response)):
                entries = AuditEntry.objects.filter(pk__gt=before, action__in=("export.names", "person.export"))
                told[address] = any({"rows", "pages"} & set(entry.after) for entry in entries)
    return told


def test_every_file_with_names_is_in_the_audit_trail(here, rated):
    ConsentFactory(person=here.place.person)  # else the bundle names nobody
    told = files_told(user_of(here, Role.ANALYST), here, rated)
    assert all(told.values()), told
    assert {address.strip("/").split("/")[0] for address in told} == {"admins", "ratings", "regions", "scores"}
    assert reverse("rating_bundle", args=[rated.place.rating.pk]) in told


def test_a_letter_that_somebody_orders_tells_nothing(here):
    Client().post(reverse("account_reset_password"), {"email": user_of(here, Role.ADMIN).email})
    assert mail.outbox
    assert not any(tells(str(letter.message())) or tells(letter.body) for letter in mail.outbox)


def test_what_an_error_logs_tells_nothing(here, monkeypatch, caplog):
    """A screen that breaks with the person in its hands."""

    def broken(*_: object) -> None:
        raise RuntimeError(here.place.person)

    monkeypatch.setattr("monitoring.dashboards.admins.queries.admin_card", broken)
    client = Client(raise_request_exception=False)
    client.force_login(user_of(here, Role.ANALYST))
    response = client.get(reverse("admin_card", args=[here.place.person.pk]))
    assert response.status_code == 500
    assert not tells(said(response))


def test_the_bundle_of_a_final_rating_has_a_number(rated):
    found = bundle(rated)
    assert str(rated.place.score.person_id) in {row[0] for row in found["scores"]}
    assert not tells(json.dumps(found, ensure_ascii=False))


# --- with consent, and without again ----------------------------------------------------------------------------------


def test_with_a_consent_the_bundle_names_the_person_until_it_is_withdrawn(here, rated):
    consent = ConsentFactory(person=here.place.person)
    assert bundle(rated)["names"] == {str(consent.person_id): CANARY}
    withdraw(consent, user=user_of(here, Role.OPERATOR), now=NOW)
    assert bundle(rated)["names"] == {}
    assert list(differences(bundle(rated))) == []


# --- twins: the same crawl must hear a view that leaks ---------------------------------------------------------------


@pytest.fixture
def leaking(here, settings) -> Scene:
    settings.ROOT_URLCONF = "tests.personal.leaking_urls"
    return here


def test_a_screen_that_leaks_is_noticed(leaking):
    found = heard(None, leaking)
    assert f"GET {reverse('ratings', args=[leaking.place.region.code])}" in found


def test_a_header_that_leaks_is_noticed(leaking):
    assert f"GET {reverse('page', args=[leaking.place.page.pk])}" in heard(None, leaking)


def test_a_leak_to_htmx_and_by_post_alone_is_noticed(leaking):
    address = reverse("overview", args=[leaking.place.region.code])
    found = heard(None, leaking)
    assert f"POST {address}" in found
    assert f"GET {address}" not in found


def test_a_log_that_leaks_is_noticed(leaking, caplog):
    caplog.set_level(logging.DEBUG)
    list(answers(None, leaking))
    assert tells(caplog.text)


def test_a_letter_that_leaks_is_noticed(leaking):
    list(answers(None, leaking))
    assert any(tells(letter.body) for letter in mail.outbox)
