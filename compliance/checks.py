"""What pages must show, by requirement: the checklist of each page of a region, counted by municipality.

Many pages look alike, so each look is judged once: a region of thousands of pages has some hundred looks.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce

from monitoring.dashboards.queries.checklist import POSTING_NORM, Check, Verdict, checklist
from monitoring.models import Municipality, Page, PageProfile, PageState, Region

from .duties import existing


@dataclass(frozen=True, slots=True)
class Basis:
    """What a requirement rests on; source: where that was read."""

    name: str
    basis: str
    source: str


@cache
def bases() -> Mapping[str, Basis]:
    """By name of the requirement, in the order of the screens."""
    data = json.loads((Path(__file__).parent / "data" / "requirements.json").read_text("utf-8"))
    return {each["name"]: Basis(**each) for each in data["requirements"]}


@dataclass(frozen=True, slots=True)
class PageChecks:
    """A page by its key, with its checklist. municipality: key of the district, None = not given."""

    page: int
    institution: int
    municipality: int | None
    checks: tuple[Check, ...]


def page_checks(region: Region, platform: str = "") -> list[PageChecks]:
    """The checklist of every existing page of the region, or of one network."""
    pages = existing(region).filter(platform=platform) if platform else existing(region)
    district = Coalesce("institution__municipality__parent", "institution__municipality")
    facts = ("platform", "page_class", "connected_to_component", "state__posts_7")
    rows = pages.order_by().annotate(district=district).values_list("pk", "institution", "district", *facts)
    profiles = _profiles(region)
    looks: dict[tuple[object, ...], tuple[Check, ...]] = {}
    result = []
    for pk, institution, municipality, code, kind, connected, posts in rows:
        capped = None if posts is None else min(posts, POSTING_NORM)
        look = (code, kind, connected, capped, profiles.get(pk))
        if look not in looks:
            looks[look] = _judge(*look)
        result.append(PageChecks(pk, institution, municipality, looks[look]))
    return result


def _profiles(region: Region) -> dict[int, tuple[object, ...]]:
    """The latest profile of each page, as values of PageProfile.FIELDS."""
    newer = PageProfile.objects.filter(page=OuterRef("page"), since__gt=OuterRef("since"))
    latest = PageProfile.objects.filter(~Exists(newer), page__institution__region=region, page__archived_on=None)
    return {row[0]: row[1:] for row in latest.values_list("page", *PageProfile.FIELDS)}


def _judge(
    platform: str, page_class: str, connected: bool | None, posts: int | None, profile: tuple[object, ...] | None
) -> tuple[Check, ...]:
    page = Page(platform=platform, page_class=page_class, connected_to_component=connected)
    shown = dict(zip(PageProfile.FIELDS, profile, strict=True)) if profile else {}
    return tuple(checklist(page, PageProfile(**shown), PageState(posts_7=posts)))


@dataclass(frozen=True, slots=True)
class Count:
    """Pages by verdict on one requirement."""

    name: str
    counts: Counter[Verdict] = field(default_factory=Counter)

    @property
    def met(self) -> int:
        return self.counts[Verdict.YES]

    @property
    def lacking(self) -> int:
        return self.counts[Verdict.NO]

    @property
    def unknown(self) -> int:
        return self.counts[Verdict.NO_DATA]

    @property
    def not_applicable(self) -> int:
        return self.counts[Verdict.NOT_APPLICABLE]

    @property
    def share(self) -> float | None:
        """Of the pages that could be judged; None where there is none."""
        return self.met / (self.met + self.lacking) if self.met + self.lacking else None

    @property
    def applies(self) -> bool:
        return bool(self.met + self.lacking + self.unknown)


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality (key None = not given) with its counts, one a requirement."""

    key: int | None
    name: str
    pages: int
    counts: list[Count]


@dataclass(frozen=True, slots=True)
class Requirement:
    """A requirement with its basis and its count in the whole region."""

    title: str
    basis: Basis | None
    count: Count


@dataclass(frozen=True, slots=True)
class Compliance:
    requirements: Sequence[Requirement]
    places: Sequence[Place]
    pages: int


def titles() -> dict[str, str]:
    """Names of the requirements in words, in the order of the checklist."""
    return {check.name: check.title for check in _judge("vk", "active", None, None, None)}


def compliance(region: Region, platform: str = "") -> Compliance:
    """Each requirement in the region and in each municipality, the municipalities that lack most first."""
    found = page_checks(region, platform)
    words = titles()
    total = {name: Count(name) for name in words}
    places: dict[int | None, dict[str, Count]] = {}
    pages: Counter[int | None] = Counter()
    for each in found:
        pages[each.municipality] += 1
        place = places.setdefault(each.municipality, {name: Count(name) for name in words})
        for check in each.checks:
            total[check.name].counts[check.verdict] += 1
            place[check.name].counts[check.verdict] += 1
    names = dict(Municipality.objects.filter(region=region).values_list("pk", "name"))
    rows = [Place(key, names.get(key, ""), pages[key], list(counts.values())) for key, counts in places.items()]
    rows.sort(key=lambda place: (place.key is None, -sum(count.lacking for count in place.counts), place.name))
    return Compliance([Requirement(words[n], bases().get(n), total[n]) for n in words], rows, len(found))
