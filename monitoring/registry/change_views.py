"""The history of a region's registry, taking a change back, and changing many rows of a list at once."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from gospub import clock
from monitoring.dashboards import tables
from monitoring.dashboards.views import chosen_institutions, chosen_pages, render_table
from monitoring.models import Institution, Page, Region, RegistryChange

from . import changes as queries
from .bulk import change_many
from .forms import BulkInstitutionsForm, BulkPagesForm, founders
from .history import NotUndoableError, undo
from .keeping import RefusedError
from .keeping_views import keeper_of
from .views import kept_region

# Of the chosen rows so many are named before they are changed.
FIRST_ROWS = 20


@require_safe
def registry_changes(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that people changed in the region's registry, newest first."""
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    found = queries.changes_of(region, request.user)
    table = tables.table(request, found, queries.COLUMNS, queries.DEFAULT_SORT)
    context = {
        "region": region,
        "table": table,
        "changes": queries.shown(table.page),
        "keeps": request.user.rights.keeps(region.pk),
    }
    return render_table(request, "registry/changes.html", context)


@require_POST
def registry_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a change back, all of it or nothing."""
    found = RegistryChange.objects.visible_to(request.user).select_related("region")
    change = get_object_or_404(found, pk=pk)
    keeper = keeper_of(request, change.region)
    try:
        undo(change, keeper.user, keeper.now, keeper.day)
    except NotUndoableError as error:
        messages.error(request, _not_undoable(error))
    else:
        messages.success(request, _("Taken back."))
    return HttpResponseRedirect(_back(request, reverse("registry_changes", args=[change.region.code])))


def _not_undoable(error: NotUndoableError) -> str:
    if not error.rows:
        return _("This change was taken back already.")
    names = "; ".join(error.rows[:3])
    text = _("This cannot be taken back any more: something was changed or measured since of %(names)s.")
    return text % {"names": names}


def _back(request: HttpRequest, otherwise: str) -> str:
    """The screen that the form was sent from."""
    target = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return target if allowed else otherwise


@require_POST
def institutions_change(request: HttpRequest, code: str) -> HttpResponse:
    """Change the institutions that are ticked (`row`), or with `all` everything that the address finds: first asks what
    they are to have, then (`apply`) does it."""
    region = kept_region(request, code)
    rows = chosen_institutions(request, region, clock.now()).qs
    return _change(request, Chosen(region, rows, Institution, "institutions"), BulkInstitutionsForm)


@require_POST
def pages_change(request: HttpRequest, code: str) -> HttpResponse:
    """As `institutions_change`, for pages."""
    region = kept_region(request, code)
    rows = chosen_pages(request, region, clock.now()).qs
    return _change(request, Chosen(region, rows, Page, "pages"), BulkPagesForm)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The list that rows were chosen from: what its address finds, and its name."""

    region: Region
    found: QuerySet
    model: type[Institution] | type[Page]
    screen: str


def _change(request: HttpRequest, chosen: Chosen, form_class: type[Form]) -> HttpResponse:
    region, back = chosen.region, reverse(chosen.screen, args=[chosen.region.code]) + tables.address(request.GET)
    rows = _rows(request, chosen)
    total = rows.count() if rows is not None else 0
    if not total:
        messages.error(request, _("Tick the rows that are to be changed."))
        return redirect(back)
    form = form_class(request.POST if "apply" in request.POST else None, region=region)
    if not form.is_valid():
        return _ask(request, chosen, form, rows, total)
    if request.POST.get("total", str(total)) != str(total):
        messages.error(request, _("The list has changed meanwhile: look at it again."))
        return redirect(back)
    try:
        change = change_many(region, rows, form.cleaned_data, keeper_of(request, region))
    except RefusedError as error:
        messages.error(request, str(error))
        return redirect(back)
    _tell(request, region, change)
    return redirect(back)


def _rows(request: HttpRequest, chosen: Chosen) -> QuerySet | None:
    """The rows that are meant, of those that the user may see; None where nothing is ticked."""
    rows = chosen.found
    if "all" not in request.POST:
        keys = ticked(request)
        if not keys:
            return None
        rows = rows.filter(pk__in=keys)
    return chosen.model.objects.visible_to(request.user).filter(pk__in=rows.order_by().values("pk"))


def ticked(request: HttpRequest) -> list[int]:
    """Keys of the ticked rows; what is none is left out."""
    sent = request.POST.getlist("row")
    return [int(key) for key in sent if key.isascii() and key.isdigit() and len(key) < 19]


def _ask(request: HttpRequest, chosen: Chosen, form: Form, rows: QuerySet, total: int) -> HttpResponse:
    context = {
        "region": chosen.region,
        "form": form,
        "founders": founders(chosen.region),
        "total": total,
        "everything": "all" in request.POST,
        "keys": [] if "all" in request.POST else ticked(request),
        "first": rows.order_by("pk")[:FIRST_ROWS],
        "back": reverse(chosen.screen, args=[chosen.region.code]) + tables.address(request.GET),
    }
    return render(request, "registry/bulk_form.html", context, status=422 if form.errors else 200)


def _tell(request: HttpRequest, region: Region, change: RegistryChange | None) -> None:
    if change is None:
        messages.info(request, _("Nothing was changed."))
        return
    count = change.total
    told = ngettext("%(count)d row of the registry was changed.", "%(count)d rows of the registry were changed.", count)
    address = reverse("registry_changes", args=[region.code])
    link = format_html('<a href="{}">{}</a>', address, _("To the history, where it can be taken back"))
    messages.success(request, format_html("{} {}", told % {"count": count}, link))
