"""Answers of the public part: the same for everybody, so that any cache may keep them for five minutes.

They are made without the request: neither cookies nor a sign-in of who asks play a part. What is kept here goes at once
when a region closes or a consent ends; what browsers and proxies keep goes after five minutes.
"""

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_safe

from gospub import clock

from .queries.regions import stamp

SECONDS = 300
KEPT = f"public, max-age={SECONDS}"
NOT_KEPT = "private, no-store"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer may depend on. GET: the parameters that the view knows, and no others."""

    now: dt.datetime
    path: str
    GET: QueryDict
    base: str


Answer = tuple[str, dict[str, object]]


def kept(
    *params: str, free: str = "", kind: str = HTML
) -> Callable[[Callable[..., Answer]], Callable[..., HttpResponse]]:
    """Make a view of a function of (Asked, …) that gives a template and its context.

    params: parameters of the address that it knows. free: the one of them that takes any words: what it leads to is not
    kept, or whoever types many would push all else out.
    """

    def decorate(view: Callable[..., Answer]) -> Callable[..., HttpResponse]:
        @login_not_required
        @require_safe
        @wraps(view)
        def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            now = clock.now()
            asked = Asked(now, request.path, known(request.GET, params), request.build_absolute_uri("/").rstrip("/"))
            may_keep = not (free and asked.GET.get(free))
            key = _key(asked) if may_keep else ""
            text = caches["public"].get(key) if key else None
            if text is None:
                with translation.override(settings.LANGUAGE_CODE):
                    template, context = view(asked, *args, **kwargs)
                    text = rendered(template, asked, context)
                if key:
                    caches["public"].set(key, text, SECONDS)
            return sent(text, kind, KEPT if may_keep else NOT_KEPT)

        return answer

    return decorate


def known(query: QueryDict, params: tuple[str, ...]) -> QueryDict:
    """The parameters of those names, the last of each, cut to a sensible length."""
    found = QueryDict(mutable=True)
    for name in params:
        if value := query.get(name, "").replace("\0", "")[:300]:
            found[name] = value
    return found


def rendered(template: str, asked: Asked, context: dict[str, object]) -> str:
    """The template in Russian, with what every answer of the public part needs."""
    with translation.override(settings.LANGUAGE_CODE):
        common = {"demo": bool(settings.DEMO_CLOCK), "base": asked.base, "canonical": asked.base + asked.path}
        return render_to_string(template, common | context)


def sent(text: str, kind: str = HTML, cache: str = NOT_KEPT, status: int = 200) -> HttpResponse:
    headers = {"Content-Language": settings.LANGUAGE_CODE, "Cache-Control": cache}
    return HttpResponse(text, status=status, content_type=kind, headers=headers)


def _key(asked: Asked) -> str:
    parts = f"{asked.base}{asked.path}?{asked.GET.urlencode()}#{stamp(asked.now)}"
    return "page:" + hashlib.sha256(parts.encode()).hexdigest()
