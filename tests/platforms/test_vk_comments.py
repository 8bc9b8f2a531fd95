"""What wall.getComments tells of the talk under a post."""

import pytest

from monitoring.platforms.base import CommentsReading, PlatformError
from monitoring.platforms.vk_comments import read_comments

GROUP = 5
NOON = 1_775_000_000
HOUR = 3600


def comment(number: int, by: int, hours: float = 0, thread: list[dict] | None = None, **fields: object) -> dict:
    replies = {"thread": {"count": len(thread), "items": thread}} if thread is not None else {}
    return {"id": number, "from_id": by, "date": NOON + round(hours * HOUR), "text": "…", **replies, **fields}


def read(*items: dict) -> CommentsReading:
    return read_comments(1, GROUP, "77", {"count": len(items), "items": list(items)})


def figures(*items: dict) -> tuple[int, int, tuple[int, ...]]:
    found = read(*items)
    return found.people, found.answered, found.answer_minutes


def test_the_pages_own_comments_are_not_those_of_people():
    assert figures(comment(1, 901), comment(2, -GROUP, 1), comment(3, 902, 2)) == (2, 0, ())


def test_a_reply_of_the_page_in_the_thread_answers_the_comment():
    assert figures(comment(1, 901, thread=[comment(2, -GROUP, 2)])) == (1, 1, (120,))


def test_the_first_of_two_answers_counts():
    thread = [comment(2, -GROUP, 1.5, reply_to_comment=1), comment(3, -GROUP, 8, reply_to_comment=1)]
    assert figures(comment(1, 901, thread=thread)) == (1, 1, (90,))


def test_a_reply_to_one_person_of_a_thread_answers_that_person_alone():
    thread = [comment(2, 902, 1), comment(3, -GROUP, 2, reply_to_comment=2)]
    assert figures(comment(1, 901, thread=thread)) == (2, 1, (60,))


def test_a_later_comment_of_the_page_with_a_reply_answers_as_well():
    assert figures(comment(1, 901), comment(2, -GROUP, 3, reply_to_comment=1)) == (1, 1, (180,))


def test_what_the_page_wrote_before_is_no_answer():
    assert figures(comment(1, -GROUP, thread=[comment(2, 901, 1)])) == (1, 0, ())


def test_an_answer_of_another_person_is_none():
    assert figures(comment(1, 901, thread=[comment(2, 902, 1, reply_to_comment=1)])) == (2, 0, ())


def test_a_deleted_comment_counts_no_more_and_its_thread_does():
    thread = [comment(2, 902, 1), comment(3, -GROUP, 2, reply_to_comment=2)]
    assert figures(comment(1, 901, deleted=True, thread=thread)) == (1, 1, (60,))


def test_nothing_of_a_person_is_kept():
    found = read(comment(1, 901, thread=[comment(2, -GROUP, 2)]))
    assert "901" not in repr(found)
    assert "…" not in repr(found)


@pytest.mark.parametrize("answer", [None, [], {"items": None}, {"items": [{"id": 1}]}, {"items": [7]}])
def test_what_is_no_list_of_comments_is_a_bad_answer(answer):
    with pytest.raises(PlatformError):
        read_comments(1, GROUP, "77", answer)
