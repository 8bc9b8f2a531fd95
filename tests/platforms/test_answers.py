"""Numbers, text, JSON and HTML out of networks' answers."""

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.platforms.answers import (
    OPEN_ELEMENTS,
    Counted,
    answer_hash,
    convert,
    counted,
    decode,
    line,
    number,
    parse_html,
    text_hash,
)
from monitoring.platforms.base import PlatformError


class TestNumber:
    @pytest.mark.parametrize(
        ("text", "value", "step"),
        [
            ("10 612 280 subscribers", 10_612_280, 1),
            ("1 subscriber", 1, 1),
            ("2\u00a0410 subscribers", 2410, 1),
            ("2\u2009410 subscribers", 2410, 1),
            ("2,410 subscribers", 2410, 1),
            ("777", 777, 1),
            ("0", 0, 1),
            ("5K", 5000, 1000),
            ("12.3K", 12_300, 100),
            ("12,3K", 12_300, 100),
            ("1.63K views", 1630, 10),
            ("10.5M", 10_500_000, 100_000),
            ("12,3 тыс. подписчиков", 12_300, 100),
            ("5 мая", 5, 1),
        ],
    )
    def test_it_knows_its_own_precision(self, text, value, step):
        assert number(text) == (value, step)

    @pytest.mark.parametrize(
        "text", ["", "@name", "subscribers", "12.345", "9" * 5000, "99999M", "1e18", "-5", "\u22125 subscribers"]
    )
    def test_what_no_network_writes_is_no_number(self, text):
        assert number(text) is None

    @given(st.text())
    def test_any_text_gives_a_bounded_number_or_none(self, text):
        found = number(text)
        assert found is None or (0 <= found[0] <= 2_147_483_647 and found[1] >= 1)


class TestLine:
    @given(st.text())
    def test_it_is_what_a_database_takes(self, text):
        cleaned = line(text)
        assert len(cleaned) <= 300
        assert not set(cleaned) & {"\0", "\n"}
        cleaned.encode()


class TestJson:
    @given(st.binary())
    def test_any_bytes_give_a_value_or_a_platform_error(self, body):
        with contextlib.suppress(PlatformError):
            answer_hash(decode(body))

    @pytest.mark.parametrize("body", [b"[" * 100_000, b"1" * 100_000, b'"\\ud800"', b"1e999", b"\xff"])
    def test_hostile_json_is_bounded(self, body):
        with contextlib.suppress(PlatformError):
            answer_hash(decode(body))

    def test_the_hash_does_not_depend_on_the_order_of_keys(self):
        assert answer_hash({"a": 1, "b": 2}) == answer_hash({"b": 2, "a": 1})

    def test_an_error_names_the_place_and_not_the_value(self):
        with pytest.raises(PlatformError) as caught:
            convert({"count": "secret"}, dict[str, int])
        assert "secret" not in str(caught.value)


class TestHtml:
    def test_deep_nesting_is_refused(self):
        with pytest.raises(PlatformError, match="too deep"):
            parse_html(b"<div>" * (OPEN_ELEMENTS + 1))

    def test_stray_closing_tags_do_not_hide_it(self):
        with pytest.raises(PlatformError, match="too deep"):
            parse_html(b"<div></b>" * (OPEN_ELEMENTS + 1))

    def test_closing_tags_in_advance_do_not_hide_it(self):
        with pytest.raises(PlatformError, match="too deep"):
            parse_html(b"</div>" * 5000 + b"<div>" * (OPEN_ELEMENTS + 1))

    def test_a_large_page_that_closes_its_elements_is_read(self):
        body = b"<p>" + b"<div><br>text<img src=x></div>" * 20_000
        assert len(parse_html(body).css("div")) == 20_000

    def test_a_megabyte_of_open_tags_is_refused_at_once(self):
        started = time.monotonic()
        with pytest.raises(PlatformError):
            parse_html(b"<a b=" * 200_000)
        assert time.monotonic() - started < 10


class TestCounted:
    @pytest.mark.parametrize(
        ("given", "value", "step"),
        [
            (816, 816, 1),
            (0, 0, 1),
            (816.0, 816, 1),
            ("816", 816, 1),
            ("000816", 816, 1),
            ("1 234", 1234, 1),
            ("1\u00a0234", 1234, 1),
            ("1,234", 1234, 1),
            ("12,3K", 12300, 100),
            ("12.3k", 12300, 100),
            ("1.2M", 1_200_000, 100_000),
            ("12,3 тыс.", 12300, 100),
            ("12,3\u00a0тыс", 12300, 100),
            ("1,2 млн", 1_200_000, 100_000),
        ],
    )
    def test_what_can_be_read_is_read_with_its_step(self, given, value, step):
        assert counted(given) == Counted(value, step)

    @pytest.mark.parametrize(
        "given",
        [
            -5,
            -0.5,
            float("nan"),
            float("inf"),
            1e18,
            2**31,
            2**63,
            816.5,
            True,
            False,
            [816],
            {"count": 816},
            "",
            "many",
            "-816",
            "0x10",
            "1e3",
            "\u0661\u0662",
            "99999999999",
            "12 34",
            "1 2 3",
            "\u2212816",
            "816 и ещё 3",
        ],
    )
    def test_what_cannot_be_a_count_is_kept_as_text(self, given):
        found = counted(given)
        assert found.value is None
        assert found.raw

    def test_nothing_given_is_nothing(self):
        assert counted(None) == Counted()

    def test_a_list_as_deep_as_json_may_be_is_no_fault(self):
        deep: list = []
        for _ in range(100_000):
            deep = [deep]
        assert counted(deep).value is None

    @given(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers())))
    def test_anything_is_a_count_of_people_or_its_text(self, given):
        found = counted(given)
        assert found.value is None or 0 <= found.value <= 2**31 - 1
        assert len(found.raw) <= 100


class TestTextHash:
    LONG = "Приглашаем всех жителей района на праздник ёлки в субботу, в двенадцать часов, у дома культуры!"

    def test_signs_letter_case_links_and_hashtags_make_no_difference(self):
        other = self.LONG.upper().replace("!", " https://vk.com/club1 #праздник @school5").replace("Ё", "Е")
        assert text_hash(other) == text_hash(self.LONG) is not None

    def test_what_is_no_text_has_none(self):
        assert text_hash(None) is text_hash([self.LONG]) is None

    def test_other_words_do(self):
        assert text_hash(self.LONG.replace("субботу", "пятницу")) != text_hash(self.LONG)

    def test_short_texts_are_alike_by_chance(self):
        assert text_hash("С праздником!") is None

    def test_it_fits_the_bases_column(self):
        assert 0 <= text_hash(self.LONG) < 2**63


def test_numbers_that_json_has_not_are_read_all_the_same():
    assert str(decode(b'{"a":NaN,"b":-Infinity}')) == "{'a': nan, 'b': -inf}"
