"""Which pages and institutions of a region are shown: the forms above the tables, read from the address."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

import django_filters
from django import forms
from django.db.models import Q, QuerySet, TextChoices
from django.forms.renderers import Jinja2
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from forum.trained import trained_people
from monitoring.models import (
    Consent,
    EventKind,
    EvidenceCard,
    EvidenceDecision,
    EvidenceKind,
    Institution,
    Level,
    Municipality,
    Page,
    PageEvent,
    PageStatus,
    Person,
    PlatformCode,
    Sector,
    SlotStatus,
    Suspect,
    SuspectKind,
    SuspectState,
)
from monitoring.models.measures import GONE_REASONS
from monitoring.templatetags.figures import short_day

from .showing import GONE, stale_pages, unread_pages

# Hundreds of options take Django's own templates a fifth of a list's time; Jinja writes the same at once.
WIDGETS = Jinja2()
MAX_WORDS = 8
# Digits of an ИНН or ОГРН that are enough to search by it; fewer are the number of a school.
NUMBER_BEGINS = 4
SAME_LETTERS = {"е": "её", "ё": "её"}


def word_pattern(word: str) -> str:
    """A regular expression for the word in any letter case, with «е» and «ё» alike.

    Cases are spelled out: databases fold Cyrillic letters by their own settings, or not at all.
    """
    parts = []
    for letter in word:
        same = SAME_LETTERS.get(letter.lower(), letter.lower())
        parts.append(f"[{same}{same.upper()}]" if letter.isalpha() else re.escape(letter))
    return "".join(parts)


def containing(text: str, texts: Iterable[str], numbers: Iterable[str]) -> Q:
    """Rows in which every word occurs in one of the fields `texts`, or begins one of the fields `numbers`."""
    found = Q()
    for word in text.split()[:MAX_WORDS]:
        pattern = word_pattern(word)
        one = Q()
        for field in texts:
            one |= Q(**{f"{field}__regex": pattern})
        if word.isdigit() and len(word) >= NUMBER_BEGINS:
            for field in numbers:
                one |= Q(**{f"{field}__startswith": word})
        found &= one
    return found


class StateChoice(TextChoices):
    """What a page's state is filtered by: the network's word, or several of them together."""

    EXISTING = "existing", _("Existing")
    OPEN = PageStatus.OPEN.value, PageStatus.OPEN.label
    CLOSED = PageStatus.CLOSED.value, PageStatus.CLOSED.label
    GONE = "gone", _("Gone: deleted, blocked, not found, taken over")
    DELETED = PageStatus.DELETED.value, PageStatus.DELETED.label
    BLOCKED = PageStatus.BLOCKED.value, PageStatus.BLOCKED.label
    NOT_FOUND = PageStatus.NOT_FOUND.value, PageStatus.NOT_FOUND.label
    REPLACED = PageStatus.REPLACED.value, PageStatus.REPLACED.label
    UNKNOWN = PageStatus.UNKNOWN.value, PageStatus.UNKNOWN.label
    FAILED = "failed", _("Last reading failed")
    UNREAD = "unread", _("Shows its figures, last reading failed")
    STALE = "stale", _("Shows its figures, none for over 3 days")


class Posted(TextChoices):
    WEEK = "week", _("In the last 7 days")
    SILENT_7 = "silent_7", _("Silent for over 7 days")
    SILENT_30 = "silent_30", _("Silent for over 30 days")
    UNKNOWN = "unknown", _("No posts known")


class ConsentChoice(TextChoices):
    """What page admins are filtered by; the scopes together."""

    IN_FORCE = "in_force", _("Consent in force")
    NOT_IN_FORCE = "not_in_force", _("No consent in force")
    WITHDRAWN = "withdrawn", _("Consent withdrawn")


class TrainingChoice(TextChoices):
    """Whether a page admin came to any training that was held."""

    TRAINED = "trained", _("Trained")
    NOT_TRAINED = "not_trained", _("Not trained yet")


class Presence(TextChoices):
    NONE = "none", _("Without any page")
    SOME = "some", _("With pages")


class Archive(TextChoices):
    ARCHIVED = "archived", _("Archived")


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition in force and the address of the table without it."""

    label: str
    value: str
    url: str


class ListFilter(django_filters.FilterSet):
    """A form above a list: search in `texts` and `numbers`, chips for the conditions in force."""

    texts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    q = django_filters.CharFilter(method="search", label=_("Search"), max_length=200)

    def __init__(self, data: QueryDict, rows: QuerySet) -> None:
        super().__init__(data, rows)
        self.add_choices()
        for chosen in self.filters.values():
            if isinstance(chosen, django_filters.ChoiceFilter):
                chosen.extra.setdefault("empty_label", _("all"))
        self.form.renderer = WIDGETS
        for name, field in self.form.fields.items():
            if isinstance(field, forms.ChoiceField):
                field.widget.attrs["class"] = "form-select"
            field.widget.attrs["id"] = f"filter-{name}"

    def add_choices(self) -> None:
        """Fill in the choices that come from the database."""

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(containing(value, self.texts, self.numbers))

    def chips(self) -> list[Chip]:
        """The conditions in force, in the order of the form."""
        result = []
        for name, field in self.form.fields.items():
            value = self.form.cleaned_data.get(name)
            if value:
                rest = self.data.copy()
                for gone in (name, "page"):
                    rest.pop(gone, None)
                result.append(Chip(str(field.label or ""), shown_value(field, value), f"?{rest.urlencode()}"))
        return result


def shown_value(field: forms.Field, value: object) -> str:
    """A chosen value as the form shows it."""
    if isinstance(value, dt.date):
        return short_day(value)
    labels = {str(key): label for key, label in field.choices} if isinstance(field, forms.ChoiceField) else {}
    return str(labels.get(str(value), value))


class PlaceFilter(ListFilter):
    """Also by municipality and sector. `institutions` are those of the region that the user may see: the choices
    come from them alone."""

    to_institution = ""

    municipality = django_filters.ChoiceFilter(method="of_municipality", label=_("Municipality"))
    sector = django_filters.ChoiceFilter(method="of_sector", label=_("Sector"))

    def __init__(self, data: QueryDict, rows: QuerySet, *, institutions: QuerySet[Institution]) -> None:
        self.institutions = institutions
        super().__init__(data, rows)

    def add_choices(self) -> None:
        within = Q(institutions__in=self.institutions) | Q(children__institutions__in=self.institutions)
        municipalities = Municipality.objects.filter(within).distinct()
        self.filters["municipality"].extra["choices"] = list(municipalities.values_list("pk", "name"))
        self.filters["sector"].extra["choices"] = sector_choices(self.institutions)

    def of_municipality(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """The municipality with the settlements in it."""
        inside = Municipality.objects.filter(Q(pk=value) | Q(parent=value))
        return rows.filter(**{f"{self.to_institution}municipality__in": inside})

    def of_sector(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """The sector with the narrower ones, in up to three steps."""
        to = f"{self.to_institution}sector"
        return rows.filter(Q(**{to: value}) | Q(**{f"{to}__parent": value}) | Q(**{f"{to}__parent__parent": value}))


class RegionFilter(PlaceFilter):
    """What the tables of pages, institutions and scores are filtered by. `now` (aware) is what silence is counted
    to."""

    founder = django_filters.ChoiceFilter(method="of_founder", label=_("Founder"))
    level = django_filters.ChoiceFilter(method="of_level", label=_("Level"), choices=Level)

    def __init__(
        self, data: QueryDict, rows: QuerySet, *, institutions: QuerySet[Institution], now: dt.datetime
    ) -> None:
        super().__init__(data, rows, institutions=institutions)
        self.now = now

    def add_choices(self) -> None:
        super().add_choices()
        founders = self.institutions.exclude(founder="").order_by("founder").values_list("founder", flat=True)
        self.filters["founder"].extra["choices"] = [(name, name) for name in founders.distinct()]

    def of_founder(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(**{f"{self.to_institution}founder": value})

    def of_level(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(**{f"{self.to_institution}level": value})


class ArchiveFilter(RegionFilter):
    """The list comes from the archive or from the registry: which of them, `archive` says; here it only stands among
    the conditions."""

    archive = django_filters.ChoiceFilter(
        method="of_archive", label=_("Registry"), choices=Archive, empty_label=_("in the registry")
    )

    def of_archive(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows


class PageFilter(ArchiveFilter):
    to_institution = "institution__"
    texts = ("title", "handle", "institution__name")
    numbers = ("institution__inn", "institution__ogrn")

    platform = django_filters.ChoiceFilter(label=_("Network"), choices=PlatformCode)
    state = django_filters.ChoiceFilter(method="of_state", label=_("State"), choices=StateChoice)
    posted = django_filters.ChoiceFilter(method="of_posted", label=_("Last post"), choices=Posted)

    class Meta:
        model = Page
        fields = ["q", "platform", "state", "municipality", "sector", "founder", "level", "posted", "archive"]

    def of_state(self, rows: QuerySet[Page], name: str, value: str) -> QuerySet[Page]:
        if value == StateChoice.EXISTING:
            return rows.exclude(status__in=GONE).exclude(state__slot_reason__in=GONE_REASONS)
        if value == StateChoice.GONE:
            return rows.filter(status__in=GONE)
        if value == StateChoice.FAILED:
            return rows.filter(state__slot_status=SlotStatus.FAILED)
        if value == StateChoice.UNREAD:
            return unread_pages(rows)
        if value == StateChoice.STALE:
            return stale_pages(rows, self.now)
        return rows.filter(status=value)

    def of_posted(self, rows: QuerySet[Page], name: str, value: str) -> QuerySet[Page]:
        if value == Posted.UNKNOWN:
            return rows.filter(state__last_post_at=None)
        days = 30 if value == Posted.SILENT_30 else 7
        since = self.now - dt.timedelta(days=days)
        if value == Posted.WEEK:
            return rows.filter(state__last_post_at__gte=since)
        return rows.filter(state__last_post_at__lt=since, status=PageStatus.OPEN)


class InstitutionFilter(ArchiveFilter):
    texts = ("name", "founder")
    numbers = ("inn", "ogrn")

    presence = django_filters.ChoiceFilter(method="of_presence", label=_("Pages"), choices=Presence)

    class Meta:
        model = Institution
        fields = ["q", "presence", "municipality", "sector", "founder", "level", "archive"]

    def of_presence(self, rows: QuerySet[Institution], name: str, value: str) -> QuerySet[Institution]:
        watched = Page.objects.watched().values("institution")
        return rows.exclude(pk__in=watched) if value == Presence.NONE else rows.filter(pk__in=watched)


def day_field(**options: object) -> django_filters.DateFilter:
    """A day that the browser lets choose."""
    return django_filters.DateFilter(
        widget=forms.DateInput({"type": "date", "class": "form-control"}, "%Y-%m-%d"), **options
    )


class EventFilter(PlaceFilter):
    to_institution = "page__institution__"
    texts = ("page__title", "page__handle", "page__institution__name", "old", "new")
    numbers = ("page__institution__inn", "page__institution__ogrn")

    kind = django_filters.ChoiceFilter(label=_("Event"), choices=EventKind)
    platform = django_filters.ChoiceFilter("page__platform", label=_("Network"), choices=PlatformCode)
    since = day_field(field_name="day", lookup_expr="gte", label=_("From the day"))
    until = day_field(field_name="day", lookup_expr="lte", label=_("To the day"))

    class Meta:
        model = PageEvent
        fields = ["q", "kind", "platform", "municipality", "sector", "since", "until"]


class SuspectFilter(ListFilter):
    texts = ("page__title", "page__handle", "page__institution__name")
    numbers = ("page__institution__inn", "page__institution__ogrn")

    state = django_filters.ChoiceFilter(label=_("Decision"), choices=SuspectState)
    kind = django_filters.ChoiceFilter(label=_("Why"), choices=SuspectKind)
    platform = django_filters.ChoiceFilter("page__platform", label=_("Network"), choices=PlatformCode)

    class Meta:
        model = Suspect
        fields = ["q", "state", "kind", "platform"]


class EvidenceFilter(ListFilter):
    texts = ("page__title", "page__handle", "page__institution__name")
    numbers = ("page__institution__inn", "page__institution__ogrn")

    decision = django_filters.ChoiceFilter(label=_("Decision"), choices=EvidenceDecision)
    kind = django_filters.ChoiceFilter(label=_("Sign"), choices=EvidenceKind)
    platform = django_filters.ChoiceFilter("page__platform", label=_("Network"), choices=PlatformCode)

    class Meta:
        model = EvidenceCard
        fields = ["q", "decision", "kind", "platform"]


class AdminFilter(ListFilter):
    """`now` (aware) is the moment at which consents are asked for."""

    texts = ("name",)

    consent = django_filters.ChoiceFilter(method="of_consent", label=_("Consent"), choices=ConsentChoice)
    training = django_filters.ChoiceFilter(method="of_training", label=_("Training"), choices=TrainingChoice)

    class Meta:
        model = Person
        fields = ["q", "consent", "training"]

    def __init__(self, data: QueryDict, rows: QuerySet, *, now: dt.datetime) -> None:
        super().__init__(data, rows)
        self.now = now

    def of_consent(self, rows: QuerySet[Person], name: str, value: str) -> QuerySet[Person]:
        in_force = Consent.objects.in_force(self.now)
        if value == ConsentChoice.IN_FORCE:
            return rows.filter(pk__in=in_force.values("person"))
        if value == ConsentChoice.NOT_IN_FORCE:
            return rows.exclude(pk__in=in_force.values("person"))
        return rows.filter(pk__in=Consent.objects.filter(withdrawn_at__lte=self.now).values("person"))

    def of_training(self, rows: QuerySet[Person], name: str, value: str) -> QuerySet[Person]:
        return trained(rows, value)


def trained(rows: QuerySet[Person], value: str) -> QuerySet[Person]:
    """Those of the people who are as the TrainingChoice says."""
    if value == TrainingChoice.TRAINED:
        return rows.filter(pk__in=trained_people())
    return rows.exclude(pk__in=trained_people())


def sector_choices(institutions: QuerySet[Institution]) -> list[tuple[int, str]]:
    """Sectors of these institutions, with the wider ones, as a tree in one list: «Культура → Библиотеки»."""
    within = Q()
    for step in ("sector", "sector__parent", "sector__parent__parent"):
        within |= Q(pk__in=institutions.values(step))
    sectors = Sector.objects.filter(within).select_related("parent__parent")
    choices = [(sector.pk, " → ".join(step.name for step in sector.path())) for sector in sectors]
    return sorted(choices, key=lambda choice: choice[1])
