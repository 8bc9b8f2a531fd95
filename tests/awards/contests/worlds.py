"""A contest over a small final rating: schools and libraries, one at the gate, one without data."""

import datetime as dt
from typing import Any

from awards.contests.opening import open_contest
from awards.contests.stages import advance
from awards.models import Award, AwardList, Candidate, Contest, Nomination, Stage
from gospub.accounts.models import User
from monitoring.models import Region
from ratings.models import Rating, RatingState
from tests.factories import (
    InstitutionFactory,
    MunicipalityFactory,
    PersonFactory,
    SectorFactory,
    official,
    steward,
    watched,
)
from tests.ratings.worlds import FIRST, LAST, item, methodology, page_in, rate, to

NOW = dt.datetime(2025, 1, 20, 2, tzinfo=dt.UTC)
RULES: dict[str, Any] = {
    "nominations": [
        {"code": "best", "name": "Лучший госпаблик", "winners": {"places": 3}, "degrees": [1, 2, 3]},
        {"code": "sector", "name": "Лучший в сфере", "by": "sector", "least": 2},
    ],
    "short_list": {"places": 2},
    "mark": {"threshold": "40", "months": 12},
}


def final_rating(region: Region, likes: tuple[int, ...] = (9, 7, 5, 3, 1), awards: dict | None = None) -> Rating:
    """Pages П0, П1, … by engagement, schools and libraries in turn, each with an admin of its own; then one without an
    avatar at the gate and one without a post."""
    sectors = [SectorFactory(name="Образование"), SectorFactory(name="Культура")]
    district = MunicipalityFactory(region=region)
    for number, each in enumerate(likes):
        place = InstitutionFactory(
            region=region, name=f"Учреждение {number}", sector=sectors[number % 2], municipality=district
        )
        page = watched(page_in(region, institution=place, title=f"П{number}"), FIRST, LAST, likes=each, grows=number)
        steward(page, PersonFactory(region=region, name=f"Вымышленный {number}"), FIRST)
    watched(page_in(region, title="Ворота"), FIRST, LAST, likes=8, profile={"has_avatar": False})
    watched(page_in(region, title="Пустая"), FIRST, LAST, every=0)
    rules = methodology(
        item("engagement_by_views"), gate=[{"indicator": "avatar", "from": "1"}], awards=awards or RULES
    )
    return to(rate(region, rules), RatingState.FINAL)


def contest_of(rating: Rating, *stages: str, user: User | None = None, **fields: Any) -> Contest:
    given = {
        "title": "Премия",
        "year": 2024,
        "stages": stages,
        "weights": {"rating": 50, "jury": 40, "vote": 10},
        "criteria": ["Польза", "Язык"] if Stage.JURY in stages else [],
        "applications_until": None,
        "now": NOW,
    }
    return open_contest(rating, user=user or official(rating.region), **given | fields)


def led(contest: Contest, stage: str, user: User | None = None) -> Contest:
    """Led on until it is at that stage."""
    while contest.stage != stage:
        contest = advance(contest, user=user or contest.created_by, now=NOW)
    return contest


def nomination_of(contest: Contest, name: str = "Лучший госпаблик") -> Nomination:
    return contest.nominations.get(name=name)


def standing(contest: Contest, name: str = "Лучший госпаблик") -> dict[str, int | str]:
    """{page: place, or the reason why it is out} of a nomination."""
    rows = Candidate.objects.filter(nomination__contest=contest, nomination__name=name).select_related("page")
    return {each.page.title: each.reason or each.place or "" for each in rows}


def winner_of(region: Region, year: int, page: Any, rating: Rating) -> Award:
    """A signed list of a contest of that year in which the page's admin won."""
    contest = contest_of(rating, year=year, title=f"Премия {year}")
    signed = AwardList.objects.create(contest=contest, proposed_at=NOW, signed_at=NOW)
    person = page.stewardships.get().person
    mine = Award(list=signed, nomination=nomination_of(contest), page=page, person=person, title=page.title, place=1)
    return Award.objects.bulk_create([mine])[0]  # past the guard of signed lists
