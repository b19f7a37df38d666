"""Opaque ids: what leaves the server in place of a row's number.

14 characters of 32 kinds are 70 random bits: no order, no time, no count can be read from them (safety.md D1),
and no letter is mistaken for another when an address is read aloud.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.urls.converters import StringConverter

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32
LENGTH = 14


def new_public_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


class PublicIdField(models.CharField[str, str]):
    """A random id, unique, never edited."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"max_length": LENGTH, "unique": True, "editable": False, "default": new_public_id}
        super().__init__(*args, **kwargs)


class PublicIdConverter(StringConverter):
    """`<pid:post_id>` in a URL: anything of another shape is a 404 before a query runs."""

    regex = f"[{ALPHABET}]{{{LENGTH}}}"
