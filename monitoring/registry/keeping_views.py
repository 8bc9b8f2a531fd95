"""The registry by hand, one institution or page at a time. All forms work without JavaScript."""

from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gospub import clock
from monitoring.models import Institution, Page, Region

from . import keeping, merging
from .changes import find_targets, latest_of
from .forms import InstitutionForm, PageForm, founders
from .history import StaleError, seen
from .keeping import Keeper, RefusedError
from .views import kept_region

ANY = ["GET", "HEAD", "POST"]


def keeper_of(request: HttpRequest, region: Region) -> Keeper:
    """Who asks, now; 403 for those who see the region's things without keeping its registry."""
    if not request.user.rights.keeps(region.pk):
        raise PermissionDenied
    now = clock.now()
    return Keeper(request.user, now, clock.local_day(now, region.time_zone))


def kept_institution(request: HttpRequest, pk: int) -> tuple[Institution, Keeper]:
    found = get_object_or_404(Institution.objects.visible_to(request.user).select_related("region"), pk=pk)
    return found, keeper_of(request, found.region)


def kept_page(request: HttpRequest, pk: int) -> tuple[Page, Keeper]:
    joined = Page.objects.visible_to(request.user).select_related("institution__region")
    found = get_object_or_404(joined, pk=pk)
    return found, keeper_of(request, found.institution.region)


# --- institutions ----------------------------------------------------------------------------------


@require_http_methods(ANY)
def institution_new(request: HttpRequest, code: str) -> HttpResponse:
    """Add an institution to the region's registry."""
    region = kept_region(request, code)
    form = InstitutionForm(request.POST if request.method == "POST" else None, instance=Institution(region=region))
    if request.method == "POST" and form.is_valid():
        made = keeping.add_institution(region, form.cleaned_data, keeper_of(request, region))
        messages.success(request, _("The institution was added."))
        return redirect("institution", made.pk)
    return _institution_form(request, form)


@require_http_methods(ANY)
def institution_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what the registry says of an institution; whoever saves after somebody else is told so first."""
    institution, keeper = kept_institution(request, pk)
    shown = seen(institution)
    form = InstitutionForm(request.POST if request.method == "POST" else None, instance=institution)
    if request.method == "POST" and form.is_valid():
        expected = request.POST.get("seen", "")
        try:
            changed = keeping.edit(institution, form.cleaned_data, expected, keeper)
        except StaleError as error:
            return _institution_form(request, form, error)
        messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
        return redirect("institution", institution.pk)
    return _institution_form(request, form, shown=shown)


def _institution_form(
    request: HttpRequest, form: InstitutionForm, stale: StaleError | None = None, shown: str = ""
) -> HttpResponse:
    """The form of an institution, new or there already; shown: its `seen` as it was before the form changed it."""
    institution = form.instance if form.instance.pk else None
    region = form.instance.region
    context = {
        "region": region,
        "form": form,
        "institution": institution,
        "founders": founders(region),
        "seen": seen(stale.row) if stale else request.POST.get("seen") or shown,
        "theirs": latest_of(stale.row) if stale else None,
        "stale": stale is not None,
    }
    return render(request, "registry/institution_form.html", context, status=_status(form, stale))


def _status(form: object, stale: StaleError | None) -> int:
    if stale is not None:
        return 409
    return 422 if form.errors else 200


@require_POST
def institution_archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Archive it with its pages, or with `do=restore` bring it back."""
    institution, keeper = kept_institution(request, pk)
    return _archive(request, institution, keeper)


def _archive(request: HttpRequest, row: Institution | Page, keeper: Keeper) -> HttpResponse:
    back = redirect("institution" if isinstance(row, Institution) else "page", row.pk)
    if request.POST.get("do") != "restore":
        keeping.archive(row, keeper)
        messages.success(request, _("Archived: the days up to today stay as they are."))
        return back
    try:
        keeping.restore(row, keeper)
    except RefusedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Back in the registry."))
    return back


@require_http_methods(ANY)
def institution_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Merge a duplicate into this institution: find it (`?q=`), look at what would happen (`?with=`), POST."""
    institution, keeper = kept_institution(request, pk)
    asked = request.POST if request.method == "POST" else request.GET
    duplicate = _target(request, institution.region, asked.get("with", ""))
    stale = None
    if request.method == "POST" and duplicate is None:
        messages.error(request, _("Choose the duplicate."))
    elif request.method == "POST":
        expected = (asked.get("seen_duplicate", ""), asked.get("seen", ""))
        try:
            merging.merge(duplicate, institution, expected, keeper)
        except StaleError as error:
            stale = error
        except RefusedError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The two institutions are one now."))
            return redirect("institution", institution.pk)
    query = asked.get("q", "").strip()
    context = {
        "region": institution.region,
        "institution": institution,
        "query": query,
        "found": find_targets(institution.region, query, request.user, without=institution),
        "merger": merging.plan(duplicate, institution) if duplicate else None,
        "seen": seen(institution),
        "seen_duplicate": seen(duplicate) if duplicate else "",
        "stale": stale is not None,
        "theirs": latest_of(stale.row) if stale else None,
    }
    return render(request, "registry/merge.html", context, status=200 if request.method != "POST" else 409)


def _target(request: HttpRequest, region: Region, key: str) -> Institution | None:
    """The institution of the region with that key, as somebody chose it."""
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    return Institution.objects.visible_to(request.user).filter(region=region, pk=int(key)).first()


# --- pages -----------------------------------------------------------------------------------------


@require_http_methods(ANY)
def page_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a page to an institution."""
    institution, keeper = kept_institution(request, pk)
    if institution.archived_on:
        messages.error(request, _("The institution is archived. Bring it back first."))
        return redirect("institution", institution.pk)
    form = PageForm(request.POST if request.method == "POST" else None, region=institution.region)
    if request.method == "POST" and form.is_valid():
        page = keeping.add_page(institution, form.cleaned_data["address"], form.values(), keeper)
        messages.success(request, _("The page was added. It is read for the first time within the day."))
        return redirect("page", page.pk)
    return _page_form(request, institution, form, None)


@require_http_methods(ANY)
def page_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what the registry says of a page."""
    page, keeper = kept_page(request, pk)
    form = PageForm(request.POST if request.method == "POST" else None, region=page.institution.region, page=page)
    if request.method == "POST" and form.is_valid():
        try:
            changed = keeping.edit(page, form.values(), request.POST.get("seen", ""), keeper)
        except StaleError as error:
            return _page_form(request, page.institution, form, page, error)
        messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
        return redirect("page", page.pk)
    return _page_form(request, page.institution, form, page)


def _page_form(
    request: HttpRequest, institution: Institution, form: PageForm, page: Page | None, stale: StaleError | None = None
) -> HttpResponse:
    shown: Mapping[str, object] = {
        "region": institution.region,
        "institution": institution,
        "form": form,
        "page": page,
        "seen": seen(stale.row) if stale else request.POST.get("seen") or (seen(page) if page else ""),
        "theirs": latest_of(stale.row) if stale else None,
        "stale": stale is not None,
    }
    return render(request, "registry/page_form.html", shown, status=_status(form, stale))


@require_POST
def page_archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Watch it no longer, or with `do=restore` again."""
    page, keeper = kept_page(request, pk)
    return _archive(request, page, keeper)


@require_http_methods(ANY)
def page_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a page with its history to another institution: find it (`?q=`), choose it."""
    page, keeper = kept_page(request, pk)
    region = page.institution.region
    stale = None
    if request.method == "POST":
        target = _target(request, region, request.POST.get("to", ""))
        try:
            if target is None:
                raise RefusedError(_("Choose the institution that the page goes to."))
            keeping.move_page(page, target, request.POST.get("seen", ""), keeper)
        except StaleError as error:
            stale = error
        except RefusedError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The page was moved."))
            return redirect("page", page.pk)
    query = (request.POST if request.method == "POST" else request.GET).get("q", "").strip()
    context = {
        "region": region,
        "page": page,
        "query": query,
        "found": find_targets(region, query, request.user, without=page.institution),
        "seen": seen(page),
        "stale": stale is not None,
        "theirs": latest_of(stale.row) if stale else None,
    }
    return render(request, "registry/move.html", context, status=409 if request.method == "POST" else 200)
