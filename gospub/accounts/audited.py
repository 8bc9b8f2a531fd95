"""Django's admin with every change in the audit trail."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest

from gospub import clock

from .audit import record

SECRET = ("password", "usable_password", "password1", "password2")


class AuditedAdmin(admin.ModelAdmin):
    """names_only: of what changed the trail keeps the names of the fields and not their values, which are personal
    data."""

    names_only = False

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: list[BaseModelFormSet], change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        changed = {name for name in form.changed_data if name not in SECRET}
        before = {name: self._told(form.initial.get(name)) for name in changed} if change else {}
        after = {name: self._told(form.cleaned_data.get(name)) for name in changed}
        for formset in formsets:
            for kind, objects in (
                ("added", formset.new_objects),
                ("changed", [each for each, _names in formset.changed_objects]),
                ("deleted", formset.deleted_objects),
            ):
                if objects:
                    name = f"{formset.model._meta.model_name}: {kind}"
                    after[name] = [self._told(each) for each in objects]
        if any(name in SECRET for name in form.changed_data):
            after["password"] = "***"  # noqa: S105
        if after or not change:
            self._record(request, "admin.change" if change else "admin.add", form.instance, before, after)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self._record(request, "admin.delete", obj, {"was": self._told(obj)}, {})
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for obj in queryset:
            self._record(request, "admin.delete", obj, {"was": self._told(obj)}, {})
        super().delete_queryset(request, queryset)

    def _told(self, value: object) -> str:
        return "…" if self.names_only else str(value)

    def _record(
        self, request: HttpRequest, action: str, obj: Model, before: dict[str, Any], after: dict[str, Any]
    ) -> None:
        record(
            request.user,
            action,
            f"{obj._meta.model_name} {obj.pk}",
            before=before,
            after=after,
            now=clock.now(),
            region=region_of(obj),
        )


def region_of(obj: Model) -> int | None:
    """Key of the region that an object belongs to, by whatever leads there; None for what is the installation's."""
    if obj._meta.model_name == "region":
        return obj.pk
    for step in ("institution", "page", "person"):
        if getattr(obj, f"{step}_id", None):
            return region_of(getattr(obj, step))
    return getattr(obj, "region_id", None)
