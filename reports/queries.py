"""Views, links and reports as their screens list them."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from gospub.accounts.models import Role, User
from monitoring.models import Region

from .making import last_period, words_of
from .models import Report, SavedView, ViewLink
from .sources import SCREENS, address_of


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A saved view. url: "" where its screen is none any more."""

    view: SavedView
    screen: str | Promise
    url: str
    may_change: bool


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link. url: the screen that it shows, for those with an account."""

    link: ViewLink
    screen: str | Promise
    url: str
    is_open: bool


def saved_views(region: Region, user: User) -> Iterator[ViewRow]:
    """Views of the region that the user may open."""
    kept = user.rights.keeps(region.pk)
    for view in SavedView.objects.visible_to(user).filter(region=region).select_related("owner", "region"):
        screen = SCREENS.get(view.screen)
        if screen:
            url = address_of(view.screen, region, view.query, view.subject)
            yield ViewRow(view, screen.title, url, view.owner_id == user.pk or (view.shared and kept))


def links(region: Region, user: User, now: dt.datetime) -> Iterator[LinkRow]:
    """Links of the region that the user may revoke, closed ones among them."""
    for link in ViewLink.objects.given_by(user).filter(region=region).select_related("made_by", "region"):
        screen = SCREENS.get(link.screen)
        if screen:
            url = address_of(link.screen, region, link.query, link.subject)
            yield LinkRow(link, screen.title, url, link.revoked_at is None and link.expires_at > now)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report with its last period. period: as its files' addresses have it."""

    report: Report
    screens: list[str | Promise]
    recipients: list[User]
    period: str
    period_words: str
    may_change: bool


def reports_of(region: Region, user: User, today: dt.date) -> list[ReportRow]:
    """Reports of the region that go to the user or that the user keeps."""
    found = Report.objects.visible_to(user).filter(region=region).select_related("made_by")
    kept = user.rights.keeps(region.pk)
    rows = []
    for report in found.prefetch_related("recipients"):
        period = last_period(report, today)
        titles = [SCREENS[name].title for name in report.screens if name in SCREENS]
        rows.append(ReportRow(report, titles, list(report.recipients.all()), str(period), words_of(period), kept))
    return rows


def possible_recipients(region: Region) -> QuerySet[User]:
    """Those with any right in the region, and the operators."""
    has_right = Q(grants__region=region) | Q(grants__role=Role.OPERATOR)
    return User.objects.filter(has_right, is_active=True).distinct().order_by("full_name", "email")
