"""Making sense of what networks answer: JSON, HTML, rounded numbers. All of it is hostile until read."""

import datetime as dt
import hashlib
import json
import re
from typing import Annotated, Any, NamedTuple, TypeVar

import msgspec
from selectolax.lexbor import LexborHTMLParser

from .base import Failure, PlatformError

# Larger or negative numbers are a fault of the answer; the bound is what the database's columns hold.
MOST = 2_147_483_647
Count = Annotated[int, msgspec.Meta(ge=0, le=MOST)]
Id = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
# Unix seconds up to the year 2100.
Moment = Annotated[int, msgspec.Meta(ge=0, le=4_102_444_800)]
MomentMs = Annotated[int, msgspec.Meta(ge=0, le=4_102_444_800_000)]

TITLE_LENGTH = 300
RAW_LENGTH = 100
# Parsing time grows with the square of open elements: 5 000 take 0.02 s, unclosed formatting ones far more.
OPEN_ELEMENTS = 1000
SIMPLE_PAGE_TAGS = 1000
_TAG = re.compile(rb"<(/?)([A-Za-z][A-Za-z0-9-]*)[^>]*?(/?)>?")
_VOID = frozenset(b"area base br col embed hr img input link meta source track wbr".split())
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\s]+")
# "10 612 280", "12.3K", "1,2M": the separators between digits are spaces of several kinds, or commas.
_NUMBER = re.compile(
    r"(?<![\w.,\-−–])([0-9]{1,3}(?:[\s,][0-9]{3}){1,4}|[0-9]{1,12})(?:[.,]([0-9]{1,3}))?\s*(тыс\.?|млн\.?|[KMкм]?)(?!\w)",
    re.IGNORECASE,
)
_SCALE = {"": 1, "k": 1_000, "к": 1_000, "т": 1_000, "m": 1_000_000, "м": 1_000_000}

# Texts shorter than this, without spaces, links and signs, are alike by chance.
TELLING_LETTERS = 60
_LINKS = re.compile(r"https?://\S+|[#@]\S+")
_SIGNS = re.compile(r"[\W_]+")

T = TypeVar("T")


class Counted(NamedTuple):
    """A count as a network gave it. value None with raw "" = not given; with raw = what was given is no sane count.

    step: 1 = exact, 100 = rounded to hundreds.
    """

    value: int | None = None
    step: int = 1
    raw: str = ""


def decode(body: bytes) -> Any:
    """The JSON value in `body`, NaN and Infinity among the numbers. Raises PlatformError (bad answer) for others."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise bad_answer("not JSON", body) from None


def convert(value: Any, kind: type[T]) -> T:
    """`value`, out of a JSON answer, as `kind`; strict: "5" is no number. Raises PlatformError (bad answer)."""
    try:
        return msgspec.convert(value, kind)
    except (msgspec.ValidationError, OverflowError, RecursionError) as error:
        # The message names types and a path such as `$.items[0].date`, never a value.
        detail = str(error) if isinstance(error, msgspec.ValidationError) else "numbers out of range"
    raise bad_answer(detail[:200], value)


def bad_answer(detail: str, answer: Any) -> PlatformError:
    """The failure of an answer (or a piece of one) that cannot be understood: its hash is kept, the answer is not."""
    return PlatformError(Failure.BAD_ANSWER, detail, answer_hash=answer_hash(answer))


def answer_hash(value: Any) -> str:
    """SHA-256 (hex) of a piece of a JSON answer in canonical form: sorted keys, no spaces; of bytes as they are."""
    if not isinstance(value, bytes):
        try:
            value = _canonical(value)
        except (RecursionError, UnicodeEncodeError):
            raise PlatformError(Failure.BAD_ANSWER, "text out of range") from None
    return hashlib.sha256(value).hexdigest()


def _canonical(value: Any) -> bytes:
    try:
        return msgspec.json.encode(value, order="sorted")
    except OverflowError:  # numbers over 64 bits
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def parse_html(body: bytes) -> LexborHTMLParser:
    """The tree of a page whose size was capped. Raises PlatformError (bad answer) where it nests beyond reason."""
    if body.count(b"<") > SIMPLE_PAGE_TAGS:
        _refuse_deep_nesting(body)
    return LexborHTMLParser(body)


def _refuse_deep_nesting(body: bytes) -> None:
    """Counts elements opened and not closed, each name by itself: a stray `</x>` closes no `<div>`."""
    depth: dict[bytes, int] = {}
    total = 0
    for tag in _TAG.finditer(body):
        closing, name, itself = tag[1], tag[2].lower(), tag[3]
        if name in _VOID or itself:
            continue
        step = -1 if closing else 1
        if depth.get(name, 0) + step >= 0:
            depth[name] = depth.get(name, 0) + step
            total += step
        if total > OPEN_ELEMENTS:
            raise bad_answer("the page nests too deep", body)


def number(text: str) -> tuple[int, int] | None:
    """The first number of a page's text and its step: "10 612 280 people" -> (10612280, 1), "12.3K" -> (12300, 100).

    None where there is none, or none that a network would write.
    """
    return _value(_NUMBER.search(text))


def _value(found: re.Match[str] | None) -> tuple[int, int] | None:
    if not found or (found[2] and not found[3]):
        return None
    whole, fraction, letter = found[1], found[2] or "", found[3][:1].lower()
    scale = _SCALE[letter]
    step = max(scale // 10 ** len(fraction), 1)
    value = int(re.sub(r"\D", "", whole)) * scale + int(fraction or 0) * step
    return (value, step) if value <= MOST else None


def counted(given: object) -> Counted:
    """A count out of a JSON answer, whatever it is: 816, "816", "1 234", "12,3K", null, -5, NaN, [], "many"."""
    if given is None or given == "":
        return Counted(raw="" if given is None else '""')
    if type(given) is float and given.is_integer() and abs(given) <= MOST:
        given = int(given)
    if type(given) is int and 0 <= given <= MOST:
        return Counted(given)
    if isinstance(given, str):
        found = _value(_NUMBER.fullmatch(given.strip()))
        if found:
            return Counted(*found)
    try:
        raw = line(str(given), RAW_LENGTH)
    except RecursionError:  # a list as deep as JSON may be
        raw = ""
    return Counted(raw=raw or "?")


def counter(thing: object, name: str = "count") -> Counted:
    """A count that stands inside an object, such as {"count": 9}; not given where there is no object."""
    return counted(thing.get(name)) if isinstance(thing, dict) else Counted()


def text_hash(text: object) -> int | None:
    """63 bits that are the same for the same words: of SHA-256 over letters and digits in lower case, ё as е, without
    links, hashtags and names. None where too little is left to tell texts apart, or `text` is none."""
    if not isinstance(text, str):
        return None
    plain = _SIGNS.sub("", _LINKS.sub("", text.lower().replace("ё", "е")))
    if len(plain) < TELLING_LETTERS:
        return None
    return int.from_bytes(hashlib.sha256(plain.encode(errors="replace")).digest()[:8]) >> 1


def line(text: str | None, length: int = TITLE_LENGTH) -> str:
    """A network's text as one line that a database takes: no control characters, at most `length` characters."""
    return _UNPRINTABLE.sub(" ", text or "").strip()[:length]


def moment(seconds: float) -> dt.datetime:
    """Unix seconds as an aware moment in UTC."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
