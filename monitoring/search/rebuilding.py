"""Search columns made anew for every row: after a change of the abbreviations, or of how words are folded."""

from itertools import islice

from monitoring.models import Institution, Municipality, Page, Person

from .field import SearchField

BATCH = 1000


def rebuild() -> int:
    """Write the columns of all rows; returns how many rows there are."""
    count = 0
    for model in (Municipality, Institution, Page, Person):
        fields = [field for field in model._meta.fields if isinstance(field, SearchField)]
        needed = {name for field in fields for name in field.of}
        rows = model.objects.order_by("pk").only("pk", *needed).iterator(BATCH)
        while batch := list(islice(rows, BATCH)):
            model.objects.bulk_update(batch, [field.name for field in fields], batch_size=500)
            count += len(batch)
    return count
