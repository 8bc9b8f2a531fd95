"""A methodology as a form: its data to fields and back."""

from .awards import award_fields, nomination_forms, quota_form, read_awards
from .form import form_of, read_form
from .items import EMPTY_ITEMS, ItemForm, item_forms
from .parts import gate_forms, penalty_forms, zone_forms
from .values import plain, read_steps, steps_text

__all__ = [
    "EMPTY_ITEMS",
    "ItemForm",
    "award_fields",
    "form_of",
    "gate_forms",
    "item_forms",
    "nomination_forms",
    "penalty_forms",
    "plain",
    "quota_form",
    "read_awards",
    "read_form",
    "read_steps",
    "steps_text",
    "zone_forms",
]  # fmt: skip
