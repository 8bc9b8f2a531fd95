"""Screens of a long list, told by the address; the shape that templates/overview/plain_paging.html asks for."""

from django.core.paginator import Paginator
from django.db.models import QuerySet

from monitoring.dashboards.tables import PER_PAGE, address

from .kept import Asked


class Paging:
    """The page of rows that the address asks for."""

    def __init__(self, asked: Asked, rows: QuerySet, size: int = PER_PAGE) -> None:
        self.page = page = Paginator(rows, size).get_page(asked.GET.get("page"))
        self.total = page.paginator.count
        self.previous_url = address(asked.GET, page=str(page.number - 1)) if page.has_previous() else ""
        self.next_url = address(asked.GET, page=str(page.number + 1)) if page.has_next() else ""
