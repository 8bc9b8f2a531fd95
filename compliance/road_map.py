"""How far the steps of a road map have come: counted from presence and checklists, held against their terms."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, QuerySet, TextChoices
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from gospub.accounts import audit
from gospub.accounts.models import User
from monitoring.dashboards.queries.checklist import Verdict
from monitoring.dashboards.tables import Column
from monitoring.models import Institution, PlatformCode, Region

from .checks import page_checks
from .duties import NOWHERE, Levels, Presence, Standing, duties_of, presence_of
from .models import Goal, Step

COLUMNS = (
    Column("goal", _("Goal")),
    Column("municipality", _("Municipality"), "municipality__name"),
    Column("due", _("Term"), "due"),
    Column("state", _("State")),
    Column("done", _("Done"), numeric=True),
    Column("responsible", _("Responsible"), "responsible"),
)
DEFAULT_SORT = "due"
# What a step counts: institutions by their presence, or pages by their checklist.
OF_INSTITUTIONS = (Goal.ANY, Goal.OBLIGATORY, *PlatformCode.values)


class StepState(TextChoices):
    DONE = "done", _("done")
    RUNNING = "running", _("under way")
    OVERDUE = "overdue", _("overdue")
    NO_DATA = "no_data", _("no data")


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step as it stands. met, lacking, unknown: institutions or pages; late: days since the term passed."""

    step: Step
    state: StepState
    met: int
    lacking: int
    unknown: int
    late: int

    @property
    def of_pages(self) -> bool:
        return self.step.goal not in OF_INSTITUTIONS

    @property
    def share(self) -> float | None:
        return self.met / (self.met + self.lacking) if self.met + self.lacking else None


Tally = Counter[tuple[str, int | None, str]]


def steps_of(region: Region) -> QuerySet[Step]:
    return Step.objects.filter(region=region).select_related("municipality")


def step_rows(region: Region, steps: Iterable[Step], today: dt.date) -> list[StepRow]:
    """The steps with what they have come to; districts count with their settlements."""
    chosen = list(steps)
    tally: Tally = Counter()
    if any(step.goal in OF_INSTITUTIONS for step in chosen):
        _count_institutions(tally, region, today)
    if any(step.goal not in OF_INSTITUTIONS for step in chosen):
        _count_pages(tally, region)
    return [_row(step, tally, today) for step in chosen]


def _count_institutions(tally: Tally, region: Region, today: dt.date) -> None:
    duties, present = duties_of(region, today), presence_of(region, today)
    district = Coalesce(F("municipality__parent"), F("municipality"))
    rows = Institution.objects.kept(today).filter(region=region).order_by().annotate(district=district)
    for pk, level, municipality in rows.values_list("pk", "level", "district"):
        for goal, verdict in institution_goals(present.get(pk, NOWHERE), level, duties):
            _add(tally, goal, municipality, verdict)


def institution_goals(presence: Presence, level: str, duties: Levels) -> list[tuple[str, Verdict]]:
    """Each goal of presence for one institution; an exemption takes it out of the count."""
    anywhere = bool(presence.pages)
    result = [(str(Goal.ANY), _verdict(anywhere, "" in presence.exempt))]
    standings = {presence.standing(code, level, duties) for code in duties if level in duties[code]}
    result.append(
        (str(Goal.OBLIGATORY), _verdict(Standing.MISSING not in standings and bool(standings), not standings))
    )
    for code in PlatformCode.values:
        exempt = code in presence.exempt or "" in presence.exempt
        result.append((code, _verdict(bool(presence.pages.get(code)), exempt)))
    return result


def _verdict(met: bool, excused: bool) -> Verdict:
    if excused and not met:
        return Verdict.NOT_APPLICABLE
    return Verdict.YES if met else Verdict.NO


def _count_pages(tally: Tally, region: Region) -> None:
    for page in page_checks(region):
        for check in page.checks:
            _add(tally, check.name, page.municipality, check.verdict)


def _add(tally: Tally, goal: str, municipality: int | None, verdict: Verdict) -> None:
    """For the municipality, and for the whole region under 0."""
    tally[goal, municipality, verdict] += 1
    tally[goal, 0, verdict] += 1


def _row(step: Step, tally: Tally, today: dt.date) -> StepRow:
    key = step.municipality_id or 0
    counts = (tally[step.goal, key, verdict] for verdict in (Verdict.YES, Verdict.NO, Verdict.NO_DATA))
    met, lacking, unknown = counts
    late = max((today - step.due).days, 0)
    return StepRow(step, _state(met, lacking, unknown, late), met, lacking, unknown, late)


def _state(met: int, lacking: int, unknown: int, late: int) -> StepState:
    """What is not known is never taken for done."""
    if met and not lacking and not unknown:
        return StepState.DONE
    if not met and not lacking:
        return StepState.NO_DATA
    return StepState.OVERDUE if late else StepState.RUNNING


def add(step: Step, user: User, now: dt.datetime) -> Step:
    """Keep a new step of the road map."""
    step.created_by, step.created_at = user, now
    step.save()
    audit.record(user, "road_map.add", f"region {step.region_id}", before={}, after=_fields(step), now=now,
                 region=step.region_id)  # fmt: skip
    return step


def remove(step: Step, user: User, now: dt.datetime) -> None:
    """Take a step off the road map; the audit trail keeps what it was."""
    before = _fields(step)
    step.delete()
    audit.record(user, "road_map.remove", f"region {step.region_id}", before=before, after={}, now=now,
                 region=step.region_id)  # fmt: skip


def _fields(step: Step) -> dict[str, object]:
    place = step.municipality.name if step.municipality else ""
    return {"goal": step.goal, "municipality": place, "due": step.due.isoformat(), "responsible": step.responsible}
