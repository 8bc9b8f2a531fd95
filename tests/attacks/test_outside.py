"""A20, A30, A31, A33, A34 against what is open to anybody: the public part and the API."""

import random
import time
from dataclasses import replace
from itertools import product

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from gospub import limits
from monitoring.models import Page, PageDay
from open_data import answers, api
from public.queries import checking
from tests.matrix import signed_in
from tests.permission_world import DAY, Role, World
from tests.platforms.wire import ScriptedServer

from . import outside
from .outside import API, SCREENS, WORDS, listening, paths
from .shared_cache import Answer, Asked, SharedCache, answer_to, mixed
from .test_outward import TARGETS, aimed

FURTHER = [
    "https://vk.com/away.php?to=http://127.0.0.1:{port}/", "http://127.0.0.1.nip.io:{port}/", "http://rebind.example/",
    "http://[fd00::1]:{port}/", "http://10.0.0.1:{port}/", "http://192.168.0.1/", "http://metadata.google.internal/",
    "ftp://127.0.0.1:{port}/", "localhost:{port}", "127.0.0.1:{port}", "file://localhost/etc/passwd", "jar:file:///etc/passwd!/",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _no_limits(settings):
    """Only A33 is about how often one may ask."""
    settings.OPEN_DATA_PER_MINUTE = settings.CHECKS_PER_MINUTE = 0
    caches["public"].clear()


@pytest.fixture
def trap() -> ScriptedServer:
    """A listener that nobody may call."""
    return ScriptedServer(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nsecret-of-the-inside"))


# --- A20 --------------------------------------------------------------------------------------------------------------


def test_a20_an_address_to_be_checked_is_looked_up_and_never_called(here: World, trap):
    with listening() as heard:
        for target, more in product(TARGETS + FURTHER, outside.checks()):
            answer = Client().get(reverse("official_check"), {"q": aimed(target, trap), **more})
            assert answer.status_code == 200, target
            assert b"secret-of-the-inside" not in answer.content
            assert b"root:" not in answer.content
    assert not heard
    assert not trap.requests


def test_a20_no_parameter_of_anybody_makes_a_call(here: World, trap):
    addresses = paths(here, *SCREENS, *API, "badge_check").values()
    with listening() as heard:
        for number, address in enumerate(addresses):
            for target in (TARGETS + FURTHER)[number % 5 :: 5]:
                text = aimed(target, trap)
                headers = {"Referer": "http://127.0.0.1/", "X-Forwarded-Host": "127.0.0.1", "Origin": trap.url}
                assert Client().get(address, dict.fromkeys(WORDS, text), headers=headers).status_code < 500
                for word in ("region", "cursor", "q"):
                    assert Client().get(address, {word: text}).status_code < 500
    assert not heard
    assert not trap.requests


def test_a20_twin_a_check_that_opens_the_address_is_noticed(here: World, trap, monkeypatch):
    def opens(text: str, platform: str | None = None) -> None:
        import urllib.request

        urllib.request.urlopen(text).read()

    monkeypatch.setattr(checking, "parse_address", opens)
    with listening() as heard:
        Client(raise_request_exception=False).get(reverse("official_check"), {"q": f"{trap.url}/x"})
        Client(raise_request_exception=False).get(reverse("official_check"), {"q": "file:///etc/passwd"})
    assert trap.requests
    assert any("socket.connect" in each for each in heard)
    assert any("open" in each and "passwd" in each for each in heard)


# --- A30 --------------------------------------------------------------------------------------------------------------

INSIDE = ("account", "pages", "quality_marks", "rating", "publication", "api_keys", "paper_file", "registry_export")
OPEN = (*SCREENS, "badge", "badge_check", "ticket", "press_figure", *API, "api_missing", "home")
KINDS = ((), (("HX-Request", "true"),), (("Accept", "text/csv"),), (("Authorization", "Bearer gp_nobody"),))
OVER = "analyst whose session is over"


def all_requests(here: World) -> tuple[list[Asked], dict[str, str]]:
    """Every address × who asks × plain, htmx, another form, a key that does not work; and everybody's cookies."""
    cookies = {"nobody": ""}
    for role in (Role.ANALYST, Role.ADMIN, Role.OPERATOR):
        jar = signed_in(here, role).cookies
        cookies[role] = "; ".join(f"{name}={morsel.value}" for name, morsel in sorted(jar.items()))
    place = here.here
    addresses = paths(here, *OPEN, *INSIDE)
    addresses |= {
        "search": reverse("public_pages", args=[place.region.code]) + "?q=a",
        "check": reverse("official_check") + "?q=vk.com/x",
    }
    return [Asked(who, path, kind) for who, path, kind in product(cookies, addresses.values(), KINDS)], cookies


@pytest.fixture
def origin(here: World) -> tuple[dict[Asked, Answer], dict[str, str]]:
    """What the installation answers to each of the requests, and to the analyst's cookies once the session is over."""
    requests, cookies = all_requests(here)
    found = {asked: answer_to(asked, cookies) for asked in requests}
    again = random.Random(11).sample(requests, 150)  # the installation's own cache mixes nothing either
    assert all(answer_to(asked, cookies).content == found[asked].content for asked in again)
    client = signed_in(here, Role.ANALYST)
    client.cookies.load(cookies[Role.ANALYST])
    client.session.flush()
    cookies[OVER] = cookies[Role.ANALYST]
    for asked in requests:
        if asked.who == Role.ANALYST:
            over = replace(asked, who=OVER)
            found[over] = answer_to(over, cookies)
    return found, cookies


def orders(requests: list[Asked], chance: random.Random) -> list[list[Asked]]:
    """1000 orders of requests; each keeps to a few addresses, so that they meet in the cache."""
    by_path: dict[str, list[Asked]] = {}
    for asked in requests:
        by_path.setdefault(asked.path, []).append(asked)
    every = list(by_path.values())
    return [[chance.choice(chance.choice(few)) for _n in range(60)]
            for few in (chance.sample(every, 3) for _n in range(1000))]  # fmt: skip


def without(found: dict[Asked, Answer], name: str) -> dict[Asked, Answer]:
    """The same answers without a header."""
    return {
        asked: replace(answer, headers={key: value for key, value in answer.headers.items() if key != name})
        for asked, answer in found.items()
    }


def test_a30_a_thousand_orders_of_requests_through_a_shared_cache_mix_nothing(origin):
    found, cookies = origin
    requests = orders(list(found), random.Random(7731))
    wrong, hits = mixed(requests, found, cookies)
    assert not wrong
    assert hits > 5000
    # Nothing that the cache may keep sets a cookie; that nothing from inside is kept, OVER shows above.
    cache = SharedCache(found, cookies)
    for asked in found:
        cache.get(asked)
    kept = [answer for rows in cache.kept.values() for _keys, answer in rows]
    assert not [answer for answer in kept if "Set-Cookie" in answer.headers]
    # The twins: without either header the same orders give somebody what is another's, or of another kind.
    assert {asked.who for asked in mixed(requests, without(found, "Cache-Control"), cookies)[0]} >= {OVER}
    assert {asked.headers for asked in mixed(requests, without(found, "Vary"), cookies)[0]} >= {KINDS[0], KINDS[2]}


# --- A31 --------------------------------------------------------------------------------------------------------------

FORGED = {
    "X-Forwarded-Host": "evil.example", "X-Forwarded-Server": "evil.example", "X-Host": "evil.example",
    "Forwarded": "host=evil.example;proto=gopher", "X-Forwarded-Proto": "gopher", "X-Forwarded-Scheme": "http",
    "X-Forwarded-Port": "1337", "X-Forwarded-Prefix": "//evil.example", "X-Original-URL": "/admin/",
    "X-Rewrite-URL": "/admin/", "X-HTTP-Method-Override": "DELETE", "X-HTTP-Method": "POST", "X-Method-Override": "PUT",
    "X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1", "True-Client-IP": "127.0.0.1", "Accept-Language": "en",
    "X-Requested-With": "XMLHttpRequest", "User-Agent": "evil", "Referer": "http://evil.example/",
    "Origin": "http://evil.example", "Content-Type": "text/csv", "Range": "bytes=0-1", "X-Debug": "1",
    "HX-Current-URL": "http://evil.example/", "HX-Target": "main", "HX-Boosted": "true", "Content-Encoding": "gzip",
}  # fmt: skip


def told(address: str, **headers: str) -> tuple:
    response = Client().get(address, headers=headers)
    head = {name: value for name, value in response.items() if name not in ("Content-Security-Policy", "Date")}
    return response.status_code, sorted(head.items()), response.content


def poisoned(addresses: dict[str, str]) -> list[str]:
    """Addresses whose answer is another one by a header that is no part of the key, or after such a request."""
    wrong = []
    for name, address in addresses.items():
        caches["public"].clear()
        plain = told(address)
        caches["public"].clear()
        if told(address, **FORGED) != plain or told(address) != plain:
            wrong.append(name)
    return wrong


def test_a31_no_header_beside_the_key_changes_what_is_open(here: World):
    addresses = paths(here, *SCREENS, *API, "badge")
    assert not poisoned(addresses)
    for name, value in FORGED.items():  # each alone too: one may hide another
        address = addresses["public_region"], addresses["api_pages"]
        assert [told(each, **{name: value}) for each in address] == [told(each) for each in address], name


def test_a31_twin_a_host_that_anybody_may_name_is_noticed(here: World, settings):
    settings.USE_X_FORWARDED_HOST, settings.ALLOWED_HOSTS = True, ["*"]
    assert "public_region" in poisoned(paths(here, *SCREENS))


def test_a31_a_parameter_that_nobody_asked_for_changes_no_screen_and_is_refused_by_the_api(here: World):
    evil = {"utm_source": "<b>evil", "callback": "evil", "lang": "en", "_method": "DELETE", "next": "//evil.example"}
    for name, address in paths(here, *SCREENS).items():
        plain = told(address)
        caches["public"].clear()
        assert Client().get(address, evil).content == plain[2], name
        assert told(address) == plain, name
    for name, address in paths(here, *API).items():
        plain = told(address)
        answer = Client().get(address, evil)
        if name == "api_openapi":  # says the same whatever is asked
            assert answer.content == plain[2]
        else:
            assert (answer.status_code, answer["Cache-Control"]) == (422, "no-store"), name
        assert told(address) == plain, name


def test_a31_twin_an_api_that_passes_over_what_it_does_not_know_is_noticed(here: World, monkeypatch):
    monkeypatch.setattr(answers, "only_known", lambda *_: None)
    assert Client().get(reverse("api_pages"), {"utm_source": "evil"}).status_code == 200


# --- A33 --------------------------------------------------------------------------------------------------------------


def ask(address: str, **headers: str) -> int:
    return Client(REMOTE_ADDR=address).get(reverse("api_regions"), headers=headers).status_code


@pytest.fixture
def _limited(settings, monkeypatch):
    """The limit of the product, in a minute of the clock that does not end."""
    settings.OPEN_DATA_PER_MINUTE, settings.CHECKS_PER_MINUTE = 60, 30
    monkeypatch.setattr(limits.time, "time", lambda: 1_700_000_001.0)


@pytest.mark.usefixtures("_limited")
def test_a33_the_sixty_first_request_of_a_minute_is_put_off_whatever_address_it_claims(here: World):
    def claims(number: int) -> dict[str, str]:
        spoofed = f"198.51.100.{number}"
        return {"X-Forwarded-For": spoofed, "X-Real-IP": spoofed, "Forwarded": f"for={spoofed}"}

    assert [ask("192.0.2.7", **claims(number)) for number in range(61)] == [200] * 60 + [429]
    refused = Client(REMOTE_ADDR="192.0.2.7").get(reverse("api_page", args=[here.here.page.pk]))
    assert refused.status_code == 429  # of all addresses together
    assert 0 < int(refused["Retry-After"]) <= 60
    assert refused["Cache-Control"] == "no-store"
    # Others are answered, those whose address was claimed too.
    assert {ask(address) for address in ("192.0.2.8", "198.51.100.1", "2001:db8::1")} == {200}
    assert (
        Client(REMOTE_ADDR="192.0.2.7").get(reverse("public_region", args=[here.here.region.code])).status_code == 200
    )


@pytest.mark.usefixtures("_limited")
def test_a33_behind_a_proxy_of_ours_the_address_that_it_saw_is_counted(here: World, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    seen = [ask("10.0.0.1", **{"X-Forwarded-For": f"198.51.100.{number}, 192.0.2.7"}) for number in range(61)]
    assert seen == [200] * 60 + [429]
    assert ask("10.0.0.1", **{"X-Forwarded-For": "192.0.2.8"}) == 200


@pytest.mark.usefixtures("_limited")
def test_a33_twin_where_the_claim_is_believed_nobody_is_put_off(here: World, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert {ask("192.0.2.7", **{"X-Forwarded-For": f"198.51.100.{number}"}) for number in range(61)} == {200}


@pytest.mark.usefixtures("_limited")
def test_a33_the_check_of_a_page_is_limited_too(here: World):
    client = Client(REMOTE_ADDR="192.0.2.7")
    found = [client.get(reverse("official_check"), {"q": "vk.com/x"}, headers={"X-Forwarded-For": f"198.51.100.{n}"})
             for n in range(31)]  # fmt: skip
    assert [each.status_code for each in found] == [200] * 30 + [429]
    assert 0 < int(found[-1]["Retry-After"]) <= 60


# --- A34 --------------------------------------------------------------------------------------------------------------

COSTLY = (
    {"page": "1000000000"}, {"page": "9" * 5000}, {"page": "-1"}, {"limit": "1000000000"}, {"limit": "9" * 5000},
    {"cursor": "9" * 18}, {"cursor": "9" * 5000}, {"cursor": "x" * 100_000}, {"cursor": "\x00'\"--"},
    {"cursor": "1e9"}, {"cursor": "٣" * 18}, {"since": "2015-01-01", "until": "2025-01-01"},
    {"since": "0001-01-01", "until": "9999-12-31"}, {"since": "9" * 5000}, {"since": "9999-99-99"},
    {"dimension": "municipality", "since": "2000-01-01", "until": "2100-01-01"}, {"q": "x" * 1_000_000},
    {"q": "%" * 300}, {"group": "9" * 5000}, {"region": "x" * 1_000_000}, {"institution": "9" * 5000},
    {f"q{number}": "1" for number in range(5000)},
)  # fmt: skip
PATIENCE = 1


def asked_at_once(address: str, query: dict[str, str]) -> tuple[int, float]:
    """Status, and the seconds of the best of three tries: a busy machine may slow one."""
    best = float("inf")
    for _number in range(3):
        begun = time.perf_counter()
        status = Client().get(address, query).status_code
        best = min(best, time.perf_counter() - begun)
        if best <= PATIENCE:
            break
    return status, best


def test_a34_costly_requests_to_what_is_open_are_refused_or_answered_within_a_second(here: World):
    for name, address in paths(here, *SCREENS, *API, "badge_check").items():
        for query in COSTLY:
            status, seconds = asked_at_once(address, query)
            what = (name, str(query)[:60])
            assert status in (200, 302, 400, 404, 422), what
            assert seconds <= PATIENCE, (what, seconds)
            if len(query) == 5000 and name != "api_openapi":  # which reads none
                assert status == 400, what


def test_a34_twin_without_the_limit_of_fields_they_are_all_read(here: World, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = None
    assert Client().get(reverse("official_check"), COSTLY[-1]).status_code == 200


@pytest.fixture
def long_watched(here: World) -> Page:
    """Ten years of days."""
    page = here.here.page
    PageDay.objects.filter(page=page).delete()
    first = DAY.toordinal() - 3652
    days = [PageDay(page=page, day=DAY.fromordinal(first + number), subscribers=5) for number in range(3653)]
    PageDay.objects.bulk_create(days)
    return page


SPAN = {"since": "2014-10-26", "until": "2024-10-26"}


def test_a34_of_ten_years_the_last_one_is_given_at_once(long_watched: Page):
    address = reverse("api_page_days", args=[long_watched.pk])
    status, seconds = asked_at_once(address, SPAN)
    assert (status, seconds <= PATIENCE) == (200, True)
    assert len(Client().get(address, SPAN).json()["data"]) == 366


def test_a34_twin_without_the_bound_all_of_them_are_read(long_watched: Page, monkeypatch):
    monkeypatch.setattr(api, "MOST_DAYS", 10**4)
    assert len(Client().get(reverse("api_page_days", args=[long_watched.pk]), SPAN).json()["data"]) == 3653
