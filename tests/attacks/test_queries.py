"""A09, A10, A13, A34, A35: what is put into the address to reach the base, to break an answer, or to make it costly."""

import time
from itertools import islice, product

from django.test import Client
from django.urls import reverse
from selectolax.lexbor import LexborHTMLParser

from tests.matrix import signed_in
from tests.permission_world import Role, World
from tests.permissions import POST_ONLY, TABLE

from .payloads import LOOKUPS, SQL, TAG, XSS

LISTS = ("pages", "institutions", "events", "suspects", "evidence", "admins", "ratings", "appeals", "forum",
         "quality_marks", "fact_sheets", "dynamics", "heat_map", "growth", "years", "presence", "compliance_pages",
         "audit_trail", "rating", "event", "event_invite", "network_moves", "coverage", "overview")  # fmt: skip
PARAMETERS = (
    "q",
    "sort",
    "page",
    "municipality",
    "sector",
    "since",
    "until",
    "period",
    "against",
    "by",
    "level",
    "step",
)
PATIENCE = 4  # seconds; a payload that comes through sleeps for five


def addresses(here: World) -> dict[str, str]:
    return {name: reverse(name, args=TABLE[name].args(here.here)) for name in LISTS}


def total(response) -> int | None:
    """Rows of the list of that answer, where it has one."""
    table = (response.context or {}).get("table") if response.context else None
    return getattr(table, "total", None)


def test_a09_lookups_of_the_base_are_no_filters(here: World, operator_client: Client):
    for name, address in addresses(here).items():
        plain = operator_client.get(address)
        forged = operator_client.get(address, LOOKUPS)
        assert forged.status_code in (plain.status_code, 400), name
        assert total(forged) == total(plain), name


def test_a10_500_payloads_of_sql_break_and_delay_nothing(here: World, operator_client: Client):
    places = list(addresses(here).items())
    requests = product(SQL, PARAMETERS)
    for number, (payload, parameter) in enumerate(islice(requests, 500)):
        name, address = places[number % len(places)]
        begun = time.monotonic()
        response = operator_client.get(address, {parameter: payload})
        assert response.status_code in (200, 302, 400, 404, 422), (name, parameter, payload)
        assert time.monotonic() - begun < PATIENCE, (name, parameter, payload)


def test_a10_payloads_in_forms_break_nothing(here: World, analyst_client: Client):
    for name in ("goals", "road_map", "reminders", "event_new", "contest_open", "fact_sheet_new"):
        address = reverse(name, args=TABLE[name].args(here.here))
        for payload in SQL[::4]:
            fields = ("due", "first", "last", "goal", "title", "target", "kind", "period", "rating", "text")
            assert analyst_client.post(address, dict.fromkeys(fields, payload)).status_code < 500, (name, payload)


def came_through(html: str) -> bool:
    """Whether a payload became an element, an attribute or a script."""
    tree = LexborHTMLParser(html)
    scripts = [each.text() for each in tree.css("script") if "json" not in (each.attributes.get("type") or "")]
    if tree.css_first(TAG) or any(TAG in text for text in scripts):
        return True
    return any(
        TAG in (value or "") and is_run(name, value)
        for node in tree.css("*")
        for name, value in node.attributes.items()
    )


def is_run(name: str, value: str) -> bool:
    """Whether an attribute of that name does something with the payload in it, rather than showing or sending it."""
    if name.startswith(("on", "hx-on")) or name in ("src", "data", "srcdoc"):
        return True
    leads = value.startswith((f"/{TAG}", f"//{TAG}", "javascript:"))
    refreshes = name == "content" and "url=" in value
    return refreshes or (leads and name.endswith(("href", "action", "hx-get", "hx-post")))


def test_a13_what_is_searched_for_comes_back_as_text(here: World, operator_client: Client):
    for name, address in addresses(here).items():
        for payload in XSS[::3] if name not in ("pages", "audit_trail") else XSS:
            response = operator_client.get(address, dict.fromkeys(("q", "sort", "period", "since", "next"), payload))
            assert not came_through(response.content.decode()), (name, payload)


def test_a13_what_is_not_found_or_refused_comes_back_as_text(here: World):
    client = Client(raise_request_exception=False)
    for payload in XSS:
        for answer in (
            client.get(f"/nowhere/{payload.replace('/', '')}/"),
            client.get(reverse("badge_check"), {"code": payload}, follow=True),
            client.get(reverse("account_login"), {"next": payload}),
            client.post(reverse("account_login"), {"login": payload, "password": payload}),
            client.post(reverse("account_reset_password"), {"email": payload}),
        ):
            assert not came_through(answer.content.decode()), payload


def test_a34_a_page_far_beyond_the_last_is_answered_at_once(here: World, operator_client: Client):
    for name, address in addresses(here).items():
        for page in ("1000000000", "9" * 5000, "-1"):
            begun = time.monotonic()
            assert operator_client.get(address, {"page": page}).status_code in (200, 400, 404), name
            assert time.monotonic() - begun < PATIENCE, name


def test_a34_a_megabyte_in_the_address_is_answered_at_once(here: World, operator_client: Client):
    for name, address in addresses(here).items():
        for parameter in ("q", "municipality", "period"):
            begun = time.monotonic()
            answer = operator_client.get(address, {parameter: "x" * 1_000_000})
            assert answer.status_code in (200, 302, 400, 404), name
            assert time.monotonic() - begun < PATIENCE, name


def test_a34_5000_filters_are_refused(here: World, operator_client: Client):
    query = "&".join(f"q{number}=1" for number in range(5000))
    assert operator_client.get(f"{addresses(here)['pages']}?{query}").status_code == 400


def test_a34_ten_years_and_nonsense_periods_are_answered_at_once(here: World, operator_client: Client):
    spans = ({"since": "2015-01-01", "until": "2025-01-01"}, {"since": "0001-01-01", "until": "9999-12-31"},
             {"period": "0001"}, {"period": "9999-W53"}, {"year": "99999"}, {"day": "9999-12-31"})  # fmt: skip
    for name, address in addresses(here).items():
        for span in spans:
            begun = time.monotonic()
            assert operator_client.get(address, span).status_code in (200, 302, 400, 404), (name, span)
            assert time.monotonic() - begun < PATIENCE, (name, span)


COSTLY = ("a" * 200, "(" * 200, "\\" * 200, "е" * 200, ".*" * 100, "(a+)+$" * 30, "а " * 100)


def test_a35_a_search_is_no_regular_expression_of_the_one_who_asks(here: World, operator_client: Client):
    for name, text in product(("pages", "institutions", "events", "admins"), COSTLY):
        address = addresses(here)[name]
        operator_client.get(address)
        begun = time.monotonic()
        assert operator_client.get(address, {"q": text}).status_code == 200
        assert time.monotonic() - begun < 1, name  # 0.2 s on a quiet machine


def test_a09_no_address_breaks_on_what_is_no_value(here: World):
    """Every address with a reading takes nonsense for all that it may be asked."""
    client = signed_in(here, Role.OPERATOR)
    nonsense = dict.fromkeys((*PARAMETERS, "ogrn", "item", "rating", "code"), "\x00'\"<x>99999999999999999999")
    for name, rule in TABLE.items():
        if rule.get != POST_ONLY:
            assert client.get(reverse(name, args=rule.args(here.here)), nonsense).status_code < 500, name
