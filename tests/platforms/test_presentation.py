"""What a description says of who keeps the page: a site, contacts, the institution's name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.platforms.base import PageRef
from monitoring.platforms.presentation import Presented, names, presented, sites

SCHOOL = "Муниципальное бюджетное общеобразовательное учреждение «Средняя общеобразовательная школа № 5 села Ёлкино»"
PAGE = PageRef(1, "school5", institution=SCHOOL)


def flags(text: str | None, title: str = "", **fields) -> tuple[bool | None, bool | None, bool | None]:
    found = presented(PAGE, text, title, **fields)
    return found.has_site, found.has_contacts, found.names_institution


def test_what_the_network_does_not_give_is_unknown():
    assert presented(PAGE, None, "Школа № 5 Ёлкино", site="https://school.ru") == Presented()


def test_an_empty_description_tells_nothing_of_the_three():
    assert flags("") == (False, False, False)


def test_a_full_description_has_all_three():
    text = "Официальная страница. Школа №5 с. Елкино. Тел.: +7 (4212) 12-34-56, school5.khab.ru"
    assert flags(text) == (True, True, True)


@pytest.mark.parametrize(
    "text",
    ["https://school5.ru/about", "www.school5.рф", "сайт: school-5.khv.gov.ru.", "Сайт SCHOOL5.COM", "5school.дети"],
)
def test_a_site_in_any_form(text):
    assert flags(text)[0]


@pytest.mark.parametrize(
    "text", ["school5@mail.ru", "https://vk.com/school5", "t.me/school5", "m.vk.com/x", "и т.д.", "в 8.30", "ул.Мира"]
)
def test_mail_networks_and_abbreviations_are_no_site(text):
    assert flags(text)[0] is False


@pytest.mark.parametrize(
    "text",
    [
        "+7 (4212) 12-34-56",
        "8-914-000-00-00",
        "89140000000",
        "8 800 000 00 00",
        "тел. 2-15-16",
        "a.b@khab.ru",
        "Телефон: 21 516",
    ],
)
def test_a_phone_or_a_mail_address_is_a_contact(text):
    assert flags(text)[1]


@pytest.mark.parametrize("text", ["ИНН 2721000000", "с 2015 по 2024", "№ 812345", "дом 8, корпус 7"])
def test_other_numbers_are_no_phone(text):
    assert flags(text)[1] is False


def test_fields_of_their_own_count_where_the_page_shows_them():
    assert flags("", site="https://school5.ru")[0]
    assert flags("", contacts=[{"desc": "Директор", "phone": "2-15-16"}])[1]
    assert flags("", contacts=[{"user_id": 5}])[1] is False


@pytest.mark.parametrize("odd", ["x", 5, {}, [None], [[]], [{"phone": None}]])
def test_odd_contacts_are_none(odd):
    assert flags("", contacts=odd)[1] is False


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Школа № 5 села Ёлкино", True),
        ("СРЕДНЯЯ ШКОЛА №5 С. ЕЛКИНО", True),
        ("Школа № 6 села Ёлкино", False),
        ("Официальная страница учреждения", False),
        ("Школа № 5", False),
    ],
)
def test_the_name_is_there_where_its_numbers_and_most_of_its_own_words_are(text, named):
    assert names(SCHOOL, text) is named


def test_a_name_without_words_of_its_own_cannot_be_looked_for():
    assert names("МБУК", "Страница") is None
    assert presented(PageRef(1, "a"), "Страница", "").names_institution is None


@given(st.text(), st.text())
def test_no_text_breaks_it(text, title):
    found = presented(PAGE, text, title, contacts=text)
    assert {type(each) for each in (found.has_site, found.has_contacts, found.names_institution)} == {bool}


@given(st.text(max_size=300))
def test_a_site_is_never_one_of_the_networks(text):
    assert not {"vk.com", "ok.ru", "t.me", "max.ru"} & set(sites(text))
