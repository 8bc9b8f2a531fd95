"""`manage.py rotate_data_key`: encrypt everything anew with the first of DATA_KEYS, so that the others may go."""

from collections.abc import Iterator

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Model

from gospub.accounts import factors
from gospub.encryption import EncryptedTextField, WrongKeyError

BATCH = 500


class Command(BaseCommand):
    help = "Encrypt all stored contacts and secrets of second factors anew with the first key of DATA_KEYS."

    def handle(self, *args: object, **options: object) -> None:
        for model, names in encrypted_models():
            try:
                count = rotate(model, names)
            except WrongKeyError as error:
                raise CommandError(f"{model._meta.label}: {error}") from error
            self.stdout.write(f"{model._meta.label}: {count}")
        try:
            self.stdout.write(f"mfa.Authenticator: {factors.rotate()}")
        except WrongKeyError as error:
            raise CommandError(f"mfa.Authenticator: {error}") from error


def encrypted_models() -> Iterator[tuple[type[Model], list[str]]]:
    """Models that keep something encrypted, and in which fields."""
    for model in apps.get_models():
        names = [field.name for field in model._meta.local_fields if isinstance(field, EncryptedTextField)]
        if names:
            yield model, names


def rotate(model: type[Model], names: list[str]) -> int:
    """Write these fields of every row anew, some hundred rows at a time and locked meanwhile; returns how many rows.

    Raises WrongKeyError where no key opens a row; what was written before stays.
    """
    keys = list(model._default_manager.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        with transaction.atomic():
            rows = model._default_manager.select_for_update().filter(pk__in=keys[start : start + BATCH])
            model._default_manager.bulk_update(rows.only(*names), names)
    return len(keys)
