"""Thirty kinds of nonsense in a count's place: none fails the reading, none passes for an exact number."""

from collections.abc import Callable

import pytest

from monitoring.platforms.access import Access
from monitoring.platforms.answers import Counted
from monitoring.platforms.base import PageReading, PageRef, PostReading
from monitoring.platforms.batches import WallSoFar
from monitoring.platforms.max_page import read_public_page
from monitoring.platforms.ok import Ok
from monitoring.platforms.telegram_pages import read_landing
from monitoring.platforms.vk_answers import add_posts, read_page
from monitoring.simulator.counts import COUNTS, MISSING, as_text

from .test_vk_answers import SINCE
from .wire import answers

PAGE = PageRef(1, "school5", "5")
GOOD = {
    "zero": (0, 1),
    "float_whole": (816, 1),
    "string": (816, 1),
    "string_spaces": (1234, 1),
    "string_nbsp": (1234, 1),
    "string_comma": (1234, 1),
    "string_k": (12_300, 100),
    "string_k_dot": (12_300, 100),
    "string_m": (1_200_000, 100_000),
    "string_cyrillic": (12_300, 100),
    "leading_zeros": (816, 1),
}
GIVEN = {kind: value for kind, (_what, value) in COUNTS.items() if value is not MISSING}


def assert_as_expected(kind: str, reading: PageReading) -> None:
    assert reading.failure is None
    found = Counted(reading.subscribers, reading.subscribers_step, reading.subscribers_raw)
    if kind in GOOD:
        assert found == Counted(*GOOD[kind])
    elif kind in ("null", "missing"):
        assert found == Counted()
    else:
        assert found.value is None
        assert 0 < len(found.raw) <= 100


def with_count(group: dict, name: str, kind: str) -> dict:
    value = COUNTS[kind][1]
    return group if value is MISSING else group | {name: value}


@pytest.mark.parametrize("kind", COUNTS)
def test_vk(kind):
    group = with_count({"id": 5, "name": "Школа", "screen_name": "school5"}, "members_count", kind)
    assert_as_expected(kind, read_page(PAGE, group, True, lambda handle, number: None))


@pytest.fixture
def ok(serve: Callable, settings) -> Callable[[dict], PageReading]:
    """What the client makes of a group."""
    settings.OK_APPLICATION_KEY, settings.OK_APPLICATION_SECRET, settings.OK_ACCESS_TOKEN = "K", "S", "T"
    clients: list[Ok] = []

    def read(group: dict) -> PageReading:
        settings.NETWORK_URLS = {**settings.NETWORK_URLS, "OK_API_URL": serve(answers([group])).url}
        clients.append(Ok(Access(Ok.tokens())))
        return clients[-1].read_pages([PAGE])[0]

    yield read
    for client in clients:
        client.close()


@pytest.mark.parametrize("kind", COUNTS)
def test_ok(ok, kind):
    assert_as_expected(kind, ok(with_count({"uid": "5", "name": "Школа", "shortname": "s"}, "members_count", kind)))


@pytest.mark.parametrize("kind", sorted(set(GIVEN) - {"null"}))
def test_telegram(kind):
    body = f'<div class="tgme_page_extra">{as_text(GIVEN[kind])} subscribers</div>'.encode()
    reading = read_landing(PAGE, body)
    if kind == "float_whole":
        assert reading.subscribers is None  # no page shows people with a decimal point
    else:
        assert_as_expected(kind, reading)


# A list or an object in a script has no plain value: the page is one without a count, a bad answer.
@pytest.mark.parametrize("kind", sorted(set(GIVEN) - {"list", "object"}))
def test_max(kind):
    value = GIVEN[kind]
    written = f'"{value}"' if isinstance(value, str) else as_text(value)
    body = f"<script>x={{channel:{{id:-7,participantsCount:{written}}}}}</script>".encode()
    reading = read_public_page(PAGE, body)
    if kind == "float_whole":
        assert reading.subscribers is None
    else:
        assert_as_expected(kind, reading)


def post_with(counter: object) -> PostReading:
    wall = WallSoFar(1, SINCE, SINCE)
    post = {"id": 7, "date": 1_775_000_000, "owner_id": -5, "views": counter, "likes": {"count": 3}}
    add_posts(wall, {"count": 1, "items": [post]}, "5")
    return wall.reading().posts[0]


@pytest.mark.parametrize("kind", GIVEN)
def test_a_counter_of_a_post_fails_no_wall(kind):
    post = post_with({"count": GIVEN[kind]})
    expected = GOOD.get(kind, (None, 1))
    assert (post.views, post.views_step, post.likes) == (*expected, 3)


@pytest.mark.parametrize("counter", [None, 9, [], "9", {}])
def test_a_counter_of_another_shape_is_not_given(counter):
    post = post_with(counter)
    assert (post.views, post.likes) == (None, 3)
