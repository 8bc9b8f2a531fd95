"""PDF by typst: the award list, diplomas and certificates. PDF/A-2b, the same data gives the same bytes.

Data reaches a template as JSON in `sys.inputs`, so a name such as `#read("/etc/hosts")` is printed as it is written.
"""

import base64
import datetime as dt
import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import typst
from django.utils.translation import gettext as _

from awards.models import WordingKind
from monitoring.templatetags.figures import number

from .lines import Line, Paper
from .texts import Words, fill, head_values, line_values

FOLDER = Path(__file__).parent
STANDARD = "a-2b"
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"


def diplomas(paper: Paper, lines: Sequence[Line], words: Words) -> bytes:
    """A page a line."""
    pages = [_diploma(words.texts, line_values(paper, line), line.winner, _below(line)) for line in lines]
    title = f"{words.texts['heading']}: {paper.contest}, {paper.year}"
    return _sheets(title, pages, words, paper.moment, _("DRAFT") if paper.draft else "")


def _below(line: Line) -> str:
    """What stands under the name: where the person works, and the page."""
    texts = [text for text in (line.institution, line.title) if text and text != line.winner]
    return "\n".join(dict.fromkeys(texts))


def certificates(people: Sequence[Mapping[str, str]], words: Words, day: dt.date) -> bytes:
    """A page a person: {"имя": …, "мероприятие": …, …} with the placeholders of certificates."""
    pages = [_diploma(words.texts, values, values["имя"], "") for values in people]
    moment = dt.datetime.combine(day, dt.time(12), dt.UTC)
    return _sheets(words.texts["heading"], pages, words, moment, "")


def _diploma(texts: Mapping[str, str], values: Mapping[str, str], name: str, below: str) -> dict[str, object]:
    filled = {key: fill(text, values) for key, text in texts.items()}
    return {
        "heading": filled["heading"],
        "degree": filled["degree"],
        "intro": filled["intro"],
        "name": name,
        "below": below,
        "body": filled["body"].splitlines(),
        "post": filled["post"],
        "signer": filled["name"],
        "foot": ", ".join(text for text in (filled["city"], values.get("дата", "")) if text),
    }


def _sheets(title: str, pages: list[dict[str, object]], words: Words, moment: dt.datetime, draft: str) -> bytes:
    data = {
        "title": title,
        "draft": draft,
        "crest": as_svg(words.crest),
        "signature": as_svg(words.signature),
        "picture": _("Crest or signature"),
        "diplomas": pages,
    }
    return compiled("diploma.typ", data, moment)


def preview(sample: Paper, words: Words, kind: WordingKind) -> bytes:
    """PNG of the first page for a made-up winner."""
    line = sample.lines[0]
    values = line_values(sample, line) | {
        "мероприятие": line.nomination,
        "участие": _("has completed the training"),
        "часы": "16",
    }
    below = _below(line) if kind == WordingKind.DIPLOMA else ""
    data = {
        "title": words.texts["heading"],
        "draft": "",
        "crest": as_svg(words.crest),
        "signature": as_svg(words.signature),
        "picture": "",
        "diplomas": [_diploma(words.texts, values, line.winner, below)],
    }
    return compiled("diploma.typ", data, sample.moment, "png", 72)


def award_list(paper: Paper, words: Words) -> bytes:
    """The list by nominations, to be signed."""
    values = head_values(paper)
    filled = {key: fill(text, values) for key, text in words.texts.items()}
    data = {
        "title": f"{filled['heading']}: {paper.contest}, {paper.year}",
        "draft": _("DRAFT") if paper.draft else "",
        "heading": filled["heading"],
        "body": filled["body"].splitlines(),
        "columns": [_("Place"), _("Awarded"), _("Institution"), _("Diploma"), _("Points")],
        "nominations": [{"name": name, "rows": [_row(line) for line in lines]} for name, lines in paper.nominations],
        "post": filled["post"],
        "signer": filled["name"],
        "foot": f"sha256 {paper.digest}" if paper.digest else f"{paper.day:%d.%m.%Y}",
    }
    return compiled("list.typ", data, paper.moment)


def _row(line: Line) -> list[str]:
    return [
        "—" if line.place is None else str(line.place),
        line.winner,
        line.institution if line.institution != line.winner else line.title,
        line.degree_text,
        number(line.points, 2),  # rounded as on the screens: half a hundredth goes up
    ]


def compiled(
    template: str, data: Mapping[str, object], moment: dt.datetime | None, kind: str = "pdf", ppi: int = 96
) -> bytes:
    """A template of this folder, or one with its whole path, with its data: as PDF made at that moment, or its first
    page as SVG or as PNG at so many pixels an inch."""
    path = FOLDER / template
    options = {"pdf_standards": STANDARD, "timestamp": int(moment.timestamp())} if kind == "pdf" else {"ppi": ppi}
    made = typst.compile(
        str(path),
        root=str(path.parent),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        format=kind,
        **options,
    )
    return made[0] if isinstance(made, list) else made


def as_svg(picture: bytes | None) -> str:
    """A PNG or JPEG as an SVG, which a template takes as text; "" where there is none."""
    if not picture:
        return ""
    width, height = size_of(picture)
    kind = "png" if picture.startswith(PNG) else "jpeg"
    code = base64.b64encode(picture).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/{kind};base64,{code}"/></svg>'
    )


def size_of(picture: bytes) -> tuple[int, int]:
    """Width and height in pixels, read from the head of a PNG or JPEG. ValueError where it is neither, or broken."""
    try:
        if picture.startswith(PNG):
            return struct.unpack(">II", picture[16:24])
        if picture.startswith(JPEG):
            return _size_of_jpeg(picture)
    except (struct.error, IndexError) as error:
        raise ValueError("broken picture") from error
    raise ValueError("neither PNG nor JPEG")


def _size_of_jpeg(picture: bytes) -> tuple[int, int]:
    """From the frame header (SOF0 … SOF15 but for DHT, JPG, DAC), ITU T.81 B.2.2."""
    at = 2
    while picture[at] == 0xFF:
        marker, length = picture[at + 1], struct.unpack(">H", picture[at + 2 : at + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", picture[at + 5 : at + 9])
            return width, height
        at += 2 + length
    raise ValueError("broken picture")
