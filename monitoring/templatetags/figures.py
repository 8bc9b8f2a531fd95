"""Numbers, dates, marks and sparklines as the screens show them. Built into every template."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from django import template
from django.templatetags.static import static
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from monitoring.models import PlatformCode
from monitoring.models.measures import SlotReason

register = template.Library()

MINUS = "\u2212"
SPACE = "\u00a0"
Number = int | float | Decimal


def _written(value: Number, digits: int = 0, rounding: str = ROUND_HALF_UP) -> str:
    """Grouped digits of the present language, rounded half away from zero, with a real minus."""
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), rounding=rounding)
    if not rounded:
        rounded = abs(rounded)
    return formats.number_format(rounded, digits, use_l10n=True, force_grouping=True).replace("-", MINUS)


def _with_sign(text: str, value: Number) -> str:
    return f"+{text}" if value > 0 else text


@register.filter
def number(value: Number | None, digits: int = 0) -> str:
    """1234567 → «1 234 567» (U+00A0); None → «нет данных»."""
    return _("no data") if value is None else _written(value, digits)


@register.filter
def signed(value: Number | None, digits: int = 0) -> str:
    """1234 → «+1 234», −5 → «−5» (U+2212), 0 → «0»; None → «нет данных»."""
    return _("no data") if value is None else _with_sign(_written(value, digits), value)


@register.filter
def percent(ratio: Number | None, digits: int = 1) -> str:
    """0.0388 → «3,9 %»; None → «нет данных»."""
    return _("no data") if ratio is None else f"{_written(ratio * 100, digits)}{SPACE}%"


@register.filter
def signed_percent(ratio: Number | None, digits: int = 1) -> str:
    """0.322 → «+32,2 %»; None → «нет данных»."""
    return _("no data") if ratio is None else _with_sign(f"{_written(ratio * 100, digits)}{SPACE}%", ratio)


@register.filter
def share(ratio: Number | None) -> str:
    """As `percent`, but cut and not rounded: less than all never reads «100 %»."""
    if ratio is None:
        return _("no data")
    digits = 0 if ratio in (0, 1) else 1
    return f"{_written(ratio * 100, digits, ROUND_DOWN)}{SPACE}%"


@register.filter
def figure(value: Number | None) -> SafeString:
    """A number for a table cell; «нет данных» stands out as not being one."""
    if value is None:
        return format_html('<span class="none">{}</span>', _("no data"))
    return format_html('<span class="num">{}</span>', _written(value))


@register.filter
def change(value: Number | None) -> SafeString:
    """A signed number for a table cell, with a word beside the colour for those who do not see it."""
    if value is None:
        return format_html('<span class="none">{}</span>', _("no data"))
    return format_html(
        '<span class="change {}">{} <span class="visually-hidden">{}</span></span>',
        direction(value),
        signed(value),
        direction_word(value),
    )


@register.filter
def named_value(text: str) -> str:
    """A value that an event names as text: digits as a number, an ISO day as a day, anything else as it is."""
    if text.isascii() and text.isdigit():
        return number(int(text))
    try:
        return short_day(dt.date.fromisoformat(text))
    except ValueError:
        return text


@register.filter
def reason_words(code: str) -> str:
    """Why something was not read, in words."""
    return str(dict(SlotReason.choices).get(code, code))


@register.filter
def direction(value: Number) -> str:
    """up, down or level: the name of an icon and of a class."""
    return "up" if value > 0 else "down" if value < 0 else "level"


@register.filter
def direction_word(value: Number) -> str:
    """«рост», «снижение» or «без изменений»."""
    return {"up": _("growth"), "down": _("decline"), "level": _("no change")}[direction(value)]


@register.filter
def short_day(value: dt.date | None) -> str:
    """26.10.2024; None → «нет данных»."""
    return _("no data") if value is None else formats.date_format(value, "d.m.Y")


@register.filter
def long_day(value: dt.date) -> str:
    """«26 октября 2024»."""
    return formats.date_format(value, "j E Y").replace(" ", SPACE)


@register.filter
def moment(value: dt.datetime | None, zone: str) -> str:
    """An aware moment in the region's time zone: «26.10.2024, 06:10 (UTC+10)»; None → «нет данных»."""
    if value is None:
        return _("no data")
    return f"{local_time(value, zone)}{SPACE}({offset(value.astimezone(ZoneInfo(zone)))})"


@register.filter
def local_time(value: dt.datetime, zone: str) -> str:
    """As `moment` where the zone is named beside: «26.10.2024, 06:10»."""
    return f"{value.astimezone(ZoneInfo(zone)):%d.%m.%Y,{SPACE}%H:%M}"


def offset(local: dt.datetime) -> str:
    """UTC+10, UTC+5:30, UTC."""
    minutes = int(local.utcoffset().total_seconds()) // 60
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else MINUS}{hours}" + (f":{rest:02}" if rest else "")


@register.filter
def zone_offset(zone: str, day: dt.date) -> str:
    """What the time zone is off UTC by on that day: «UTC+10»."""
    return offset(dt.datetime.combine(day, dt.time(12), ZoneInfo(zone)))


@register.filter
def local_day(value: dt.datetime | None, zone: str) -> str:
    """The day of an aware moment in the region's time zone, 26.10.2024; None → «нет данных»."""
    return _("no data") if value is None else f"{value.astimezone(ZoneInfo(zone)):%d.%m.%Y}"


@register.simple_tag
def icon(name: str) -> SafeString:
    """A mark of static/img/icons.svg; it never carries meaning alone."""
    return format_html(
        '<svg class="icon" width="20" height="20" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def network(code: str) -> SafeString:
    """The network's coloured letter and its name."""
    return format_html(
        '<span class="net net-{}"><span class="net-mark" aria-hidden="true">{}</span>{}</span>',
        code,
        code[0].upper(),
        PlatformCode(code).label,
    )


@register.simple_tag
def sparkline(
    points: Sequence[tuple[str, int | None]],
    width: int = 96,
    height: int = 24,
    doubtful: tuple[dt.date, int | None] | None = None,
) -> SafeString:
    """(ISO day, value) pairs, oldest first, as an SVG line with time to scale; a value of None breaks the line.

    doubtful: a day and a value that do not belong to the line and are marked apart from it.
    """
    known = [value for _day, value in points if value is not None]
    mark = doubtful if doubtful and doubtful[1] is not None else None
    if len(known) < 2:
        return format_html('<svg class="spark" width="{}" height="{}" aria-hidden="true"></svg>', width, height)
    days = [dt.date.fromisoformat(day) for day, _value in points] + ([mark[0]] if mark else [])
    values = known + ([mark[1]] if mark else [])
    scale = Scale(min(days), max(days), min(values), max(values), width, height)
    path, last = _line(points, scale)
    return format_html(
        '<svg class="spark" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        'aria-label="{text}"><path d="{path}"/><circle cx="{x}" cy="{y}" r="1.8"/>{mark}</svg>',
        width=width,
        height=height,
        text=_in_words(known, mark),
        path=path,
        x=last[0],
        y=last[1],
        mark=format_html('<circle class="doubt" cx="{}" cy="{}" r="3"/>', *scale.place(*mark)) if mark else "",
    )


def _in_words(known: Sequence[int], mark: tuple[dt.date, int] | None) -> str:
    words = _("from %(first)s to %(last)s") % {"first": number(known[0]), "last": number(known[-1])}
    if mark:
        words += _("; doubtful: %(value)s on %(day)s") % {"value": number(mark[1]), "day": short_day(mark[0])}
    return words


@dataclass(frozen=True, slots=True)
class Scale:
    """Days and values to pixels, with room at the edges for a mark."""

    first: dt.date
    last: dt.date
    low: int
    high: int
    width: int
    height: int

    def place(self, day: dt.date, value: int) -> tuple[str, str]:
        along = (day - self.first).days / ((self.last - self.first).days or 1)
        up = 0.5 if self.high == self.low else (value - self.low) / (self.high - self.low)
        return f"{3 + along * (self.width - 6):.1f}", f"{self.height - 3 - up * (self.height - 6):.1f}"


def _line(points: Sequence[tuple[str, int | None]], scale: Scale) -> tuple[str, tuple[str, str]]:
    """The path's commands and its last point."""
    commands, pen_down, last = [], False, ("0", "0")
    for day, value in points:
        if value is None:
            pen_down = False
            continue
        last = scale.place(dt.date.fromisoformat(day), value)
        commands.append(f"{'L' if pen_down else 'M'}{last[0]} {last[1]}")
        pen_down = True
    return "".join(commands), last
