"""Files of every table, and the views that users keep."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gospub import clock
from gospub.accounts.audit import record
from monitoring.dashboards import exports
from monitoring.models import Region
from ratings.models import Rating

from . import keeping, queries
from .books import book_of
from .forms import LinkForm, ViewForm
from .models import SavedView, ViewLink
from .sources import SCREENS, Asked, Sheet


@require_safe
def table_file(request: HttpRequest, code: str, screen: str, kind: str) -> HttpResponseBase:
    """All tables of the screen with the address's filter as a workbook; as CSV the one that `?table=` names, or the
    first. `?subject=` is the rating of that screen."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    asked = asked_by(request, region, screen, request.GET.urlencode(), request.GET.get("subject", ""))
    tables = SCREENS[screen].tables(asked)
    name = f"{screen.replace('_', '-')}-{region.code.lower()}-{asked.today}"
    if tables.named:
        after = {"file": f"{name}.{kind}", "filter": asked.query.urlencode(), "rows": tables.named}
        record(request.user, "export.names", f"{screen} {asked.subject or ''}".strip(), before={}, after=after,
               now=asked.now, region=region.pk)  # fmt: skip
    if kind == "xlsx":
        return exports.download_book(name, book_of(screen, asked, tables))
    known = SCREENS[screen].sheets
    wanted = request.GET.get("table") or next(iter(known))
    if wanted not in known:
        raise Http404
    nothing = Sheet(wanted, known[wanted], [known[wanted]], [])  # as before the first collection
    sheet = next((sheet for sheet in tables.sheets if sheet.name == wanted), nothing)
    return exports.download("csv", f"{name}-{sheet.name}", str(sheet.title), sheet.headings, sheet.rows)


def asked_by(request: HttpRequest, region: Region, screen: str, query: str, subject: str) -> Asked:
    """The question of the screen; 404 where the user may not open it, or not that rating."""
    number = int(subject) if subject.isascii() and subject.isdigit() and len(subject) < 19 else None
    try:
        asked = keeping.asked_for(screen, region, request.user, query, clock.now(), subject=number)
    except keeping.ViewGoneError as error:
        raise Http404 from error
    if number is not None:
        get_object_or_404(Rating.objects.visible_to(request.user).filter(region=region), pk=number)
    return asked


@require_safe
def saved_views(request: HttpRequest, code: str) -> HttpResponse:
    """Views and links of the region; `?screen=&query=&subject=` is one to be kept."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    new = None
    if request.GET.get("screen"):
        new = asked_by(request, region, *(request.GET.get(name, "") for name in ("screen", "query", "subject")))
    return shown(request, region, request.GET.get("screen", ""), new)


def shown(
    request: HttpRequest, region: Region, screen: str, new: Asked | None, **forms: ViewForm | LinkForm
) -> HttpResponse:
    """The screen of the views, with what is to be kept and what is wrong with it."""
    now = clock.now()
    may_share = request.user.rights.keeps(region.pk)
    context = {
        "region": region,
        "views": list(queries.saved_views(region, request.user)),
        "links": list(queries.links(region, request.user, now)) if may_share else [],
        "may_share": may_share,
        "zone": region.time_zone,
    }
    if new:
        context |= {
            "new": new,
            "screen": screen,
            "title": SCREENS[screen].title,
            "conditions": SCREENS[screen].tables(new).conditions,
            "view_form": forms.get("view_form") or ViewForm(may_share=may_share),
            "link_form": forms.get("link_form") or (LinkForm() if may_share and SCREENS[screen].open else None),
        }
    return render(request, "saved_views.html", context, status=422 if forms else 200)


def posted(request: HttpRequest, region: Region) -> tuple[str, Asked]:
    """The view that a form is about."""
    screen, query, subject = (request.POST.get(name, "") for name in ("screen", "query", "subject"))
    return screen, asked_by(request, region, screen, query, subject)


@require_POST
def view_save(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the view under a name."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    screen, asked = posted(request, region)
    form = ViewForm(request.POST, may_share=request.user.rights.keeps(region.pk))
    if not form.is_valid():
        return shown(request, region, screen, asked, view_form=form)
    shared = form.cleaned_data.get("shared", False)
    keeping.save_view(form.cleaned_data["name"], screen, asked, shared=shared)
    messages.success(request, _("The view was saved."))
    return redirect("saved_views", region.code)


@require_POST
def view_rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the view another `name`."""
    view = get_object_or_404(SavedView.objects.given_by(request.user).select_related("region"), pk=pk)
    form = ViewForm(request.POST, may_share=False)
    if not form.is_valid():
        messages.error(request, _("A view needs a name of at most 120 letters."))
    elif not keeping.rename_view(view, form.cleaned_data["name"], request.user, clock.now()):
        messages.error(request, _("There is a view of that name already."))
    else:
        messages.success(request, _("The view was renamed."))
    return redirect("saved_views", view.region.code)


@require_POST
def view_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget the view."""
    view = get_object_or_404(SavedView.objects.given_by(request.user).select_related("region"), pk=pk)
    keeping.remove_view(view, request.user, clock.now())
    messages.success(request, _("The view was deleted."))
    return redirect("saved_views", view.region.code)


@require_POST
def link_make(request: HttpRequest, code: str) -> HttpResponse:
    """Make a read-only link to the view; its address is told once."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    if not request.user.rights.keeps(region.pk):
        raise PermissionDenied
    screen, asked = posted(request, region)
    if not SCREENS[screen].open:
        raise Http404
    form = LinkForm(request.POST)
    if not form.is_valid():
        return shown(request, region, screen, asked, link_form=form)
    _link, secret = keeping.make_link(form.cleaned_data["name"], screen, asked, form.cleaned_data["days"])
    address = request.build_absolute_uri(reverse("shared_view", args=[secret]))
    messages.success(request, _("The link was made. Copy it now, it is not shown again: %s") % address)
    return redirect("saved_views", region.code)


@require_POST
def link_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the link."""
    link = get_object_or_404(ViewLink.objects.given_by(request.user).select_related("region"), pk=pk)
    if keeping.revoke_link(link, request.user, clock.now()):
        messages.success(request, _("The link was revoked: it leads nowhere from now on."))
    return redirect("saved_views", link.region.code)
