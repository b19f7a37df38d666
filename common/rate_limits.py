"""How often one network or one person may do a thing, without knowing who it is (safety.md S1, threats.md 1.4).

A counter lives in the cache, in memory only, under HMAC(key of the day, scope, who). The key is random, made
on the first need of a day, kept in the same memory and gone with it: yesterday's counters say nothing about anybody.
Counting is one atomic `incr`, so that 40 requests at once do not pass a limit of 10.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from common.errors import TooMany


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `quota` in a window of `window` seconds, counted per `name`."""

    name: str
    quota: int
    window: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What the headers RateLimit and RateLimit-Policy say (draft-ietf-httpapi-ratelimit-headers)."""

    limit: Limit
    remaining: int
    reset: int

    def headers(self) -> dict[str, str]:
        name = self.limit.name
        return {
            "RateLimit-Policy": f'"{name}";q={self.limit.quota};w={self.limit.window}',
            "RateLimit": f'"{name}";r={self.remaining};t={self.reset}',
        }


def count(limit: Limit, who: str) -> Standing:
    """Counts one. Raises TooMany past the quota. Two round trips to the cache."""
    key, reset = _counter(limit, who)
    cache.add(key, 0, timeout=limit.window + 1)
    try:
        used = cache.incr(key)
    except ValueError:  # the window closed between the two calls
        used = 1
    if used > limit.quota:
        raise TooMany(reset)
    return Standing(limit, limit.quota - used, reset)


def give_back(limit: Limit, who: str) -> None:
    """Takes back what `count` counted a moment ago, for what turned out not to need counting."""
    with suppress(ValueError):  # the window closed, and the counter with it
        cache.decr(_counter(limit, who)[0])


def is_used_up(limit: Limit, who: str) -> bool:
    """Whether `count` would raise now. Counts nothing."""
    used: int = cache.get(_counter(limit, who)[0], 0)
    return used >= limit.quota


def _counter(limit: Limit, who: str) -> tuple[str, int]:
    """Its key in the cache, and the seconds until it starts again."""
    now = int(timezone.now().timestamp())
    window = now // limit.window
    return f"limit:{limit.name}:{window}:{_pseudonym(limit.name, who)}", (window + 1) * limit.window - now


def network_of(request: HttpRequest) -> str:
    """The network a request comes from, IPv6 cut to /64, for counting alone: never store, log or show it.

    Only a proxy named in TRUSTED_PROXY is believed, and only the hop it added.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXY and address in {settings.TRUSTED_PROXY, ""}:
        address = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network(f"{parsed}/64", strict=False).network_address)
    return str(parsed)


def pseudonymous_address(request: HttpRequest) -> str:
    """Something of an address's shape for libraries that insist on one; other tomorrow, and no way back."""
    digest = bytes.fromhex(_pseudonym("address", network_of(request)))
    return str(ipaddress.IPv6Address(b"\xfd" + digest[:7] + bytes(8)))


def _pseudonym(scope: str, who: str) -> str:
    day_key = cache.get_or_set(f"limit-key:{timezone.now():%j}", lambda: secrets.token_bytes(32), timeout=86_400)
    return hmac.new(day_key or b"", f"{scope}\0{who}".encode(), hashlib.sha256).hexdigest()[:32]
