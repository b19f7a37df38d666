"""Start-up checks: settings that would make the site unsafe or lie about its limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register

from config.env import LOOPBACK, names_among, whole_number


@register(Tags.security)
def keys_are_apart(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    if settings.SECRET_KEY in settings.SEAL_KEYS:
        return [Error("SECRET_KEY and SEAL_KEY are the same: give each its own.", id="hearth.E001")]
    if any(len(key) < 32 for key in settings.SEAL_KEYS):
        text = "A key in SEAL_KEY is shorter than 32 characters: run script/setup to make one."
        return [Error(text, id="hearth.E002")]
    return []


@register(Tags.security)
def debug_stays_at_home(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    if settings.DEBUG and _is_elsewhere():
        text = "DEBUG shows private text in error pages: switch it off where others can reach the site."
        return [Error(text, id="hearth.E003")]
    return []


@register(Tags.security)
def proxy_and_certificate(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    if bool(settings.TLS_CERT_FILE) != bool(settings.TLS_KEY_FILE):
        return [Error("TLS_CERT and TLS_KEY go together: set both or neither.", id="hearth.E004")]
    return []


@register(Tags.caches)
def limits_are_shared(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    local = settings.CACHES["default"]["BACKEND"].endswith("LocMemCache")
    if local and whole_number("WEB_PROCESSES", default=1, least=1, most=64) > 1:
        return [
            checks.Warning(
                "Each web process counts rate limits for itself: set CACHE_URL to Valkey or Redis, or run one process.",
                id="hearth.W001",
            )
        ]
    return []


@register(Tags.security)
def moderators_need_more_than_a_password(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    if (settings.HTTPS or _is_elsewhere()) and not settings.MODERATORS_NEED_SECOND_FACTOR:
        return [
            checks.Warning(
                "A moderator's password alone opens the desk: leave MODERATORS_NEED_SECOND_FACTOR on where others can "
                "reach the site.",
                id="hearth.W002",
            )
        ]
    return []


@register(Tags.security)
def passkeys_have_a_name(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """A passkey is made for a domain; browsers refuse it elsewhere."""
    names, domain = names_among(settings.ALLOWED_HOSTS), settings.PASSKEY_DOMAIN
    if names and not any(f".{name}".endswith(f".{domain}") for name in names):
        text = "PASSKEY_DOMAIN is none of ALLOWED_HOSTS nor above one of them: no passkey would work."
        return [Error(text, id="hearth.E005")]
    return []


def _is_elsewhere() -> bool:
    return any(host not in (*LOOPBACK, "testserver") for host in settings.ALLOWED_HOSTS)
