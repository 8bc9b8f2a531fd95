"""Who is invited and by which letter; files with names: participants, invitations, certificates."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gospub import clock
from gospub.accounts import audit
from monitoring.dashboards import exports, tables
from monitoring.dashboards.views import render_table
from monitoring.models import Institution

from . import inviting, keeping, papers, posting, queries
from .filters import PeopleFilter
from .forms import HandForm
from .keeping import ForumError
from .models import Event, EventState, Participant
from .views import chosen_participants, led_event, ticked_keys, today_in, whole_event

PDF = "application/pdf"


# --- whom to invite ---------------------------------------------------------------------------------------------------


@require_safe
@never_cache
def event_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom to invite: winners of a signed list, page admins by a filter, or somebody by name."""
    return _invite_screen(request, led_event(request, pk))


def _invite_screen(request: HttpRequest, event: Event, form: HandForm | None = None) -> HttpResponse:
    chosen = _chosen_people(request, event)
    table = tables.table(request, chosen.qs, queries.PEOPLE_COLUMNS, queries.PEOPLE_SORT)
    context = {
        "region": event.region,
        "event": event,
        "lists": queries.signed_lists(event.region, request.user),
        "form": form or HandForm(region=event.region),
        "filter": chosen,
        "table": table,
        "rows": queries.people_rows(event, list(table.page)),
        "cancelled": event.state == EventState.CANCELLED,
    }
    response = render_table(request, "event_invite.html", context)
    response.status_code = 422 if form else 200
    return response


def _chosen_people(request: HttpRequest, event: Event) -> PeopleFilter:
    """The page admins that the user may see and the address asks for."""
    region, day = event.region, today_in(event.region)
    visible = Institution.objects.visible_to(request.user).filter(region=region)
    found = queries.people_to_invite(region, request.user, day)
    return PeopleFilter(request.GET, found, institutions=visible, day=day)


@require_POST
def invite_awarded(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody whom the signed list with the key `list` gives an award."""
    event = led_event(request, pk)
    key = request.POST.get("list", "")
    found = queries.signed_lists(event.region, request.user).filter(pk=key if key.isascii() and key.isdigit() else 0)
    try:
        if (chosen := found.first()) is None:
            raise ForumError(_("Choose an award list."))
        added = inviting.invite_awarded(event, chosen, user=request.user, now=clock.now())
    except ForumError as error:
        messages.error(request, str(error))
        return redirect("event_invite", pk)
    _tell(request, added)
    return redirect("event", pk)


@require_POST
def invite_admins(request: HttpRequest, pk: int) -> HttpResponse:
    """The page admins ticked in `people`; `all`: everybody whom the filter in the address finds."""
    event = led_event(request, pk)
    people = _chosen_people(request, event).qs
    if "all" not in request.POST:
        people = people.filter(pk__in=(ticked := ticked_keys(request, "people")))
    try:
        if "all" not in request.POST:
            keeping.refuse_strangers(people, ticked)
        added = inviting.invite_admins(event, people, user=request.user, now=clock.now())
        if not (added.new or added.known):
            raise ForumError(_("Tick whom to invite."))
    except ForumError as error:
        messages.error(request, str(error))
    else:
        _tell(request, added)
    return redirect(reverse("event_invite", args=[pk]) + tables.address(request.GET))


@require_POST
def invite_by_hand(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody by name."""
    event = led_event(request, pk)
    form = HandForm(request.POST, region=event.region)
    if not form.is_valid():
        return _invite_screen(request, event, form)
    name, place = form.cleaned_data["name"], form.cleaned_data["workplace"]
    try:
        added = inviting.invite_by_hand(event, name, form.institution, place, user=request.user, now=clock.now())
    except ForumError as error:
        messages.error(request, str(error))
    else:
        _tell(request, added)
    return redirect("event_invite", pk)


def _tell(request: HttpRequest, added: inviting.Added) -> None:
    parts = [ngettext("%(count)d participant was added.", "%(count)d participants were added.", added.new)
             % {"count": added.new}]  # fmt: skip
    if added.known:
        parts.append(_("On the list already: %s.") % added.known)
    if added.nobody:
        parts.append(_("Awards that are neither a person's nor an institution's: %s.") % added.nobody)
    messages.success(request, " ".join(parts))


@require_POST
def invitations_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Letters to the accounts of the institutions; whoever was written to is not written to again."""
    event = led_event(request, pk)
    try:
        letters, without = posting.send(
            event, _ticket_link(request), user=request.user, now=clock.now(), today=today_in(event.region)
        )
    except ForumError as error:
        messages.error(request, str(error))
    else:
        text = ngettext("%(count)d letter goes out.", "%(count)d letters go out.", letters) % {"count": letters}
        if without:
            text += " " + _("Participants without an account, for whom the invitation is printed: %s.") % without
        messages.success(request, text)
    return redirect("event", pk)


def _ticket_link(request: HttpRequest) -> str:
    """Address of a ticket with `CODE` in the place of its code."""
    return request.build_absolute_uri(reverse("ticket", args=["CODE"]))


# --- files with names -------------------------------------------------------------------------------------------------


@require_safe
def participants_export(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """The participants of the same filter as a file."""
    event = whole_event(request, pk)
    sort = tables.sort_of(request.GET, queries.PARTICIPANT_COLUMNS, queries.PARTICIPANT_SORT)
    chosen = chosen_participants(request, event).qs
    found = tables.ordered(chosen, queries.PARTICIPANT_COLUMNS, sort)
    _exported(request, event, f"participants, {kind}", found.count())
    lines = queries.participant_lines(found, event.region.time_zone)
    name = f"participants-{event.pk}-{today_in(event.region)}"
    return exports.download(kind, name, _("Participants"), queries.PARTICIPANT_HEADINGS, lines)


@require_safe
def invitations_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Invitations with QR codes of those whom the filter finds, to be printed."""
    event = led_event(request, pk)
    people = list(chosen_participants(request, event).qs.order_by("shown_name", "pk"))
    if not people:
        messages.error(request, _("There is nobody to print it for."))
        return redirect("event", pk)
    _exported(request, event, "invitations, pdf", len(people))
    return _pdf(papers.invitations(event, people, _ticket_link(request)), f"invitations-{event.pk}")


@require_safe
def event_certificates(request: HttpRequest, pk: int) -> HttpResponse:
    """Certificates of those whom the filter finds and who came, one PDF."""
    event = whole_event(request, pk)
    people = list(chosen_participants(request, event).qs.came().order_by("shown_name", "pk"))
    if not people or event.state != EventState.HELD:
        messages.error(request, _("Certificates are for those who came to what was held."))
        return redirect("event", pk)
    _exported(request, event, "certificates, pdf", len(people))
    return _pdf(papers.certificates(event, people), f"certificates-{event.pk}")


@require_safe
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """The certificate of one who came: for those who see the region, and for the own institution."""
    came = Participant.objects.visible_to(request.user).came().filter(event__state=EventState.HELD)
    found = get_object_or_404(came.select_related("event__region", "person", "institution"), pk=pk)
    audit.record(request.user, "export.names", f"participant {found.pk}", before={},
                 after={"file": "certificate", "rows": 1}, now=clock.now(), region=found.event.region_id)  # fmt: skip
    return _pdf(papers.certificates(found.event, [found]), f"certificate-{found.pk}")


def _exported(request: HttpRequest, event: Event, file: str, rows: int) -> None:
    """Names leave: who took them, by which filter and how many. What was searched for may be a name itself: it is not
    kept."""
    chosen = {name: "…" if name == "q" else value for name, value in request.GET.items() if value}
    after = {"file": file, "filter": chosen, "rows": rows}
    audit.record(request.user, "export.names", f"forum_event {event.pk}", before={}, after=after, now=clock.now(),
                 region=event.region_id)  # fmt: skip


def _pdf(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return HttpResponse(content, content_type=PDF, headers=headers)
