"""Forms of contests."""

from django import forms
from django.utils.translation import gettext_lazy as _

from awards.models import Nomination, Stage
from monitoring.models import Region
from ratings.models import Rating, RatingState

from .opening import OPTIONAL

TEXT = {"class": "form-control"}
CHOICE = {"class": "form-select"}


class ContestForm(forms.Form):
    """A new contest over one of the region's final ratings."""

    title = forms.CharField(label=_("Title"), max_length=200, widget=forms.TextInput(attrs=TEXT))
    year = forms.IntegerField(
        label=_("Year"), min_value=2000, max_value=2100, widget=forms.NumberInput(attrs=TEXT), localize=False
    )
    rating = forms.ModelChoiceField(
        Rating.objects.none(),
        label=_("Final rating"),
        empty_label=None,
        widget=forms.Select(attrs=CHOICE),
        help_text=_("What the awards are given by. Only final ratings can be chosen."),
    )
    applications_until = forms.DateField(
        label=_("Applications until"),
        required=False,
        help_text=_("Empty: everybody of the rating takes part without an application."),
        widget=forms.DateInput(attrs=TEXT | {"type": "date"}, format="%Y-%m-%d"),
    )
    stages = forms.MultipleChoiceField(
        label=_("Stages that take place"),
        required=False,
        choices=[(stage.value, stage.label) for stage in OPTIONAL],
        initial=[Stage.GATE, Stage.SHORT_LIST],
        widget=forms.CheckboxSelectMultiple,
    )
    criteria = forms.CharField(
        label=_("Criteria of the jury"),
        required=False,
        help_text=_("One a line; each is marked from 0 to 10. Only where there is a jury."),
        widget=forms.Textarea(attrs=TEXT | {"rows": 4}),
    )
    weight_rating = forms.IntegerField(
        label=_("Weight of the rating"), min_value=0, max_value=100, initial=50, widget=forms.NumberInput(attrs=TEXT)
    )
    weight_jury = forms.IntegerField(
        label=_("Weight of the jury"), min_value=0, max_value=100, initial=40, widget=forms.NumberInput(attrs=TEXT)
    )
    weight_vote = forms.IntegerField(
        label=_("Weight of the vote"), min_value=0, max_value=100, initial=10, widget=forms.NumberInput(attrs=TEXT)
    )

    def __init__(self, *args: object, region: Region, **options: object) -> None:
        super().__init__(*args, **options)
        final = region.ratings.filter(state=RatingState.FINAL).select_related("methodology")
        self.fields["rating"].queryset = final.order_by("-last", "-edition")

    def clean_criteria(self) -> list[str]:
        names = [line.strip()[:200] for line in self.cleaned_data["criteria"].splitlines()]
        return list(dict.fromkeys(name for name in names if name))

    def clean(self) -> dict[str, object]:
        found = super().clean()
        stages = found.get("stages", [])
        if Stage.JURY in stages and not found.get("criteria"):
            self.add_error("criteria", _("A jury needs at least one criterion."))
        parts = ["rating", *(part for part in ("jury", "vote") if part in stages)]
        if not any(found.get(f"weight_{part}") for part in parts):
            self.add_error("weight_rating", _("One of the weights must be above 0."))
        return found

    @property
    def weights(self) -> dict[str, int]:
        return {part: self.cleaned_data[f"weight_{part}"] for part in ("rating", "jury", "vote")}


class ApplicationForm(forms.Form):
    """Who is handed in, for which nomination, and why."""

    text = forms.CharField(
        label=_("What was done in the year and why it deserves the award"),
        max_length=4000,
        widget=forms.Textarea(attrs=TEXT | {"rows": 6}),
    )


class NominationForm(forms.ModelForm):
    class Meta:
        model = Nomination
        fields = ["name"]
        widgets = {"name": forms.TextInput(attrs=TEXT)}
        labels = {"name": _("Name of the nomination")}
