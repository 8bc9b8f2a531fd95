"""Rows of a file -> institutions of the base, or new ones.

Matched in this order: (ОГРН, name, municipality) as they stand; the ОГРН alone where one institution of the base and
one of the file has it (it was renamed or moved); the name, where what is missing on one side is given on the other
(an ОГРН or municipality is filled in). What a row leaves empty never tells two institutions apart in one file.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from django.utils.translation import gettext as _

from monitoring.models import Institution, Municipality

from .columns import Column, fold
from .places import Municipalities, Sectors
from .plan import Plan
from .report import Severity
from .rows import RegistryRow
from .sheets import clean_text

Said = TypeVar("Said")


class Key(NamedTuple):
    """municipality: its primary key, or for a new one a negative number of its own; None = not given."""

    ogrn: str
    name: str
    municipality: int | None

    def lacks(self) -> int:
        return (not self.ogrn) + (self.municipality is None)

    def is_part_of(self, other: "Key") -> bool:
        """Whether all that this key says, the other says too."""
        return (
            self != other
            and self.name == other.name
            and self.ogrn in ("", other.ogrn)
            and self.municipality in (None, other.municipality)
        )

    def agrees_with(self, other: "Key") -> bool:
        """Whether nothing that both keys say differs."""
        return (
            self.name == other.name
            and (not self.ogrn or not other.ogrn or self.ogrn == other.ogrn)
            and (self.municipality is None or other.municipality in (None, self.municipality))
        )


@dataclass(frozen=True, slots=True)
class Group:
    """An institution (of the base, or new) and the rows that speak of it."""

    institution: Institution
    rows: list[RegistryRow]


def plan_institutions(plan: Plan, rows: list[RegistryRow]) -> list[Group]:
    """Match the rows, note additions and changes of institutions, and hand on who is who."""
    municipalities = Municipalities(plan, rows)
    sectors = Sectors(plan)
    by_key: dict[Key, list[RegistryRow]] = defaultdict(list)
    for row in rows:
        by_key[Key(row.ogrn, row.name, _number(municipalities.of(row)))].append(row)
    held = Institution.objects.filter(region=plan.region).select_related("merged_into")
    of_base: dict[Key, Institution] = {}
    for each in sorted(held, key=lambda each: each.merged_into_id is not None):
        of_base.setdefault(_key(each), each)
    groups = []
    for keys, found in _match(list(by_key), of_base):
        rows_of_it = [row for key in keys for row in by_key[key]]
        institution = _present(plan, found, rows_of_it) if found else Institution(region=plan.region)
        group = Group(institution, rows_of_it)
        if found and found.merged_into_id:  # what the file says is of the duplicate, which is no more
            groups.append(group)
            continue
        if found is None:
            plan.add(group.institution)
        _describe(plan, group, municipalities, sectors)
        groups.append(group)
    return groups


def _present(plan: Plan, institution: Institution, rows: list[RegistryRow]) -> Institution:
    """The institution that the rows are taken for: of a duplicate the one into which it was merged."""
    if institution.archived_on is None:
        return institution
    stays = institution
    while stays.merged_into_id is not None:
        stays = stays.merged_into
    if stays is not institution:
        text = _("“%(old)s” was merged into “%(new)s”: the row is taken for that one's, and its name stays.")
        message = text % {"old": institution.name, "new": stays.name}
    else:
        text = _("This institution has been in the archive since %(day)s. The import does not change that.")
        message = text % {"day": institution.archived_on}
    for row in rows:
        plan.problems.append(row.source.problem(Severity.WARNING, message, Column.NAME))
    return stays


def _number(municipality: Municipality | None) -> int | None:
    return None if municipality is None else municipality.pk or -id(municipality)


def _key(institution: Institution) -> Key:
    return Key(institution.ogrn, clean_text(institution.name), institution.municipality_id)


def _match(keys: list[Key], of_base: dict[Key, Institution]) -> list[tuple[list[Key], Institution | None]]:
    """Keys of the file that mean one institution, and which one of the base that is (None = a new one)."""
    chosen: dict[Key, Key] = {key: key for key in keys if key in of_base}  # key of the file -> key of the base
    _match_by_ogrn(keys, of_base, chosen)
    joined = _join_incomplete(keys, chosen)
    _match_by_name(keys, of_base, chosen, joined)
    result: dict[Key, list[Key]] = defaultdict(list)
    for key in keys:
        head = key
        while head in joined:
            head = joined[head]
        result[head].append(key)
    return [(members, of_base[chosen[head]] if head in chosen else None) for head, members in result.items()]


def _match_by_ogrn(keys: list[Key], of_base: dict[Key, Institution], chosen: dict[Key, Key]) -> None:
    in_file, in_base = _grouped(keys, lambda key: key.ogrn), _grouped(of_base, lambda key: key.ogrn)
    for ogrn, users in in_file.items():
        holders = in_base.get(ogrn, [])
        if ogrn and len(users) == len(holders) == 1:
            chosen.setdefault(users[0], holders[0])


def _join_incomplete(keys: list[Key], chosen: dict[Key, Key]) -> dict[Key, Key]:
    """Keys that leave something out -> the one key of the file that says it."""
    joined: dict[Key, Key] = {}
    by_name = _grouped(keys, lambda key: key.name)
    for key in sorted((k for k in keys if k.lacks() and k not in chosen), key=Key.lacks):
        fuller = {joined.get(other, other) for other in by_name[key.name] if key.is_part_of(other)}
        if len(fuller) == 1:
            joined[key] = fuller.pop()
    return joined


def _match_by_name(
    keys: list[Key], of_base: dict[Key, Institution], chosen: dict[Key, Key], joined: dict[Key, Key]
) -> None:
    by_name = _grouped(of_base, lambda key: key.name)
    users = {held: key for key, held in chosen.items()}
    for key in sorted((k for k in keys if k not in chosen and k not in joined), key=lambda k: (k.lacks(), k.ogrn)):
        candidates = [held for held in by_name.get(key.name, []) if key.agrees_with(held)]
        if len(candidates) != 1:
            continue
        user = users.get(candidates[0])
        if user is None:
            chosen[key] = candidates[0]
            users[candidates[0]] = key
        elif user.is_part_of(key):
            joined[key] = user


def _grouped(keys, by: Callable[[Key], str]) -> dict[str, list[Key]]:
    groups: dict[str, list[Key]] = defaultdict(list)
    for key in keys:
        groups[by(key)].append(key)
    return groups


def _describe(plan: Plan, group: Group, municipalities: Municipalities, sectors: Sectors) -> None:
    """Note what the rows say of the institution; what they leave empty stays."""
    said = {
        "inn": _agreed(plan, group, Column.INN, lambda row: row.inn),
        "level": _agreed(plan, group, Column.LEVEL, lambda row: row.level),
        "founder": _agreed(plan, group, Column.FOUNDER, lambda row: row.founder),
        "sector": sectors.of(_agreed(plan, group, Column.SECTOR_1, lambda row: row.sectors) or ()),
        "ogrn": next((row.ogrn for row in group.rows if row.ogrn), None),
        "name": group.rows[0].name,
        "municipality": next(filter(None, map(municipalities.of, group.rows)), None),
    }
    plan.change(group.institution, **{name: value for name, value in said.items() if value})


def _agreed(plan: Plan, group: Group, column: Column, say: Callable[[RegistryRow], Said]) -> Said | None:
    """What the rows say, which must be the same wherever they say anything."""
    first = next((row for row in group.rows if say(row)), None)
    if first is None:
        return None
    for row in group.rows:
        if say(row) and _folded(say(row)) != _folded(say(first)):
            message = _("Another row (%(place)s) says otherwise of the same institution. Make the rows agree.")
            values = {"place": first.source.place}
            plan.problems.append(row.source.problem(Severity.ERROR, message % values, column))
    return say(first)


def _folded(value: object) -> object:
    return tuple(map(fold, value)) if isinstance(value, tuple) else fold(str(value))


def agreed_ground(plan: Plan, group: Group) -> str | None:
    """The ground on which the institution keeps no page; None where no row names one."""
    return _agreed(plan, group, Column.GROUND, lambda row: row.ground)
