"""The form of a new key."""

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from monitoring.models import Region


class KeyForm(forms.Form):
    """regions: those for which the user may make keys; None = the operator's keys, which belong to none."""

    holder = forms.CharField(
        label=gettext_lazy("Who will use it"),
        max_length=200,
        help_text=gettext_lazy("A body or a program, not a person's name."),
        widget=forms.TextInput(attrs={"class": "form-control"}),
        validators=[ProhibitNullCharactersValidator()],
    )
    region = forms.ModelChoiceField(
        Region.objects.none(),
        label=gettext_lazy("Region"),
        required=False,
        empty_label=None,
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, *args: object, regions: QuerySet[Region] | None, **options: object) -> None:
        super().__init__(*args, **options)
        if regions is None:
            del self.fields["region"]
        else:
            self.fields["region"].queryset = regions
            self.fields["region"].required = True
