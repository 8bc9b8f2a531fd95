"""The table of a region's page admins and the card of one."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from forum.models import Participant
from forum.trained import last_training, participations_of
from gospub.accounts.models import User
from gospub.clock import local_day
from monitoring.dashboards.tables import Column
from monitoring.models import Consent, ConsentScope, Person, PersonContact, Region, Stewardship

COLUMNS = (
    Column("name", _("Page admin"), "name"),
    Column("pages", _("Pages"), "pages", numeric=True, explanation=_("Number of pages that the person runs today")),
    *(Column(scope, scope.label, f"consent_{scope}") for scope in ConsentScope),
    Column("contact", _("Contact"), "contact_known"),
    Column("trained", _("Trained"), "trained_on", explanation=_("Last day of the latest training or webinar")),
)
DEFAULT_SORT = "name"


class ConsentState(TextChoices):
    """How a person's consent of one scope stands."""

    IN_FORCE = "in_force", _("in force")
    WITHDRAWN = "withdrawn", _("withdrawn")
    NONE = "none", _("none")


def admins_of(region: Region, user: User, now: dt.datetime) -> QuerySet[Person]:
    """People of the region that the user may see, with `pages` run on the local day of `now`, `consent_<scope>`
    (ConsentState), `contact_known` and `trained_on`, the last day of the latest training (NULL = none)."""
    today = local_day(now, region.time_zone)
    runs = Q(stewardships__since__lte=today, stewardships__page__archived_on=None) & (
        Q(stewardships__until=None) | Q(stewardships__until__gte=today)
    )
    contacts = PersonContact.objects.filter(person=OuterRef("pk")).exclude(email="", phone="")
    return (
        Person.objects.visible_to(user)
        .filter(region=region)
        .annotate(
            pages=Count("stewardships__page", filter=runs, distinct=True),
            contact_known=Exists(contacts),
            trained_on=last_training(),
            **{f"consent_{scope}": consent_state(scope, now) for scope in ConsentScope},
        )
    )


def consent_state(scope: ConsentScope, now: dt.datetime) -> Case:
    """The ConsentState of that scope at `now`."""
    given = Consent.objects.filter(person=OuterRef("pk"), scope=scope)
    return Case(
        When(Exists(given.in_force(now)), then=Value(ConsentState.IN_FORCE.value)),
        When(Exists(given), then=Value(ConsentState.WITHDRAWN.value)),
        default=Value(ConsentState.NONE.value),
        output_field=CharField(),
    )


@dataclass(frozen=True, slots=True)
class AdminRow:
    """A person with the state of each consent, in the order of ConsentScope."""

    person: Person
    consents: list[ConsentState]


def admin_rows(people: list[Person]) -> list[AdminRow]:
    """Rows of the table; people come from `admins_of`."""
    return [
        AdminRow(person, [ConsentState(getattr(person, f"consent_{scope}")) for scope in ConsentScope])
        for person in people
    ]


@dataclass(frozen=True, slots=True)
class ScopeConsents:
    """One scope: the consent in force, None where there is none, and those withdrawn, the latest first."""

    scope: ConsentScope
    in_force: Consent | None
    withdrawn: list[Consent]


@dataclass(frozen=True, slots=True)
class AdminCard:
    """`present`, `past`: pages run on the day of the card, and those handed over or not watched any more.

    contact: None where none is known, or where the user is not to see it (`contact_known` tells).
    """

    person: Person
    present: list[Stewardship]
    past: list[Stewardship]
    contact_known: bool
    contact: PersonContact | None
    consents: list[ScopeConsents]
    events: list[Participant]


def admin_card(person: Person, user: User, now: dt.datetime) -> AdminCard:
    """What is known of the person, at `now`; the contact is read, and so decrypted, only for those who may see it."""
    today = local_day(now, person.region.time_zone)
    stewardships = list(person.stewardships.select_related("page__institution").order_by("-since", "-pk"))
    contacts = PersonContact.objects.filter(person=person).exclude(email="", phone="")
    may_see = user.rights.keeps(person.region_id)
    return AdminCard(
        person=person,
        present=[each for each in stewardships if is_present(each, today)],
        past=[each for each in stewardships if not is_present(each, today)],
        contact_known=contacts.exists(),
        contact=contacts.first() if may_see else None,
        consents=consents_of(person, now),
        events=list(participations_of(person)),
    )


def is_present(stewardship: Stewardship, today: dt.date) -> bool:
    """Whether the page is run, and watched, that day; what only begins later counts as well."""
    return stewardship.page.archived_on is None and (stewardship.until is None or stewardship.until >= today)


def consents_of(person: Person, now: dt.datetime) -> list[ScopeConsents]:
    """The person's consents by scope, at `now`."""
    given = list(person.consents.select_related("text", "recorded_by", "withdrawn_by"))
    result = []
    for scope in ConsentScope:
        of_scope = [consent for consent in given if consent.scope == scope]
        held = [consent for consent in of_scope if consent.withdrawn_at is None or consent.withdrawn_at > now]
        result.append(ScopeConsents(scope, held[0] if held else None, [each for each in of_scope if each not in held]))
    return result
