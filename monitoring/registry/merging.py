"""Two institutions of the registry are one: the duplicate's pages and what hangs on it go to the one that stays.

The duplicate itself stays as an archived row that names its successor: ratings that were passed, signed award lists and
their seals still point to it, and a spreadsheet that still names it does not bring it to life again.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from monitoring.models import ChangeKind, Institution, Page, RegistryChange, Stewardship

from .history import Editing, locked
from .keeping import Keeper, RefusedError, follow_exemptions

# What follows to the institution that stays, by the name of its way back to the institution …
MOVES = frozenset({"exemptions", "appeals", "participants", "accounts.grant", "accounts.invitation"})
# … and what stays with the duplicate: frozen, signed or sent as it was, or history. Pages are moved one by one.
STAYS = frozenset({"pages", "scores", "awards", "candidates", "letters.letter", "changes", "merged"})


@dataclass(frozen=True, slots=True)
class Merger:
    """What merging would do. refusals: why it is not possible, in words; none = it is."""

    duplicate: Institution
    stays: Institution
    pages: list[Page]
    stewardships: int
    refusals: list[str]


def relations() -> dict[str, type[Model]]:
    """Models that point to an institution, by the name that MOVES and STAYS use: the way back, or where there is none
    the model's own label."""
    found = {}
    for relation in Institution._meta.get_fields(include_hidden=True):
        if relation.one_to_many and relation.auto_created:
            model = relation.related_model
            found[model._meta.label_lower if relation.hidden else relation.name] = model
    return found


def plan(duplicate: Institution, stays: Institution) -> Merger:
    """What would move, and why it may not."""
    pages = list(duplicate.pages.order_by("platform", "handle"))
    stewardships = Stewardship.objects.filter(page__in=pages).count()
    return Merger(duplicate, stays, pages, stewardships, list(_refusals(duplicate, stays)))


def _refusals(duplicate: Institution, stays: Institution) -> Iterable[str]:
    if duplicate.pk == stays.pk:
        yield _("An institution is no duplicate of itself.")
    if duplicate.region_id != stays.region_id:
        yield _("The two institutions are of different regions.")
    if duplicate.archived_on is not None or stays.archived_on is not None:
        yield _("One of the two is archived. Bring it back first.")
    # Drafts are computed anew; what has been passed never changes, and there these two are two.
    passed = duplicate.scores.exclude(rating__state="draft").select_related("rating__methodology")
    for score in passed.order_by("-rating__last")[:3]:
        yield _(
            "“%(name)s” has a score of its own in a rating that was passed (%(rating)s). Passed ratings are frozen: "
            "merge the other way round, or archive the duplicate after moving its pages."
        ) % {"name": duplicate.name, "rating": score.rating}


@transaction.atomic
def merge(duplicate: Institution, stays: Institution, seen: tuple[str, str], keeper: Keeper) -> RegistryChange:
    """Move everything and archive the duplicate. seen: digests of the two as the person saw them; StaleError where one
    was changed since. Raises RefusedError."""
    first, second = sorted((duplicate.pk, stays.pk))  # always in one order: two mergers never wait for each other
    list(Institution.objects.select_for_update().filter(pk__in=(first, second)).order_by("pk"))
    duplicate, stays = locked(duplicate, seen[0]), locked(stays, seen[1])
    found = plan(duplicate, stays)
    if found.refusals:
        raise RefusedError(" ".join(found.refusals))
    editing = keeper.edits(stays.region, ChangeKind.MERGE)
    for page in Page.objects.select_for_update().filter(institution=duplicate):
        editing.change(page, institution=stays)
    filled = _filled(duplicate, stays)
    # In this order: once it names its successor, the duplicate's name and ОГРН are free.
    editing.change(duplicate, archived_on=keeper.day, merged_into=stays)
    editing.change(stays, **filled)
    _move_the_rest(editing, duplicate, stays)
    change = editing.finish()
    follow_exemptions(duplicate.pk, stays.pk)
    return change


def _filled(duplicate: Institution, stays: Institution) -> dict[str, object]:
    """What only the duplicate knew."""
    names = ("municipality", "sector", "founder", "ogrn", "inn")
    return {name: getattr(duplicate, name) for name in names if not getattr(stays, name) and getattr(duplicate, name)}


def _move_the_rest(editing: Editing, duplicate: Institution, stays: Institution) -> None:
    for name, model in relations().items():
        if name not in MOVES:
            continue
        keys = list(model._base_manager.filter(institution=duplicate).values_list("pk", flat=True))
        moved = [key for key in keys if _moved(model, key, stays)]
        if moved:
            editing.moved.setdefault(model._meta.label, []).extend(moved)


def _moved(model: type[Model], key: int, stays: Institution) -> bool:
    """Whether the row now belongs to the institution that stays; not where that has an equal one already."""
    try:
        with transaction.atomic():
            return bool(model._base_manager.filter(pk=key).update(institution=stays))
    except IntegrityError:
        return False
