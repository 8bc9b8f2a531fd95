"""A region whose public part is open, with pages that were watched and a rating that was published."""

import datetime as dt

from django.test import Client
from django.urls import reverse

from gospub.accounts.models import User
from monitoring import rollups
from monitoring.models import Region
from public.models import Publication
from ratings.models import Passage, Rating, RatingState
from tests.factories import official
from tests.ratings.worlds import item, methodology, rate, some_pages, to

NOW = dt.datetime(2025, 1, 20, 2, tzinfo=dt.UTC)
LONG_AGO = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def opened(region: Region) -> Region:
    """The region is open since long ago."""
    Publication.objects.create(region=region, since=LONG_AGO)
    return region


def published(rating: Rating, user: User | None = None) -> Rating:
    """The rating is final."""
    Passage.objects.create(rating=rating, state=RatingState.FINAL, at=NOW, by=user or official(rating.region))
    return to(rating, RatingState.FINAL)


def rated(region: Region, likes: tuple[int, ...] = (1, 2, 3), **rest: object) -> Rating:
    """Pages watched over November 2024 and a published rating of them."""
    some_pages(region, likes)
    rollups.rebuild(region)
    return published(rate(region, methodology(item("engagement_by_views"), **rest)))


def ask(name: str, *args: object, query: str = "", **headers: str) -> object:
    """What somebody without a sign-in is answered."""
    return Client().get(reverse(name, args=args) + query, headers=headers)


def text(name: str, *args: object, query: str = "") -> str:
    response = ask(name, *args, query=query)
    assert response.status_code == 200, response.status_code
    return " ".join(response.content.decode().split())
