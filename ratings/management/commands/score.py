"""`manage.py score`: a methodology applied to quantities gathered elsewhere."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from ratings import sheets
from ratings.methodologies import version_data
from ratings.rules import Rules
from ratings.rules_data import read_rules


class Command(BaseCommand):
    help = "Score the subjects of a CSV file by a methodology: a stored one, a preset, or a file of its own."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--methodology",
            required=True,
            metavar="SLUG[:VERSION]|FILE",
            help="short name, of an older version as chelyabinsk:2025, or a JSON file",
        )
        parser.add_argument("--inputs", required=True, type=Path, metavar="FILE.csv")
        parser.add_argument("--out", type=Path, metavar="FILE.csv", help="default: standard output")

    def handle(self, *args: object, methodology: str, inputs: Path, out: Path | None, **options: object) -> None:
        rules = self._rules(methodology)
        try:
            result = sheets.score(sheets.read_file(inputs), rules)
        except FileNotFoundError as error:
            raise CommandError(_("There is no file %s.") % inputs) from error
        except (OSError, sheets.SheetError) as error:
            raise CommandError(str(error)) from error
        text = sheets.write(sheets.output(result, rules))
        if out is None:
            self.stdout.write(text, ending="")
            return
        try:
            out.write_text(text, "utf-8", newline="")
        except OSError as error:
            raise CommandError(str(error)) from error

    def _rules(self, name: str) -> Rules:
        path = Path(name)
        try:
            if path.suffix.lower() == ".json" or path.is_file():
                data = json.loads(path.read_text("utf-8"))
                versions = data.get("versions") if isinstance(data, dict) else None
                return read_rules(versions[-1] if versions and isinstance(versions, list) else data)
            slug, _colon, version = name.partition(":")
            return read_rules(version_data(slug, version))
        except FileNotFoundError as error:
            raise CommandError(_("There is no file %s.") % name) from error
        except KeyError as error:
            raise CommandError(_("There is no methodology “%s”.") % name) from error
        except (OSError, ValueError) as error:  # ValueError: RulesError, or what json and UTF-8 cannot read
            raise CommandError(f"{name}: {error}") from error
