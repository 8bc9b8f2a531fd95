"""`manage.py digests`: write the weekly letters of the last week now, whatever the hour, and send what waits."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from gospub import clock
from letters import sending
from letters.digests import due
from monitoring.models import Region


class Command(BaseCommand):
    help = "Write the weekly letters that are not written yet, whatever the hour, and send what waits."

    def handle(self, verbosity: int, **options: object) -> None:
        """Who has a letter of the week gets no second one."""
        now = clock.now()
        written = sum(
            due.put_in_of(region, due.last_week(now, region.time_zone), now) for region in Region.objects.all()
        )
        sent = sending.send_waiting(timezone.now, now, seconds=600)
        if verbosity:
            self.stdout.write(f"{written} written, {sent} sent")
