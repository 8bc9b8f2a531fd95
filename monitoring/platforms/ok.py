"""Odnoklassniki: groups through group.getInfo (100 a call), their themes through mediatopic.getTopics.

The latter is in use everywhere but not documented; shapes are those that clients met.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import msgspec
from django.conf import settings

from .access import Access
from .answers import Counted, MomentMs, answer_hash, bad_answer, convert, counted, counter, line, moment, text_hash
from .base import (
    CommentsReading,
    Content,
    Failure,
    Gives,
    PageReading,
    PageRef,
    PlatformError,
    PostKind,
    PostReading,
    PostRef,
    Token,
    WallReading,
)
from .batches import WallSoFar, no_page, no_wall, read_each
from .presentation import presented
from .transport import TooLargeError, Transport, later, next_day

GROUPS_A_CALL = 100
TOPICS_A_CALL = 100
TOPICS_OF_FIRST_CALL = 40  # thirty days of most groups fit into so many
GROUP_FIELDS = (
    "uid,name,description,shortname,members_count,access_type,main_photo,photo_id,cover,blocked,status,gos_org"
)
TOPIC_FIELDS = (
    "media_topic.id,media_topic.created_ms,media_topic.author_ref,media_topic.media,media_topic.like_summary,"
    "media_topic.reshare_summary,media_topic.discussion_summary,media_topic.views_count"
)
MEDIA = {"photo": Content.PICTURE, "movie": Content.VIDEO, "video": Content.VIDEO, "link": Content.LINK}
ZONE = "Europe/Moscow"  # in which OK counts its days
TRIES = 2  # sendings of a call that serves many groups; one that serves a single group is left to its slot
OF_A_METHOD = frozenset({8, 11})  # flood control, the method's budget
PAUSES = {7: 3600, 8: 600}  # seconds to stay away after a blocked action, after flood control
WRONG_GROUP = frozenset({100, 160, 300})
FAILURES = {
    1: Failure.UNREACHABLE,
    2: Failure.UNREACHABLE,
    7: Failure.THROTTLED,
    8: Failure.THROTTLED,
    9: Failure.NEEDS_PERSON,
    10: Failure.CLOSED,
    11: Failure.THROTTLED,
    30: Failure.UNREACHABLE,
    31: Failure.UNREACHABLE,
    50: Failure.CLOSED,
    100: Failure.NOT_FOUND,
    101: Failure.TOKEN_DEAD,
    102: Failure.TOKEN_DEAD,
    103: Failure.TOKEN_DEAD,
    104: Failure.TOKEN_DEAD,
    160: Failure.NOT_FOUND,
    200: Failure.CLOSED,
    210: Failure.TOKEN_DEAD,
    300: Failure.NOT_FOUND,
}

_NUMBERED = re.compile(r"group/?(\d{1,20})")
_HANDLE = re.compile(r"[A-Za-z0-9_.-]{1,100}")


class OkError(PlatformError):
    """An error that OK answered with, by its code."""

    def __init__(self, method: str, code: int) -> None:
        until = later(PAUSES[code]) if code in PAUSES else None
        if code == 11:
            until = next_day(ZONE)
        failure = FAILURES.get(code, Failure.BAD_ANSWER)
        super().__init__(failure, f"{method}: error {code}", until, method if code in OF_A_METHOD else "")
        self.code = code

    @property
    def passing(self) -> bool:
        """An error that the network names comes again, unless it names a passing one."""
        return self.failure == Failure.UNREACHABLE


# Digits, mostly as text.
Uid = Annotated[str, msgspec.Meta(pattern=r"^\d{1,20}$")] | Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class _Group(msgspec.Struct):
    uid: Uid
    name: str = ""
    shortname: str | None = None
    description: str | None = None
    members_count: Any = None
    access_type: str = ""
    blocked: bool = False
    status: str | None = None
    gos_org: bool | None = None


class _Media(msgspec.Struct):
    type: str = ""
    text: Any = None


class _Topic(msgspec.Struct):
    id: Uid
    created_ms: MomentMs
    author_ref: str = ""
    media: list[_Media] = []
    like_summary: Any = None
    reshare_summary: Any = None
    discussion_summary: Any = None
    views_count: Any = None


class _Topics(msgspec.Struct):
    media_topics: list[_Topic] = []
    anchor: str | None = None
    has_more: bool = False


class Ok:
    code = "ok"
    gives = frozenset(Gives) - {Gives.ANSWERS, Gives.MENU}
    wall_method = None

    def __init__(self, access: Access) -> None:
        self.access = access
        self._transport = Transport(self.code)

    @staticmethod
    def tokens() -> list[Token]:
        """One token made of the application's key and secret and its access token; none where one is missing."""
        parts = (settings.OK_APPLICATION_KEY, settings.OK_APPLICATION_SECRET, settings.OK_ACCESS_TOKEN)
        return [Token("application", "\n".join(parts))] if all(parts) else []

    @staticmethod
    def batch_size(tokens: Sequence[Token]) -> int:
        """A full group.getInfo."""
        return GROUPS_A_CALL

    @staticmethod
    def daily_limits(token: Token) -> dict[str, int]:
        """None that is known; what is spent is told by error 11."""
        return {}

    def read_comments(self, posts: Sequence[PostRef]) -> list[CommentsReading]:
        """See `Platform`. Not given here."""
        return []

    def close(self) -> None:
        self._transport.close()

    # --- pages ----------------------------------------------------------------------------------

    def read_pages(self, pages: Sequence[PageRef]) -> list[PageReading]:
        """See `Platform`. A short name costs a call of its own until the group's id is known."""
        ids: dict[int, str] = {}
        readings: list[PageReading] = []
        for page in pages:
            known = _group_id(page)
            if known:
                ids[page.page_id] = known
        unknown = [page for page in pages if page.page_id not in ids]
        for resolved in self._resolve_each(unknown, others=bool(ids)):
            if resolved.failure:
                readings.append(resolved)
            else:
                ids[resolved.page_id] = resolved.external_id
        groups = self._groups(list(dict.fromkeys(ids.values())))
        by_id = {str(group.get("uid")): group for group in groups}
        given = frozenset(name for group in groups for name in group)
        asked = [page for page in pages if page.page_id in ids]
        return readings + [_page(page, by_id.get(ids[page.page_id]), given) for page in asked]

    def _resolve_each(self, pages: Sequence[PageRef], others: bool) -> list[PageReading]:
        """Short names to ids; `others`: there are pages that need none of it, so a refusal is these pages' alone."""
        try:
            return read_each(pages, lambda part: [self._resolve(part[0])], no_page, self.access.at_once)
        except PlatformError as error:
            if not others:
                raise
            return [no_page(page, error) for page in pages]

    def _resolve(self, page: PageRef) -> PageReading:
        """The group's id by its short name."""
        if not _HANDLE.fullmatch(page.handle):
            return PageReading(page.page_id, failure=Failure.NOT_FOUND)
        try:
            answer = self._call("url.getInfo", {"url": f"https://ok.ru/{page.handle}"})
        except OkError as error:
            raise error if error.code not in WRONG_GROUP else PlatformError(Failure.NOT_FOUND) from None
        if not isinstance(answer, dict) or "type" not in answer:
            raise bad_answer("url.getInfo: no type", answer)
        group_id = str(answer.get("objectIdStr") or answer.get("objectId") or "")
        if answer["type"] != "GROUP" or not group_id.isdigit():
            return PageReading(page.page_id, failure=Failure.NOT_FOUND)
        return PageReading(page.page_id, external_id=group_id)

    def _groups(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """What group.getInfo says of ids; a bad one among them is found by halving."""
        if not ids:
            return []
        if len(ids) > GROUPS_A_CALL:
            return self._groups(ids[:GROUPS_A_CALL]) + self._groups(ids[GROUPS_A_CALL:])
        try:
            answer = self._call("group.getInfo", {"uids": ",".join(ids), "fields": GROUP_FIELDS}, TRIES)
        except (OkError, TooLargeError) as error:
            wrong = isinstance(error, OkError) and error.code in WRONG_GROUP
            if wrong and len(ids) == 1:
                return []
            if len(ids) == 1 or not (wrong or isinstance(error, TooLargeError)):
                # A whole batch cannot be closed: the application lacks a right.
                closed = error.failure == Failure.CLOSED
                raise PlatformError(Failure.NEEDS_PERSON, error.detail) if closed else error from None
            half = len(ids) // 2
            return self._groups(ids[:half]) + self._groups(ids[half:])
        if isinstance(answer, dict):  # as older documentation has it
            answer = answer.get("groups")
        if not isinstance(answer, list):
            raise bad_answer("group.getInfo: no list of groups", answer)
        return [group for group in answer if isinstance(group, dict)]

    # --- walls ----------------------------------------------------------------------------------

    def read_walls(self, pages: Sequence[PageRef]) -> list[WallReading]:
        """See `Platform`. Views are given for groups that the token's owner manages only: None elsewhere."""
        return read_each(pages, lambda part: [self._wall(part[0])], no_wall, self.access.at_once)

    def _wall(self, page: PageRef) -> WallReading:
        group_id = _group_id(page) or self._resolve(page).external_id
        if not group_id:
            return WallReading(page.page_id, failure=Failure.NOT_FOUND)
        wall = WallSoFar(page.page_id, page.posts_since, page.posts_from)
        anchor = ""
        while wall.wants_more:
            values = {"gid": group_id, "count": str(TOPICS_A_CALL if anchor else TOPICS_OF_FIRST_CALL)}
            values["fields"] = TOPIC_FIELDS
            answer = self._call("mediatopic.getTopics", values | ({"anchor": anchor} if anchor else {}))
            topics = convert(answer, _Topics)
            own = [topic for topic in topics.media_topics if not topic.author_ref.startswith("user:")]
            anchor = topics.anchor or ""
            oldest = min((moment(topic.created_ms / 1000) for topic in topics.media_topics), default=None)
            more = topics.has_more and bool(anchor)
            wall.add(map(_post, own), answer_hash(answer), more, oldest)
        return wall.reading()

    # --- calls ----------------------------------------------------------------------------------

    def _call(self, method: str, values: Mapping[str, str], tries: int = 1) -> Any:
        """What a method answers. tries: sendings where the network fails in passing. Raises OkError."""
        return self.access.ask({method: 1}, lambda token: self._send(token, method, values), tries=tries)

    def _send(self, token: Token, method: str, values: Mapping[str, str]) -> Any:
        key, secret, access_token = token.value.split("\n")
        signed = {"application_key": key, "format": "json", "method": method, **values}
        form = {**signed, "sig": signature(signed, access_token, secret), "access_token": access_token}
        url = f"{settings.NETWORK_URLS['OK_API_URL']}/fb.do"
        answer = self._transport.send("POST", url, data=form).require_ok().json()
        if isinstance(answer, dict) and "error_code" in answer:
            code = answer["error_code"]
            if type(code) is not int:
                raise bad_answer(f"{method}: an error without a code", answer)
            raise OkError(method, code)
        return answer


def signature(values: Mapping[str, str], access_token: str, application_secret: str) -> str:
    """OK's signature of a call within a session: MD5 (hex) of the sorted `name=value`s and the session's secret,
    which is the MD5 of access token and application secret. Source: apiok.ru, signing requests."""
    secret = hashlib.md5(f"{access_token}{application_secret}".encode()).hexdigest()  # noqa: S324 the network's choice
    text = "".join(f"{name}={values[name]}" for name in sorted(values)) + secret
    return hashlib.md5(text.encode()).hexdigest()  # noqa: S324


def _group_id(page: PageRef) -> str:
    """The id where it is known or the handle is made of it (`group5`); else ""."""
    if page.external_id:
        return page.external_id if page.external_id.isascii() and page.external_id.isdigit() else ""
    numbered = _NUMBERED.fullmatch(page.handle.lower())
    return numbered[1] if numbered else ""


def _page(page: PageRef, found: dict[str, Any] | None, given: frozenset[str]) -> PageReading:
    """given: fields that some group of the same answer has. OK leaves out what is empty, so a picture that others
    have and this group has not is none; one that no group has may not be given at all."""
    if found is None:
        return PageReading(page.page_id, failure=Failure.NOT_FOUND)
    try:
        proof = answer_hash(found)
        group = convert(found, _Group)
    except PlatformError as error:
        return no_page(page, error)
    failure = None
    closed = group.access_type not in ("", "OPEN")
    if group.blocked:
        failure = Failure.BLOCKED
    elif group.members_count is None and closed:
        failure = Failure.CLOSED
    handle = (group.shortname or "").lower()
    people = Counted() if failure else counted(group.members_count)
    description = None if failure else group.description
    return PageReading(
        page_id=page.page_id,
        answer_hash=proof,
        failure=failure,
        closed=closed,
        external_id=str(group.uid),
        handle=handle if _HANDLE.fullmatch(handle) else f"group{group.uid}",
        title=line(group.name),
        subscribers=people.value,
        subscribers_step=people.step,
        subscribers_raw=people.raw,
        has_avatar=None if failure else _has(given & {"photo_id", "main_photo"}, found),
        has_cover=None if failure else _has(given & {"cover"}, found),
        has_description=None if description is None else bool(description.strip()),
        **asdict(presented(page, description, line(group.name))),
        state_mark=None if failure else group.gos_org,
    )


def _has(names: frozenset[str], found: dict[str, Any]) -> bool | None:
    """Whether one of the fields holds something; None where no group was given any of them."""
    return any(found.get(name) for name in names) if names else None


def _post(topic: _Topic) -> PostReading:
    return PostReading(
        external_id=str(topic.id),
        published_at=moment(topic.created_ms / 1000),
        kind=PostKind.REPOST if any(media.type == "topic" for media in topic.media) else PostKind.OWN,
        views=counted(topic.views_count).value,
        likes=counter(topic.like_summary).value,
        comments=counter(topic.discussion_summary, "comments_count").value,
        reposts=counter(topic.reshare_summary).value,
        content=_content([media.type for media in topic.media]),
        text_hash=text_hash(" ".join(media.text for media in topic.media if isinstance(media.text, str))),
    )


def _content(types: Sequence[str]) -> int | None:
    """What a theme is made of; None where the answer does not tell its parts."""
    if not types:
        return None
    found = Content(0)
    for name in types:
        found |= MEDIA.get(name, Content(0))
    return int(found)
