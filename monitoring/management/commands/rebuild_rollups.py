"""`manage.py rebuild_rollups`: make the derived tables anew from slots, page days and posts."""

from django.core.management.base import BaseCommand, CommandParser

from monitoring import rollups
from monitoring.models import Region


class Command(BaseCommand):
    help = "Rebuild PageState, PageMonth, GroupDay and GroupMonth."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--region", help="ISO 3166-2 code; all regions with pages if left out")

    def handle(self, *args: object, region: str | None, **options: object) -> None:
        regions = Region.objects.filter(institutions__pages__isnull=False).distinct()
        for each in regions.filter(code=region) if region else regions:
            rollups.rebuild(each)
            self.stdout.write(each.name)
