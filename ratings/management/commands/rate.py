"""`manage.py rate`: compute the rating of a region over a period."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count
from django.utils.translation import gettext as _

from gospub import clock
from gospub.accounts.audit import record
from monitoring.models import Region
from ratings.computing import NothingToRateError, compute, told
from ratings.methodologies import store_preset
from ratings.models import Methodology, Rating, RatingState, ScoreStatus
from ratings.periods import Period, read_period
from ratings.presets import preset_slugs


class Command(BaseCommand):
    help = "Rate a region over a period. A draft is rewritten; after a passed rating the next edition begins."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--region", required=True, help="ISO 3166-2 code")
        parser.add_argument("--period", required=True, help="2025, 2025-Q2, 2025-04, 2025-W17 or 2025-04-30")
        parser.add_argument("--methodology", default="amur", metavar="SLUG")

    def handle(
        self, *args: object, region: str, period: str, methodology: str, verbosity: int, **options: object
    ) -> None:
        where = Region.objects.filter(code=region).first()
        if where is None:
            raise CommandError(_("There is no region %(code)s.") % {"code": region})
        span = self._period(period)
        if methodology in preset_slugs():
            store_preset(methodology)
        elif not Methodology.objects.of(methodology).exists():
            raise CommandError(_("There is no methodology “%s”.") % methodology)
        try:
            now = clock.now()
            rating = compute(where, span, methodology, now)
        except NothingToRateError as error:
            raise CommandError(
                _(
                    "Nothing to rate in %(region)s over %(period)s: nothing was owed a reading, or the methodology was "
                    "not in force on the last day."
                )
                % {"region": where.name, "period": span}
            ) from error
        record(None, "rating.compute", f"rating {rating.pk}", before={}, after=told(rating), now=now, region=where.pk)
        if verbosity:
            self._report(rating)

    def _period(self, text: str) -> Period:
        try:
            return read_period(text)
        except ValueError as error:
            raise CommandError(
                _("“%s” is no period: write 2025, 2025-Q2, 2025-04, 2025-W17 or 2025-04-30.") % text
            ) from error

    def _report(self, rating: Rating) -> None:
        state = RatingState(rating.state).label
        edition = _("edition %d") % rating.edition
        self.stdout.write(f"{rating.region.name}, {rating}, {edition}, {state}")
        counts = dict(rating.scores.values_list("status").annotate(subjects=Count("pk")))
        for status in ScoreStatus:
            self.stdout.write(f"  {status.label}: {counts.get(status.value, 0)}")
        labels = {zone["zone"]: zone["label"] for zone in rating.methodology.data.get("zones", ())}
        zones = dict(rating.scores.exclude(zone="").values_list("zone").annotate(subjects=Count("pk")))
        for code, label in labels.items():
            self.stdout.write(f"  {label}: {zones.get(code, 0)}")
        self.stdout.write(f"  sha256 {rating.digest}")
