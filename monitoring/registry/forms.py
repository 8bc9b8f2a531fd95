"""What people enter of institutions and pages, one by one or many together."""

from collections.abc import Iterable

from django import forms
from django.db.models import Q, QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.models import Institution, Level, Municipality, Page, PageClass, PlatformCode, Region, Sector

from .addresses import Address, AddressError, page_url, parse_address
from .keeping import may_readdress

CHOICE = {"class": "form-select"}
TEXT = {"class": "form-control"}
LONGEST_ADDRESS = 300


class SectorField(forms.ModelChoiceField):
    """Sectors as a tree in one list: «Культура → Библиотеки»."""

    def label_from_instance(self, sector: Sector) -> str:
        return " → ".join(step.name for step in sector.path())


class MunicipalityField(forms.ModelChoiceField):
    """Municipalities of the region; settlements with their district."""

    def label_from_instance(self, place: Municipality) -> str:
        return f"{place.parent.name} → {place.name}" if place.parent_id else place.name


def municipalities(region: Region) -> QuerySet[Municipality]:
    return Municipality.objects.filter(region=region).select_related("parent")


def sectors(region: Region) -> QuerySet[Sector]:
    """Sectors of the region's institutions, with the wider ones. The list is shared by all regions: what others call
    theirs is theirs, and a new one comes with a spreadsheet."""
    institutions = Institution.objects.filter(region=region)
    within = Q()
    for step in ("sector", "sector__parent", "sector__parent__parent"):
        within |= Q(pk__in=institutions.values(step))
    return Sector.objects.filter(within).select_related("parent__parent")


def founders(region: Region) -> list[str]:
    """Founders that the region's registry names, to choose from: one spelling, one founder."""
    named = Institution.objects.filter(region=region).exclude(founder="").order_by("founder")
    return list(named.values_list("founder", flat=True).distinct())


class InstitutionForm(forms.ModelForm):
    """An institution of `instance.region`, a new one or one that is there."""

    class Meta:
        model = Institution
        fields = ["name", "municipality", "sector", "level", "founder", "ogrn", "inn"]
        field_classes = {"municipality": MunicipalityField}
        widgets = {
            "name": forms.Textarea(attrs={**TEXT, "rows": 2}),
            "municipality": forms.Select(attrs=CHOICE),
            "level": forms.Select(attrs=CHOICE),
            "founder": forms.TextInput(attrs={**TEXT, "list": "founders"}),
            "ogrn": forms.TextInput(attrs={**TEXT, "inputmode": "numeric"}),
            "inn": forms.TextInput(attrs={**TEXT, "inputmode": "numeric"}),
        }

    sector = SectorField(None, label=gettext_lazy("Sector"), required=False, widget=forms.Select(attrs=CHOICE))

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self.fields["municipality"].queryset = municipalities(self.instance.region)
        self.fields["sector"].queryset = sectors(self.instance.region)
        for name in ("municipality", "sector"):
            self.fields[name].empty_label = _("not given")

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_founder(self) -> str:
        return " ".join(self.cleaned_data["founder"].split())

    def clean(self) -> dict[str, object]:
        found = super().clean()
        if not self.errors:
            key = {name: found[name] for name in ("name", "ogrn", "municipality")}
            same = Institution.objects.filter(region=self.instance.region, merged_into=None, **key)
            other = same.exclude(pk=self.instance.pk).first()
            if other is not None:
                raise forms.ValidationError(_already_there(other))
        return found

    def _get_validation_exclusions(self) -> set[str]:
        """Whether it is there already is asked above, with an answer that leads to it."""
        return super()._get_validation_exclusions() | {"region", "name"}


def _already_there(other: Institution) -> str:
    text = (
        _("There is such an institution in the archive: %s. Bring it back instead.")
        if other.archived_on
        else _("There is such an institution already: %s.")
    )
    before, _mark, after = text.partition("%s")
    return format_html('{}<a href="/institutions/{}/">{}</a>{}', before, other.pk, other.name, after)


class PageForm(forms.Form):
    """A page of an institution; `page` where it is there already. What only VK has is asked of VK's pages alone."""

    address = forms.CharField(
        label=gettext_lazy("Address of the page"),
        max_length=LONGEST_ADDRESS,
        help_text=gettext_lazy(
            "As the browser shows it, such as <code>https://vk.com/school5</code> or <code>t.me/school5</code>."
        ),
        widget=forms.TextInput(attrs=TEXT),
    )
    page_class = forms.ChoiceField(
        label=gettext_lazy("Class"), choices=PageClass, initial=PageClass.ACTIVE, widget=forms.Select(attrs=CHOICE)
    )
    connected_to_component = forms.NullBooleanField(
        label=gettext_lazy("Connected to «Госпаблики»"),
        required=False,
        widget=forms.NullBooleanSelect(attrs=CHOICE),
    )
    weekly_reach = forms.IntegerField(
        label=gettext_lazy("Weekly reach, people"),
        required=False,
        min_value=0,
        max_value=2**31 - 1,
        help_text=gettext_lazy("From the network's own statistics; empty = not known."),
        widget=forms.NumberInput(attrs=TEXT),
    )

    VK_ONLY = ("connected_to_component", "weekly_reach")

    def __init__(self, *args: object, region: Region, page: Page | None = None, **options: object) -> None:
        if page is not None:
            names = ("page_class", *self.VK_ONLY)
            address = page_url(page.platform, page.handle, page.external_id)
            options["initial"] = {name: getattr(page, name) for name in names} | {"address": address}
        super().__init__(*args, **options)
        self.region, self.page = region, page
        if page is not None and page.platform != PlatformCode.VK:
            for name in self.VK_ONLY:
                del self.fields[name]

    def clean_address(self) -> Address:
        try:
            address = parse_address(self.cleaned_data["address"], self.page.platform if self.page else None)
        except AddressError as error:
            raise forms.ValidationError(str(error)) from error
        for other in self._others(address):
            raise forms.ValidationError(self._is_there(other))
        if self.page and not may_readdress(self.page, address):
            raise forms.ValidationError(
                _(
                    "This page was read under its present address, and what was read stays with it. "
                    "If the institution has another community now, archive this page and add the new one."
                )
            )
        return address

    def _others(self, address: Address) -> Iterable[Page]:
        """Other pages of any registry that are the one of the address."""
        pages = Page.objects.filter(platform=address.platform).select_related("institution")
        if self.page:
            pages = pages.exclude(pk=self.page.pk)
        found = pages.filter(handle=address.handle)
        return found | pages.filter(external_id=address.external_id) if address.external_id else found

    def _is_there(self, other: Page) -> str:
        if other.institution.region_id != self.region.pk:
            return _("This page is in the registry of another region. Check the address, or ask the operator.")
        text = (
            _("This page is in the archive of the registry: %s. Bring it back instead.")
            if other.archived_on
            else _("This page is in the registry already: %s. Move it from there, if it belongs here.")
        )
        before, _mark, after = text.partition("%s")
        named = f"{other.institution.name}, {other}"
        return format_html('{}<a href="/pages/{}/">{}</a>{}', before, other.pk, named, after)

    def values(self) -> dict[str, object]:
        """Fields of the page that the form says, the address among them for a page that is there."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "address"}
        address: Address = self.cleaned_data["address"]
        if address.platform != PlatformCode.VK:
            said = {name: value for name, value in said.items() if name not in self.VK_ONLY}
        if self.page and address.handle != self.page.handle and address.external_id != self.page.external_id:
            said |= {"handle": address.handle, "external_id": address.external_id}
        return said


class BulkInstitutionsForm(forms.Form):
    """What many institutions are to have from now on; what is left empty stays."""

    municipality = MunicipalityField(None, required=False, label=gettext_lazy("Municipality"))
    sector = SectorField(None, required=False, label=gettext_lazy("Sector"))
    level = forms.ChoiceField(required=False, label=gettext_lazy("Level"))
    founder = forms.CharField(
        required=False,
        max_length=255,
        label=gettext_lazy("Founder"),
        widget=forms.TextInput(attrs={**TEXT, "list": "founders"}),
    )
    archive = forms.BooleanField(required=False, label=gettext_lazy("Archive with their pages"))

    def __init__(self, *args: object, region: Region, **options: object) -> None:
        super().__init__(*args, auto_id="bulk-%s", **options)
        as_it_is = _("as it is")
        self.fields["municipality"].queryset = municipalities(region)
        self.fields["sector"].queryset = sectors(region)
        self.fields["level"].choices = [("", as_it_is), *Level.choices]
        for name in ("municipality", "sector"):
            self.fields[name].empty_label = as_it_is
        for name in ("municipality", "sector", "level"):
            self.fields[name].widget.attrs["class"] = "form-select"

    def clean_founder(self) -> str:
        return " ".join(self.cleaned_data["founder"].split())

    def clean(self) -> dict[str, object]:
        return _something(self, super().clean())


class BulkPagesForm(forms.Form):
    """As for institutions."""

    page_class = forms.ChoiceField(required=False, label=gettext_lazy("Class"), widget=forms.Select(attrs=CHOICE))
    archive = forms.BooleanField(required=False, label=gettext_lazy("Archive"))

    def __init__(self, *args: object, region: Region, **options: object) -> None:
        super().__init__(*args, auto_id="bulk-%s", **options)
        self.fields["page_class"].choices = [("", _("as it is")), *PageClass.choices]

    def clean(self) -> dict[str, object]:
        return _something(self, super().clean())


def _something(form: forms.Form, found: dict[str, object]) -> dict[str, object]:
    """What is to be changed; ValidationError where nothing is."""
    said = {name: value for name, value in found.items() if value}
    if not said and not form.errors:
        raise forms.ValidationError(_("Choose what is to be changed."))
    return said
