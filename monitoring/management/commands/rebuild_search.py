"""manage.py rebuild_search: what search looks in, made anew."""

from django.core.management.base import BaseCommand

from monitoring.search.rebuilding import rebuild


class Command(BaseCommand):
    help = "Make anew what search looks in, after a change of the abbreviations."

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(f"{rebuild()} rows")
