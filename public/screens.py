"""The screens behind the public part: opening and closing a region, its announcements."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from awards.lists.signing import may_sign
from gospub import clock
from gospub.accounts.models import User
from monitoring.dashboards import tables
from monitoring.models import Region

from . import announcing, opening
from .forms import AnnouncementForm, OpenForm
from .models import Announcement
from .opening import PublicationError
from .queries import screens as queries
from .queries.regions import present_publication, publications_of


@require_http_methods(["GET", "HEAD", "POST"])
def publication(request: HttpRequest, code: str) -> HttpResponse:
    """Whether the region is open to anybody, and since when; POST opens it from `day` on, with `close` it closes it."""
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    now = clock.now()
    may_switch = may_sign(request.user, region.pk)
    today = clock.local_day(now, region.time_zone)
    form = OpenForm(request.POST if request.method == "POST" else None, initial={"day": today})
    if request.method == "POST":
        if not may_switch:
            raise PermissionDenied
        if "close" in request.POST or form.is_valid():
            return _switched(request, region, form)
    present = present_publication(region)
    found = Announcement.objects.visible_to(request.user).filter(region=region)
    context = {
        "region": region,
        "form": form,
        "present": present,
        "open_now": bool(present) and present.since <= now,
        "publications": publications_of(region)[:20],
        "may_switch": may_switch,
        "may_announce": request.user.rights.rates(region.pk),
        "table": tables.table(request, found.select_related("written_by"), queries.COLUMNS, queries.SORT),
        "today": today,
    }
    return render(request, "publication.html", context, status=422 if form.errors else 200)


def _switched(request: HttpRequest, region: Region, form: OpenForm) -> HttpResponse:
    """What was asked for is done, or why not is told on the screen."""
    user: User = request.user
    try:
        if "close" in request.POST:
            opening.close(region, user=user, now=clock.now())
            messages.success(request, _("The public part is closed: its addresses lead nowhere from now on."))
        else:
            opening.open_up(region, form.cleaned_data["day"], user=user, now=clock.now())
            messages.success(request, _("The public part opens on the day you gave."))
    except PublicationError as error:
        messages.error(request, str(error))
    return redirect("publication", region.code)


@require_http_methods(["GET", "HEAD", "POST"])
def announcement_new(request: HttpRequest, code: str) -> HttpResponse:
    """Write an announcement of the region."""
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    if not request.user.rights.rates(region.pk):
        raise PermissionDenied
    now = clock.now()
    first = {"published_on": clock.local_day(now, region.time_zone)}
    form = AnnouncementForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        announcing.publish(region, form.cleaned_data, user=request.user, now=now)
        messages.success(
            request, _("The announcement was kept; it is shown on its days while the public part is open.")
        )
        return redirect("publication", region.code)
    context = {"region": region, "form": form}
    return render(request, "announcement_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def announcement_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an announcement; what it said before stays in the audit trail."""
    found = _announcement(request, pk)
    form = AnnouncementForm(request.POST) if request.method == "POST" else AnnouncementForm.of(found)
    if request.method == "POST" and form.is_valid():
        announcing.change(found, form.cleaned_data, user=request.user, now=clock.now())
        messages.success(request, _("The announcement was changed."))
        return redirect("publication", found.region.code)
    context = {"region": found.region, "form": form, "announcement": found}
    return render(request, "announcement_form.html", context, status=422 if form.errors else 200)


@require_POST
def announcement_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an announcement back: nobody outside sees it from now on."""
    found = _announcement(request, pk)
    announcing.withdraw(found, user=request.user, now=clock.now())
    messages.success(request, _("The announcement was withdrawn."))
    return redirect("publication", found.region.code)


def _announcement(request: HttpRequest, pk: int) -> Announcement:
    """An announcement that the user may change; 404 where it may not be seen."""
    visible = Announcement.objects.visible_to(request.user).select_related("region")
    found = get_object_or_404(visible, pk=pk)
    if found.withdrawn_at:
        raise Http404
    if not request.user.rights.rates(found.region_id):
        raise PermissionDenied
    return found
