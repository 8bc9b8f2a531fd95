"""Files and views of the screen that is looked at, and plain cells of tables. Built into every template."""

import datetime as dt

from django import template
from django.http import QueryDict
from django.template import RequestContext
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from monitoring.templatetags.figures import number, short_day

from ..keeping import NOT_KEPT
from ..sources import SCREENS

register = template.Library()
DIGITS = 2


@register.inclusion_tag("reports/tools.html", takes_context=True)
def table_tools(context: RequestContext) -> dict[str, object]:
    """The menu of files and views on a screen whose tables are known; nothing on the others."""
    request, region = context.get("request"), context.get("region")
    match = request.resolver_match if request else None
    screen = SCREENS.get(match.url_name) if match else None
    if screen is None or region is None or not request.user.is_authenticated:
        return {}
    fixed = QueryDict(mutable=True)
    if screen.of_rating:
        fixed["subject"] = match.kwargs["pk"]
    kept = request.GET.copy()
    for name in NOT_KEPT:
        kept.pop(name, None)
    asked = kept.copy()
    asked.update(fixed)
    saved = QueryDict(mutable=True)
    saved.update({"screen": match.url_name, "query": kept.urlencode(), **fixed.dict()})
    return {
        "book": f"{reverse('table_file', args=[region.code, match.url_name, 'xlsx'])}?{asked.urlencode()}",
        "files": [
            (label, f"{reverse('table_file', args=[region.code, match.url_name, 'csv'])}?{query_with(asked, table)}")
            for table, label in screen.sheets.items()
        ],
        "save": f"{reverse('saved_views', args=[region.code])}?{saved.urlencode()}",
    }


def query_with(query: QueryDict, table: str) -> str:
    found = query.copy()
    found["table"] = table
    return found.urlencode()


@register.filter
def cell(value: object) -> str | SafeString:
    """A cell of a table as files have it, shown: numbers grouped, days short, None as «нет данных»."""
    return format_html('<span class="none">{}</span>', _("no data")) if value is None else plain_cell(value)


def plain_cell(value: object) -> str:
    """The same as text alone."""
    if value is None:
        return _("no data")
    if isinstance(value, dt.date):
        return short_day(value)
    if isinstance(value, int | float):
        return number(value, 0 if value == int(value) else DIGITS)
    return str(value)


@register.filter
def is_number(value: object) -> bool:
    return isinstance(value, int | float)
