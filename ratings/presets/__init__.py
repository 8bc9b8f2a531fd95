"""Published methodologies as data files, one a methodology with all its versions."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def preset_slugs() -> list[str]:
    """Short names of the methodologies that ship with the project."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def read_preset(slug: str) -> dict[str, Any]:
    """The preset's data; KeyError where there is none of that name."""
    if slug not in preset_slugs():
        raise KeyError(slug)
    return json.loads((FOLDER / f"{slug}.json").read_text("utf-8"))
