"""Municipalities and sectors that a file names -> those of the base, or new ones."""

from collections import defaultdict

from django.utils.translation import gettext as _

from monitoring.models import Municipality, Sector

from .columns import Column, fold
from .plan import Plan
from .report import Severity
from .rows import RegistryRow
from .sheets import clean_text

SomeSectors = dict[tuple[str, ...], Sector]


class Municipalities:
    """Found by ОКТМО first, then by name; a name that is not known becomes a new municipality of the region."""

    def __init__(self, plan: Plan, rows: list[RegistryRow]) -> None:
        self.plan = plan
        self.by_oktmo: dict[str, Municipality] = {}
        self.by_name: dict[str, list[Municipality]] = defaultdict(list)
        for municipality in Municipality.objects.filter(region=plan.region):
            self._remember(municipality)
        codes = list({row.oktmo for row in rows} - {""} - self.by_oktmo.keys())
        elsewhere = Municipality.objects.exclude(region=plan.region)
        self.elsewhere = {
            code
            for start in range(0, len(codes), 500)
            for code in elsewhere.filter(oktmo__in=codes[start : start + 500]).values_list("oktmo", flat=True)
        }
        self._answers: dict[tuple[str, str], Municipality | None] = {}

    def of(self, row: RegistryRow) -> Municipality | None:
        """The municipality that the row names; None where it names none, or none that can be told."""
        key = (row.municipality, row.oktmo)
        if key not in self._answers:
            self._answers[key] = self._find(row)
        return self._answers[key]

    def _find(self, row: RegistryRow) -> Municipality | None:
        if row.oktmo and (row.oktmo in self.elsewhere or not row.oktmo.startswith(self._prefix())):
            message = _("This ОКТМО code belongs to another region than %(region)s. Correct it or empty the cell.")
            return self._refuse(row, message % {"region": self.plan.region}, Column.OKTMO)
        if row.oktmo in self.by_oktmo:
            return self._by_code(row, self.by_oktmo[row.oktmo])
        if not row.municipality:
            if row.oktmo:
                message = _("No municipality with this ОКТМО code is known. Add its name in the column “%(column)s”.")
                return self._refuse(row, message % {"column": Column.MUNICIPALITY}, Column.OKTMO)
            return None
        return self._by_name(row)

    def _by_code(self, row: RegistryRow, found: Municipality) -> Municipality | None:
        if row.municipality and fold(row.municipality) != fold(found.name):
            if found.pk is None:
                message = _("Another row gives this ОКТМО code to “%(name)s”. Make the rows agree.")
                return self._refuse(row, message % {"name": found.name}, Column.OKTMO)
            message = _("The registry calls the municipality with this ОКТМО code “%(name)s”. That name stays.")
            self.plan.problems.append(
                row.source.problem(Severity.WARNING, message % {"name": found.name}, Column.MUNICIPALITY)
            )
        self.plan.keep(found)
        return found

    def _by_name(self, row: RegistryRow) -> Municipality | None:
        folded = self.by_name[fold(row.municipality)]
        found = [m for m in folded if clean_text(m.name) == row.municipality] or folded
        if len(found) > 1:
            message = _("Several municipalities have this name. Add the ОКТМО code.")
            return self._refuse(row, message, Column.MUNICIPALITY)
        if not found:
            municipality = Municipality(region=self.plan.region, name=row.municipality, oktmo=row.oktmo)
            self.plan.add(municipality)
            self._remember(municipality)
            return municipality
        if row.oktmo and found[0].oktmo:
            message = _("The municipality “%(name)s” has the ОКТМО code %(code)s. Correct the code or the name.")
            return self._refuse(row, message % {"name": found[0].name, "code": found[0].oktmo}, Column.OKTMO)
        self.plan.keep(found[0])
        if row.oktmo:
            self.plan.change(found[0], oktmo=row.oktmo)
            self.by_oktmo[row.oktmo] = found[0]
        return found[0]

    def _remember(self, municipality: Municipality) -> None:
        self.by_name[fold(municipality.name)].append(municipality)
        if municipality.oktmo:
            self.by_oktmo[municipality.oktmo] = municipality

    def _prefix(self) -> str:
        """What every ОКТМО code of the region begins with: two digits, three in an okrug that lies in an oblast."""
        code = self.plan.region.oktmo
        return code[:2] if code[2:] == "000000" else code[:3]

    def _refuse(self, row: RegistryRow, message: str, column: Column) -> None:
        self.plan.problems.append(row.source.problem(Severity.ERROR, message, column))


class Sectors:
    """Steps such as «Культура → Библиотеки»; steps that are not known are added."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        sectors = {sector.pk: sector for sector in Sector.objects.order_by("-pk")}
        self.exact: SomeSectors = {}
        self.folded: SomeSectors = {}
        for sector in sectors.values():
            steps, step = [], sector
            while step:
                steps.insert(0, clean_text(step.name))
                step = sectors.get(step.parent_id)
            self._remember(tuple(steps), sector)

    def of(self, steps: tuple[str, ...]) -> Sector | None:
        """The narrowest step; None for no steps."""
        if not steps:
            return None
        found = self.exact.get(steps) or self.folded.get(_folded(steps))
        if found is None:
            found = Sector(parent=self.of(steps[:-1]), name=steps[-1])
            self.plan.add(found)
            self._remember(steps, found)
        else:
            self.plan.keep(found)
        return found

    def _remember(self, steps: tuple[str, ...], sector: Sector) -> None:
        self.exact[steps] = sector
        self.folded[_folded(steps)] = sector


def _folded(steps: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(fold, steps))
