"""Sorting and paging of a table, both told by the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise

PER_PAGE = 50
# Of the days of a chart, so many stand in its table at first.
LISTED_DAYS = 62

Day = TypeVar("Day")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that can be sorted by where `order` is given. `numeric`: right-aligned, largest first."""

    name: str
    title: str | Promise
    order: str | Combinable | None = None
    numeric: bool = False
    explanation: str | Promise = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's head as shown: where a click leads, and how it is sorted now (aria-sort), "" if not."""

    column: Column
    url: str = ""
    sorted: str = ""


def sort_of(query: QueryDict, columns: Sequence[Column], default: str) -> str:
    """What `?sort=` asks for, or the default where it names no column that can be sorted by."""
    names = {column.name for column in columns if column.order is not None}
    sort = query.get("sort", "")
    return sort if sort.removeprefix("-") in names else default


def ordered(rows: QuerySet, columns: Sequence[Column], sort: str) -> QuerySet:
    """Sorted by the column that `sort` names, `-` for descending; rows without data come last both ways."""
    column = next(column for column in columns if column.name == sort.removeprefix("-"))
    by = F(column.order) if isinstance(column.order, str) else column.order
    direction = by.desc if sort.startswith("-") else by.asc
    return rows.order_by(direction(nulls_last=True), "pk")


def headings(columns: Sequence[Column], sort: str, query: QueryDict) -> list[Heading]:
    """Heads of the table; a second click turns the order round."""
    result = []
    for column in columns:
        if column.order is None:
            result.append(Heading(column))
            continue
        present = sort if sort.removeprefix("-") == column.name else ""
        first = f"-{column.name}" if column.numeric else column.name
        turned = column.name if present.startswith("-") else f"-{column.name}"
        state = {"": "", column.name: "ascending"}.get(present, "descending")
        result.append(Heading(column, address(query, sort=turned if present else first, page=None), state))
    return result


def address(query: QueryDict, **changes: str | None) -> str:
    """The query string with those parameters set, or left out where None; empty ones are dropped."""
    params = query.copy()
    for name, value in changes.items():
        params.pop(name, None)
        if value is not None:
            params[name] = value
    for name in [name for name in params if not any(params.getlist(name))]:
        del params[name]
    return f"?{params.urlencode()}"


@dataclass(frozen=True, slots=True)
class Table:
    """One screenful of rows with all that its template needs around them."""

    headings: list[Heading]
    sort: str
    page: PaginatorPage
    previous_url: str
    next_url: str
    path: str
    query: str

    @property
    def clean_url(self) -> str:
        """The address of exactly this view, without empty parameters."""
        return self.path + self.query

    @property
    def total(self) -> int:
        return self.page.paginator.count


def latest_days(request: HttpRequest, rows: Sequence[Day]) -> Sequence[Day]:
    """Of the days of a chart, newest first, those that its table shows: two months, or with `?days=all` every one.
    Two years of rows make a screen ten times as heavy, and few ever look at them."""
    return rows if request.GET.get("days") == "all" else rows[:LISTED_DAYS]


def table(request: HttpRequest, rows: QuerySet, columns: Sequence[Column], default_sort: str) -> Table:
    """The page of rows that the request's address asks for."""
    sort = sort_of(request.GET, columns, default_sort)
    page = Paginator(ordered(rows, columns, sort), PER_PAGE).get_page(request.GET.get("page"))
    return Table(
        headings=headings(columns, sort, request.GET),
        sort=sort,
        page=page,
        previous_url=address(request.GET, page=str(page.number - 1)) if page.has_previous() else "",
        next_url=address(request.GET, page=str(page.number + 1)) if page.has_next() else "",
        path=request.path,
        query=address(request.GET),
    )
