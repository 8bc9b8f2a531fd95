"""The simulator's server: one address at which all four networks answer."""

import asyncio
import datetime as dt
import json
from pathlib import Path
from typing import Any

from aiohttp import web

from .max import Max
from .ok import Ok
from .state import Faults, Simulation
from .telegram import Telegram, contact
from .vk import Vk

SLOW_SECONDS = 60


def recorded_groups(path: Path) -> dict[str, Any]:
    """Groups of a recorded groups.getById answer, by id and by short name."""
    groups = json.loads(path.read_text("utf-8"))["response"]
    groups = groups["groups"] if isinstance(groups, dict) else groups
    return {key: group for group in groups for key in (str(group["id"]), group["screen_name"].lower())}


def application(simulation: Simulation, latency: float, recorded: dict[str, Any] | None) -> web.Application:
    """`latency`: seconds that every answer takes; `recorded`: groups that VK serves in place of the made-up ones."""
    vk, ok, telegram, max_ = Vk(simulation, recorded), Ok(simulation), Telegram(simulation), Max(simulation)

    @web.middleware
    async def spoil(request: web.Request, handler: Any) -> web.StreamResponse:
        if request.path.startswith("/_simulator/"):
            return await handler(request)
        if latency:
            await asyncio.sleep(latency)
        return await spoilt(simulation.faults, request) or await handler(request)

    async def named(request: web.Request) -> web.Response:
        """A bare name: the page of whichever network has it."""
        name = request.match_info["name"]
        page = simulation.by_handle(name)
        if page is None:
            return contact(name)
        if page.platform == "vk":
            simulation.calls["vk:page"] += 1
            return web.Response(text=vk.html(page), content_type="text/html")
        if page.platform == "ok":
            return contact(name)
        return (telegram if page.platform == "telegram" else max_).landing(page)

    app = web.Application(middlewares=[spoil], client_max_size=4 * 1024**2)
    app.add_routes(
        [
            *control(simulation),
            web.route("*", "/method/{name}", vk.method),
            web.route("*", "/fb.do", ok.method),
            web.route("*", "/api/{group}/{name}", ok.method),
            web.route("*", "/bot{token:[^/]+}/{method}", telegram.bot),
            web.get("/s/{name}", telegram.feed),
            web.get("/me", max_.api),
            web.get("/messages", max_.api),
            web.get("/chats", max_.api),
            web.get("/chats/{chat}", max_.api),
            web.get("/chats/{chat}/members/me", max_.api),
            web.get("/{name}", named),
        ]
    )
    return app


def control(simulation: Simulation) -> list[web.RouteDef]:
    """What tests and the demo turn: the clock, the faults, the count of calls."""

    async def clock(request: web.Request) -> web.Response:
        if request.method == "POST":
            simulation.stands_at = dt.datetime.fromisoformat((await request.json())["now"])
        return web.json_response({"now": simulation.now.isoformat()})

    async def faults(request: web.Request) -> web.Response:
        names = (await request.json())["faults"]
        simulation.faults = Faults(names)
        return web.json_response({"faults": names})

    async def calls(request: web.Request) -> web.Response:
        if request.method == "POST":
            simulation.calls.clear()
        return web.json_response(dict(simulation.calls))

    return [
        web.route("*", "/_simulator/clock", clock),
        web.post("/_simulator/faults", faults),
        web.route("*", "/_simulator/calls", calls),
    ]


async def spoilt(faults: Faults, request: web.Request) -> web.StreamResponse | None:
    """The answer that a fault puts in place of the right one, None where none strikes."""
    if faults.strike("http_500"):
        return web.Response(
            status=500, text="<html><body>Internal Server Error</body></html>", content_type="text/html"
        )
    if faults.strike("html_instead_of_json"):
        return web.Response(text="<html><body>Maintenance</body></html>", content_type="text/html")
    if faults.strike("truncated_json"):
        return web.Response(text='{"response":{"groups":[{"id":1,', content_type="application/json")
    if faults.strike("broken_gzip"):
        return web.Response(body=b"\x1f\x8b\x08\x00broken", headers={"Content-Encoding": "gzip"})
    if faults.strike("empty"):
        return web.Response(body=b"")
    if faults.strike("slow"):
        await asyncio.sleep(SLOW_SECONDS)
    if faults.strike("reset") and request.transport:
        request.transport.abort()
        return web.Response()
    if faults.strike("drip"):
        answer = web.StreamResponse(headers={"Content-Length": str(SLOW_SECONDS)})
        await answer.prepare(request)
        for _second in range(SLOW_SECONDS):
            await answer.write(b" ")
            await asyncio.sleep(1)
        return answer
    return None
