"""Check digits hold, and numbers that Excel has mangled are restored or refused, never guessed."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from monitoring.registry.identifiers import clean_inn, clean_ogrn, clean_oktmo, is_inn, is_ogrn
from tests.factories import inn, ogrn

ogrns = st.builds(ogrn, st.integers(0, 10**11 - 1))
inns = st.builds(inn, st.integers(0, 10**9 - 1))


@pytest.mark.parametrize("number", ["1027700132195", "1037700013020", "304500116000157"])
def test_real_ogrn_passes(number: str):
    assert is_ogrn(number)


@pytest.mark.parametrize("number", ["7707083893", "7710140679", "500100732259"])
def test_real_inn_passes(number: str):
    assert is_inn(number)


@given(ogrns, st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_in_an_ogrn_is_noticed_or_is_another_valid_number(number: str, place: int, shift: int):
    other = (int(number[place]) + shift) % 10
    wrong = f"{number[:place]}{other}{number[place + 1 :]}"
    assert is_ogrn(wrong) == (int(wrong[:-1]) % 11 % 10 == int(wrong[-1]))


@given(inns, st.integers(1, 9))
def test_wrong_check_digit_of_an_inn_is_noticed(number: str, shift: int):
    assert not is_inn(f"{number[:-1]}{(int(number[-1]) + shift) % 10}")


@given(st.text(max_size=20))
def test_any_text_is_judged(text: str):
    assert is_ogrn(text) in (True, False)
    assert is_inn(text) in (True, False)


@given(ogrns)
def test_ogrn_that_excel_holds_as_a_number_is_restored(number: str):
    for cell in (int(number), float(number), f"{number}.0", f"'{number}", f" {number[:1]} {number[1:]} "):
        assert clean_ogrn(cell) == number


@given(ogrns)
def test_ogrn_in_scientific_form_with_all_digits_is_restored(number: str):
    assert clean_ogrn(f"{number[0]},{number[1:]}E+12") == number


@pytest.mark.parametrize("cell", ["1.0228E+12", "1,0228E+12", "1.022800001E+12", "1E+12"])
def test_ogrn_that_lost_its_digits_is_refused(cell: str):
    with pytest.raises(ValidationError, match="last digits are lost"):
        clean_ogrn(cell)


@pytest.mark.parametrize(
    "cell", ["102770013219", "10277001321950", "1027700132196", "abc", "1027700132195.5", "٠" * 13]
)
def test_what_is_not_an_ogrn_is_refused(cell: str):
    with pytest.raises(ValidationError, match="not an ОГРН"):
        clean_ogrn(cell)


def test_lost_leading_zero_of_an_inn_is_restored():
    number = inn(27_000_000)
    assert number.startswith("0")
    assert clean_inn(int(number)) == number


@pytest.mark.parametrize(
    ("cell", "code"),
    [("08701000", "08701000"), (8701000, "08701000"), ("10 701 000 001", "10701000001"), (8701000001.0, "08701000001")],
)
def test_oktmo_is_restored(cell: object, code: str):
    assert clean_oktmo(cell) == code


@pytest.mark.parametrize("cell", ["870100", "8701000001234", "ОКТМО"])
def test_what_is_not_an_oktmo_is_refused(cell: object):
    with pytest.raises(ValidationError, match="not an ОКТМО"):
        clean_oktmo(cell)


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.booleans()))
def test_any_cell_gives_an_identifier_or_says_why_not(cell: object):
    for clean in (clean_ogrn, clean_inn, clean_oktmo):
        try:
            assert clean(cell).isascii()
        except ValidationError as error:
            assert error.messages
