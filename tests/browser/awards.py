"""Awards of the browser's region: a contest at its jury, one with a list in two editions, marks, documents, wording."""

import datetime as dt

from awards.contests.jury import enter_marks
from awards.contests.opening import open_contest
from awards.contests.stages import advance
from awards.lists import deciding, signing
from awards.lists.proposing import propose
from awards.marks.issuing import issue, withdraw
from awards.models import Contest, PaperKind, QualityMark, Stage
from awards.papers import making
from monitoring.models import Region
from ratings.computing import compute
from ratings.models import Methodology, Rating, RatingState
from ratings.periods import read_period
from tests.factories import official

NOW = dt.datetime(2024, 10, 26, 2, tzinfo=dt.UTC)
WHY = "Проект признан лучшим на совете"
RULES = {
    "nominations": [
        {"code": "best", "name": "Лучший в регионе", "winners": {"places": 3}, "degrees": [1, 2, 3]},
        {"code": "network", "name": "Лучший в сети", "by": "network", "winners": {"places": 2}},
    ],
    "short_list": {"places": 5},
    "past_winners": "best_of_best",
    "mark": {"threshold": "0", "months": 12},
}


def keep_awards(region: Region) -> dict[str, str]:
    """The addresses of the screens by name."""
    user, rating = official(region), final_rating(region)
    signed = contest(rating, "Премия госпабликов", ["gate", "short_list"], user, year=2023)
    first = listed(signed, user)
    second = signing.next_edition(first, user=user, now=NOW)
    lines = list(second.awards.order_by("pk"))
    deciding.take_away(lines[0], WHY, user=user, now=NOW)
    deciding.confirm(propose_again(lines[1]), user=user, now=NOW)
    issue(signed, user=user, now=NOW)
    withdraw(QualityMark.objects.order_by("pk")[1], WHY, user=user, now=NOW)
    running = contest(rating, "Лучший админ", ["gate", "short_list", "jury", "vote"], user, until=dt.date(2100, 1, 1))
    judged = judging(contest(rating, "Народная премия", ["gate", "short_list", "jury", "vote"], user), user)
    papers(first, user)
    return addresses(region, (signed, running, judged), (first.pk, second.pk))


def final_rating(region: Region) -> Rating:
    """Of a month's pages, by a methodology that says what is awarded."""
    methodology = Methodology.objects.get(slug="amur")
    rules = Methodology.objects.create(
        slug="pages", name="Лучшие госпаблики", version="1", region=region, data=methodology.data | {"awards": RULES}
    )
    rating = compute(region, read_period("2024-10-25"), rules.slug, NOW)
    Rating.objects.filter(pk=rating.pk).update(state=RatingState.FINAL)
    return Rating.objects.get(pk=rating.pk)


def contest(rating: Rating, title: str, stages: list[str], user: object, **fields: object) -> Contest:
    return open_contest(
        rating,
        title=title,
        year=fields.get("year", 2024),
        stages=stages,
        weights={"rating": 50, "jury": 40, "vote": 10},
        criteria=["Польза для жителей", "Живой язык"] if "jury" in stages else [],
        applications_until=fields.get("until"),
        user=user,
        now=NOW,
    )


def listed(found: Contest, user: object) -> object:
    """Led to its end, its list signed."""
    while found.stage != Stage.PROTOCOL:
        found = advance(found, user=user, now=NOW)
    draft = propose(found, user=user, now=NOW)
    deciding.confirm_all(draft, user=user, now=NOW)
    return signing.sign(draft, user=user, now=NOW)


def propose_again(award: object) -> object:
    """As the rules would have it, before anybody decided."""
    award.state = "proposed"
    award.save()
    return award


def judging(found: Contest, user: object) -> Contest:
    """At the jury, with the marks of two experts in the first nomination."""
    while found.stage != Stage.JURY:
        found = advance(found, user=user, now=NOW)
    nomination = found.nominations.first()
    candidates, criteria = nomination.candidates.filter(left_at=""), found.criteria.all()
    for number, expert in enumerate(("Экспертова А.", "Судейкин Б.")):
        marks = {(one.pk, each.pk): f"{7 + number}" for one in candidates for each in criteria}
        enter_marks(nomination, expert, marks, user=user, now=NOW)
    return found


def papers(found: object, user: object) -> None:
    """One file that is ready, one that waits."""
    for kind in (PaperKind.CSV, PaperKind.DIPLOMAS_ZIP):
        job = making.ask(found, kind, nomination=None, degree=None, user=user, now=NOW)
        if kind == PaperKind.CSV:
            making.make(job.pk, lambda: NOW)


def addresses(region: Region, contests: tuple[Contest, Contest, Contest], lists: tuple[int, int]) -> dict[str, str]:
    (signed, running, judged), (first, second) = contests, lists
    nomination = judged.nominations.first().pk
    return {
        "contests": f"/regions/{region.code}/awards/",
        "opening a contest": f"/regions/{region.code}/awards/open/",
        "contest": f"/contests/{signed.pk}/",
        "contest with applications": f"/contests/{running.pk}/",
        "application": f"/contests/{running.pk}/apply/",
        "contest at its jury": f"/contests/{judged.pk}/",
        "nomination": f"/nominations/{nomination}/",
        "marks of the jury": f"/nominations/{nomination}/jury/?expert=Экспертова А.",
        "votes": f"/nominations/{nomination}/votes/",
        "protocol": f"/contests/{signed.pk}/protocol/",
        "signed list": f"/award-lists/{first}/",
        "draft of a list": f"/award-lists/{second}/",
        "documents": f"/award-lists/{first}/documents/",
        "wording": f"/regions/{region.code}/wording/diploma/",
        "wording of orders": f"/regions/{region.code}/wording/order/",
        "quality marks": f"/regions/{region.code}/marks/",
    }
