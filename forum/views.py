"""The screens of events: the region's list, one with its participants, keeping, attendance, the door, the ticket."""

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gospub import clock
from monitoring.dashboards import exports, tables
from monitoring.dashboards.views import render_table
from monitoring.models import Institution, Region
from monitoring.templatetags.figures import local_time

from . import attendance, inviting, keeping, papers, queries
from .filters import EventFilter, ParticipantFilter
from .forms import EventForm
from .keeping import ForumError
from .models import Event, Participant


@require_safe
def forum(request: HttpRequest, code: str) -> HttpResponse:
    """Forums, trainings and ceremonies of a region."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    chosen = EventFilter(request.GET, queries.events_of(region, request.user))
    table = tables.table(request, chosen.qs, queries.EVENT_COLUMNS, queries.EVENT_SORT)
    today = today_in(region)
    context = {
        "region": region,
        "filter": chosen,
        "table": table,
        "rows": [(event, event.undecided(today)) for event in table.page],
        "whole": request.user.rights.sees_whole(region.pk),
        "may_lead": request.user.rights.rates(region.pk),
    }
    return render_table(request, "forum.html", context)


def today_in(region: Region) -> dt.date:
    """The region's local day."""
    return clock.local_day(clock.now(), region.time_zone)


@require_safe
def forum_export(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """The events of the same filter as a file; no names of participants are in it."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    sort = tables.sort_of(request.GET, queries.EVENT_COLUMNS, queries.EVENT_SORT)
    chosen = EventFilter(request.GET, queries.events_of(region, request.user)).qs
    found = tables.ordered(chosen, queries.EVENT_COLUMNS, sort)
    name = f"forum-{region.code.lower()}-{today_in(region)}"
    return exports.download(kind, name, _("Forum and training"), queries.EVENT_HEADINGS, queries.event_rows(found))


# --- keeping ----------------------------------------------------------------------------------------------------------


def led_event(request: HttpRequest, pk: int) -> Event:
    """404 where the user does not see the whole region, 403 without the right to lead events in it."""
    event = whole_event(request, pk)
    if not request.user.rights.rates(event.region_id):
        raise PermissionDenied
    return event


def whole_event(request: HttpRequest, pk: int) -> Event:
    """For those who see the whole region."""
    event = get_object_or_404(Event.objects.visible_to(request.user).select_related("region"), pk=pk)
    if not request.user.rights.sees_whole(event.region_id):
        raise Http404
    return event


@require_http_methods(["GET", "HEAD", "POST"])
def event_new(request: HttpRequest, code: str) -> HttpResponse:
    """Plan an event."""
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    if not request.user.rights.rates(region.pk):
        raise PermissionDenied
    return _form(request, Event(region=region))


@require_http_methods(["GET", "HEAD", "POST"])
def event_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an event, and say that it was held or cancelled."""
    return _form(request, led_event(request, pk))


def _form(request: HttpRequest, event: Event) -> HttpResponse:
    form = EventForm(request.POST if request.method == "POST" else None, instance=event)
    if request.method == "POST" and form.is_valid():
        try:
            keeping.keep(form.instance, user=request.user, now=clock.now(), today=today_in(event.region))
        except ForumError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("It was kept."))
            return redirect("event", form.instance.pk)
    context = {"region": event.region, "event": event, "form": form}
    return render(request, "event_form.html", context, status=422 if request.method == "POST" else 200)


# --- one event --------------------------------------------------------------------------------------------------------


@require_safe
@never_cache
def event(request: HttpRequest, pk: int) -> HttpResponse:
    """One event with its programme; the participants that the user may see, all or those of the own institutions."""
    found = get_object_or_404(Event.objects.visible_to(request.user).select_related("region"), pk=pk)
    region, today = found.region, today_in(found.region)
    chosen = chosen_participants(request, found)
    table = tables.table(request, chosen.qs, queries.PARTICIPANT_COLUMNS, queries.PARTICIPANT_SORT)
    people = queries.participants_of(found, request.user, today)
    context = {
        "region": region,
        "event": found,
        "undecided": found.undecided(today),
        "begun": found.first <= today,
        "on_now": found.first <= today <= found.last,
        "filter": chosen,
        "table": table,
        "rows": queries.participant_rows(table.page),
        "invited": people.count(),
        "came": people.came().count(),
        "whole": request.user.rights.sees_whole(region.pk),
        "may_lead": request.user.rights.rates(region.pk),
    }
    return render_table(request, "event.html", context)


def chosen_participants(request: HttpRequest, event: Event) -> ParticipantFilter:
    """The participants that the user may see and the address asks for."""
    visible = Institution.objects.visible_to(request.user).filter(region=event.region)
    found = queries.participants_of(event, request.user, today_in(event.region))
    return ParticipantFilter(request.GET, found, institutions=visible)


@require_POST
def participants_change(request: HttpRequest, pk: int) -> HttpResponse:
    """`do` with the `participants` ticked: they came, they did not, off the list; or all came whom the filter finds."""
    found = led_event(request, pk)
    user, now, today = request.user, clock.now(), today_in(found.region)
    ticked = ticked_keys(request, "participants")
    try:
        keeping.refuse_strangers(found.participants.filter(pk__in=ticked), ticked)
        match request.POST.get("do"):
            case "all_came":
                everybody = list(chosen_participants(request, found).qs.values_list("pk", flat=True))
                text = _marked(attendance.mark(found, everybody, user=user, now=now, today=today))
            case "came" if ticked:
                text = _marked(attendance.mark(found, ticked, user=user, now=now, today=today))
            case "not_came" if ticked:
                text = _("Marks taken back: %s.") % attendance.unmark(found, ticked, user=user, now=now)
            case "remove" if ticked:
                text = _("Taken off the list: %s.") % inviting.remove(found, ticked, user=user, now=now)
            case _:
                raise ForumError(_("Tick whom it is about, and choose what to do."))
    except ForumError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, text)
    return redirect(reverse("event", args=[pk]) + tables.address(request.GET))


def ticked_keys(request: HttpRequest, name: str) -> frozenset[int]:
    """Keys of the boxes that are ticked in a list."""
    digits = (key for key in request.POST.getlist(name) if key.isascii() and key.isdigit())
    return frozenset(int(key) for key in digits if len(key) < 19)


def _marked(count: int) -> str:
    text = ngettext("%(count)d person is marked as having come.", "%(count)d people are marked as having come.", count)
    return text % {"count": count}


# --- the door ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def event_door(request: HttpRequest, pk: int) -> HttpResponse:
    """Who comes in: a code is typed or scanned, the name is said large. A code of no participant answers 404."""
    found = led_event(request, pk)
    context = {"region": found.region, "event": found, "arrival": None, "problem": ""}
    status = 200
    if request.method == "POST":
        typed = request.POST.get("code", "").strip()[:300]
        context["typed"] = typed
        try:
            if not typed:
                raise ForumError(_("Type the code of the ticket."))
            context["arrival"] = attendance.arrive(
                found, typed, user=request.user, now=clock.now(), today=today_in(found.region)
            )
        except ForumError as error:
            context["problem"], status = str(error), 422
        else:
            if context["arrival"] is None:
                context["problem"], status = _("Nobody of this event has this code."), 404
            else:
                context["since"] = _since(context["arrival"].participant, found.region)
    context |= {"invited": found.participants.count(), "came": found.participants.came().count()}
    return render(request, "event_door.html", context, status=status)


def _since(participant: Participant, region: Region) -> str:
    """10:02; with the date where it was another day."""
    at = local_time(participant.came_at, region.time_zone)
    return at[-5:] if clock.local_day(participant.came_at, region.time_zone) == today_in(region) else at


@login_not_required
@require_safe
@never_cache
def ticket(request: HttpRequest, code: str) -> HttpResponse:
    """The ticket that an invitation leads to, for whoever has its address: what, when and where, never who. Opened by
    those who stand at the door it marks its bearer, at once on the days of the event."""
    found = get_object_or_404(Participant.objects.select_related("event__region"), code=code)
    event = found.event
    may_mark = request.user.is_authenticated and request.user.rights.rates(event.region_id)
    context = {
        "event": event,
        "when": papers.when(event),
        "code": inviting.shown_code(code),
        "qr": papers.qr_address(request.build_absolute_uri(request.path)),
        "may_mark": may_mark,
        "at_once": may_mark and event.first <= today_in(event.region) <= event.last,
    }
    return render(request, "ticket.html", context)
