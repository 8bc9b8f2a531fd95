"""Asking for a new password: the answer takes as long for whoever has an account as for whoever has none."""

import time

from allauth.account.forms import ResetPasswordForm
from django.http import HttpRequest

STEP = 0.25  # seconds; a letter takes less to write, and to hand over to a mail server nearby


class EvenReset(ResetPasswordForm):
    """The letter to an account costs two queries and a signature more than the one that says there is none."""

    def save(self, request: HttpRequest, **options: object) -> str:
        """Returns, or fails, at a whole number of steps."""
        begun = time.monotonic()
        try:
            return super().save(request, **options)
        finally:
            time.sleep((begun - time.monotonic()) % STEP)
