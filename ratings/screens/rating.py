"""One rating: its scores in a table, its zones, its groups, what stands in its way."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import CharField, Count, F, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.http import QueryDict
from django.urls import reverse
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gospub.accounts.models import User
from monitoring.dashboards.tables import Column, address

from ..catalogue import INDICATORS
from ..filters import WITHOUT_POINTS
from ..lifecycle import Change
from ..models import Rating, Score, ScoreStatus
from ..names import RELATED, address_of, group_name, name_of, subject_words
from ..parts import State
from ..rules import Item, Penalty, Rules, Subject
from ..tables_data import plain
from ..wording import points_text, value_text

DEFAULT_SORT = "place"
NOT_APPLICABLE = "—"


def scores_of(rating: Rating, user: User, rules: Rules) -> QuerySet[Score]:
    """The scores of the rating that the user may see, with the subject's name to sort and search by."""
    name = {
        Subject.PAGE: Coalesce(NullIf("page__title", Value("")), "page__handle"),
        Subject.INSTITUTION: F("institution__name"),
        Subject.PERSON: F("person__name"),
        Subject.MUNICIPALITY: F("municipality__name"),
        Subject.FOUNDER: F("key"),
    }[rules.subject]
    found = Score.objects.visible_to(user).filter(rating=rating).select_related(*RELATED)
    if rules.subject == Subject.PAGE:
        found = found.select_related("page__institution__municipality")
    if rules.subject == Subject.INSTITUTION:
        found = found.select_related("institution__municipality")
    return found.annotate(shown_name=Cast(name, CharField())).order_by("pk")


def columns(rules: Rules, grouped: bool) -> tuple[Column, ...]:
    """The table's columns, one for each item of the methodology at the end."""
    return (
        Column("name", subject_words(rules.subject), "shown_name"),
        Column("place", _("Place"), "place", numeric=True, explanation=PLACE_WORDS),
        Column("points", _("Points"), "exact", numeric=True),
        *((Column("zone", _("Zone")),) if rules.zones else ()),
        *((Column("group", _("Peer group"), "group"),) if grouped else ()),
        Column("expected", _("Above expectation"), ABOVE, numeric=True, explanation=EXPECTED_WORDS),
        *(
            Column(item.code, heading(item), numeric=True, explanation=INDICATORS[item.measure.indicator].rule)
            for item in rules.items
        ),
        *(Column(each.code, INDICATORS[each.measure.indicator].label, numeric=True) for each in rules.penalties),
    )


PLACE_WORDS = gettext_lazy("inside the peer group; ≈ where the order before the next one is not settled")
ABOVE = F("exact") - F("expected")
EXPECTED_WORDS = gettext_lazy(
    "points less those that subjects of that size, population and age usually get, which stand below"
)


def heading(item: Item) -> str:
    """«Активность, 40»: what is measured and its weight."""
    return f"{INDICATORS[item.measure.indicator].label}, {points_text(item.weight)}"


@dataclass(frozen=True, slots=True)
class Cell:
    """What an item adds to the score; text is "" where it is not known, and `state` says why. value: as measured."""

    state: State
    text: str = ""
    value: str = ""

    @property
    def not_applicable(self) -> bool:
        return self.state in (State.NOT_APPLICABLE, State.IMPOSSIBLE)


@dataclass(frozen=True, slots=True)
class Row:
    score: Score
    name: str
    url: str
    group: str
    zone: "ZoneMark | None"
    above: float | None
    cells: list[Cell]

    @property
    def status(self) -> str:
        """Why there is no place."""
        return str(ScoreStatus(self.score.status).label) if self.score.status != ScoreStatus.RANKED else ""


@dataclass(frozen=True, slots=True)
class ZoneMark:
    label: str
    tone: str


def rows(scores: Iterable[Score], rating: Rating, rules: Rules) -> Iterator[Row]:
    """Rows of scores that came from `scores_of`."""
    zones = {zone.code: ZoneMark(zone.label, zone.tone) for zone in rules.zones}
    groups = [group_name(label, rules) for label in rating.groups]
    for score in scores:
        above = None if score.exact is None or score.expected is None else score.exact - score.expected
        cells = [cell(score.items[part.code], part) for part in (*rules.items, *rules.penalties)]
        yield Row(score, name_of(score), address_of(score), groups[score.group], zones.get(score.zone), above, cells)


def cell(stored: list[float | None], part: Item | Penalty) -> Cell:
    """What an item of a score shows: its points out of its weight (a penalty's points), and what was measured."""
    state, numerator, denominator, _normal, _contribution = stored
    won = points_of(stored, part)
    if won is None:
        return Cell(State(state))
    value = value_text(numerator / denominator, INDICATORS[part.measure.indicator].unit) if denominator else ""
    return Cell(State.KNOWN, points_text(won), value)


def points_of(stored: list[float | None], part: Item | Penalty) -> float | None:
    """Points out of the item's weight, before the weight of what does not count is spread; None where not known."""
    state, _numerator, _denominator, normal, contribution = stored
    if state != State.KNOWN:
        return None
    if isinstance(part, Penalty):
        return contribution
    return None if normal is None else round(normal * part.weight / 100, 9)


@dataclass(frozen=True, slots=True)
class Tile:
    """A zone, the points that it takes in, and how many are in it. url: the table of this zone alone, or of all zones
    again where it is the `current` one."""

    label: str | Promise
    tone: str
    bounds: str
    subjects: int
    url: str
    current: bool


def tiles(scores: QuerySet[Score], rules: Rules, query: QueryDict) -> list[Tile]:
    """Subjects by zone, the best zone first, those without points last."""
    counts = dict(scores.order_by().values_list("zone").annotate(subjects=Count("pk")))
    result = []
    for code, label, tone, bounds in [*zones(rules), (WITHOUT_POINTS, _("Without points"), "", "")]:
        current = query.get("zone") == code
        url = address(query, zone=None if current else code, page=None)
        result.append(Tile(label, tone, bounds, counts.get(code if bounds else "", 0), url, current))
    return result


def zones(rules: Rules) -> Iterator[tuple[str, str, str, str]]:
    """Code, name, tone and bounds in words of each zone: «90–100», «от 70 до 90»."""
    above = None
    for zone in rules.zones:
        low = points_text(zone.bound)
        bounds = f"{low}–100" if above is None else _("from %(low)s to below %(high)s") % {"low": low, "high": above}
        yield zone.code, zone.label, zone.tone, bounds
        above = low


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str
    current: bool = False


def link_to(rating: Rating | None) -> Link | None:
    """The rating by its period."""
    return rating and Link(period_text(rating), rating_url(rating))


def period_before(rating: Rating, user: User) -> Rating | None:
    """The same methodology's rating of the period before, the last edition that the user may see."""
    return _same(rating, user).filter(last__lt=rating.last).order_by("-last", "-edition").first()


def period_after(rating: Rating, user: User) -> Rating | None:
    """The same of the period after."""
    return _same(rating, user).filter(last__gt=rating.last).order_by("last", "-edition").first()


def _same(rating: Rating, user: User) -> QuerySet[Rating]:
    return (
        Rating.objects.visible_to(user)
        .filter(region=rating.region_id, methodology__slug=rating.methodology.slug, unit=rating.unit)
        .select_related("methodology")
    )


def rating_url(rating: Rating) -> str:
    return reverse("rating", args=[rating.pk])


def period_text(rating: Rating) -> str:
    """«2025 год», «апрель 2025», «26.10.2024»."""
    return period_words(rating.unit, rating.first, rating.last)


def period_words(unit: str, first: dt.date, last: dt.date) -> str:
    match unit:
        case "year":
            return _("%d year") % first.year
        case "quarter":
            return _("quarter %(number)s of %(year)d") % {
                "number": ["I", "II", "III", "IV"][(first.month - 1) // 3],
                "year": first.year,
            }
        case "month":
            return formats.date_format(first, "F Y").lower()
        case "week":
            return f"{first:%d.%m}–{last:%d.%m.%Y}"
    return f"{first:%d.%m.%Y}"


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A subject whose score differs between two editions."""

    change: Change

    @property
    def score(self) -> Score:
        return self.change.after or self.change.before

    @property
    def name(self) -> str:
        return name_of(self.score)


def export_headings(rules: Rules) -> list[str | Promise]:
    return [
        _("Place"),
        subject_words(rules.subject),
        _("Peer group"),
        _("Points"),
        _("Zone"),
        _("Why there is no place"),
        _("Expected points"),
        _("Best place of the draws"),
        _("Worst place of the draws"),
        _("Order before the next one is settled"),
        _("Chance of an award"),
        *(words for item in rules.items for words in (heading(item), _("%s (value)") % heading(item))),
        *(INDICATORS[each.measure.indicator].label for each in rules.penalties),
        _("Methodology"),
        _("sha256 of rules, inputs and scores"),
    ]


def export_row(row: Row, rating: Rating, rules: Rules) -> list[object]:
    """Cells in the order of `export_headings`; None = no data. A row that is cut out of the list still tells which
    rating it is of."""
    score = row.score
    return [
        score.place if score.place else NOT_APPLICABLE,
        row.name,
        row.group,
        None if score.points is None else float(score.points),
        row.zone.label if row.zone else "",
        row.status,
        None if score.expected is None else round(score.expected, 2),
        score.place_low or NOT_APPLICABLE,
        score.place_high or NOT_APPLICABLE,
        NOT_APPLICABLE if score.settled is None else _("yes") if score.settled else _("no"),
        NOT_APPLICABLE if score.award_chance is None else score.award_chance,
        *(each for item in rules.items for each in _exported(score.items[item.code], item)),
        *(_exported(score.items[each.code], each)[0] for each in rules.penalties),
        f"{rating.methodology} · " + _("edition %d") % rating.edition,
        rating.digest,
    ]


def _exported(stored: list[float | None], part: Item | Penalty) -> tuple[object, object]:
    state, numerator, denominator, _normal, _contribution = stored
    if state == State.KNOWN:
        won = points_of(stored, part)
        return None if won is None else plain(won), numerator / denominator if denominator else None
    return (None, None) if state == State.UNKNOWN else (NOT_APPLICABLE, NOT_APPLICABLE)
