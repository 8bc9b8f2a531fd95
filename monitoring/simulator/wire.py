"""Requests as the networks see them, answers, and the faults that spoil an answer on its way."""

import asyncio
import gzip
import json
import socket
import struct
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from .pages import Page
from .state import Moment

SLOW_SECONDS = 60
HUGE_MEGABYTES = 300
HTML = "text/html"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Call:
    """One request. values: query and body together. caller: its address.

    faults: those that it meets as a whole; page_faults: by the key of a page, those that were aimed at it.
    """

    path: str
    values: dict[str, str]
    headers: Mapping[str, str]
    moment: Moment
    faults: frozenset[str]
    caller: str = ""
    page_faults: Mapping[int, frozenset[str]] = field(default_factory=dict)

    def faults_of(self, page: Page) -> frozenset[str]:
        """What spoils the things that are said of this page."""
        return self.faults | self.page_faults.get(page.key, frozenset()) if self.page_faults else self.faults

    def whole(self, name: str, default: int) -> int:
        """A parameter as a number. Raises ValueError where it is none."""
        return int(self.values.get(name) or default)


@dataclass(frozen=True, slots=True)
class Answer:
    body: bytes
    status: int = 200
    kind: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


def as_json(value: Any, status: int = 200, **headers: str) -> Answer:
    """Headers are named with underscores."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Answer(dumps(value), status, JSON, named)


def dumps(value: Any) -> bytes:
    """Compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def as_html(head: str, body: str, status: int = 200) -> Answer:
    text = f"<!DOCTYPE html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"
    return Answer(text.encode(), status, HTML)


async def values_of(request: web.BaseRequest) -> dict[str, str]:
    """Query and body: form-encoded, JSON or multipart."""
    values = dict(request.query)
    if request.method != "POST" or not request.can_read_body:
        return values
    kind = request.content_type
    if kind == "application/x-www-form-urlencoded":
        values |= parse_qsl((await request.read()).decode(errors="replace"), keep_blank_values=True)
    elif kind == JSON:
        body = json.loads(await request.read())
        values |= {str(key): str(value) for key, value in body.items()} if isinstance(body, dict) else {}
    elif kind == "multipart/form-data":
        values |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    return values


def spoilt(answer: Answer, faults: frozenset[str]) -> Answer:
    """The answer as the general faults leave it, those apart that need time or the connection itself."""
    for fault, instead in _INSTEAD.items():
        if fault in faults:
            return instead
    body, headers = answer.body, answer.headers
    if "empty" in faults:
        body, headers = b"", {}
    elif "truncated_json" in faults:
        body = body[: len(body) // 2]
    elif "broken_gzip" in faults:
        packed = gzip.compress(body)
        body, headers = packed[: len(packed) // 2], {"Content-Encoding": "gzip"}
    elif "wrong_charset" in faults:
        body = body.decode().encode("cp1251", "replace")
    else:
        return answer
    return Answer(body, 200 if "empty" in faults else answer.status, answer.kind, headers)


_INSTEAD = {
    "http_500": as_html("<title>500</title>", "<h1>500 Internal Server Error</h1>", 500),
    "html_instead_of_json": as_html("<title>Maintenance</title>", "<h1>Maintenance works</h1>"),
    "retry_after": Answer(b"Too Many Requests", 429, "text/plain", {"Retry-After": "30"}),
}


async def send(request: web.BaseRequest, answer: Answer, faults: frozenset[str]) -> web.StreamResponse:
    """Send the answer the way the faults would have it."""
    if "slow" in faults:
        await asyncio.sleep(SLOW_SECONDS)
    if "reset" in faults:
        return _reset(request)
    if "drip" in faults:
        return await _drip(request, answer)
    if "huge_answer" in faults:
        return await _huge(request, answer)
    return web.Response(
        body=answer.body,
        status=answer.status,
        headers={"Content-Type": f"{answer.kind}; charset=utf-8", **answer.headers},
    )


def _reset(request: web.BaseRequest) -> web.Response:
    """Closing with nothing left to linger makes the system send RST."""
    if request.transport is not None:
        sock = request.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response()


async def _drip(request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
    headers = {"Content-Type": answer.kind, "Content-Length": str(len(answer.body))}
    response = web.StreamResponse(status=answer.status, headers=headers)
    await response.prepare(request)
    with suppress(ConnectionError):  # the reader has had enough
        for place in range(len(answer.body)):
            await response.write(answer.body[place : place + 1])
            await asyncio.sleep(1)
    return response


async def _huge(request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
    """Blanks that any reader of JSON or HTML would skip, and then the answer."""
    response = web.StreamResponse(status=answer.status, headers={"Content-Type": f"{answer.kind}; charset=utf-8"})
    await response.prepare(request)
    blanks = b" " * 2**20
    with suppress(ConnectionError):
        for _ in range(HUGE_MEGABYTES):
            await response.write(blanks)
        await response.write(answer.body)
    return response
