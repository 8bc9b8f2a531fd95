"""Many institutions or pages changed at one stroke, and taken back at one stroke."""

from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from monitoring.models import ChangeKind, Institution, Page, Region, RegistryChange

from .history import Editing
from .keeping import Keeper, RefusedError

# A region has some thousands; more at once is a mistake.
MOST_ROWS = 20_000


def change_many(
    region: Region, rows: QuerySet[Institution] | QuerySet[Page], said: Mapping[str, object], keeper: Keeper
) -> RegistryChange | None:
    """Set the fields `said` of every row; "archive": True archives them. None where all of it was so already.

    rows: of the region, those that may be changed. Raises RefusedError: too many, or two of them would be the same.
    """
    try:
        with transaction.atomic():
            return _change_many(region, rows, said, keeper)
    except IntegrityError as error:
        raise RefusedError(_("Two institutions of the same name and ОГРН would be in one municipality.")) from error


def _change_many(
    region: Region, rows: QuerySet[Institution] | QuerySet[Page], said: Mapping[str, object], keeper: Keeper
) -> RegistryChange | None:
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[: MOST_ROWS + 1])
    if len(keys) > MOST_ROWS:
        raise RefusedError(_("These are too many at once: narrow the filter."))
    editing = keeper.edits(region, ChangeKind.BULK)
    values = {name: value for name, value in said.items() if name != "archive"}
    found = list(rows.model.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    for row in found:
        row_values = dict(values)
        if said.get("archive") and row.archived_on is None:
            row_values["archived_on"] = keeper.day
        editing.change(row, **row_values)
    if said.get("archive") and rows.model is Institution:
        _archive_pages(editing, keys)
    return editing.finish()


def _archive_pages(editing: Editing, institutions: Sequence[int]) -> None:
    for page in Page.objects.watched().select_for_update().filter(institution__in=institutions).order_by("pk"):
        editing.change(page, archived_on=editing.day)
