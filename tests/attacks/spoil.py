"""Puts a hostile text wherever somebody could have typed one, or a network could have sent one."""

import contextlib

from django.apps import apps
from django.db import IntegrityError, models, transaction

OURS = {"accounts", "monitoring", "ratings", "awards", "forum", "press", "compliance", "appeals"}
# Names that the code gives, digests, addresses of sign-in; the audit trail cannot be changed.
CODED = {"code", "slug", "key", "handle", "sha256", "digest", "file", "password", "email", "token", "token_hash",
         "external_id", "answer_hash", "oktmo", "ogrn", "inn", "time_zone", "version", "item", "indicator", "rule",
         "period", "seal", "session_key", "platform", "kind", "status", "reason", "action", "actor", "subject",
         "account", "method", "unit", "group", "field", "to", "message_id", "fingerprint", "slot_reason", "slot_status",
         "note_key", "region_code", "state"}  # fmt: skip


def spoil(text: str) -> int:
    """Write the text into every free field of what there is; returns how many fields were written."""
    written = 0
    for model in apps.get_models():
        if (
            model._meta.app_label not in OURS
            or model.__name__ in ("AuditEntry", "Grant")
            or not model._base_manager.exists()
        ):
            continue
        for field in model._meta.concrete_fields:
            if is_free(field):
                fill(model, field, text)
                written += 1
    return written


def is_free(field: models.Field) -> bool:
    return type(field) in (models.CharField, models.TextField) and not field.choices and field.name not in CODED


def fill(model: type[models.Model], field: models.Field, text: str) -> None:
    """The same text in each row, told apart by its number where the base wants it."""
    for row in model._base_manager.all():
        cut = text[: field.max_length] if field.max_length else text
        ending = f"{row.pk}"
        room = (field.max_length or 10**6) - len(ending)
        with contextlib.suppress(IntegrityError), transaction.atomic():  # where it must be empty it stays so
            model._base_manager.filter(pk=row.pk).update(**{field.name: cut[:room] + ending})
