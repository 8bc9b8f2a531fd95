"""The web while PostgreSQL or Redis is away, and after it came back."""

import time
from collections.abc import Iterator

import httpx
import psycopg
import pytest

from tests.gospub.web import Web, sign_in, visitor
from tests.services import wait_for

SCREENS = ["", "pages/", "institutions/", "collection/", "events/", "suspects/", "ratings/", "registry/import/"]
ADDRESSES = ["/networks/", "/admin/", *(f"/regions/RU-AMU/{screen}" for screen in SCREENS)]


@pytest.fixture(scope="module")
def web() -> Web:
    return Web()


@pytest.fixture(scope="module")
def url(web: Web) -> Iterator[str]:
    with web.served() as url:
        yield url


@pytest.fixture(scope="module")
def unguarded(web: Web) -> Iterator[str]:
    with web.served("tests.gospub.unguarded_settings") as url:
        yield url


@pytest.fixture
def base_away(web: Web) -> Iterator[None]:
    web.base.stop()
    yield
    web.base.start()


@pytest.fixture
def redis_away(web: Web) -> Iterator[None]:
    web.redis.stop()
    yield
    web.redis.start()


@pytest.fixture
def redis_full(web: Web) -> Iterator[None]:
    """Every write is refused."""
    web.redis.stop()
    web.redis.start("--maxmemory", "1", "--maxmemory-policy", "noeviction")
    yield
    web.redis.stop()
    web.redis.start()


@pytest.fixture
def operator(url: str) -> Iterator[httpx.Client]:
    """Signed in while all was well."""
    with visitor(url) as client:
        assert sign_in(client).status_code == 302
        yield client


def says_so(answer: httpx.Response) -> bool:
    """Whether it is the page that tells of the base, and no more than that."""
    trace = "Traceback" in answer.text or "psycopg" in answer.text
    told = "База данных недоступна" in answer.text and answer.headers.get("Retry-After") == "10"
    return answer.status_code == 503 and told and not trace


class TestBase:
    @pytest.mark.parametrize("address", ["/", "/networks/", "/admin/", "/regions/RU-AMU/pages/"])
    def test_the_page_says_so_and_when_to_come_back(self, operator, base_away, address):
        assert says_so(operator.get(address))

    def test_htmx_is_told_too(self, operator, base_away):
        assert says_so(operator.get("/regions/RU-AMU/pages/", headers={"HX-Request": "true"}))

    def test_a_form_is_told_too(self, url, operator, base_away):
        with visitor(url) as client:
            assert says_so(sign_in(client))

    def test_twin_without_the_guard_it_is_a_fault_like_any_other(self, unguarded, web):
        with visitor(unguarded) as client:
            assert sign_in(client).status_code == 302
            web.base.stop()
            try:
                assert client.get("/").status_code == 500
            finally:
                web.base.start()

    def test_all_is_well_again_by_itself(self, web, operator):
        web.base.stop()
        assert says_so(operator.get("/networks/"))
        web.base.start()
        wait_for(lambda: operator.get("/networks/").status_code == 200, "the web", 10)

    def test_a_base_that_takes_no_more_connections_is_a_base_away(self, web, operator):
        web.base.stop()
        web.base.start(connections=5)
        taken = []
        try:
            with pytest.raises(psycopg.OperationalError):
                while True:
                    taken.append(psycopg.connect(web.base.url))
            start = time.monotonic()
            assert says_so(operator.get("/networks/"))
            assert time.monotonic() - start < 5
        finally:
            for connection in taken:
                connection.close()
            web.base.stop()
            web.base.start()

    def test_a_base_that_does_not_answer_keeps_nobody_waiting(self, web, operator):
        with web.base.frozen():
            start = time.monotonic()
            assert says_so(operator.get("/networks/"))
            assert time.monotonic() - start < 5


class TestRedis:
    @pytest.mark.parametrize("trouble", ["redis_away", "redis_full"])
    def test_people_sign_in_and_read(self, url, request, trouble):
        request.getfixturevalue(trouble)
        with visitor(url) as client:
            assert sign_in(client).status_code == 302
            assert {address: client.get(address).status_code for address in ADDRESSES} == dict.fromkeys(ADDRESSES, 200)

    @pytest.mark.parametrize("trouble", ["redis_away", "redis_full"])
    def test_twin_with_the_usual_cache_nobody_signs_in(self, unguarded, request, trouble):
        request.getfixturevalue(trouble)
        with visitor(unguarded) as client:
            assert sign_in(client).status_code == 500
