"""Gaps in the data of a region: the ledger by month, network and measure, and what is excused in it."""

import datetime as dt

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gospub import clock
from gospub.accounts.audit import record
from gospub.accounts.models import User
from monitoring.models import GapExcuse, Page, PlatformCode, Region
from monitoring.registry.addresses import AddressError, parse_address

from . import exports
from .queries import gaps as queries

LONGEST = 366
SHORTEST_REASON = 10


class ExcuseForm(forms.Form):
    """`today` (local): nothing is excused in advance."""

    first = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    last = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    platform = forms.ChoiceField(
        label=gettext_lazy("Network"),
        required=False,
        choices=[("", gettext_lazy("All networks")), *PlatformCode.choices],
    )
    address = forms.CharField(label=gettext_lazy("Address of one page, if not all"), required=False, max_length=300)
    reason = forms.CharField(
        label=gettext_lazy("Reason, with the document if there is one"), min_length=SHORTEST_REASON, max_length=500
    )

    def __init__(self, *args: object, region: Region, today: dt.date, **options: object) -> None:
        super().__init__(*args, **options)
        self.region, self.today = region, today
        for field in self.fields.values():
            chosen = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "form-select" if chosen else "form-control"

    def clean(self) -> dict[str, object]:
        found = super().clean()
        first, last = found.get("first"), found.get("last")
        if first and last and not first <= last <= self.today:
            self.add_error("last", _("The last day lies after the first and not in the future."))
        elif first and last and (last - first).days >= LONGEST:
            self.add_error("last", _("A gap is excused for a year at most."))
        found["page"] = None
        if found.get("address"):
            found["page"] = self.page_of(found["address"], found.get("platform") or None)
        return found

    def page_of(self, address: str, platform: str | None) -> Page | None:
        """The page of the region at that address; an error of the form where there is none."""
        try:
            named = parse_address(address, platform)
        except AddressError as error:
            self.add_error("address", str(error))
            return None
        page = queries.page_at(self.region, named)
        if page is None:
            self.add_error("address", _("The registry of the region has no page with this address."))
        return page


@require_http_methods(["GET", "HEAD", "POST"])
def gaps(request: HttpRequest, code: str) -> HttpResponse:
    """The ledger; POST excuses a gap, or takes back the excuse in `remove`."""
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    may_excuse = request.user.rights.rates(region.pk)
    now = clock.now()
    today = clock.local_day(now, region.time_zone)
    if request.method == "POST":
        if not may_excuse:
            raise PermissionDenied
        if "remove" in request.POST:
            return remove(request, region, now)
    asked = {name: request.GET[name] for name in ("first", "last", "platform", "address") if name in request.GET}
    data = request.POST if request.method == "POST" else None
    form = ExcuseForm(data, initial=asked, region=region, today=today)
    if form.is_valid():
        excuse(region, form.cleaned_data, request.user, now)
        messages.success(request, _("The gap is excused and counts against nobody."))
        return redirect("gaps", region.code)
    context = {
        "region": region,
        "today": today,
        "ledger": queries.ledger(region, today, now),
        "form": form,
        "may_excuse": may_excuse,
    }
    return render(request, "gaps.html", context, status=422 if form.errors else 200)


@transaction.atomic
def excuse(region: Region, said: dict[str, object], user: User, now: dt.datetime) -> GapExcuse:
    """Keep the excuse; a page brings its network along."""
    page = said["page"]
    found = region.gap_excuses.create(
        platform=page.platform if page else said["platform"],
        page=page,
        first=said["first"],
        last=said["last"],
        reason=said["reason"].strip(),
        declared_by=user,
        declared_at=now,
    )
    record(user, "gap.excuse", f"gap {found.pk}", before={}, after=told(found), now=now, region=region.pk)
    return found


@transaction.atomic
def remove(request: HttpRequest, region: Region, now: dt.datetime) -> HttpResponse:
    """Take an excuse of the region back."""
    asked = request.POST["remove"]
    known = asked.isascii() and asked.isdigit() and len(asked) < 19
    found = get_object_or_404(region.gap_excuses, pk=int(asked) if known else 0)
    record(request.user, "gap.unexcuse", f"gap {found.pk}", before=told(found), after={}, now=now, region=region.pk)
    found.delete()
    messages.success(request, _("The excuse was taken back."))
    return redirect("gaps", region.code)


def told(found: GapExcuse) -> dict[str, object]:
    """An excuse as the audit trail has it."""
    return {
        "platform": found.platform,
        "page": found.page_id,
        "first": found.first.isoformat(),
        "last": found.last.isoformat(),
        "reason": found.reason,
    }


@require_safe
def gaps_export(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """The ledger as a file."""
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    now = clock.now()
    today = clock.local_day(now, region.time_zone)
    rows = queries.export_rows(queries.ledger(region, today, now))
    return exports.download(kind, f"gaps-{region.code.lower()}-{today}", _("Gaps"), queries.EXPORT_HEADINGS, rows)
