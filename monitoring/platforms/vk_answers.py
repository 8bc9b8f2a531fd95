"""What VK's answers say: communities, their menus and marks, and the posts of their walls."""

import re
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from .answers import Id, Moment, answer_hash, convert, counted, counter, line, moment, parse_html, text_hash
from .base import Content, Failure, PageReading, PageRef, PlatformError, PostKind, PostReading, PosWidget
from .batches import WallSoFar, no_page
from .presentation import presented

POSTS_A_CALL = 100
# Thirty days of most pages fit into so many; 25 full walls would come near the 5 MB that execute may answer.
POSTS_OF_FIRST_CALL = 40
POS_HOST = "pos.gosuslugi.ru"
MARK_CLASS = "GovernmentCommunityBadge"
# Not yet, or never, on the wall as the page's own post.
FOREIGN_POSTS = frozenset({"reply", "postpone", "suggest"})

ATTACHED = {
    **dict.fromkeys(("photo", "posted_photo", "album", "graffiti", "photos_list"), Content.PICTURE),
    **dict.fromkeys(("video", "clip", "short_video", "video_playlist"), Content.VIDEO),
    "link": Content.LINK,
}

NUMBERED = re.compile(r"(?:club|public|event)(\d{1,18})")
HANDLE = re.compile(r"[A-Za-z0-9_.]{1,100}")
# VK's own pictures for communities without an avatar: …/images/community_50.png, camera_200.gif, deactivated_100.png.
_STUB_PICTURE = re.compile(r"/images/(?:community|camera|deactivated|question)[^/]*$")


class _Cover(msgspec.Struct):
    enabled: int | bool = 0


class _MenuItem(msgspec.Struct):
    url: str = ""


class _Menu(msgspec.Struct):
    items: list[_MenuItem] = []


class _Group(msgspec.Struct):
    id: Id
    name: str = ""
    screen_name: str = ""
    is_closed: int = 0
    type: str = "group"
    deactivated: str = ""
    members_count: Any = None
    photo_50: str | None = None
    photo_100: str | None = None
    photo_200: str | None = None
    description: str | None = None
    site: Any = None
    contacts: Any = None
    cover: _Cover | None = None
    menu: _Menu | None = None
    is_government_organization: bool | int | None = None


# An old pinned post stands first; `views` is absent on old posts. A counter may be anything and fails no wall.
class _Post(msgspec.Struct):
    id: Id
    date: Moment
    owner_id: int = 0
    text: Any = None
    post_type: str = "post"
    marked_as_ads: int | bool = 0
    is_pinned: int | bool = 0
    is_deleted: int | bool = 0
    copy_history: list[Any] = []
    views: Any = None
    likes: Any = None
    comments: Any = None
    reposts: Any = None
    attachments: Any = None


class _Wall(msgspec.Struct):
    items: list[_Post]
    count: int = 0


def read_page(
    page: PageRef, found: dict[str, Any], menus_given: bool, read_mark: Callable[[str, int], bool | None]
) -> PageReading:
    """A group object as a reading.

    menus_given: some group of the same answer has a menu. read_mark(handle, id): asks the page itself for the state
    mark, used where the answer does not tell.
    """
    try:
        proof = answer_hash(found)
        group = convert(found, _Group)
    except PlatformError as error:
        return no_page(page, error)
    known = {
        "page_id": page.page_id,
        "answer_hash": proof,
        "external_id": str(group.id),
        "handle": _handle(group),
        "title": line(group.name),
    }
    failure = _failure(group)
    if failure:
        return PageReading(**known, failure=failure)
    mark = group.is_government_organization
    links = _menu_links(group, menus_given)
    people = counted(group.members_count)
    return PageReading(
        **known,
        closed=bool(group.is_closed),
        subscribers=people.value,
        subscribers_step=people.step,
        subscribers_raw=people.raw,
        has_avatar=_has_avatar(group),
        has_cover=None if group.cover is None else bool(group.cover.enabled),
        has_description=None if group.description is None else bool(group.description.strip()),
        **asdict(presented(page, group.description, known["title"], site=site_of(group.site), contacts=group.contacts)),
        state_mark=read_mark(known["handle"], group.id) if mark is None else bool(mark),
        pos_widget=None if links is None else pos_widget(links, page.ogrn),
        # Any menu button counts: so did the dashboard whose weights the methodology keeps.
        widgets=None if links is None else min(len(links), 2),
    )


def site_of(given: Any) -> str:
    """A field that may be anything and fails no page."""
    return given if isinstance(given, str) else ""


def _handle(group: _Group) -> str:
    """The short name; `club123` where the page has none of its own."""
    handle = group.screen_name.lower()
    numbered = NUMBERED.fullmatch(handle)
    if not HANDLE.fullmatch(handle) or (numbered and int(numbered[1]) == group.id):
        return f"club{group.id}"
    return handle


def _failure(group: _Group) -> Failure | None:
    if group.type not in ("group", "page", "event"):
        return Failure.NOT_FOUND
    if group.deactivated:
        return Failure.DELETED if group.deactivated == "deleted" else Failure.BLOCKED
    if group.members_count is None and group.is_closed:
        return Failure.CLOSED
    return None


def _has_avatar(group: _Group) -> bool | None:
    pictures = [url for url in (group.photo_200, group.photo_100, group.photo_50) if url]
    if not pictures:
        return None
    return not any(_STUB_PICTURE.search(url.partition("?")[0]) for url in pictures)


def _menu_links(group: _Group, menus_given: bool) -> list[str] | None:
    """Addresses behind the menu buttons; None where VK does not say: a closed page, or no menu in the whole answer."""
    if group.menu is None:
        return None if group.is_closed or not menus_given else []
    return [item.url for item in group.menu.items]


def pos_widget(links: Iterable[str], ogrn: str) -> PosWidget:
    """Judge a page's menu by its ПОС links: right where one of them carries the institution's ОГРН.

    Links are read as people leave them: spaces inside (`utm_mediu%20m`, even inside the ОГРН) do not count.
    """
    found = PosWidget.ABSENT
    for link in links:
        plain = re.sub(r"\s", "", unquote(link))
        try:
            host = urlsplit(plain if "//" in plain else f"//{plain}").hostname
        except ValueError:
            continue
        if host != POS_HOST:
            continue
        if not ogrn:
            found = PosWidget.PRESENT
        elif ogrn in re.findall(r"\d+", plain):
            return PosWidget.RIGHT
        else:
            found = PosWidget.WRONG
    return found


def state_mark(body: bytes, group_id: int) -> bool | None:
    """Whether a community's page shows the state's badge; None where the page is not recognisably that community's.

    Raises PlatformError (bad answer) where the page cannot be parsed.
    """
    if MARK_CLASS.encode() in body and parse_html(body).css_first(f'[class*="{MARK_CLASS}"]'):
        return True
    return False if str(group_id).encode() in body else None


def add_posts(wall: WallSoFar, answer: Any, key: str) -> None:
    """Put a piece of the wall to what was read before. Raises PlatformError where it is none, or a person's wall."""
    if isinstance(answer, PlatformError):
        raise answer
    proof = answer_hash(answer)
    piece = convert(answer, _Wall)
    if any(post.owner_id > 0 for post in piece.items):
        raise PlatformError(Failure.NOT_FOUND, "a person's wall")
    own = [p for p in piece.items if not key.isdigit() or p.owner_id in (0, -int(key))]
    posts = [_post(post) for post in own if not post.is_deleted and post.post_type not in FOREIGN_POSTS]
    offset, count = piece_bounds(wall.pieces)
    wall.add(posts, proof, more=bool(piece.items) and piece.count > offset + count)


def piece_bounds(pieces: int) -> tuple[int, int]:
    """Offset and count of the next call for a wall of which so many pieces were read."""
    if not pieces:
        return 0, POSTS_OF_FIRST_CALL
    return POSTS_OF_FIRST_CALL + (pieces - 1) * POSTS_A_CALL, POSTS_A_CALL


def _post(post: _Post) -> PostReading:
    views = counter(post.views)
    return PostReading(
        external_id=str(post.id),
        published_at=moment(post.date),
        kind=PostKind.REPOST if post.copy_history or post.post_type == "copy" else PostKind.OWN,
        pinned=bool(post.is_pinned),
        advertisement=bool(post.marked_as_ads),
        views=views.value,
        views_step=views.step,
        likes=counter(post.likes).value,
        comments=counter(post.comments).value,
        reposts=counter(post.reposts).value,
        text_hash=text_hash(post.text),
        content=content(post.attachments),
    )


def content(attachments: Any) -> int | None:
    """What is attached to a post, by VK's names of it; None where the answer has no list of attachments."""
    if not isinstance(attachments, list):
        return None
    types = [each.get("type") for each in attachments if isinstance(each, dict)]
    found = Content(0)
    for name in types:
        found |= ATTACHED.get(name, Content(0)) if isinstance(name, str) else Content(0)
    return int(found)
