"""`manage.py score`: a methodology on a table gathered elsewhere."""

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

SOSNOVSKY = (
    "subject,norm.numerator,norm.denominator,engagement.numerator,engagement.denominator,"
    "requirements.numerator,requirements.denominator\n"
    "Сосновский,44,61,24049,619661,168,183\n"
)


def scored(tmp_path, text: str, methodology: str = "chelyabinsk") -> list[dict[str, str]]:
    path = tmp_path / "inputs.csv"
    path.write_text(text, "utf-8")
    out = io.StringIO()
    call_command("score", methodology=methodology, inputs=path, stdout=out)
    return list(csv.DictReader(io.StringIO(out.getvalue())))


@pytest.mark.django_db
def test_the_published_example_of_chelyabinsk_gives_80_07(tmp_path):
    row = scored(tmp_path, SOSNOVSKY)[0]
    assert (row["subject"], row["score"], row["place"]) == ("Сосновский", "80.07", "1")
    assert float(row["norm.value"]) == pytest.approx(0.721311475)
    assert float(row["engagement.normalised"]) == 100
    assert float(row["requirements.contribution"]) == -6
    assert row["zone"] == "Отстающая"


@pytest.mark.django_db
@pytest.mark.parametrize(("version", "score"), [("chelyabinsk:2025", "63.40"), ("chelyabinsk:2026", "57.84")])
def test_an_older_version_may_be_asked_for(tmp_path, version, score):
    """20 000 interactions of a million views are 2 % of them: 66.67 of 100 by the order of 2025, 55.56 by that of 2026,
    half of which counts, with half of 72.13 and −6."""
    text = SOSNOVSKY.replace("24049,619661", "20000,1000000")
    assert scored(tmp_path, text, version)[0]["score"] == score


METHODOLOGY = {"items": [{"indicator": "cover", "weight": "1", "normaliser": {"kind": "target", "target": "1"}}]}
COVERS = "subject,cover\nX,0.125\nY,1\n"


def own(tmp_path, data: object) -> str:
    """Path of a methodology of one's own."""
    path = tmp_path / "own.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), "utf-8")
    return str(path)


def test_such_a_file_needs_no_ending(tmp_path):
    path = tmp_path / "own"
    path.write_text(json.dumps(METHODOLOGY), "utf-8")
    assert scored(tmp_path, COVERS, str(path))[0]["score"] == "100.00"


@pytest.mark.parametrize("whole", [METHODOLOGY, {"versions": [{"items": []}, METHODOLOGY]}])
def test_a_methodology_may_be_a_file_of_its_own(tmp_path, whole):
    rows = scored(tmp_path, COVERS, own(tmp_path, whole))
    assert [(row["subject"], row["score"], row["place"]) for row in rows] == [
        ("Y", "100.00", "1"),
        ("X", "12.50", "2"),
    ]


def test_the_scores_may_be_written_to_a_file(tmp_path):
    (tmp_path / "inputs.csv").write_text(COVERS, "utf-8")
    out = tmp_path / "scores.csv"
    call_command("score", methodology=own(tmp_path, METHODOLOGY), inputs=tmp_path / "inputs.csv", out=out)
    assert out.read_bytes().decode().splitlines()[1].startswith("Y,,1,100.00,,ranked")
    assert out.read_bytes().count(b"\r\n") == 3


@pytest.mark.parametrize(
    "data",
    ["{", "null", "5", "[]", '"versions"', '{"versions": []}', '{"versions": 5}', {"items": []}, "\ud800", "1" * 5000],
    ids=lambda data: str(data)[:20].encode("ascii", "replace").decode(),
)
def test_a_file_that_is_no_methodology_is_an_error_that_names_it(tmp_path, data):
    path = tmp_path / "own.json"
    path.write_bytes(json.dumps(data).encode() if isinstance(data, dict) else data.encode("utf-8", "surrogatepass"))
    with pytest.raises(CommandError, match=r"own\.json"):
        scored(tmp_path, COVERS, str(path))


@pytest.mark.django_db
@pytest.mark.parametrize("methodology", ["nowhere", "nowhere.json"])
def test_a_methodology_that_is_not_there_is_an_error_that_names_it(tmp_path, methodology):
    with pytest.raises(CommandError, match=methodology):
        scored(tmp_path, COVERS, methodology)


@pytest.mark.parametrize("name", ["nothing.csv", "."])
def test_inputs_that_are_no_file_are_an_error_that_names_them(tmp_path, name):
    with pytest.raises(CommandError, match=str(tmp_path)):
        call_command("score", methodology=own(tmp_path, METHODOLOGY), inputs=tmp_path / name)


def test_a_place_that_cannot_be_written_to_is_an_error_that_names_it(tmp_path):
    (tmp_path / "inputs.csv").write_text(COVERS, "utf-8")
    with pytest.raises(CommandError, match="nowhere"):
        call_command(
            "score",
            methodology=own(tmp_path, METHODOLOGY),
            inputs=tmp_path / "inputs.csv",
            out=tmp_path / "nowhere" / "scores.csv",
        )


def test_mistakes_in_the_inputs_are_told_by_row_and_column(tmp_path):
    with pytest.raises(CommandError, match=r"3.*cover.*much"):
        scored(tmp_path, "subject,cover\nX,1\nY,much\n", own(tmp_path, METHODOLOGY))
