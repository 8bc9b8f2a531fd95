"""Django's admin with every change in the audit trail."""

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.forms import BaseModelFormSet, ModelChoiceField, ModelForm
from django.http import HttpRequest

from gospub import clock
from monitoring.models import Person
from monitoring.search.field import SearchField

from .audit import record
from .models import User

SECRET = frozenset({"password", "usable_password", "password1", "password2"})
HIDDEN = "***"
# What is nothing by itself is told with what it belongs to.
PART_OF = {"exemption": "institution", "grant": "user", "stewardship": "page"}


class AuditedAdmin(admin.ModelAdmin):
    """Every object is told by an entry of its own, those edited inside another one too: its fields before and after.

    names_only: of the object the trail keeps the names of the fields alone, and Django's own log nothing: the values
    are personal data, which leave the base when their time is up, and the trail never forgets.
    """

    names_only = False

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: list[BaseModelFormSet], change: bool
    ) -> None:
        gone = [each.instance for formset in formsets for each in formset.deleted_forms if each.instance.pk]
        for obj in gone:
            self._record(request, "admin.delete", obj, fields_of(obj), {})
        super().save_related(request, form, formsets, change)
        self._tell(request, form, new=not change)
        for formset in formsets:
            new = formset.new_objects
            for each in formset.forms:
                if each.has_changed() and each not in formset.deleted_forms:
                    self._tell(request, each, new=each.instance in new)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self._record(request, "admin.delete", obj, fields_of(obj), {})
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for obj in queryset:
            self._record(request, "admin.delete", obj, fields_of(obj), {})
        super().delete_queryset(request, queryset)

    def log_addition(self, request: HttpRequest, obj: Model, message: object) -> object:
        return None if self.names_only else super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: object) -> object:
        return None if self.names_only else super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet) -> object:
        return None if self.names_only else super().log_deletions(request, queryset)

    def _tell(self, request: HttpRequest, form: ModelForm, *, new: bool) -> None:
        """The fields that the form changed; a new object is told even where all of it was left as proposed."""
        before = {} if new else {name: _initial(form, name) for name in form.changed_data}
        after = {name: told(name, form.cleaned_data.get(name)) for name in form.changed_data}
        if after or new:
            whole = whole_of(form.instance)
            before, after = before if new else whole | before, whole | after
            self._record(request, "admin.add" if new else "admin.change", form.instance, before, after)

    def _record(
        self, request: HttpRequest, action: str, obj: Model, before: dict[str, str], after: dict[str, str]
    ) -> None:
        if self.names_only:
            before, after = {} if after else dict.fromkeys(before, HIDDEN), dict.fromkeys(after, HIDDEN)
        record(
            request.user,
            action,
            f"{obj._meta.model_name} {obj.pk}",
            before=before,
            after=after,
            now=clock.now(),
            region=region_of(obj),
        )


def told(name: str, value: object) -> str:
    """The value of the field `name` as the trail has it: people by their number, secrets not at all."""
    if name in SECRET:
        return HIDDEN
    if isinstance(value, Person):
        return f"person {value.pk}"
    if isinstance(value, User):
        return value.email
    return "" if value is None else str(value)


def whole_of(obj: Model) -> dict[str, str]:
    """What the object is a part of, by the field that leads there."""
    name = PART_OF.get(obj._meta.model_name)
    return {name: told(name, getattr(obj, name))} if name else {}


def fields_of(obj: Model) -> dict[str, str]:
    """All fields that say something of their own, by name."""
    own = [field for field in obj._meta.concrete_fields if not isinstance(field, SearchField)]
    names = [field.name for field in own if not field.primary_key]
    fields = {name: told(name, getattr(obj, name)) for name in names}
    return {name: value for name, value in fields.items() if value}


def _initial(form: ModelForm, name: str) -> str:
    """What the form's field was before; a form knows of other objects by their key alone."""
    field, value = form.fields[name], form.initial.get(name)
    return told(name, field.to_python(value) if isinstance(field, ModelChoiceField) else value)


def region_of(obj: Model) -> int | None:
    """Key of the region that an object belongs to, by whatever leads there; None for what is the installation's."""
    if obj._meta.model_name == "region":
        return obj.pk
    for step in ("institution", "page", "person"):
        if getattr(obj, f"{step}_id", None):
            return region_of(getattr(obj, step))
    return getattr(obj, "region_id", None)
