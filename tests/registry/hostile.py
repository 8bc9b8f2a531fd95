"""Workbooks that no spreadsheet program writes, made by code."""

import io
import stat
import zipfile
from collections.abc import Callable

import openpyxl

from .spreadsheets import Row, grid, school, xlsx

SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def archive(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return buffer.getvalue()


def changed(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        parts = {entry: old.read(entry) for entry in old.namelist()}
    return archive(parts | {name: change(parts[name])})


def with_parts(content: bytes, parts: dict[str, bytes]) -> bytes:
    """The workbook with more parts in it."""
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return buffer.getvalue()


def bomb() -> bytes:
    """300 KB that unpack to 300 MB in one cell."""
    cell = b'<row r="3"><c r="A3" t="inlineStr"><is><t>' + b"x" * 300_000_000 + b"</t></is></c></row></sheetData>"
    return changed(xlsx(school(1)), SHEET, lambda part: part.replace(b"</sheetData>", cell))


def strings_bomb() -> bytes:
    """Three million shared strings in less than half a megabyte."""
    strings = b"<si><t>Some text of a usual length in a cell</t></si>" * 3_000_000
    return changed(xlsx(school(1)), STRINGS, lambda part: part.replace(b"</sst>", strings + b"</sst>"))


def below_the_limits(megabytes: int = 95) -> bytes:
    """A cell that unpacks to just less than what is refused unread."""
    cell = b'<row r="3"><c r="A3" t="inlineStr"><is><t>' + b"x" * megabytes * 1_000_000
    return changed(
        xlsx(school(1)),
        SHEET,
        lambda part: part.replace(b"</sheetData>", cell + b"</t></is></c></row></sheetData>"),
    )


def many_entries(count: int = 100_000) -> bytes:
    buffer = io.BytesIO(xlsx(school(1)))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_STORED) as packed:
        for number in range(count):
            packed.writestr(zipfile.ZipInfo(f"{number:x}"), b"")
    return buffer.getvalue()


def escaping() -> bytes:
    """A good workbook with entries that lead out of the folder, and with a symbolic link."""
    buffer = io.BytesIO(xlsx(school(1)))
    with zipfile.ZipFile(buffer, "a") as packed:
        packed.writestr("../escaped.txt", "x")
        packed.writestr("/tmp/escaped.txt", "x")
        link = zipfile.ZipInfo("xl/link")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        packed.writestr(link, "/etc/passwd")
    return buffer.getvalue()


def billion_laughs() -> bytes:
    entities = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10 if n else b"ha") for n in range(10))
    return declared(b"<!DOCTYPE x [" + entities + b"]>", b"&a9;")


def external_entity(address: str) -> bytes:
    return declared(b'<!DOCTYPE x [<!ENTITY a SYSTEM "' + address.encode() + b'">]>', b"&a;")


def declared(doctype: bytes, text: bytes) -> bytes:
    """A workbook whose strings begin with a declaration and hold `text`."""

    def change(part: bytes) -> bytes:
        part = part.replace(b"?>", b"?>" + doctype, 1)
        return part.replace(b"<t>\xd0\xa8", b"<t>" + text + b"\xd0\xa8", 1)

    return changed(xlsx(school(1)), STRINGS, change)


def linked(address: str) -> bytes:
    """A workbook with a link to another one at that address."""
    relation = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "xl/externalLinks/externalLink1.xml": b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/'
        b'2006/main"><externalBook xmlns:r="' + relation + b'" r:id="rId1"/></externalLink>',
        "xl/externalLinks/_rels/externalLink1.xml.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/'
        b'package/2006/relationships"><Relationship Id="rId1" Type="' + relation + b'/externalLinkPath" Target="'
        + address.encode()
        + b'" TargetMode="External"/></Relationships>',
    }  # fmt: skip
    return with_parts(xlsx(school(1)), parts)


def corners(*cells: str) -> bytes:
    """A small workbook with an x in far cells."""
    return edited([school(1)], lambda book: [book.active.__setitem__(cell, "x") for cell in cells])


def edited(rows: list[Row], edit: Callable[[openpyxl.Workbook], object]) -> bytes:
    """A workbook as openpyxl writes it, edited before."""
    book = openpyxl.Workbook()
    for row in grid(rows):
        book.active.append(row)
    edit(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def long_sheet(rows: int, columns: int) -> bytes:
    """Many short numbers under a header."""
    head = b"".join(b'<c t="inlineStr"><is><t>%s</t></is></c>' % text.encode() for text in grid([school(1)])[0])
    row = b"<row>" + b"<c><v>1</v></c>" * columns + b"</row>"

    def change(part: bytes) -> bytes:
        start, end = part.index(b"<sheetData>") + len(b"<sheetData>"), part.index(b"</sheetData>")
        return part[:start] + b"<row>" + head + b"</row>" + row * rows + part[end:]

    return changed(xlsx(school(1)), SHEET, change)
