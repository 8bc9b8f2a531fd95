"""The simulator's server: one address at which all four networks answer, and the switches under /_simulator/."""

import asyncio
import datetime as dt
import json
import signal
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from aiohttp import web

from .asked import names_asked, sender, token
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
        whose = (route.network, path, values, request.headers, request.remote or "")
        self.simulation.arrivals.append((route.network, sender(*whose), time.monotonic()))
        asked = self._asked(route, path, values, moment)
        met = self.simulation.faults.strike(route.network, route.method, token(*whose), asked)
        if self._latency:
            await asyncio.sleep(self._latency)
        call = Call(path, values, request.headers, moment, met.whole, request.remote or "", met.of_page)
        return await send(request, spoilt(route.answer(call), met.whole), met.whole)

    def _asked(self, route: Route, path: str, values: dict[str, str], moment: Moment) -> Callable[[str], int | None]:
        """Tells the key of a page where the request is about it."""
        if not self.simulation.faults.aimed:
            return lambda name: None
        names = names_asked(route.network, route.method, path, values)
        pages = (self.simulation.named(route.network, name.strip(), moment) for name in names if name)
        keys = {page.key for page in pages if page}

        def key_of(name: str) -> int | None:
            page = self.simulation.named(route.network, name, moment)
            return page.key if page and page.key in keys else None

        return key_of

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
        numbered = name.startswith(("club", "public", "event"))
        page = self.simulation.named("vk", name, moment) if numbered else None
        return page or self.simulation.by_handle(name, moment)

    # --- switches -------------------------------------------------------------------------------

    async def _switch(self, request: web.BaseRequest, name: str) -> web.StreamResponse:
        switches = {
            "clock": self._clock,
            "faults": self._faults,
            "calls": self._calls,
            "arrivals": self._arrivals,
            "pages": self._pages,
        }
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
            self.simulation.faults = Faults(given["faults"], self.simulation.seed)
        return as_json({"faults": self.simulation.faults.active()})

    def _calls(self, change: bool, given: object) -> Answer:
        """Requests by network and method since the last reset; calls inside VK's execute as vk:execute:<method>."""
        if change:
            self.simulation.calls.clear()
        return as_json(dict(self.simulation.calls))

    def _arrivals(self, change: bool, given: object) -> Answer:
        """When the latest requests came (seconds of this machine's steady clock), by network and whom it counts."""
        if change:
            self.simulation.arrivals.clear()
        found: defaultdict[str, defaultdict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        for network, who, at in self.simulation.arrivals:
            found[network][who].append(round(at, 4))
        return as_json(found)

    def _pages(self, change: bool, given: dict[str, Any] | None) -> Answer:
        """Change a page (see `Simulation.change`), or with {"reset": true} undo all changes."""
        if change and given.get("reset"):
            self.simulation.undo_changes()
        elif change:
            page = self.simulation.named(given["platform"], given["page"], self.simulation.now())
            if page is None:
                raise ValueError(f"no such page: {given['page']}")
            self.simulation.change(page, given["change"], given.get("value"))
        return as_json({})


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
