"""Who a rating's subjects are: the page, institution and person behind a score, and what nominations divide them by."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import F, Sum

from monitoring.models import Page, PageMonth, Stewardship
from monitoring.registry.identifiers import municipality_kind
from ratings.award_rules import ANSWERS, EXPECTATION, GROWTH, POINTS, DividedBy
from ratings.models import Rating, Score
from ratings.rules import Rules
from ratings.subjects import Places

# Growth from fewer subscribers is chance; the methodology's own growth has the same floor.
LEAST_AUDIENCE = 100


@dataclass(slots=True)
class Entrant:
    """pages: keys of the pages the subject answers for. page, institution, person: None where the subject is none, has
    none, or has several institutions of which none is the main one."""

    score: Score
    page: int | None = None
    institution: int | None = None
    person: int | None = None
    pages: list[int] = field(default_factory=list)
    fields: dict[DividedBy, str] = field(default_factory=dict)


def entrants(rating: Rating, rules: Rules) -> list[Entrant]:
    """Everybody the rating has, by key of the score; a handful of queries whatever their number."""
    scores = list(rating.scores.order_by("pk"))
    region, places = rating.region, Places(rating.region)
    held = _held(rating)
    stewards = _stewards(held)
    pages = {
        page.pk: page
        for page in Page.objects.filter(institution__region=region).only(
            "pk", "institution_id", "platform", "page_class"
        )
    }
    by_institution: dict[int, list[int]] = defaultdict(list)
    for page in pages.values():
        by_institution[page.institution_id].append(page.pk)
    found = []
    for score in scores:
        each = Entrant(score, score.page_id, score.institution_id, score.person_id)
        if each.page:
            each.pages, each.person = [each.page], stewards.get(each.page)
        elif each.person:
            each.pages = [page for page, _days in held.get(each.person, ())]
        elif each.institution:
            each.pages = by_institution[each.institution]
        main = each.page or next(iter(each.pages), None)
        if each.institution is None and main in pages:
            each.institution = pages[main].institution_id
        _divide(each, pages.get(main), places, rules)
        found.append(each)
    return found


def _held(rating: Rating) -> dict[int, list[tuple[int, int]]]:
    """{person: [(page, days in the period)]}, the page held longest first."""
    days: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    rows = Stewardship.objects.filter(page__institution__region=rating.region, since__lte=rating.last)
    for person, page, since, until in rows.values_list("person", "page", "since", "until"):
        first, last = max(since, rating.first), min(until or rating.last, rating.last)
        if first <= last:
            days[person][page] += (last - first).days + 1
    return {person: sorted(each.items(), key=lambda row: (-row[1], row[0])) for person, each in days.items()}


def _stewards(held: dict[int, list[tuple[int, int]]]) -> dict[int, int]:
    """{page: person who ran it longest in the period}."""
    longest: dict[int, tuple[int, int]] = {}
    for person, pages in sorted(held.items()):
        for page, days in pages:
            if page not in longest or days > longest[page][1]:
                longest[page] = (person, days)
    return {page: person for page, (person, _days) in longest.items()}


def _divide(each: Entrant, page: Page | None, places: Places, rules: Rules) -> None:
    """The values of the fields as they are known; "" = not known, and then no nomination of that kind."""
    institution = each.institution
    if institution in places.institutions:
        district = places.district(institution)
        each.fields = {
            DividedBy.SECTOR: places.sector(institution, 0),
            DividedBy.SECTOR2: places.sector(institution, 1),
            DividedBy.MUNICIPALITY: district.name if district else "",
            DividedBy.KIND: municipality_kind(district.oktmo) if district else "",
            DividedBy.LEVEL: places.level(institution),
        }
    if page:
        each.fields |= {DividedBy.NETWORK: page.platform, DividedBy.PAGE_CLASS: page.page_class}
    size = each.score.facts.get("adults" if rules.peers.by_population else "subscribers")
    if size is not None and rules.peers.sizes:
        each.fields[DividedBy.SIZE] = str(sum(size >= bound for bound in rules.peers.sizes))


# --- what a nomination is ordered by ----------------------------------------------------------------------------------


def values_of(found: Iterable[Entrant], order: str, rating: Rating) -> dict[int, float | None]:
    """{score: value}; None = no data, which is never 0.

    points: the exact score. growth: of the audience of all pages over the period, in %. answers: share of people's
    comments that were answered, in %. expectation: points above the expected ones. Else the code of an item: its 0–100.
    """
    found = list(found)
    if order == POINTS:
        return {each.score.pk: each.score.exact for each in found}
    if order == GROWTH:
        first, last = audience(rating.region_id, rating.first, rating.last)
        return {each.score.pk: growth(each.pages, first, last) for each in found}
    if order == ANSWERS:
        answered = _answers(rating)
        return {each.score.pk: _share(each.pages, answered) for each in found}
    if order == EXPECTATION:
        return {each.score.pk: _above(each.score) for each in found}
    return {each.score.pk: (each.score.items.get(order) or [None] * 4)[3] for each in found}


def _above(score: Score) -> float | None:
    """None where there is no score, or too few subjects to expect anything."""
    return None if score.exact is None or score.expected is None else score.exact - score.expected


def audience(region: int, first: dt.date, last: dt.date) -> tuple[dict[int, int], dict[int, int]]:
    """Subscribers by page: the first measured in the months from `first` on, and the last up to `last`."""
    rows = PageMonth.objects.filter(
        page__institution__region=region, month__range=(first.replace(day=1), last), subscribers_last__isnull=False
    )
    begin: dict[int, int] = {}
    end: dict[int, int] = {}
    for page, at_first, at_last in rows.order_by("month").values_list("page", "subscribers_first", "subscribers_last"):
        begin.setdefault(page, at_first)
        end[page] = at_last
    return begin, end


def growth(pages: Iterable[int], begin: dict[int, int], end: dict[int, int]) -> float | None:
    """In %, of the pages that were measured at both ends; None where none was, or they had too few subscribers."""
    both = [page for page in pages if page in begin and page in end]
    before, after = sum(begin[page] for page in both), sum(end[page] for page in both)
    return (after - before) / before * 100 if before >= LEAST_AUDIENCE else None


def _answers(rating: Rating) -> dict[int, tuple[int, int]]:
    """{page: (comments by people, answered)} of the period's months."""
    rows = PageMonth.objects.filter(
        page__institution__region=rating.region, month__range=(rating.first.replace(day=1), rating.last)
    )
    sums = rows.values("page").annotate(people=Sum("people_comments"), answered=Sum(F("answered_comments")))
    return {row["page"]: (row["people"], row["answered"]) for row in sums}


def _share(pages: Iterable[int], answered: dict[int, tuple[int, int]]) -> float | None:
    """None where nobody has commented: there was nothing to answer."""
    people = sum(answered.get(page, (0, 0))[0] for page in pages)
    return sum(answered.get(page, (0, 0))[1] for page in pages) / people * 100 if people else None
