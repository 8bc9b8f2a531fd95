"""Texts: each post has its own, but for those that a ministry sends around."""

import json
from collections import defaultdict

import pytest

from monitoring.platforms.answers import text_hash
from monitoring.simulator import texts
from monitoring.simulator.demo import DEMO_MOMENT, TODAY, demo_world
from monitoring.simulator.regions import KHABAROVSK

BIG = demo_world(KHABAROVSK.code)
NOW = int(DEMO_MOMENT.timestamp())


@pytest.fixture(scope="module")
def posts() -> dict[str, list[tuple[int, int, int]]]:
    """Texts of the last 200 days: (key of the page, moment, week of the text that was sent around)."""
    found = defaultdict(list)
    for page in BIG.accounts(TODAY):
        for number in range(BIG.wall.count(page, NOW - 200 * 86_400), BIG.wall.count(page, NOW)):
            post = BIG.wall.post(page, number, NOW)
            found[texts.as_json(page, post)].append((page.key, post.at, post.copy_of))
    return found


def test_a_ministry_has_one_text_a_week_on_some_thirty_pages_within_two_hours(posts):
    copies = {text: where for text, where in posts.items() if where[0][2]}
    assert 25 <= len(copies) <= 30
    assert len({where[0][2] for where in copies.values()}) == len(copies)
    for where in copies.values():
        assert 15 <= len({page for page, _at, _week in where}) == len(where) <= 80
        moments = [at for _page, at, _week in where]
        assert max(moments) - min(moments) <= 7200


def test_no_other_text_is_published_twice_even_to_who_skips_all_signs(posts):
    own = [text for text, where in posts.items() for _page, _at, week in where if not week]
    hashes = [text_hash(json.loads(text)) for text in own]
    assert len(own) > 10_000
    assert None not in hashes
    assert len(set(own)) == len(set(hashes)) == len(own)


def test_all_networks_carry_the_text_as_it_was_sent(small):
    """The same words on VK, OK, Telegram and MAX."""
    found = {}
    for page in small.world.accounts(DEMO_MOMENT.date()):
        history = small.world.wall.history(page)
        small.world.wall.count(page, NOW)
        for number, at in enumerate(history.moments):
            if at in history.copies:
                found.setdefault(history.copies[at], {})[page.platform] = (page, number)
    platforms = next(where for where in found.values() if where.keys() >= {"vk", "ok", "telegram", "max"})
    made = {platform: small.world.wall.post(page, number, NOW) for platform, (page, number) in platforms.items()}
    words = {texts.as_json(platforms[platform][0], post)[1:-1] for platform, post in made.items()}
    assert words == {texts.as_html(platforms["telegram"][0], made["telegram"])}
