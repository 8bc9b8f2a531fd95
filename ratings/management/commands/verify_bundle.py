"""`manage.py verify_bundle`: compute a published rating again from its file alone."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from ratings.bundle import BundleError, differences, read_bundle


class Command(BaseCommand):
    help = "Compute a rating again from its bundle, and compare to the digit. Ends with 1 where anything differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: object, file: Path, **options: object) -> None:
        try:
            content = read_bundle(file)
            wrong = list(differences(content))
        except BundleError as error:
            raise CommandError(f"{file}: {error}") from error
        for text in wrong[:20]:
            self.stderr.write(text)
        if wrong:
            raise CommandError(_("The bundle does not prove its scores: %d differences.") % len(wrong))
        head = content["header"]
        told = {"count": len(content["scores"]), "digest": content["digest"]}
        self.stdout.write(
            _("%(count)d scores of %(region)s over %(period)s follow from the bundle to the digit; sha256 %(digest)s")
            % (told | {name: head.get(name) for name in ("region", "period")})
        )
