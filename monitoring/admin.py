"""The registry and what was measured in Django's admin. Measured data is for reading only."""

from django.contrib import admin
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest

from gospub import clock
from gospub.accounts.audited import AuditedAdmin

from . import models
from .registry import keeping
from .registry.history import note, values_of
from .registry.records import keep_records
from .rollups import refresh_excused


class ReadOnlyAdmin(admin.ModelAdmin):
    """What was measured or derived is never edited by hand. The whole table is not counted: it may be huge."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


# --- registry -----------------------------------------------------------------------------------


@admin.register(models.Region)
class RegionAdmin(AuditedAdmin):
    list_display = ("name", "code", "oktmo", "time_zone", "adult_population")
    search_fields = ("name", "code", "oktmo")


@admin.register(models.Municipality)
class MunicipalityAdmin(AuditedAdmin):
    list_display = ("name", "region", "parent", "oktmo", "adult_population")
    list_filter = (("region", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("region", "parent")
    search_fields = ("name", "oktmo")
    autocomplete_fields = ("region", "parent")


@admin.register(models.Sector)
class SectorAdmin(AuditedAdmin):
    list_display = ("name", "parent")
    list_select_related = ("parent",)
    search_fields = ("name", "parent__name")
    autocomplete_fields = ("parent",)


class ExemptionInline(admin.TabularInline):
    model = models.Exemption
    extra = 0


class KeptAdmin(AuditedAdmin):
    """What is changed here stands in the history of the registry too."""

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        before = values_of(type(obj).objects.get(pk=obj.pk)) if change else {}
        super().save_model(request, obj, form, change)
        after = values_of(obj)
        names = [name for name in after if before.get(name) != after[name]]
        if names:
            row = obj, {name: before[name] for name in names if change}, {name: after[name] for name in names}
            kind = models.ChangeKind.EDIT if change else models.ChangeKind.ADD
            note(keeping.region_of(obj), request.user, clock.now(), [row], kind)


@admin.register(models.Institution)
class InstitutionAdmin(KeptAdmin):
    list_display = ("name", "region", "municipality", "sector", "level", "ogrn")
    list_filter = (("region", admin.RelatedOnlyFieldListFilter), "level")
    list_select_related = ("region", "municipality", "sector")
    search_fields = ("name", "ogrn", "inn", "founder")
    autocomplete_fields = ("region", "municipality", "sector", "merged_into")
    readonly_fields = ("archived_on", "merged_into")
    inlines = (ExemptionInline,)

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: list, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if any(formset.has_changed() for formset in formsets):
            refresh_excused(form.instance)


class StewardshipInline(admin.TabularInline):
    model = models.Stewardship
    extra = 0
    autocomplete_fields = ("person",)


@admin.register(models.Page)
class PageAdmin(KeptAdmin):
    list_display = ("__str__", "platform", "handle", "institution", "page_class", "status", "archived_on")
    list_filter = ("platform", "page_class", "status", "connected_to_component")
    list_select_related = ("institution",)
    search_fields = ("handle", "title", "external_id", "institution__name", "institution__ogrn")
    autocomplete_fields = ("institution",)
    readonly_fields = ("status", "posts_known_from", "posts_known_to")
    inlines = (StewardshipInline,)

    def save_model(self, request: HttpRequest, obj: models.Page, form: ModelForm, change: bool) -> None:
        """What the registry says of the page holds from the region's present day on."""
        super().save_model(request, obj, form, change)
        keep_records([obj], clock.local_day(clock.now(), obj.institution.region.time_zone))


class ContactInline(admin.StackedInline):
    model = models.PersonContact


@admin.register(models.Person)
class PersonAdmin(AuditedAdmin):
    names_only = True
    list_display = ("name", "region")
    list_filter = (("region", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("region",)
    search_fields = ("name",)
    autocomplete_fields = ("region",)
    inlines = (ContactInline,)


@admin.register(models.ConsentText)
class ConsentTextAdmin(AuditedAdmin):
    """A version is reworded only until somebody signs it."""

    list_display = ("version", "since")
    search_fields = ("version", "text")

    def get_readonly_fields(self, request: HttpRequest, obj: models.ConsentText | None = None) -> tuple[str, ...]:
        return ("version", "text", "since") if obj and obj.consents.exists() else ()


@admin.register(models.Stewardship)
class StewardshipAdmin(AuditedAdmin):
    list_display = ("person", "page", "since", "until")
    list_filter = ("page__platform", ("person__region", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("person", "page")
    search_fields = ("person__name", "page__handle", "page__title")
    autocomplete_fields = ("person", "page")


@admin.register(models.Obligation)
class ObligationAdmin(AuditedAdmin):
    list_display = ("platform", "region", "level", "since", "until", "basis")
    list_filter = ("platform", "level")
    list_select_related = ("region",)
    search_fields = ("basis", "region__name")
    autocomplete_fields = ("region",)


@admin.register(models.Exemption)
class ExemptionAdmin(ReadOnlyAdmin):
    """All of them in one list; they are entered at their institution."""

    list_display = ("institution", "platform", "ground", "since", "until")
    list_filter = ("platform",)
    list_select_related = ("institution",)
    search_fields = ("institution__name", "institution__ogrn", "ground")
    autocomplete_fields = ("institution",)


# --- measured -----------------------------------------------------------------------------------


@admin.register(models.Slot)
class SlotAdmin(ReadOnlyAdmin):
    list_display = ("page", "day", "status", "reason", "attempts", "next_attempt_at", "finished_at")
    list_filter = ("status", "reason", "day", "page__platform")
    list_select_related = ("page",)
    search_fields = ("=page__handle", "=page__external_id")
    ordering = ("-day", "-page_id")


@admin.register(models.PageDay)
class PageDayAdmin(ReadOnlyAdmin):
    list_display = ("page", "day", "subscribers", "subscribers_provenance", "posts", "views", "collected_at")
    list_filter = ("day", "page__platform", "subscribers_provenance")
    list_select_related = ("page",)
    search_fields = ("=page__handle", "=page__external_id")
    ordering = ("-day", "-page_id")


@admin.register(models.PageProfile)
class PageProfileAdmin(ReadOnlyAdmin):
    list_display = ("page", "since", *models.PageProfile.FIELDS)
    list_filter = ("state_mark", "pos_widget", "widgets")
    list_select_related = ("page",)
    search_fields = ("=page__handle", "=page__external_id")


@admin.register(models.PageRecord)
class PageRecordAdmin(ReadOnlyAdmin):
    list_display = ("page", "since", *models.PageRecord.FIELDS)
    list_filter = ("page_class", "connected_to_component")
    list_select_related = ("page",)
    search_fields = ("=page__handle", "=page__external_id")


@admin.register(models.Post)
class PostAdmin(ReadOnlyAdmin):
    list_display = ("page", "external_id", "published_at", "kind", "views", "likes", "comments", "reposts", "read_at")
    list_filter = ("kind", "page__platform", "advertisement")
    list_select_related = ("page",)
    search_fields = ("=page__handle", "=page__external_id", "=external_id")


@admin.register(models.PageEvent)
class PageEventAdmin(ReadOnlyAdmin):
    list_display = ("page", "day", "kind", "old", "new")
    list_filter = ("kind", "day", "page__platform")
    list_select_related = ("page",)
    search_fields = ("=page__handle", "=page__external_id")


@admin.register(models.EvidenceCard)
class EvidenceCardAdmin(ReadOnlyAdmin):
    list_display = ("page", "kind", "first_day", "last_day", "size", "decision", "decided_by", "decided_at")
    list_filter = ("kind", "decision", "page__platform")
    list_select_related = ("page", "decided_by")
    search_fields = ("=page__handle", "=page__external_id")


@admin.register(models.CallCount)
class CallCountAdmin(ReadOnlyAdmin):
    list_display = ("day", "platform", "token", "method", "calls")
    list_filter = ("platform", "day")
    ordering = ("-day", "platform", "method")


@admin.register(models.PageState)
class PageStateAdmin(ReadOnlyAdmin):
    list_display = ("page", "subscribers", "measured_on", "change_day", "change_month", "change_year", "last_post_at")
    list_filter = ("page__platform", "slot_status", "slot_reason")
    list_select_related = ("page",)
    search_fields = ("=page__handle", "=page__external_id")


@admin.register(models.PageMonth)
class PageMonthAdmin(ReadOnlyAdmin):
    list_display = ("page", "month", "subscribers_first", "subscribers_last", "days_measured", "posts", "views")
    list_filter = ("month", "page__platform")
    list_select_related = ("page",)
    search_fields = ("=page__handle", "=page__external_id")
    ordering = ("-month", "-page_id")


class GroupAdmin(ReadOnlyAdmin):
    list_filter = ("dimension", ("region", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("region",)
    search_fields = ("=key",)


@admin.register(models.GroupDay)
class GroupDayAdmin(GroupAdmin):
    list_display = ("day", "region", "dimension", "key", "pages", "measured", "subscribers", "posts", "views")
    ordering = ("-day", "dimension", "key")


@admin.register(models.GroupMonth)
class GroupMonthAdmin(GroupAdmin):
    list_display = ("month", "region", "dimension", "key", "pages", "measured", "subscribers", "posts", "views")
    ordering = ("-month", "dimension", "key")
