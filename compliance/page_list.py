"""Pages with their checklists: the list behind a figure of compliance, and its file."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import django_filters
from django.db.models import QuerySet, TextChoices
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from gospub.accounts.models import User
from monitoring.dashboards.filters import RegionFilter
from monitoring.dashboards.queries.checklist import Check, Verdict
from monitoring.dashboards.tables import Column
from monitoring.models import Institution, Page, PlatformCode, Region

from .checks import PageChecks, page_checks, titles
from .duties import existing

COLUMNS = (
    Column("page", _("Page"), "title"),
    Column("institution", _("Institution"), "institution__name"),
    Column("municipality", _("Municipality"), "institution__municipality__name"),
    Column("met", _("Met"), numeric=True),
    Column("lacking", _("Not met")),
)
DEFAULT_SORT = "municipality"


class VerdictChoice(TextChoices):
    YES = Verdict.YES.value, _("met")
    NO = Verdict.NO.value, _("not met")
    NO_DATA = Verdict.NO_DATA.value, _("no data")
    NOT_APPLICABLE = Verdict.NOT_APPLICABLE.value, _("does not apply")


class CheckedPageFilter(RegionFilter):
    """`checks`: the checklist of every page of the region, by its key."""

    to_institution = "institution__"
    texts = ("title", "handle", "institution__name")
    numbers = ("institution__inn", "institution__ogrn")

    requirement = django_filters.ChoiceFilter(method="of_nothing", label=_("Requirement"))
    verdict = django_filters.ChoiceFilter(method="of_nothing", label=_("Verdict"), choices=VerdictChoice)
    platform = django_filters.ChoiceFilter(label=_("Network"), choices=PlatformCode)

    class Meta:
        model = Page
        fields = ["q", "requirement", "verdict", "platform", "municipality", "sector", "founder", "level"]

    def __init__(
        self, data: QueryDict, rows: QuerySet, *, institutions: QuerySet[Institution], region: Region, now: dt.datetime
    ) -> None:
        self.checks: dict[int, PageChecks] = {each.page: each for each in page_checks(region)}
        super().__init__(data, rows, institutions=institutions, now=now)

    def add_choices(self) -> None:
        super().add_choices()
        self.filters["requirement"].extra["choices"] = list(titles().items())

    def of_nothing(self, rows: QuerySet[Page], name: str, value: str) -> QuerySet[Page]:
        """Requirement and verdict are asked together."""
        return rows

    def filter_queryset(self, queryset: QuerySet[Page]) -> QuerySet[Page]:
        rows = super().filter_queryset(queryset)
        name, verdict = (self.form.cleaned_data.get(each) for each in ("requirement", "verdict"))
        if not name and not verdict:
            return rows
        wanted = verdict or Verdict.NO
        found = [
            key
            for key, page in self.checks.items()
            if any(check.verdict == wanted and name in ("", None, check.name) for check in page.checks)
        ]
        return rows.filter(pk__in=found)


@dataclass(frozen=True, slots=True)
class PageRow:
    """met of judged requirements; lacking: those that are not met."""

    page: Page
    checks: tuple[Check, ...]
    met: int
    judged: int
    lacking: list[Check]


def chosen_pages(query: QueryDict, region: Region, user: User, now: dt.datetime) -> CheckedPageFilter:
    """The existing pages of the region that the address asks for."""
    within = Institution.objects.visible_to(user).filter(region=region)
    pages = existing(region).filter(institution__in=within).select_related("institution__municipality")
    return CheckedPageFilter(query, pages, institutions=within, region=region, now=now)


def rows(chosen: CheckedPageFilter, pages: Iterable[Page]) -> Iterator[PageRow]:
    """The pages with what they meet; a page that came in between is left out."""
    for page in pages:
        if page.pk not in chosen.checks:
            continue
        checks = chosen.checks[page.pk].checks
        met = sum(check.verdict == Verdict.YES for check in checks)
        lacking = [check for check in checks if check.verdict == Verdict.NO]
        yield PageRow(page, checks, met, met + len(lacking), lacking)


def export_headings() -> list[object]:
    return [_("Network"), _("Page"), _("Address"), _("Institution"), _("Municipality"), *titles().values()]


def export_rows(found: Iterable[PageRow]) -> Iterator[list[object]]:
    """A page a row, with a verdict for each requirement in words."""
    for row in found:
        page, institution = row.page, row.page.institution
        place = institution.municipality
        yield [
            page.get_platform_display(), page.title or page.handle, page.url, institution.name,
            place.name if place else "—", *(VerdictChoice(check.verdict.value).label for check in row.checks),
        ]  # fmt: skip
