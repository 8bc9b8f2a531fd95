"""CSV files in and out."""

import csv
import io

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ratings import sheets
from ratings.engine import Status
from ratings.parts import State
from ratings.sheets import SheetError, output, read_file, read_table, score, write

from .making import PERCENTILE, item, methodology

RULES = methodology(item("a"), item("b"))
SIZED = methodology(item("a"), peers={"by": ["sector", "size"], "sizes": ["100"]}, eligibility={"days": 10, "posts": 3})


def read(text: str, rules=RULES, coding: str = "utf-8"):
    return read_table(text.encode(coding), rules)


def problems(content: str | bytes, rules=RULES) -> list[str]:
    with pytest.raises(SheetError) as caught:
        read_table(content.encode() if isinstance(content, str) else content, rules)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return caught.value.problems


def assert_problem(content: str | bytes, *names: object, rules=RULES) -> None:
    """One problem, which names all these."""
    found = problems(content, rules)
    assert len(found) == 1
    assert all(str(name) in found[0] for name in names), found[0]


def scored(text: str, rules=RULES) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(write(output(score(text.encode(), rules), rules)))))


# --- what is read -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_any_usual_delimiter_and_line_end_is_read(delimiter, end):
    rows = [("subject", "a", "b"), ("Х", "0.5", "1"), ("Y", "2", "0")]
    found = read(end.join(delimiter.join(row) for row in rows))
    assert found.keys == ["Х", "Y"]
    assert (found.values("a").tolist(), found.values("b").tolist()) == ([0.5, 2], [1, 0])


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "cp1251"])
def test_the_codings_of_spreadsheets_are_read(coding):
    assert read("subject;a;b\nСосновский;1;2\n", coding=coding).keys == ["Сосновский"]


@pytest.mark.parametrize(
    ("text", "value"),
    [("0,5", 0.5), ("0.5", 0.5), ("1 234,5", 1234.5), ("1\xa0234", 1234), ("1\u202f234", 1234), ("−3", -3),
     ("-3", -3), ("1e3", 1000), (" 7 ", 7), ("0", 0)],
)  # fmt: skip
def test_numbers_are_read_as_spreadsheets_write_them(text, value):
    found = read(f"subject;a;b\nX;{text};1\n")
    assert (found.values("a").tolist(), found.readings["a"].state.tolist()) == ([value], [State.KNOWN])


def test_an_empty_cell_is_unknown_and_never_zero():
    found = read("subject,a,b\nX,,1\n")
    assert found.readings["a"].state.tolist() == [State.UNKNOWN]
    assert np.isnan(found.values("a")).all()


@pytest.mark.parametrize("text", ["n/a", "N/A", "н/п", "Н/П", "—", " n/a "])
def test_what_does_not_apply_is_read(text):
    assert read(f"subject,a,b\nX,{text},1\n").readings["a"].state.tolist() == [State.NOT_APPLICABLE]


def test_an_indicator_may_be_a_numerator_and_a_denominator():
    found = read(
        "subject,a.numerator,a.denominator,b\nknown,1,4,1\nnone,0,0,1\nhalf,1,,1\nother,,4,1\nnot,n/a,4,1\nzero,0,4,1"
    )
    U, N, K = State.UNKNOWN, State.NOT_APPLICABLE, State.KNOWN  # noqa: N806
    assert found.readings["a"].state.tolist() == [K, N, U, U, N, K]
    assert found.values("a")[[0, 5]].tolist() == [0.25, 0]


def test_columns_may_stand_in_any_order_and_case_with_others_between():
    found = read("B, note ,Subject,A\n1,x,X,0.5\n")
    assert (found.keys, found.values("a").tolist(), found.values("b").tolist()) == (["X"], [0.5], [1])


def test_codes_with_capitals_have_their_column():
    rules = methodology(item("P31"))
    assert read("subject,P31\nX,0.5\n", rules).values("P31").tolist() == [0.5]
    assert read("subject,p31.numerator,P31.denominator\nX,1,2\n", rules).values("P31").tolist() == [0.5]


def test_fields_of_peer_groups_sizes_and_eligibility_are_read():
    found = read("subject,sector,size,days,posts,a\nX,culture,150,30,,1\nY,,,9,3,1\n", SIZED)
    assert found.fields["sector"] == ["culture", ""]
    assert repr(found.sizes.tolist()) == "[150.0, nan]"
    assert repr([found.days.tolist(), found.posts.tolist()]) == "[[30.0, 9.0], [nan, 3.0]]"
    assert found.collected is None


def test_blank_lines_are_no_subjects_but_count_as_rows():
    assert read("subject,a,b\n\nX,1,1\n , ,\nY,1,1\n").keys == ["X", "Y"]
    assert_problem("subject,a,b\n\n\nX,1,z\n", 4, "b")


def test_a_short_row_leaves_the_rest_unknown():
    assert read("subject,a,b\nX,1\n").readings["b"].state.tolist() == [State.UNKNOWN]


def test_quoted_cells_hold_delimiters():
    assert read('subject,a,b\n"Школа, № 1","0,5",1\n').keys == ["Школа, № 1"]


# --- what is wrong ----------------------------------------------------------------------------------------------------


def test_a_missing_subject_column_is_named():
    assert_problem("a,b\n1,2\n", 1, "subject")


def test_all_missing_columns_are_named_at_once():
    found = problems("subject\nX\n", SIZED)
    assert [name in text for name, text in zip(("sector", "size", "a.numerator"), found, strict=True)] == [True] * 3


def test_a_numerator_without_its_denominator_is_not_enough():
    assert_problem("subject,a.numerator,b\nX,1,2\n", 1, "a.denominator")


def test_a_column_that_occurs_twice_is_named():
    assert_problem("subject,a,b,A\nX,1,2,3\n", 1, "«a»")


def test_columns_without_a_name_may_occur_twice():
    assert read("subject,a,b,,\nX,1,2,,\n").keys == ["X"]


def test_a_subject_named_twice_names_its_row():
    assert_problem("subject,a,b\nX,1,2\nY,1,2\n X ,1,2\n", 4, "subject")


def test_a_row_without_a_subject_is_named():
    assert_problem("subject,a,b\nX,1,2\n,1,2\n", 3, "subject")


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "1.2.3",
        "nan",
        "sNaN",
        "-snan12",
        "inf",
        "-Infinity",
        "1e15",
        "1e400",
        "1e999999999999999999",
        "=1+1",
        "0x10",
    ],
)
def test_a_bad_number_names_row_column_and_text(text):
    assert_problem(f"subject;a;b\nX;1;2\nY;1;{text}\n", 3, "«b»", text)


def test_a_bad_number_of_a_size_or_of_eligibility_is_named_too():
    found = problems("subject,sector,size,days,posts,a\nX,s,big,n/a,1,1\n", SIZED)
    assert len(found) == 2
    assert "size" in found[0]
    assert "days" in found[1]


def test_a_denominator_below_zero_is_a_problem():
    assert_problem("subject,a.numerator,a.denominator,b\nX,1,-1,2\n", 2, "a.denominator")


def test_cells_beyond_the_header_are_a_problem():
    """A decimal comma between commas: the numbers of the row would stand in the wrong columns."""
    assert_problem("subject,a,b\nX,1,2\nY,0,5,1\n", 3)
    assert read("subject,a,b\nX,1,2,, \n").keys == ["X"]


def test_twenty_problems_are_enough():
    assert len(problems("subject,a,b\n" + "".join(f"s{n},1,z\n" for n in range(50)))) == 20
    many = methodology(*(item(f"i{n}") for n in range(30)))
    row = ",".join(["z"] * 30)
    assert len(problems(f"subject,{','.join(f'i{n}' for n in range(30))}\nX,{row}\n", many)) == 20


@pytest.mark.parametrize("content", ["subject,a,b", "subject,a,b\n", "subject,a,b\n\n , ,\n"])
def test_nothing_but_a_header_is_a_problem(content):
    assert len(problems(content)) == 1


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"\0", b"subject,a,b\nX,1,\0\n", "subject,a,b\nX,1,2".encode("utf-16"), b"PK\x03\x04\0\0"]
)
def test_what_is_no_csv_is_a_problem(content):
    assert problems(content)


def test_a_cell_too_long_for_a_csv_reader_is_a_problem():
    assert problems("subject,a,b\nX,1," + "9" * 200_000)
    assert problems("subject,a,b\nX,1,2\n" + '"' + "x" * 200_000)
    assert problems("x" * 200_000)


def test_a_file_too_large_or_too_long_is_a_problem(monkeypatch, tmp_path):
    monkeypatch.setattr(sheets, "MAX_ROWS", 2)
    rows = [f"s{n},1,1\n" for n in range(3)]
    assert len(read("subject,a,b\n" + "".join(rows[:2])).keys) == 2
    assert_problem("subject,a,b\n" + "".join(rows), 2)
    monkeypatch.setattr(sheets, "MAX_BYTES", 10)
    assert len(problems("subject,a,b\n")) == 1
    (tmp_path / "large.csv").write_bytes(b"x" * 11)
    (tmp_path / "small.csv").write_bytes(b"x" * 10)
    assert read_file(tmp_path / "small.csv") == b"x" * 10
    with pytest.raises(SheetError):
        read_file(tmp_path / "large.csv")


cell = st.one_of(
    st.text(max_size=6), st.sampled_from(["1", "0,5", "n/a", "", "sNaN", "1e999", "subject", '"', "a", "\r", "=1"])
)
texts = st.one_of(
    st.text(max_size=60),
    st.lists(st.lists(cell, max_size=6).map(",".join), max_size=6).map("\n".join).map("subject,a,b\n".__add__),
    st.lists(st.lists(cell, max_size=6).map(";".join), max_size=6).map("\n".join).map("subject;a.numerator;".__add__),
)


@given(st.one_of(st.binary(max_size=80), texts.map(lambda text: text.encode("utf-8", "surrogatepass"))))
@example(b"subject,a,b\nX,sNaN,1\n")
@example(b"subject,a,b\rX,1,2\r")
def test_no_content_raises_anything_but_a_sheet_error(content):
    try:
        result = score(content, RULES)
    except SheetError as error:
        assert error.problems
        return
    assert len(list(output(result, RULES))) == len(result.table.keys) + 1


# --- what is written --------------------------------------------------------------------------------------------------


def test_a_row_says_values_points_and_what_they_add():
    rules = methodology(item("a", weight="3"), item("b"))
    assert scored("subject,a,b\nX,0.5,1\n", rules) == [
        {
            "subject": "X", "group": "", "place": "1", "score": "62.50", "zone": "", "status": "ranked",
            "a.value": "0.5", "a.normalised": "50.0", "a.contribution": "37.5",
            "b.value": "1.0", "b.normalised": "100.0", "b.contribution": "25.0",
        }
    ]  # fmt: skip


def test_penalties_are_written_with_their_points():
    step = {"from": "1", "points": "0"}
    rules = methodology(item("a"), penalties=[{"code": "p", "indicator": "cover", "steps": [step], "otherwise": "-22"}])
    row = scored("subject,a,p\nX,1,0.5\n", rules)[0]
    assert (row["score"], row["p.value"], row["p.contribution"]) == ("78.00", "0.5", "-22.0")


def test_size_classes_are_named_by_their_bounds():
    rules = methodology(item("a"), peers={"by": ["sector", "size"], "sizes": ["500", "2000"]})
    text = "subject,sector,size,a\nA,X,499,1\nB,X,500,1\nC,X,2000,1\nD,X,,1\n"
    groups = {row["subject"]: row["group"] for row in scored(text, rules)}
    assert groups == {"A": "X / <500", "B": "X / 500–2000", "C": "X / ≥2000", "D": "X / "}


def test_those_with_too_few_data_still_show_what_was_measured():
    row = scored("subject,a,posts\nX,0.5,1\n", methodology(item("a"), eligibility={"posts": 3}))[0]
    assert (row["status"], row["score"], row["a.value"], row["a.contribution"]) == ("thin", "", "0.5", "n/a")


def test_zones_go_by_the_score_as_it_is_written():
    zones = [{"zone": "a", "label": "Лидер", "from": "90"}, {"zone": "b", "label": "=Прочие", "from": "0"}]
    text = "subject,a\nX,0.89995\nY,0.8999\nZ,\n"
    rows = {row["subject"]: row["zone"] for row in scored(text, methodology(item("a"), zones=zones))}
    assert rows == {"X": "Лидер", "Y": "'=Прочие", "Z": ""}


def test_what_all_add_and_take_is_the_score():
    step = {"from": "1", "points": "0"}
    rules = methodology(
        item("a", weight="3"),
        item("b"),
        penalties=[{"code": "p", "indicator": "cover", "steps": [step], "otherwise": "-9"}],
    )
    row = scored("subject,a,b,p\nX,0.7,0.2,0.5\n", rules)[0]
    assert sum(float(row[f"{code}.contribution"]) for code in "abp") == pytest.approx(float(row["score"]), abs=0.01)


def test_unknown_is_written_empty_and_what_does_not_apply_as_such():
    row = scored("subject,a,b\nX,,1\n")[0]
    assert (row["a.value"], row["a.normalised"], row["a.contribution"]) == ("", "", "")
    row = scored("subject,a,b\nX,—,1\n")[0]
    assert (row["a.value"], row["a.normalised"], row["a.contribution"]) == ("n/a", "n/a", "n/a")


def test_the_best_come_first_group_by_group_and_those_without_a_place_last():
    rules = methodology(
        item("a"), peers={"by": ["sector"]}, gate=[{"code": "g", "indicator": "cover", "from": "1"}],
        eligibility={"posts": 3},
    )  # fmt: skip
    rows = scored(
        "subject,sector,posts,a,g\nD,y,9,0.5,1\nC,x,9,1,0\nB,x,9,0.5,1\nA,x,9,0.5,1\nZ,x,9,0.7,1\nT,x,1,1,1\nN,x,9,,1\n",
        rules,
    )
    assert [(row["subject"], row["group"], row["place"], row["score"], row["status"]) for row in rows] == [
        ("Z", "x", "1", "70.00", "ranked"),
        ("A", "x", "2", "50.00", "ranked"),
        ("B", "x", "2", "50.00", "ranked"),
        ("C", "x", "", "100.00", "gate"),
        ("N", "x", "", "", "nothing"),
        ("T", "x", "", "", "thin"),
        ("D", "y", "1", "50.00", "ranked"),
    ]
    assert {row["status"].upper() for row in rows} == set(Status.__members__)


def test_merged_groups_are_named_by_all_that_is_in_them():
    rules = methodology(item("a", PERCENTILE), peers={"by": ["sector", "level"], "least": 2})
    rows = scored("subject,sector,level,a\nX,s,r,1\nY,s,t,2\n", rules)
    assert [row["group"] for row in rows] == ["s / r + s / t"] * 2


@pytest.mark.parametrize("text", ["=1+1", "+7", "-x", "@sum(a1)", "=cmd|' /C calc'!A0"])
def test_formulas_in_names_are_neutralised(text):
    rules = methodology(item("a"), peers={"by": ["sector"]})
    out = io.StringIO()
    csv.writer(out).writerow([text, text, "1"])
    row = scored(f"subject,sector,a\n{out.getvalue()}", rules)[0]
    assert (row["subject"], row["group"]) == (f"'{text}", f"'{text}")


@given(st.lists(st.lists(st.text("ab\",;\r\n' я=", max_size=4), min_size=1, max_size=3), min_size=1, max_size=4))
def test_what_is_written_can_be_read_back(rows):
    rows = [row for row in rows if row != [""]] or [["x"]]
    assert list(csv.reader(io.StringIO(write(rows), newline=""))) == rows
