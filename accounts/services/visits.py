"""Where a member is signed in, as far as they may know it themselves: no place, no device, no hour (safety.md A5).

The list is a sealed record of the member: the session's key, an id to name it by, and the day on which it began. A
visit that ended by itself tells nobody; it leaves the list at the next sign-in, and is not shown before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import sealed_records
from accounts.identity import Identity, identity_of, identity_of_row
from accounts.sessions import SessionStore, is_over, row_of
from common.days import day_words, today
from common.errors import NotFound
from common.personal_data import Own
from common.public_id import new_public_id

if TYPE_CHECKING:
    from accounts.models import User

_Entry = list[str]  # key, id, day


def _own(entries: list[_Entry]) -> Iterator[Own]:
    for _key, _id, began in entries:
        yield Own(_("A visit"), dt.date.fromisoformat(began))


VISITS = sealed_records.Kind(
    "visits",
    what="which visits are yours, and the day on which each began",
    kept="until the visit is over and you sign in again",
    copied="the days",
    erased="it goes, and every visit ends",
    comes_back=False,
    own=_own,
)


@dataclass(frozen=True, slots=True)
class Visit:
    id: str
    began_on: dt.date
    is_this: bool

    @property
    def words(self) -> str:
        if self.is_this:
            return _("This visit")
        return _("Another visit, begun %(when)s") % {"when": day_words(self.began_on)}


@transaction.atomic
def begin_visit(member: User, key: str) -> None:
    """`key`, here and below, is the number in the visit's cookie; what is kept of it is its row."""
    row = row_of(key)
    with sealed_records.changing(VISITS, identity_of(member), list[_Entry]) as entries:
        alive = _alive(member, entries)
        entries[:] = [entry for entry in entries if entry[0] in alive and entry[0] != row]
        entries.append([row, new_public_id(), today().isoformat()])


@transaction.atomic
def move_visit(member: int, *, before: str, after: str) -> None:
    """`member` is the row of the account."""
    with sealed_records.changing(VISITS, identity_of_row(member), list[_Entry]) as entries:
        for entry in entries:
            if entry[0] == row_of(before):
                entry[0] = row_of(after)


def visits_of(member: User, *, this: str | None) -> list[Visit]:
    """The one that asks first (`this` is its key), then the newest."""
    own = row_of(this or "")
    entries = sealed_records.read(VISITS, identity_of(member)) or []
    alive = _alive(member, entries)
    visits = [Visit(an_id, dt.date.fromisoformat(day), row == own) for row, an_id, day in entries[::-1] if row in alive]
    return sorted(visits, key=lambda visit: not visit.is_this)


def end_visit(member: User, visit_id: str) -> None:
    """From the next request on its cookie or token opens nothing. Raises NotFound for one that is not the member's."""
    ended = _end(identity_of(member), lambda entry: entry[1] == visit_id)
    if not ended:
        raise NotFound


def end_other_visits(member: User, *, this: str | None) -> None:
    """Every one but the one that asks."""
    _end(identity_of(member), lambda entry: entry[0] != row_of(this or ""))


def end_every_visit(member: User) -> None:
    _end(identity_of(member), lambda _entry: True)


@transaction.atomic
def _end(identity: Identity, is_meant: Callable[[_Entry], bool]) -> int:
    with sealed_records.changing(VISITS, identity, list[_Entry]) as entries:
        ended = [entry[0] for entry in entries if is_meant(entry)]
        entries[:] = [entry for entry in entries if not is_meant(entry)]
    Session.objects.filter(session_key__in=ended).delete()
    return len(ended)


def _alive(member: User, entries: list[_Entry]) -> set[str]:
    """The rows of those that still open something: not over, and begun with the password that is now the member's."""
    rows = Session.objects.filter(session_key__in=[row for row, *_rest in entries], expire_date__gt=timezone.now())
    alive = set()
    for row in rows:
        content = SessionStore().decode(row.session_data)
        is_theirs = content.get(SESSION_KEY) == str(member.pk)
        if is_theirs and content.get(HASH_SESSION_KEY) == member.get_session_auth_hash() and not is_over(content):
            alive.add(row.session_key)
    return alive
