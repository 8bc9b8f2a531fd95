"""Goals of a region: what it means to reach and when, whether it will, and the next milestone of its audience."""

import datetime as dt

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gospub import clock
from gospub.accounts.audit import record
from gospub.accounts.models import User
from monitoring.models import Goal, GoalMeasure, Region

from .queries import goals as queries
from .queries.overview import latest_day

MOST = 10**12


class GoalForm(forms.Form):
    """`today` (local): a goal lies after it."""

    measure = forms.ChoiceField(label=gettext_lazy("What"), choices=GoalMeasure)
    value = forms.IntegerField(label=gettext_lazy("At least"), min_value=1, max_value=MOST)
    day = forms.DateField(label=gettext_lazy("Until the day"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    def __init__(self, *args: object, region: Region, today: dt.date, **options: object) -> None:
        super().__init__(*args, **options)
        self.region, self.today = region, today
        for field in self.fields.values():
            chosen = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "form-select" if chosen else "form-control"

    def clean_day(self) -> dt.date:
        if self.cleaned_data["day"] <= self.today:
            raise forms.ValidationError(_("A goal lies in the future."))
        return self.cleaned_data["day"]

    def clean(self) -> dict[str, object]:
        found = super().clean()
        if not self.errors and Goal.objects.filter(region=self.region, **found).exists():
            raise forms.ValidationError(_("There is such a goal already."))
        return found


@require_http_methods(["GET", "HEAD", "POST"])
def goals(request: HttpRequest, code: str) -> HttpResponse:
    """Goals with their progress and the forecast for `?milestone=`; POST sets a goal or removes the one in `remove`."""
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    may_set = request.user.rights.rates(region.pk)
    now = clock.now()
    today = clock.local_day(now, region.time_zone)
    if request.method == "POST":
        if not may_set:
            raise PermissionDenied
        if "remove" in request.POST:
            return remove(request, region, now)
    form = GoalForm(request.POST if request.method == "POST" else None, region=region, today=today)
    day = latest_day(region, today)
    view = queries.outlook(region, day, today, milestone_of(request.GET.get("milestone", "")))
    if form.is_valid():
        set_goal(region, form.cleaned_data, view, request.user, now)
        messages.success(request, _("The goal was set."))
        return redirect("goals", region.code)
    context = {"region": region, "data_day": day, "view": view, "form": form, "may_set": may_set}
    return render(request, "goals.html", context, status=422 if form.errors else 200)


def milestone_of(text: str) -> int | None:
    """A whole number above 0 as people write it; anything else is None."""
    digits = "".join(text.split())
    understood = digits.isascii() and digits.isdigit() and len(digits) <= len(str(MOST))
    return int(digits) or None if understood else None


@transaction.atomic
def set_goal(region: Region, said: dict[str, object], view: queries.Outlook, user: User, now: dt.datetime) -> Goal:
    """Keep the goal with what its measure is now."""
    start = view.latest[said["measure"]]
    goal = Goal.objects.create(region=region, **said, start=start, set_by=user, set_at=now)
    after = {"measure": goal.measure, "value": goal.value, "day": goal.day.isoformat()}
    record(user, "goal.set", f"goal {goal.pk}", before={}, after=after, now=now, region=region.pk)
    return goal


@transaction.atomic
def remove(request: HttpRequest, region: Region, now: dt.datetime) -> HttpResponse:
    """Forget a goal of the region."""
    asked = request.POST["remove"]
    goal = get_object_or_404(Goal, region=region, pk=int(asked) if asked.isascii() and asked.isdigit() else 0)
    before = {"measure": goal.measure, "value": goal.value, "day": goal.day.isoformat()}
    record(request.user, "goal.remove", f"goal {goal.pk}", before=before, after={}, now=now, region=region.pk)
    goal.delete()
    messages.success(request, _("The goal was removed."))
    return redirect("goals", region.code)
