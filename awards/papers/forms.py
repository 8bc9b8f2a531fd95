"""Forms of documents: what is asked for, and the wording of a region's own."""

import io
import zipfile

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from awards.models import AwardList, Degree, PaperKind, WordingKind

from . import order, pdf
from .lines import Line, Paper
from .texts import LONGEST, PLACEHOLDERS, Words, defaults, unknown

TEXT = {"class": "form-control"}
CHOICE = {"class": "form-select"}
MOST_BYTES = 2 * 1024 * 1024
# A picture of more pixels a side is no crest; a small file may still say so.
MOST_PIXELS = 6000
LABELS = {
    "heading": _("Heading"),
    "title": _("Title"),
    "degree": _("Degree"),
    "intro": _("Before the name"),
    "body": _("Text"),
    "post": _("Post of the one who signs"),
    "name": _("Name of the one who signs"),
    "city": _("Last line"),
}


class PaperForm(forms.Form):
    """A document of a list, whole or a part of it."""

    kind = forms.ChoiceField(label=_("Document"), choices=PaperKind, widget=forms.Select(attrs=CHOICE))
    nomination = forms.ModelChoiceField(
        None, required=False, label=_("Nomination"), empty_label=_("all"), widget=forms.Select(attrs=CHOICE)
    )
    degree = forms.TypedChoiceField(
        label=_("Degree"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("all")), *Degree.choices],
        widget=forms.Select(attrs=CHOICE),
    )

    def __init__(self, *args: object, found: AwardList, **options: object) -> None:
        super().__init__(*args, **options)
        self.fields["nomination"].queryset = found.contest.nominations.filter(awards__list=found).distinct()


class WordingForm(forms.Form):
    """The texts of a kind of document, its pictures, and for orders a Word template."""

    crest = forms.FileField(label=_("Crest"), required=False, help_text=_("PNG or JPEG, at most 2 MB."))
    signature = forms.FileField(label=_("Signature"), required=False, help_text=_("PNG or JPEG, at most 2 MB."))
    without_pictures = forms.BooleanField(label=_("Without pictures"), required=False)
    docx = forms.FileField(
        label=_("Word template of your own"),
        required=False,
        help_text=_("A .docx with marks such as {{ title }}; it is tried out before it is kept."),
    )
    without_docx = forms.BooleanField(label=_("Back to the usual template"), required=False)

    def __init__(self, *args: object, kind: WordingKind, sample: Paper, **options: object) -> None:
        super().__init__(*args, **options)
        self.kind, self.sample = kind, sample
        texts = {name: self._text(name) for name in defaults(kind)}
        self.fields = texts | self.fields
        if kind == WordingKind.ORDER:
            del self.fields["crest"], self.fields["signature"], self.fields["without_pictures"]
        else:
            del self.fields["docx"], self.fields["without_docx"]
        if kind in (WordingKind.LIST, WordingKind.REMINDER):
            del self.fields["crest"], self.fields["signature"], self.fields["without_pictures"]

    @staticmethod
    def _text(name: str) -> forms.CharField:
        widget = forms.Textarea(attrs=TEXT | {"rows": 5}) if name == "body" else forms.TextInput(attrs=TEXT)
        return forms.CharField(label=LABELS[name], required=False, max_length=LONGEST, widget=widget)

    @property
    def placeholders(self) -> list[str]:
        return [f"{{{name}}}" for name in PLACEHOLDERS[self.kind]]

    def clean(self) -> dict[str, object]:
        found = super().clean()
        for name in defaults(self.kind):
            if strange := unknown(self.kind, found.get(name, "")):
                text = _("There is no {%(name)s}. You can use: %(known)s.")
                known = ", ".join(self.placeholders)
                self.add_error(name, text % {"name": strange[0], "known": known})
        return found

    def clean_crest(self) -> bytes | None:
        return _picture(self.cleaned_data["crest"])

    def clean_signature(self) -> bytes | None:
        return _picture(self.cleaned_data["signature"])

    def clean_docx(self) -> bytes | None:
        """Kept only where it makes an order of the sample."""
        file = self.cleaned_data["docx"]
        if file is None:
            return None
        data = _bytes(file)
        _refuse_bomb(data)
        try:
            order.docx(self.sample, Words(defaults(WordingKind.ORDER), docx=data))
        except order.TemplateBroken as error:
            raise forms.ValidationError(str(error)) from error
        return data

    @property
    def texts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in defaults(self.kind)}


def _bytes(file: UploadedFile) -> bytes:
    if file.size > MOST_BYTES:
        raise forms.ValidationError(_("The file is larger than 2 MB."))
    return file.read()


def _picture(file: UploadedFile | None) -> bytes | None:
    """PNG or JPEG by its content, whatever it is called."""
    if file is None:
        return None
    data = _bytes(file)
    try:
        sides = pdf.size_of(data)
    except ValueError as error:
        raise forms.ValidationError(_("A picture is a PNG or a JPEG.")) from error
    if not all(0 < side <= MOST_PIXELS for side in sides):
        raise forms.ValidationError(_("The picture is larger than 6000 pixels a side."))
    return data


def _refuse_bomb(data: bytes) -> None:
    """A small file that unpacks to a huge one is refused by what its directory says."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > 10 * MOST_BYTES:
                raise forms.ValidationError(_("The file unpacks to more than 20 MB."))
    except zipfile.BadZipFile as error:
        raise forms.ValidationError(_("This is no Word document that can be read.")) from error


def sample_line() -> Line:
    """A made-up winner, to try wordings on."""
    return Line(
        nomination=str(_("Best page of the region")),
        place=1,
        tie=False,
        degree=Degree.FIRST,
        winner=str(_("Made-up Anna Sergeevna")),
        person=str(_("Made-up Anna Sergeevna")),
        title=str(_("Made-up library")),
        institution=str(_("Made-up library")),
        municipality="",
        page="",
        points=91.5,
    )
