"""What people entered by hand over what was measured, honoured wherever quantities are read for the engine."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q

from monitoring.models import Region

from .catalogue import INDICATORS, Over
from .models import Correction
from .parts import Readings, State
from .rules import Measure
from .subjects import Holding


class Corrections:
    """Corrections by page and measure, in the order in which they were entered; and which of them made a difference to
    what was read so far."""

    def __init__(self, rows: Iterable[Correction] = ()) -> None:
        self._rows: dict[tuple[object, ...], list[Correction]] = defaultdict(list)
        self._used: dict[int, Correction] = {}
        for row in rows:
            self._rows[row.page_id, row.indicator, _key(row.params)].append(row)

    @classmethod
    def of(cls, region: Region, first: dt.date, last: dt.date, entered: Iterable[Correction] = ()) -> "Corrections":
        """Those of the region that touch the span, and after them what was entered and is not stored."""
        span = Q(first__lte=last, last__gte=first)
        stored = Correction.objects.filter(span, page__institution__region=region).order_by("pk")
        return cls([*stored, *entered])

    @property
    def used(self) -> list[Correction]:
        """Stored ones that were honoured, in the order in which they were entered."""
        return [self._used[pk] for pk in sorted(self._used)]

    def honoured(self, measure: Measure, holdings: Sequence[Holding], measured: Readings) -> tuple[Readings, list[int]]:
        """The readings of these holdings with the corrections in them, and the rows that were corrected.

        A correction of the very days of a holding takes the place of what was measured, and so does one of the last day
        where that alone counts. One of some of its days adds its difference to a sum over days. What a network cannot
        tell nobody can enter.
        """
        if not self._rows:
            return measured, []
        result = Readings(measured.numerator.copy(), measured.denominator.copy(), measured.state.copy())
        name, corrected = (measure.indicator, _key(dict(measure.params))), []
        for n, holding in enumerate(holdings):
            rows = () if result.state[n] == State.IMPOSSIBLE else self._rows.get((holding.page.pk, *name), ())
            if sum(self._enter(row, holding, measure, result, n) for row in rows):
                corrected.append(n)
        return result, corrected

    def _enter(self, row: Correction, holding: Holding, measure: Measure, readings: Readings, n: int) -> bool:
        """Write the correction into the row n where it belongs to the holding's days; whether it does."""
        numerator, denominator, over = row.numerator, row.denominator, over_of(measure)
        same = row.last == holding.last and (over == Over.LAST or row.first == holding.first)
        if not same:
            if over != Over.SUM or row.first < holding.first or row.last > holding.last:
                return False
            numerator -= row.before_numerator or 0.0
            denominator -= row.before_denominator or 0.0
            if readings.state[n] == State.KNOWN:
                numerator += readings.numerator[n]
                denominator += readings.denominator[n]
        if denominator > 0:
            readings.numerator[n], readings.denominator[n], readings.state[n] = numerator, denominator, State.KNOWN
            self._used |= {row.pk: row} if row.pk else {}
        return denominator > 0


def over_of(measure: Measure) -> Over:
    """What the value of a span follows from."""
    return Over.LAST if dict(measure.params).get("at_end") else INDICATORS[measure.indicator].over


def _key(params: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(params.items()))


def correction_data(correction: Correction) -> dict[str, Any]:
    """A correction as it is sealed with a rating: what of which page was entered over what."""
    known = correction.before_denominator is not None
    return {
        "page": correction.page_id,
        "indicator": correction.indicator,
        "params": correction.params,
        "first": correction.first.isoformat(),
        "last": correction.last.isoformat(),
        "before": [correction.before_numerator, correction.before_denominator] if known else None,
        "after": [correction.numerator, correction.denominator],
        "basis": correction.basis,
    }
