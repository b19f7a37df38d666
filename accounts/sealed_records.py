"""Sealed records: what the server keeps for one person, so that nobody who copies the database can tell for whom.

A record is a JSON value under a kind ("drafts") and an owner (an identity, or another name that only the server
knows). It is found by a tag and opened with the seal key; its length is padded to a power of two. Kinds are declared
by the module that keeps them. A record that becomes empty is removed; one with a day in `forget_on` goes then.

What grows with every post is a list instead: each item is a row of its own, found by a tag of its place. No row of it
is ever written twice, and all are equally long. So neither their lengths nor two copies of the database, a day apart,
say how much one person wrote or what; a single row that grows would.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from django.db import IntegrityError, transaction

from accounts.identity import Identity
from accounts.models import SealedRecord
from accounts.turning import Turned, turn_rows
from common.personal_data import Own
from common.sealing import CannotOpen, is_sealed_anew, seal, tag, tags, unseal

_SEAL = "record"
_LEAST = 512  # bytes
_BATCH = 500
_PLACES = 32, 512  # looked up at once: first, and at most
T = TypeVar("T")


class _Content(NamedTuple):
    kind: str
    owner: str
    value: Any
    place: int | None  # in a list


# --- Kinds ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kind:
    """Declares a kind of record: for docs/privacy.md, for one's own copy, for erasure.

    A kind whose owner is an identity goes with the account by itself, and comes back with it if that was sealed and
    `comes_back` (accounts/services/own_data.py). `own` tells its value, or the list of its items, in the words of one's
    own copy; a kind without it says in `copied` where its content stands.
    """

    name: str
    what: str
    kept: str
    copied: str
    erased: str
    is_of_identity: bool = True
    is_list: bool = False
    comes_back: bool = True
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


# --- One value --------------------------------------------------------------------------------------------------------


def read(kind: Kind, owner: str) -> Any:
    """The value, or None. One query."""
    return read_many(kind, [owner]).get(owner)


def read_many(kind: Kind, owners: Iterable[str]) -> dict[str, Any]:
    """The values that there are. One query, however many owners."""
    return {owner: value for (_kind, owner), value in read_all([(kind, owner) for owner in owners]).items()}


def read_all(names: Iterable[tuple[Kind, str]]) -> dict[tuple[Kind, str], Any]:
    """The values that there are, of several kinds. One query; none where nothing is asked for."""
    lookups = {lookup: name for name in names for lookup in _lookups(*name)}
    if not lookups:
        return {}
    rows = SealedRecord.objects.filter(lookup__in=lookups).values_list("lookup", "content")
    return {lookups[lookup]: _opened(content, *lookups[lookup]).value for lookup, content in rows}


@contextmanager
def changing(kind: Kind, owner: str, empty: Callable[[], T], *, forget_on: dt.date | None = None) -> Iterator[T]:
    """The value to be changed in place, locked; written back at the end. Call inside a transaction."""
    row = _locked(kind, owner)
    value: T = _opened(row.content, kind, owner).value if row.content else empty()
    yield value
    if not value:
        row.delete()
        return
    _save(row, _Content(kind.name, owner, value, None), forget_on)


@transaction.atomic
def write(kind: Kind, owner: str, value: Any, *, forget_on: dt.date | None = None) -> None:
    """In the place of whatever was there."""
    _save(_locked(kind, owner), _Content(kind.name, owner, value, None), forget_on)


def forget(kind: Kind, owner: str) -> None:
    """The value, or every item of the list."""
    SealedRecord.objects.filter(lookup__in=_lookups(kind, owner)).delete()
    SealedRecord.objects.filter(pk__in=[pk for pk, _content in _places(kind, owner)]).delete()


# --- A list -----------------------------------------------------------------------------------------------------------


def items(kind: Kind, owner: str) -> list[Any]:
    """In the order they came. One query for the first thirty, and few for thousands."""
    return items_of_many(kind, [owner])[owner]


def items_of_many(kind: Kind, owners: Iterable[str]) -> dict[str, list[Any]]:
    """The list of each. As many queries as the longest of them alone."""
    found = _places_of_many(kind, owners)
    return {
        owner: [content.value for _pk, content in rows if content.value is not None] for owner, rows in found.items()
    }


@transaction.atomic
def add_item(kind: Kind, owner: str, item: Any) -> None:
    """Two at once get two places."""
    place = len(_places(kind, owner))
    while not _is_put(_Content(kind.name, owner, item, place)):
        place += 1


@transaction.atomic
def drop_items(kind: Kind, owner: str, is_dropped: Callable[[Any], bool]) -> None:
    """An empty row stays in the place of each, so that the list's end is found."""
    for pk, content in _places(kind, owner):
        if content.value is not None and is_dropped(content.value):
            SealedRecord.objects.filter(pk=pk).update(content=_sealed(content._replace(value=None)))


def _is_put(content: _Content) -> bool:
    try:
        with transaction.atomic():
            SealedRecord.objects.create(lookup=_lookup(content), content=_sealed(content))
    except IntegrityError:  # another request took the place a moment ago
        return False
    return True


def _places(kind: Kind, owner: str) -> list[tuple[int, _Content]]:
    """Row and content of every place, the empty ones too."""
    return _places_of_many(kind, [owner])[owner]


def _places_of_many(kind: Kind, owners: Iterable[str]) -> dict[str, list[tuple[int, _Content]]]:
    found: dict[str, list[tuple[int, _Content]]] = {owner: [] for owner in owners}
    going_on = list(found)
    start, (size, most) = 0, _PLACES
    while going_on:
        lookups = {
            lookup: owner
            for owner in going_on
            for place in range(start, start + size)
            for lookup in _lookups(kind, owner, place)
        }
        rows = SealedRecord.objects.filter(lookup__in=lookups).values_list("pk", "lookup", "content")
        for pk, lookup, content in rows:
            found[lookups[lookup]].append((pk, _opened(content, kind, lookups[lookup])))
        start, size = start + size, min(size * 2, most)
        going_on = [owner for owner in going_on if len(found[owner]) >= start]
    for places in found.values():
        places.sort(key=lambda row: row[1].place or 0)
    return found


def owner_of_item(kind: Kind, is_it: Callable[[Any], bool]) -> Identity | None:
    """Whose list of this kind holds such an item. Opens every record there is, batch for batch."""
    rows = SealedRecord.objects.order_by("pk")
    batch = list(rows[:_BATCH])
    while batch:
        for row in batch:
            content = _unsealed(row.content)
            if content.kind == kind.name and content.value is not None and is_it(content.value):
                return Identity(content.owner)
        batch = list(rows.filter(pk__gt=batch[-1].pk)[:_BATCH])
    return None


def kind_of(row: SealedRecord) -> str:
    """The name of its kind. Needs the seal key, as everything here does."""
    return _unsealed(row.content).kind


# --- Another key ------------------------------------------------------------------------------------------------------


def seal_records_anew(also: Mapping[Kind, Callable[[str, Any], None]]) -> Turned:
    """Under the newest key, found by its tag. `also`, for a kind: what else hangs from a value, given its owner and it.

    The lookup is made again as well: what a value names elsewhere must be tagged before its old key is forgotten.
    """
    of_kind = {kind.name: hangs for kind, hangs in also.items()}

    def turn(row: SealedRecord) -> list[str]:
        content = _unsealed(row.content)
        if content.kind in of_kind and content.value is not None:
            of_kind[content.kind](content.owner, content.value)
        while content.place is not None and _is_taken(row, content):  # two servers, each with another key first
            content = content._replace(place=content.place + 1)
        row.lookup, row.content = _lookup(content), _sealed(content)
        return ["lookup", "content"]

    return turn_rows(SealedRecord.objects.all(), is_turned=lambda row: is_sealed_anew(_SEAL, row.content), turn=turn)


def _is_taken(row: SealedRecord, content: _Content) -> bool:
    return SealedRecord.objects.filter(lookup=_lookup(content)).exclude(pk=row.pk).exists()


# --- Rows -------------------------------------------------------------------------------------------------------------


def _lookups(kind: Kind, owner: str, place: int | None = None) -> list[str]:
    return tags("record", kind.name, owner, *([] if place is None else [str(place)]))


def _lookup(content: _Content) -> str:
    """Under the newest key."""
    return tag("record", content.kind, content.owner, *([] if content.place is None else [str(content.place)]))


def _sealed(content: _Content) -> bytes:
    """Spaces at the end of JSON mean nothing. One byte less: `seal` marks the end with it."""
    text = json.dumps(content)
    size = max(_LEAST, 1 << len(text).bit_length())
    return seal(_SEAL, text.ljust(size - 1).encode())


def _unsealed(content: bytes | memoryview) -> _Content:
    return _Content(*json.loads(unseal(_SEAL, content)))


def _opened(content: bytes | memoryview, kind: Kind, owner: str) -> _Content:
    """Raises CannotOpen also for another's content that was put here."""
    found = _unsealed(content)
    if (found.kind, found.owner) != (kind.name, owner):
        raise CannotOpen
    return found


def _save(row: SealedRecord, content: _Content, forget_on: dt.date | None) -> None:
    """Its lookup too: what is sealed by the newest key is found by the newest tag."""
    row.lookup, row.content, row.forget_on = _lookup(content), _sealed(content), forget_on
    row.save(update_fields=["lookup", "content", "forget_on"])


def _locked(kind: Kind, owner: str) -> SealedRecord:
    lookups = _lookups(kind, owner)
    found = SealedRecord.objects.select_for_update().filter(lookup__in=lookups).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return SealedRecord.objects.create(lookup=lookups[0], content=b"")
    except IntegrityError:  # made by another request a moment ago
        return SealedRecord.objects.select_for_update().get(lookup=lookups[0])
