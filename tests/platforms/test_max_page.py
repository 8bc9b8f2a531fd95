"""The public page of a MAX channel."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.platforms.base import Failure, PageRef, PlatformError
from monitoring.platforms.max_page import read_public_page

PAGE = PageRef(1, "school5_gos")


def page(script: str) -> bytes:
    return f'<html><head><meta property="og:title" content="Школа"></head><script>{script}</script></html>'.encode()


BARE = page(
    'x={channel:{id:-7,title:"Школа \\"№ 5\\"",description:"О школе",icon:"https://i/1",participantsCount:812}}'
)
QUOTED = page('x={"channel":{"title":"Школа","participantsCount":812,"icon":null}}')


@pytest.mark.parametrize("body", [BARE, QUOTED], ids=["bare keys", "quoted keys"])
def test_the_count_is_read(body):
    assert read_public_page(PAGE, body).subscribers == 812


def test_title_description_and_avatar_stand_beside_it():
    reading = read_public_page(PAGE, BARE)
    assert (reading.title, reading.has_description, reading.has_avatar) == ('Школа "№ 5"', True, True)
    reading = read_public_page(PAGE, QUOTED)
    assert (reading.title, reading.has_description, reading.has_avatar) == ("Школа", None, False)


def test_the_number_that_bots_know_the_channel_by_is_taken_where_it_stands_there():
    assert read_public_page(PAGE, BARE).external_id == "-7"
    assert read_public_page(PAGE, QUOTED).external_id == ""


def test_a_description_that_quotes_the_key_does_not_forge_the_count():
    body = page(
        'x={channel:{description:"participantsCount:999999, channel:{participantsCount:999999}",participantsCount:5}}'
    )
    assert read_public_page(PAGE, body).subscribers == 5


def test_other_channels_on_the_page_are_passed_over():
    body = page("x={similar:[{participantsCount:1}],channel:{participantsCount:5}}")
    assert read_public_page(PAGE, body).subscribers == 5


def test_the_page_that_says_so_is_not_found():
    assert read_public_page(PAGE, "<p>Не нашли чат по этой ссылке".encode()).failure == Failure.NOT_FOUND


@pytest.mark.parametrize("value", ["-5", "NaN", "1e18", "1.5", "99999999999"])
def test_a_count_that_cannot_be_is_kept_as_it_was_given(value):
    reading = read_public_page(PAGE, page(f"x={{channel:{{participantsCount:{value}}}}}"))
    assert (reading.failure, reading.subscribers, reading.subscribers_raw) == (None, None, value)


def test_a_count_of_null_is_none():
    reading = read_public_page(PAGE, page("x={channel:{participantsCount:null}}"))
    assert (reading.subscribers, reading.subscribers_raw) == (None, "")


def test_a_page_without_a_count_is_a_bad_answer():
    with pytest.raises(PlatformError):
        read_public_page(PAGE, b"<html>Sign in</html>")


@pytest.mark.parametrize("piece", ['"\\', "'\\\"", "{", "a:{b:", "<script>participantsCount", '"'])
def test_a_hostile_megabyte_is_read_in_seconds(piece):
    body = page("participantsCount" + piece * (1_000_000 // len(piece)))
    started = time.monotonic()
    with pytest.raises(PlatformError):
        read_public_page(PAGE, body)
    assert time.monotonic() - started < 20


@given(st.data())
def test_any_damage_gives_a_reading_or_a_platform_error(data):
    whole = data.draw(st.sampled_from([BARE, QUOTED]))
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    try:
        reading = read_public_page(PAGE, whole[:start] + data.draw(st.binary(max_size=20)) + whole[end:])
    except PlatformError:
        return
    assert reading.subscribers is None or 0 <= reading.subscribers <= 2_147_483_647
