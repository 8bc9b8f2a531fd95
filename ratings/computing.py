"""A rating of a region over a period: quantities by SQL, scores by the engine, rows written in bulk."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Max

from gospub.accounts.models import User
from gospub.clock import local_day
from monitoring.models import Region, Slot

from .aggregation import read_table
from .corrections import Corrections, correction_data
from .digests import digest
from .engine import Result, Status, rate, zone_of
from .expectation import expected_points
from .models import Correction, Methodology, Rating, RatingInputs, Score
from .parts import State
from .periods import Period, cut
from .robustness import Robustness, shake
from .rules import Rules, Subject
from .rules_data import read_rules
from .table import Table
from .tables_data import pack, plain, table_data

# Which column of Score names the subject; a founder is named by its key alone.
LINKS = {
    Subject.PAGE: "page_id",
    Subject.INSTITUTION: "institution_id",
    Subject.PERSON: "person_id",
    Subject.MUNICIPALITY: "municipality_id",
}
BATCH = 1000
# As the base holds points.
FOUR_DIGITS = Decimal("0.0001")


class NothingToRateError(Exception):
    """Nothing was owed a reading in the period, or no version of the methodology was in force."""


@dataclass(frozen=True, slots=True)
class Computed:
    """All that a rating is made of. units: the tables of the units that its score is the mean of."""

    rules: Rules
    whole: Table
    units: list[Table]
    result: Result
    expected: np.ndarray
    robustness: Robustness


def compute(region: Region, period: Period, slug: str, now: dt.datetime, by: User | None = None) -> Rating:
    """Rate the region by the version of the methodology in force on the period's last day.

    Raises NothingToRateError.
    """
    methodology = Methodology.objects.in_force(slug, period.last)
    if methodology is None:
        raise NothingToRateError(f"{slug} was not in force on {period.last}")
    return compute_by(methodology, region, period, last_collected(region, period, now), now=now, by=by)


def compute_by(
    methodology: Methodology, region: Region, period: Period, read_to: dt.date, *, now: dt.datetime, by: User | None
) -> Rating:
    """Rate the region by that version over the period's days up to `read_to`. A draft is rewritten; where the last
    edition has been passed, the next one begins.

    Raises NothingToRateError.
    """
    rules = read_rules(methodology.data)
    corrections = Corrections.of(region, period.first, read_to)
    computed = calculate(rules, *read_tables(region, rules, period, read_to, corrections))
    with transaction.atomic():
        rating = _draft(region, methodology, period)
        before = digest(rating) if rating.pk else ""  # of the rows as they lie there
        rating.read_to, rating.computed_at, rating.computed_by = read_to, now, by
        with transaction.atomic():
            store(rating, computed, corrections.used)
            if rating.digest == before:  # the scores stay the rows they are, and links to them hold
                transaction.set_rollback(True)
        rating.save(update_fields=["read_to", "computed_at", "computed_by", "digest"])
    return rating


def last_collected(region: Region, period: Period, now: dt.datetime) -> dt.date:
    """The last day of the period that has begun and of which anything was owed; NothingToRateError where none is."""
    slots = Slot.objects.filter(page__institution__region=region, day__range=(period.first, period.last))
    last = slots.filter(day__lte=local_day(now, region.time_zone)).aggregate(last=Max("day"))["last"]
    if last is None:
        raise NothingToRateError(f"{region} owed no readings in {period}")
    return last


def foresee(rating: Rating, entered: Iterable[Correction] = ()) -> Result:
    """What the rating would be if it were computed anew now by its own methodology over its own days, with these
    corrections after those that are stored. Nothing is written.

    Raises NothingToRateError.
    """
    rules = read_rules(rating.methodology.data)
    corrections = Corrections.of(rating.region, rating.first, rating.read_to, entered)
    return rate(rules, *read_tables(rating.region, rules, rating.period, rating.read_to, corrections))


def read_tables(
    region: Region, rules: Rules, period: Period, read_to: dt.date, corrections: Corrections
) -> tuple[Table, list[Table]]:
    """The table of the period up to `read_to`, and those of its `begun_units`, one each, be there nobody in it.

    Raises NothingToRateError where there is nobody to rate.
    """
    whole = read_table(region, rules, Period(period.first, read_to, period.unit), corrections)
    if not len(whole):
        raise NothingToRateError(f"{region} has nobody to rate in {period}")
    return whole, [read_table(region, rules, unit, corrections) for unit in begun_units(rules, period, read_to)]


def begun_units(rules: Rules, period: Period, read_to: dt.date) -> list[Period]:
    """The units of the period up to `read_to`, the last one cut there; none where the methodology takes it whole."""
    units = cut(period, rules.unit) if rules.unit else []
    if units in ([], [period]):
        return []
    return [Period(unit.first, min(unit.last, read_to), unit.unit) for unit in units if unit.first <= read_to]


def calculate(rules: Rules, whole: Table, units: Sequence[Table] = ()) -> Computed:
    """Scores, expected points and firmness of the tables' subjects; nothing but the tables goes in."""
    result = rate(rules, whole, units)
    expected = expected_points(result.exact, result.status == Status.RANKED, whole.facts)
    return Computed(rules, whole, list(units), result, expected, shake(rules, result))


def _draft(region: Region, methodology: Methodology, period: Period) -> Rating:
    """The draft to be written: the present one, or the next edition."""
    Region.objects.select_for_update().get(pk=region.pk)  # two computations at once make one draft
    same = Rating.objects.filter(region=region, methodology=methodology, first=period.first, last=period.last)
    latest = same.select_for_update().order_by("-edition").first()  # nor one that is being passed is rewritten
    if latest and not latest.frozen:
        return latest
    return Rating(
        region=region,
        methodology=methodology,
        unit=period.unit,
        first=period.first,
        last=period.last,
        edition=latest.edition + 1 if latest else 1,
    )


def told(rating: Rating) -> dict[str, object]:
    """What the audit trail says of a rating that was computed."""
    return {
        "methodology": str(rating.methodology),
        "period": str(rating.period),
        "edition": rating.edition,
        "digest": rating.digest,
    }


def store(rating: Rating, computed: Computed, corrections: Sequence[Correction] = ()) -> None:
    """Write the scores of a draft, and seal it with the corrections that are in its tables."""
    result = computed.result
    rating.groups = [[list(fields) for fields in label] for label in result.labels]
    rating.report = {
        "treated": [
            {
                "subject": computed.whole.keys[each.row],
                "item": each.code,
                "value": plain(each.value),
                "replaced": plain(each.replaced),
            }
            for each in result.treated
        ],
        "corrections": [each.pk for each in corrections],
        **computed.robustness.report,
    }
    rating.save()
    tables = {"whole": table_data(computed.whole), "units": [table_data(unit) for unit in computed.units]}
    if corrections:
        tables["corrections"] = [correction_data(each) for each in corrections]
    RatingInputs.objects.update_or_create(rating=rating, defaults={"packed": pack(tables)})
    Score.objects.filter(rating=rating).delete()
    link = LINKS.get(computed.rules.subject)
    rows = (Score(rating=rating, **({link: int(row["key"])} if link else {}), **row) for row in score_rows(computed))
    Score.objects.bulk_create(rows, batch_size=BATCH)
    rating.digest = digest(rating)
    rating.save(update_fields=["digest"])


def score_rows(computed: Computed) -> Iterator[dict[str, Any]]:
    """The fields of every Score but for its links, in the order of the table."""
    result, rules, table = computed.result, computed.rules, computed.whole
    points = result.points(rules)
    items = _items(result)
    facts = dict(table.facts) | {
        name: column for name in ("days", "posts", "collected") if (column := getattr(table, name)) is not None
    }
    for n, key in enumerate(table.keys):
        scored = points[n] is not None and result.status[n] != Status.THIN
        zone = zone_of(points[n], rules) if scored else None
        yield {
            "key": key,
            "status": int(result.status[n]),
            "group": int(result.groups[n]),
            "exact": plain(result.exact[n]) if scored else None,
            "points": points[n].quantize(FOUR_DIGITS) if scored else None,
            "low": plain(result.low[n]) if scored else None,
            "high": plain(result.high[n]) if scored else None,
            "place": int(result.places[n]) or None,
            "zone": zone.code if zone else "",
            "items": {code: rows[n] for code, rows in items.items()},
            "facts": {name: plain(column[n]) for name, column in facts.items()}
            | {"failed": [code for code, fails in result.failed.items() if fails[n]]},
            "expected": plain(computed.expected[n]) if scored else None,
            **computed.robustness.of(n),
        }


def _items(result: Result) -> dict[str, list[list[Any]]]:
    """By code, for each subject: state, numerator, denominator, normalised, contribution."""
    items = {}
    for code, states in result.states.items():
        readings = result.table.readings[code]
        known = states == State.KNOWN
        normal = result.normal.get(code, np.full(len(states), np.nan))
        items[code] = [
            [state, plain(a), plain(b), plain(round(c, 9)) if k else None, plain(round(d, 9)) if k else None]
            for state, a, b, c, d, k in zip(
                states.tolist(),
                readings.numerator.tolist(),
                readings.denominator.tolist(),
                normal.tolist(),
                result.contributions[code].tolist(),
                known.tolist(),
                strict=True,
            )
        ]
    return items
