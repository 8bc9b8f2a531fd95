"""What stands in the documents: a line an award, the same for every kind of file."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from awards.models import Award, AwardList, Degree
from gospub.clock import local_day


@dataclass(frozen=True, slots=True)
class Line:
    """One award. person: "" where the award is a page's or an institution's. winner: who is awarded, in words. points:
    None = no data. page: its address on the network, "" = none."""

    nomination: str
    place: int | None
    tie: bool
    degree: Degree
    winner: str
    person: str
    title: str
    institution: str
    municipality: str
    page: str
    points: float | None

    @property
    def degree_text(self) -> str:
        """«I степень», «лауреат»."""
        return str(self.degree.label)

    @property
    def degree_of(self) -> str:
        """«I степени», «лауреата»: whose diploma it is."""
        if self.degree == Degree.LAUREATE:
            return _("of a laureate")
        return _("of the %s degree") % ("I" * self.degree)


@dataclass(frozen=True, slots=True)
class Paper:
    """The head of every document. day: on which the list was signed off, or today for a draft."""

    contest: str
    year: int
    region: str
    edition: int
    draft: bool
    day: dt.date
    digest: str
    lines: tuple[Line, ...]

    @property
    def nominations(self) -> list[tuple[str, list[Line]]]:
        """Lines by nomination, in the order of the list."""
        found: dict[str, list[Line]] = {}
        for line in self.lines:
            found.setdefault(line.nomination, []).append(line)
        return list(found.items())

    @property
    def moment(self) -> dt.datetime:
        """What the files say of their time: the same list gives the same bytes."""
        return dt.datetime.combine(self.day, dt.time(12), dt.UTC)


def read(found: AwardList, now: dt.datetime, *, nomination: int | None = None, degree: int | None = None) -> Paper:
    """The list, or the part of it that the filter takes."""
    chosen = Q(nomination=nomination) if nomination else Q()
    chosen &= Q() if degree is None else Q(degree=degree)
    awards = found.awards.given().filter(chosen).select_related(
        "nomination", "page", "institution__municipality", "person"
    )  # fmt: skip
    contest = found.contest
    return Paper(
        contest.title,
        contest.year,
        contest.region.name,
        found.edition,
        found.signed_at is None,
        local_day(found.signed_at or now, contest.region.time_zone),
        found.digest,
        tuple(lines(awards.order_by("nomination__position", "nomination__name", "place", "pk"))),
    )


def lines(awards: Iterable[Award]) -> list[Line]:
    """Awards as they are printed; rows come with nomination, page, institution, municipality and person."""
    return [line_of(each) for each in awards]


def line_of(award: Award) -> Line:
    institution = award.institution.name if award.institution else ""
    person = award.person.name if award.person else ""
    place = award.institution.municipality if award.institution else None
    return Line(
        award.nomination.name,
        award.place,
        award.tie,
        Degree(award.degree),
        person or award.title or institution,
        person,
        award.title,
        institution,
        place.name if place else "",
        award.page.url if award.page else "",
        award.points,
    )
