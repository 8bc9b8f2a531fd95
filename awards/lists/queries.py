"""What the screens of award lists show."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from awards.contests.entrants import audience, entrants, growth
from awards.contests.opening import rules_of
from awards.contests.stages import identity, who
from awards.models import Award, AwardList, AwardState, Candidate, Nomination, QualityMark
from gospub.accounts.models import User
from monitoring.models import Institution

RELATED = ("nomination", "page__institution", "institution", "person", "decided_by", "instead_of__person")
# So many candidates of a nomination can be chosen from for a replacement: nobody awards the hundredth.
MOST_CHOICES = 30
# Where a methodology tells nobody apart hundreds share a place; the first ones show that, a file has them all.
MOST_ROWS = 50


@dataclass(frozen=True, slots=True)
class AwardRow:
    """before: «2023: Лучший в сфере» of earlier signed lists. growth: of the audience since a year before, in %, None =
    no data. replaced: the line that this one stands instead of."""

    award: Award
    before: list[str]
    growth: float | None


@dataclass(frozen=True, slots=True)
class Part:
    """A nomination of the list: who is awarded, who was taken away, and who else could be. more: how many are awarded
    besides the rows shown; tied: how many share a place."""

    nomination: Nomination
    rows: list[AwardRow]
    more: int
    tied: int
    removed: list[Award]
    choices: list[Candidate]


def parts(found: AwardList) -> list[Part]:
    """The list by nominations, with what speaks for and against each; a handful of queries."""
    contest = found.contest
    awards = list(found.awards.select_related(*RELATED).order_by("nomination__position", "place", "pk"))
    history, grown = _history(found, awards), _growth(found)
    choices: dict[int, list[Candidate]] = defaultdict(list)
    placed = Candidate.objects.filter(nomination__contest=contest, place__lte=MOST_CHOICES)
    for each in placed.select_related("page", "person", "institution").order_by("place", "pk"):
        choices[each.nomination_id].append(each)
    by_nomination: dict[int, list[Award]] = defaultdict(list)
    for award in awards:
        by_nomination[award.nomination_id].append(award)
    result = []
    for nomination in contest.nominations.all():
        mine = by_nomination[nomination.pk]
        given = [award for award in mine if award.state != AwardState.REMOVED]
        taken = {key for award in given for key in identity(award)}
        result.append(
            Part(
                nomination,
                [AwardRow(award, history[award.pk], grown.get(award.score_id)) for award in given[:MOST_ROWS]],
                max(len(given) - MOST_ROWS, 0),
                sum(award.tie for award in given),
                [award for award in mine if award.state == AwardState.REMOVED],
                [each for each in choices[nomination.pk] if not identity(each) & taken],
            )
        )
    return result


def _history(found: AwardList, awards: list[Award]) -> dict[int, list[str]]:
    """What each was awarded in the years before."""
    contest = found.contest
    earlier = Award.objects.signed().filter(
        list__contest__region=contest.region_id, list__contest__year__lt=contest.year
    )
    rows = earlier.values_list("person", "page", "institution", "list__contest__year", "nomination__name")
    known: dict[tuple[str, int], list[str]] = defaultdict(list)
    for person, page, institution, year, name in rows.order_by("-list__contest__year", "pk"):
        known[who(person, page, institution)].append(f"{year}: {name}")
    return {award.pk: [text for key in identity(award) for text in known[key]] for award in awards}


def _growth(found: AwardList) -> dict[int, float | None]:
    """{score: growth of the audience over the year up to the rating's last day, in %}."""
    rating = found.contest.rating
    _awards, rules = rules_of(found.contest)
    begin, end = audience(rating.region_id, rating.last.replace(year=rating.last.year - 1, day=1), rating.last)
    return {each.score.pk: growth(each.pages, begin, end) for each in entrants(rating, rules)}


def changes(found: AwardList) -> tuple[list[Award], list[Award]]:
    """(awarded now, no longer awarded) against the edition before; two empty lists for the first one."""
    before = found.contest.lists.filter(edition=found.edition - 1).first()
    if before is None:
        return [], []

    def lines(each: AwardList) -> dict[tuple, Award]:
        rows = each.awards.given().select_related(*RELATED)
        return {(row.nomination_id, row.page_id, row.institution_id, row.person_id): row for row in rows}

    old, new = lines(before), lines(found)
    return [new[key] for key in new.keys() - old.keys()], [old[key] for key in old.keys() - new.keys()]


@dataclass(frozen=True, slots=True)
class History:
    """An institution's awards and quality marks, the latest first."""

    awards: list[Award]
    marks: list[QualityMark]


def history_of(institution: Institution, user: User) -> History:
    """What the institution was awarded over the years, by lists that were signed off; also as a duplicate that
    was merged into it, for what was signed stays as it is."""
    own = Q(institution=institution) | Q(institution__merged_into=institution)
    awards: QuerySet[Award] = Award.objects.visible_to(user).signed().filter(own)
    marks = QualityMark.objects.visible_to(user).filter(page__institution=institution)
    return History(
        list(awards.select_related("nomination", "list__contest", "page").order_by("-list__contest__year", "pk")),
        list(marks.select_related("page").order_by("-year", "pk")),
    )
