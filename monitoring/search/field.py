"""The column that search looks in: made of other fields of its row whenever the row is written."""

from collections.abc import Iterable, Sequence

from django.db import models

from .words import text_to_search


class _Computed:
    """What the fields give now; what was read from the base or is assigned plays no part."""

    def __init__(self, name: str, of: Sequence[str]) -> None:
        self.name, self.of = name, of

    def __get__(self, row: models.Model | None, owner: type) -> object:
        return self if row is None else text_to_search(*(getattr(row, name) or "" for name in self.of))

    def __set__(self, row: models.Model, value: object) -> None:
        row.__dict__[self.name] = value  # Django takes what is not there for deferred, and does not save it


class SearchField(models.TextField):
    """The words of the fields `of`, as `monitoring.search.words` stores them. bulk_update must name it beside them;
    update() must set it by `text_to_search`."""

    def __init__(self, *args: object, of: Sequence[str] = (), **options: object) -> None:
        self.of = tuple(of)
        super().__init__(*args, **{"editable": False, "blank": True, "default": ""} | options)

    def deconstruct(self) -> tuple:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "of": self.of}

    def contribute_to_class(self, model: type[models.Model], name: str, **options: object) -> None:
        super().contribute_to_class(model, name, **options)
        setattr(model, name, _Computed(name, self.of))


def searched(model: type[models.Model], names: Iterable[str]) -> list[str]:
    """The search columns of the model that a change of those fields changes too."""
    return [field.name for field in model._meta.fields if isinstance(field, SearchField) and set(field.of) & set(names)]
