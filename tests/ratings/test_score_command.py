"""`manage.py score`: a methodology on a table gathered elsewhere."""

import csv
import io

import pytest
from django.core.management import call_command

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
    assert float(row["requirements.penalty"]) == -6
