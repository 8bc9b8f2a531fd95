"""PDF by typst: A4, PDF/A, Cyrillic that can be searched and copied; the same list gives the same bytes."""

import io
import struct
import zlib

import pytest
from pypdf import PdfReader

from awards.models import Degree, WordingKind
from awards.papers.pdf import award_list, certificates, diplomas, preview, size_of
from awards.papers.texts import Words, defaults

from .worlds import HOSTILE, file, line, paper

DIPLOMA, LIST = Words(defaults(WordingKind.DIPLOMA)), Words(defaults(WordingKind.LIST))
CERTIFICATE = Words(defaults(WordingKind.CERTIFICATE))
A4 = {595, 842}


def png(width: int = 40, height: int = 20) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\x00" + b"\x10\x80\x70" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def read(data: bytes) -> PdfReader:
    return PdfReader(file(data))


def text_of(data: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in read(data).pages).split())


def fonts_of(data: bytes) -> dict[str, bool]:
    """{font: whether it is embedded}."""
    found = {}
    for page in read(data).pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            found[str(inner["/BaseFont"])] = any("/FontFile" in key for key in inner["/FontDescriptor"].get_object())
    return found


# --- diplomas ---------------------------------------------------------------------------------------------------------


def test_a_diploma_a_page_with_name_degree_nomination_and_institution():
    data = diplomas(paper(), [line(), line("Вымышленный Борис", degree=Degree.LAUREATE)], DIPLOMA)
    assert len(read(data).pages) == 2
    for part in ("ДИПЛОМ", "I степени", "Вымышленная Анна", "«Лучший госпаблик»", "МБУК «Библиотека»", "лауреата"):
        assert part in text_of(data)


def test_a_diploma_is_a_sheet_of_a4():
    box = read(diplomas(paper(), [line()], DIPLOMA)).pages[0].mediabox
    assert {round(box.width), round(box.height)} == A4


def test_every_font_is_embedded_so_that_cyrillic_is_seen_everywhere():
    found = fonts_of(diplomas(paper(), [line()], DIPLOMA))
    assert found
    assert all(found.values())


def test_a_diploma_is_pdf_a_for_the_archive():
    assert 'pdfaid:part="2"' in read_metadata(diplomas(paper(), [line()], DIPLOMA)).replace(
        "<pdfaid:part>2</pdfaid:part>", 'pdfaid:part="2"'
    )


def read_metadata(data: bytes) -> str:
    return read(data).trailer["/Root"]["/Metadata"].get_object().get_data().decode()


def test_the_same_list_gives_the_same_bytes():
    assert diplomas(paper(), [line()], DIPLOMA) == diplomas(paper(), [line()], DIPLOMA)


def test_a_diploma_of_a_draft_says_so():
    assert "ПРОЕКТ" in text_of(diplomas(paper(draft=True), [line()], DIPLOMA))


def test_hostile_names_are_printed_as_they_are_written():
    text = text_of(diplomas(paper(), [line(HOSTILE, institution="", title="")], DIPLOMA))
    for part in ('#read("/etc/passwd")', "*жирно*", "$x$", "{{ 7*7 }}", "<script>"):
        assert part in text


def test_a_very_long_name_stays_on_its_page():
    name = "Муниципальное бюджетное общеобразовательное учреждение средняя школа " * 5
    assert len(read(diplomas(paper(), [line(name)], DIPLOMA)).pages) == 1


def test_the_regions_own_words_and_pictures_stand_on_the_diploma():
    words = Words(
        DIPLOMA.texts | {"heading": "Грамота", "body": "за {место}-е место"}, crest=png(), signature=png(60, 20)
    )
    data = diplomas(paper(), [line()], words)
    assert "ГРАМОТА" in text_of(data)
    assert "за 1-е место" in text_of(data)
    assert len(read(data).pages[0].images) == 2


# --- the list and certificates ----------------------------------------------------------------------------------------


def test_the_award_list_has_each_nomination_with_places_and_a_line_to_sign():
    text = text_of(award_list(paper(line(), line("Вымышленный Борис", nomination="Рост года", points=None)), LIST))
    for part in ("Наградной список", "Лучший госпаблик", "91,53", "Рост года", "нет данных", "Руководитель Центра"):
        assert part in text


def test_points_are_rounded_as_on_the_screens():
    """A half goes up; 98.125 would else be 98,12 on paper and 98,13 in the rating."""
    assert "98,13" in text_of(award_list(paper(line(points=98.125)), LIST))


def test_the_seal_of_a_signed_list_stands_on_it():
    assert f"sha256 {'ab' * 32}" in text_of(award_list(paper(), LIST)).replace(" ab", " ab")


def test_a_certificate_a_page():
    people = [{"имя": f"Вымышленный {n}", "мероприятие": "Форум госпабликов"} for n in range(3)]
    data = certificates(people, CERTIFICATE, paper().day)
    assert len(read(data).pages) == 3
    assert "«Форум госпабликов»" in text_of(data)


def test_the_preview_is_a_picture():
    assert size_of(preview(paper(), DIPLOMA, WordingKind.DIPLOMA)) == (842, 595)


# --- pictures ---------------------------------------------------------------------------------------------------------


def test_the_size_of_a_png_is_read_from_its_head():
    assert size_of(png(300, 200)) == (300, 200)


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\x00", b"<svg/>"]
)
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(ValueError, match=r"picture|PNG"):
        size_of(data)


def test_a_jpeg_is_read_too():
    head = b"\xff\xd8\xff\xe0" + struct.pack(">H", 4) + b"\0\0" + b"\xff\xc0" + struct.pack(">HBHH", 11, 8, 120, 90)
    assert size_of(io.BytesIO(head + b"\0" * 20).read()) == (90, 120)
