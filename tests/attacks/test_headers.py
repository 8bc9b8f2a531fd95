"""A15, A18, A30, A31, A37: what goes with an answer. The golden table is below; nothing else may go along."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.matrix import signed_in
from tests.permission_world import Role, World
from tests.permissions import POST_ONLY, TABLE

from .shared_cache import without_tokens

CSP = (
    "base-uri 'none'; default-src 'self'; form-action 'self'; frame-ancestors 'none'; img-src 'self' data:; "
    "object-src 'none'"
)
HTML = "text/html; charset=utf-8"
ALWAYS = {
    "Content-Language": "ru",
    "Content-Security-Policy": CSP,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Vary": "Cookie, HX-Request",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
PRIVATE = ALWAYS | {"Cache-Control": "private, no-store"}
# Differ at each answer, or are checked by themselves.
VARYING = ("Content-Length", "Content-Disposition", "Expires", "Date", "Location", "HX-Redirect", "HX-Push-Url")

GOLDEN: dict[str, tuple[Role, str, list, dict, int, dict[str, str]]] = {
    # kind of answer: role, address, arguments, headers of the request, status, headers of the answer
    "a screen": (Role.ANALYST, "pages", ["region"], {}, 200, PRIVATE | {"Content-Type": HTML}),
    "a fragment": (Role.ANALYST, "pages", ["region"], {"HX-Request": "true"}, 200, PRIVATE | {"Content-Type": HTML}),
    "an export, CSV": (Role.ANALYST, "pages_export", ["region", "csv"], {}, 200,
                       PRIVATE | {"Content-Type": "text/csv; charset=utf-8"}),
    "a document": (Role.ANALYST, "paper_file", ["paper"], {}, 200,
                   PRIVATE | {"Content-Type": "text/csv"}),
    "evidence": (Role.ADMIN, "appeal_evidence", ["appeal", "evidence"], {}, 200,
                 PRIVATE | {"Content-Type": "application/octet-stream"}),
    "a picture": (Role.ANALYST, "mark_badge", ["mark", "seal", "svg"], {}, 200,
                  PRIVATE | {"Content-Type": "image/svg+xml"}),
    "what there is not": (Role.ANALYST, "page", [0], {}, 404, PRIVATE | {"Content-Type": HTML}),
    "what one may not": (Role.AUDITOR, "registry_import", ["region"], {}, 403, PRIVATE | {"Content-Type": HTML}),
    "the wrong method": (Role.ANALYST, "grant_end", ["grant"], {}, 405,
                         PRIVATE | {"Content-Type": HTML, "Allow": "POST"}),
    "to the sign-in": (Role.ANONYMOUS, "pages", ["region"], {}, 302, ALWAYS | {"Content-Type": HTML}),
    "to the sign-in, htmx": (Role.ANONYMOUS, "pages", ["region"], {"HX-Request": "true"}, 401,
                             ALWAYS | {"Content-Type": HTML}),
    "the sign-in": (Role.ANONYMOUS, "account_login", [], {}, 200,
                    ALWAYS | {"Content-Type": HTML,
                              "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private"}),
    "a quality mark, public": (Role.ANONYMOUS, "badge", ["code"], {}, 200,
                               ALWAYS | {"Content-Type": HTML, "Cache-Control": "public, max-age=300"}),
    "a code that nobody has": (Role.ANONYMOUS, "badge", ["NOSUCHCODE"], {}, 404, ALWAYS | {"Content-Type": HTML}),
    "a ticket, public": (Role.ANONYMOUS, "ticket", ["ticket"], {}, 200,
                         ALWAYS | {"Content-Type": HTML,
                                   "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private"}),
}  # fmt: skip


def args_of(here: World, names: list) -> list:
    place = here.here
    known = {
        "region": place.region.code, "paper": place.paper.pk, "appeal": place.appeal.pk, "mark": place.mark.pk,
        "evidence": place.appeal.evidence.get().pk, "grant": place.grant.pk, "code": place.mark.code,
        "ticket": place.participant.code,
    }  # fmt: skip
    return [known.get(name, name) for name in names]


def policy(response) -> str:
    """The parts of the policy stand in any order."""
    return "; ".join(sorted(response.get("Content-Security-Policy", "").split("; ")))


def head(response) -> dict[str, str]:
    found = {name: value for name, value in response.items() if name not in VARYING}
    found["Content-Security-Policy"] = policy(response)
    if "Vary" in found:
        found["Vary"] = ", ".join(sorted(found["Vary"].split(", ")))
    return found


def answers(here: World) -> Iterator[tuple[str, object, int, dict[str, str]]]:
    for kind, (role, name, names, headers, status, golden) in GOLDEN.items():
        response = signed_in(here, role).get(reverse(name, args=args_of(here, names)), headers=headers)
        yield kind, response, status, golden


def test_a15_headers_are_the_golden_ones(here: World):
    wrong = []
    for kind, response, status, golden in answers(here):
        found = head(response)
        if response.status_code != status or found != golden:
            wrong.append((kind, response.status_code, sorted(found.items() ^ golden.items())))
    assert not wrong


def test_a15_the_policy_lets_nothing_inline_and_nothing_foreign_in():
    assert "unsafe" not in CSP
    assert "http" not in CSP
    assert set(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["default-src"]) == {"'self'"}


def test_a15_a18_every_address_has_the_policy_and_may_not_be_framed(here: World):
    for role in (Role.OPERATOR, Role.ANONYMOUS):
        client = signed_in(here, role)
        for name, rule in TABLE.items():
            if rule.get == POST_ONLY:
                continue
            response = client.get(reverse(name, args=rule.args(here.here)))
            assert policy(response) == CSP, name
            assert response["X-Frame-Options"] == "DENY", name


def test_a15_no_screen_has_a_script_or_a_style_of_its_own(here: World, operator_client: Client):
    """What the policy would refuse is not there in the first place."""
    for name, rule in TABLE.items():
        response = operator_client.get(reverse(name, args=rule.args(here.here))) if rule.get != POST_ONLY else None
        if response is None or response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            continue
        html = response.content.decode()
        if name.endswith("_twin"):  # a letter, shown with the style that mail programs need
            continue
        assert "<style" not in html, name
        assert ' style="' not in html, name
        assert " onclick=" not in html, name


# --- caches -----------------------------------------------------------------------------------------------------------


def test_a30_private_answers_are_kept_nowhere_and_fragments_apart(here: World):
    for role in (Role.ANALYST, Role.ADMIN, Role.OPERATOR):
        client = signed_in(here, role)
        for name, rule in TABLE.items():
            if rule.get == POST_ONLY or rule.public:
                continue
            response = client.get(reverse(name, args=rule.args(here.here)))
            if response.status_code == 200:
                assert "private" in response["Cache-Control"] or "no-store" in response["Cache-Control"], name
            assert {"HX-Request", "Cookie"} <= set(response["Vary"].split(", ")), name


@pytest.mark.parametrize(
    "forged",
    [
        {"X-Forwarded-Host": "evil.example"}, {"X-Forwarded-Proto": "gopher"}, {"Forwarded": "host=evil.example"},
        {"X-Original-URL": "/admin/"}, {"X-Rewrite-URL": "/admin/"}, {"X-Forwarded-Prefix": "//evil.example"},
        {"X-HTTP-Method-Override": "POST"}, {"X-Forwarded-For": "127.0.0.1"}, {"Accept-Language": "en"},
        {"X-Host": "evil.example"}, {"X-Forwarded-Scheme": "http"}, {"X-Wap-Profile": "http://evil.example"},
    ],
)  # fmt: skip
def test_a31_no_header_beside_the_key_changes_a_public_answer(here: World, forged: dict[str, str]):
    place = here.here
    for path in (f"/b/{place.mark.code}/", reverse("ticket", args=[place.participant.code]), reverse("badge_check")):
        plain, changed = Client().get(path), Client().get(path, headers=forged)
        assert plain.status_code == changed.status_code
        assert without_tokens(plain.content) == without_tokens(changed.content)
        assert head(plain) == head(changed)


def test_a31_a_parameter_that_nobody_asked_for_changes_nothing(here: World):
    path = f"/b/{here.here.mark.code}/"
    assert Client().get(path, {"utm_source": "evil", "callback": "evil"}).content == Client().get(path).content


# --- when something breaks --------------------------------------------------------------------------------------------


def test_a37_what_breaks_tells_a_number_and_nothing_else(db, settings, caplog):
    settings.ROOT_URLCONF = "tests.attacks.broken_urls"
    response = Client(raise_request_exception=False).get("/breaks/")
    text = response.content.decode()
    assert response.status_code == 500
    assert policy(response) == CSP
    for leak in (
        "canary",
        "Traceback",
        "RuntimeError",
        "breaks(",
        "tests/attacks",
        "DJANGO",
        "SECRET_KEY",
        "site-packages",
    ):
        assert leak not in text
    number = text.partition("<code>")[2].partition("</code>")[0]
    assert len(number) == 8
    assert number in caplog.text


def test_a37_debugging_is_off_unless_it_is_asked_for():
    assert settings.DEBUG is False
    assert Client().get("/nowhere/", headers={"X-Debug": "1"}).status_code in (302, 404)
