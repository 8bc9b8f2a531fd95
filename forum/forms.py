"""Forms of events and of participants who are typed in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.models import Institution, Region

from .keeping import read_programme, written_programme
from .models import Event

TEXT = {"class": "form-control"}
LONGEST_PROGRAMME = 10_000
# Digits of an ИНН, and so of any number that names an organisation.
NUMBER_LENGTH = 10


def day(**options: object) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(TEXT | {"type": "date"}, "%Y-%m-%d"), **options)


class EventForm(forms.ModelForm):
    """A new event, or changes of one; only what is there already has a state."""

    first = day(label=_("First day"))
    last = day(label=_("Last day"), required=False, help_text=_("Empty: it lasts one day."))
    programme = forms.CharField(
        label=_("Programme"),
        required=False,
        max_length=LONGEST_PROGRAMME,
        help_text=_("A line each: time; topic; speaker. For instance: 10:00; How to answer comments; A. Ivanova"),
        widget=forms.Textarea(attrs=TEXT | {"rows": 8}),
    )

    class Meta:
        model = Event
        fields = ["kind", "title", "first", "last", "begins", "place", "hours", "state", "programme"]
        widgets = {
            "title": forms.TextInput(attrs=TEXT),
            "begins": forms.TimeInput(TEXT | {"type": "time"}, "%H:%M"),
            "place": forms.TextInput(attrs=TEXT),
            "hours": forms.NumberInput(attrs=TEXT),
        }
        labels = {"begins": _("Begins at"), "hours": _("Academic hours"), "state": _("State")}
        help_texts = {
            "begins": _("By the region's own time."),
            "place": _("Address, or that it is online."),
            "hours": _("Stands on the certificates."),
            "state": _("Accounts that an invitation went to get a letter when it is moved or cancelled."),
        }

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self.initial["programme"] = written_programme(self.instance.programme)
        if not self.instance.pk:
            del self.fields["state"]

    def clean_programme(self) -> list[list[str]]:
        return read_programme(self.cleaned_data["programme"])

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def clean(self) -> dict[str, object]:
        found = super().clean()
        first = found.get("first")
        found["last"] = found.get("last") or first
        if first and found["last"] < first:
            self.add_error("last", _("The last day is before the first one."))
        return found


class HandForm(forms.Form):
    """A participant by name, and where he or she works: an institution of the registry, or in words."""

    name = forms.CharField(label=_("Name of the person"), max_length=200, widget=forms.TextInput(attrs=TEXT))
    workplace = forms.CharField(
        label=_("Institution"),
        max_length=300,
        required=False,
        help_text=_("ОГРН, ИНН or the exact name in the registry; what is not there is kept as it is written."),
        widget=forms.TextInput(attrs=TEXT),
    )

    def __init__(self, *args: object, region: Region, **options: object) -> None:
        super().__init__(*args, **options)
        self.region = region
        self.institution: Institution | None = None

    def clean_workplace(self) -> str:
        """The text; `institution` where the registry has it once."""
        text = " ".join(self.cleaned_data["workplace"].split())
        number = text.isascii() and text.isdigit() and len(text) >= NUMBER_LENGTH
        field = "name" if not number else "inn" if len(text) in (10, 12) else "ogrn"
        found = list(self.region.institutions.kept().filter(**{field: text})[:2]) if text else []
        if len(found) > 1:
            raise forms.ValidationError(_("The registry has several of these: give the ОГРН."))
        if number and not found:
            raise forms.ValidationError(_("The registry of the region has no institution with this number."))
        self.institution = found[0] if found else None
        return text
