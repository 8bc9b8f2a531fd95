"""What people see when something breaks under a page."""

import errno
import logging
import secrets
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)
RETRY_SECONDS = 10


def broken(request: HttpRequest) -> HttpResponse:
    """The answer to an exception that nobody caught: 503 where the base is away, which passes by itself, 507 where the
    disk is full, else 500 with the number under which the log has it, and nothing else of what broke.

    None of the pages asks the base for anything.
    """
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": str(RETRY_SECONDS)})
    if is_full_disk(error):
        return HttpResponse(render_to_string("507.html"), status=507)
    incident = secrets.token_hex(4)
    logger.error("Incident %s: %s at %s", incident, type(error).__name__, request.path)
    return HttpResponse(render_to_string("500.html", {"incident": incident}), status=500)


def is_full_disk(error: BaseException | None) -> bool:
    """Whether the error is that there is no room, or came of one."""
    while error is not None:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            return True
        error = error.__cause__ or error.__context__
    return False
