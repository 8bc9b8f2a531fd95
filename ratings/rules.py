"""What a methodology is to the engine: who is rated, by what, how it becomes points, places and zones.

`ratings.rules_data` reads it from data.
"""

from dataclasses import dataclass
from enum import StrEnum

from .periods import Unit


class Subject(StrEnum):
    """Who is rated."""

    PAGE = "page"
    INSTITUTION = "institution"
    PERSON = "person"
    MUNICIPALITY = "municipality"
    FOUNDER = "founder"


class Kind(StrEnum):
    """How a value becomes 0–100."""

    TARGET = "target"  # share of a target, capped at all of it
    STEPS = "steps"  # points by steps, out of the highest step
    PERCENTILE = "percentile"  # mid-percentile in the peer group
    MIN_MAX = "min_max"  # between the worst and the best of the peer group, or given bounds


class Unknown(StrEnum):
    """What becomes of the weight of an item that is not known."""

    SPREAD = "spread"
    ZERO = "zero"


class GroupField(StrEnum):
    """What subjects are grouped by."""

    SECTOR = "sector"
    SECTOR2 = "sector2"
    LEVEL = "level"
    KIND = "kind"
    SIZE = "size"
    NETWORK = "network"
    PAGE_CLASS = "page_class"


@dataclass(frozen=True, slots=True)
class Step:
    """`points` are given from `bound` on; where `strict`, only beyond it."""

    bound: float
    strict: bool
    points: float


@dataclass(frozen=True, slots=True)
class Normaliser:
    """steps: from the worst to the best, the last gives 100. target: in the indicator's unit. low, high: None = those
    of the peer group."""

    kind: Kind
    target: float = 0.0
    steps: tuple[Step, ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """An indicator with its parameters as a methodology uses it. code: unique in the methodology. params: (name, value)
    pairs. not_for: page classes to which it does not apply. digits: of the value before anything else is done with it,
    None = not rounded. less: the less, the better."""

    code: str
    indicator: str
    params: tuple[tuple[str, int], ...] = ()
    not_for: frozenset[str] = frozenset()
    digits: int | None = None
    less: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a methodology: what is measured, how it becomes 0–100, and its weight among the others."""

    measure: Measure
    normaliser: Normaliser
    weight: float
    unknown: Unknown = Unknown.SPREAD

    @property
    def code(self) -> str:
        return self.measure.code


@dataclass(frozen=True, slots=True)
class Penalty:
    """Points (zero or below) added to the score by the highest step reached; 0 where the value is not known."""

    measure: Measure
    steps: tuple[Step, ...]
    otherwise: float

    @property
    def code(self) -> str:
        return self.measure.code


@dataclass(frozen=True, slots=True)
class Gate:
    """Who is below the bound has a score but no place. Unknown passes unless `unknown_fails`."""

    measure: Measure
    bound: float
    unknown_fails: bool = False

    @property
    def code(self) -> str:
        return self.measure.code


@dataclass(frozen=True, slots=True)
class PeerGroups:
    """by: widest field first. least: smaller groups are merged. sizes: lower bounds of the size classes after the
    first; of subscribers, or of the municipality's adults where `by_population`."""

    by: tuple[GroupField, ...] = ()
    least: int = 1
    sizes: tuple[float, ...] = ()
    by_population: bool = False


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Below any of these a subject has too few data to be ranked. days: of the period under watch, for a person of
    stewardship. posts: in the period. collected: share of the days that owed a reading and could be read."""

    days: int = 0
    posts: int = 0
    collected: float = 0.0


@dataclass(frozen=True, slots=True)
class Winsorising:
    """For items between the lowest and the highest of the group alone, since the others do not feel extreme values:
    extreme values are pulled to the next one while |skew| and kurtosis are both above their limits, at most `most`
    values an indicator and peer group (the defaults of COINr's qTreat: 5, 2, 3.5)."""

    most: int
    skew: float = 2.0
    kurtosis: float = 3.5


@dataclass(frozen=True, slots=True)
class Zone:
    """From `bound` points on. tone: good, warn or bad, how it is drawn."""

    code: str
    label: str
    tone: str
    bound: float


@dataclass(frozen=True, slots=True)
class AwardLine:
    """Who would be awarded in each peer group: so many first places, or everybody from a threshold on."""

    places: int | None = None
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """networks: pages of these alone, () = all. unit: the period's score is the mean of the scores of these units;
    None = the period as a whole. digits: of the score; unit_digits: of a unit's score before the mean, None = as it is.
    ties: codes of the items that decide, in order, where a quota cuts through a tie. appeal_days: working days during
    which a preliminary rating can be contested."""

    subject: Subject
    networks: tuple[str, ...]
    unit: Unit | None
    items: tuple[Item, ...]
    penalties: tuple[Penalty, ...]
    gates: tuple[Gate, ...]
    peers: PeerGroups
    eligibility: Eligibility
    winsorising: Winsorising | None
    zones: tuple[Zone, ...]
    line: AwardLine | None
    ties: tuple[str, ...]
    digits: int
    unit_digits: int | None
    appeal_days: int

    @property
    def measures(self) -> list[Measure]:
        """Everything that is measured, each code once."""
        return [part.measure for part in (*self.items, *self.penalties, *self.gates)]

    @property
    def total_weight(self) -> float:
        return sum(item.weight for item in self.items)

    def measure(self, code: str) -> Measure:
        """KeyError where nothing of that code is measured."""
        for measure in self.measures:
            if measure.code == code:
                return measure
        raise KeyError(code)

    def item(self, code: str) -> Item:
        """KeyError where there is no such item."""
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(code)
