"""Every attack of the list has its test, and docs/threat-model.md tells of both."""

import re
from pathlib import Path

from django.conf import settings

HERE = Path(__file__).parent
IDS = [f"A{number:02}" for number in range(1, 43)]
DOCUMENT = Path(settings.BASE_DIR) / "docs" / "threat-model.md"


def tried() -> dict[str, set[str]]:
    """Ids by the files that test them, as in test_a07_… and test_a11_a12_…."""
    found: dict[str, set[str]] = {}
    for path in [*HERE.glob("test_*.py"), HERE.parent / "browser" / "test_attacks.py"]:
        for name in re.findall(r"^def test((?:_a\d\d)+)_", path.read_text("utf-8"), re.M):
            for number in re.findall(r"a\d\d", name):
                found.setdefault(number.upper(), set()).add(path.name)
    return found


def rows() -> dict[str, str]:
    """Lines of the document's table by id."""
    return {line[2:5]: line for line in DOCUMENT.read_text("utf-8").splitlines() if re.match(r"\| A\d\d ", line)}


def test_every_attack_is_tried():
    assert sorted(tried()) == IDS


def test_the_threat_model_names_every_attack_with_its_tests():
    assert sorted(rows()) == IDS
    for number, files in tried().items():
        for name in files:
            assert name in rows()[number], (number, name)


def test_files_that_the_threat_model_names_are_there():
    named = set(re.findall(r"`(tests/[\w/]+\.py|gospub/[\w/]+\.py)`", DOCUMENT.read_text("utf-8")))
    assert named
    assert not [name for name in named if not (Path(settings.BASE_DIR) / name).is_file()]
