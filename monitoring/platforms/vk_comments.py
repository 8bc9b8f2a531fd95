"""What VK's wall.getComments says of a post: how many comments people wrote and what the page answered to."""

from typing import Any

import msgspec

from .answers import Id, Moment, convert
from .base import CommentsReading


class _Comment(msgspec.Struct):
    id: Id
    date: Moment
    from_id: int = 0
    reply_to_comment: int | None = None
    deleted: int | bool = False
    thread: "_Thread | None" = None


class _Thread(msgspec.Struct):
    items: list[_Comment] = []


class _Comments(msgspec.Struct):
    items: list[_Comment]


def read_comments(page_id: int, group_id: int, post_id: str, answer: Any) -> CommentsReading:
    """A comment of a person is answered where the page wrote in its thread after it, or later on with a reply to it.

    answer: of one call with `thread_items_count`, the comments of its threads inside. Raises PlatformError (bad
    answer) where it is no list of comments.
    """
    top = convert(answer, _Comments).items
    everything = [(comment, comment) for comment in top]
    everything += [(reply, comment) for comment in top for reply in (comment.thread.items if comment.thread else ())]
    everything = [(comment, root) for comment, root in everything if not comment.deleted]
    answers = [(comment, root) for comment, root in everything if comment.from_id == -group_id]
    people = [(comment, root) for comment, root in everything if comment.from_id != -group_id]
    minutes = []
    for comment, root in people:
        times = [
            reply.date
            for reply, thread in answers
            if reply.date >= comment.date and _is_answer(reply, thread, comment, root)
        ]
        if times:
            minutes.append((min(times) - comment.date) // 60)
    return CommentsReading(page_id, post_id, len(people), len(minutes), tuple(minutes))


def _is_answer(reply: _Comment, thread: _Comment, comment: _Comment, root: _Comment) -> bool:
    if reply.reply_to_comment is not None:
        return reply.reply_to_comment == comment.id
    return reply is not thread and thread is root
