"""The cache over a Redis that is there, away, full, and back again."""

from collections.abc import Iterator

import pytest
from django.core.cache.backends.redis import RedisCache
from redis import RedisError

from gospub.cache import ForgivingRedisCache
from tests.services import RedisServer


@pytest.fixture(scope="module")
def server() -> RedisServer:
    server = RedisServer()
    server.start()
    return server


@pytest.fixture
def address(server: RedisServer) -> str:
    return server.url.replace("redis+socket", "unix")


@pytest.fixture
def cache(address: str) -> ForgivingRedisCache:
    cache = ForgivingRedisCache(address, {})
    cache.clear()
    return cache


@pytest.fixture(params=["away", "full"])
def trouble(request, server: RedisServer, cache: ForgivingRedisCache) -> Iterator[None]:
    """Redis is away, or takes nothing more; what it held is lost."""
    cache.set("before", 1)
    server.stop()
    if request.param == "full":
        server.start("--maxmemory", "1", "--maxmemory-policy", "noeviction")
    yield
    server.stop()
    server.start()


class TestThere:
    def test_it_keeps_what_it_is_given(self, cache):
        cache.set_many({"a": "нет данных", "n": 1})
        assert cache.incr("n") == 2
        assert cache.get_many(["a", "n", "none"]) == {"a": "нет данных", "n": 2}

    def test_who_adds_second_is_told(self, cache):
        assert [cache.add("lock", 1), cache.add("lock", 1)] == [True, False]

    def test_to_count_up_what_is_not_there_is_an_error_as_ever(self, cache):
        with pytest.raises(ValueError, match="not found"):
            cache.incr("none")


class TestTrouble:
    def test_reading_is_a_miss(self, cache, trouble):
        assert cache.get("before", "default") == "default"
        assert cache.get_many(["before"]) == {}
        assert "before" not in cache
        assert cache.get_or_set("before", lambda: 7) == 7

    def test_writing_is_no_error(self, cache, trouble):
        cache.set("a", 1)
        assert cache.set_many({"a": 1}) == ["a"]
        cache.delete("a")
        cache.delete_many(["a"])
        cache.touch("a")
        cache.clear()

    def test_a_lock_is_given(self, cache, trouble):
        assert cache.add("lock", 1)

    def test_twin_with_the_usual_cache_writing_is_an_error(self, address, trouble):
        with pytest.raises(RedisError):
            RedisCache(address, {}).set("a", 1)


class TestBack:
    def test_it_keeps_again_what_it_is_given(self, server, cache):
        cache.set("a", 1)
        server.stop()
        assert cache.get("a") is None
        server.start()
        cache.set("a", 2)
        assert cache.get("a") == 2


def test_counting_up_while_redis_is_away_starts_anew(server, cache):
    cache.set("n", 5)
    server.stop()
    try:
        assert cache.incr("n", 3) == 3
    finally:
        server.start()
