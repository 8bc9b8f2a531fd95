"""What people see when something breaks under a page."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

RETRY_SECONDS = 10


def broken(request: HttpRequest) -> HttpResponse:
    """The answer to an exception that nobody caught: 503 where the base is away, which passes by itself, else 500.

    Neither page asks the base for anything.
    """
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return server_error(request)
    return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": str(RETRY_SECONDS)})
