"""The registry of a region as a spreadsheet that the import reads back without a change."""

import csv
import datetime as dt
import io
from collections import defaultdict
from collections.abc import Iterator

import xlsxwriter
from django.db.models import Prefetch, Q

from monitoring.models import Exemption, Institution, Page, PageProfile, PlatformCode, Region, Sector, Stewardship

from .addresses import page_url
from .columns import LEVELS, LINKS, NO, SECTORS, STATUSES, YES, Column
from .files import with_guard
from .sheets import clean_text

Cell = str | int | float | None
Row = dict[Column, Cell]

_LEVEL_WORDS = {level: word for word, level in LEVELS.items()}
_STATUS_WORDS = {page_class: word for word, page_class in STATUSES.items()}
_WIDE = {Column.NAME: 60, Column.FOUNDER: 40, Column.GROUND: 30, Column.MUNICIPALITY: 30, Column.ADMIN: 30}
POSTS_A_WEEK = 3  # the posting norm of the published methodologies


def registry_rows(region: Region, day: dt.date, *, contacts: bool = True) -> Iterator[Row]:
    """Every institution of the region with its watched pages, a row for each set of pages of different networks.

    Pages share a row where one person runs them and they are of one class, because a row has one cell for each.
    day: the local day on which exemptions and stewardships are asked for. contacts: with the page admins' addresses
    of mail, which those who do not keep the registry must not have. None = not known.
    """
    sectors = {sector.pk: sector for sector in Sector.objects.all()}
    pages = _pages(region)
    stewards = _stewards(region, day)
    for institution in _institutions(region, day):
        common = _institution_cells(institution, sectors)
        rows = _page_rows(pages.get(institution.pk, []), stewards)
        for page_cells in rows or [{}]:
            yield common | page_cells | ({} if contacts else {Column.EMAIL: None})


def to_xlsx(rows: Iterator[Row]) -> bytes:
    """The rows as a workbook: texts stay texts (nothing turns into a formula or a link), numbers are numbers."""
    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet("Реестр")
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(Column):
            sheet.set_column(place, place, _WIDE.get(column, 18))
            sheet.write_string(0, place, column, bold)
        for number, row in enumerate(rows, 1):
            for place, column in enumerate(Column):
                value = row.get(column)
                if isinstance(value, str) and value:
                    sheet.write_string(number, place, value)
                elif isinstance(value, int | float):
                    sheet.write_number(number, place, value)
    return buffer.getvalue()


def to_csv(rows: Iterator[Row]) -> bytes:
    """The rows for Russian Excel: UTF-8 with BOM, semicolons, decimal comma, formulas made harmless."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";")
    writer.writerow(Column)
    for row in rows:
        writer.writerow([_csv_cell(row.get(column)) for column in Column])
    return buffer.getvalue().encode("utf-8-sig")


def _csv_cell(value: Cell) -> str:
    if value is None:
        return ""
    return with_guard(value) if isinstance(value, str) else str(value).replace(".", ",")


def _institutions(region: Region, day: dt.date) -> Iterator[Institution]:
    in_force = Exemption.objects.filter(Q(until=None) | Q(until__gte=day), platform="", since__lte=day)
    return (
        Institution.objects.kept()
        .filter(region=region)
        .select_related("municipality")
        .prefetch_related(Prefetch("exemptions", in_force.order_by("-since"), to_attr="in_force"))
        .order_by("name", "pk")
    )


def _institution_cells(institution: Institution, sectors: dict[int, Sector]) -> Row:
    steps, sector = [], sectors.get(institution.sector_id)
    while sector:
        steps.insert(0, clean_text(sector.name))
        sector = sectors.get(sector.parent_id)
    municipality = institution.municipality
    return {
        Column.LEVEL: _LEVEL_WORDS[institution.level],
        Column.FOUNDER: clean_text(institution.founder),
        Column.NAME: clean_text(institution.name),
        Column.GROUND: clean_text(institution.in_force[0].ground) if institution.in_force else "",
        Column.OGRN: institution.ogrn,
        **dict(zip(SECTORS, steps, strict=False)),
        Column.MUNICIPALITY: clean_text(municipality.name) if municipality else "",
        Column.OKTMO: municipality.oktmo if municipality else "",
        Column.INN: institution.inn,
    }


def _pages(region: Region) -> dict[int, list[Page]]:
    """Watched pages by institution, with their figures and latest profile."""
    pages: dict[int, list[Page]] = defaultdict(list)
    profiles = PageProfile.objects.order_by("-since")
    watched = Page.objects.watched().filter(institution__region=region).select_related("state").order_by("pk")
    for page in watched.prefetch_related(Prefetch("profiles", profiles, to_attr="latest_profiles")):
        pages[page.institution_id].append(page)
    return pages


def _stewards(region: Region, day: dt.date) -> dict[int, Stewardship]:
    """Who runs each page; of several the one who began last."""
    in_force = Stewardship.objects.filter(Q(until=None) | Q(until__gte=day), since__lte=day)
    of_region = in_force.filter(page__institution__region=region).select_related("person__contact")
    return {stewardship.page_id: stewardship for stewardship in of_region.order_by("since", "pk")}


def _page_rows(pages: list[Page], stewards: dict[int, Stewardship]) -> list[Row]:
    rows: list[tuple[tuple[object, ...], Row]] = []
    for page in pages:
        steward = stewards.get(page.pk)
        shared = (steward.person_id if steward else None, page.page_class)
        link = LINKS[PlatformCode(page.platform)]
        row = next((row for key, row in rows if key == shared and link not in row), None)
        if row is None:
            row = {Column.STATUS: _STATUS_WORDS[page.page_class], **_steward_cells(steward)}
            rows.append((shared, row))
        row[link] = page_url(page.platform, page.handle, page.external_id)
        if page.platform == PlatformCode.VK:
            row |= _vk_cells(page)
    return [row for _shared, row in rows]


def _steward_cells(steward: Stewardship | None) -> Row:
    if steward is None:
        return {}
    contact = getattr(steward.person, "contact", None)
    return {Column.ADMIN: clean_text(steward.person.name), Column.EMAIL: contact.email if contact else ""}


def _vk_cells(page: Page) -> Row:
    """What the spreadsheet has columns for on VK only; figures that were never measured stay empty."""
    state = getattr(page, "state", None)
    profile = page.latest_profiles[0] if page.latest_profiles else None
    return {
        Column.VK_ID: page.external_id,
        Column.CONNECTED: _yes_or_no(page.connected_to_component),
        Column.WEEKLY_REACH: page.weekly_reach,
        Column.STATE_MARK: _yes_or_no(profile.state_mark) if profile else None,
        Column.APPEARANCE: _appearance(profile) if profile else None,
        Column.WIDGETS: profile.widgets if profile else None,
        Column.ACTIVITY: _activity(state.posts_7) if state else None,
        Column.SUBSCRIBERS: state.subscribers if state else None,
        Column.MEAN_REACH: _mean(state.views_30, state.posts_30) if state else None,
    }


def _yes_or_no(answer: bool | None) -> str | None:
    return None if answer is None else YES if answer else NO


def _appearance(profile: PageProfile) -> int | None:
    """Avatar 25 %, description 25 %, cover 50 %: the proportions of the Amur methodology."""
    parts = (profile.has_avatar, profile.has_description, profile.has_cover)
    return None if None in parts else 25 * parts[0] + 25 * parts[1] + 50 * parts[2]


def _activity(posts_7: int | None) -> int | None:
    """Share of the norm of three posts in seven days, whole per cent, at most 100."""
    return None if posts_7 is None else min(100, round(100 * posts_7 / POSTS_A_WEEK))


def _mean(views: int | None, posts: int | None) -> int | None:
    """Views of a post, over the posts of 30 days; None without posts."""
    return round(views / posts) if views is not None and posts else None
