"""The 56 kinds of bad spreadsheets, each made by code, with what must become of it.

Ids are those of the list of bad inputs that the registry is held against: I01 … I56.
"""

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass

import xlsxwriter

from monitoring.registry.columns import Column

from . import hostile
from .spreadsheets import csv_text, grid, school, workbook, xlsx

TRAP = "http://127.0.0.1:9/trap"  # the test puts its listener's address in its place
HEADER = [Column.NAME, Column.OGRN]
NEEDS_NAME = "нет шапки таблицы"
DAMAGED = "Книга повреждена или защищена"
NOT_XLSX = "Это не книга .xlsx"
TOO_LARGE = "В распакованном виде книга слишком велика"
OLD = "Это старый формат .xls или файл с паролем"
NOT_A_NETWORK = "Система следит только за страницами этих сетей"
NOT_AN_ADDRESS = "не адрес сайта"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. names: what the institutions that it brings are called; empty = the file is refused. says: what stands
    in the report. in_form: refused before there is a report. files: of every one the same becomes."""

    id: str
    title: str
    files: Callable[[], list[bytes]]
    says: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    name: str = "registry.xlsx"
    in_form: bool = False


def one(make: Callable[..., bytes], *args: object) -> Callable[[], list[bytes]]:
    return lambda: [make(*args)]


def rows(*cells: dict[str, object]) -> Callable[[], list[bytes]]:
    """A file of these schools, one a row."""
    return lambda: [xlsx(*(school(number, **each) for number, each in enumerate(cells, 1)))]


def each_link(*links: str) -> Callable[[], list[bytes]]:
    """A file for each address, lest one hides what becomes of another."""
    return lambda: [xlsx(school(1, vk_link=link)) for link in links]


def text(*lines: str, encoding: str = "utf-8", newline: str = "\n") -> Callable[[], list[bytes]]:
    return lambda: [newline.join(lines).encode(encoding)]


def written(write: Callable[[xlsxwriter.Workbook], object], **options: object) -> Callable[[], list[bytes]]:
    def make() -> list[bytes]:
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, **options}) as book:
            write(book)
        return [buffer.getvalue()]

    return make


def hidden(book: xlsxwriter.Workbook) -> None:
    for title, number in (("Реестр", 1), ("Тайный", 2)):
        sheet = book.add_worksheet(title)
        for at, cells in enumerate(grid([school(number)])):
            sheet.write_row(at, 0, cells)
        sheet.set_row(1, None, None, {"hidden": True})
        sheet.set_column(1, 1, None, None, {"hidden": True})
    sheet.hide()


def merged(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet()
    sheet.merge_range(0, 0, 0, 3, "Реестр госпабликов края")
    for at, cells in enumerate(grid([school(1)]), 1):
        sheet.write_row(at, 0, cells)
    sheet.merge_range(1, 4, 1, 5, "Примечание")


def formulas(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER)
    sheet.write_formula(1, 0, '="Школа № "&1', None, "Школа № 1")


def uncomputed() -> bytes:
    return hostile.edited([school(1)], lambda book: book.active.__setitem__("A2", '="Школа № "&1'))


def dates(book: xlsxwriter.Workbook) -> None:
    """A text, a serial, a date by the book's system, and one that no calendar has."""
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, [*HEADER, "Дата регистрации"])
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    for at, value in enumerate(("26.10.2024", 45591, "31.02.2024"), 1):
        sheet.write_row(at, 0, [f"Школа № {at}", None, value])
    sheet.write_datetime(4, 0, dt.date(2024, 10, 26), day)


SHUFFLED = [["огрн ", "  НАИМЕНОВАНИЕ  подведомственной Организации", "Официальная страница не ведётся на основании"],
            ["", "Школа № 1", ""]]  # fmt: skip
PICTURES = [b"%PDF-1.7\n" + bytes(range(256)), b"\xff\xd8\xff\xe0" + bytes(range(256)), b"\x89PNG\r\n\x1a\n" + b"\xff"]
PASSWORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + bytes(600)
SCHOOL = ("Школа № 1",)
LOCAL = ("http://127.0.0.1/", "169.254.169.254", "http://[::1]/x", "http://2130706433/x", "https://vk.com.evil.ru/a",
         "https://vk.com@evil.ru/a", "http://0x7f000001/")  # fmt: skip

CONTAINER = [
    Kind("I01", "an empty file", lambda: [b" \r\n\t\n"], ("Файл пуст",), name="registry.csv"),
    Kind("I02", "an .xlsx of no bytes", lambda: [b""], ("пуст",), in_form=True),
    Kind("I03", "an old .xls", lambda: [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)], (OLD,), name="r.xls"),
    Kind(
        "I04",
        "an .xlsm with a macro",
        one(lambda: hostile.with_parts(xlsx(school(1)), {"xl/vbaProject.bin": b"x"})),
        ("В книге есть макросы",),
        name="registry.xlsm",
    ),
    Kind(
        "I05", "an .xlsb", one(hostile.archive, {"[Content_Types].xml": b"<x/>", "xl/workbook.bin": b"x"}), (NOT_XLSX,)
    ),
    Kind(
        "I06",
        "an .ods",
        one(hostile.archive, {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
        (NOT_XLSX,),
    ),
    Kind("I07", "a CSV called .xlsx", lambda: [csv_text(school(1)).encode()], names=SCHOOL),
    Kind(
        "I08",
        "HTML called .xls",
        lambda: [b"<html><table><tr><td>x</td></tr></table></html>"],
        ("Это веб-страница",),
        name="r.xls",
    ),
    Kind("I09", "PDF, JPEG and PNG called .xlsx", lambda: PICTURES, ("Ошибка",)),
    Kind("I10", "protected by a password", lambda: [PASSWORD], (OLD,)),
    Kind("I11", "a ZIP that breaks off", lambda: [xlsx(school(1))[:-600]], (DAMAGED,)),
    Kind("I12", "a ZIP bomb, 300 KB of 300 MB", lambda: [hostile.bomb(), hostile.strings_bomb()], (TOO_LARGE,)),
    Kind("I13", "a bomb of 100 000 entries", one(hostile.many_entries), (TOO_LARGE,)),
    Kind("I14", "entries with ../ and a symbolic link", one(hostile.escaping), names=SCHOOL),
]
XML = [
    Kind("I15", "billion laughs", one(hostile.billion_laughs), (DAMAGED,)),
    Kind(
        "I16",
        "an external entity",
        lambda: [hostile.external_entity("file:///etc/passwd"), hostile.external_entity(TRAP)],
        (DAMAGED,),
    ),
    Kind("I17", "a link to another workbook", one(hostile.linked, TRAP), names=SCHOOL),
    Kind(
        "I18",
        "a false dimension",
        lambda: [
            hostile.changed(
                xlsx(school(1)), hostile.SHEET, lambda part: part.replace(b'ref="A1:D2"', b'ref="A1:XFD1048576"')
            ),
            hostile.corners("A1048576"),
            hostile.corners("GS1048576"),
            hostile.corners("XFD1048576"),
        ],
        names=SCHOOL,
    ),
    Kind(
        "I19",
        "an index of strings out of range",
        lambda: [hostile.changed(xlsx(school(1)), hostile.SHEET, lambda part: part.replace(b"<v>5</v>", b"<v>99</v>"))],
        (DAMAGED,),
    ),
    Kind(
        "I20",
        "XML that is no UTF-8",
        lambda: [
            hostile.changed(
                xlsx(school(1)), hostile.STRINGS, lambda part: part.replace("Школа".encode(), b"\xff\xfe\xd0")
            )
        ],
        (DAMAGED,),
    ),
]
SHAPE = [
    Kind(
        "I21",
        "several sheets",
        lambda: [workbook({"А": grid([school(1)]), "Б": grid([school(2)]), "В": [["x"]]})],
        ("На листе нет шапки реестра",),
        ("Школа № 1", "Школа № 2"),
    ),
    Kind("I22", "a hidden sheet, hidden rows and columns", written(hidden), names=SCHOOL),
    Kind("I23", "a merged header", written(merged), ("Примечание",), SCHOOL),
    Kind(
        "I24",
        "the header in the third row",
        lambda: [workbook({"Р": [["Реестр"], [], *grid([school(1)])]})],
        names=SCHOOL,
    ),
    Kind("I25", "a header in another order, case, spaces, ё", lambda: [workbook({"Р": SHUFFLED})], names=SCHOOL),
    Kind(
        "I26",
        "the column that is needed is missing",
        lambda: [workbook({"Р": [[Column.OGRN, Column.LEVEL], ["", "МО"]]})],
        (NEEDS_NAME, "Наименование подведомственной организации"),
    ),
    Kind(
        "I27",
        "a column that nobody knows",
        lambda: [workbook({"Р": [[*HEADER, "Телефон"], ["Школа № 1", "", "5"]]})],
        ("Эти столбцы неизвестны и не прочитаны: «Телефон»",),
        SCHOOL,
    ),
    Kind(
        "I28",
        "two equal headers",
        lambda: [workbook({"Р": [[*HEADER, Column.OGRN], ["Школа № 1", "", ""]]})],
        ("Два столбца называются одинаково",),
    ),
    Kind(
        "I29",
        "10 000 empty rows at the end",
        lambda: [
            workbook({"Р": [*grid([school(1)]), *[[""] * 4] * 10_000]}),
            (csv_text(school(1)) + ";;;\r\n" * 10_000).encode(),
        ],
        names=SCHOOL,
    ),
    Kind("I30", "formulas with a stored value", written(formulas), names=SCHOOL),
]
# The other half of I30: the same kind, and yet another outcome.
UNCOMPUTED = Kind(
    "I30", "formulas without a stored value", one(uncomputed), ("Формула в этой ячейке не даёт значения",)
)
CSV = [
    Kind("I31", "cp1251", lambda: [csv_text(school(1)).encode("cp1251")], names=SCHOOL, name="r.csv"),
    Kind(
        "I32",
        "UTF-8 with a byte order mark",
        lambda: [csv_text(school(1)).encode("utf-8-sig")],
        names=SCHOOL,
        name="r.csv",
    ),
    Kind(
        "I33",
        "UTF-16",
        lambda: [csv_text(school(1)).encode(code) for code in ("utf-16", "utf-16-le", "utf-16-be")],
        names=SCHOOL,
        name="r.csv",
    ),
    Kind(
        "I34",
        "comma, semicolon, tab",
        lambda: [csv_text(school(1), delimiter=sign).encode() for sign in ",;\t"],
        names=SCHOOL,
        name="r.csv",
    ),
    Kind(
        "I35",
        "broken quotation marks",
        text(f"{Column.NAME};ОГРН", '"Школа "5"";1'),
        ("не сходятся кавычки",),
        name="r.csv",
    ),
    Kind(
        "I36",
        "a new line in a cell",
        lambda: [csv_text(school(1, name="Школа\n№ 1")).encode()],
        names=SCHOOL,
        name="r.csv",
    ),
    Kind("I37", "NUL bytes", lambda: [csv_text(school(1, name="Школа\0 № 1")).encode()], names=SCHOOL, name="r.csv"),
    Kind(
        "I38",
        "carriage returns alone",
        lambda: [csv_text(school(1), newline="\r").encode()],
        names=SCHOOL,
        name="r.csv",
    ),
]
VALUES = [
    Kind("I39", "one page twice in the file", rows({"vk_link": "vk.com/a1"}, {"vk_link": "https://m.vk.com/A1?w=1"}),
         ("Эта же страница указана в другой строке",)),
    Kind("I40", "what is in the base under another spelling", each_link("https://m.vk.com/public90", "@club90",
         "VK.COM/club90?from=search", "vk.com/club090/", "[club90|Школа]"), ("В реестре это страница учреждения",)),
    Kind("I41", "the address of a post", each_link("vk.com/wall-7_15", "https://vk.com/club7?w=wall-7_15"),
         names=SCHOOL),
    Kind("I42", "a person's own profile", each_link("vk.com/id15", "https://vk.com/wall15_3"),
         ("Это личная страница человека",)),
    Kind("I43", "another network", each_link("https://www.youtube.com/@school", "https://rutube.ru/channel/1"),
         (NOT_A_NETWORK,)),
    Kind("I44", "javascript:, data:, file:", each_link("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"),
         (NOT_AN_ADDRESS,)),
    Kind("I45", "this machine, a neighbour, names that look alike", each_link(*LOCAL), (NOT_A_NETWORK,)),
    Kind("I46", "a formula as a name", rows({"name": '=HYPERLINK("http://evil.example","x")'}),
         names=('=HYPERLINK("http://evil.example","x")',)),
    Kind("I47", "markup in a name", rows({"name": '<script>alert(1)</script><b hx-get="/x">'}),
         names=('<script>alert(1)</script><b hx-get="/x">',)),
    Kind("I48", "invisible and turning characters", rows({"name": "\u202eШко\u200bла\ufeff №\u00a01"}), names=SCHOOL),
    Kind("I49", "emoji and combining marks", rows({"name": "Шко\u0438\u0306ла 🏫"}), names=("Шкойла 🏫",)),
    Kind("I50", "32 767 characters", rows({"founder": "я" * 32_767}), ("В ячейке больше 5000 знаков",)),
    Kind("I51", "a number that Excel has shortened", rows({"ogrn": "1.0228E+12"}), ("последние цифры потеряны",)),
    Kind("I52", "dates as text, serials, of 1904, that do not exist", lambda: [*written(dates)(),
         *written(dates, date_1904=True)()], ("неизвестны и не прочитаны: «Дата регистрации»",),
         ("2024-10-26T00:00:00", "Школа № 1", "Школа № 2", "Школа № 3")),
    Kind("I53", "numbers with hard spaces", rows({"weekly_reach": "1\u00a0234"}, {"weekly_reach": "1\u202f234,0"}),
         names=("Школа № 1", "Школа № 2")),
    Kind("I54", "yes in every spelling", rows(*({"connected": word} for word in ("да", "Да", "+", 1, True, "ИСТИНА"))),
         names=tuple(f"Школа № {number}" for number in range(1, 7))),
    Kind("I55", "a territory of which there are two", rows({"municipality": "Двойной район"}),
         ("Муниципалитетов с таким названием несколько",)),
    Kind("I56", "a row that reaches into another region", lambda: [xlsx(school(1, vk_link="vk.com/foreign")),
         xlsx(school(1, oktmo="20601000"))], ("регион",)),
]  # fmt: skip
KINDS = [*CONTAINER, *XML, *SHAPE, *CSV, *VALUES, UNCOMPUTED]
