"""`manage.py import_registry FILE`: bring a region's registry up to a spreadsheet, all of it or nothing."""

import datetime as dt
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from gospub import clock
from gospub.accounts.audit import record
from monitoring.models import Region
from monitoring.registry.importing import ImportRefusedError, import_rows, plan_import
from monitoring.registry.plan import Plan
from monitoring.registry.report import told
from monitoring.registry.rows import read_upload


class Command(BaseCommand):
    help = "Import a registry spreadsheet (XLSX or CSV) into a region. Ends with 1 and changes nothing on errors."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--region", help="ISO 3166-2 code; may be left out where only one region has institutions")
        parser.add_argument("--dry-run", action="store_true", help="only report what would change")
        parser.add_argument("--day", type=dt.date.fromisoformat, help="day that counts as today, YYYY-MM-DD")

    def handle(
        self, *args: object, file: Path, region: str | None, dry_run: bool, day: dt.date | None, **options: object
    ) -> None:
        target = self.region(region)
        day = day or clock.local_day(clock.now(), target.time_zone)
        try:
            rows, problems = read_upload(file.read_bytes())
        except OSError as error:
            raise CommandError(_("The file cannot be opened: %(reason)s") % {"reason": error.strerror}) from error
        try:
            plan = (
                plan_import(rows, problems, target, day)
                if dry_run
                else import_rows(rows, problems, target, day, now=clock.now())
            )
        except ImportRefusedError as error:
            plan = error.plan
        self.report(plan)
        if plan.refused:
            raise CommandError(_("Nothing was imported. Correct the errors and run the command again."))
        if dry_run:
            self.stdout.write(_("Nothing was written: this was a trial run."))
            return
        after = told(file.name, plan.counts)
        record(None, "registry.import", target.code, before={}, after=after, now=clock.now(), region=target.pk)
        self.stdout.write(_("Imported."))

    def region(self, code: str | None) -> Region:
        """The region asked for, or the only one there is."""
        if code:
            found = Region.objects.filter(code=code).first()
            if found is None:
                raise CommandError(_("There is no region with the code %(code)s.") % {"code": code})
            return found
        regions = Region.objects.all()
        used = list(regions.filter(institutions__isnull=False).distinct()[:2]) or list(regions[:2])
        if len(used) != 1:
            raise CommandError(_("Say which region the file belongs to: --region with its ISO 3166-2 code."))
        return used[0]

    def report(self, plan: Plan) -> None:
        """Counts by kind, then every problem with its place."""
        self.stdout.write(f"{plan.region.name}, {plan.day:%d.%m.%Y}")
        if not plan.refused:
            new, changed, same = _("new"), _("changed"), _("unchanged")
            self.stdout.write(f"  {'':24}{new:>12}{changed:>12}{same:>12}")
            for model, counts in plan.counts.items():
                label = str(model._meta.verbose_name_plural)
                self.stdout.write(f"  {label:24}{counts.new:>12}{counts.changed:>12}{counts.same:>12}")
            if plan.pages_not_in_file:
                message = _("Pages of the region that the file does not name, left as they are: %(count)s")
                self.stdout.write("  " + message % {"count": plan.pages_not_in_file})
        for problem in plan.problems:
            place = f" ({problem.place})" if problem.place else ""
            self.stdout.write(f"{problem.severity.label}{place}: {problem.message}")
