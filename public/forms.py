"""Forms of the publication of a region and of its announcements."""

import datetime as dt

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Announcement

EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2100, 1, 1)
DAY = {"class": "form-control", "type": "date"}


def _day(label: str, **options: object) -> forms.DateField:
    widget = forms.DateInput(attrs=DAY, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, input_formats=["%Y-%m-%d"], **options)


class OpenForm(forms.Form):
    """From which local day on the public part is open."""

    day = _day(gettext_lazy("Open from the day"))

    def clean_day(self) -> dt.date:
        return _sensible(self.cleaned_data["day"])


class AnnouncementForm(forms.Form):
    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=200, widget=forms.TextInput(attrs={"class": "form-control"})
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=5000,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 8}),
        help_text=gettext_lazy(
            "Anybody will read it: name people only with their consent. An empty line parts paragraphs."
        ),
        validators=[ProhibitNullCharactersValidator()],
    )
    published_on = _day(gettext_lazy("Publish on"))
    until = _day(gettext_lazy("Show until"), required=False, help_text=gettext_lazy("The last day; empty: for good."))

    @classmethod
    def of(cls, found: Announcement) -> "AnnouncementForm":
        """The form filled with what is published."""
        return cls(initial={name: getattr(found, name) for name in cls.base_fields})

    def clean_published_on(self) -> dt.date:
        return _sensible(self.cleaned_data["published_on"])

    def clean_until(self) -> dt.date | None:
        day = self.cleaned_data["until"]
        return day and _sensible(day)

    def clean(self) -> dict[str, object]:
        found = super().clean()
        first, last = found.get("published_on"), found.get("until")
        if first and last and last < first:
            self.add_error("until", _("It would end before it begins."))
        return found


def _sensible(day: dt.date) -> dt.date:
    if not EARLIEST <= day <= LATEST:
        raise forms.ValidationError(_("This day is too far away."))
    return day
