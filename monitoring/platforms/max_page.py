"""What the public page max.ru/<name> says. The channel stands in a script, as an object with bare or quoted keys."""

import json
import re
from dataclasses import asdict, dataclass, field

from .answers import answer_hash, bad_answer, counted, line, parse_html
from .base import Failure, PageReading, PageRef
from .presentation import presented

NOT_FOUND_PHRASE = "Не нашли чат по этой ссылке"
COUNT_KEY = "participantsCount"
MOST_OBJECTS = 20_000
_COUNT = re.compile(r"[0-9]{1,10}")
_CHAT_ID = re.compile(r"-\d{1,19}", re.ASCII)
# One token of a JavaScript object; a string that nobody closes reaches to the end, so that the scan stays linear.
_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.|\\\Z)*+(?:"|\Z)|'(?:[^'\\]|\\.|\\\Z)*+(?:'|\Z)|`(?:[^`\\]|\\.|\\\Z)*+(?:`|\Z))"""
    r"""|(?P<word>[A-Za-z_$][\w$]*|-?\d[\w.]*)|(?P<mark>[{}\[\]:,])""",
    re.DOTALL,
)


@dataclass(slots=True)
class _Object:
    """An object of a script: the key it stands under and its plain values, as written."""

    name: str
    values: dict[str, str] = field(default_factory=dict)


def read_public_page(page: PageRef, body: bytes) -> PageReading:
    """Exact subscribers, title, description, avatar of the channel behind a name; posts are not on the page.

    Raises PlatformError (bad answer) where the page neither has a count nor says that there is no such chat.
    """
    text = body.decode(errors="replace")
    channel = _channel(text)
    if channel is None:
        if NOT_FOUND_PHRASE in text:
            return PageReading(page.page_id, answer_hash(body), Failure.NOT_FOUND)
        raise bad_answer("max.ru: a page without a count", body)
    written = channel[COUNT_KEY].strip("\"'`")
    given = int(written) if _COUNT.fullmatch(written) else written
    title = line(_string(channel.get("title")) or _og_title(body))
    description = _string(channel["description"]) if "description" in channel else None
    people = counted(None if given in ("null", "undefined") else given)
    return PageReading(
        page.page_id,
        answer_hash(body),
        external_id=_chat_id(channel.get("id", "")),
        handle=page.handle.lower(),
        title=title,
        subscribers=people.value,
        subscribers_step=people.step,
        subscribers_raw=people.raw,
        has_avatar=bool(_string(channel["icon"])) if "icon" in channel else None,
        has_description=None if description is None else bool(description.strip()),
        **asdict(presented(page, description, title)),
    )


def _channel(text: str) -> dict[str, str] | None:
    """The values beside the count: of the object named `channel`, else of the first that has one.

    Strings are passed over whole, so a description that quotes the key does not count.
    """
    found: list[_Object] = []
    for script in re.findall(r"<script\b[^>]*>(.*?)</script", text, re.DOTALL | re.IGNORECASE):
        if COUNT_KEY in script:
            found += _objects(script)
    counted = [thing for thing in found if COUNT_KEY in thing.values]
    named = [thing for thing in counted if thing.name == "channel"]
    return (named or counted)[0].values if counted else None


def _objects(script: str) -> list[_Object]:
    """Every object of a script with its plain values. Raises PlatformError (bad answer) where they are too many."""
    objects: list[_Object] = []
    open_: list[_Object] = []
    last = key = ""
    for token in _TOKEN.finditer(script):
        written = token[0]
        if written == ":":
            key = last.strip("\"'`")
        elif written in "{[":
            open_.append(_Object(key))
            objects.append(open_[-1])
            if len(objects) > MOST_OBJECTS:
                raise bad_answer("max.ru: a script of too many objects", script.encode())
            key = ""
        elif written in "}]":
            if open_:
                open_.pop()
            key = ""
        elif written == ",":
            key = ""
        elif key and open_:
            open_[-1].values.setdefault(key, written)
            key = ""
        last = written
    return objects


def _chat_id(written: str) -> str:
    """The number by which bots know the channel, where the script has it; channels have negative ones."""
    return written if _CHAT_ID.fullmatch(written) else ""


def _string(written: str | None) -> str:
    """The text of a JavaScript string; "" for anything else. Of escapes, those of JSON are known."""
    if not written or written[0] not in "\"'`":
        return ""
    inner = written[1:-1].replace("\\'", "'").replace("\\`", "`")
    try:
        return str(json.loads(f'"{inner}"', strict=False)) if written[0] == '"' else inner
    except ValueError:
        return inner


def _og_title(body: bytes) -> str:
    node = parse_html(body).css_first('meta[property="og:title"]')
    return (node and node.attributes.get("content")) or ""
