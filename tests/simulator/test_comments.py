"""Threads of comments: people ask, the page answers, and the world beside the simulator knows the figures."""

import datetime as dt

import pytest

from monitoring.simulator.demo import DEMO_MOMENT
from monitoring.simulator.pages import Page
from monitoring.simulator.vk_walls import number_of
from monitoring.simulator.world import Answers

NOW = int(DEMO_MOMENT.timestamp())


def talkative(small) -> tuple[Page, int]:
    """The page and the place of the post with most answers among the latest of each page."""
    posts = []
    for page in small.world.accounts(DEMO_MOMENT.date()):
        if page.platform == "vk" and page.looks.wall and page.looks.access == "open":
            total = small.world.wall.count(page, NOW)
            posts += [
                (len(small.world.answers(page, n, NOW).minutes), page, n) for n in range(max(total - 20, 0), total)
            ]
    _answers, page, number = max(posts, key=lambda post: post[0])
    return page, number


@pytest.fixture
def read(small):
    page, number = talkative(small)
    post = 2 + 3 * number
    assert number_of(post) == number

    def ask(**values) -> dict:
        given = {"owner_id": f"-{page.external_id}", "post_id": post, "count": 100, "thread_items_count": 10}
        return small.vk("wall.getComments", **given | values)["response"]

    ask.page, ask.number, ask.post = page, number, post
    return ask


def found_by(answer: dict, page: Page) -> Answers:
    """What a reader makes of the threads."""
    own = -int(page.external_id)
    everything = answer["items"] + [reply for comment in answer["items"] for reply in comment["thread"]["items"]]
    people = {comment["id"]: comment["date"] for comment in everything if comment["from_id"] != own}
    replies = sorted((c for c in everything if c["from_id"] == own), key=lambda c: (c["date"], c["id"]))
    return Answers(len(people), [(reply["date"] - people[reply["reply_to_comment"]]) // 60 for reply in replies])


def test_the_world_knows_what_a_reader_finds(small, read):
    expected = small.world.answers(read.page, read.number, NOW)
    assert len(expected.minutes) > 2
    assert found_by(read(), read.page) == expected


def test_answers_take_ten_minutes_to_three_days_and_some_never_come(small):
    minutes, people = [], 0
    for page in small.world.accounts(DEMO_MOMENT.date()):
        for number in range(small.world.wall.count(page, NOW)):
            found = small.world.answers(page, number, NOW)
            minutes += found.minutes
            people += found.people
    assert 10 <= min(minutes) < 60
    assert 24 * 60 < max(minutes) <= 72 * 60
    assert 0.2 * people < len(minutes) < 0.8 * people


def test_the_count_is_of_all_comments_and_the_level_of_those_beside_each_other(small, read):
    answer = read()
    inside = sum(comment["thread"]["count"] for comment in answer["items"])
    assert answer["count"] == len(answer["items"]) + inside
    assert answer["current_level_count"] == len(answer["items"])
    key = f"-{read.page.external_id}_{read.post}"
    post = small.vk("wall.getById", posts=key)["response"]["items"][0]
    assert post["comments"]["count"] == answer["count"]


def test_answers_stand_in_the_threads_where_they_are_asked_for(read):
    counts = [comment["thread"]["count"] for comment in read(thread_items_count=0)["items"]]
    assert sum(counts) > 0
    assert [len(comment["thread"]["items"]) for comment in read(thread_items_count=0)["items"]] == [0] * len(counts)
    with_answer = next(comment for comment in read()["items"] if comment["thread"]["items"])
    assert read(comment_id=with_answer["id"])["items"] == with_answer["thread"]["items"]


def test_nothing_is_there_before_its_time_and_nothing_goes_away(small, read):
    seen = set()
    published = small.world.wall.post(read.page, read.number, NOW).at
    for hours in (1, 6, 24, 72, 200):
        moment = min(published + hours * 3600, NOW)
        small.running.set_clock(dt.datetime.fromtimestamp(moment, dt.UTC))
        answer = read()
        dates = {c["id"]: c["date"] for c in answer["items"]}
        dates |= {c["id"]: c["date"] for top in answer["items"] for c in top["thread"]["items"]}
        assert len(dates) == answer["count"]
        assert all(published <= date <= moment for date in dates.values())
        assert seen <= dates.keys()
        seen = dates.keys()


def test_the_newest_first_and_page_by_page(read):
    ids = [comment["id"] for comment in read()["items"]]
    assert [comment["id"] for comment in read(sort="desc")["items"]] == ids[::-1]
    assert [comment["id"] for comment in read(offset=1, count=2)["items"]] == ids[1:3]
