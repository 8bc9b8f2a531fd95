"""What an import has to say: a problem names its sheet, row and column, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Severity(StrEnum):
    ERROR = "error"  # the whole file is refused
    WARNING = "warning"  # worth a look, applied as described
    NOTE = "note"  # left alone on purpose

    @property
    def label(self) -> str:
        return str(_LABELS[self])


_LABELS = {
    Severity.ERROR: gettext_lazy("Error"),
    Severity.WARNING: gettext_lazy("Warning"),
    Severity.NOTE: gettext_lazy("Note"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of a report. row: as the spreadsheet program numbers it, None = the whole sheet or file."""

    severity: Severity
    message: str
    sheet: str = ""
    row: int | None = None
    column: str = ""

    @property
    def place(self) -> str:
        """«sheet “Школы”, row 7, column “ОГРН”»; "" = the whole file."""
        return place(self.sheet, self.row, self.column)


def place(sheet: str, row: int | None, column: str = "") -> str:
    """Where something stands, in words; a CSV file has no sheets."""
    parts = []
    if sheet:
        parts.append(_("sheet “%(sheet)s”") % {"sheet": sheet})
    if row:
        parts.append(_("row %(row)s") % {"row": row})
    if column:
        parts.append(_("column “%(column)s”") % {"column": column})
    return ", ".join(parts)


@dataclass(slots=True)
class Counts:
    """Rows of one kind: added, changed, left as they are."""

    new: int = 0
    changed: int = 0
    same: int = 0


def told(file: str, counts: Mapping[type[Model], Counts]) -> dict[str, object]:
    """What the audit trail says of an import."""
    return {
        "file": file,
        "new, changed": {model._meta.model_name: [count.new, count.changed] for model, count in counts.items()},
    }
