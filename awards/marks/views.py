"""The screens of the quality mark: list, issuing, withdrawing, files of the badge."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from awards.contests.opening import ContestError
from awards.models import Contest, QualityMark
from awards.papers import badge
from gospub import clock
from monitoring.dashboards import exports, tables
from monitoring.dashboards.views import render_table
from monitoring.models import Region

from . import issuing, queries
from .filters import MarkFilter, Standing


@require_safe
def quality_marks(request: HttpRequest, code: str) -> HttpResponse:
    """The quality marks of a region."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    day = clock.local_day(clock.now(), region.time_zone)
    chosen = MarkFilter(request.GET, queries.marks_of(region, request.user), day=day)
    table = tables.table(request, chosen.qs, queries.COLUMNS, queries.SORT)
    context = {
        "region": region,
        "filter": chosen,
        "table": table,
        "rows": queries.rows(table.page, day),
        "may_withdraw": request.user.rights.rates(region.pk),
    }
    return render_table(request, "quality_marks.html", context)


@require_safe
def quality_marks_export(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """The marks of the same filter as a file; no names of people are in it."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    day = clock.local_day(clock.now(), region.time_zone)
    found = MarkFilter(request.GET, queries.marks_of(region, request.user), day=day).qs
    name = f"marks-{region.code.lower()}-{day}"
    lines = queries.lines(found.order_by("-year", "title", "pk"), day)
    return exports.download(kind, name, _("Quality mark"), queries.HEADINGS, lines)


@require_POST
def marks_issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Marks for every page of the contest's rating that reaches the threshold."""
    contest = get_object_or_404(
        Contest.objects.visible_to(request.user).select_related("region", "rating__methodology"), pk=pk
    )
    if not request.user.rights.sees_whole(contest.region_id):
        raise Http404
    if not request.user.rights.rates(contest.region_id):
        raise PermissionDenied
    try:
        count = issuing.issue(contest, user=request.user, now=clock.now())
    except ContestError as error:
        messages.error(request, str(error))
        return redirect("contest", pk)
    text = ngettext("%(count)d quality mark was issued.", "%(count)d quality marks were issued.", count)
    messages.success(request, text % {"count": count})
    return redirect("quality_marks", contest.region.code)


@require_POST
def mark_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a mark back, with a reason."""
    found = get_object_or_404(QualityMark.objects.visible_to(request.user).select_related("contest__region"), pk=pk)
    if not request.user.rights.rates(found.contest.region_id):
        raise PermissionDenied
    try:
        issuing.withdraw(found, request.POST.get("reason", ""), user=request.user, now=clock.now())
    except ContestError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The quality mark was withdrawn; its public address says so from now on."))
    return redirect("quality_marks", found.contest.region.code)


@require_safe
def mark_badge(request: HttpRequest, pk: int, shape: str, ending: str) -> HttpResponse:
    """A file of the badge, to those who see the page, while the mark is in force."""
    visible = QualityMark.objects.visible_to(request.user).select_related("contest__region", "page")
    found = get_object_or_404(visible, pk=pk)
    day = clock.local_day(clock.now(), found.contest.region.time_zone)
    known = shape in badge.SIZES[found.page.platform] and ending in badge.ENDINGS
    if not known or queries.standing(found, day) != Standing.IN_FORCE:
        raise Http404
    address = request.build_absolute_uri(reverse("badge", args=[found.code]))
    content = badge.drawn(found, badge.Shape(shape), ending, address)
    name = f"quality-mark-{found.year}-{found.code.lower()}-{shape}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=badge.ENDINGS[ending], headers=headers)
