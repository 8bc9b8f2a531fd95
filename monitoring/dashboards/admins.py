"""Page admins: the region's list, and one person's card with consents, the subject's file and the end of a name."""

import datetime as dt

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gospub import clock
from monitoring.models import Consent, Person, Region
from monitoring.personal import consents, names, subject

from . import tables
from .filters import AdminFilter
from .queries import admins as queries
from .views import render_table


class ConsentForm(forms.ModelForm):
    """A consent of `person`, recorded on the local day `today`."""

    class Meta:
        model = Consent
        fields = ["scope", "text", "given_on", "document"]
        widgets = {"given_on": forms.DateInput({"type": "date"}, "%Y-%m-%d")}

    def __init__(self, *args: object, person: Person, today: dt.date) -> None:
        super().__init__(*args, prefix="consent")
        self.person, self.today = person, today
        self.fields["given_on"].widget.attrs["max"] = today.isoformat()

    def clean_document(self) -> str:
        return without_name(self.cleaned_data["document"], self.person)

    def clean(self) -> dict[str, object]:
        given_on, text = self.cleaned_data.get("given_on"), self.cleaned_data.get("text")
        if given_on and given_on > self.today:
            self.add_error("given_on", _("This day has not come yet."))
        elif given_on and text and given_on < text.since:
            self.add_error("text", _("This version of the text was not in use on that day."))
        return self.cleaned_data


class RemovalForm(forms.Form):
    """Why the name of `person` goes."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        min_length=10,
        max_length=500,
        help_text=gettext_lazy("It is kept in the audit trail: do not write the name."),
    )

    def __init__(self, *args: object, person: Person) -> None:
        super().__init__(*args, prefix="removal")
        self.person = person

    def clean_reason(self) -> str:
        return without_name(self.cleaned_data["reason"], self.person)


def without_name(text: str, person: Person) -> str:
    """The text; ValidationError where it tells the person's name, which would outlive the name's removal."""
    if names.tells_name(text, person):
        raise forms.ValidationError(_("Write it without the person's name."))
    return text


@require_safe
@never_cache
def admins(request: HttpRequest, code: str) -> HttpResponse:
    """The region's page admins, with the state of their consents."""
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    now = clock.now()
    chosen = AdminFilter(request.GET, queries.admins_of(region, request.user, now), now=now)
    table = tables.table(request, chosen.qs, queries.COLUMNS, queries.DEFAULT_SORT)
    context = {"region": region, "filter": chosen, "table": table, "rows": queries.admin_rows(table.page)}
    return render_table(request, "admins.html", context)


@require_safe
@never_cache
def admin_card(request: HttpRequest, pk: int) -> HttpResponse:
    """The card of one page admin."""
    return show(request, visible_person(request, pk))


@require_POST
def consent_give(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a consent: `scope`, `text`, `given_on` and `document` with the prefix `consent-`."""
    person = kept_person(request, pk)
    now = clock.now()
    form = consent_form(person, now, request.POST)
    if form.is_valid():
        try:
            consents.give(person, **form.cleaned_data, user=request.user, now=now)
        except consents.ConsentInForceError:
            form.add_error("scope", _("There is a consent of this scope in force already."))
        else:
            messages.success(request, _("The consent was recorded."))
            return redirect("admin_card", person.pk)
    return show(request, person, consent=form)


@require_POST
def consent_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """End a consent at once."""
    consent = get_object_or_404(
        Consent.objects.visible_to(request.user).select_related("person__region", "text"), pk=pk
    )
    if not request.user.rights.keeps(consent.person.region_id):
        raise PermissionDenied
    try:
        consents.withdraw(consent, user=request.user, now=clock.now())
    except consents.AlreadyWithdrawnError:
        messages.info(request, _("The consent had been withdrawn before."))
    else:
        messages.success(request, _("The consent was withdrawn: the name is not given out any more."))
    return redirect("admin_card", consent.person_id)


@require_POST
@never_cache
def admin_data(request: HttpRequest, pk: int) -> HttpResponse:
    """All that is stored about the person, as a file. Taking it is written down, so it takes a POST."""
    person = kept_person(request, pk)
    content = subject.subject_file(person, user=request.user, now=clock.now())
    response = HttpResponse(content, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="person-{person.pk}.json"'
    return response


@require_POST
def name_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a pseudonym in place of the name for good; `removal-reason` says why."""
    person = kept_person(request, pk)
    form = RemovalForm(request.POST, person=person)
    if not form.is_valid():
        return show(request, person, removal=form)
    names.remove_name(person, reason=form.cleaned_data["reason"], user=request.user, now=clock.now())
    messages.success(request, _("The name and the contact were removed."))
    return redirect("admin_card", person.pk)


def visible_person(request: HttpRequest, pk: int) -> Person:
    """Who is foreign is as if there were no such person."""
    return get_object_or_404(Person.objects.visible_to(request.user).select_related("region"), pk=pk)


def kept_person(request: HttpRequest, pk: int) -> Person:
    """As visible_person, for those alone who keep the region's registry."""
    person = visible_person(request, pk)
    if not request.user.rights.keeps(person.region_id):
        raise PermissionDenied
    return person


def consent_form(person: Person, now: dt.datetime, data: object = None) -> ConsentForm:
    return ConsentForm(data, person=person, today=clock.local_day(now, person.region.time_zone))


def show(
    request: HttpRequest, person: Person, *, consent: ConsentForm | None = None, removal: RemovalForm | None = None
) -> HttpResponse:
    """The card; a form that was refused is shown as it was sent, with 422."""
    now = clock.now()
    may_keep = request.user.rights.keeps(person.region_id)
    context = {
        "region": person.region,
        "view": queries.admin_card(person, request.user, now),
        "may_keep": may_keep,
        "has_name": names.has_name(person),
        "form": consent or consent_form(person, now),
        "removal": removal or RemovalForm(person=person),
        "refused": bool(consent or removal),
    }
    return render(request, "admin.html", context, status=422 if consent or removal else 200)
