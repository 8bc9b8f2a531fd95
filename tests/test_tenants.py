"""What belongs to others is heard nowhere: each place has words of its own, and every address is asked for them."""

from collections.abc import Collection

import pytest
from django.test import Client
from django.urls import reverse

from gospub.accounts import audit
from monitoring.models import EventKind, Institution, PageEvent
from ratings.models import Methodology
from tests.factories import MunicipalityFactory, SectorFactory, SuspectFactory, institution_admin, operator, steward
from tests.matrix import signed_in
from tests.permission_world import DAY, NOW, Place, Role, World, world
from tests.permissions import POST_ONLY, TABLE
from tests.personal.test_canary import said

# Words of the foreign region, of the own institution and of the other one beside it.
ABROAD, OWN, OTHER = "Чужое-4417", "Своё-6639", "Соседнее-5528"
UNHEARD = {
    Role.ANALYST: (ABROAD,),
    Role.AUDITOR: (ABROAD,),
    Role.CURATOR: (ABROAD, OTHER),
    Role.ADMIN: (ABROAD, OTHER),
    Role.OTHER_ADMIN: (ABROAD, OWN),
    Role.OVER: (ABROAD, OWN, OTHER),
    Role.ANONYMOUS: (ABROAD, OWN, OTHER),
}
pytestmark = pytest.mark.matrix


def mark(institution: Institution, word: str) -> None:
    """The institution, its page and all that hangs on them bear the word."""
    region, page = institution.region, institution.pages.get()
    institution.name = institution.founder = f"Дом {word}"
    institution.municipality = MunicipalityFactory(region=region, name=f"Город {institution.pk} {word}")
    institution.sector = SectorFactory(name=f"Отрасль {institution.pk} {word}")
    institution.save()
    page.title = f"Страница {word}"
    page.save()
    person = region.people.create(name=f"Персона {word}")
    steward(page, person, DAY.replace(month=1))
    PageEvent.objects.create(page=page, day=DAY, kind=EventKind.RENAMED, old=f"до {word}", new=f"после {word}")
    SuspectFactory(page=page, day=DAY.replace(day=1), raw=word)
    institution_admin(institution)


@pytest.fixture
def here(db, settings) -> World:
    settings.OPEN_DATA_PER_MINUTE = 0
    found = world()
    for institution, word in (
        (found.here.institution, OWN),
        (found.here.other, OTHER),
        (found.there.institution, ABROAD),
        (found.there.other, ABROAD),
    ):
        founder = institution.founder
        mark(institution, word)
        if word != ABROAD:  # the curators' right names it
            Institution.objects.filter(pk=institution.pk).update(founder=founder)
    abroad = found.there.region
    abroad.name = f"Край {ABROAD}"
    abroad.save()
    data = found.there.rating.methodology.data
    Methodology.objects.create(slug="abroad", name=f"Методика {ABROAD}", version="1", data=data, region=abroad)
    audit.record(operator(), "suspect.decide", ABROAD, before={}, after={}, now=NOW, region=abroad.pk)
    return found


def guesses(place: Place) -> dict[str, object]:
    """What somebody would ask an address for who knows the keys of that place."""
    institution, region = place.institution.pk, place.region.pk
    return {
        "municipality": place.institution.municipality_id,
        "sector": place.institution.sector_id,
        "institution": institution,
        "page__institution": institution,
        "institution__region": region,
        "region": region,
        "rating": place.rating.pk,
        "against": place.rating.pk,
        "person": place.person.pk,
        "page": place.page.pk,
        "ogrn": place.institution.ogrn,
        "period": DAY.isoformat(),
        "sort": "institution__region__name",
        "expand": "institution",
    }


def heard(client: Client, found: World, words: Collection[str]) -> list[str]:
    """Addresses at which one of the words is told: as they are, to htmx, with guesses, and those of the other place."""
    told = []
    for name, rule in TABLE.items():
        if rule.get == POST_ONLY or rule.everyones:  # an invitation tells its place to whoever has the link
            continue
        own, foreign = (reverse(name, args=rule.args(place)) for place in (found.here, found.there))
        answers = {
            name: client.get(own),
            f"{name} (htmx)": client.get(own, headers={"HX-Request": "true"}),
            f"{name} (guesses)": client.get(own, guesses(found.there)),
            f"{name} (foreign)": client.get(foreign),
        }
        texts = {what: said(answer) for what, answer in answers.items()}
        listened = [word for word in words if word == ABROAD or not rule.published]  # the own region is open to anybody
        told += [f"{what}: {word}" for what, text in texts.items() for word in listened if word in text]
    return told


@pytest.mark.parametrize("role", UNHEARD)
def test_nobody_hears_a_word_of_others(here, role):
    assert heard(signed_in(here, role), here, UNHEARD[role]) == []


def test_those_whose_it_is_hear_it(here):
    """The crawl goes where the words are."""
    found = "".join(heard(signed_in(here, Role.OPERATOR), here, (ABROAD, OWN, OTHER)))
    assert all(word in found for word in (ABROAD, OWN, OTHER))


def test_twin_a_view_without_a_scope_is_heard(here, settings):
    settings.ROOT_URLCONF = "tests.unguarded_urls"
    found = heard(signed_in(here, Role.ADMIN), here, UNHEARD[Role.ADMIN])
    assert any(line.startswith("page") for line in found)
