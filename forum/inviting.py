"""Who is invited: the winners of an award list, page admins, whoever is typed in; nobody twice."""

import datetime as dt
import re
import secrets
from collections.abc import Iterable
from typing import NamedTuple

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from awards.models import Award, AwardList
from gospub.accounts import audit
from gospub.accounts.models import User
from monitoring.models import Institution, Person, Region, Stewardship

from .keeping import ForumError
from .models import Event, EventState, Origin, Participant

# Without letters and digits that are taken for each other in print (0 O, 1 I L, B 8, S 5, Z 2).
ALPHABET = "34679ACDEFGHJKMNPQRTUVWXY"
# Ten of 25 are 9.5 · 10¹³: the address of a ticket is not found by trying.
LENGTH = 10
# Letters that a keyboard in Russian gives for those of a code.
AS_TYPED = str.maketrans("АСЕНКМРТУХЗ", "ACEHKMPTYX3")
BATCH = 500


class Added(NamedTuple):
    """new: put on the list; known: stood there already; nobody: awards that are neither a person's nor an
    institution's."""

    new: int
    known: int
    nobody: int = 0


def invite_awarded(event: Event, found: AwardList, *, user: User, now: dt.datetime) -> Added:
    """Everybody whom the signed list gives an award: the person, or where it names none the institution.

    Raises ForumError where the list is not signed off, is another region's, or the event is cancelled.
    """
    if found.signed_at is None or found.contest.region_id != event.region_id:
        raise ForumError(_("Only the winners of a list that is signed off are invited."))
    awards = found.awards.given().select_related("page").order_by("pk")
    wanted = [each for award in awards if (each := _of_award(award))]
    return _add(event, wanted, Origin.AWARDS, user, now, nobody=len(awards) - len(wanted), source=f"list {found.pk}")


def _of_award(award: Award) -> Participant | None:
    institution = award.institution_id or (award.page and award.page.institution_id)
    if award.person_id:
        return Participant(key=f"person {award.person_id}", person_id=award.person_id, institution_id=institution)
    if institution:
        return Participant(key=f"institution {institution}", institution_id=institution)
    return None


def invite_admins(event: Event, people: QuerySet[Person], *, user: User, now: dt.datetime) -> Added:
    """Page admins, as `running_people` has them. Raises ForumError where the event is cancelled."""
    wanted = [
        Participant(key=f"person {person.pk}", person=person, institution_id=person.works_at)
        for person in people.filter(region=event.region_id).order_by("pk")
    ]
    return _add(event, wanted, Origin.ADMINS, user, now)


def invite_by_hand(
    event: Event, name: str, institution: Institution | None, workplace: str, *, user: User, now: dt.datetime
) -> Added:
    """Somebody by name; a page admin of that institution with that name is taken for the same person.

    Raises ForumError where the event is cancelled.
    """
    name = " ".join(name.split())
    person = _admin_called(name, institution)
    if person:
        wanted = Participant(key=f"person {person.pk}", person=person, institution=institution)
    else:
        key = key_of(name, institution, workplace)
        place = "" if institution else workplace
        wanted = Participant(key=key, name=name, institution=institution, workplace=place)
    return _add(event, [wanted], Origin.HAND, user, now)


def _admin_called(name: str, institution: Institution | None) -> Person | None:
    """The one admin who has ever run a page of the institution and is called so; None where there are several."""
    if institution is None:
        return None
    people = Person.objects.filter(stewardships__page__institution=institution).distinct()
    named = [person for person in people if plain(person.name) == plain(name)]
    return named[0] if len(named) == 1 else None


def key_of(name: str, institution: Institution | None, workplace: str) -> str:
    """Who it is without saying it: whoever has the base alone cannot try names out."""
    place = f"institution {institution.pk}" if institution else plain(workplace)
    return "name " + salted_hmac("forum.participant", f"{plain(name)}\n{place}", algorithm="sha256").hexdigest()


def plain(text: str) -> str:
    """Letters alike however they were typed: case, ё, spaces, dots."""
    return " ".join(re.sub(r"[.,\s]+", " ", text.casefold().replace("ё", "е")).split())


def _add(event: Event, wanted: Iterable[Participant], origin: Origin, user: User, now: dt.datetime, *,
         nobody: int = 0, source: str = "") -> Added:  # fmt: skip
    """Put those on the list who do not stand there; the event is held meanwhile, so two officials at once are safe."""
    by_key = {each.key: each for each in wanted}
    with transaction.atomic():
        locked = Event.objects.select_for_update().get(pk=event.pk)
        if locked.state == EventState.CANCELLED:
            raise ForumError(_("It is cancelled: nobody is invited any more."))
        known = set(locked.participants.filter(key__in=by_key).values_list("key", flat=True))
        new = [each for key, each in by_key.items() if key not in known]
        for each, code in zip(new, _codes(len(new)), strict=True):
            each.event, each.origin, each.code, each.added_at = locked, origin, code, now
        if new:
            Participant.objects.bulk_create(new, batch_size=BATCH)
            after = {"origin": str(origin), "source": source, "participants": [each.pk for each in new]}
            audit.record(user, "forum_event.invite", f"forum_event {event.pk}", before={}, after=after, now=now,
                         region=event.region_id)  # fmt: skip
    return Added(len(new), len(known), nobody)


def remove(event: Event, keys: Iterable[int], *, user: User, now: dt.datetime) -> int:
    """Take people off the list who have not come; returns how many. Whoever came stays: it happened."""
    with transaction.atomic():
        gone = list(
            event.participants.select_for_update().filter(pk__in=keys, came_at=None).values_list("pk", flat=True)
        )
        event.participants.filter(pk__in=gone).delete()
        if gone:
            audit.record(user, "forum_event.remove", f"forum_event {event.pk}", before={"participants": sorted(gone)},
                         after={}, now=now, region=event.region_id)  # fmt: skip
    return len(gone)


# --- page admins ------------------------------------------------------------------------------------------------------


def running(day: dt.date) -> Q:
    """Stewardships of watched pages on the local day."""
    begun = Q(since__lte=day) & (Q(until=None) | Q(until__gte=day))
    return begun & (Q(page__archived_on=None) | Q(page__archived_on__gt=day))


def running_people(region: Region, user: User, day: dt.date) -> QuerySet[Person]:
    """People who run a page on the local day, with `works_at`: key of the institution of the page they run longest."""
    held = Stewardship.objects.filter(running(day), person=OuterRef("pk")).order_by("since", "pk")
    people = Person.objects.visible_to(user).filter(region=region)
    return people.annotate(works_at=Subquery(held.values("page__institution")[:1])).filter(works_at__isnull=False)


# --- codes ------------------------------------------------------------------------------------------------------------


def _codes(count: int) -> list[str]:
    """So many codes that nobody has."""
    found: set[str] = set()
    while len(found) < count:
        drawn = {"".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(count - len(found))}
        found |= drawn - set(Participant.objects.filter(code__in=drawn).values_list("code", flat=True))
    return list(found)


def as_code(typed: str) -> str:
    """A code as it is stored, however it was typed: small letters, spaces, dashes, a keyboard in Russian, or the whole
    address of the ticket, which a scanner types."""
    last = typed.strip().rstrip("/").rpartition("/")[2]
    return re.sub(r"[\s-]+", "", last).upper().translate(AS_TYPED)


def shown_code(code: str) -> str:
    """In two parts, to be read aloud: ACDEF-GHJKM."""
    return f"{code[:5]}-{code[5:]}"
