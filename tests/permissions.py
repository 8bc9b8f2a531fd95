"""Who gets what at every address of the installation: the one table, and the functions that hold it against the code.

An address that is not in the table fails the build. Unsafe methods that are not offered answer 405. What belongs to
somebody else answers as if it did not exist.
"""

import datetime as dt
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from gospub.accounts.models import User
from monitoring.models import Consent, EvidenceCard, Institution, Page, Person, Region, Suspect
from monitoring.registry import uploads
from ratings.computing import compute
from ratings.methodologies import store_preset
from ratings.models import Rating, Score
from ratings.periods import Unit, period_of
from tests.factories import (
    ConsentFactory,
    EvidenceFactory,
    InstitutionFactory,
    PageFactory,
    RegionFactory,
    SuspectFactory,
    analyst,
    collected,
    institution_admin,
    official,
    operator,
)

DAY = dt.date(2024, 10, 26)
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


class Role(StrEnum):
    ANONYMOUS = "anonymous"
    OPERATOR = "operator"
    ANALYST = "analyst of the region"
    OFFICIAL = "official of the region"
    OTHER_ANALYST = "analyst of another region"
    ADMIN = "institution admin"
    OTHER_ADMIN = "admin of another institution of the region"
    DEACTIVATED = "deactivated analyst of the region"


STRANGERS = (Role.ANONYMOUS, Role.DEACTIVATED)
ROLES = tuple(Role)


@dataclass(frozen=True, slots=True)
class World:
    """A region with two institutions, each with its page and admin, and what the addresses of the table name."""

    region: Region
    institution: Institution
    page: Page
    suspect: Suspect
    evidence: EvidenceCard
    rating: Rating
    score: Score
    upload: uuid.UUID
    person: Person
    consent: Consent
    users: dict[Role, User | None]


def world() -> World:
    """The smallest world in which every role has something to see and something not to see."""
    region = RegionFactory()
    page = collected(PageFactory(institution__region=region, title="Своя"), DAY)
    other = collected(PageFactory(institution__region=region, title="Чужая"), DAY)
    store_preset("amur")
    rating = compute(region, period_of(Unit.DAY, DAY), "amur", dt.datetime(2024, 10, 26, 12, tzinfo=dt.UTC))
    deactivated = analyst(region)
    deactivated.is_active = False
    deactivated.save()
    uploader = analyst(region)
    consent = ConsentFactory(person__region=region)
    return World(
        region,
        page.institution,
        page,
        SuspectFactory(page=page, day=DAY),
        EvidenceFactory(page=page),
        rating,
        rating.scores.get(page=page),
        uploads.keep(uploader, uploads.Upload("registry.xlsx", region.pk, [], [])),
        consent.person,
        consent,
        {
            Role.ANONYMOUS: None,
            Role.OPERATOR: operator(),
            Role.ANALYST: uploader,
            Role.OFFICIAL: official(region),
            Role.OTHER_ANALYST: analyst(InstitutionFactory().region),
            Role.ADMIN: institution_admin(page.institution),
            Role.OTHER_ADMIN: institution_admin(other.institution),
            Role.DEACTIVATED: deactivated,
        },
    )


def _answers(strangers: int, known: int, **others: int) -> dict[Role, int]:
    """`strangers` for those who are not signed in, `known` for the rest but for the roles named."""
    answers = {role: strangers if role in STRANGERS else known for role in ROLES}
    return answers | {Role[name.upper()]: status for name, status in others.items()}


PUBLIC = _answers(200, 200)
ONLY_ANONYMOUS = _answers(200, 302)  # those who are signed in are sent home
SIGNED_IN = _answers(302, 200)
GOES_ON = _answers(302, 302)  # to the sign-in, or to where the address leads
REGION = _answers(302, 200, other_analyst=404)
WHOLE_REGION = _answers(302, 200, other_analyst=404, admin=404, other_admin=404)
OWN_OBJECT = _answers(302, 200, other_analyst=404, other_admin=404)
OWN_UPLOAD = _answers(302, 404, analyst=200)  # for everyone else, the operator too, it is not there
POST_ONLY = _answers(405, 405)
POST_SIGNED_IN = _answers(302, 405)
OPERATOR = _answers(302, 404, operator=200)
OPERATOR_MAY = _answers(302, 404, operator=302)  # and is sent back to the screen
OPERATOR_FORM = _answers(302, 404, operator=400)  # an empty form is refused to those who may send one
KEEPER_FORM = _answers(302, 404, operator=422, analyst=422, official=403)  # and is told in words what is missing
ANALYST_FORM = _answers(302, 404, operator=400, analyst=400, official=403)


@dataclass(frozen=True, slots=True)
class Rule:
    """get: status of GET for every role. offered: unsafe methods that the address takes. args: of its address.

    missing: the same address of something that does not exist; what is foreign must answer alike.
    post: status of an empty POST for every role, where the address does nothing but take one.
    """

    get: dict[Role, int]
    offered: tuple[str, ...] = ()
    args: Callable[[World], list[object]] = lambda _: []
    missing: list[object] | None = None
    post: dict[Role, int] | None = None


def of_region(
    get: dict[Role, int], *rest: object, offered: tuple[str, ...] = (), post: dict[Role, int] | None = None
) -> Rule:
    return Rule(get, offered, lambda world: [world.region.code, *rest], ["RU-NOWHERE", *rest], post)


def of_rating(get: dict[Role, int], *rest: object) -> Rule:
    return Rule(get, (), lambda world: [world.rating.pk, *rest], [0, *rest])


def of_person(post: dict[Role, int]) -> Rule:
    return Rule(POST_SIGNED_IN, ("POST",), lambda world: [world.person.pk], [0], post)


def of_methodology(get: dict[Role, int], *, offered: tuple[str, ...] = ()) -> Rule:
    return Rule(get, offered, lambda world: [world.region.code, world.rating.methodology_id], ["RU-NOWHERE", 0])


FORM = ("POST", "PUT")  # Django's form views take PUT as POST
TABLE: dict[str, Rule] = {
    # --- sign-in: django-allauth; some of its addresses send people on whatever the method ---
    "account_login": Rule(ONLY_ANONYMOUS, UNSAFE),
    "account_logout": Rule(_answers(302, 200), ("POST",)),
    "account_signup": Rule(ONLY_ANONYMOUS, UNSAFE),
    "account_inactive": Rule(PUBLIC),
    "account_reauthenticate": Rule(SIGNED_IN, FORM),
    "account_email": Rule(SIGNED_IN, FORM),
    "account_email_verification_sent": Rule(PUBLIC),
    "account_confirm_email": Rule(PUBLIC, ("POST",), lambda _: ["no-such-key"]),
    "account_change_password": Rule(SIGNED_IN, FORM),
    "account_set_password": Rule(GOES_ON, UNSAFE),
    "account_confirm_login_code": Rule(GOES_ON, UNSAFE),
    "account_reset_password": Rule(PUBLIC, FORM),
    "account_reset_password_done": Rule(PUBLIC),
    "account_reset_password_from_key": Rule(PUBLIC, UNSAFE, lambda _: ["1", "no-such-key"]),
    "account_reset_password_from_key_done": Rule(PUBLIC),
    # --- the one who looks ---
    "theme": Rule(POST_ONLY, ("POST",)),
    "set_language": Rule(GOES_ON, UNSAFE),
    "home": Rule(GOES_ON),
    # --- screens of a region ---
    "overview": of_region(WHOLE_REGION),
    "collection_status": of_region(WHOLE_REGION),
    "pages": of_region(REGION),
    "pages_export": of_region(REGION, "csv"),
    "institutions": of_region(REGION),
    "events": of_region(REGION),
    "events_export": of_region(REGION, "csv"),
    "suspects": of_region(WHOLE_REGION),
    "evidence": of_region(REGION),
    "ratings": of_region(REGION),
    "rating_compute": of_region(
        POST_SIGNED_IN, offered=("POST",), post=_answers(302, 403, operator=404, analyst=404, other_analyst=404)
    ),
    "methodologies": of_region(REGION),
    "registry_import": of_region(WHOLE_REGION, offered=("POST",)),
    "registry_import_report": Rule(
        OWN_UPLOAD, ("POST",), lambda world: [world.region.code, world.upload], ["RU-NOWHERE", uuid.UUID(int=0)]
    ),
    "registry_export": of_region(WHOLE_REGION, "csv"),
    # --- one of them ---
    "institution": Rule(OWN_OBJECT, (), lambda world: [world.institution.pk], [0]),
    "page": Rule(OWN_OBJECT, (), lambda world: [world.page.pk], [0]),
    "suspect_decide": Rule(POST_SIGNED_IN, ("POST",), lambda world: [world.suspect.pk], [0], ANALYST_FORM),
    "evidence_explain": Rule(
        POST_SIGNED_IN,
        ("POST",),
        lambda world: [world.evidence.pk],
        [0],
        _answers(302, 403, admin=400, other_analyst=404, other_admin=404),
    ),
    "evidence_decide": Rule(
        POST_SIGNED_IN,
        ("POST",),
        lambda world: [world.evidence.pk],
        [0],
        _answers(302, 403, operator=400, analyst=400, other_analyst=404, other_admin=404),
    ),
    "rating": of_rating(REGION),
    "rating_export": of_rating(REGION, "csv"),
    "rating_firmness": of_rating(WHOLE_REGION),
    "rating_changes": of_rating(_answers(302, 404)),  # there is no edition before
    "rating_bundle": of_rating(_answers(302, 404)),  # it is not final
    "rating_pass": Rule(
        POST_SIGNED_IN,
        ("POST",),
        lambda world: [world.rating.pk],
        [0],
        _answers(302, 302, other_analyst=404, admin=404, other_admin=404),
    ),
    "score": Rule(OWN_OBJECT, (), lambda world: [world.score.pk], [0]),
    "score_inputs": Rule(OWN_OBJECT, (), lambda world: [world.score.pk, "avatar"], [0, "avatar"]),
    "score_passport": Rule(OWN_OBJECT, (), lambda world: [world.score.pk], [0]),
    "methodology": of_methodology(REGION, offered=("POST",)),
    "methodology_annex": of_methodology(REGION),
    "methodology_edit": of_methodology(
        _answers(302, 403, operator=200, analyst=200, other_analyst=404), offered=("POST",)
    ),
    "methodology_rehearsal": of_methodology(WHOLE_REGION),
    # --- page admins ---
    "admins": of_region(WHOLE_REGION),
    "admin_card": Rule(WHOLE_REGION, (), lambda world: [world.person.pk], [0]),
    "consent_give": of_person(KEEPER_FORM),
    "consent_withdraw": Rule(
        POST_SIGNED_IN,
        ("POST",),
        lambda world: [world.consent.pk],
        [0],
        _answers(302, 404, operator=302, analyst=302, official=403),
    ),
    "admin_data": of_person(_answers(302, 404, operator=200, analyst=200, official=403)),
    "name_remove": of_person(KEEPER_FORM),
    # --- the installation ---
    "networks": Rule(OPERATOR),
    "network_switch": Rule(POST_SIGNED_IN, ("POST",), lambda _: ["vk"], ["myspace"], OPERATOR_FORM),
    "token_return": Rule(POST_SIGNED_IN, ("POST",), lambda _: [0], post=OPERATOR_MAY),
}
# Django's admin as a whole: it sends all but the operator to its sign-in, which refuses those who are signed in.
ADMIN_PREFIX = "admin/"
ADMIN = _answers(302, 302, operator=200)


def addresses(patterns: list | None = None, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(path, name) of every address of the resolver, without those under ADMIN_PREFIX; "" where it has no name."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield path, pattern.name or ""
        elif path != ADMIN_PREFIX:
            yield from addresses(pattern.url_patterns, path)


def outside_the_table() -> list[str]:
    """Addresses that nobody has said who may open, and rows of the table that no address has."""
    found = list(addresses())
    names = {name for _, name in found}
    return [path for path, name in found if name not in TABLE] + [name for name in TABLE if name not in names]


def signed_in(world: World, role: Role) -> Client:
    client = Client()
    if world.users[role]:
        client.force_login(world.users[role])
    return client


def answer(client: Client, method: str, name: str, args: list[object], **headers: str) -> HttpResponse:
    return client.generic(method, reverse(name, args=args), headers=headers)


def wrong_answers(world: World, name: str) -> list[str]:
    """What an address answers other than the table says; empty = all is well."""
    rule = TABLE[name]
    args = rule.args(world)
    wrong = []
    for role in ROLES:
        client = signed_in(world, role)
        for method, expected in (("GET", rule.get), ("POST", rule.post)):
            if expected is None:
                continue
            response = answer(client, method, name, args)
            if response.status_code != expected[role]:
                wrong.append(f"{name}: {method} as {role} answers {response.status_code}, not {expected[role]}")
            if response.status_code == 404 and rule.missing is not None:
                missing = answer(client, method, name, rule.missing)
                if (missing.status_code, body(missing)) != (404, body(response)):
                    wrong.append(f"{name}: as {role} what is foreign differs from what is missing")
    return wrong + wrong_methods(world, name)


def body(response: HttpResponse) -> str:
    """What is said, without what differs at every request: its own address and the token of a form."""
    text = response.content.decode().replace(response.wsgi_request.path, "")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


def wrong_methods(world: World, name: str) -> list[str]:
    """Unsafe methods that are taken though not offered; those not signed in are sent to the sign-in before."""
    rule = TABLE[name]
    wrong = []
    for method in UNSAFE:
        if method in rule.offered:
            continue
        for role in (Role.OPERATOR, Role.ANONYMOUS):
            status = answer(signed_in(world, role), method, name, rule.args(world)).status_code
            expected = {302, 405} if role in STRANGERS else {405}
            if status not in expected:
                wrong.append(f"{name}: {method} as {role} answers {status}, not 405")
    return wrong
