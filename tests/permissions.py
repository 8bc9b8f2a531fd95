"""Who gets what at every address of the installation: the one table. tests/matrix.py holds it against the code.

An address that is not in the table fails the build. Methods that an address does not take answer 405. What belongs to
somebody else answers as if it did not exist.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from letters.choices import token_of
from letters.models import Kind
from tests.permission_world import ROLES, STRANGERS, Of, Place, Role, World

SAFE = ("GET", "HEAD", "OPTIONS")
METHODS = (*SAFE, "POST", "PUT", "PATCH", "DELETE")

# --- what roles are answered ------------------------------------------------------------------------------------------

Answers = Mapping[Role, int]


def _answers(strangers: int, known: int, **others: int) -> Answers:
    """`strangers` for those who are not signed in, `known` for the rest but for the roles named."""
    answers = {role: strangers if role in STRANGERS else known for role in ROLES}
    return answers | {Role[name.upper()]: status for name, status in others.items()}


def _whole(status: int, otherwise: int, **others: int) -> Answers:
    """For those who see the whole region, and the rest."""
    seers = ("operator", "analyst", "official", "auditor", "auditor_of_all")
    return _answers(302, otherwise, **dict.fromkeys(seers, status) | others)


PUBLIC = _answers(200, 200)
ONLY_ANONYMOUS = _answers(200, 302)  # those who are signed in are sent home
SIGNED_IN = _answers(302, 200)
GOES_ON = _answers(302, 302)  # to the sign-in, or to where the address leads
GONE = _answers(404, 404)
REGION = _answers(302, 200, over=404)
WHOLE_REGION = _whole(200, 404)
UNPUBLISHED = dict(_whole(200, 404)) | dict.fromkeys(STRANGERS, 404)
OWN_OBJECT = _answers(302, 200, over=404, other_curator=404, other_admin=404)
KEEPERS = _whole(403, 404, operator=200, analyst=200)
RATERS = _whole(403, 404, operator=200, analyst=200, official=200)
RATERS_MAY = _whole(403, 404, operator=302, analyst=302, official=302)  # and are sent back to the screen
RATER_FORM = _whole(403, 404, operator=422, analyst=422, official=422)
APPLYING = ("operator", "analyst", "admin", "other_admin")
APPLICANTS = _answers(302, 404, **dict.fromkeys(APPLYING, 200))
CONTESTING = _answers(302, 403, over=404, other_curator=404, other_admin=404, admin=200)  # of an own institution
OWN_UPLOAD = _whole(403, 404, operator=404, analyst=200)  # of one who keeps the region it is the own one alone
POST_ONLY = _answers(302, 405)
OPERATOR = _answers(302, 404, operator=200)
OPERATOR_MAY = _answers(302, 404, operator=302)  # and is sent back to the screen
OPERATOR_FORM = _answers(302, 404, operator=400)  # an empty form is refused to those who may send one
INVITERS = _answers(302, 404, operator=200, analyst=200)
INVITERS_MAY = _answers(302, 404, operator=302, analyst=302)
_KEPT = {"over": 404, "other_curator": 404, "other_admin": 404}
KEPT_OBJECT = _answers(302, 403, **_KEPT, operator=200, analyst=200)
KEPT_FORM = _answers(302, 403, **_KEPT, operator=422, analyst=422)
KEPT_MAY = _answers(302, 403, **_KEPT, operator=302, analyst=302)
KEEPER_FORM = _whole(403, 404, operator=422, analyst=422)  # and is told in words what is missing


@dataclass(frozen=True, slots=True)
class Rule:
    """get: status of GET and HEAD of the own object for every role; takes: of an empty form by the other methods that
    the address offers. args, missing: of its address, for something that is there and something that is not; None =
    the address names nothing. public: open to those who are not signed in; everyones: to whoever has the address;
    published: what it is of is open to anybody in the own region and to nobody in the foreign one, whose public part is
    closed. signs_out: by POST; preview: htmx is shown what is wrong with a form inside the screen. options: where
    OPTIONS is answered."""

    get: Answers
    takes: Mapping[str, Answers] = field(default_factory=dict)
    args: Callable[[Place], list[object]] = lambda _: []
    missing: list[object] | None = None
    public: bool = False
    everyones: bool = False
    published: bool = False
    signs_out: bool = False
    preview: bool = False
    options: Answers | None = None

    def address(self, world: World, of: Of) -> list[object]:
        if of == Of.MISSING:
            return list(self.missing or [])
        return self.args(world.here if of == Of.OWN else world.there)


def of_region(get: Answers, *rest: object, post: Answers | None = None) -> Rule:
    takes = {"POST": post} if post else {}
    return Rule(get, takes, lambda place: [place.region.code, *rest], ["RU-NOWHERE", *rest])


def of_object(kind: str, get: Answers, *rest: object, post: Answers | None = None, nothing: object = 0) -> Rule:
    takes = {"POST": post} if post else {}
    return Rule(get, takes, lambda place: [getattr(place, kind).pk, *rest], [nothing, *rest])


def of_methodology(get: Answers, *, post: Answers | None = None, preview: bool = False) -> Rule:
    takes = {"POST": post} if post else {}
    address: Callable[[Place], list[object]] = lambda place: [place.region.code, place.rating.methodology_id]  # noqa: E731
    return Rule(get, takes, address, ["RU-NOWHERE", 0], preview=preview)


def entrance(get: Answers, *, args: tuple[object, ...] = (), public: bool = True, **takes: Answers) -> Rule:
    """A screen of django-allauth, or one that anybody may open."""
    options = takes.pop("options", None)
    return Rule(get, takes, lambda _: list(args), None, public, options=options)


def open_region(*rest: Callable[[Place], object]) -> Rule:
    """Of a region whose public part is open. rest: the keys after the region's."""
    address: Callable[[Place], list[object]] = lambda place: [place.region.code, *(each(place) for each in rest)]  # noqa: E731
    return Rule(PUBLIC, {}, address, ["RU-NOWHERE", *(0 for _ in rest)], public=True, published=True)


def open_object(kind: str) -> Rule:
    """Something of a region whose public part is open."""
    return Rule(PUBLIC, {}, lambda place: [getattr(place, kind).pk], [10**15], public=True, published=True)


OPEN_LIST = Rule(PUBLIC, {}, public=True, published=True)  # of all regions that are open
ALL_UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


def _same(answers: Answers, *methods: str) -> dict[str, Answers]:
    return dict.fromkeys(methods, answers)


CLOSED = entrance(GONE, options=GONE, **_same(GONE, *ALL_UNSAFE))
PASSED_ON = entrance(GOES_ON, options=GOES_ON, **_same(GOES_ON, *ALL_UNSAFE))  # asks for the password once more before
FORM = entrance(SIGNED_IN, options=SIGNED_IN, public=False, **_same(SIGNED_IN, "POST", "PUT"))

TABLE: dict[str, Rule] = {
    # --- sign-in: django-allauth; some of its addresses send people on whatever the method ---
    "account_login": entrance(
        ONLY_ANONYMOUS,
        options=ONLY_ANONYMOUS,
        **_same(ONLY_ANONYMOUS, "POST", "PUT") | _same(_answers(405, 302), "PATCH", "DELETE"),
    ),
    "account_logout": Rule(SIGNED_IN, {"POST": GOES_ON}, public=True, signs_out=True, options=PUBLIC),
    "account_reauthenticate": FORM,
    "account_change_password": FORM,
    "account_reset_password": entrance(PUBLIC, options=PUBLIC, **_same(PUBLIC, "POST", "PUT")),
    "account_reset_password_done": entrance(PUBLIC, options=PUBLIC),
    "account_reset_password_from_key": entrance(
        PUBLIC, options=PUBLIC, args=("1", "no-such-key"), **_same(PUBLIC, *ALL_UNSAFE)
    ),
    "account_reset_password_from_key_done": entrance(PUBLIC, options=PUBLIC),
    "closed_account": CLOSED,
    **dict.fromkeys(
        (
            "account_signup",
            "account_inactive",
            "account_email",
            "account_email_verification_sent",
            "account_set_password",
            "account_confirm_login_code",
        ),
        CLOSED,
    ),
    "account_confirm_email": entrance(GONE, options=GONE, args=("no-such-key",), **_same(GONE, *ALL_UNSAFE)),
    # --- second factor ---
    "mfa_index": entrance(SIGNED_IN, options=SIGNED_IN, public=False),
    "mfa_authenticate": PASSED_ON,
    "mfa_reauthenticate": FORM,
    "mfa_activate_totp": PASSED_ON,
    "mfa_deactivate_totp": PASSED_ON,
    "mfa_generate_recovery_codes": PASSED_ON,
    "mfa_view_recovery_codes": entrance(_answers(302, 404), options=SIGNED_IN, public=False),  # there are none
    "mfa_download_recovery_codes": entrance(
        _answers(302, 404), options=_answers(302, 404), **_same(_answers(302, 404), *ALL_UNSAFE)
    ),
    "mfa_list_webauthn": entrance(SIGNED_IN, options=SIGNED_IN, public=False),
    "mfa_add_webauthn": PASSED_ON,
    "mfa_reauthenticate_webauthn": PASSED_ON,
    "mfa_remove_webauthn": entrance(GOES_ON, options=GOES_ON, args=(0,), **_same(GOES_ON, *ALL_UNSAFE)),
    "mfa_edit_webauthn": entrance(GOES_ON, options=GOES_ON, args=(0,), **_same(GOES_ON, *ALL_UNSAFE)),
    "mfa_login_webauthn": entrance(
        GOES_ON,
        options=ONLY_ANONYMOUS,
        **_same(GOES_ON, "POST", "PUT") | _same(_answers(405, 302), "PATCH", "DELETE"),
    ),
    # --- the one who looks ---
    "account": entrance(SIGNED_IN, public=False),
    "session_end": of_object("session", POST_ONLY, post=_answers(302, 404, analyst=302)),
    "invitation": Rule(
        _answers(200, 404),  # it is for another address than theirs
        {"POST": _answers(422, 404)},
        lambda place: [place.token],
        ["no-such-token"],
        public=True,
        everyones=True,
    ),
    "theme": entrance(_answers(405, 405), POST=_answers(302, 302)),
    "set_language": PASSED_ON,
    "home": entrance(_whole(302, 302, over=200)),
    # --- the public part ---
    "public_start": OPEN_LIST,
    "official_check": entrance(PUBLIC),
    "public_region": open_region(),
    "public_pages": open_region(),
    "announcements": open_region(),
    "public_awards": open_region(),
    "public_method": open_region(lambda place: place.final.methodology_id),
    "public_page": open_object("page"),
    "public_rating": open_object("final"),
    "robots": entrance(PUBLIC),
    "sitemap": OPEN_LIST,
    "region_sitemap": open_region(),
    "publication": of_region(WHOLE_REGION, post=_whole(403, 404, operator=422, official=422)),
    "announcement_new": of_region(RATERS, post=RATER_FORM),
    "announcement_edit": of_object("announcement", RATERS, post=RATER_FORM),
    "announcement_withdraw": of_object("announcement", POST_ONLY, post=RATERS_MAY),
    # --- open data ---
    "api_docs": OPEN_LIST,
    "api_openapi": entrance(PUBLIC),
    "api_missing": entrance(GONE, args=("v1/nowhere",)),
    "api_regions": OPEN_LIST,
    "api_region": open_region(),
    "api_region_days": open_region(),
    "api_region_months": open_region(),
    "api_institutions": OPEN_LIST,
    "api_institution": open_object("institution"),
    "api_pages": OPEN_LIST,
    "api_page": open_object("page"),
    "api_page_days": open_object("page"),
    "api_page_months": open_object("page"),
    "api_awards": OPEN_LIST,
    "api_ratings": OPEN_LIST,
    "api_rating": open_object("final"),
    "api_rating_scores": open_object("final"),
    "api_rating_bundle": open_object("final"),
    "api_keys": entrance(INVITERS, public=False, POST=_answers(302, 404, operator=422, analyst=422)),
    "api_key_end": of_object("api_key", POST_ONLY, post=INVITERS_MAY),
    # --- who may do what ---
    "access": entrance(INVITERS, public=False),
    "invitation_send": entrance(INVITERS, public=False, POST=_answers(302, 404, operator=422, analyst=422)),
    "grant_end": of_object("grant", POST_ONLY, post=INVITERS_MAY),
    "invitation_withdraw": of_object("invitation", POST_ONLY, post=INVITERS_MAY),
    "audit_trail": entrance(_answers(302, 404, operator=200, auditor=200, auditor_of_all=200), public=False),
    # --- letters ---
    "letters_choose": entrance(POST_ONLY, public=False, POST=_answers(302, 302)),
    "digest": of_region(_answers(302, 404, analyst=200), "analyst_digest", post=_answers(302, 404, analyst=302)),
    "digest_twin": of_region(_answers(302, 404, analyst=200), "analyst_digest"),
    "unsubscribe": Rule(
        PUBLIC,
        {"POST": PUBLIC},
        lambda place: [token_of(place.analyst, Kind.ANALYST_DIGEST)],
        ["no-such-token"],
        public=True,
        everyones=True,
    ),
    # the demo's mail box: elsewhere it does not exist
    "mail": entrance(_answers(302, 404), public=False),
    "mail_letter": entrance(_answers(302, 404), public=False, args=("1",)),
    "mail_twin": entrance(_answers(302, 404), public=False, args=("1",)),
    # --- screens of a region ---
    "overview": of_region(WHOLE_REGION),
    "region_desk": of_region(WHOLE_REGION),
    "gaps": of_region(WHOLE_REGION, post=RATER_FORM),
    "gaps_export": of_region(WHOLE_REGION, "csv"),
    "sleeping": of_region(REGION),
    "sleeping_export": of_region(REGION, "csv"),
    "dynamics": of_region(WHOLE_REGION),
    "heat_map": of_region(WHOLE_REGION),
    "growth": of_region(WHOLE_REGION),
    "years": of_region(WHOLE_REGION),
    "unique_audience": of_region(WHOLE_REGION, post=_whole(403, 404, operator=400, analyst=400)),
    "region_posts": of_region(WHOLE_REGION),
    "institution_posts": of_object("institution", OWN_OBJECT),
    "page_posts": of_object("page", OWN_OBJECT),
    "goals": of_region(WHOLE_REGION, post=RATER_FORM),
    "collection_status": of_region(WHOLE_REGION),
    "pages": of_region(REGION),
    "pages_export": of_region(REGION, "csv"),
    "institutions": of_region(REGION),
    "events": of_region(REGION),
    "events_export": of_region(REGION, "csv"),
    "suspects": of_region(WHOLE_REGION),
    "evidence": of_region(REGION),
    "ratings": of_region(REGION),
    "rating_compute": of_region(POST_ONLY, post=_answers(302, 403, over=404, operator=404, analyst=404, official=404)),
    "methodologies": of_region(REGION),
    "methodology_load": of_region(
        POST_ONLY, post=_answers(302, 403, over=404, operator=422, analyst=422, official=422)
    ),
    "registry_import": of_region(KEEPERS, post=_whole(403, 404, operator=422, analyst=422)),
    "registry_import_report": Rule(
        OWN_UPLOAD,
        {"POST": _whole(403, 404, operator=404, analyst=302)},
        lambda place: [place.region.code, place.upload],
        ["RU-NOWHERE", uuid.UUID(int=0)],
    ),
    "registry_export": of_region(WHOLE_REGION, "csv"),
    "registry_changes": of_region(WHOLE_REGION),
    "registry_undo": of_object("change", POST_ONLY, post=_whole(403, 404, operator=302, analyst=302)),
    "institution_new": of_region(KEEPERS, post=KEEPER_FORM),
    "institutions_change": of_region(POST_ONLY, post=_whole(403, 404, operator=302, analyst=302)),
    "pages_change": of_region(POST_ONLY, post=_whole(403, 404, operator=302, analyst=302)),
    "institution_edit": of_object("institution", KEPT_OBJECT, post=KEPT_FORM),
    "institution_archive": of_object("institution", POST_ONLY, post=KEPT_MAY),
    "institution_merge": of_object(
        "institution", KEPT_OBJECT, post=KEPT_OBJECT | {Role.OPERATOR: 409, Role.ANALYST: 409}
    ),
    "page_new": of_object("institution", KEPT_OBJECT, post=KEPT_FORM),
    "page_edit": of_object("page", KEPT_OBJECT, post=KEPT_FORM),
    "page_archive": of_object("page", POST_ONLY, post=KEPT_MAY),
    "page_move": of_object("page", KEPT_OBJECT, post=KEPT_OBJECT | {Role.OPERATOR: 409, Role.ANALYST: 409}),
    # --- one of them ---
    "institution": of_object("institution", OWN_OBJECT),
    "page": of_object("page", OWN_OBJECT),
    "suspect_decide": of_object("suspect", POST_ONLY, post=_whole(403, 404, operator=400, analyst=400)),
    "evidence_explain": of_object(
        "evidence", POST_ONLY, post=_answers(302, 403, over=404, admin=400, other_admin=404, other_curator=404)
    ),
    "evidence_decide": of_object(
        "evidence",
        POST_ONLY,
        post=_answers(302, 403, over=404, operator=400, analyst=400, other_admin=404, other_curator=404),
    ),
    "rating": of_object("rating", REGION),
    "rating_export": of_object("rating", REGION, "csv"),
    "rating_firmness": of_object("rating", WHOLE_REGION),
    "rating_changes": of_object("rating", _answers(302, 404)),  # there is no edition before
    "rating_bundle": of_object("rating", _answers(302, 404)),  # it is not final
    "rating_pass": of_object("rating", POST_ONLY, post=_whole(403, 404, operator=302, analyst=302, official=302)),
    "score": of_object("score", OWN_OBJECT),
    "score_inputs": of_object("score", OWN_OBJECT, "avatar"),
    "score_passport": of_object("score", OWN_OBJECT),
    "methodology": of_methodology(REGION, post=_answers(302, 422, over=404)),
    "methodology_annex": of_methodology(REGION),
    "methodology_data": of_methodology(REGION),
    "methodology_edit": of_methodology(
        _answers(302, 403, over=404, operator=200, analyst=200, official=200),
        post=_answers(302, 403, over=404, operator=422, analyst=422, official=422),
        preview=True,
    ),
    "methodology_rehearsal": of_methodology(WHOLE_REGION),
    # --- awards ---
    "contests": of_region(REGION),
    "contest_open": of_region(RATERS, post=RATER_FORM),
    "contest": of_object("contest", REGION),
    "contest_advance": of_object("contest", POST_ONLY, post=RATERS_MAY),
    "contest_back": of_object("contest", POST_ONLY, post=RATERS_MAY),
    "nomination_add": of_object("contest", POST_ONLY, post=RATERS_MAY),
    "contest_protocol": of_object("contest", WHOLE_REGION),
    "contest_apply": of_object("contest", APPLICANTS, post=_answers(302, 404, **dict.fromkeys(APPLYING, 422))),
    "nomination": of_object("nomination", WHOLE_REGION),
    "nomination_jury": of_object("nomination", RATERS, post=RATER_FORM),
    "nomination_votes": of_object("nomination", RATERS, post=RATER_FORM),
    "award_list_propose": of_object("contest", POST_ONLY, post=RATERS_MAY),
    "award_list": of_object("award_list", WHOLE_REGION),
    "award_list_discard": of_object("award_list", POST_ONLY, post=RATERS_MAY),
    "award_list_confirm": of_object("award_list", POST_ONLY, post=RATERS_MAY),
    "award_list_sign": of_object("award_list", POST_ONLY, post=_whole(403, 404, operator=302, official=302)),
    "award_list_next": of_object("award_list", POST_ONLY, post=RATERS_MAY),
    "award_put_in": of_object("award_list", POST_ONLY, post=RATERS_MAY),
    "award_decide": of_object("award", POST_ONLY, post=RATERS_MAY),
    "quality_marks": of_region(REGION),
    "quality_marks_export": of_region(REGION, "csv"),
    "marks_issue": of_object("contest", POST_ONLY, post=RATERS_MAY),
    "mark_withdraw": of_object(
        "mark",
        POST_ONLY,
        post=_answers(302, 403, over=404, other_curator=404, other_admin=404, operator=302, analyst=302, official=302),
    ),
    "mark_badge": of_object("mark", OWN_OBJECT, "seal", "svg"),
    "badge": Rule(PUBLIC, {}, lambda place: [place.mark.code], ["NOSUCHCODE"], public=True, everyones=True),
    "badge_check": entrance(PUBLIC),
    # --- operations: for machines; whoever may not watch is told that there is nothing ---
    "health_live": entrance(PUBLIC),
    "health_ready": entrance(PUBLIC),
    "metrics_text": entrance(GONE),
    "papers": of_object("award_list", WHOLE_REGION, post=_whole(422, 404)),
    "paper_file": of_object("paper", WHOLE_REGION),
    "award_diploma": of_object("award", WHOLE_REGION),  # the list is not signed: admins see nothing of it yet
    "wording": of_region(RATERS, "diploma", post=RATERS_MAY),
    "wording_reset": of_region(POST_ONLY, "diploma", post=RATERS_MAY),
    "wording_preview": of_region(RATERS, "diploma"),
    # --- forum and training ---
    "forum": of_region(REGION),
    "forum_export": of_region(REGION, "csv"),
    "event_new": of_region(RATERS, post=RATER_FORM),
    "training_figures": of_region(WHOLE_REGION),
    "training_figures_export": of_region(WHOLE_REGION, "csv"),
    "event": of_object("event", REGION),
    "event_edit": of_object("event", RATERS, post=RATER_FORM),
    "event_invite": of_object("event", RATERS),
    "invite_awarded": of_object("event", POST_ONLY, post=RATERS_MAY),
    "invite_admins": of_object("event", POST_ONLY, post=RATERS_MAY),
    "invite_by_hand": of_object("event", POST_ONLY, post=RATER_FORM),
    "invitations_pdf": of_object("event", RATERS),
    "invitations_send": of_object("event", POST_ONLY, post=RATERS_MAY),
    "participants_change": of_object("event", POST_ONLY, post=RATERS_MAY),
    "participants_export": of_object("event", WHOLE_REGION, "csv"),
    "event_door": of_object("event", RATERS, post=RATER_FORM),
    "event_certificates": of_object("event", WHOLE_REGION),
    "event_effect": of_object("event", WHOLE_REGION),
    "certificate": of_object("participant", OWN_OBJECT),
    "ticket": Rule(  # whoever has the code: it says what and where, never who
        PUBLIC, {}, lambda place: [place.participant.code], ["NOSUCHCODE"], public=True, everyones=True
    ),
    # --- coverage and law ---
    "coverage": of_region(WHOLE_REGION),
    "presence": of_region(WHOLE_REGION),
    "presence_export": of_region(WHOLE_REGION, "csv"),
    "compliance": of_region(WHOLE_REGION),
    "compliance_pages": of_region(WHOLE_REGION),
    "compliance_export": of_region(WHOLE_REGION, "csv"),
    "network_moves": of_region(WHOLE_REGION),
    "road_map": of_region(WHOLE_REGION, post=KEEPER_FORM),
    "step_remove": of_object("step", POST_ONLY, post=_whole(403, 404, operator=302, analyst=302)),
    "reminders": of_region(RATERS, post=RATER_FORM),
    # --- press figures ---
    "fact_sheets": of_region(WHOLE_REGION),
    "fact_sheet_new": of_region(RATERS, post=RATER_FORM),
    "fact_sheet": of_object("sheet", WHOLE_REGION),
    "fact_sheet_publish": of_object("sheet", POST_ONLY, post=_whole(403, 404, operator=302, official=302)),
    "fact_sheet_export": of_object("sheet", WHOLE_REGION, "csv"),
    "fact_sheet_docx": of_object("sheet", WHOLE_REGION),
    "press_figure": Rule(UNPUBLISHED, {}, lambda place: [place.figure.code], ["NOCODE"], public=True),
    # --- the desk of an institution's admin ---
    "desks": entrance(_answers(302, 404, admin=200, other_admin=200), public=False),
    "desk": of_object("institution", _answers(302, 404, admin=200)),
    # --- appeals ---
    "appeals": of_region(REGION),
    "appeal_file": of_object("contested", CONTESTING, "avatar", post=CONTESTING | {Role.ADMIN: 422}),
    "appeal_draft": of_object("contested", POST_ONLY, "avatar", post=CONTESTING | {Role.ADMIN: 400}),
    "appeal": of_object("appeal", OWN_OBJECT),
    "appeal_decide": of_object("appeal", POST_ONLY, post=RATER_FORM),
    "appeal_withdraw": of_object("appeal", POST_ONLY, post=CONTESTING | {Role.ADMIN: 302}),
    "appeal_evidence": Rule(OWN_OBJECT, {}, lambda place: [place.appeal.pk, place.appeal.evidence.get().pk], [0, 0]),
    "appeals_recompute": of_object("rating", POST_ONLY, post=RATERS_MAY),
    # --- page admins ---
    "admins": of_region(WHOLE_REGION),
    "admin_card": of_object("person", WHOLE_REGION),
    "consent_give": of_object("person", POST_ONLY, post=KEEPER_FORM),
    "consent_withdraw": of_object("consent", POST_ONLY, post=_whole(403, 404, operator=302, analyst=302)),
    "admin_data": of_object("person", POST_ONLY, post=_whole(403, 404, operator=200, analyst=200)),
    "name_remove": of_object("person", POST_ONLY, post=KEEPER_FORM),
    # --- the installation ---
    "search": entrance(SIGNED_IN, public=False),
    # --- files, views, links ---
    "table_file": of_region(REGION, "pages", "csv"),
    "saved_views": of_region(REGION),
    "view_save": of_region(POST_ONLY, post=_answers(302, 404)),  # an empty form names no screen
    "view_rename": of_object("view", POST_ONLY, post=INVITERS_MAY),
    "view_remove": of_object("view", POST_ONLY, post=INVITERS_MAY),
    "link_make": of_region(POST_ONLY, post=_answers(302, 403, over=404, operator=404, analyst=404)),
    "link_revoke": of_object("link", POST_ONLY, post=INVITERS_MAY),
    "reports": of_region(REGION, post=_answers(302, 403, over=404, operator=422, analyst=422)),
    "report_send": of_object("report", POST_ONLY, post=INVITERS_MAY),
    "report_stop": of_object("report", POST_ONLY, post=INVITERS_MAY),
    "report_tables": of_object("report", INVITERS, "2024-10"),
    "report_paper": of_object("report", INVITERS, "2024-10"),
    "shared_view": Rule(PUBLIC, {}, lambda place: [place.secret], ["no-such-code"], public=True, everyones=True),
    "networks": entrance(OPERATOR, public=False),
    "network_switch": Rule(POST_ONLY, {"POST": OPERATOR_FORM}, lambda _: ["vk"], ["myspace"]),
    "token_return": Rule(POST_ONLY, {"POST": OPERATOR_MAY}, lambda _: [0]),
}
# Django's admin as a whole: it sends all but the operator to its sign-in, which refuses those who are signed in.
ADMIN_PREFIX = "admin/"
ADMIN = _answers(302, 302, operator=200)
