"""`manage.py verify_press`: every fact sheet is as it was issued; ends 0, or names each that is not."""

import sys

from django.core.management.base import BaseCommand

from press.issuing import digest
from press.models import FactSheet


class Command(BaseCommand):
    help = "Recomputes the seals of all fact sheets."

    def handle(self, **options: object) -> None:
        """Exit code 1 where a seal is broken."""
        sheets = FactSheet.objects.select_related("region").prefetch_related("figures").order_by("pk")
        broken = [sheet for sheet in sheets if digest(sheet, sheet.figures.all()) != sheet.digest]
        for sheet in broken:
            self.stderr.write(f"sheet {sheet.pk} ({sheet}): its figures are not those that were issued")
        self.stdout.write(f"{len(sheets)} sheets, {len(broken)} broken")
        if broken:
            sys.exit(1)
