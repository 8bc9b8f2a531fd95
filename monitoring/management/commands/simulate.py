"""`manage.py simulate`: a local server that answers as VK, Odnoklassniki, Telegram and MAX do."""

import asyncio
import datetime as dt
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from monitoring.simulator import max as max_network
from monitoring.simulator import ok, telegram
from monitoring.simulator.demo import DEMO_MOMENT, REGION_CODES, demo_world, made_up_region
from monitoring.simulator.faults import FAULTS, UnknownFaultError
from monitoring.simulator.limits import DAY_LIMITS
from monitoring.simulator.server import Server, serve
from monitoring.simulator.state import Simulation

TOKENS = {
    "VK_TOKENS": "user:sim-vk-user",
    "OK_APPLICATION_KEY": ok.KEY,
    "OK_APPLICATION_SECRET": ok.SECRET,
    "OK_ACCESS_TOKEN": ok.TOKEN,
    "TELEGRAM_BOT_TOKENS": telegram.BOT_TOKEN,
    "MAX_BOT_TOKENS": max_network.BOT_TOKEN,
}

GRAMMAR = "[network:]name[=token][%%percent of requests][@page's short name or number][*times]. "


def rate(text: str) -> float:
    """A factor of the networks' own limits; 0 = no limits."""
    return {"documented": 1.0, "none": 0.0}[text] if text in ("documented", "none") else float(text)


def moment(text: str) -> dt.datetime:
    """An ISO moment with a zone."""
    at = dt.datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("no zone")
    return at


def day_limit(text: str) -> tuple[str, int]:
    """Method and calls: `wall.get=200`."""
    method, _sign, calls = text.partition("=")
    if method not in DAY_LIMITS:
        raise ValueError(f"no limit a day: {method}")
    return method, int(calls)


class Command(BaseCommand):
    help = "Answer as the four networks do, on one port of this machine. Nothing outside is asked."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8100, help="0 = any free one")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--pages", type=int, default=200, help="pages of the made-up region")
        parser.add_argument("--demo", action="store_true", help="play the demo's two regions instead")
        parser.add_argument(
            "--rate", type=rate, help="limits: documented (default), none (default with --demo), a factor"
        )
        parser.add_argument(
            "--day-limit",
            type=day_limit,
            nargs="*",
            default=[],
            metavar="METHOD=CALLS",
            help=f"calls a day of one token, whatever --rate says; of {', '.join(DAY_LIMITS)}",
        )
        parser.add_argument("--latency", type=float, default=0, help="seconds that every answer takes")
        parser.add_argument("--fault", nargs="*", default=[], metavar="FAULT", help=GRAMMAR + "; ".join(fault_list()))
        parser.add_argument("--vk-groups", type=Path, help="recorded groups.getById answer to serve as it stands")
        parser.add_argument("--now", type=moment, help="ISO moment with zone, at which the world stands still")

    def handle(self, *args: object, **options) -> None:
        demo = options["demo"]
        if demo:
            worlds = [demo_world(code) for code in REGION_CODES]
        else:
            worlds = [made_up_region(options["pages"], options["seed"])]
        scale = (0.0 if demo else 1.0) if options["rate"] is None else options["rate"]
        try:
            simulation = Simulation(worlds, scale or None, options["fault"], dict(options["day_limit"]))
        except UnknownFaultError as error:
            raise CommandError(f"{error}. Known: {', '.join(FAULTS)}") from None
        if options["now"] or demo:
            simulation.set_clock(options["now"] or DEMO_MOMENT)
        server = Server(simulation, options["latency"], options["vk_groups"])
        asyncio.run(serve(server, options["host"], options["port"], self.announce))

    def announce(self, address: str) -> None:
        """The address, and the lines with which a shell takes it for every network."""
        self.stdout.write(address)
        lines = dict.fromkeys([*settings.NETWORK_URLS, "SIMULATOR_URL"], address) | TOKENS
        self.stdout.write("\n".join(f"export {name}={value}" for name, value in lines.items()))
        self.stdout.flush()


def fault_list() -> list[str]:
    """What can be given to --fault."""
    return [f"{name}: {fault.what}".replace("%", "%%") for name, fault in FAULTS.items()]
