"""A text for a press release out of a sheet, ready to be copied."""

from collections.abc import Mapping
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from monitoring.models import PlatformCode
from monitoring.templatetags.figures import long_day, number, percent, signed_percent

from .models import Kind
from .queries import Line, SheetView
from .sources import Dates


def paragraphs(dates: Dates, view: SheetView) -> list[str]:
    """In the language of the installation, whoever looks. A figure without data is left out; nothing is compared that
    the sheet does not compare."""
    whole = view.whole
    with override(settings.LANGUAGE_CODE):
        texts = [
            _audience(dates, whole),
            _by_network(view),
            _mean(whole[Kind.MEAN]),
            _same_pages(dates, whole.get(Kind.SAME_PAGES)),
            _posts(dates, whole[Kind.POSTS]),
            _trained(whole.get(Kind.EVENTS), whole.get(Kind.TRAINED)),
            _note(whole[Kind.SUBSCRIBERS]),
        ]
    return [text for text in texts if text]


def _audience(dates: Dates, whole: Mapping[str, Line]) -> str:
    pages, subscribers = whole[Kind.PAGES].figure, whole[Kind.SUBSCRIBERS].figure
    if pages.value is None:
        return ""
    values = {"day": long_day(dates.day), "pages": _pages(pages.value) + _growth(dates, pages.growth)}
    if subscribers.value is None:
        return _("On %(day)s the region has %(pages)s.") % values
    values["subscribers"] = _subscribers(subscribers.value) + _growth(dates, subscribers.growth)
    return _("On %(day)s the region has %(pages)s, %(subscribers)s.") % values


def _pages(count: int) -> str:
    return ngettext("%(count)s official page", "%(count)s official pages", count) % {"count": number(count)}


def _subscribers(count: int) -> str:
    return ngettext("%(count)s subscriber", "%(count)s subscribers", count) % {"count": number(count)}


def _growth(dates: Dates, growth: Decimal | None) -> str:
    """« (+32,2 % за год)»; "" where it is not compared."""
    if growth is None:
        return ""
    values = {"growth": signed_percent(growth), "day": long_day(dates.against)}
    if dates.in_a_year:
        return " " + _("(%(growth)s in a year)") % values
    return " " + _("(%(growth)s to %(day)s)") % values


def _by_network(view: SheetView) -> str:
    parts = [
        f"{PlatformCode(network).label} – {number(lines[Kind.SUBSCRIBERS].figure.value)} "
        f"({percent(lines[Kind.SHARE].figure.now)})"
        for network, lines in view.rows
        if network and lines[Kind.SHARE].figure.now is not None
    ]
    return _("Subscribers by network: %(parts)s.") % {"parts": ", ".join(parts)} if len(parts) > 1 else ""


def _mean(line: Line) -> str:
    if line.figure.now is None:
        return ""
    if line.figure.then is None:
        return _("A page has %(now)s subscribers on average.") % {"now": line.now}
    return _("A page has %(now)s subscribers on average (it had %(then)s).") % {"now": line.now, "then": line.then}


def _same_pages(dates: Dates, line: Line | None) -> str:
    if line is None or line.figure.growth is None:
        return ""
    text = ngettext(
        "On the %(pages)s page that was there and measured both then (%(day)s) and now, subscribers went from %(then)s "
        "to %(now)s (%(growth)s).",
        "On the %(pages)s pages that were there and measured both then (%(day)s) and now, subscribers went from "
        "%(then)s to %(now)s (%(growth)s).",
        line.figure.measured,
    )
    values = {"pages": number(line.figure.measured), "day": long_day(dates.against)}
    return text % (values | {"then": line.then, "now": line.now, "growth": line.growth})


def _posts(dates: Dates, line: Line) -> str:
    if line.figure.value is None:
        return ""
    text = ngettext(
        "From %(first)s to %(last)s %(posts)s post came out",
        "From %(first)s to %(last)s %(posts)s posts came out",
        line.figure.value,
    )
    values = {"first": long_day(dates.first), "last": long_day(dates.last), "posts": line.now}
    growth = f" ({line.growth})" if line.growth else ""
    return f"{text % values}{growth}."


def _trained(events: Line | None, people: Line | None) -> str:
    if events is None or people is None or events.figure.value is None or people.figure.value is None:
        return ""
    held = ngettext("%(count)s training was held", "%(count)s trainings were held", events.figure.value)
    trained = ngettext("%(count)s person was trained", "%(count)s people were trained", people.figure.value)
    return f"{held % {'count': events.now}}, {trained % {'count': people.now}}."


def _note(line: Line) -> str:
    text = _("A subscriber is a subscription: one person may be subscribed to several pages.")
    if line.coverage == 1:
        return text
    values = {"measured": number(line.figure.measured), "pages": number(line.figure.pages)}
    return text + " " + _("Numbers were collected of %(measured)s pages out of %(pages)s.") % values
