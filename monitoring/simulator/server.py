"""The simulator's server: one address at which all four networks answer, and the switches under /_simulator/."""

import asyncio
import datetime as dt
import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from aiohttp import web

from .faults import Faults
from .max import Max
from .ok import Ok
from .pages import Page
from .state import Moment, Simulation
from .telegram import Telegram
from .telegram_pages import contact
from .vk import Vk
from .vk_groups import browser_page
from .wire import Answer, Call, as_json, send, spoilt, values_of

NOT_FOUND = Answer(b"Not Found", 404, "text/plain")


class Route(NamedTuple):
    """Whose request it is, under which name it is counted, and who answers it."""

    network: str
    method: str
    answer: Callable[[Call], Answer]


class Server:
    """latency: seconds that every answer takes. recorded: see `Vk`."""

    def __init__(self, simulation: Simulation, latency: float = 0, recorded: Path | None = None) -> None:
        self.simulation = simulation
        self._latency = latency
        self._vk, self._ok = Vk(simulation, recorded), Ok(simulation)
        self._telegram, self._max = Telegram(simulation), Max(simulation)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path.startswith("/_simulator/"):
            return await self._switch(request, path.removeprefix("/_simulator/"))
        try:
            values = await values_of(request)
        except ValueError:
            return await send(request, Answer(b"Bad Request", 400, "text/plain"), frozenset())
        moment = self.simulation.now()
        route = self._route(path, values, moment)
        self.simulation.calls[f"{route.network}:{route.method}"] += 1
        faults = self.simulation.faults.strike(route.network, route.method)
        if self._latency:
            await asyncio.sleep(self._latency)
        call = Call(path, values, request.headers, moment, faults, request.remote or "")
        return await send(request, spoilt(route.answer(call), faults), faults)

    # --- who answers ----------------------------------------------------------------------------

    def _route(self, path: str, values: dict[str, str], moment: Moment) -> Route:
        steps = path.strip("/").split("/")
        route = Route("web", "unknown", lambda call: NOT_FOUND)
        match steps:
            case ["method", method]:
                route = Route("vk", method, lambda call: self._vk.answer(call, method))
            case ["fb.do"]:
                route = self._ok_route(values.get("method", ""))
            case ["api", group, name]:
                route = self._ok_route(f"{group}.{name}")
            case ["s", name]:
                route = Route("telegram", "feed", lambda call: self._telegram.feed(call, name))
            case [bot, name] if bot.startswith("bot"):
                method = name.lower()
                route = Route("telegram", method, lambda call: self._telegram.bot(call, bot[3:], method))
            case ["me" | "chats" | "messages", *rest]:
                method = "members" if rest[1:2] == ["members"] else steps[0]
                route = Route("max", method, lambda call: self._max.api(call, steps))
            case [name] if name:
                route = self._page_route(name, moment)
        return route

    def _ok_route(self, method: str) -> Route:
        return Route("ok", method, lambda call: self._ok.answer(call, method))

    def _page_route(self, name: str, moment: Moment) -> Route:
        """A bare name is a page of whichever network has it."""
        page = self._page(name, moment)
        if page is None or page.platform == "ok":
            return Route("web", "unknown", lambda call: contact(name))
        if page.platform == "vk":
            return Route("vk", "page", lambda call: browser_page(page, call.moment.day(page.zone)))
        if page.platform == "telegram":
            return Route("telegram", "landing", lambda call: self._telegram.landing(call, page))
        return Route("max", "landing", lambda call: self._max.landing(call, page))

    def _page(self, name: str, moment: Moment) -> Page | None:
        for prefix in ("club", "public", "event"):
            number = name.removeprefix(prefix)
            if number != name and number.isdigit():
                return self.simulation.by_id("vk", number, moment)
        return self.simulation.by_handle(name, moment)

    # --- switches -------------------------------------------------------------------------------

    async def _switch(self, request: web.BaseRequest, name: str) -> web.StreamResponse:
        switches = {"clock": self._clock, "faults": self._faults, "calls": self._calls}
        try:
            given = json.loads(await request.read()) if request.method == "POST" and request.can_read_body else None
            answer = switches[name](request.method == "POST", given) if name in switches else NOT_FOUND
        except (ValueError, KeyError, TypeError) as error:
            answer = as_json({"error": str(error)}, 400)
        return await send(request, answer, frozenset())

    def _clock(self, change: bool, given: dict[str, str] | None) -> Answer:
        """The world's moment (ISO); setting it lets the world stand still there."""
        if change:
            at = dt.datetime.fromisoformat(given["now"])
            if at.tzinfo is None:
                raise ValueError("the moment has no zone")
            self.simulation.set_clock(at)
        return as_json({"now": self.simulation.now().at.isoformat()})

    def _faults(self, change: bool, given: dict[str, list[str]] | None) -> Answer:
        """Replace the active faults."""
        if change:
            self.simulation.faults = Faults(given["faults"])
        return as_json({"faults": self.simulation.faults.active()})

    def _calls(self, change: bool, given: object) -> Answer:
        """Requests by network and method since the last reset; calls inside VK's execute as vk:execute:<method>."""
        if change:
            self.simulation.calls.clear()
        return as_json(dict(self.simulation.calls))


async def serve(server: Server, host: str, port: int, on_ready: Callable[[str], None]) -> None:
    """Answer until SIGINT or SIGTERM. on_ready gets the address; port 0 = any free one."""
    runner = web.ServerRunner(web.Server(server.handle, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, host, port, backlog=512).start()
    on_ready(f"http://{host}:{runner.addresses[0][1]}")
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    await runner.cleanup()
