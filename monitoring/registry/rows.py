"""A row of cells -> what it says of an institution and its pages. Knows nothing of the base."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from gospub.confined import ConfinedError, confined
from monitoring.models import Exemption, Institution, Level, Municipality, PageClass, Person, PlatformCode, Sector

from .addresses import Address, AddressError, parse_address
from .columns import LEVELS, LINKS, SECTORS, Column, fold, level_of, page_class_of, yes_or_no
from .identifiers import clean_inn, clean_ogrn, clean_oktmo
from .report import Problem, Severity
from .sheets import SheetRow, Table, read_table

# What people write into a cell instead of leaving it empty.
NOTHING = frozenset({"-", "–", "—", "0", "нет", "н/д", "отсутствует", "не указан", "не указано"})
MAX_INTEGER = 2_147_483_647  # of the base's integer columns


@dataclass(frozen=True, slots=True)
class RegistryRow:
    """One institution with up to one page a network, as a row of the spreadsheet says it.

    "" and None: the row says nothing of it, and what the base holds stays. weekly_reach: people. `source` is the row
    itself, for messages; it takes no part in comparing.
    """

    name: str
    ogrn: str = ""
    inn: str = ""
    level: Level | None = None
    founder: str = ""
    sectors: tuple[str, ...] = ()
    municipality: str = ""
    oktmo: str = ""
    ground: str = ""
    page_class: PageClass | None = None
    connected: bool | None = None
    weekly_reach: int | None = None
    pages: tuple[Address, ...] = ()
    admin: str = ""
    email: str = ""
    source: SheetRow = field(default=SheetRow("", 0, {}), compare=False)


@dataclass(slots=True)
class _Reader:
    """Takes cells of one row and collects what is wrong with them."""

    row: SheetRow
    problems: list[Problem]

    def say(self, severity: Severity, message: str, column: Column | None = None) -> None:
        self.problems.append(self.row.problem(severity, message, column))

    def text(self, column: Column, limit: int) -> str:
        text = self.row.cells.get(column, "")
        if fold(text) in NOTHING:
            return ""
        if len(text) > limit:
            self.say(
                Severity.ERROR,
                _("The text is longer than %(limit)s characters. Shorten it.") % {"limit": limit},
                column,
            )
            return ""
        return text

    def checked(self, column: Column, clean: Callable[[object], str]) -> str:
        """The cell through a function that raises ValidationError."""
        text = self.text(column, 200)
        try:
            return clean(text) if text else ""
        except ValidationError as error:
            self.say(
                Severity.ERROR, " ".join(error.messages) + " " + _("Correct the number or empty the cell."), column
            )
            return ""

    def address(self, column: Column, platform: str, severity: Severity = Severity.ERROR) -> Address | None:
        text = self.text(column, 1000)
        if not text:
            return None
        try:
            address = parse_address(text, platform)
        except AddressError as error:
            self.say(severity, str(error), column)
            return None
        if address.of_post:
            self.say(Severity.WARNING, _("The link leads to a post. The page of that post was taken."), column)
        return address


def read_upload(content: bytes) -> tuple[list[RegistryRow], list[Problem]]:
    """The registry in a foreign file, read in a child process: what takes too much is a problem of the file."""
    try:
        table = confined(read_table, content)
    except ConfinedError:
        message = _(
            "The file takes more memory or time to read than an import may. "
            "Copy the table itself into a new workbook, without formatting, and save that."
        )
        table = Table(problems=[Problem(Severity.ERROR, message)])
    return _registry_of(table)


def read_registry(content: bytes) -> tuple[list[RegistryRow], list[Problem]]:
    """The registry in an XLSX or CSV file of our own: its rows, and everything that was noticed about them."""
    return _registry_of(read_table(content))


def _registry_of(table: Table) -> tuple[list[RegistryRow], list[Problem]]:
    rows, problems = parse_rows(table.rows)
    return rows, [*table.problems, *problems]


def parse_rows(sheet_rows: list[SheetRow]) -> tuple[list[RegistryRow], list[Problem]]:
    """What the rows say, and what is wrong with them. A row with an error is left out of the first list."""
    rows, problems = [], []
    for sheet_row in sheet_rows:
        found: list[Problem] = []
        row = _parse(_Reader(sheet_row, found))
        problems += found
        if row and not any(problem.severity == Severity.ERROR for problem in found):
            rows.append(row)
    return rows, problems


def _parse(reader: _Reader) -> RegistryRow | None:
    name = reader.text(Column.NAME, _limit(Institution, "name"))
    if not name:
        if Column.NAME not in reader.row.cells or fold(reader.row.cells[Column.NAME]) in NOTHING:
            message = _("The row has no name of an institution. Write it, or empty the whole row.")
            reader.say(Severity.ERROR, message, Column.NAME)
        return None
    ogrn = reader.checked(Column.OGRN, clean_ogrn)
    if not ogrn and not reader.text(Column.OGRN, 200):
        message = _("There is no ОГРН. The institution is recognised by its name and municipality only.")
        reader.say(Severity.WARNING, message, Column.OGRN)
    return RegistryRow(
        name=name,
        ogrn=ogrn,
        inn=reader.checked(Column.INN, clean_inn),
        level=_level(reader),
        founder=reader.text(Column.FOUNDER, _limit(Institution, "founder")),
        sectors=tuple(filter(None, (reader.text(c, _limit(Sector, "name")) for c in SECTORS))),
        municipality=reader.text(Column.MUNICIPALITY, _limit(Municipality, "name")),
        oktmo=reader.checked(Column.OKTMO, clean_oktmo),
        ground=reader.text(Column.GROUND, _limit(Exemption, "ground")),
        page_class=_page_class(reader),
        connected=_connected(reader),
        weekly_reach=_weekly_reach(reader),
        pages=_pages(reader),
        admin=reader.text(Column.ADMIN, _limit(Person, "name")),
        email=_email(reader),
        source=replace(reader.row, cells={}),
    )


def _limit(model: type, name: str) -> int:
    """Characters that the base's column holds."""
    return model._meta.get_field(name).max_length


def _level(reader: _Reader) -> Level | None:
    text = reader.text(Column.LEVEL, 200)
    level = level_of(text)
    if text and level is None:
        message = _("“%(word)s” is not a level. Write one of: %(words)s.") % {
            "word": text[:60],
            "words": ", ".join(LEVELS),
        }
        reader.say(Severity.ERROR, message, Column.LEVEL)
    return level


def _page_class(reader: _Reader) -> PageClass | None:
    text = reader.text(Column.STATUS, 200)
    page_class = page_class_of(text)
    if text and page_class is None:
        message = _(
            "“%(word)s” is not a class of pages and was not taken over: визитка, флагман or активная is meant here."
        )
        reader.say(Severity.NOTE, message % {"word": text[:60]}, Column.STATUS)
    return page_class


def _connected(reader: _Reader) -> bool | None:
    text = reader.row.cells.get(Column.CONNECTED, "")
    answer = yes_or_no(text)
    if text and answer is None:
        reader.say(Severity.ERROR, _("Write “да” or “нет”, or leave the cell empty."), Column.CONNECTED)
    return answer


def _weekly_reach(reader: _Reader) -> int | None:
    text = reader.row.cells.get(Column.WEEKLY_REACH, "")
    if not text or (fold(text) in NOTHING and text != "0"):
        return None
    digits = re.sub(r"[.,]0+$", "", re.sub(r"[\s']", "", text))
    if not re.fullmatch(r"[0-9]{1,10}", digits) or int(digits) > MAX_INTEGER:
        message = _("A whole number of people is expected, such as 1250. Leave the cell empty where it is not known.")
        reader.say(Severity.ERROR, message, Column.WEEKLY_REACH)
        return None
    return int(digits)


def _email(reader: _Reader) -> str:
    email = reader.text(Column.EMAIL, 254)
    if not email:
        return ""
    try:
        validate_email(email)
    except ValidationError:
        reader.say(Severity.ERROR, _("This is not an e-mail address. Correct it or empty the cell."), Column.EMAIL)
        return ""
    if not reader.text(Column.ADMIN, 5000):
        message = _("The e-mail address was not taken over: the row does not say whose it is.")
        reader.say(Severity.WARNING, message, Column.EMAIL)
        return ""
    return email


def _pages(reader: _Reader) -> tuple[Address, ...]:
    vk = _vk_page(reader)
    others = [reader.address(column, platform) for platform, column in LINKS.items() if platform != PlatformCode.VK]
    return tuple(filter(None, [vk, *others]))


def _vk_page(reader: _Reader) -> Address | None:
    """One page out of its number, its link and the address in its settings; None = the institution keeps none."""
    link = reader.address(Column.VK_LINK, PlatformCode.VK)
    settings = reader.address(Column.VK_SETTINGS, PlatformCode.VK, Severity.WARNING)
    number = _vk_number(reader)
    if link and settings:
        link = _agreed(reader, link, settings)
    link = link or settings
    if not number:
        return link
    if link and link.external_id and link.external_id != number:
        message = _("The ID is %(id)s, but the link leads to %(handle)s. Correct one of them.")
        reader.say(Severity.ERROR, message % {"id": number, "handle": link.handle}, Column.VK_ID)
        return None
    return replace(link, external_id=number) if link else Address(PlatformCode.VK, f"club{number}", number)


def _agreed(reader: _Reader, link: Address, settings: Address) -> Address:
    """The page of the link, put together where one address is a number and the other a short name."""
    if bool(link.external_id) != bool(settings.external_id):
        named = settings if link.external_id else link
        return replace(named, external_id=link.external_id or settings.external_id)
    if link != settings:
        message = _("This address is not that of the link (%(handle)s). The link was taken.")
        reader.say(Severity.WARNING, message % {"handle": link.handle}, Column.VK_SETTINGS)
    return link


def _vk_number(reader: _Reader) -> str:
    text = re.sub(r"\s", "", reader.text(Column.VK_ID, 200)).lower()
    if not text:
        return ""
    number = re.fullmatch(r"(?:-|club|public|event)?0*([0-9]{1,20})(?:[.,]0+)?", text)
    if not number:
        message = _("The ID of a VK page is a number such as 12345678. Correct it or empty the cell.")
        reader.say(Severity.ERROR, message, Column.VK_ID)
        return ""
    return "" if number[1] == "0" else number[1]
