"""What t.me's two pages of a channel say. An unknown name is a page without a counter, never a 404."""

import base64
import dataclasses
import datetime as dt
import json
import re
from dataclasses import asdict, dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from .answers import answer_hash, bad_answer, counted, line, number, parse_html, text_hash
from .base import Content, Failure, PageReading, PageRef, PostKind, PostReading, WallReading
from .presentation import presented

_SUBSCRIBERS = re.compile(r"\s*(.*?)\s*(?:subscriber|подписчик)", re.IGNORECASE | re.DOTALL)
_NOT_A_CHANNEL = re.compile(r"^\s*@|member|online|monthly user|участник|пользовател", re.IGNORECASE)
_CONTACT_TITLE = "Telegram: Contact @"
_LOGO = "telegram.org/img/"
_POST_ADDRESS = re.compile(r"([^/]+)/(\d{1,18})")
_BOTS_COUNT_FROM = 1_000_000_000_000  # channel 5 is -1000000000005 to them
CONTENT = {
    Content.PICTURE: ".tgme_widget_message_photo_wrap",
    Content.VIDEO: ".tgme_widget_message_video_wrap, .tgme_widget_message_video_player, "
    ".tgme_widget_message_roundvideo_player",
    Content.LINK: ".tgme_widget_message_link_preview",
}
_BEFORE = re.compile(r"[?&]before=(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Feed:
    """One page of a feed. before: id that the next older page is asked with, None = there is none.

    oldest: when the oldest message, service messages included, was published; None = no messages. channel_id: as bots
    have it (-100…), "" where no message tells.
    """

    posts: tuple[PostReading, ...]
    before: int | None
    oldest: dt.datetime | None
    channel_id: str = ""


def read_landing(page: PageRef, body: bytes) -> PageReading:
    """The channel behind t.me/<name>: exact subscribers, title, description, avatar.

    A person, a bot, a group and a free name are `not found`. Raises PlatformError (bad answer) for a page that is
    neither these nor a channel with its counter: the markup has changed, or somebody else answered.
    """
    tree = parse_html(body)
    extras = [node.text() for node in tree.css("div.tgme_page_extra")]
    counter = next(filter(None, map(_SUBSCRIBERS.match, extras)), None)
    if counter is None:
        title = tree.css_first("div.tgme_page_title")
        free = title is None and _meta(tree, "og:title").startswith(_CONTACT_TITLE)
        if free or any(_NOT_A_CHANNEL.search(text) for text in extras):
            return PageReading(page.page_id, answer_hash(body), Failure.NOT_FOUND)
        raise bad_answer("t.me: a page without a counter", body)
    people = counted(counter[1])
    node = tree.css_first("div.tgme_page_description")
    description = node.text(separator=" ", strip=True) if node else ""
    title = line(_text(tree, "div.tgme_page_title") or _meta(tree, "og:title"))
    return PageReading(
        page.page_id,
        answer_hash(body),
        handle=page.handle.lower(),
        title=title,
        subscribers=people.value,
        subscribers_step=people.step,
        subscribers_raw=people.raw,
        has_avatar=_has_avatar(tree),
        has_description=bool(description),
        **asdict(presented(page, description, title)),
    )


def read_feed(handle: str, body: bytes) -> Feed:
    """The messages of t.me/s/<name> that are the channel's posts.

    Service messages are none, nor are blocks of other channels; an album is one post.
    Raises PlatformError (bad answer) where the page is no feed or a message is not as agreed.
    """
    tree = parse_html(body)
    posts, dates, channel_id = [], [], ""
    for node in tree.css("div.tgme_widget_message[data-post]"):
        address = _POST_ADDRESS.fullmatch(node.attributes["data-post"] or "")
        # Names are the same in any letter case.
        if not address or address[1].lower() != handle.lower():
            continue
        channel_id = channel_id or _channel_id(node.attributes.get("data-view") or "")
        published = _published(node)
        service = "service_message" in (node.attributes.get("class") or "").split()
        if published:
            dates.append(published)
        if service:
            continue
        if not published:
            raise bad_answer("t.me: a message without a date", body)
        posts.append(_post(node, address[2], published))
    if not dates and not tree.css_first(".tgme_channel_history, .tme_no_messages_found"):
        raise bad_answer("t.me: not a feed", body)
    return Feed(tuple(posts), _before(tree), min(dates, default=None), channel_id)


def with_zero_likes(wall: WallReading) -> WallReading:
    """Where one post of a wall shows reactions, a post without any has 0 of them; where none does, they may be off."""
    if all(post.likes is None for post in wall.posts):
        return wall
    posts = tuple(dataclasses.replace(post, likes=post.likes or 0) for post in wall.posts)
    return dataclasses.replace(wall, posts=posts)


def _post(node: LexborNode, post_id: str, published: dt.datetime) -> PostReading:
    shown = node.css_first("span.tgme_widget_message_views")
    views, step = (shown and number(shown.text())) or (None, 1)
    return PostReading(
        external_id=post_id,
        published_at=published,
        kind=PostKind.REPOST if node.css_first(".tgme_widget_message_forwarded_from") else PostKind.OWN,
        views=views,
        views_step=step,
        likes=_reactions(node),
        text_hash=text_hash(_words(node)),
        content=_content(node),
    )


def _content(node: LexborNode) -> int:
    """A picture, a video, the preview of a link, by the classes of their blocks."""
    found = Content(0)
    for kind, selector in CONTENT.items():
        if node.css_first(selector):
            found |= kind
    return int(found)


def _channel_id(view: str) -> str:
    """Of a message's data-view: Base64 of `{"c":-1769674427,"p":"4656g",…}`, where c is the channel's number."""
    try:
        found = json.loads(base64.b64decode(view[:1000] + "==", altchars=b"-_"))
    except (ValueError, RecursionError):
        return ""
    number = found.get("c") if isinstance(found, dict) else None
    return str(number - _BOTS_COUNT_FROM) if type(number) is int and -_BOTS_COUNT_FROM < number < 0 else ""


def _words(node: LexborNode) -> str:
    text = node.css_first("div.tgme_widget_message_text")
    return text.text(separator=" ") if text else ""


def _reactions(node: LexborNode) -> int | None:
    """The sum of the reactions, without paid ones: those count stars that were bought, not people who reacted."""
    reactions = [r for r in node.css(".tgme_reaction") if "tgme_reaction_paid" not in (r.attributes.get("class") or "")]
    # Own text only: an emoji inside may itself be a digit.
    counts = [counted[0] for counted in (number(r.text(deep=False)) for r in reactions) if counted]
    return sum(counts) if counts else None


def _published(node: LexborNode) -> dt.datetime | None:
    """The date in the message's own link: videos and voice messages hold other times."""
    time = node.css_first("a.tgme_widget_message_date time[datetime]")
    try:
        moment = dt.datetime.fromisoformat((time and time.attributes["datetime"]) or "")
        return moment.astimezone(dt.UTC) if moment.tzinfo and 2000 < moment.year < 2100 else None
    except (ValueError, OverflowError):
        return None


def _before(tree: LexborHTMLParser) -> int | None:
    more = tree.css_first("a.tme_messages_more[data-before]")
    before = more.attributes["data-before"] if more else None
    if not before:
        link = tree.css_first("link[rel=prev][href]")
        found = _BEFORE.search((link and link.attributes["href"]) or "")
        before = found[1] if found else None
    return int(before) if before and before.isascii() and before.isdigit() and len(before) < 19 else None


def _has_avatar(tree: LexborHTMLParser) -> bool | None:
    picture = tree.css_first("img.tgme_page_photo_image[src]")
    pictures = [url for url in ((picture and picture.attributes["src"]) or "", _meta(tree, "og:image")) if url]
    return any(_LOGO not in url for url in pictures) if pictures else None


def _text(tree: LexborHTMLParser, selector: str) -> str:
    node = tree.css_first(selector)
    return node.text(strip=True) if node else ""


def _meta(tree: LexborHTMLParser, name: str) -> str:
    node = tree.css_first(f'meta[property="{name}"]')
    return (node and node.attributes.get("content")) or ""
