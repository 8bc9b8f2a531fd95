"""The cache: a convenience that nothing may depend on."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis import RedisError

logger = logging.getLogger(__name__)


class ForgivingRedisCache(RedisCache):
    """Redis, where a lost or full one is a miss: pages are served without it, and people can sign in."""

    def _try(self, do: Callable[..., Any], otherwise: Any, *args: Any, **options: Any) -> Any:
        try:
            return do(*args, **options)
        except RedisError as error:
            logger.warning("The cache is away: %s", type(error).__name__)
            return otherwise

    def add(self, *args: Any, **options: Any) -> bool:
        return self._try(super().add, True, *args, **options)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._try(super().get, default, key, default, version)

    def set(self, *args: Any, **options: Any) -> None:
        self._try(super().set, None, *args, **options)

    def touch(self, *args: Any, **options: Any) -> bool:
        return self._try(super().touch, False, *args, **options)

    def delete(self, *args: Any, **options: Any) -> bool:
        return self._try(super().delete, False, *args, **options)

    def get_many(self, *args: Any, **options: Any) -> dict[str, Any]:
        return self._try(super().get_many, {}, *args, **options)

    def has_key(self, *args: Any, **options: Any) -> bool:
        return self._try(super().has_key, False, *args, **options)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return self._try(super().incr, delta, key, delta, version)

    def set_many(self, data: dict[str, Any], *args: Any, **options: Any) -> list[str]:
        return self._try(super().set_many, list(data), data, *args, **options)

    def delete_many(self, *args: Any, **options: Any) -> None:
        self._try(super().delete_many, None, *args, **options)

    def clear(self) -> bool:
        return self._try(super().clear, False)
