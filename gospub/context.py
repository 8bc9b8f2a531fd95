"""What every template knows."""

from django.conf import settings
from django.http import HttpRequest


def installation(request: HttpRequest) -> dict[str, object]:
    """`demo`: the figures are made up, and the screens say so."""
    return {"demo": bool(settings.DEMO_CLOCK)}
