"""Addresses of a file -> pages of the base, or new ones; and who runs them.

A page that the registry holds under another institution moves only where the file also names that institution: then
the file as a whole says so. Otherwise a link copied into the wrong row would carry a page and its history away.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from monitoring.models import (
    Exemption,
    Page,
    PageClass,
    PageStatus,
    Person,
    PersonContact,
    PlatformCode,
    Stewardship,
)

from .addresses import Address
from .columns import LINKS, Column
from .institutions import Group, agreed_ground
from .plan import Plan
from .report import Severity
from .rows import RegistryRow
from .sheets import clean_text

CHUNK = 500  # values in one IN (…): every database takes so many


@dataclass(slots=True)
class _Known:
    """Pages of the base by number and by short name, and the rows of the file by the pages that they name."""

    plan: Plan
    institutions: set[int | None]  # of the base, that the file names
    by_id: dict[tuple[str, str], Page] = field(default_factory=dict)
    by_handle: dict[tuple[str, str], Page] = field(default_factory=dict)
    row_of: dict[tuple[str, ...], RegistryRow] = field(default_factory=dict)

    def remember(self, page: Page) -> None:
        self.by_handle[page.platform, page.handle] = page
        if page.external_id:
            self.by_id[page.platform, page.external_id] = page


def plan_pages(plan: Plan, groups: list[Group]) -> dict[int, list[Page]]:
    """Note additions and changes of pages; returns the pages of each row by the row's identity."""
    known = _Known(plan, {group.institution.pk for group in groups})
    _load(known, [address for group in groups for row in group.rows for address in row.pages])
    of_row: dict[int, list[Page]] = defaultdict(list)
    for group in groups:
        for row in group.rows:
            for address in row.pages:
                page = _page(known, group, row, address)
                if page is not None:
                    of_row[id(row)].append(page)
    return of_row


def _load(known: _Known, addresses: list[Address]) -> None:
    """All pages of the region, and those of other regions that the file names."""
    region = known.plan.region
    for page in Page.objects.filter(institution__region=region):
        known.remember(page)
    for platform in PlatformCode.values:
        of_platform = [a for a in addresses if a.platform == platform]
        handles = {a.handle for a in of_platform if (platform, a.handle) not in known.by_handle}
        numbers = {a.external_id for a in of_platform if (platform, a.external_id) not in known.by_id} - {""}
        elsewhere = Page.objects.filter(platform=platform).exclude(institution__region=region)
        for page in [*_among(elsewhere, "handle", handles), *_among(elsewhere, "external_id", numbers)]:
            known.remember(page)


def _among(pages: QuerySet[Page], name: str, values: Iterable[str]) -> list[Page]:
    values = sorted(values)
    return [
        page
        for start in range(0, len(values), CHUNK)
        for page in pages.filter(**{f"{name}__in": values[start : start + CHUNK]}).select_related("institution")
    ]


def _page(known: _Known, group: Group, row: RegistryRow, address: Address) -> Page | None:
    """The page that the address means, changed as the row says; None where the row is refused."""
    plan, column = known.plan, LINKS[PlatformCode(address.platform)]
    by_id = known.by_id.get((address.platform, address.external_id))
    by_handle = known.by_handle.get((address.platform, address.handle))
    page = by_id or by_handle
    trouble = (
        _contradiction(by_id, by_handle, address)
        or _taken(known, row, address, page)
        or (_belongs_elsewhere(known, row, page) if page and page.institution_id != group.institution.pk else "")
    )
    if trouble:
        plan.problems.append(row.source.problem(Severity.ERROR, trouble, column))
        return None
    if page is None:
        page = Page(
            institution=group.institution,
            platform=address.platform,
            handle=address.handle,
            external_id=address.external_id,
            page_class=PageClass.ACTIVE,
            added_on=plan.day,
        )
        plan.add(page)
    elif page.institution_id != group.institution.pk:
        message = _("The page moves from “%(old)s” to “%(new)s”, together with its history.")
        values = {"old": page.institution.name, "new": row.name}
        plan.problems.append(row.source.problem(Severity.WARNING, message % values, column))
        plan.change(page, institution=group.institution)
    _describe(plan, row, address, page, column)
    return page


def _contradiction(by_id: Page | None, by_handle: Page | None, address: Address) -> str:
    """What is wrong where the number and the short name do not mean one page; "" where they do."""
    if by_id and by_handle and by_id.pk != by_handle.pk:
        return _("The ID and the link are two different pages of the registry. Correct one of them.")
    if by_handle and address.external_id and by_handle.external_id not in ("", address.external_id):
        message = _("The registry knows the page %(handle)s under the ID %(id)s. Correct the ID or empty its cell.")
        return message % {"handle": address.handle, "id": by_handle.external_id}
    return ""


def _taken(known: _Known, row: RegistryRow, address: Address, page: Page | None) -> str:
    """What is wrong where another row of the file names the same page under any spelling; "" where none does."""
    keys: list[tuple[str, ...]] = [(address.platform, "handle", address.handle)]
    if address.external_id:
        keys.append((address.platform, "id", address.external_id))
    if page:
        keys.append(("page", str(page.pk)))
    other = next((known.row_of[key] for key in keys if key in known.row_of), None)
    for key in keys:
        known.row_of.setdefault(key, row)
    if other is None:
        return ""
    message = _("Another row (%(place)s) names the same page. Leave it in one of the two.")
    return message % {"place": other.source.place}


def _belongs_elsewhere(known: _Known, row: RegistryRow, page: Page) -> str:
    """What is wrong where the page may not come to the row's institution; "" where the file says whence it comes."""
    if page.institution.region_id != known.plan.region.pk:
        return _("This page is in the registry of another region. Check the address, or ask the operator.")
    if page.institution_id in known.institutions:
        return ""
    message = _(
        "In the registry this is a page of “%(old)s”. If it really is that of “%(new)s” now, "
        "add the row of “%(old)s” without this page; otherwise correct the address."
    )
    return message % {"old": page.institution.name, "new": row.name}


def _describe(plan: Plan, row: RegistryRow, address: Address, page: Page, column: Column) -> None:
    """Note what the row says of the page; what it leaves empty stays."""
    said: dict[str, object] = {"page_class": row.page_class, "external_id": address.external_id or None}
    if page.platform == PlatformCode.VK:
        said |= {"connected_to_component": row.connected, "weekly_reach": row.weekly_reach}
    plan.change(page, **{name: value for name, value in said.items() if value is not None})
    if page.archived_on:
        message = _("This page has not been watched since %(day)s. The import does not change that.")
        plan.problems.append(row.source.problem(Severity.WARNING, message % {"day": page.archived_on}, column))
    number = address.external_id
    if page.handle == address.handle or (number and address.handle in (f"club{number}", f"group{number}", number)):
        return
    if page.status == PageStatus.UNKNOWN:
        plan.change(page, handle=address.handle)
    else:
        message = _("The network calls this page %(handle)s now. That name stays; correct the link when you can.")
        plan.problems.append(row.source.problem(Severity.WARNING, message % {"handle": page.handle}, column))


def plan_grounds(plan: Plan, groups: list[Group]) -> None:
    """Note exemptions: the ground on which an institution keeps no page on any network."""
    held: dict[int, list[Exemption]] = defaultdict(list)
    for exemption in _in_force(Exemption.objects.filter(institution__region=plan.region, platform=""), plan.day):
        held[exemption.institution_id].append(exemption)
    for group in groups:
        ground = agreed_ground(plan, group)
        if not ground:
            continue
        institution = group.institution
        succeed(
            plan,
            held[institution.pk],
            lambda exemption, ground=ground: clean_text(exemption.ground) == ground,
            {"ground": ground},
            Exemption(institution=institution, ground=ground, since=plan.day),
        )


def plan_stewards(plan: Plan, groups: list[Group], pages_of_row: dict[int, list[Page]]) -> None:
    """Note who runs the pages of each row from today on; an empty cell changes nothing."""
    rows = [row for group in groups for row in group.rows if row.admin]
    people = _people(plan, rows)
    held: dict[int, list[Stewardship]] = defaultdict(list)
    stewardships = Stewardship.objects.filter(page__institution__region=plan.region).select_related("person")
    for stewardship in _in_force(stewardships, plan.day):
        held[stewardship.page_id].append(stewardship)
    for row in rows:
        for page in pages_of_row[id(row)]:
            person = people[row.admin]
            succeed(
                plan,
                held[page.pk] if page.pk else [],
                lambda stewardship, name=row.admin: clean_text(stewardship.person.name) == name,
                {"person": person},
                Stewardship(person=person, page=page, since=plan.day),
            )


def succeed(
    plan: Plan,
    held: list[Model],
    is_same: Callable[[Model], bool],
    values: dict[str, object],
    successor: Model,
) -> None:
    """Let `successor` follow what is in force today, unless one of it is the same.

    What began earlier ends the day before; what began today never was in force for a day and takes the new values.
    """
    same = [row for row in held if is_same(row)]
    if same:
        plan.keep(same[0])
        return
    began_today = [row for row in held if row.since >= plan.day]
    for row in held:
        if row.since < plan.day:
            plan.change(row, until=plan.day - dt.timedelta(days=1))
    if began_today:
        plan.change(began_today[0], **values)
    else:
        plan.add(successor)


def _in_force(rows: QuerySet, day: dt.date) -> QuerySet:
    return rows.filter(Q(until=None) | Q(until__gte=day), since__lte=day).order_by("-since", "-pk")


def _people(plan: Plan, rows: list[RegistryRow]) -> dict[str, Person]:
    """People of the region by name, new ones added, with their e-mail addresses."""
    people: dict[str, Person] = {}
    known = Person.objects.filter(region=plan.region).select_related("contact").order_by("-pk")
    for person in known:
        people[clean_text(person.name)] = person
    emails: dict[str, list[RegistryRow]] = defaultdict(list)
    for row in rows:
        if row.admin not in people:
            people[row.admin] = Person(region=plan.region, name=row.admin)
            plan.add(people[row.admin])
        plan.keep(people[row.admin])
        if row.email:
            emails[row.admin].append(row)
    for name, with_email in emails.items():
        _contact(plan, people[name], with_email)
    return people


def _contact(plan: Plan, person: Person, rows: list[RegistryRow]) -> None:
    """One e-mail address a person: the one that the base has, if any row gives it, else the first."""
    contact = getattr(person, "contact", None) if person.pk else None
    given = [row.email for row in rows]
    email = contact.email if contact and contact.email in given else given[0]
    for row in rows:
        if row.email.casefold() != email.casefold():
            message = _(
                "“%(name)s” has another e-mail address in another row, and one person has one: %(email)s is kept. "
                "If these are two people, tell them apart in the name."
            )
            values = {"name": row.admin, "email": email}
            plan.problems.append(row.source.problem(Severity.WARNING, message % values, Column.EMAIL))
    if contact:
        plan.change(contact, email=email)
    else:
        plan.add(PersonContact(person=person, email=email))
