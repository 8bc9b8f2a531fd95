"""`manage.py verify_audit`: the chain of the audit trail; ends 0 or names each break."""

import sys

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from gospub.accounts import audit


class Command(BaseCommand):
    help = "Check that no entry of the audit trail was changed, taken away or cut off. Ends 0, or 1 with what is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchor", action="append", default=[], help="an end noted earlier, as COUNT:DIGEST; may be given often"
        )

    def handle(self, *args: object, anchor: list[str], **options: object) -> None:
        try:
            known = [audit.read_anchor(text) for text in anchor]
        except ValueError as error:
            raise CommandError(_("“%s” is no anchor: write COUNT:DIGEST.") % error) from error
        problems = [
            _("entry %(number)s of %(at)s was changed, or the one before it is gone")
            % {"number": entry.pk, "at": f"{entry.at:%d.%m.%Y %H:%M}"}
            for entry in audit.breaks()
        ]
        problems += [_("the trail no longer has the end %s") % each for each in known if not audit.holds(each)]
        for problem in problems:
            self.stdout.write(problem)
        if problems:
            sys.exit(1)
        self.stdout.write(_("The audit trail is whole. Its end: %s") % audit.anchor())
