"""Keys in templates: a number that people read is grouped by thousands, a key must not be."""

import re

from django.conf import settings
from django.template import Context, Template

KEY = re.compile(r"\{\{ *[\w.]+\.(pk|id) *\}\}")


def test_no_key_is_grouped_by_thousands():
    templates = settings.BASE_DIR / "templates"
    found = [
        f"{path.relative_to(templates)}: {line.strip()}"
        for path in sorted(templates.rglob("*.html"))
        for line in path.read_text("utf-8").splitlines()
        if KEY.search(line) and "allauth" not in path.parts
    ]
    assert found == []


def test_twin_a_key_as_it_stands_would_be():
    html = Template("{{ row.pk }}{{ row.pk|stringformat:'d' }}").render(Context({"row": {"pk": 1643}}))
    assert html == "1\xa06431643"
