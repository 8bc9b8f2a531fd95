"""`manage.py verify_awards`: every list that was signed off is as it was then; ends 0, or names each that is not."""

import sys

from django.core.management.base import BaseCommand

from awards.lists.signing import digest
from awards.models import AwardList


class Command(BaseCommand):
    help = "Recomputes the seals of all award lists that were signed off."

    def handle(self, **options: object) -> None:
        """Exit code 1 where a seal is broken."""
        signed = AwardList.objects.filter(signed_at__isnull=False).select_related("contest").order_by("pk")
        broken = [found for found in signed if digest(found) != found.digest]
        for found in broken:
            self.stderr.write(f"list {found.pk} ({found}): its lines are not those that were signed")
        self.stdout.write(f"{len(signed)} lists, {len(broken)} broken")
        if broken:
            sys.exit(1)
