"""`manage.py collect`: work off what is due today, with a progress bar and a summary."""

import datetime as dt
import time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from tqdm import tqdm

from gospub import clock
from monitoring import rollups
from monitoring.collection import planning, run
from monitoring.collection.summary import print_summary
from monitoring.models import PlatformCode, Region
from monitoring.simulator.client import set_clock

# The hour of a past day at which a simulator is asked, local time of the region.
REPLAY_HOUR = dt.time(20)


class Command(BaseCommand):
    help = "Collect what the present local day owes; a past day only from a simulator."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--region", help="ISO 3166-2 code; all regions with pages if left out")
        parser.add_argument("--platform", choices=PlatformCode.values)
        parser.add_argument("--day", type=dt.date.fromisoformat, help="local day, YYYY-MM-DD; today if left out")

    def handle(
        self, *args: object, region: str | None, platform: str | None, day: dt.date | None, **options: object
    ) -> None:
        regions = list(Region.objects.filter(institutions__pages__isnull=False).distinct())
        if region:
            regions = [r for r in regions if r.code == region]
        if not regions:
            raise CommandError(_("No such region, or it has no pages yet: import its registry first."))
        began = time.monotonic()
        for each in regions:
            now = self.moment(each, day)
            local = clock.local_day(now, each.time_zone)
            planning.plan_day(each, now)
            owed = planning.due(each, local, now, platform).count()
            with tqdm(total=owed, desc=each.name, unit=_("pages"), disable=None) as bar:
                run.collect_region(each, lambda now=now: now, platform, bar.update)
            rollups.roll_up(each, local, now)
            summary = run.summarize([each], now, time.monotonic() - began)
            print_summary(self.stdout, each.name, summary)

    def moment(self, region: Region, day: dt.date | None) -> dt.datetime:
        """The moment that counts as now. Networks answer for today only, so another day needs a simulator."""
        now = clock.now()
        today = clock.local_day(now, region.time_zone)
        if day is None or day == today:
            return now
        if not settings.SIMULATOR_URL:
            raise CommandError(
                _(
                    "Networks answer for today only (%(today)s in %(region)s): a number read now is not the number "
                    "of %(day)s. Past days can be collected from a simulator (SIMULATOR_URL)."
                )
                % {"today": today, "region": region.name, "day": day}
            )
        moment = dt.datetime.combine(day, REPLAY_HOUR, ZoneInfo(region.time_zone))
        set_clock(settings.SIMULATOR_URL, moment)
        return moment
