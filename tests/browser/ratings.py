"""Ratings of the browser's region: everything that their screens can show, of everything one."""

import datetime as dt

from monitoring.models import Page, Person, Region, Stewardship
from ratings.computing import compute
from ratings.lifecycle import let_pass
from ratings.methodologies import store_presets
from ratings.models import Methodology, Rating
from ratings.periods import read_period
from tests.factories import operator

NOW = dt.datetime(2024, 10, 26, 2, tzinfo=dt.UTC)


def keep_ratings(region: Region, pages: list[Page]) -> dict[str, str]:
    """Ratings of a day, of municipalities, and of admins in two editions; the addresses of their screens by name."""
    for number, page in enumerate(pages):
        person = Person.objects.create(region=region, name=f"Полевая Анна {number}")
        Stewardship.objects.create(person=person, page=page, since=dt.date(2024, 1, 1))
    store_presets()
    make_it_easy_to_take_part()
    day = compute(region, read_period("2024-10-26"), "amur", NOW)
    places = compute(region, read_period("2024-10"), "chelyabinsk", NOW)
    month = compute(region, read_period("2024-10"), "amur", NOW)
    admins = compute(region, read_period("2024"), "best-admin", NOW)
    let_pass(admins, operator(), "Проверено по протоколу", NOW, dt.date(2024, 10, 26))
    pages[3].days.update(subscribers=5)
    again = compute(region, read_period("2024"), "best-admin", NOW)
    place, own = (rating.scores.order_by("pk").first().pk for rating in (places, month))
    return addresses(region, day, again, pages[4]) | {
        "score by days": f"/scores/{own}/",
        "days of a mean": f"/scores/{own}/component/",
        "pages of a place": f"/scores/{place}/norm/",
        "a page of a place": f"/scores/{place}/engagement/?page={pages[0].pk}",
        "form of a published methodology": f"/regions/{region.code}/methodologies/{places.methodology_id}/edit/",
    }


def make_it_easy_to_take_part() -> None:
    """Few days lie in this world: nobody is too thin here, and the gate is open."""
    for methodology in Methodology.objects.filter(slug="best-admin"):
        methodology.data |= {"eligibility": {}, "gate": []}
        methodology.save()


def addresses(region: Region, day: Rating, admins: Rating, page: Page) -> dict[str, str]:
    first = admins.scores.order_by("place").first()
    own = f"/scores/{day.scores.get(page=page).pk}"
    rules = f"/regions/{region.code}/methodologies/{admins.methodology_id}"
    return {
        "ratings": f"/regions/{region.code}/ratings/",
        "rating": f"/ratings/{day.pk}/",
        "rating of people": f"/ratings/{admins.pk}/",
        "firmness": f"/ratings/{admins.pk}/firmness/",
        "changes": f"/ratings/{admins.pk}/changes/",
        "score": f"{own}/",
        "score of a person": f"/scores/{first.pk}/?posting_norm=100&growth=x",
        "weeks": f"/scores/{first.pk}/posting_norm/",
        "posts": f"{own}/posts_in_week/",
        "profile": f"{own}/avatar/",
        "methodologies": f"/regions/{region.code}/methodologies/",
        "methodology": f"{rules}/",
        "methodology's form": f"{rules}/edit/",
        "rehearsal": f"{rules}/rehearsal/?period=2024&against={admins.pk}",
    }
