"""The screens of documents: asking for a file, its progress, the file itself; the wording of a region."""

import datetime as dt

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from awards.models import Award, AwardList, JobState, PaperJob, PaperKind, Wording, WordingKind
from gospub import clock
from gospub.accounts import audit
from gospub.accounts.models import User
from monitoring.models import Region

from . import making, pdf
from .forms import PaperForm, WordingForm, sample_line
from .lines import Paper, line_of
from .texts import Words, defaults, words_of

SHOWN = 20


def _list(request: HttpRequest, pk: int) -> AwardList:
    """404 for those who do not see the whole region: the files hold names."""
    related = ("contest__region", "contest__rating")
    found = get_object_or_404(AwardList.objects.visible_to(request.user).select_related(*related), pk=pk)
    if not request.user.rights.sees_whole(found.contest.region_id):
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def papers(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a document; what was asked for, with its progress."""
    found = _list(request, pk)
    form = PaperForm(request.POST if request.method == "POST" else None, found=found)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        nomination = given["nomination"]
        making.ask(
            found,
            PaperKind(given["kind"]),
            nomination=nomination and nomination.pk,
            degree=given["degree"],
            user=request.user,
            now=clock.now(),
        )
        messages.success(request, _("The document is being made; it appears below."))
        return redirect("papers", pk)
    jobs = list(found.papers.select_related("nomination", "asked_by").order_by("-pk")[:SHOWN])
    context = {
        "region": found.contest.region,
        "contest": found.contest,
        "list": found,
        "form": form,
        "jobs": jobs,
        "working": any(job.state in (JobState.WAITING, JobState.RUNNING) for job in jobs),
        "paused": "paused" in request.GET,
    }
    return render(request, "papers.html", context, status=422 if request.method == "POST" else 200)


@require_safe
def paper_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file, to whoever may see the list now."""
    job = get_object_or_404(
        PaperJob.objects.visible_to(request.user).select_related("list__contest__region"), pk=pk, state=JobState.READY
    )
    path = making.folder() / job.file
    if not path.exists():
        raise Http404
    region = job.list.contest.region
    after = {"file": job.kind, "paper": job.pk, "rows": job.total}
    audit.record(request.user, "export.names", f"award_list {job.list_id}", before={}, after=after, now=clock.now(),
                 region=region.pk)  # fmt: skip
    kind = PaperKind(job.kind)
    draft = "" if job.list.signed_at else "-draft"
    name = (
        f"awards-{region.code.lower()}-{job.list.contest.year}-{kind.value.replace('_', '-')}{draft}.{path.suffix[1:]}"
    )
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


@require_safe
def award_diploma(request: HttpRequest, pk: int) -> HttpResponse:
    """The diploma of one award: for those who see the region, and for the institution once the list is signed."""
    related = ("list__contest__region", "nomination", "page", "institution__municipality", "person")
    award = get_object_or_404(Award.objects.visible_to(request.user).given().select_related(*related), pk=pk)
    contest, now = award.list.contest, clock.now()
    line = line_of(award)
    day = clock.local_day(award.list.signed_at or now, contest.region.time_zone)
    draft = award.list.signed_at is None
    paper = Paper(
        contest.title, contest.year, contest.region.name, award.list.edition, draft, day, award.list.digest, (line,)
    )
    content = pdf.diplomas(paper, paper.lines, words_of(contest.region, WordingKind.DIPLOMA))
    if line.person:
        audit.record(request.user, "export.names", f"award {award.pk}", before={}, after={"file": "diploma", "rows": 1},
                     now=now, region=contest.region_id)  # fmt: skip
    headers = {"Content-Disposition": f'attachment; filename="diploma-{contest.year}-{award.pk}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


# --- wording ----------------------------------------------------------------------------------------------------------


def _region(request: HttpRequest, code: str) -> Region:
    region = get_object_or_404(Region.objects.seen_whole_by(request.user), code=code)
    if not request.user.rights.rates(region.pk):
        raise PermissionDenied
    return region


def _kind(kind: str) -> WordingKind:
    if kind not in WordingKind.values:
        raise Http404
    return WordingKind(kind)


@require_http_methods(["GET", "HEAD", "POST"])
def wording(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The region's own wording of a kind of document."""
    region, kind, now = _region(request, code), _kind(kind), clock.now()
    words = words_of(region, kind)
    sample = _sample(region, clock.local_day(now, region.time_zone))
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = WordingForm(*sent, kind=kind, sample=sample, initial=dict(words.texts))
    if request.method == "POST" and form.is_valid():
        _keep(region, form, words, user=request.user, now=now)
        messages.success(request, _("The wording was kept."))
        return redirect("wording", code, kind)
    context = {
        "region": region,
        "kind": kind,
        "kinds": WordingKind.choices,
        "form": form,
        "words": words,
        "preview": kind in (WordingKind.DIPLOMA, WordingKind.CERTIFICATE),
        "own": Wording.objects.filter(region=region, kind=kind).exists(),
    }
    return render(request, "wording.html", context, status=422 if request.method == "POST" else 200)


def _keep(region: Region, form: WordingForm, words: Words, *, user: User, now: dt.datetime) -> None:
    """Only what differs from the defaults is kept, so that better defaults reach everybody else."""
    given, kind = form.cleaned_data, form.kind
    pictures = {"crest": given.get("crest") or words.crest, "signature": given.get("signature") or words.signature}
    if given.get("without_pictures"):
        pictures = {"crest": None, "signature": None}
    docx = None if given.get("without_docx") else given.get("docx") or words.docx
    texts = {name: text for name, text in form.texts.items() if text != defaults(kind)[name]}
    Wording.objects.update_or_create(
        region=region, kind=kind, defaults={"texts": texts, **pictures, "docx": docx, "changed_at": now}
    )
    after = {"kind": str(kind), "texts": texts} | {
        name: bool(data) for name, data in (*pictures.items(), ("docx", docx))
    }
    audit.record(user, "wording.save", f"region {region.pk}", before={"texts": dict(words.texts)}, after=after, now=now,
                 region=region.pk)  # fmt: skip


@require_POST
def wording_reset(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Back to the wording that comes with Gospub."""
    region, kind = _region(request, code), _kind(kind)
    before = {"texts": dict(words_of(region, kind).texts)}
    Wording.objects.filter(region=region, kind=kind).delete()
    audit.record(request.user, "wording.save", f"region {region.pk}", before=before, after={"kind": str(kind)},
                 now=clock.now(), region=region.pk)  # fmt: skip
    messages.success(request, _("The usual wording is back."))
    return redirect("wording", code, kind)


@require_safe
def wording_preview(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """A diploma or certificate of a made-up winner, as a picture."""
    region, kind = _region(request, code), _kind(kind)
    if kind not in (WordingKind.DIPLOMA, WordingKind.CERTIFICATE):
        raise Http404
    sample = _sample(region, clock.local_day(clock.now(), region.time_zone))
    picture = pdf.preview(sample, words_of(region, kind), kind)
    return HttpResponse(picture, content_type="image/png", headers={"Cache-Control": "private, no-store"})


def _sample(region: Region, day: dt.date) -> Paper:
    return Paper(str(_("Best pages")), day.year, region.name, 1, True, day, "", (sample_line(),))
