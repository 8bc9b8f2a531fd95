"""The registry by hand: add, change, archive and move institutions and pages. Every function is one act that the
history keeps and that can be taken back."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from gospub.accounts.models import User
from monitoring.models import ChangeKind, Exemption, Institution, Page, PageStatus, Region, RegistryChange
from monitoring.rollups import refresh_excused

from .addresses import Address
from .history import Editing, locked


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who keeps the registry, and when: `now` (aware) and the region's local `day`."""

    user: User
    now: dt.datetime
    day: dt.date

    def edits(self, region: Region, kind: ChangeKind) -> Editing:
        return Editing(region, kind, self.user, self.now, self.day)


class RefusedError(ValueError):
    """The change is not possible; the message says why, in the present language."""


@transaction.atomic
def add_institution(region: Region, values: Mapping[str, object], keeper: Keeper) -> Institution:
    """A new institution of the region."""
    editing = keeper.edits(region, ChangeKind.ADD)
    institution = editing.add(Institution(region=region, **values))
    editing.finish()
    return institution


@transaction.atomic
def edit(row: Institution | Page, values: Mapping[str, object], seen: str, keeper: Keeper) -> RegistryChange | None:
    """Set fields of a row. seen: its digest when the form was shown (see `history.seen`); StaleError where somebody
    changed it since."""
    row = locked(row, seen)
    editing = keeper.edits(region_of(row), ChangeKind.EDIT)
    editing.change(row, **values)
    return editing.finish()


@transaction.atomic
def add_page(institution: Institution, address: Address, values: Mapping[str, object], keeper: Keeper) -> Page:
    """A page that is watched from today on."""
    editing = keeper.edits(institution.region, ChangeKind.ADD)
    page = Page(
        institution=institution,
        platform=address.platform,
        handle=address.handle,
        external_id=address.external_id,
        added_on=keeper.day,
        **values,
    )
    editing.add(page)
    editing.finish()
    return page


@transaction.atomic
def archive(row: Institution | Page, keeper: Keeper) -> RegistryChange | None:
    """Out of the registry from tomorrow on: the day itself and those before it stay. An institution takes its watched
    pages along."""
    row = locked(row)
    editing = keeper.edits(region_of(row), ChangeKind.ARCHIVE)
    archive_in(editing, row)
    return editing.finish()


def archive_in(editing: Editing, row: Institution | Page) -> None:
    """As `archive`, as a part of a greater change."""
    if row.archived_on is not None:
        return
    editing.change(row, archived_on=editing.day)
    if isinstance(row, Institution):
        for page in Page.objects.watched().select_for_update().filter(institution=row):
            editing.change(page, archived_on=editing.day)


@transaction.atomic
def restore(row: Institution | Page, keeper: Keeper) -> RegistryChange | None:
    """Back into the registry; an institution brings back the pages that were archived together with it. Raises
    RefusedError for what is a duplicate of something else, and for a page whose institution is archived."""
    row = locked(row)
    editing = keeper.edits(region_of(row), ChangeKind.RESTORE)
    if isinstance(row, Institution):
        if row.merged_into_id:
            raise RefusedError(_("It was merged into another institution: take the merger back instead."))
        for page in Page.objects.select_for_update().filter(institution=row, archived_on=row.archived_on):
            if row.archived_on is not None:
                editing.change(page, archived_on=None)
    elif row.institution.archived_on is not None:
        raise RefusedError(_("Its institution is archived: bring that back, or move the page to another one first."))
    editing.change(row, archived_on=None)
    return editing.finish()


@transaction.atomic
def move_page(page: Page, target: Institution, seen: str, keeper: Keeper) -> RegistryChange | None:
    """The page with its whole history goes to another institution of the region. StaleError as in `edit`; RefusedError
    where the target is of another region or archived."""
    page, target = locked(page, seen), locked(target)
    if target.region_id != page.institution.region_id or target.archived_on is not None:
        raise RefusedError(_("Pages move to institutions of the same region that are not archived."))
    before = page.institution_id
    editing = keeper.edits(target.region, ChangeKind.MOVE)
    editing.change(page, institution=target)
    change = editing.finish()
    follow_exemptions(before, target.pk)
    return change


def follow_exemptions(*institutions: int) -> None:
    """Months of pages count days on which their institution was exempt: where one of these ever was, they follow."""
    if Exemption.objects.filter(institution__in=institutions).exists():
        for institution in Institution.objects.filter(pk__in=institutions).select_related("region"):
            refresh_excused(institution)


def region_of(row: Institution | Page) -> Region:
    return row.region if isinstance(row, Institution) else row.institution.region


def may_readdress(page: Page, address: Address) -> bool:
    """Whether the page may get that address: the same page under another spelling, or one that was never read. What was
    read belongs to the community that it was read from; another community is another page."""
    if address.platform != page.platform:
        return False
    same = address.external_id and address.external_id == page.external_id
    return bool(same) or address.handle == page.handle or page.status in (PageStatus.UNKNOWN, PageStatus.NOT_FOUND)
