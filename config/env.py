"""Typed readers of the environment. A wrong value stops the start-up with one sentence that names the variable."""

from __future__ import annotations

import ipaddress
import re
import stat
import zoneinfo
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from environ.fileaware_mapping import FileAwareMapping

from crisis.opening_hours import HoursUnreadable, read_hours

BASE_DIR = Path(__file__).resolve().parent.parent


class _Files(FileAwareMapping):  # type: ignore[misc]  # it has no types
    def __getitem__(self, key: str) -> str:
        try:
            return str(super().__getitem__(key))
        except (OSError, UnicodeError):
            message = f"{key}_FILE names a file that cannot be read here."
            raise ImproperlyConfigured(message) from None


class _Env(environ.Env):  # type: ignore[misc]  # as above
    """NAME_FILE=/run/secrets/name works wherever NAME does."""

    ENVIRON = _Files()


env = _Env()

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def data_dir() -> Path:
    """Where everything that must outlive a release is kept: database, secrets. HEARTH_DATA_DIR, default var/."""
    chosen: str = env.str("HEARTH_DATA_DIR", default="var")
    return (BASE_DIR / chosen).resolve()


def secret(variable: str, file: Path) -> str:
    """The value of `variable`, else the content of `file`. There is no default: a guessable key is worse than none.

    Refuses a secret that others on this machine can read.
    """
    if value := str(env.str(variable, default="")).strip():
        if len(value) < 32:
            message = f"{variable} is shorter than 32 characters: run script/setup, which makes one."
            raise ImproperlyConfigured(message)
        return value
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
        value = file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        message = f"{variable} is not set and {file} does not exist: run script/setup, which makes it."
        raise ImproperlyConfigured(message) from None
    if mode & 0o077:
        message = f"{file} can be read by others on this machine: run chmod 600 on it."
        raise ImproperlyConfigured(message)
    if len(value) < 43:  # 32 random bytes in base64url
        message = f"{file} is too short to be a key: remove it and run script/setup, or restore it from your backup."
        raise ImproperlyConfigured(message)
    return value


def whole_number(variable: str, *, default: int, least: int, most: int) -> int:
    text = str(env.str(variable, default=str(default))).strip()
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        message = f"{variable} must be a whole number from {least} to {most}."
        raise ImproperlyConfigured(message)
    return int(text)


def yes_or_no(variable: str, *, default: bool) -> bool:
    text = str(env.str(variable, default=str(default))).strip().lower()
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off", ""}:
        return False
    message = f"{variable} must be yes or no (or 1 or 0)."
    raise ImproperlyConfigured(message)


def name_of_site(variable: str, *, default: str) -> str:
    text = str(env.str(variable, default=default)).strip()
    if not text.isprintable() or not text:
        message = f"{variable} must be a name, in one line: it is the title of every page."
        raise ImproperlyConfigured(message)
    return text


_HOST = re.compile(r"\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]", re.ASCII | re.IGNORECASE)


def host_names(variable: str) -> list[str]:
    """By which names the site is reached. No star: whoever sends a link could let it lead to a host of their own."""
    names = [name.strip() for name in str(env.str(variable, default=",".join(LOOPBACK))).split(",")]
    if not all(map(_HOST.fullmatch, names)):
        message = f"{variable} must be host names alone, with commas between, like forum.example.org."
        raise ImproperlyConfigured(message)
    return names


def exit_url(variable: str, *, default: str) -> str:
    """A page without a query string (safety.md L3): it stays in the history."""
    text = str(env.str(variable, default=default)).strip()
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        message = f"{variable} must be a whole web address without a query, like https://www.bbc.com/weather."
        raise ImproperlyConfigured(message)
    return text


def one_address(variable: str) -> str:
    """An IP address, or nothing."""
    text = str(env.str(variable, default="")).strip()
    try:
        return str(ipaddress.ip_address(text)) if text else ""
    except ValueError:
        message = f"{variable} must be the one IP address of the proxy in front, as this machine sees it."
        raise ImproperlyConfigured(message) from None


def time_zone(variable: str, *, default: str) -> str:
    text = str(env.str(variable, default=default)).strip()
    try:
        return zoneinfo.ZoneInfo(text).key
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        message = f"{variable} must be the name of a time zone, like Europe/Dublin."
        raise ImproperlyConfigured(message) from None


def hours(variable: str) -> str:
    """Hours of a week, as crisis/opening_hours.py reads them, or nothing."""
    text = str(env.str(variable, default="")).strip()
    try:
        if text:
            read_hours(text)
    except HoursUnreadable:
        message = f'{variable} must be hours like "Mo-Fr 18:00-22:00; Sa-Su 10:00-22:00".'
        raise ImproperlyConfigured(message) from None
    return text


def languages(variable: str, *, known: dict[str, str]) -> list[tuple[str, str]]:
    """Some of those there are. The first is spoken to browsers that ask for none of them."""
    codes = [code.strip().lower() for code in str(env.str(variable, default=",".join(known))).split(",")]
    if len(set(codes)) < len(codes) or not set(codes) <= set(known):
        message = f"{variable} must be some of {', '.join(known)}, with commas between, each once."
        raise ImproperlyConfigured(message)
    return [(code, known[code]) for code in codes]


_DATABASES = ("sqlite", "postgres", "postgresql")
_CACHES = ("locmemcache", "rediscache", "redis", "rediss")


def database_url(variable: str, *, default: str) -> dict[str, Any]:
    url = _url_of(variable, default, _DATABASES, "postgres://user:password@host/name")
    database: dict[str, Any] = env.db_url_config(url)
    return database


def cache_url(variable: str, *, default: str) -> dict[str, Any]:
    url = _url_of(variable, default, _CACHES, "rediscache://host:6379/0")
    cache: dict[str, Any] = env.cache_url_config(url)
    return cache


def _url_of(variable: str, default: str, schemes: tuple[str, ...], example: str) -> str:
    url = str(env.str(variable, default=default)).strip()
    if urlsplit(url).scheme not in schemes:
        message = f"{variable} must look like {example}."
        raise ImproperlyConfigured(message)
    return url


def is_loopback(host: str) -> bool:
    return host.strip("[]") in {"localhost", "127.0.0.1", "::1"} or host.startswith("127.")


def names_among(hosts: list[str]) -> list[str]:
    """Without addresses: what a passkey can be made for."""
    bare = [host.strip("[]").lstrip(".") for host in hosts]
    return [host for host in bare if ":" not in host and not host.replace(".", "").isdigit()]
