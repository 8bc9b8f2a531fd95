"""`manage.py simulate`: a local server that answers as VK, Odnoklassniki, Telegram and MAX do."""

import datetime as dt
import logging
from pathlib import Path

from aiohttp import web
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from monitoring.simulator.demo import DEMO_MOMENT, REGION_CODES, demo_world, made_up_region
from monitoring.simulator.ports import free_port
from monitoring.simulator.server import application, recorded_groups
from monitoring.simulator.state import Simulation

TOKENS = {
    "VK_TOKENS": "user:sim-vk-user,service:sim-vk-service",
    "OK_APPLICATION_KEY": "sim-ok-key",
    "OK_APPLICATION_SECRET": "sim-ok-secret",
    "OK_ACCESS_TOKEN": "sim-ok-token",
    "TELEGRAM_BOT_TOKENS": "1000001:sim-telegram",
    "MAX_BOT_TOKENS": "sim-max",
}


def rate(text: str) -> float | None:
    """`documented` = the networks' own limits, `none` = no limits, a number = so many times the networks' limits."""
    return {"documented": 1.0, "none": None}[text] if text in ("documented", "none") else float(text)


class Command(BaseCommand):
    help = "Answer as the four networks do, on one port of this machine."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8100, help="0 = any free one")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--pages", type=int, default=200, help="pages of the made-up region")
        parser.add_argument("--demo", action="store_true", help="play the demo's two regions instead")
        parser.add_argument("--rate", type=rate, default="documented", help="documented, none, or a factor")
        parser.add_argument("--latency", type=float, default=0, help="seconds that every answer takes")
        parser.add_argument("--fault", nargs="*", default=[], metavar="NAME", help="see monitoring/simulator; NAME*3")
        parser.add_argument("--vk-groups", type=Path, help="recorded groups.getById answer to serve as it stands")
        parser.add_argument("--now", type=dt.datetime.fromisoformat, help="ISO moment with zone to stand still at; else the real clock")

    def handle(self, *args: object, **options) -> None:
        worlds = (
            [demo_world(code) for code in REGION_CODES]
            if options["demo"]
            else [made_up_region(options["pages"], options["seed"])]
        )
        limit = None if options["demo"] else options["rate"]
        simulation = Simulation(worlds, limit, options["fault"])
        simulation.stands_at = options["now"] or (DEMO_MOMENT if options["demo"] else None)
        recorded = recorded_groups(options["vk_groups"]) if options["vk_groups"] else None
        port = options["port"] or free_port()
        self.stdout.write(f"http://127.0.0.1:{port}\n")
        for name in settings.NETWORK_URLS:
            self.stdout.write(f"export {name}=http://127.0.0.1:{port}")
        for name, value in TOKENS.items():
            self.stdout.write(f"export {name}={value}")
        self.stdout.flush()
        logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
        web.run_app(
            application(simulation, options["latency"], recorded),
            host="127.0.0.1",
            port=port,
            print=None,
            access_log=None,
        )
