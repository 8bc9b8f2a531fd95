"""Phones and mail addresses in names of pages are hidden, names stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from public.masking import HIDDEN, MAIL, masked


@pytest.mark.parametrize(
    "phone",
    [
        "+7 (4212) 12-34-56",
        "8 914 000 00 00",
        "89140000000",
        "+79140000000",
        "8(4212)123456",
        "7-914-000-00-00",
        "8.914.000.00.00",
        "(4212) 12-34-56",
        "9140000000",
        "тел. 45-67-89",
        "тел.: 456789",
        "Телефон 4-56-78",
        "12\u201134\u201156",
    ],
)
def test_phones_are_hidden(phone):
    text = masked(f"Библиотека, {phone}")
    assert HIDDEN in text
    assert text.startswith("Библиотека")
    assert sum(letter.isdigit() for letter in text) <= 1


@pytest.mark.parametrize("mail", ["school5@mail.ru", "шк.5@почта.рф", "a.b-c@sub.example.org", "school5 @ mail.ru"])
def test_mail_addresses_are_hidden(mail):
    assert masked(f"Пишите {mail}!") == f"Пишите {HIDDEN}!"


@pytest.mark.parametrize(
    "name",
    [
        "Школа № 5",
        "МБОУ СОШ № 1234",
        "Администрация г. Хабаровска, 2024",
        "Отчёт за 2023-2024 годы",
        "26.10.2024",
        "@school5",
        "Дом 12-14",
        "1 093 477 подписчиков",
        "Отчёт за 01.10.2024-15.11.2024",
        "8.10.2024 – 15.11.2024",
        "ОГРН 1022700930967",
    ],
)
def test_names_stay_as_they_are(name):
    assert masked(name) == name


@given(st.text(max_size=200))
def test_no_mail_address_is_left_of_any_text(text):
    assert not MAIL.search(masked(text))


@given(st.text(max_size=60), st.integers(9_000_000_000, 9_999_999_999))
def test_no_mobile_number_is_left_of_any_text(text, number):
    assert str(number) not in masked(f"{text} +7{number} {text}")
