"""`manage.py verify_ledger`: the invariants of the ledger; ends 0 or names each break."""

import sys
from collections.abc import Iterator

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gospub import clock
from gospub.accounts.models import AuditEntry
from monitoring import ledger
from monitoring.ledger import Break
from monitoring.models import PageDay, Region, Slot
from ratings import digests
from ratings.models import Rating


class Command(BaseCommand):
    help = "Check that nothing is lost, counted twice or invented. Ends 0, or 1 with a line for each break."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--region", help="ISO 3166-2 code; all regions with pages if left out")

    def handle(self, *args: object, region: str | None, **options: object) -> None:
        regions = list(Region.objects.filter(institutions__pages__isnull=False).distinct())
        if region:
            regions = [each for each in regions if each.code == region]
            if not regions:
                raise CommandError(_("No such region, or it has no pages yet: import its registry first."))
        found = 0
        for broken in self.breaks(regions):
            found += 1
            self.stdout.write(f"{broken.invariant} {broken.text}")
        if found:
            self.stdout.write(ngettext("%(number)s break", "%(number)s breaks", found) % {"number": found})
            sys.exit(1)
        self.stdout.write(
            _("No breaks: slots %(slots)s, page days %(days)s, ratings %(ratings)s, audit entries %(entries)s")
            % {
                "slots": Slot.objects.filter(page__institution__region__in=regions).count(),
                "days": PageDay.objects.filter(page__institution__region__in=regions).count(),
                "ratings": Rating.objects.filter(region__in=regions).count(),
                "entries": AuditEntry.objects.count(),
            }
        )

    def breaks(self, regions: list[Region]) -> Iterator[Break]:
        now = clock.now()
        for region in regions:
            yield from ledger.breaks(region, now)
            for rating in digests.changed(region):
                fields = {"region": region, "period": rating.period, "methodology": rating.methodology}
                text = (
                    _("%(region)s: %(period)s: the rating “%(methodology)s” was changed after it was computed") % fields
                )
                yield Break("I5", text)
        yield from ledger.audit_breaks()
