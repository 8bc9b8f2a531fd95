"""VK: communities through groups.getById (500 a call) and their walls through wall.get (25 a call with execute)."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
from django.conf import settings

from .access import Access, Allows
from .answers import bad_answer
from .base import (
    PAGE_FAILURES,
    CommentsReading,
    Failure,
    Gives,
    MembersAsk,
    MembersReading,
    PageReading,
    PageRef,
    PlatformError,
    PostRef,
    Token,
    WallReading,
)
from .batches import STOPPING, WallSoFar, no_wall, read_each
from .transport import HTML_BYTES, TooLargeError, Transport
from .vk_answers import HANDLE, NUMBERED, add_posts, piece_bounds, read_page, state_mark
from .vk_comments import read_comments
from .vk_members import read_members
from .vk_session import VkError, VkSession, is_refusal, refusals_inside

TOKEN_KINDS = ("service", "user", "community")
GROUPS_A_CALL = 500
WALLS_A_CALL = 25  # inner calls that one execute takes
WALLS_A_DAY = 5000
MEMBERS_A_CALL = 1000
EXECUTE_CHARGE = ("execute", "wall.get")
COMMUNITY_PACE = 20 / 3  # requests a second of a community token, in those of the others
# Sendings of a call that serves many pages; one that serves a single page is left to the slot's own attempts.
TRIES, ONE_PAGE_TRIES = 2, 1
ONE_PAGE_METHODS = frozenset({"wall.get", "wall.getComments"})
COMMENTS = {"count": 100, "thread_items_count": 10, "sort": "desc"}
# is_government_organization is undocumented: where it is absent, the mark is read from the page itself.
FIELDS = "members_count,description,site,contacts,cover,menu,is_government_organization"
WRONG_ADDRESS = frozenset({100, 113, 125})
BATCH_TOO_BIG = frozenset({12, 13, 36})  # execute: does not compile, runtime (answer over 5 MB), time-out
EXECUTE_REFUSED = frozenset({3, 5, 7, 15, 23, 27, 28})

# Service tokens that execute refused: each is asked once, since it is disputed whether they may.
_without_execute: set[str] = set()


def _may_call(token: Token) -> bool:
    return token.kind != "public"


def _may_read_walls(token: Token) -> bool:
    return token.kind in ("user", "service")


def _may_execute(token: Token) -> bool:
    """Whether `execute` may read walls with it. Service tokens are asked once each: sources disagree on them."""
    return _may_read_walls(token) and token.fingerprint not in _without_execute


class _NoExecuteError(PlatformError):
    """A service token was refused `execute`; the calls go on one by one."""

    passing = False

    def __init__(self) -> None:
        super().__init__(Failure.BAD_ANSWER, "execute: refused to a service token")


class Vk:
    code = "vk"
    gives = frozenset(Gives)
    wall_method = "wall.get"

    def __init__(self, access: Access) -> None:
        self.access = access
        self._transport = Transport(self.code)
        self._local = threading.local()
        self._walls_a_call = WALLS_A_CALL
        self._pages_readable = True

    @staticmethod
    def tokens() -> list[Token]:
        """The tokens of the settings; an entry without a kind is a service token. Beside them the public pages."""
        found = []
        for entry in settings.VK_TOKENS:
            kind, colon, value = entry.strip().partition(":")
            if not (colon and kind in TOKEN_KINDS):
                kind, value = "service", entry.strip()
            if value:
                found.append(Token(kind, value, COMMUNITY_PACE if kind == "community" else 1))
        return [*found, Token("public", aside=True)] if found else []

    @staticmethod
    def batch_size(tokens: Sequence[Token]) -> int:
        """A full groups.getById, unless every wall costs a request of its own: then a minute's work."""
        return GROUPS_A_CALL if any(token.kind == "user" for token in tokens) else 100

    @staticmethod
    def daily_limits(token: Token) -> dict[str, int]:
        """wall.get is closed to community tokens; calls inside execute count as well."""
        walls = 0 if token.kind in ("community", "public") else WALLS_A_DAY
        # Members are counted on demand: their calls are limited by ourselves, VK names no number.
        return {"wall.get": walls, "groups.getMembers": 0 if token.kind == "public" else settings.VK_MEMBERS_A_DAY}

    def close(self) -> None:
        self._transport.close()

    def _call(
        self, method: str, values: dict[str, Any], allows: Allows = _may_call, charge: dict[str, int] | None = None
    ) -> dict[str, Any]:
        """What a method answers. charge: calls by method that it costs, where that is not one call of the method."""

        def send(token: Token) -> dict[str, Any]:
            try:
                answer = self._session().call(token, method, values)
            except VkError as error:
                refused = method == "execute" and token.kind == "service" and error.code in EXECUTE_REFUSED
                if not refused:
                    raise
            else:
                for refusal in refusals_inside(answer):
                    self.access.report(token, refusal)
                return answer
            _without_execute.add(token.fingerprint)
            raise _NoExecuteError

        tries = ONE_PAGE_TRIES if method in ONE_PAGE_METHODS else TRIES
        return self.access.ask(charge or {method: 1}, send, allows, tries)

    def _session(self) -> VkSession:
        """This thread's own."""
        if not hasattr(self._local, "session"):
            self._local.session = VkSession(self._transport, settings.NETWORK_URLS["VK_API_URL"])
        return self._local.session

    # --- pages ----------------------------------------------------------------------------------

    def read_pages(self, pages: Sequence[PageRef]) -> list[PageReading]:
        """See `Platform`. A page is asked for by its id where that is known, so a renamed one stays the same."""
        keys = list(dict.fromkeys(filter(None, map(_key, pages))))
        groups = []
        for start in range(0, len(keys), GROUPS_A_CALL):
            groups += self._groups(keys[start : start + GROUPS_A_CALL])
        by_key: dict[str, dict[str, Any]] = {}
        for group in groups:
            by_key[str(group.get("screen_name")).lower()] = group
            by_key[str(group.get("id"))] = group
        # VK leaves the menu out where a page has none; where no page has one, it may not be given at all.
        menus_given = any("menu" in group for group in groups)
        return [self._page(page, by_key.get(_key(page)), menus_given) for page in pages]

    def _page(self, page: PageRef, found: dict[str, Any] | None, menus_given: bool) -> PageReading:
        if found is None:
            return PageReading(page.page_id, failure=Failure.NOT_FOUND)
        return read_page(page, found, menus_given, self._read_mark if page.check_mark else _no_mark)

    def _groups(self, keys: Sequence[str]) -> list[dict[str, Any]]:
        """What groups.getById says of ids and short names; a bad one among them is found by halving."""
        if not keys:
            return []
        try:
            answer = self._call("groups.getById", {"group_ids": ",".join(keys), "fields": FIELDS})
        except (VkError, TooLargeError) as error:
            wrong = isinstance(error, VkError) and error.code in WRONG_ADDRESS
            if wrong and len(keys) == 1:
                return []
            if len(keys) == 1 or not (wrong or isinstance(error, TooLargeError)):
                raise _of_whole_call(error) from None
            half = len(keys) // 2
            return self._groups(keys[:half]) + self._groups(keys[half:])
        found = answer["response"]
        if isinstance(found, dict):
            found = found.get("groups")
        if not isinstance(found, list):
            raise bad_answer("groups.getById: no list of groups", found)
        return [group for group in found if isinstance(group, dict)]

    def _read_mark(self, handle: str, group_id: int) -> bool | None:
        """The state mark on the page itself; after a fault no further page of this object is asked."""
        if not self._pages_readable:
            return None
        url = f"{settings.NETWORK_URLS['VK_WEB_URL']}/{handle}"
        try:
            body = self.access.ask(
                {"page": 1}, lambda token: self._page_body(url), lambda token: token.kind == "public"
            )
            return None if body is None else state_mark(body, group_id)
        except PlatformError:
            return None

    def _page_body(self, url: str) -> bytes | None:
        try:
            return self._transport.send("GET", url, cap=HTML_BYTES).require_ok().body
        except TooLargeError:
            return None
        except PlatformError:
            self._pages_readable = False
            return None

    # --- walls ----------------------------------------------------------------------------------

    def read_walls(self, pages: Sequence[PageRef]) -> list[WallReading]:
        """See `Platform`: 25 walls a request where a token may `execute`, else one; community tokens read none."""
        together = self._walls_a_call if self.access.can(EXECUTE_CHARGE, _may_execute) else 1
        return read_each(pages, self._walls, no_wall, self.access.at_once, together)

    def _walls(self, pages: Sequence[PageRef]) -> list[WallReading]:
        walls = {index: WallSoFar(page.page_id, page.posts_since, page.posts_from) for index, page in enumerate(pages)}
        wanted = []
        for index, page in enumerate(pages):
            if _key(page):
                wanted.append(index)
            else:
                walls[index].fail(PlatformError(Failure.NOT_FOUND))
        while wanted:
            requests = [_wall_request(_key(pages[i]), *piece_bounds(walls[i].pieces)) for i in wanted]
            for index, answer in zip(wanted, self._answers_of_any_token(requests), strict=True):
                try:
                    add_posts(walls[index], answer, _key(pages[index]))
                except PlatformError as error:
                    walls[index].fail(error)
            wanted = [i for i in wanted if walls[i].wants_more]
        return [wall.reading() for wall in walls.values()]

    def _answers_of_any_token(self, requests: Sequence[dict[str, Any]]) -> list[Any]:
        """As `_wall_answers`; calls that one token was refused are made once more while another may make them."""
        answers = self._wall_answers(requests)
        again = [i for i, answer in enumerate(answers) if is_refusal(answer)]
        if again and self.access.can(("wall.get",), _may_read_walls):
            for index, answer in zip(again, self._wall_answers([requests[i] for i in again]), strict=True):
                answers[index] = answer
        return answers

    def _wall_answers(self, requests: Sequence[dict[str, Any]]) -> list[Any]:
        """For each request what wall.get answered, or the PlatformError that it ended with."""
        answers: list[Any] = []
        while len(answers) < len(requests):
            part = requests[len(answers) : len(answers) + self._walls_a_call]
            if len(part) == 1 or not self.access.can(EXECUTE_CHARGE, _may_execute):
                answers += self._one_by_one(part)
                continue
            try:
                answers += self._execute(part)
            except _NoExecuteError:
                continue
            except (VkError, TooLargeError) as error:
                if isinstance(error, VkError) and error.code not in BATCH_TOO_BIG:
                    raise _of_whole_call(error) from None
                self._walls_a_call = min(self._walls_a_call, len(part) // 2)
        return answers

    def _one_by_one(self, requests: Sequence[dict[str, Any]]) -> list[Any]:
        answers: list[Any] = []
        for request in requests:
            try:
                answers.append(self._call("wall.get", request, _may_read_walls)["response"])
            except PlatformError as error:
                if error.failure in STOPPING:
                    return answers + [error] * (len(requests) - len(answers))
                answers.append(error)
        return answers

    def _execute(self, requests: Sequence[dict[str, Any]]) -> list[Any]:
        """As `_one_by_one`, in one request."""
        answer = self._script("wall.get", requests)
        results, errors = answer["response"], answer.get("execute_errors", [])
        if not (isinstance(results, list) and len(results) == len(requests) and isinstance(errors, list)):
            raise bad_answer("execute: not one result a call", answer)
        failed = [index for index, result in enumerate(results) if result is False]
        codes = [error.get("error_code") for error in errors if isinstance(error, dict)]
        if len(codes) != len(failed) or not all(type(code) is int for code in codes):
            # Which error belongs to which page is not to be told: those pages are asked alone.
            again = self._one_by_one([requests[index] for index in failed])
        else:
            again = [VkError("wall.get", code) for code in codes]
        for index, result in zip(failed, again, strict=True):
            results[index] = result
        return results

    def _script(self, method: str, requests: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """The answer of `execute` with a call of the method for each request."""
        calls = ",".join(f"API.{method}({msgspec.json.encode(request).decode()})" for request in requests)
        return self._call(
            "execute", {"code": f"return [{calls}];"}, _may_execute, {"execute": 1, method: len(requests)}
        )

    # --- members --------------------------------------------------------------------------------

    def read_members(self, asks: Sequence[MembersAsk]) -> list[MembersReading]:
        """A thousand members a call, 25 calls a request where a token may `execute`. Who hides them gives a failure;
        what could not be read is left out. Raises PlatformError where the call as a whole was refused."""
        requests = [
            {"group_id": ask.external_id, "offset": ask.offset, "count": MEMBERS_A_CALL, "sort": "id_asc"}
            for ask in asks
        ]
        answers = self._members(requests)
        return [read_members(ask, answer) for ask, answer in zip(asks, answers, strict=False)]

    def _members(self, requests: Sequence[dict[str, Any]]) -> list[Any]:
        """For each request what groups.getMembers answered, or the failure of its page; for the first ones alone where
        the calls were refused on the way."""
        if len(requests) > 1 and self.access.can(("execute", "groups.getMembers"), _may_execute):
            try:
                results = self._script("groups.getMembers", requests)["response"]
            except (VkError, TooLargeError, _NoExecuteError) as error:
                if isinstance(error, VkError) and error.code not in BATCH_TOO_BIG:
                    raise _of_whole_call(error) from None
                results = [False] * len(requests)
            if not (isinstance(results, list) and len(results) == len(requests)):
                raise bad_answer("execute: not one result a call", results)
        else:
            results = [False] * len(requests)
        answers: list[Any] = []
        for request, result in zip(requests, results, strict=True):
            try:
                answers.append(self._call("groups.getMembers", request)["response"] if result is False else result)
            except PlatformError as error:
                if error.failure not in PAGE_FAILURES:
                    if answers:
                        return answers
                    raise
                answers.append(error)
        return answers

    # --- comments -------------------------------------------------------------------------------

    def read_comments(self, posts: Sequence[PostRef]) -> list[CommentsReading]:
        """See `Platform`: the newest hundred of each post. A post that cannot be read is left out."""
        size = WALLS_A_CALL if self.access.can(("execute", "wall.getComments"), _may_execute) else 1
        parts = [posts[start : start + size] for start in range(0, len(posts), size)]
        if not parts:
            return []
        with ThreadPoolExecutor(min(self.access.at_once, len(parts)), "comments") as pool:
            return [reading for found in pool.map(self._comments, parts) for reading in found]

    def _comments(self, posts: Sequence[PostRef]) -> list[CommentsReading]:
        requests = [
            {"owner_id": -int(post.page_external_id), "post_id": int(post.post_id), **COMMENTS} for post in posts
        ]
        try:
            if len(requests) > 1:
                answers = self._script("wall.getComments", requests)["response"]
            else:
                answers = [self._call("wall.getComments", requests[0], _may_read_walls)["response"]]
        except PlatformError:
            return []
        found = []
        for post, answer in zip(posts, answers if isinstance(answers, list) else (), strict=False):
            try:
                found.append(read_comments(post.page_id, int(post.page_external_id), post.post_id, answer))
            except PlatformError:
                continue
        return found


def _key(page: PageRef) -> str:
    """What VK is asked for, and what its answer is found by: the id, else the short name; "" = no VK address."""
    if page.external_id:
        return page.external_id if page.external_id.isascii() and page.external_id.isdigit() else ""
    handle = page.handle.lower()
    numbered = NUMBERED.fullmatch(handle)
    if numbered:
        return numbered[1]
    return handle if HANDLE.fullmatch(handle) and not handle.isdigit() else ""


def _wall_request(key: str, offset: int, count: int) -> dict[str, Any]:
    address = {"owner_id": -int(key)} if key.isdigit() else {"domain": key}
    return {**address, "count": count, "offset": offset, "filter": "owner"}


def _no_mark(handle: str, group_id: int) -> None:
    """The state mark of a page that is not to be asked for it."""


def _of_whole_call(error: PlatformError) -> PlatformError:
    """A failure of one page cannot be that of a whole batch: there it says that the token lacks a right."""
    return PlatformError(Failure.NEEDS_PERSON, error.detail) if error.failure in PAGE_FAILURES else error
