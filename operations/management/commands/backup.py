"""`manage.py backup`: a copy of base and files; with --every, again and again."""

import datetime as dt
import time
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from gospub import clock
from operations.backups import copies
from operations.backups.bases import BaseError

AGAIN_SECONDS = 900
FAULTS = (copies.CopyError, BaseError, DatabaseError, OSError)


class Command(BaseCommand):
    help = "Make a copy of the base and the files beside it, check it, and delete the oldest ones."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, help="folder of the copies; BACKUP_DIR if left out")
        parser.add_argument("--keep", type=int, default=14, help="how many copies stay (14)")
        parser.add_argument("--every", type=float, help="hours until the next one; without end")

    def handle(self, *args: object, to: Path | None, keep: int, every: float | None, **options: object) -> None:
        folder = to or Path(settings.BACKUP_DIR)
        if every is None:
            try:
                self.make(folder, keep)
            except FAULTS as error:
                raise CommandError(_("There is no copy: %s") % error) from error
        while every is not None:
            time.sleep(self.step(folder, keep, dt.timedelta(hours=every)))

    def step(self, folder: Path, keep: int, every: dt.timedelta) -> float:
        """Make a copy where one is due; returns how many seconds to wait. What is started again and again makes no more
        copies than that, or they would push the old ones out."""
        try:
            left = copies.due_in(folder, every, clock.now())
            if not left:
                self.make(folder, keep)
        except FAULTS as error:
            self.stderr.write(_("There is no copy: %s") % error)
            return AGAIN_SECONDS
        finally:
            connection.close()
        return left

    def make(self, folder: Path, keep: int) -> None:
        path = copies.make(folder, clock.now())
        gone = copies.prune(folder, keep)
        size = sum(each.bytes for each in copies.read(path).files.values()) / 2**20
        fields = {"path": path, "size": f"{size:.1f}", "gone": len(gone)}
        self.stdout.write(_("%(path)s: %(size)s MB; older ones deleted: %(gone)s") % fields)
