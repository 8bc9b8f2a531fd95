"""Settings without what keeps the web up while its base or its Redis is away: for the twins of the tests."""

from gospub.settings import *  # noqa: F403
from gospub.settings import CACHES

ROOT_URLCONF = "tests.gospub.unguarded_urls"
CACHES = {name: each | {"BACKEND": "django.core.cache.backends.redis.RedisCache"} for name, each in CACHES.items()}
