"""How firm a rating is: what drives it, where the award line is noise, whose order is not settled, what was treated."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from ..catalogue import INDICATORS
from ..models import Rating, Score
from ..names import RELATED
from ..robustness import JURY
from ..rules import Rules
from ..wording import value_text

MOST_ROWS = 100


@dataclass(frozen=True, slots=True)
class Driver:
    label: str
    weight: float
    correlation: float | None
    shift: float | None
    known: int


def drivers(rating: Rating, rules: Rules) -> list[Driver]:
    """What each indicator has to do with the ranking, the heaviest first."""
    labels = {item.code: str(INDICATORS[item.measure.indicator].label) for item in rules.items}
    rows = [
        Driver(labels[each["item"]], *(each[n] for n in ("weight", "correlation", "shift", "known")))
        for each in rating.report.get("drivers", [])
    ]
    return sorted(rows, key=lambda driver: -driver.weight)


def jury(scores: QuerySet[Score]) -> QuerySet[Score]:
    """Those whose award hangs on the weights: the sort order is left alone, the jury looks at them."""
    return scores.filter(award_chance__range=JURY).order_by("group", "place", "pk")


def unsettled(scores: QuerySet[Score]) -> int:
    """How many places are not settled against the next one."""
    return scores.filter(settled=False).count()


def most_above(scores: QuerySet[Score]) -> list[Score]:
    """The nomination «most above expectation»: ten subjects whose points exceed the expected ones most."""
    found = scores.filter(expected__isnull=False, place__isnull=False).annotate(above=F("exact") - F("expected"))
    return list(found.select_related(*RELATED).order_by("-above", "pk")[:10])


@dataclass(frozen=True, slots=True)
class TreatedValue:
    score: Score | None
    label: str
    value: str
    replaced: str


def treated(rating: Rating, rules: Rules, scores: QuerySet[Score]) -> list[TreatedValue]:
    """Extreme values that were pulled in, of the subjects that may be seen."""
    rows: list[dict[str, Any]] = rating.report.get("treated", [])
    by_key = {
        score.key: score for score in scores.filter(key__in=[row["subject"] for row in rows]).select_related(*RELATED)
    }
    result = []
    for row in rows[:MOST_ROWS]:
        indicator = INDICATORS[rules.item(row["item"]).measure.indicator]
        if row["subject"] in by_key:
            values = (value_text(row[name], indicator.unit) for name in ("value", "replaced"))
            result.append(TreatedValue(by_key[row["subject"]], str(indicator.label), *values))
    return result
