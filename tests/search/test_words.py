"""What a stored text says, and which questions it answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.search.words import asked_words, other_layout, text_to_search


def meets(question: str, text: str) -> bool:
    words = asked_words(question)
    return bool(words) and all(word in text_to_search(text) for word in words)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("школа 5", "МБОУ СОШ № 5"),
        ("школа №5", "МБОУ СОШ №5"),
        ("5-я школа", "МБОУ СОШ № 5"),
        ("сош 5", "Средняя общеобразовательная школа № 5 имени Ф. Ф. Ушакова"),
        ("сош 5", "МБОУ Школа № 5"),
        ("школы 5", "Школа 5"),
        ("ДОУ 12", "Детский сад № 12 «Ёлочка»"),
        ("елочка", "Детский сад № 12 «Ёлочка»"),
        ("ёлочка", "Детский сад «Елочка»"),
        ("детского сада", "МБДОУ детский сад № 3"),
        ("дом культуры", "МБУК «СДК с. Некрасовка»"),
        ("ДК Некрасовка", "Дом культуры села Некрасовка"),
        ("районная больница", "КГБУЗ «Вяземская ЦРБ»"),
        ("ЦРБ вяземская", "Вяземская центральная районная больница"),
        ("школа 5", "shkola5_khv"),
        ("School5", "school_5_khv"),
        ("библиотеки", "Центральная библиотека"),
        ("МФЦ", "Многофункциональный центр"),
        ("БОЛЬНИЦА", "больница"),
    ],
)
def test_a_question_finds_the_name(question, name):
    assert meets(question, name)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("школа 5", "МБОУ СОШ № 15"),
        ("школа 5", "МБОУ СОШ № 50"),
        ("сош 5", "Детская музыкальная школа № 5"),
        ("школа 5", "Детский сад № 5"),
        ("", "Школа"),
        ("№ «»", "Школа"),
    ],
)
def test_a_question_does_not_find_another_name(question, name):
    assert not meets(question, name)


def test_a_long_number_may_be_begun_a_short_one_stands_alone():
    assert meets("27210", "2721012345")
    assert not meets("272", "2721012345")


@pytest.mark.parametrize(("typed", "meant"), [("irjkf", "школа"), ("irjkf 5", "школа 5"), ("мл", "vk"), ("Ljv", "дом")])
def test_the_other_layout(typed, meant):
    assert other_layout(typed) == meant


@given(st.text(max_size=60))
def test_whatever_is_stored_is_found_by_itself_and_is_plain_ascii(text):
    stored = text_to_search(text)
    assert stored.isascii()
    assert all(word in stored for word in asked_words(text))


@given(st.text(max_size=60))
def test_storing_what_is_stored_changes_no_word(text):
    stored = text_to_search(text)
    assert set(stored.split()) <= set(text_to_search(stored).split())
