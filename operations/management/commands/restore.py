"""`manage.py restore FOLDER`: a copy in the place of the base and the files; --check only looks at it."""

import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from gospub import clock
from operations.backups import copies, restoring
from operations.backups.bases import BaseError


class Command(BaseCommand):
    help = "Bring a copy back. Ends 1 where something of it cannot be read afterwards."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "copy", type=Path, nargs="?", help="folder of the copy; the newest in BACKUP_DIR if left out"
        )
        parser.add_argument("--check", action="store_true", help="only look whether it is whole and can be read")
        parser.add_argument("--over", action="store_true", help="put it in the place of a base that is not empty")
        parser.add_argument("--without-keys", action="store_true", help="though the key that encrypts is not there")

    def handle(
        self, *args: object, copy: Path | None, check: bool, over: bool, without_keys: bool, **options: object
    ) -> None:
        try:
            path = copy or self.newest()
            if check:
                self.tell(path, copies.verify(path))
                return
            outcome = restoring.restore(path, clock.now(), over=over, without_keys=without_keys)
        except (copies.CopyError, BaseError) as error:
            raise CommandError(str(error)) from error
        self.tell(path, outcome.manifest)
        if outcome.safety:
            self.stdout.write(_("What was there before: %s") % outcome.safety)
        for model, rows in outcome.unreadable.items():
            text = _("%(model)s: rows that cannot be read with these DATA_KEYS: %(rows)s")
            self.stdout.write(text % {"model": model, "rows": rows})
        if outcome.missing:
            self.stdout.write(_("Files of appeals that are missing: %s") % outcome.missing)
        if outcome.unreadable or outcome.missing:
            sys.exit(1)
        self.stdout.write(_("Restored; everybody signs in anew."))

    def newest(self) -> Path:
        found = copies.copies(Path(settings.BACKUP_DIR))
        if not found:
            raise CommandError(_("There is no copy in %s.") % settings.BACKUP_DIR)
        return found[-1]

    def tell(self, path: Path, manifest: copies.Manifest) -> None:
        size = sum(each.bytes for each in manifest.files.values()) / 2**20
        fields = {
            "path": path,
            "made_at": manifest.made_at,
            "base": manifest.vendor,
            "rows": sum(manifest.rows.values()),
            "size": f"{size:.1f}",
            "key": manifest.keys[0],
        }
        text = _("%(path)s: made at %(made_at)s, %(base)s, rows %(rows)s, %(size)s MB, key %(key)s")
        self.stdout.write(text % fields)
