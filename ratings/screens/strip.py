"""Where a score stands among its peers: the strip with a dot for everybody, the own one, the quartiles."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

import numpy as np
from django.db.models import Q
from django.utils.translation import gettext as _

from monitoring.templatetags.figures import number

from ..models import Score, ScoreStatus
from ..rules import Subject

# Labels to the left of the middle begin at their line, those to the right end there: none leaves the drawing.
MIDDLE = 50


@dataclass(frozen=True, slots=True)
class Dot:
    """Members of the peer group on the strip: their points of 100, and the size that tells how many stand there."""

    points: float
    size: float


@dataclass(frozen=True, slots=True)
class Label:
    """A word at `points` of 100, on a line of the drawing (its base line, from above)."""

    text: str
    points: float
    line: int
    own: bool = False

    @property
    def anchor(self) -> str:
        return "start" if self.points < MIDDLE else "end"


@dataclass(frozen=True, slots=True)
class Strip:
    """The points of the peer group. own: of the score, None = it has none. quartiles: lower, median, upper. members:
    how many have a place; of what: what they are, in words."""

    dots: Sequence[Dot]
    own: float | None
    quartiles: tuple[float, float, float]
    mean: float
    members: int
    of: str

    @property
    def labels(self) -> list[Label]:
        """Each on a line of its own in the drawing, so that none covers another: the own one, then the quartiles."""
        low, middle, high = self.quartiles
        found = [
            Label(_("a quarter is below %s") % number(low, 1), low, 21),
            Label(_("half is below %s") % number(middle, 1), middle, 27),
            Label(_("a quarter is above %s") % number(high, 1), high, 33),
        ]
        if self.own is not None:
            found.insert(0, Label(_("own: %s") % number(self.own, 1), self.own, 3, own=True))
        return found

    @property
    def spoken(self) -> str:
        """The drawing in words."""
        return "; ".join(label.text for label in self.labels)


Peers = tuple[int, int]  # key of the rating, number of the group


def values_of(peers: Collection[Peers]) -> dict[Peers, list[float]]:
    """Exact points of those who have a place in each of the groups, the fewest first; by one query."""
    if not peers:
        return {}
    among = reduce(or_, (Q(rating=rating, group=group) for rating, group in peers))
    found: dict[Peers, list[float]] = defaultdict(list)
    ranked = Score.objects.filter(among, status=ScoreStatus.RANKED, exact__isnull=False).order_by()
    for rating, group, exact in ranked.values_list("rating", "group", "exact"):
        found[rating, group].append(exact)
    return {key: sorted(values) for key, values in found.items()}


def strips(scores: Iterable[Score]) -> dict[int, Strip]:
    """By key of the score; whose group has nobody with a place is left out. The scores come with their rating and its
    methodology."""
    rows = list(scores)
    values = values_of({(row.rating_id, row.group) for row in rows})
    drawn = {key: _drawn(each) for key, each in values.items()}
    return {
        row.pk: Strip(own=row.exact, of=members_words(_subject(row)), **drawn[row.rating_id, row.group])
        for row in rows
        if (row.rating_id, row.group) in drawn
    }


def _subject(score: Score) -> Subject:
    return Subject(score.rating.methodology.data.get("subject", Subject.PAGE))


def _drawn(values: Sequence[float]) -> dict[str, object]:
    counts = Counter(round(value) for value in values)
    low, middle, high = (float(each) for each in np.percentile(values, (25, 50, 75)))
    return {
        "dots": [Dot(points, 1.2 + min(2.4, 0.4 * count**0.5)) for points, count in sorted(counts.items())],
        "quartiles": (low, middle, high),
        "mean": float(np.mean(values)),
        "members": len(values),
    }


def members_words(subject: Subject) -> str:
    """What is counted where so many of them are named."""
    return {
        Subject.PAGE: _("pages"),
        Subject.INSTITUTION: _("institutions"),
        Subject.PERSON: _("page admins"),
        Subject.MUNICIPALITY: _("municipalities"),
        Subject.FOUNDER: _("founders"),
    }[subject]
