"""Award lists as anybody sees them: signed off, of the regions that are open, with names that may be told."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from awards.models import Award, AwardList
from gospub.clock import local_day
from monitoring.models import ConsentScope, Region

from ..masking import masked
from .ratings import people_named
from .regions import open_regions


@dataclass(frozen=True, slots=True)
class Winner:
    """A line of a list. name: the page or institution, as it was called then; beside: the institution of a page;
    person: "" where there is none, or none that may be told."""

    award: Award
    name: str
    beside: str
    person: str


def published_awards(now: dt.datetime) -> QuerySet[Award]:
    """What the last signed edition of each contest of the open regions gives, the latest year first."""
    found = Award.objects.signed().filter(list__contest__region__in=open_regions(now))
    related = ("list__contest__region", "nomination", "page", "institution")
    order = (
        "-list__contest__year",
        "list__contest__title",
        "list",
        "nomination__position",
        "nomination__name",
        "place",
    )
    return found.select_related(*related, "person").order_by(*order, "pk")


def lists_of(region: Region) -> list[tuple[AwardList, dt.date]]:
    """The last signed edition of each contest of the region, with the local day of its signature."""
    signed = AwardList.objects.filter(contest__region=region, signed_at__isnull=False)
    found: dict[int, AwardList] = {}
    for each in signed.select_related("contest").order_by("edition"):
        found[each.contest_id] = each
    rows = [(each, local_day(each.signed_at, region.time_zone)) for each in found.values()]
    return sorted(rows, key=lambda row: (-row[0].contest.year, row[0].contest.title))


def winners(awards: Iterable[Award], now: dt.datetime) -> Iterator[Winner]:
    """Lines of awards that came from `published_awards`."""
    awards = list(awards)
    named = people_named({each.person_id for each in awards if each.person_id}, now, ConsentScope.AWARDS)
    for award in awards:
        name, institution = award.title, award.institution.name if award.institution else ""
        person = masked(award.person.name) if award.person_id in named else ""
        beside = institution if institution != name else ""
        yield Winner(award, masked(name or institution), masked(beside) if name else "", person)
