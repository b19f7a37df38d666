"""Typed readers of the environment. A wrong value stops the start-up with one sentence that names the variable."""

from __future__ import annotations

import stat
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

# FileAwareEnv: NAME_FILE=/run/secrets/name works wherever NAME does.
env = environ.FileAwareEnv()

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def data_dir() -> Path:
    """Where everything that must outlive a release is kept: database, secrets. HEARTH_DATA_DIR, default var/."""
    chosen: str = env.str("HEARTH_DATA_DIR", default="var")
    return (BASE_DIR / chosen).resolve()


def secret(variable: str, file: Path) -> str:
    """The value of `variable`, else the content of `file`. There is no default: a guessable key is worse than none.

    Refuses a secret that others on this machine can read.
    """
    if value := env.str(variable, default=""):
        return str(value).strip()
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


def is_loopback(host: str) -> bool:
    return host.strip("[]") in {"localhost", "127.0.0.1", "::1"} or host.startswith("127.")


def names_among(hosts: list[str]) -> list[str]:
    """Without addresses and the star: what a passkey can be made for."""
    bare = [host.strip("[]").lstrip(".") for host in hosts if host != "*"]
    return [host for host in bare if ":" not in host and not host.replace(".", "").isdigit()]
