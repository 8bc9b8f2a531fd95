"""`manage.py publish`: open the public part of a region now."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from gospub import clock
from monitoring.models import Region
from public.opening import PublicationError, open_up


class Command(BaseCommand):
    help = "Open the public part of a region to anybody, from today on. A region that is open stays as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--region", required=True, help="code of the region, such as RU-KHA")

    def handle(self, *args: object, region: str, verbosity: int, **options: object) -> None:
        found = Region.objects.filter(code=region).first()
        if found is None:
            raise CommandError(_("There is no region %(code)s.") % {"code": region})
        now = clock.now()
        try:
            open_up(found, clock.local_day(now, found.time_zone), user=None, now=now)
        except PublicationError as error:
            text = str(error)
        else:
            text = _("The public part of the region is open: /public/%s/") % region
        if verbosity:
            self.stdout.write(text)
