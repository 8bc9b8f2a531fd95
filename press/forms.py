"""The dates of a new fact sheet."""

import datetime as dt

from django import forms
from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy as _

from monitoring.models import Dimension, GroupDay, Region

from .sources import Dates

# Before there were госпаблики; dates of the year 1 would leave the calendar when they are compared.
EARLIEST = dt.date(2000, 1, 1)
DAY = {"class": "form-control", "type": "date"}


def _day(label: str, **options: object) -> forms.DateField:
    widget = forms.DateInput(attrs=DAY, format="%Y-%m-%d")
    rules = [MinValueValidator(EARLIEST)]
    return forms.DateField(label=label, widget=widget, input_formats=["%Y-%m-%d"], validators=rules, **options)


class FactSheetForm(forms.Form):
    day = _day(_("As of"))
    against = _day(_("Compared with"), required=False, help_text=_("Empty: without a comparison."))
    first = _day(_("Posts from"))
    last = _day(_("Posts until"))

    def __init__(self, *args: object, region: Region, **options: object) -> None:
        super().__init__(*args, **options)
        self.region = region

    def clean_day(self) -> dt.date:
        day = self.cleaned_data["day"]
        if not GroupDay.objects.filter(region=self.region, dimension=Dimension.ALL, key="", day=day).exists():
            raise forms.ValidationError(_("Nothing was collected on this day."))
        return day

    def clean(self) -> dict[str, object]:
        found = super().clean()
        day, against, first, last = (found.get(name) for name in ("day", "against", "first", "last"))
        if day and against and against >= day:
            self.add_error("against", _("The day compared with lies before the day of the sheet."))
        if day and last and last > day:
            self.add_error("last", _("Posts are counted until the day of the sheet at the latest."))
        if first and last and first > last:
            self.add_error("first", _("The first day lies before the last one."))
        return found

    @property
    def dates(self) -> Dates:
        return Dates(**{name: self.cleaned_data[name] for name in ("day", "against", "first", "last")})
