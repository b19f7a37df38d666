"""Opaque ids: what leaves the server in place of a row's number.

14 characters of 32 kinds are 70 random bits: no order, no time, no count can be read from them (safety.md D1),
and no letter is mistaken for another when an address is read aloud.
"""

from __future__ import annotations

import re
import secrets
from typing import Any, TypeVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.urls.converters import StringConverter

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32
LENGTH = 14
_Set = TypeVar("_Set")  # by these two the types know that a key to a row may be None
_Get = TypeVar("_Get")


def new_public_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


class PublicIdField(models.CharField[str, str]):
    """A random id, unique, never edited."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"max_length": LENGTH, "unique": True, "editable": False, "default": new_public_id}
        super().__init__(*args, **kwargs)


def is_public_id(text: str) -> bool:
    return bool(re.fullmatch(f"[{ALPHABET}]{{{LENGTH}}}", text))


def new_row_key() -> int:
    return secrets.randbits(62)


class RandomKeyField(models.BigIntegerField[_Set, _Get]):
    """A row's number that is drawn instead of counted: rows of one person do not stand beside each other.

    On SQLite it is also where the row lies in the file. PostgreSQL lays rows down as they come; what a dump could
    tell by that is tested (tests/house/test_sealed_authorship.py).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"primary_key": True, "editable": False, "default": new_row_key}
        super().__init__(*args, **kwargs)

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        # SQLite's name for the place of a row.
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)


class PublicIdConverter(StringConverter):
    """`<pid:post_id>` in a URL: anything of another shape is a 404 before a query runs."""

    regex = f"[{ALPHABET}]{{{LENGTH}}}"
