"""A20, A21: making the installation call where somebody wants it to."""

import contextlib
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from monitoring.models import PlatformCode
from monitoring.platforms.access import Access
from monitoring.platforms.base import PageRef, PlatformError
from monitoring.platforms.max import Max
from monitoring.platforms.telegram import Telegram
from monitoring.platforms.transport import Transport
from monitoring.registry.addresses import AddressError, page_url, parse_address
from tests.matrix import signed_in
from tests.permission_world import Role, World
from tests.platforms.wire import ScriptedServer, http
from tests.registry.spreadsheets import plan as plan_of
from tests.registry.spreadsheets import school

TARGETS = [
    "http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://[::1]:{port}/", "http://[::ffff:127.0.0.1]:{port}/",
    "http://2130706433:{port}/", "http://0x7f000001:{port}/", "http://0177.0.0.1:{port}/", "http://127.1:{port}/",
    "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "gopher://127.0.0.1:{port}/_x",
    "https://vk.com@127.0.0.1:{port}/", "https://127.0.0.1:{port}#@vk.com/", "https://vk.com:{port}@127.0.0.1/",
    "https://vk.com.evil.example/x", "https://evil.example/vk.com/x", "//127.0.0.1:{port}/x", "http://vk.com\\@127.0.0.1/",
    "https://vк.com/school", "https://t.me@127.0.0.1:{port}/x", "dict://127.0.0.1:{port}/", "http://0.0.0.0:{port}/",
    "http://127.0.0.1:{port}/\r\nHost: vk.com", "https://vk.com:{port}/x",
]  # fmt: skip
HANDLES = [
    "@127.0.0.1:{port}/x", "..//127.0.0.1:{port}", "//127.0.0.1:{port}/", "x@127.0.0.1:{port}", "x\r\nHost: evil",
    "..%2f..%2f", "?x=http://127.0.0.1:{port}", "#@127.0.0.1:{port}", "\\\\127.0.0.1:{port}",
]  # fmt: skip


@pytest.fixture
def trap() -> ScriptedServer:
    """A listener that nobody may call."""
    return ScriptedServer(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nsecret-of-the-inside"))


def aimed(text: str, trap: ScriptedServer) -> str:
    return text.format(port=urlsplit(trap.url).port)


def test_a20_no_address_of_this_machine_comes_into_the_registry(here: World, trap):
    for target in TARGETS:
        with pytest.raises(AddressError) as refused:
            parse_address(aimed(target, trap))
        assert "secret-of-the-inside" not in str(refused.value)
        assert plan_of(here.here.region, school(1, vk_link=aimed(target, trap))).refused, target
    assert not trap.requests


@pytest.mark.parametrize("handle", HANDLES)
@pytest.mark.parametrize("platform", PlatformCode.values)
def test_a20_a_short_name_never_becomes_a_host(platform: str, handle: str, trap):
    """Whatever stands in the base, the address that people open is the network's own host and a path."""
    address = page_url(platform, aimed(handle, trap))
    assert urlsplit(address).hostname in ("vk.com", "ok.ru", "t.me", "max.ru", "web.max.ru")


@pytest.mark.parametrize("handle", HANDLES)
@pytest.mark.parametrize(("network", "setting"), [(Telegram, "TELEGRAM_WEB_URL"), (Max, "MAX_WEB_URL")])
def test_a20_a_hostile_name_in_the_base_is_asked_of_its_network_or_not_at_all(network, setting, handle, trap, settings):
    """As if somebody had come past the import, by the administration, say."""
    server = ScriptedServer(http(b"nobody", "404 Not Found"))
    settings.NETWORK_URLS = {**settings.NETWORK_URLS, setting: server.url}
    client = network(Access(network.tokens()))
    with contextlib.suppress(PlatformError):
        client.read_pages([PageRef(1, aimed(handle, trap))])
    client.close()
    assert not trap.requests
    assert not [name for head in server.headers for name in head if name == "host" and "evil" in head[name]]


@pytest.mark.parametrize("code", PlatformCode.values)
@pytest.mark.parametrize("status", [b"301 Moved", b"302 Found", b"307 Temporary Redirect", b"308 Permanent Redirect"])
def test_a20_no_redirect_of_a_network_is_followed(trap, code: str, status: bytes):
    lead = b"HTTP/1.1 %s\r\nLocation: %s/inside\r\nContent-Length: 0\r\n\r\n" % (status, trap.url.encode())
    network = ScriptedServer(lambda connection: connection.sendall(lead))
    transport = Transport(code)
    answer = transport.send("GET", f"{network.url}/school")
    with pytest.raises(PlatformError):
        answer.require_ok()
    assert network.requests
    assert not trap.requests


def test_a20_forms_with_addresses_fetch_nothing(here: World, operator_client: Client, trap):
    """An appeal may name a post by its address, a filter may hold one: they are texts."""
    sent = {"text": "Вот запись, которой не хватает в счёте.", "post": f"{trap.url}/x", "key": "0" * 32}
    signed_in(here, Role.ADMIN).post(reverse("appeal_file", args=[here.here.contested.pk, "avatar"]), sent)
    operator_client.get(reverse("pages", args=[here.here.region.code]), {"q": f"{trap.url}/x"})
    assert not trap.requests


def test_a21_what_an_inside_answers_is_told_to_nobody():
    inside = ScriptedServer(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nsecret-of-the-inside"))
    transport = Transport("vk")
    answer = transport.send("GET", f"{inside.url}/x")
    with pytest.raises(PlatformError) as told:
        answer.json()
    assert "secret-of-the-inside" not in f"{told.value!r} {told.value}"
    failing = ScriptedServer(lambda c: c.sendall(b"HTTP/1.1 403 secret-of-the-inside\r\nContent-Length: 0\r\n\r\n"))
    with pytest.raises(PlatformError) as told:
        transport.send("GET", f"{failing.url}/x").require_ok()
    assert "secret-of-the-inside" not in f"{told.value!r} {told.value}"
