"""Sealed records: what the server keeps for one person, so that nobody who copies the database can tell for whom.

A record is a JSON value under a kind ("own-posts") and an owner (an identity, or another name that only the server
knows). It is found by a tag and opened with the seal key; its length is padded. Kinds are declared by the module that
keeps them. A record that becomes empty is removed; one with a day in `forget_on` goes on that day by itself.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from accounts.models import SealedRecord
from common.personal_data import Own
from common.sealing import CannotOpen, is_sealed_anew, seal, tags, unseal

_SEAL = "record"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kind:
    """Declares a kind of record: for docs/privacy.md, for one's own copy, for erasure.

    A kind whose owner is an identity goes with the account, and comes back with it, by itself (accounts/own_data.py).
    `own` tells a value in the words of one's own copy; a kind without it says in `copied` where its content stands.
    """

    name: str
    what: str
    kept: str
    copied: str
    erased: str
    is_of_identity: bool = True
    own: Callable[[Any], Iterable[Own]] | None = None

    def __post_init__(self) -> None:
        if self.name in _kinds:
            message = f"two kinds of sealed records are called {self.name}"
            raise ValueError(message)
        _kinds[self.name] = self


_kinds: dict[str, Kind] = {}


def declared_kinds() -> list[Kind]:
    """Of every module that was imported, by name."""
    return [kind for _name, kind in sorted(_kinds.items())]


def read(kind: Kind, owner: str) -> Any:
    """The value, or None. One query."""
    return read_many(kind, [owner]).get(owner)


def read_many(kind: Kind, owners: Iterable[str]) -> dict[str, Any]:
    """The values that there are. One query, however many owners."""
    return {owner: value for (_kind, owner), value in read_all([(kind, owner) for owner in owners]).items()}


def read_all(names: Iterable[tuple[Kind, str]]) -> dict[tuple[Kind, str], Any]:
    """The values that there are, of several kinds. One query; none where nothing is asked for."""
    lookups = {lookup: (kind, owner) for kind, owner in names for lookup in _lookups(kind.name, owner)}
    if not lookups:
        return {}
    rows = SealedRecord.objects.filter(lookup__in=lookups).values_list("lookup", "content")
    found = {}
    for lookup, content in rows:
        kind, owner = lookups[lookup]
        found[kind, owner] = _opened(content, kind.name, owner)
    return found


@contextmanager
def changing(kind: Kind, owner: str, empty: Callable[[], T], *, forget_on: dt.date | None = None) -> Iterator[T]:
    """The value to be changed in place, locked; written back at the end. Call inside a transaction."""
    row = _locked(kind.name, owner)
    value: T = _opened(row.content, kind.name, owner) if row.content else empty()
    yield value
    if not value:
        row.delete()
        return
    row.content = _sealed(kind.name, owner, value)
    row.forget_on = forget_on
    row.save(update_fields=["content", "forget_on"])


@transaction.atomic
def write(kind: Kind, owner: str, value: Any, *, forget_on: dt.date | None = None) -> None:
    """In the place of whatever was there."""
    row = _locked(kind.name, owner)
    row.content = _sealed(kind.name, owner, value)
    row.forget_on = forget_on
    row.save(update_fields=["content", "forget_on"])


def forget(kind: Kind, owner: str) -> None:
    SealedRecord.objects.filter(lookup__in=_lookups(kind.name, owner)).delete()


def not_sealed_anew() -> Iterator[tuple[int, str, str, Any]]:
    """Row, kind, owner and value of each record that an older key sealed. Constant memory."""
    for pk, content in SealedRecord.objects.values_list("pk", "content").iterator():
        if not is_sealed_anew(_SEAL, content):
            kind, owner, value = json.loads(unseal(_SEAL, content))
            yield pk, kind, owner, value


@transaction.atomic
def seal_anew(pk: int) -> tuple[str, str, Any] | None:
    """Under the newest key, found by its tag: what `not_sealed_anew` told of, as it is now. None if it went."""
    row = SealedRecord.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        return None
    kind, owner, value = json.loads(unseal(_SEAL, row.content))
    row.lookup, row.content = _lookups(kind, owner)[0], _sealed(kind, owner, value)
    row.save(update_fields=["lookup", "content"])
    return kind, owner, value


def _lookups(kind: str, owner: str) -> list[str]:
    return tags("record", kind, owner)


def _sealed(kind: str, owner: str, value: Any) -> bytes:
    return seal(_SEAL, json.dumps([kind, owner, value]).encode())


def _opened(content: bytes | memoryview, kind: str, owner: str) -> Any:
    """Raises CannotOpen also for another's content that was put here."""
    found_kind, found_owner, value = json.loads(unseal(_SEAL, content))
    if (found_kind, found_owner) != (kind, owner):
        raise CannotOpen
    return value


def _locked(kind: str, owner: str) -> SealedRecord:
    lookups = _lookups(kind, owner)
    found = SealedRecord.objects.select_for_update().filter(lookup__in=lookups).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return SealedRecord.objects.create(lookup=lookups[0], content=b"")
    except IntegrityError:  # made by another request a moment ago
        return SealedRecord.objects.select_for_update().get(lookup=lookups[0])
