"""The public address of a quality mark: whether it is real, for which page, until when. Open to anybody.

Rendered without the request: neither cookies nor a sign-in of who asks play a part, so that any cache may keep the
answer and give it to others. A withdrawal shows five minutes later at the latest.
"""

import datetime as dt
import re

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_safe

from awards.models import QualityMark
from gospub import clock
from gospub.accounts.audit import coming_from

from .queries import standing

# A mark's facts are public, so only a crawl has to be kept off: with so many codes that nobody has, from one address,
# a guesser would meet one of 200 000 marks among 25⁸ codes every fifty days.
MOST_MISSES = 100
FORGOTTEN_AFTER = 600  # seconds without a miss
KEPT = "public, max-age=300"
# Cyrillic letters that are typed for the letters and digits of a code.
LOOK_ALIKES = str.maketrans("АСЕНКМРТУХЗЧБ", "ACEHKMPTYX346")


@login_not_required
@require_safe
def badge_check(request: HttpRequest) -> HttpResponse:
    """Where a code is typed in; `?code=` leads to its address."""
    code = understood(request.GET.get("code", ""))
    return redirect("badge", code) if code else _answer({})


@login_not_required
@require_safe
def badge(request: HttpRequest, code: str) -> HttpResponse:
    """What the mark of that code is worth today; 404 where nobody has it, 429 to those who guess."""
    misses = f"badge-misses:{coming_from.get()}"
    missed = cache.get(misses, 0)
    if missed >= MOST_MISSES:
        response = _answer({"guessing": True}, status=429)
        response["Retry-After"] = str(FORGOTTEN_AFTER)
        return response
    code = understood(code)
    mark = QualityMark.objects.filter(code=code).select_related("page__institution", "contest__region").first()
    if mark is None:
        cache.set(misses, missed + 1, FORGOTTEN_AFTER)
        return _answer({"code": code, "unknown": True}, status=404)
    region = mark.contest.region
    context = {
        "mark": mark,
        "region": region,
        "standing": standing(mark, clock.local_day(clock.now(), region.time_zone)),
        "over_since": mark.valid_until + dt.timedelta(days=1),
    }
    response = _answer(context)
    response["Cache-Control"] = KEPT
    return response


def understood(text: str) -> str:
    """A code as it is kept, however it was typed: small letters, spaces, hyphens, Cyrillic look-alikes."""
    return re.sub(r"[^0-9A-Z]", "", text.upper().translate(LOOK_ALIKES))[:16]


def _answer(context: dict[str, object], status: int = 200) -> HttpResponse:
    """In Russian, whatever was chosen here."""
    with translation.override(settings.LANGUAGE_CODE):
        text = render_to_string("badge.html", context)
    return HttpResponse(text, status=status, headers={"Content-Language": settings.LANGUAGE_CODE})
