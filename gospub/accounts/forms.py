"""Forms of invitations."""

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from monitoring.models import Institution, Region

from .invitations import scope_problems
from .models import Grant, Role, User
from .models.grants import Scope

TEXT = {"class": "form-control"}
DAY = {"class": "form-control", "type": "date"}


class InvitationForm(forms.Form):
    """Whom, as what, where and until when. The institution is named by its ОГРН: a list of thousands helps nobody."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs=TEXT | {"autocomplete": "off"}))
    role = forms.ChoiceField(label=_("Role"), widget=forms.Select(attrs={"class": "form-select"}))
    region = forms.ModelChoiceField(
        Region.objects.none(),
        required=False,
        label=_("Region"),
        empty_label=_("the whole installation"),
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    ogrn = forms.CharField(
        label=_("ОГРН of the institution"),
        required=False,
        max_length=20,
        help_text=_("For an institution admin."),
        widget=forms.TextInput(attrs=TEXT | {"inputmode": "numeric"}),
    )
    founder = forms.CharField(
        label=_("Founder"),
        required=False,
        max_length=255,
        help_text=_("For a founder's curator: as the registry names the founder."),
        widget=forms.TextInput(attrs=TEXT | {"list": "founders", "autocomplete": "off"}),
    )
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    until = forms.DateField(
        label=_("Until"),
        required=False,
        help_text=_("Empty: until it is taken away."),
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
    )

    def __init__(self, *args: object, by: User, **options: object) -> None:
        super().__init__(*args, **options)
        every = by.rights.operator
        roles = Role.choices if every else [(r.value, r.label) for r in (Role.INSTITUTION_ADMIN, Role.CURATOR)]
        regions = Region.objects.all() if every else Region.objects.filter(pk__in=by.rights.analyst)
        self.fields["role"].choices = roles
        self.fields["region"].queryset = regions
        if not every:
            self.fields["region"].required = True
            self.fields["region"].initial = regions.first()

    def clean(self) -> dict[str, object]:
        found = super().clean()
        region, ogrn = found.get("region"), found.get("ogrn", "").strip()
        found["institution"] = None
        if ogrn:
            known = (
                Institution.objects.kept().filter(ogrn=ogrn, region=region) if region else Institution.objects.none()
            )
            found["institution"] = known.first()
            if found["institution"] is None:
                self.add_error("ogrn", _("The registry of the region knows no institution with this ОГРН."))
                return found
        for field, problem in scope_problems(found):
            self.add_error("ogrn" if field == "institution" else field, problem)
        return found

    def scope(self) -> Scope:
        """The right as the form says it, not stored."""
        names = ("role", "region", "institution", "founder", "since", "until")
        return Grant(**{name: self.cleaned_data[name] for name in names})


class AcceptForm(forms.Form):
    """Name and password of a new user; the address stands in the invitation."""

    full_name = forms.CharField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs=TEXT | {"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=lazy(password_validators_help_text_html, str)(),
        widget=forms.PasswordInput(attrs=TEXT | {"autocomplete": "new-password"}),
    )

    def __init__(self, *args: object, email: str, **options: object) -> None:
        super().__init__(*args, **options)
        self.email = email

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        name = self.cleaned_data.get("full_name", "")
        validate_password(password, User(email=self.email, full_name=name))
        return get_adapter().clean_password(password)
