"""`manage.py retention`: delete contacts and names that were kept long enough."""

from django.core.management.base import BaseCommand, CommandParser

from gospub import clock
from monitoring.personal import retention


class Command(BaseCommand):
    help = "Delete contacts and replace names of page admins whose time is up. The scheduler does it every day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def handle(self, *args: object, dry_run: bool, **options: object) -> None:
        work = retention.due if dry_run else retention.apply
        found = work(clock.now())
        for each in found:
            self.stdout.write(str(each))
        self.stdout.write(f"{len(found)} due" if dry_run else f"{len(found)} done")
