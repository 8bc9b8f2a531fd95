"""`manage.py demo`: set up the embedded base, play two made-up years, rate and award them, serve the result."""

import os
import subprocess
import sys
import time

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _
from tqdm import tqdm

from gospub import demo_year
from gospub.clock import local_day
from monitoring import demo
from monitoring.collection import run
from monitoring.collection.summary import print_summary
from monitoring.models import Region
from monitoring.simulator.demo import DEMO_MOMENT, demo_days
from monitoring.simulator.ports import free_port
from ratings.models import Rating
from ratings.periods import read_period

ADDRESS = "127.0.0.1:8000"


class Command(BaseCommand):
    help = "Play the demo regions through the simulator and serve them on http://127.0.0.1:8000."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="do all but serving")
        parser.add_argument("--address", default=ADDRESS, help="host and port to serve at")

    def handle(self, *args: object, no_serve: bool, address: str, **options: object) -> None:
        if not settings.DEMO_CLOCK:
            self.start_again_in_the_demo()
        began = time.monotonic()
        call_command("migrate", verbosity=0)
        call_command("load_regions", verbosity=0)
        demo.add_made_up_regions()
        with demo.simulator():
            # Two workers: each is bound to one core, and two years are to be played in three minutes.
            with (
                demo.worker("first"),
                demo.worker("second"),
                tqdm(total=len(demo_days()), desc=_("Days played")) as bar,
            ):
                regions = demo.play(lambda day: bar.update())
            people = demo.sign_ins(regions)
            demo_year.play(regions[0])
            for region in regions:
                self.rate(region)
                print_summary(self.stdout, region.name, run.summarize([region], DEMO_MOMENT, time.monotonic() - began))
            call_command("publish", region=regions[0].code, verbosity=0)
            call_command("digests", verbosity=0)
            if not no_serve:
                with demo.worker("first", "--beat"):
                    self.serve(people, address)

    def rate(self, region: Region) -> None:
        """The traffic light of the last day, municipalities over a month, admins over the year before and this one;
        what is there already stays as it is, for what was passed has another edition with every computation."""
        today = local_day(DEMO_MOMENT, region.time_zone)
        wanted = (
            ("amur", today),
            ("chelyabinsk", f"{today:%Y-%m}"),
            ("best-admin", today.year - 1),
            ("best-admin", today.year),
        )
        for methodology, period in wanted:
            span = read_period(str(period))
            if not Rating.objects.filter(
                region=region, methodology__slug=methodology, first=span.first, last=span.last
            ).exists():
                call_command("rate", region=region.code, methodology=methodology, period=str(period), verbosity=0)

    def start_again_in_the_demo(self) -> None:
        """Settings are read once, so the demo's environment needs a process of its own."""
        environment = os.environ | demo.environment(free_port())
        os.execve(sys.executable, [sys.executable, *sys.argv], environment)

    def serve(self, people: list[tuple[str, str]], address: str) -> None:
        self.stdout.write("\n" + _("The demo is at %(address)s") % {"address": f"http://{address}"})
        self.stdout.write(_("Sign in with the password %(password)s as:") % {"password": demo.PASSWORD})
        operator = _("Operator: everything")
        for email, label in people:
            self.stdout.write(f"  {email:24} {label or operator}")
        self.stdout.write(_("Stop with Ctrl+C."))
        server = [sys.executable, "-m", "gunicorn", "gospub.wsgi", "--bind", address, "--workers", "2"]
        try:
            subprocess.run([*server, "--log-level", "warning"], cwd=settings.BASE_DIR, check=True)
        except KeyboardInterrupt:
            self.stdout.write("")
