"""The unique audience of a region on VK as the screen shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from monitoring.models import (
    AudienceGroup,
    AudienceRun,
    AudienceSwitch,
    Dimension,
    Level,
    Municipality,
    Region,
    RunState,
    Sector,
)
from monitoring.unique.sketches import Estimate, overlap, together

SHOWN = (Dimension.MUNICIPALITY, Dimension.SECTOR, Dimension.LEVEL, Dimension.FOUNDER)


@dataclass(frozen=True, slots=True)
class Group:
    """name: the group in words. per_person: subscriptions a person; None where nobody is counted."""

    row: AudienceGroup
    name: str

    @property
    def code(self) -> str:
        """How the address names it."""
        return f"{self.row.dimension}:{self.row.key}"

    @property
    def per_person(self) -> float | None:
        return self.row.members / self.row.people if self.row.people else None

    @property
    def error(self) -> float | None:
        return Estimate(self.row.people, self.row.low, self.row.high).error


@dataclass(frozen=True, slots=True)
class Progress:
    """Of the run that is under way: pages done of all, members read."""

    run: AudienceRun
    pages: int
    done: int
    members: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """People in both groups, and in one or both; error: half of the interval as a share of the estimate."""

    one: Group
    other: Group
    both: Estimate
    either: Estimate

    @property
    def share_of_one(self) -> float | None:
        return self.both.people / self.one.row.people if self.one.row.people else None

    @property
    def share_of_other(self) -> float | None:
        return self.both.people / self.other.row.people if self.other.row.people else None


@dataclass(frozen=True, slots=True)
class UniqueView:
    """done: the latest count that is done; whole: its figure of the region; by: its groups, by dimension."""

    on: bool
    under_way: Progress | None
    done: AudienceRun | None
    whole: Group | None
    by: Sequence[tuple[str, Sequence[Group]]]


def unique_audience(region: Region) -> UniqueView:
    """What is known and what is under way."""
    runs = AudienceRun.objects.filter(region=region)
    done = runs.filter(state=RunState.DONE).select_related("started_by").first()
    groups = groups_of(region, done) if done else []
    by = [(str(Dimension(name).label), [each for each in groups if each.row.dimension == name]) for name in SHOWN]
    return UniqueView(
        on=AudienceSwitch.objects.filter(region=region, on=True).exists(),
        under_way=_progress(runs.filter(state=RunState.RUNNING).select_related("started_by").first()),
        done=done,
        whole=next((each for each in groups if each.row.dimension == Dimension.ALL), None),
        by=[(label, found) for label, found in by if len(found) > 1],
    )


def groups_of(region: Region, run: AudienceRun) -> list[Group]:
    """Groups of a run with their names, the largest first; without the sketches, which are large."""
    names = {(Dimension.MUNICIPALITY, str(pk)): name for pk, name in _names(Municipality.objects.filter(region=region))}
    names |= {(Dimension.SECTOR, str(pk)): name for pk, name in _names(Sector.objects.filter(parent=None))}
    names |= {(Dimension.LEVEL, code): str(label) for code, label in Level.choices}
    found = []
    for row in run.groups.defer("theta").order_by("-people", "pk"):
        if row.dimension == Dimension.ALL:
            name = region.name
        elif row.dimension == Dimension.FOUNDER:
            name = row.key
        else:
            name = names.get((row.dimension, row.key), "")
        found.append(Group(row, name or _("not given")))
    return found


def _names(rows) -> list[tuple[int, str]]:
    return list(rows.values_list("pk", "name"))


def _progress(run: AudienceRun | None) -> Progress | None:
    if run is None:
        return None
    sums = run.sketches.aggregate(pages=Count("pk"), done=Count("pk", filter=Q(done=True)), members=Sum("read"))
    return Progress(run, sums["pages"], sums["done"], sums["members"] or 0)


def overlap_of(region: Region, view: UniqueView, one: str, other: str) -> Overlap | None:
    """The overlap of two groups as the address names them; None where one of them is not there, or both are one."""
    if view.done is None or one == other:
        return None
    groups = {each.code: each for _label, found in view.by for each in found}
    if one not in groups or other not in groups:
        return None
    keys = [groups[one].row.pk, groups[other].row.pk]
    thetas = dict(AudienceGroup.objects.filter(pk__in=keys).values_list("pk", "theta"))
    first, second = (thetas[key] for key in keys)
    if not first or not second:
        return None
    return Overlap(groups[one], groups[other], overlap(first, second), together(first, second))
