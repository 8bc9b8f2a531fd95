"""`manage.py upgrade`: the base as the code wants it, while the release before still runs.

A migration that cannot have its lock within two seconds gives way and tries again: whoever waits for a lock makes
everybody behind it wait, so that a copy under way would stop every screen.
"""

import time

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection
from django.utils.translation import gettext as _

LOCK_SECONDS, PAUSE_SECONDS, TRIES = 2, 3, 100


class Command(BaseCommand):
    help = "Check the settings, migrate without keeping anybody waiting, then load the list of regions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tries", type=int, default=TRIES, help=f"how often a lock is tried for ({TRIES})")

    def handle(self, *args: object, tries: int, verbosity: int, **options: object) -> None:
        if settings.ON_A_NETWORK:  # servers that anybody may enter, and what Django itself holds against the settings
            call_command("check", deploy=True, fail_level="ERROR", stdout=self.stdout, stderr=self.stderr)
        for last in (*[False] * (tries - 1), True):
            try:
                self.migrate(verbosity)
                break
            except OperationalError as error:
                if not is_lock(error) or last:
                    raise CommandError(_("Not migrated: %s") % error) from error
                self.stderr.write(_("Others hold what is to be changed; again in %s s") % PAUSE_SECONDS)
                time.sleep(PAUSE_SECONDS)
        call_command("load_regions", verbosity=verbosity)

    def migrate(self, verbosity: int) -> None:
        """What was applied before the lock was refused stays applied: each migration is a transaction."""
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
        try:
            call_command("migrate", interactive=False, verbosity=verbosity)
        finally:
            connection.close()


def is_lock(error: OperationalError) -> bool:
    """Whether the base gave up waiting for a lock, rather than being away."""
    return getattr(error.__cause__, "sqlstate", "") == "55P03"
