"""VK's comments: people write below a post, the page answers in the thread of a comment or with one beside it."""

from collections.abc import Sequence
from typing import Any

from .chance import mix
from .growth import Comment
from .pages import Page
from .wire import Call, dumps

COMMENTS_A_CALL, THREAD_ITEMS = 100, 10
# Comments of a post have numbers of their own, far from those of posts.
_NUMBERS_A_POST = 10_000
_QUESTIONS = ("Спасибо за новость!", "А когда начнётся?", "Куда обращаться?", "У нас до сих пор не убрано.")
_ANSWER = "Добрый день! Ответили вам в сообщениях."


def top_level(page: Page, post: int, found: list[Comment], call: Call) -> bytes:
    """The comments beside each other, with the first answers of each where `thread_items_count` asks for them.

    `count` is that of all comments and answers, `current_level_count` that of the top level.
    """
    at_once = call.whole("thread_items_count", 0)
    if not 0 <= at_once <= THREAD_ITEMS:
        raise ValueError("thread_items_count")
    threads: dict[int, list[Comment]] = {}
    for comment in found:
        if comment.in_thread and comment.answers is not None:
            threads.setdefault(comment.answers, []).append(comment)
    level = [comment for comment in found if not comment.in_thread]
    items = []
    for comment in _asked(level, call):
        answers = threads.get(comment.number, [])
        inner = [_as_dict(page, post, answer) for answer in answers[:at_once]]
        thread = {"count": len(answers), "items": inner, "can_post": True, "show_reply_button": True}
        items.append({**_as_dict(page, post, comment), "thread": thread})
    return _answer(len(found), len(level), items)


def thread_of(page: Page, post: int, found: list[Comment], call: Call) -> bytes:
    """The answers in the thread of `comment_id`."""
    wanted = call.whole("comment_id", 0)
    answers = [c for c in found if c.in_thread and c.answers is not None and comment_id(post, c.answers) == wanted]
    items = [_as_dict(page, post, answer) for answer in _asked(answers, call)]
    return _answer(len(answers), len(answers), items)


def comment_id(post: int, number: int) -> int:
    return post * _NUMBERS_A_POST + number


def _asked(comments: list[Comment], call: Call) -> Sequence[Comment]:
    """By `sort`, `offset` and `count`."""
    offset, count = call.whole("offset", 0), min(call.whole("count", 10), COMMENTS_A_CALL)
    ordered = comments[::-1] if call.values.get("sort") == "desc" else comments
    return ordered[max(offset, 0) : max(offset, 0) + max(count, 0)]


def _as_dict(page: Page, post: int, comment: Comment) -> dict[str, Any]:
    owner = -int(page.external_id)
    answered = comment.answers
    shown: dict[str, Any] = {
        "id": comment_id(post, comment.number),
        "from_id": owner if answered is not None else _person(page, post, comment.number),
        "owner_id": owner,
        "post_id": post,
        "date": comment.at,
        "text": _ANSWER if answered is not None else _QUESTIONS[comment.number // 2 % len(_QUESTIONS)],
        "parents_stack": [comment_id(post, answered)] if comment.in_thread and answered is not None else [],
    }
    if answered is not None:
        shown |= {"reply_to_user": _person(page, post, answered), "reply_to_comment": comment_id(post, answered)}
    return shown


def _person(page: Page, post: int, number: int) -> int:
    return 1000 + mix(page.key, post, number) % 700_000_000


def _answer(count: int, level: int, items: list[dict[str, Any]]) -> bytes:
    return dumps({"count": count, "current_level_count": level, "items": items, "can_post": True})
