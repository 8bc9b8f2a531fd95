"""The forms of views, links and reports."""

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gospub.accounts.models import User

from .making import REPORTED
from .models import Cadence
from .sources import SCREENS

LONGEST_DAYS = 366


class ViewForm(forms.Form):
    """may_share: an analyst of the region, who may share the view there."""

    name = forms.CharField(label=_("Name of the view"), max_length=120)
    shared = forms.BooleanField(label=_("Show to all users of the region"), required=False)

    def __init__(self, *args: object, may_share: bool, **options: object) -> None:
        super().__init__(*args, **options)
        self.fields["name"].widget.attrs["class"] = "form-control"
        if not may_share:
            del self.fields["shared"]


class LinkForm(forms.Form):
    """How the link is called in the list, and how long it is open."""

    name = forms.CharField(label=_("Whom the link is for"), max_length=120)
    days = forms.IntegerField(label=_("Open for, days"), min_value=1, max_value=LONGEST_DAYS, initial=30)

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"


class ReportForm(forms.Form):
    """people: who may be sent it."""

    name = forms.CharField(label=_("Name of the report"), max_length=120)
    cadence = forms.ChoiceField(label=_("Period"), choices=Cadence, initial=Cadence.MONTH)
    screens = forms.MultipleChoiceField(label=_("What is in it"), widget=forms.CheckboxSelectMultiple)
    recipients = forms.ModelMultipleChoiceField(
        label=_("Who gets it"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    scheduled = forms.BooleanField(label=_("Send a letter when each period has ended"), required=False)

    def __init__(self, *args: object, people: QuerySet[User], **options: object) -> None:
        super().__init__(*args, **options)
        self.fields["screens"].choices = [(name, SCREENS[name].title) for name in REPORTED]
        self.fields["screens"].initial = ["overview", "dynamics", "growth", "coverage"]
        self.fields["recipients"].queryset = people
        self.fields["name"].widget.attrs["class"] = "form-control"
        self.fields["cadence"].widget.attrs["class"] = "form-select"
