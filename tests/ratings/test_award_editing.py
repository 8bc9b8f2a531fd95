"""Award rules as a form and back, and in words: nothing changes that nobody changed, and bad texts are named."""

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from ratings.award_rules import DEFAULT, ORDERS, DividedBy, PastWinners, read_award_rules
from ratings.award_words import award_words
from ratings.editing.awards import EMPTY_LINES, award_fields, nomination_forms, read_awards
from ratings.presets import preset_slugs, read_preset
from ratings.rules_data import RulesError, read_rules

from .worlds import item

CODES = ["growth", "avatar"]


def form_of(awards: dict, **changes: str) -> QueryDict:
    form = QueryDict(mutable=True)
    form.update(award_fields({"awards": awards}))
    for name, value in changes.items():
        form[name.replace("__", "-")] = value
    return form


def again(awards: dict, **changes: str):
    return read_award_rules(read_awards(form_of(awards, **changes))["awards"], CODES)


def one(**rule) -> dict:
    return {"nominations": [{"code": "best", "name": "Лучший"} | rule]}


# --- nothing changes that nobody changed ------------------------------------------------------------------------------


def test_the_usual_rules_come_back_with_the_same_meaning():
    assert again(DEFAULT) == read_award_rules(DEFAULT, CODES)


@pytest.mark.parametrize("slug", preset_slugs())
def test_the_rules_of_a_preset_come_back_with_the_same_meaning(slug):
    for data in read_preset(slug)["versions"]:
        codes = [each.code for each in read_rules(data).items]
        awards = data.get("awards") or DEFAULT
        assert read_award_rules(read_awards(form_of(awards))["awards"], codes) == read_award_rules(awards, codes)


QUOTAS = st.one_of(
    st.builds(lambda n: {"places": n}, st.integers(1, 99)),
    st.builds(lambda n: {"share": f"{n / 10}"}, st.integers(1, 999)),
    st.builds(lambda n: {"threshold": f"{n / 10}"}, st.integers(0, 1000)),
    st.builds(lambda n, m: {"places": n, "large_from": m, "large": n + 5}, st.integers(1, 99), st.integers(2, 500)),
)
RULES = st.builds(
    lambda winners, by, order, least, degrees: one(
        winners=winners, by=by.value, order=order, least=least, degrees=degrees
    )["nominations"][0],
    QUOTAS,
    st.sampled_from(DividedBy),
    st.sampled_from([*ORDERS, *CODES]),
    st.integers(1, 50),
    st.lists(st.integers(0, 3), max_size=4),
)


@given(st.lists(RULES, max_size=5), QUOTAS, st.sampled_from(PastWinners), st.integers(1, 20), st.integers(0, 100))
def test_any_rules_come_back_with_the_same_meaning(rules, short, past, years, collected):
    awards = {
        "nominations": [each | {"code": f"n{n}", "name": f"Номинация {n}"} for n, each in enumerate(rules)],
        "short_list": short,
        "past_winners": past.value,
        "past_years": years,
        "mark": None,
        "least_collected": f"{collected}",
    }
    assert again(awards) == read_award_rules(awards, CODES)


def test_an_empty_line_waits_for_a_new_nomination():
    forms = nomination_forms(form_of(DEFAULT))
    assert [each.name for each in forms] == [*(n["name"] for n in DEFAULT["nominations"]), *[""] * EMPTY_LINES]


def test_a_new_nomination_gets_a_code_of_its_own():
    rules = again(one(), award__1__name="Лучший ответ", award__1__order="answers")
    assert [(each.code, each.order) for each in rules.nominations] == [("best", "points"), ("nomination-2", "answers")]


def test_a_removed_nomination_is_gone():
    assert again(DEFAULT, award__0__remove="1").nominations == read_award_rules(DEFAULT, CODES).nominations[1:]


def test_an_empty_threshold_means_no_quality_mark():
    assert again(DEFAULT, mark_threshold="").mark is None


def test_a_form_without_awards_leaves_them_as_they_are():
    assert read_awards(QueryDict("digits=2")) == {}


# --- what cannot be is named ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("award__0__quota_value", "много", "Лучший"),
        ("award__0__quota", "all", "Квота"),
        ("award__0__degrees", "1, IV", "Лучший"),
        ("award__0__degrees", "4", "Лучший"),
        ("award__0__order", "beauty", "beauty"),
        ("award__0__by", "colour", "Лучший"),
        ("award__0__least", "0", "Лучший"),
        ("short__quota_value", "-1", "короткий список"),
        ("past_years", "сто", "победители"),
        ("past_winners", "maybe", "победители"),
        ("mark_threshold", "101", "знак качества"),
        ("mark_months", "0", "знак качества"),
        ("least_collected", "101", "доля собранных данных"),
    ],
)
def test_a_text_that_cannot_be_is_named(field, value, named):
    with pytest.raises(RulesError, match=f"(?i){named}"):
        again(one() | {"mark": {"threshold": "75"}}, **{field: value})


# --- in words ---------------------------------------------------------------------------------------------------------


def words(awards: dict, **rest) -> str:
    data = {"items": [item("growth"), item("avatar")], "awards": awards} | rest
    return "\n".join(award_words(data, read_rules(data)))


@pytest.mark.parametrize(
    ("awards", "said"),
    [
        (one(winners={"places": 3}, degrees=[1, 2, 0]), "мест: 3; дипломы по местам: I, II, лауреат"),
        (one(by="sector", least=8), "отдельная для каждого значения (сфера), где участников не меньше 8"),
        (one(winners={"share": "5", "large_from": 100, "large": "2.5"}), "если участников 100 и больше — 2,50 %"),
        (one(winners={"threshold": "80"}), "все от 80 балл"),
        (one(order="expectation"), "баллы выше ожидаемых"),
        (one() | {"past_winners": "barred", "past_years": 3}, "(глубина в годах: 3) не участвуют"),
        (one() | {"least_collected": "90"}, "не меньше 90 % положенных данных"),
        (one() | {"mark": {"threshold": "75", "months": 12}}, "Знак качества: от 75 баллов, срок в месяцах: 12"),
    ],
)
def test_the_rules_are_told_in_words(awards, said):
    assert said in words(awards)


def test_what_decides_between_equals_is_told_once_and_only_where_something_does():
    assert "награждают всех равных" in words(one())
    told = words(one(), ties=["avatar"])
    assert "решают по порядку: Аватар" in told
    assert "награждают всех равных" not in told
