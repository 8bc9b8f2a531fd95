"""Import and export of the registry in the browser: upload → report → apply → result. Works without JavaScript."""

import uuid
from collections.abc import Iterable

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from gospub import clock
from gospub.accounts.audit import record
from monitoring.models import Region

from . import uploads
from .exporting import registry_rows, to_csv, to_xlsx
from .files import MAX_BYTES
from .importing import ImportRefusedError, import_rows, plan_import
from .report import Counts, Problem, Severity, told
from .rows import read_upload

SHOWN_PROBLEMS = 300  # a screen of more is not read; errors come first


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("Spreadsheet"),
        help_text=_("XLSX or CSV, up to 10 MB and 20 000 rows."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv", "class": "form-control"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 10 MB. Split it into several files."))
        return file


def kept_region(request: HttpRequest, code: str) -> Region:
    """A region whose registry the user keeps; 403 for those who only see it, 404 for the others."""
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    if not request.user.rights.keeps(region.pk):
        raise PermissionDenied
    return region


@require_http_methods(["GET", "HEAD", "POST"])
def registry_import(request: HttpRequest, code: str) -> HttpResponse:
    """Choose a file; its report opens next. Nothing is written."""
    region = kept_region(request, code)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        rows, problems = read_upload(file.read())
        key = uploads.keep(request.user, uploads.Upload(file.name, region.pk, rows, problems))
        return redirect("registry_import_report", region.code, key)
    status = 422 if form.errors else 200
    return render(request, "registry/import.html", {"region": region, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def registry_import_report(request: HttpRequest, code: str, key: uuid.UUID) -> HttpResponse:
    """What the file would change and what is wrong with it; POST applies it, once."""
    region = kept_region(request, code)
    upload = uploads.find(request.user, region, key)
    if upload is None:
        raise Http404
    if upload.applied:
        return _result(request, region, upload)
    day = clock.local_day(clock.now(), region.time_zone)
    if request.method == "POST":
        try:
            plan = import_rows(upload.rows, upload.problems, region, day, now=clock.now(), user=request.user)
        except ImportRefusedError as error:
            plan = error.plan
        else:
            uploads.keep(request.user, uploads.applied(upload, plan, clock.now()), key)
            after = told(upload.name, plan.counts)
            record(
                request.user, "registry.import", region.code, before={}, after=after, now=clock.now(), region=region.pk
            )
            return redirect("registry_import_report", region.code, key)
    else:
        plan = plan_import(upload.rows, upload.problems, region, day)
    context = {
        "region": region,
        "upload": upload,
        "plan": plan,
        "counts": _counts(plan.counts),
        **_problems(plan.problems),
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "registry/report.html", context, status=status)


def _result(request: HttpRequest, region: Region, upload: uploads.Upload) -> HttpResponse:
    """What was done; a second click on “Apply” lands here too."""
    if request.method == "POST":
        return redirect(request.path)
    done = upload.applied
    context = {"region": region, "upload": upload, "done": done, "counts": _counts(done.counts)}
    return render(request, "registry/result.html", {**context, **_problems(done.problems)})


def _counts(counts: dict[type[Model], Counts]) -> list[dict[str, object]]:
    return [
        {"label": model._meta.verbose_name_plural, "new": count.new, "changed": count.changed, "same": count.same}
        for model, count in counts.items()
    ]


def _problems(problems: list[Problem]) -> dict[str, object]:
    """The first problems, errors before all, and how many there are of each kind."""
    return {
        "problems": problems[:SHOWN_PROBLEMS],
        "hidden": max(0, len(problems) - SHOWN_PROBLEMS),
        "errors": _number(problems, Severity.ERROR),
        "warnings": _number(problems, Severity.WARNING),
    }


def _number(problems: Iterable[Problem], severity: Severity) -> int:
    return sum(problem.severity == severity for problem in problems)


@require_safe
def registry_export(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The registry as a file that the import reads back without a change; with contacts for those who keep it."""
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    kinds = {
        "xlsx": (to_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        "csv": (to_csv, "text/csv; charset=utf-8"),
    }
    if kind not in kinds:
        raise Http404
    write, content_type = kinds[kind]
    day = clock.local_day(clock.now(), region.time_zone)
    contacts = request.user.rights.keeps(region.pk)
    rows = list(registry_rows(region, day, contacts=contacts))
    after = {"file": f"registry.{kind}", "day": f"{day}", "rows": len(rows), "contacts": contacts}
    record(request.user, "export.names", region.code, before={}, after=after, now=clock.now(), region=region.pk)
    response = HttpResponse(write(rows), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="registry-{region.code.lower()}-{day}.{kind}"'
    return response
