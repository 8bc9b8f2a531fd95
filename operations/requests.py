"""Every request is counted, timed, and told of in one line of the log: by view and user number, never by address."""

import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from gospub.logs import view_name

from . import metrics

logger = structlog.get_logger(__name__)
PROBES = ("health_live", "health_ready", "metrics_text")  # asked several times a minute, for ever
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


def observed(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give the request a number that every line of its log has, and note what became of it.

    django-structlog's own middleware notes addresses with their queries, which hold names and keys.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=str(uuid.uuid4()))
        began = time.perf_counter()
        response = get_response(request)
        seconds = time.perf_counter() - began
        view = view_name(request)
        method = request.method if request.method in METHODS else "other"
        metrics.note_request(view, method, response.status_code, seconds)
        # Who it was is told where somebody asked anyway: a base that is away is not waited for.
        user = getattr(request, "_cached_user", None)
        logger.info(
            "request", view=view, method=method, status=response.status_code, milliseconds=round(seconds * 1000),
            user=getattr(user, "pk", None),
        )  # fmt: skip
        structlog.contextvars.clear_contextvars()
        return response

    return middleware
