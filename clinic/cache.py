"""A cache that goes on, smaller, when Redis is away."""

import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

PATIENCE_SECONDS = 0.5
REST_SECONDS = 5.0


class SturdyCache(RedisCache):
    """Redis while it answers; else this process's own memory.

    Rate limits then count per process instead of per clinic, which is looser; log-in, booking and signing go on.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = params.setdefault("OPTIONS", {})
        options.setdefault("socket_timeout", PATIENCE_SECONDS)
        options.setdefault("socket_connect_timeout", PATIENCE_SECONDS)
        super().__init__(server, params)
        self.spare = LocMemCache(f"spare:{server}", {})
        self.away_until = 0.0

    def _either(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self.away_until:
            try:
                return getattr(super(), name)(*args, **kwargs)
            except (RedisError, OSError):
                self.away_until = time.monotonic() + REST_SECONDS
        return getattr(self.spare, name)(*args, **kwargs)


def _sturdy(name: str) -> Callable[..., Any]:
    def method(self: SturdyCache, *args: Any, **kwargs: Any) -> Any:
        return self._either(name, *args, **kwargs)

    method.__name__ = name
    return method


for _name in (
    "add",
    "get",
    "set",
    "touch",
    "delete",
    "get_many",
    "has_key",
    "incr",
    "set_many",
    "delete_many",
    "clear",
):
    setattr(SturdyCache, _name, _sturdy(_name))
