"""`manage.py backup`: a copy of base and files; with --every, again and again."""

import logging
import time
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection

from gospub import clock
from operations.backups import copies
from operations.backups.bases import BaseError

logger = logging.getLogger(__name__)
AGAIN_SECONDS = 900


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
            except (copies.CopyError, BaseError, DatabaseError, OSError) as error:
                raise CommandError(f"There is no copy: {error}") from error
        while every is not None:
            time.sleep(self.attempt(folder, keep, every * 3600))

    def attempt(self, folder: Path, keep: int, seconds: float) -> float:
        """Make a copy; returns how many seconds to wait for the next one: less where there is none."""
        try:
            self.make(folder, keep)
        except (copies.CopyError, BaseError, DatabaseError, OSError) as error:
            logger.error("There is no copy: %s", error)
            return min(AGAIN_SECONDS, seconds)
        finally:
            connection.close()
        return seconds

    def make(self, folder: Path, keep: int) -> None:
        path = copies.make(folder, clock.now())
        gone = copies.prune(folder, keep)
        size = sum(each.bytes for each in copies.read(path).files.values()) / 2**20
        self.stdout.write(f"{path}: {size:.1f} MB; deleted {len(gone)}")
