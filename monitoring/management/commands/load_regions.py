"""`manage.py load_regions`: the 89 federal subjects and the federal obligations."""

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from monitoring.registry.regions import load_regions


class Command(BaseCommand):
    help = "Load the federal subjects and the obligations that hold in all of them. May be run again at any time."

    def handle(self, *args: object, verbosity: int, **options: object) -> None:
        count = load_regions()
        if verbosity:
            self.stdout.write(
                ngettext("%(count)s region is in place.", "%(count)s regions are in place.", count) % {"count": count}
            )
