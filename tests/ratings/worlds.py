"""What the tests of ratings share: methodologies of a line each, and a region that is rated by them."""

import datetime as dt
import itertools
from collections.abc import Sequence
from typing import Any

from monitoring import rollups
from monitoring.models import Page, PageDay, Region
from ratings.computing import compute
from ratings.models import Methodology, Rating, RatingState, Score
from ratings.periods import Period, read_period
from tests.factories import InstitutionFactory, PageFactory, SectorFactory, watched

NOW = dt.datetime(2025, 1, 20, 2, tzinfo=dt.UTC)
TODAY = dt.date(2025, 1, 20)
MONTH = read_period("2024-11")
FIRST, LAST = MONTH.first, MONTH.last
DAY = dt.timedelta(days=1)
ZONES = [
    {"zone": "high", "label": "Высокая", "tone": "good", "from": "60"},
    {"zone": "low", "label": "Низкая", "tone": "bad", "from": "0"},
]
_numbers = itertools.count(1)


def item(indicator: str, weight: str = "1", **rest: Any) -> dict[str, Any]:
    """A line of a methodology; by default the middle percentile of the peer group."""
    return {"indicator": indicator, "weight": weight, "normaliser": {"kind": "percentile"}} | rest


def target(indicator: str, aim: str, weight: str = "1", **rest: Any) -> dict[str, Any]:
    return item(indicator, weight, normaliser={"kind": "target", "target": aim}, **rest)


def steps(indicator: str, points: dict[str, str], weight: str = "1", **rest: Any) -> dict[str, Any]:
    """`points`: by the bound from which they are given."""
    some = [{"from": bound, "points": each} for bound, each in points.items()]
    return item(indicator, weight, normaliser={"kind": "steps", "steps": some}, **rest)


def methodology(*items: dict[str, Any], region: Region | None = None, slug: str = "", **rest: Any) -> Methodology:
    """A stored version, of pages unless `subject` says otherwise."""
    name = slug or f"m{next(_numbers)}"
    opened = bool(rest.pop("open", False))
    data = {"subject": "page", "items": list(items)} | rest
    return Methodology.objects.create(
        slug=name, version="1", name=f"Методика {name}", region=region, data=data, open=opened
    )


def rate(region: Region, by: Methodology, period: Period = MONTH, now: dt.datetime = NOW, user=None) -> Rating:
    """The rating of the region by that methodology, its months summed up first."""
    rollups.sum_up(region, dt.date.min, dt.date.max)
    return compute(region, period, by.slug, now, user)


def by_key(rating: Rating) -> dict[str, Score]:
    return {score.key: score for score in rating.scores.all()}


def points(rating: Rating) -> dict[str, float | None]:
    """Points by subject."""
    return {key: None if each.points is None else float(each.points) for key, each in by_key(rating).items()}


def ratio(rating: Rating, subject: Any, code: str) -> tuple[float, float]:
    """Numerator and denominator of an item of the subject (an object of the base, or its key)."""
    key = subject if isinstance(subject, str) else str(subject.pk)
    return tuple(by_key(rating)[key].items[code][1:3])


def state(rating: Rating, subject: Any, code: str) -> int:
    key = subject if isinstance(subject, str) else str(subject.pk)
    return by_key(rating)[key].items[code][0]


def page_in(region: Region, **fields: Any) -> Page:
    """A page with an institution of its own in the region, unless it is given one."""
    institution = fields.pop("institution", None) or InstitutionFactory(region=region)
    return PageFactory(institution=institution, **fields)


def some_pages(region: Region, likes: Sequence[int], first: dt.date = FIRST, last: dt.date = LAST) -> list[Page]:
    """A page for each number of likes that its posts get, watched over the span."""
    return [watched(page_in(region, title=f"П{n:02}"), first, last, likes=each) for n, each in enumerate(likes)]


def ranking(region: Region, likes: Sequence[int] = (1, 2, 3), **rest: Any) -> Rating:
    """A rating of pages by engagement: as many likes of 100 views as given."""
    some_pages(region, likes)
    return rate(region, methodology(item("engagement_by_views"), **rest))


def to(rating: Rating, state: RatingState) -> Rating:
    """The rating in that state, however it came there."""
    Rating.objects.filter(pk=rating.pk).update(state=state)
    return Rating.objects.get(pk=rating.pk)


def one_day(page: Page, day: dt.date, **figures: Any) -> None:
    """Figures of a page day, whether it is there or not."""
    PageDay.objects.update_or_create(page=page, day=day, defaults=figures)


def zoned_rating(region) -> Rating:
    """Five pages of two sectors; one stands at the gate, one has no data."""
    culture, school = SectorFactory(name="Культура"), SectorFactory(name="Образование")
    for number, (sector, likes) in enumerate([(culture, 5), (culture, 1), (school, 4)]):
        place = InstitutionFactory(region=region, sector=sector, name=f"У{number}", inn="")
        watched(page_in(region, institution=place, title=f"П{number}"), FIRST, LAST, likes=likes)
    watched(page_in(region, title="Ворота"), FIRST, LAST, profile={"has_avatar": False})
    watched(page_in(region, title="Пустая"), FIRST, LAST, every=0)
    rules = methodology(
        target("engagement_by_views", "0.05"),
        zones=ZONES,
        gate=[{"indicator": "avatar", "from": "1"}],
        peers={"by": ["sector"]},
        line={"places": 1},
    )
    return rate(region, rules)
