"""Forms of answers that several networks share."""

from typing import Any

import msgspec
from aiohttp import web


def as_json(value: Any) -> web.Response:
    """A JSON answer; walls are large, so the quick encoder."""
    return web.Response(body=msgspec.json.encode(value), content_type="application/json", charset="utf-8")
