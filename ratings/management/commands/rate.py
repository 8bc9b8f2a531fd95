"""`manage.py rate`: compute the rating of a region on a local day."""

import datetime as dt

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count
from django.utils.translation import gettext as _

from gospub import clock
from monitoring.models import Region
from ratings.computing import NothingToRateError, compute, store_preset
from ratings.models import Zone
from ratings.presets import preset_slugs


class Command(BaseCommand):
    help = "Rate the pages of a region on a local day; the same day again rewrites the same rating."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--region", required=True, help="ISO 3166-2 code")
        parser.add_argument("--day", required=True, type=dt.date.fromisoformat, help="local day, YYYY-MM-DD")
        parser.add_argument("--methodology", default="amur", choices=preset_slugs())

    def handle(
        self, *args: object, region: str, day: dt.date, methodology: str, verbosity: int, **options: object
    ) -> None:
        where = Region.objects.filter(code=region).first()
        if where is None:
            raise CommandError(_("There is no region %(code)s.") % {"code": region})
        store_preset(methodology)
        try:
            rating = compute(where, day, methodology, clock.now())
        except NothingToRateError as error:
            raise CommandError(
                _(
                    "Nothing to rate in %(region)s on %(day)s: no page was owed a reading that day, or the methodology "
                    "was not in force."
                )
                % {"region": where.name, "day": day}
            ) from error
        if verbosity:
            self.stdout.write(f"{where.name}, {day}, {rating.methodology}")
            zones = dict(rating.scores.values_list("zone").annotate(pages=Count("pk")))
            for zone in [*Zone, None]:
                label = zone.label if zone else _("Not measured yet")
                self.stdout.write(f"  {label}: {zones.get(zone or '', 0)}")
