"""The shared cache, made to be missed: it holds counters only, and its absence must cost nobody their words."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger("hearth.cache")
T = TypeVar("T")


class SturdyRedisCache(RedisCache):
    """Counts in this process's memory while Valkey or Redis does not answer: limits hold for each process alone."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._here = LocMemCache("while-the-shared-one-is-away", {})

    def _or_here(self, shared: Callable[[], T], here: Callable[[], T]) -> T:
        try:
            return shared()
        except RedisError as error:
            logger.warning("The shared cache does not answer (%s).", type(error).__name__)
            return here()

    def add(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> bool:
        here, shared = self._here.add, super().add
        return self._or_here(lambda: shared(key, value, *args, **kwargs), lambda: here(key, value, *args, **kwargs))

    def get(self, key: Any, *args: Any, **kwargs: Any) -> Any:
        here, shared = self._here.get, super().get
        return self._or_here(lambda: shared(key, *args, **kwargs), lambda: here(key, *args, **kwargs))

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> None:
        here, shared = self._here.set, super().set
        self._or_here(lambda: shared(key, value, *args, **kwargs), lambda: here(key, value, *args, **kwargs))

    def incr(self, key: Any, *args: Any, **kwargs: Any) -> int:
        here, shared = self._here.incr, super().incr
        return self._or_here(lambda: shared(key, *args, **kwargs), lambda: here(key, *args, **kwargs))

    def delete(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        here, shared = self._here.delete, super().delete
        return self._or_here(lambda: shared(key, *args, **kwargs), lambda: here(key, *args, **kwargs))
