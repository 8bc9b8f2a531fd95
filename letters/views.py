"""Choosing letters, looking at the own ones, unsubscribing without a sign-in, and the demo's mail box."""

import base64
import hashlib

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gospub import clock
from monitoring.models import Region

from . import capture, choices, writing
from .digests import WRITERS, due, regions_of
from .models import Kind


@require_POST
def letters_choose(request: HttpRequest) -> HttpResponse:
    """Which letters come: `kind`, as often as there are any."""
    if choices.choose(request.user, request.POST.getlist("kind"), clock.now()):
        messages.success(request, _("Your choice of letters was kept."))
    else:
        messages.info(request, _("Nothing was changed."))
    return redirect("account")


@require_http_methods(["GET", "HEAD", "POST"])
def digest(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The own weekly letter as it would go out now; POST has it sent, once an hour."""
    region = _region(request, code, kind)
    now = clock.now()
    written = writing.preview(kind, request.user, region, due.last_week(now, region.time_zone), now)
    wanted = kind not in choices.unsubscribed(request.user)
    if request.method == "POST":
        if not (written and wanted):
            messages.info(request, _("There is no letter to send."))
        elif due.ask(kind, region, request.user, now, timezone.now()):  # the hour must pass in the demo, too
            messages.success(request, _("The letter goes out within a minute or two."))
        else:
            messages.info(request, _("You had it sent within this hour already."))
        return redirect("digest", code, kind)
    context = {"region": region, "kind": Kind(kind), "written": written, "wanted": wanted}
    return render(request, "letters/digest.html", context)


@require_safe
def digest_twin(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The same as mail programs show it."""
    region = _region(request, code, kind)
    now = clock.now()
    written = writing.preview(kind, request.user, region, due.last_week(now, region.time_zone), now)
    if written is None:
        raise Http404
    return _as_mail_shows_it(written.html)


def _region(request: HttpRequest, code: str, kind: str) -> Region:
    """The region whose letters of that kind the user gets."""
    if kind not in WRITERS:
        raise Http404
    return get_object_or_404(regions_of(kind, request.user), code=code)


def _as_mail_shows_it(html: str) -> HttpResponse:
    """Nothing of it runs, loads or is sent: a letter may hold what others wrote."""
    style = base64.b64encode(hashlib.sha256(render_to_string("mail/style.css").encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; "
    return HttpResponse(html, headers={"Content-Security-Policy": f"{policy}frame-ancestors 'none'; sandbox"})


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """The link in a letter: opening it asks, as programs open links to look at them; POST ends the letters (RFC 8058:
    mail servers post it themselves, without cookies). The token stands for a sign-in and a form's token."""
    found = choices.read_token(token)
    if found is None:
        raise Http404
    user, kind = found
    if request.method == "POST":
        choices.unsubscribe(user, kind, clock.now())
    done = kind in choices.unsubscribed(user)
    return render(request, "letters/unsubscribe.html", {"kind": kind, "done": done})


# --- the demo's mail box ----------------------------------------------------------------------------------------------


@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    """What the demo has sent to the user; to the operator all of it."""
    _in_the_demo()
    return render(request, "letters/mail.html", {"letters": list(capture.letters_to(request.user))})


@require_safe
def mail_letter(request: HttpRequest, name: str) -> HttpResponse:
    """One letter with its head."""
    return render(request, "letters/mail_letter.html", {"letter": _captured(request, name)})


@require_safe
def mail_twin(request: HttpRequest, name: str) -> HttpResponse:
    """Its HTML part."""
    found = _captured(request, name)
    if not found.html:
        raise Http404
    return _as_mail_shows_it(found.html)


def _captured(request: HttpRequest, name: str) -> capture.Captured:
    _in_the_demo()
    found = capture.letter_to(request.user, name)
    if found is None:
        raise Http404
    return found


def _in_the_demo() -> None:
    if not settings.DEMO_CLOCK:
        raise Http404
