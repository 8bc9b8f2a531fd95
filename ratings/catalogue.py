"""The indicators that a methodology may use, and what each needs to be read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import indicators
from .parts import Readings


class Unit(StrEnum):
    """How a value reads: a count, a share of one, hours, people per thousand."""

    COUNT = "count"
    SHARE = "share"
    HOURS = "hours"
    PER_THOUSAND = "per_thousand"


class Whose(StrEnum):
    """What a part must be counted for only once: itself, its institution's figure, or its municipality's adults."""

    PAGE = "page"
    INSTITUTION = "institution"
    MUNICIPALITY = "municipality"


class Level(StrEnum):
    """Which side of the ratio is a level, not a flow: of a page that one subject holds over several spans it counts
    once, at the first of them (what growth starts from) or at the last (how many there are)."""

    NONE = "none"
    DENOMINATOR = "denominator"
    NUMERATOR = "numerator"


class Over(StrEnum):
    """What the value of a span follows from: the sum of its days, its last day alone, or the span as one."""

    SUM = "sum"
    LAST = "last"
    SPAN = "span"


class Source(StrEnum):
    """What must be read for an indicator, besides the sums of the months."""

    SUMS = "sums"
    PROFILE = "profile"
    RECENT = "recent"
    EXEMPT = "exempt"
    REGISTRY = "registry"
    ADULTS = "adults"
    PRESENCE = "presence"
    ANSWERS = "answers"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of a parameter: a whole number."""

    default: int
    least: int
    most: int
    label: str | Promise


@dataclass(frozen=True, slots=True)
class Indicator:
    """label: heads a column; rule: what is measured, in words. columns: of `Parts` that it needs from the months' sums,
    with the parameters' names in braces. less: the less, the better."""

    label: str | Promise
    rule: str | Promise
    unit: Unit
    measure: Callable[..., Readings]
    sources: frozenset[Source] = frozenset({Source.SUMS})
    columns: tuple[str, ...] = ()
    params: Mapping[str, Bounds] = field(default_factory=dict)
    whose: Whose = Whose.PAGE
    level: Level = Level.NONE
    less: bool = False
    over: Over = Over.SPAN


AT_END = {"at_end": Bounds(0, 0, 1, _("on the last day alone"))}
POSTS = {"posts": Bounds(3, 1, 7, _("posts a week"))}
PROFILE = frozenset({Source.PROFILE})
FREED = frozenset({Source.SUMS, Source.EXEMPT})
WEEKS = ("weeks", "weeks_{posts}")
ENDS = ("subscribers_first", "subscribers_last")

INDICATORS: dict[str, Indicator] = {
    "posting_norm": Indicator(
        _("Posting norm"),
        _("weeks on the norm ÷ weeks known"),
        Unit.SHARE,
        indicators.posting_norm,
        FREED,
        columns=WEEKS,
        params=POSTS,
        over=Over.SUM,
    ),
    "every_week": Indicator(
        _("Norm in every week"),
        _("pages on the norm in every week ÷ pages"),
        Unit.SHARE,
        indicators.every_week,
        FREED,
        columns=WEEKS,
        params=POSTS,
    ),
    "posts_in_week": Indicator(
        _("Activity"),
        _("posts in the last 7 days"),
        Unit.COUNT,
        indicators.recent_posts,
        frozenset({Source.RECENT}),
        over=Over.LAST,
    ),
    "regularity": Indicator(
        _("Regularity"),
        _("days with a post ÷ days known"),
        Unit.SHARE,
        indicators.regularity,
        FREED,
        columns=("active_days", "posts_days"),
        over=Over.SUM,
    ),
    "own_content": Indicator(
        _("Own content"),
        _("posts that are neither reposts nor mass-sent copies ÷ posts"),
        Unit.SHARE,
        indicators.own_content,
        columns=("posts", "own_posts"),
        over=Over.SUM,
    ),
    "engagement_by_views": Indicator(
        _("Engagement by views"),
        _("likes, comments and reposts ÷ views, at the age of 7 days"),
        Unit.SHARE,
        indicators.engagement_by_views,
        columns=("viewed_posts", "viewed_interactions", "aged_views"),
        over=Over.SUM,
    ),
    "engagement_by_subscribers": Indicator(
        _("Engagement by subscribers"),
        _("likes, comments and reposts of a post ÷ subscribers, at the age of 7 days"),
        Unit.SHARE,
        indicators.engagement_by_subscribers,
        columns=("aged_posts", "aged_interactions", "aged_audience"),
        over=Over.SUM,
    ),
    "post_reach": Indicator(
        _("Reach of a post"),
        _("views of a post ÷ subscribers, at the age of 7 days"),
        Unit.SHARE,
        indicators.post_reach,
        columns=("viewed_posts", "aged_views", "viewed_audience"),
        over=Over.SUM,
    ),
    "weekly_reach": Indicator(
        _("Weekly reach"),
        _("people reached in a week ÷ subscribers"),
        Unit.SHARE,
        indicators.weekly_reach,
        frozenset({Source.SUMS, Source.REGISTRY}),
        columns=("subscribers_last",),
        over=Over.LAST,
    ),
    "growth": Indicator(
        _("Growth"),
        _("change of subscribers ÷ subscribers at the start"),
        Unit.SHARE,
        indicators.growth,
        columns=ENDS,
        params={"floor": Bounds(100, 1, 100_000, _("least subscribers at the start"))},
        level=Level.DENOMINATOR,
    ),
    "growth_by_adults": Indicator(
        _("Growth per 1,000 adults"),
        _("change of subscribers per 1,000 adults of the municipality"),
        Unit.PER_THOUSAND,
        indicators.growth_by_adults,
        frozenset({Source.SUMS, Source.ADULTS}),
        ENDS,
        whose=Whose.MUNICIPALITY,
    ),
    "audience_by_adults": Indicator(
        _("Audience by adults"),
        _("subscribers ÷ adults of the municipality"),
        Unit.SHARE,
        indicators.audience_by_adults,
        frozenset({Source.SUMS, Source.ADULTS}),
        ENDS,
        whose=Whose.MUNICIPALITY,
        level=Level.NUMERATOR,
        over=Over.LAST,
    ),
    "comments_answered": Indicator(
        _("Answered comments"),
        _("answered comments by people ÷ comments by people"),
        Unit.SHARE,
        indicators.comments_answered,
        columns=("people_comments", "answered_comments"),
        over=Over.SUM,
    ),
    "answer_hours": Indicator(
        _("Time to answer"),
        _("median hours from a comment to the answer"),
        Unit.HOURS,
        indicators.answer_hours,
        frozenset({Source.ANSWERS}),
        less=True,
    ),
    "state_mark": Indicator(
        _("State mark"),
        _("days with the state organisation badge ÷ days known"),
        Unit.SHARE,
        indicators.state_mark,
        PROFILE,
        params=AT_END,
        over=Over.SUM,
    ),
    "avatar": Indicator(
        _("Avatar"),
        _("days with an avatar ÷ days known"),
        Unit.SHARE,
        indicators.avatar,
        PROFILE,
        params=AT_END,
        over=Over.SUM,
    ),
    "description": Indicator(
        _("Description"),
        _("days with a description ÷ days known"),
        Unit.SHARE,
        indicators.description,
        PROFILE,
        params=AT_END,
        over=Over.SUM,
    ),
    "cover": Indicator(
        _("Cover"),
        _("days with the cover switched on ÷ days known"),
        Unit.SHARE,
        indicators.cover,
        PROFILE,
        params=AT_END,
        over=Over.SUM,
    ),
    "appearance": Indicator(
        _("Appearance"),
        _("avatar, description, cover: met ÷ required"),
        Unit.SHARE,
        indicators.appearance,
        PROFILE,
        params=AT_END,
        over=Over.SUM,
    ),
    "pos_widget": Indicator(
        _("ПОС widget"),
        _("days with a right ПОС widget ÷ days known"),
        Unit.SHARE,
        indicators.pos_widget,
        PROFILE,
        params=AT_END,
        over=Over.SUM,
    ),
    "pos_widget_level": Indicator(
        _("ПОС widget, degree"),
        _("3 right, 2 present, 1 wrong, 0 none"),
        Unit.COUNT,
        indicators.pos_widget_level,
        PROFILE,
        params=AT_END,
        over=Over.SUM,
    ),
    "widgets": Indicator(
        _("Widgets"),
        _("widgets in the page's menu, 2 = two or more"),
        Unit.COUNT,
        indicators.widgets,
        PROFILE,
        params=AT_END,
        over=Over.SUM,
    ),
    "component": Indicator(
        _("Component"),
        _("the page is connected to the «Госпаблики» component"),
        Unit.SHARE,
        indicators.component,
        frozenset({Source.REGISTRY}),
        over=Over.LAST,
    ),
    "minimum_requirements": Indicator(
        _("Minimum requirements"),
        _("state mark, ПОС widget, filled-in profile: met ÷ required"),
        Unit.SHARE,
        indicators.minimum_requirements,
        PROFILE,
        over=Over.LAST,
    ),
    "presence": Indicator(
        _("Obligatory networks"),
        _("networks with a page ÷ networks that are obligatory"),
        Unit.SHARE,
        indicators.presence,
        frozenset({Source.PRESENCE}),
        whose=Whose.INSTITUTION,
        over=Over.LAST,
    ),
    "days_alive": Indicator(
        _("Days alive"),
        _("days with a page ÷ days under watch"),
        Unit.SHARE,
        indicators.days_alive,
        columns=("days_owed", "days_gone"),
        over=Over.SUM,
    ),
}
