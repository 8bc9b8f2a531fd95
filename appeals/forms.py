"""The form of an appeal."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from . import evidence
from .claims import NO, YES, Contested, wanted_value
from .filing import Written
from .models import Appeal

TEXT = {"class": "form-control"}
CHOICE = {"class": "form-select"}
LEAST_TEXT, MOST_TEXT = 20, 4000
TAKEN = ".pdf,.png,.jpg,.jpeg,.xlsx,.docx,.txt"


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Files whose content is one of the kinds that are taken, as `evidence.Checked`."""

    widget = FilesInput(attrs={"accept": TAKEN})

    def clean(self, data: Any, initial: Any = None) -> list[evidence.Checked]:
        if len(data or ()) > evidence.MOST_FILES:
            raise forms.ValidationError(_("At most %d files.") % evidence.MOST_FILES)
        return [self._checked(file) for file in data or ()]

    def _checked(self, file: UploadedFile) -> evidence.Checked:
        name = {"name": evidence.shown_name(file.name)}
        if file.size > evidence.MOST_BYTES:
            raise forms.ValidationError(_("“%(name)s” is larger than 10 MB.") % name)
        content = file.read()
        kind = evidence.kind_of(content)
        if kind is None:
            raise forms.ValidationError(
                _("“%(name)s” is neither PDF, PNG, JPEG, XLSX or DOCX without macros, nor plain text.") % name
            )
        return evidence.Checked(file.name, kind, content)


class AppealForm(forms.Form):
    """What is wrong with the value, and by what that can be seen."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    wanted = forms.CharField(label=_("What it should be"), required=False, max_length=40)
    day = forms.DateField(
        label=_("Day that is meant"),
        required=False,
        help_text=_("If the value is wrong because of one day."),
        widget=forms.DateInput(attrs=TEXT | {"type": "date"}, format="%Y-%m-%d"),
    )
    post = forms.CharField(
        label=_("Post that is meant"),
        required=False,
        max_length=300,
        help_text=_("Its address, if the value is wrong because of one post."),
        widget=forms.TextInput(attrs=TEXT),
    )
    text = forms.CharField(
        label=_("What is wrong, and why"),
        min_length=LEAST_TEXT,
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs=TEXT | {"rows": 8}),
    )
    files = FilesField(
        label=_("Evidence"),
        required=False,
        help_text=_(
            "Up to three files of 10 MB: PDF, PNG, JPEG, XLSX, DOCX, TXT. Your institution and those who see the whole "
            "region can open them."
        ),
    )

    def __init__(self, *args: Any, claim: Contested, **options: Any) -> None:
        super().__init__(*args, **options)
        self.claim = claim
        field = self.fields["wanted"]
        if claim.is_either:
            choices = [("", _("choose")), (YES, _("yes")), (NO, _("no"))]
            field.widget = forms.Select(choices=choices, attrs=CHOICE)
        else:
            field.widget = forms.TextInput(attrs=TEXT | {"inputmode": "decimal", "maxlength": 40})
            field.help_text = (
                _("A number, %s, if you know it; else say it in words below.") % claim.sign
                if (claim.sign)
                else _("A number, if you know it; else say it in words below.")
            )

    def clean_wanted(self) -> str:
        text = self.cleaned_data["wanted"].strip()
        try:
            wanted_value(text, self.claim)
        except ValueError as error:
            raise forms.ValidationError(_("This is neither a number nor yes or no.")) from error
        return text

    def clean_day(self) -> dt.date | None:
        day, rating = self.cleaned_data["day"], self.claim.rating
        if day and not rating.first <= day <= rating.last:
            raise forms.ValidationError(_("This day is not in the period of the rating."))
        return day

    def written(self, removed: frozenset[int]) -> Written:
        """What is in the form; of a form with mistakes, what can be kept of it."""
        given = getattr(self, "cleaned_data", {})
        typed = {name: self.data.get(name, "").replace("\0", "") for name in ("wanted", "post", "text")}
        return Written(
            wanted=typed["wanted"].strip()[:40],
            day=given.get("day"),
            post=typed["post"].strip()[:300],
            text=typed["text"][:MOST_TEXT],
            files=given.get("files") or [],
            removed=removed,
        )


def initial_of(draft: Appeal | None) -> dict[str, Any]:
    """What an untouched form shows: the draft, under the key it has, or nothing under a new one."""
    if draft is None:
        return {"key": uuid.uuid4()}
    return {name: getattr(draft, name) for name in ("key", "wanted", "day", "post", "text")}
