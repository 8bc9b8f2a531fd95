"""Posts of a region, an institution or a page: when they come out and are seen, what they are, which did best.

A region's come from the roll-ups PostMonth and TopPost; those of an institution's few pages from the posts themselves.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet, Sum, TextChoices
from django.utils.translation import gettext_lazy as _

from gospub.clock import day_bounds
from monitoring.models import Page, Post, PostDimension, PostMonth, Region, TopMeasure, TopPost
from monitoring.platforms.base import Content
from monitoring.rollups.posts import FIGURES, TOP, best, grouped

from .page import post_url

STEPS = 4
HOURS, WEEKDAYS = range(24), range(1, 8)
CONTENT_NAMES = {Content.PICTURE: _("picture"), Content.VIDEO: _("video"), Content.LINK: _("link")}


class Span(TextChoices):
    """Calendar months up to the present one."""

    MONTH = "1", _("This month")
    QUARTER = "3", _("3 months")
    YEAR = "12", _("12 months")


class Shown(TextChoices):
    POSTS = "posts", _("Posts")
    VIEWS = "views", _("Mean views of a post")


@dataclass(frozen=True, slots=True)
class Choice:
    """What the address asks for."""

    span: Span = Span.QUARTER
    shown: Shown = Shown.POSTS
    measure: TopMeasure = TopMeasure.VIEWS


@dataclass(slots=True)
class Sums:
    """Figures that may be added; see PostFigures."""

    posts: int = 0
    viewed: int = 0
    views: int = 0
    interactions: int = 0
    comments: int = 0

    def add(self, figures: dict[str, int]) -> None:
        for name in FIGURES:
            setattr(self, name, getattr(self, name) + figures[name])

    @property
    def mean_views(self) -> float | None:
        """Views ÷ posts with views; None where there is none."""
        return self.views / self.viewed if self.viewed else None

    @property
    def engagement(self) -> float | None:
        """Likes, comments and reposts ÷ views, of posts with views."""
        return self.interactions / self.views if self.views else None


@dataclass(frozen=True, slots=True)
class Cell:
    """value None = no data; step: how strong, 0 … STEPS, by rank among the hours. few: it rests on less than three
    posts with views."""

    hour: int
    value: float | None
    step: int
    few: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Posts of one kind or content; share: of all posts."""

    name: str
    sums: Sums
    share: float


@dataclass(frozen=True, slots=True)
class Top:
    """place: from 1; value: the measure; url "" where the network has none."""

    place: int
    post: Post
    value: float
    url: str

    @property
    def engagement(self) -> float | None:
        """None without views, or where the network gives no reactions at all."""
        given = [each for each in (self.post.likes, self.post.comments, self.post.reposts) if each is not None]
        return sum(given) / self.post.views if given and self.post.views else None


@dataclass(frozen=True, slots=True)
class PostsView:
    """first, last: the months. hours: a row a weekday. unknown: posts of which it is not known what they hold."""

    first: dt.date
    last: dt.date
    total: Sums
    hours: Sequence[tuple[int, Sequence[Cell]]]
    best_hour: tuple[int, int] | None
    kinds: Sequence[Group]
    contents: Sequence[Group]
    unknown: int
    top: Sequence[Top]


Grouped = dict[str, dict[str, Sums]]


def months_of(today: dt.date, span: Span) -> list[dt.date]:
    """First days of the span's months, the present one last."""
    month, found = today.replace(day=1), []
    for _number in range(int(span)):
        found.insert(0, month)
        month = (month - dt.timedelta(days=1)).replace(day=1)
    return found


def region_posts(region: Region, today: dt.date, choice: Choice, platform: str = "") -> PostsView:
    """From the roll-ups; platform "" = all networks."""
    months = months_of(today, choice.span)
    of_network = {"platform": platform} if platform else {}
    rows = PostMonth.objects.filter(
        region=region, dimension__in=PostDimension.values, month__in=months, **of_network
    ).order_by()
    sums: Grouped = defaultdict(lambda: defaultdict(Sums))
    added = rows.values("dimension", "key").annotate(**{f"sum_{name}": Sum(name) for name in FIGURES})
    for row in added:
        sums[row["dimension"]][row["key"]].add({name: row[f"sum_{name}"] for name in FIGURES})
    found = TopPost.objects.filter(region=region, measure=choice.measure, month__in=months, **of_network)
    best_rows = list(found.select_related("post__page__institution").order_by("-value", "-post")[:TOP])
    top = [_top(place, row.post, row.value) for place, row in enumerate(best_rows, 1)]
    return _view(months, today, sums, choice.shown, top)


def posts_of_pages(pages: QuerySet[Page], region: Region, today: dt.date, choice: Choice) -> PostsView:
    """From the posts of a few pages themselves."""
    months = months_of(today, choice.span)
    start = day_bounds(months[0], region.time_zone)[0]
    posts = Post.objects.filter(page__in=list(pages.values_list("pk", flat=True)), published_at__gte=start)
    sums: Grouped = defaultdict(lambda: defaultdict(Sums))
    for dimension in PostDimension:
        for group, figures in grouped(posts, dimension, region.time_zone):
            sums[dimension][group["key"]].add(figures)
    found = best(posts, choice.measure).select_related("page__institution")[:TOP]
    top = [_top(place, post, post.value) for place, post in enumerate(found, 1)]
    return _view(months, today, sums, choice.shown, top)


def _top(place: int, post: Post, value: float) -> Top:
    return Top(place, post, value, post_url(post.page, post))


def _view(months: list[dt.date], today: dt.date, sums: Grouped, shown: Shown, top: list[Top]) -> PostsView:
    total = Sums()
    for each in sums[PostDimension.KIND].values():
        total.add({name: getattr(each, name) for name in FIGURES})
    hours, best_hour = _hours(sums[PostDimension.HOUR], shown)
    contents, unknown = _contents(sums[PostDimension.CONTENT])
    return PostsView(
        first=months[0],
        last=today,
        total=total,
        hours=hours,
        best_hour=best_hour,
        kinds=_kinds(sums[PostDimension.KIND], total.posts),
        contents=contents,
        unknown=unknown,
        top=top,
    )


def _hours(by_key: dict[str, Sums], shown: Shown) -> tuple[list[tuple[int, list[Cell]]], tuple[int, int] | None]:
    """The week's hours, and the one with the highest value that does not rest on few posts."""

    def value(sums: Sums) -> float | None:
        return sums.posts if shown == Shown.POSTS else sums.mean_views

    values = {key: value(each) for key, each in by_key.items()}
    known = sorted(each for each in values.values() if each)
    rows, firm = [], {}
    for weekday in WEEKDAYS:
        cells = []
        for hour in HOURS:
            key = f"{weekday}-{hour}"
            sums = by_key.get(key, Sums())
            few = shown == Shown.VIEWS and 0 < sums.viewed < 3
            cells.append(Cell(hour, values.get(key), _step(values.get(key), known), few))
            if values.get(key) and not few:
                firm[weekday, hour] = values[key]
        rows.append((weekday, cells))
    return rows, max(firm, key=firm.__getitem__, default=None)


def _step(value: float | None, known: Sequence[float]) -> int:
    return 1 + sum(other < value for other in known) * STEPS // len(known) if value else 0


def _kinds(by_key: dict[str, Sums], posts: int) -> list[Group]:
    return [
        Group(str(kind.label), by_key[kind.value], by_key[kind.value].posts / posts)
        for kind in Post.Kind
        if kind.value in by_key and posts
    ]


def _contents(by_key: dict[str, Sums]) -> tuple[list[Group], int]:
    """With a picture, a video, a link (a post may hold several), with text alone; and how many posts are not known."""
    known = {int(key): sums for key, sums in by_key.items() if key}
    posts = sum(sums.posts for sums in known.values())
    groups = [(str(name), [sums for key, sums in known.items() if key & flag]) for flag, name in CONTENT_NAMES.items()]
    groups.append((str(_("text alone")), [sums for key, sums in known.items() if key == 0]))
    unknown = by_key[""].posts if "" in by_key else 0
    return [_together(name, parts, posts) for name, parts in groups] if posts else [], unknown


def _together(name: str, parts: Iterable[Sums], posts: int) -> Group:
    sums = Sums()
    for part in parts:
        sums.add({field: getattr(part, field) for field in FIGURES})
    return Group(name, sums, sums.posts / posts)
