"""The forms of a road map's step and of letters to those who lag."""

import datetime as dt

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from monitoring.models import Municipality, Region

from .models import Step

CHOICE = {"class": "form-select"}
DAY = {"class": "form-control", "type": "date"}
EARLIEST, LATEST = dt.date(2020, 1, 1), dt.date(2100, 1, 1)


class StepForm(forms.ModelForm):
    """A new step; `region` is whose road map it is."""

    class Meta:
        model = Step
        fields = ["goal", "municipality", "due", "responsible"]
        widgets = {
            "goal": forms.Select(attrs=CHOICE),
            "municipality": forms.Select(attrs=CHOICE),
            "due": forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
            "responsible": forms.TextInput(attrs={"class": "form-control"}),
        }

    def __init__(self, *args: object, region: Region, **options: object) -> None:
        super().__init__(*args, **options)
        self.region = region
        field = self.fields["municipality"]
        field.queryset = Municipality.objects.filter(region=region, parent=None)
        field.empty_label = _("whole region")

    def clean_due(self) -> dt.date:
        due = self.cleaned_data["due"]
        if not EARLIEST <= due <= LATEST:
            raise forms.ValidationError(_("A term lies between 2020 and 2100."))
        return due

    def clean(self) -> dict[str, object]:
        found = super().clean()
        goal, place = found.get("goal"), found.get("municipality")
        if goal and Step.objects.filter(region=self.region, municipality=place, goal=goal).exists():
            raise forms.ValidationError(_("The road map has this goal for this municipality already."))
        return found


class Addressee(TextChoices):
    MUNICIPALITIES = "municipalities", _("a letter to each municipality")
    INSTITUTIONS = "institutions", _("a letter to each institution")


class ReminderForm(forms.Form):
    """To whom letters go."""

    to = forms.ChoiceField(label=_("Letters"), choices=Addressee, widget=forms.Select(attrs=CHOICE))
    municipality = forms.ModelChoiceField(
        None, required=False, label=_("Municipality"), empty_label=_("all"), widget=forms.Select(attrs=CHOICE)
    )

    def __init__(self, *args: object, region: Region, **options: object) -> None:
        super().__init__(*args, **options)
        self.fields["municipality"].queryset = Municipality.objects.filter(region=region, parent=None)
