"""One small function per indicator: a ratio of two additive quantities of a page on a day.

Additive, so that the same indicator will serve a month, a person or a municipality: sum both, then divide.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class State(StrEnum):
    """Whether an indicator has a value. `unknown` and `not_applicable` are never zero."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class PageInputs:
    """What is known of a page on a local day; None = unknown.

    page_class: a PageClass value. widgets: menu widgets 0, 1, 2 (2 = two or more). posts_in_week: posts of the last
    seven local days, this one included. weekly_reach, subscribers: people.
    """

    page_class: str
    state_mark: bool | None = None
    connected_to_component: bool | None = None
    has_avatar: bool | None = None
    has_description: bool | None = None
    has_cover: bool | None = None
    widgets: int | None = None
    posts_in_week: int | None = None
    weekly_reach: int | None = None
    subscribers: int | None = None


@dataclass(frozen=True, slots=True)
class Ratio:
    """A known indicator; `denominator` is above zero."""

    numerator: int
    denominator: int = 1

    @property
    def value(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)


Reading = Ratio | State


def _met(requirement: bool | None) -> Reading:
    return State.UNKNOWN if requirement is None else Ratio(int(requirement))


def state_mark(page: PageInputs) -> Reading:
    """1 if the page shows the «Государственная организация» badge, else 0. Source: HTML of the VK page."""
    return _met(page.state_mark)


def component(page: PageInputs) -> Reading:
    """1 if the page is connected to the «Госпаблики» component, else 0. Source: the registry, by hand."""
    return _met(page.connected_to_component)


def avatar(page: PageInputs) -> Reading:
    """1 if the page has an avatar, else 0. Source: the network's answer on the page."""
    return _met(page.has_avatar)


def description(page: PageInputs) -> Reading:
    """1 if the page has a description that is not empty, else 0. Source: the network's answer on the page."""
    return _met(page.has_description)


def cover(page: PageInputs) -> Reading:
    """1 if the page's cover is switched on, else 0. Source: the network's answer on the page."""
    return _met(page.has_cover)


def widgets(page: PageInputs) -> Reading:
    """Menu widgets of the page: 0, 1, 2 = two or more. Source: the network's answer on the page."""
    return State.UNKNOWN if page.widgets is None else Ratio(page.widgets)


def posts_in_week(page: PageInputs) -> Reading:
    """Posts of the last seven local days ÷ one week, reposts included. Source: the page's wall.

    Unknown where the wall was not read over all seven days.
    """
    return State.UNKNOWN if page.posts_in_week is None else Ratio(page.posts_in_week)


def weekly_reach(page: PageInputs) -> Reading:
    """People reached in a week ÷ subscribers of that day. Source: reach by hand from the network's statistics.

    Does not apply to a page without subscribers.
    """
    if page.subscribers == 0:
        return State.NOT_APPLICABLE
    if page.weekly_reach is None or page.subscribers is None:
        return State.UNKNOWN
    return Ratio(page.weekly_reach, page.subscribers)


class Unit(StrEnum):
    """How a value reads: yes or no (1 or 0), a count, a share of one."""

    YES_NO = "yes_no"
    COUNT = "count"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Indicator:
    """`label` heads a column of the rating; `rule` says in words what is measured."""

    label: str | Promise
    rule: str | Promise
    unit: Unit
    measure: Callable[[PageInputs], Reading]


INDICATORS: dict[str, Indicator] = {
    "state_mark": Indicator(_("State mark"), _("the page shows the state organisation badge"), Unit.YES_NO, state_mark),
    "component": Indicator(
        _("Component"), _("the page is connected to the «Госпаблики» component"), Unit.YES_NO, component
    ),
    "avatar": Indicator(_("Avatar"), _("there is an avatar"), Unit.YES_NO, avatar),
    "description": Indicator(
        _("Description"), _("there is a description and it is not empty"), Unit.YES_NO, description
    ),
    "cover": Indicator(_("Cover"), _("the cover is switched on"), Unit.YES_NO, cover),
    "widgets": Indicator(_("Widgets"), _("widgets in the page's menu"), Unit.COUNT, widgets),
    "posts_in_week": Indicator(_("Activity"), _("posts in the last 7 days"), Unit.COUNT, posts_in_week),
    "weekly_reach": Indicator(_("Weekly reach"), _("people reached in a week ÷ subscribers"), Unit.SHARE, weekly_reach),
}
