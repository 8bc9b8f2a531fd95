"""One small function per indicator: a ratio of two quantities that may be added, for many pages at once.

Additive, so that the same indicator serves a page, a person, an institution or a municipality: sum both, then divide.
Every function takes `Parts` (a row per page and span of days) and its parameters, and returns arrays of that length.
`ratings.catalogue` lists them.
"""

import numpy as np

from monitoring.platforms.base import Gives

from .parts import Parts, Readings, State, added, exempt, given, ratio, shown

# --- what the page does -----------------------------------------------------------------------------------------------


def posting_norm(parts: Parts, posts: int) -> Readings:
    """Weeks with `posts` posts or more ÷ weeks of which every post is known; ISO weeks of the region's local days.

    A week counts where its Thursday does. Reposts count. Weeks under an exemption count in neither; where all of them
    are, it does not apply.

    Unit: share of weeks. Source: posts of page days; exemptions of the registry.
    """
    return exempt(ratio(parts[f"weeks_{posts}"], parts["weeks"], State.UNKNOWN), parts["exempt_weeks"])


def every_week(parts: Parts, posts: int) -> Readings:
    """1 if every known week had `posts` posts or more, else 0; over many pages, the share of such pages.

    Unit: share of pages. Source: posts of page days; order 61 of the Chelyabinsk region, P3.2.
    """
    weeks = parts["weeks"]
    met = np.where(weeks > 0, parts[f"weeks_{posts}"] == weeks, np.nan)
    return exempt(ratio(met, np.where(weeks > 0, 1.0, np.nan)), parts["exempt_weeks"])


def recent_posts(parts: Parts) -> Readings:
    """Posts of the seven local days up to the period's last ÷ one week. Unknown where not all seven were read; does not
    apply where an exemption covers one of them.

    Unit: posts. Source: posts of page days; the Amur region's activity.
    """
    return exempt(ratio(parts["recent_posts"], np.ones(len(parts))), parts["exempt_lately"])


def regularity(parts: Parts) -> Readings:
    """Days with a post ÷ days of which every post is known: twenty posts on one day count as one day.

    Unit: share of days. Source: posts of page days.
    """
    return exempt(ratio(parts["active_days"], parts["posts_days"], State.UNKNOWN), parts["exempt_days"])


def own_content(parts: Parts) -> Readings:
    """Posts that are neither reposts nor copies sent to many pages ÷ posts.

    Unit: share of posts. Source: kinds of the posts as the networks tell them, copies as `rollups.copies` finds them.
    """
    return ratio(parts["own_posts"], parts["posts"])


# --- what people do ---------------------------------------------------------------------------------------------------


def engagement_by_views(parts: Parts) -> Readings:
    """Likes, comments and reposts ÷ views, both of posts at the age of seven days.

    Unit: share of views. Source: counters of posts at seven days.
    """
    views = np.where(parts["viewed_posts"] > 0, parts["aged_views"], np.nan)
    readings = ratio(parts["viewed_interactions"], views)
    return given(parts, Gives.INTERACTIONS, given(parts, Gives.VIEWS, readings))


def engagement_by_subscribers(parts: Parts) -> Readings:
    """Likes, comments and reposts at the age of seven days ÷ (posts × mean subscribers of their month).

    Unit: share of subscribers. Source: counters of posts at seven days, subscribers of page days.
    """
    audience = np.where((parts["aged_posts"] > 0) & (parts["aged_audience"] > 0), parts["aged_audience"], np.nan)
    return given(parts, Gives.INTERACTIONS, ratio(parts["aged_interactions"], audience))


def post_reach(parts: Parts) -> Readings:
    """Views at the age of seven days ÷ (posts × mean subscribers of their month): «охват поста, % подписчиков».

    Unit: share of subscribers. Source: counters of posts at seven days, subscribers of page days.
    """
    audience = np.where(parts["viewed_posts"] > 0, parts["viewed_audience"], np.nan)
    return given(parts, Gives.VIEWS, ratio(parts["aged_views"], audience))


def weekly_reach(parts: Parts) -> Readings:
    """People reached in a week ÷ subscribers of the last measured day. Does not apply to a page without subscribers.

    Unit: share of subscribers. Source: reach entered by hand from the network's statistics, subscribers of page days.
    """
    return ratio(parts["weekly_reach"], parts["subscribers_last"])


def growth(parts: Parts, floor: int) -> Readings:
    """(Last measured subscribers − first) ÷ first, the first taken as `floor` where it is fewer: a page that grew from
    3 to 30 has not grown tenfold. As ranks, the same as log(last ÷ first).

    Unit: share of the first. Source: subscribers of page days.
    """
    first = parts["subscribers_first"]
    return ratio(parts["subscribers_last"] - first, np.maximum(first, floor))


def growth_by_adults(parts: Parts) -> Readings:
    """(Last measured subscribers − first) ÷ thousands of adults of the municipality, or of the region where the
    institution has none.

    Unit: people per 1,000 adults. Source: subscribers of page days; adults of the registry.
    """
    return ratio(parts["subscribers_last"] - parts["subscribers_first"], parts["adults"] / 1000)


def audience_by_adults(parts: Parts) -> Readings:
    """Last measured subscribers ÷ adults of the municipality, or of the region where the institution has none.

    Unit: share of adults. Source: subscribers of page days; adults of the registry.
    """
    return ratio(parts["subscribers_last"], parts["adults"])


def comments_answered(parts: Parts) -> Readings:
    """Comments by people that the page has answered ÷ comments by people; posts whose comments were read.

    Unit: share of comments. Source: comments under the posts.
    """
    return given(parts, Gives.ANSWERS, ratio(parts["answered_comments"], parts["people_comments"]))


def answer_hours(parts: Parts) -> Readings:
    """Median hours from a comment to the page's answer, of all the answers together. Not a ratio of sums: the subject's
    answers are put together before the median is taken.

    Unit: hours. Source: comments under the posts.
    """
    known = np.array([bool(minutes) for minutes in parts.answers], dtype=bool)
    hours = np.array([median_hours(minutes) if minutes else 0.0 for minutes in parts.answers])
    state = np.where(known, State.KNOWN, State.NOT_APPLICABLE)
    return given(parts, Gives.ANSWERS, Readings(hours, np.where(known, 1.0, 0.0), state))


def median_hours(minutes: list[int] | list[float]) -> float:
    """The median of minutes, in hours."""
    return float(np.median(np.array(minutes, dtype=np.float64))) / 60


# --- how the page looks -----------------------------------------------------------------------------------------------


def state_mark(parts: Parts, at_end: int) -> Readings:
    """Days with the «Государственная организация» badge ÷ days known.

    Unit: share of days. Source: VK's HTML, OK's answer.
    """
    return shown(parts, "state_mark", Gives.STATE_MARK, at_end)


def avatar(parts: Parts, at_end: int) -> Readings:
    """Days with an avatar ÷ days known.

    Unit: share of days. Source: the network's answer on the page.
    """
    return shown(parts, "has_avatar", Gives.AVATAR, at_end)


def description(parts: Parts, at_end: int) -> Readings:
    """Days with a description that is not empty ÷ days known.

    Unit: share of days. Source: the network's answer on the page.
    """
    return shown(parts, "has_description", Gives.DESCRIPTION, at_end)


def cover(parts: Parts, at_end: int) -> Readings:
    """Days with the cover switched on ÷ days known.

    Unit: share of days. Source: the network's answer on the page.
    """
    return shown(parts, "has_cover", Gives.COVER, at_end)


def appearance(parts: Parts, at_end: int) -> Readings:
    """Avatar, description and cover: requirements met ÷ requirements that the network can show.

    Unit: share of requirements. Source: the network's answer on the page.
    """
    return added(avatar(parts, at_end), description(parts, at_end), cover(parts, at_end))


def pos_widget(parts: Parts, at_end: int) -> Readings:
    """Days with a ПОС widget that carries the institution's own ОГРН ÷ days known; where we do not know the ОГРН, any
    ПОС widget.

    Unit: share of days. Source: the menu in VK's answer; ОГРН of the registry.
    """
    return shown(parts, "pos_right", Gives.MENU, at_end)


def pos_widget_level(parts: Parts, at_end: int) -> Readings:
    """3 = right ПОС widget, 2 = present, its ОГРН cannot be checked, 1 = wrong ОГРН, 0 = none; the mean of the days.

    Unit: degree, 0 to 3. Source: the menu in VK's answer; ОГРН of the registry.
    """
    return shown(parts, "pos_level", Gives.MENU, at_end)


def widgets(parts: Parts, at_end: int) -> Readings:
    """Menu widgets of the page: 0, 1, 2 = two or more; the mean of the days.

    Unit: widgets, 0 to 2. Source: the menu in VK's answer.
    """
    return shown(parts, "widgets", Gives.MENU, at_end)


def component(parts: Parts) -> Readings:
    """1 if the page is connected to the «Госпаблики» component, else 0.

    Unit: share of pages. Source: the registry, by hand.
    """
    return ratio(parts["component"], np.ones(len(parts)))


def minimum_requirements(parts: Parts) -> Readings:
    """State mark, ПОС widget, filled-in profile (avatar, description, cover) on the last day: met ÷ three.

    Unit: share of requirements. Source: the network's answers; order 61 of the Chelyabinsk region, P3.1: (G + P + F) ÷
    C ÷ 3.
    """
    looks = appearance(parts, 1)
    filled = np.where(looks.numerator >= looks.denominator, 1.0, 0.0)
    one = np.ones(len(parts))
    known = looks.state == State.KNOWN
    profile = Readings(filled, np.where(known, one, 0.0), looks.state)
    return added(state_mark(parts, 1), pos_widget(parts, 1), profile)


# --- whether the page is there ----------------------------------------------------------------------------------------


def presence(parts: Parts) -> Readings:
    """Networks with a live page of the institution ÷ networks that it must be on (obligations in force on the last day,
    less exemptions).

    Unit: share of networks. Source: obligations, exemptions and pages of the registry; slots of the last day.
    """
    return ratio(parts["networks_present"], parts["networks_due"])


def days_alive(parts: Parts) -> Readings:
    """Days on which the page existed ÷ days that owed a reading.

    Unit: share of days. Source: slots.
    """
    return ratio(parts["days_owed"] - parts["days_gone"], parts["days_owed"], State.UNKNOWN)
