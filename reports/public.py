"""What a read-only link shows to whoever has it."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gospub import clock
from monitoring.dashboards.tables import PER_PAGE

from . import keeping
from .models import ViewLink
from .sources import SCREENS, Asked, Tables, some_rows


@never_cache
@require_safe
@login_not_required
def shared_view(request: HttpRequest, code: str) -> HttpResponse:
    """The tables with the filter that the link was made with. The address chooses the table and the part of its rows
    that is shown (`?table=&page=`), and nothing else."""
    link = keeping.find_link(code, clock.now())
    if link is None:
        raise Http404
    asked, tables = tables_of(link, request)
    sheets = {sheet.name: sheet for sheet in tables.sheets}
    sheet = sheets.get(request.GET.get("table", ""), next(iter(sheets.values()), None))
    page = max(number(request.GET.get("page", "")), 1)
    start = (page - 1) * PER_PAGE
    rows = some_rows(sheet, start, PER_PAGE + 1) if sheet else []
    context = {
        "link": link,
        "region": link.region,
        "title": SCREENS[link.screen].title,
        "asked": asked,
        "tables": tables,
        "sheet": sheet,
        "rows": rows[:PER_PAGE],
        "first": start + 1,
        "last": start + len(rows[:PER_PAGE]),
        "previous": page - 1,
        "following": page + 1 if len(rows) > PER_PAGE else None,
    }
    response = render(request, "shared_view.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def tables_of(link: ViewLink, request: HttpRequest) -> tuple[Asked, Tables]:
    """What whoever made the link may see today; 404 where the right or what it was of is gone."""
    screen = SCREENS.get(link.screen)
    if screen is None or not screen.open:
        raise Http404
    try:
        query = locked(link, request.GET)
        asked = keeping.asked_for(link.screen, link.region, link.made_by, query, clock.now(), subject=link.subject)
        return asked, screen.tables(asked)
    except (keeping.ViewGoneError, ObjectDoesNotExist) as error:
        raise Http404 from error


def locked(link: ViewLink, query: QueryDict) -> str:
    """The filter of the link, whatever the address adds to it."""
    return link.query


def number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
