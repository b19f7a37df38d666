"""What the team decided about a name: nothing new for a while, or a first look before others read it.

By name, as blocks are (docs/decisions/0015-sanctions.md): nobody learns whose an anonymous name is, the team included.
It meets the person only in the moment in which they speak: the server then reads what stands against any of their
names. A day ends it, or `lift_restriction`; no job does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import sealed_records
from accounts.identity import Identity
from common.days import today
from common.errors import Conflict, NotAllowed
from forum.authorship import Name, Speaker, SpeaksAs, name_of
from forum.services.anonymity import names_of

if TYPE_CHECKING:
    from forum.models import Category, Post

# Of a name: a row for each restriction (`_row`), those that are over among them until another comes.
RESTRICTIONS = sealed_records.Kind(
    "restrictions",
    what="what the team decided that is not written under a name, or waits for a first look, and until when",
    kept="until the day it ends, or the team lifts it",
    copied="no: the team's word about it stands with the post it is about",
    erased="it stays until its day: closing and opening an account is no way round it",
    is_of_identity=False,
)
# Of a restriction's id: the name it stands against. The one way from a decision to a name that may be gone by now.
RESTRICTED = sealed_records.Kind(
    "restricted",
    what="which name such a decision is about",
    kept="as long as the decision holds",
    copied="no: it names nothing but what the decision is about",
    erased="it stays as long as what it belongs to",
    is_of_identity=False,
)
# Of an identity: the same rows without their ids, of names that it made nobody's. Each has an end.
CARRIED = sealed_records.Kind(
    "carried-restrictions",
    what="what goes on from a name that you made nobody's while the team had decided something about it",
    kept="until the day it ends, a year at most",
    copied="no: it says nothing but what you are told when you write",
    erased="it goes, and comes back with an account that was sealed",
)


# Of what goes on from a name that is nobody's. Nobody can lift it: a way to would be a line from the name to a person.
MOST_CARRIED = dt.timedelta(days=365)


class Effect(StrEnum):
    FIRST_LOOK = "first-look"  # what they write waits
    NOTHING_NEW = "nothing-new"  # they write nothing new


class WritingPaused(NotAllowed):
    """The same words whichever of somebody's names it is about: the account may lie in another's hand."""

    code = "writing-paused"
    message = gettext_lazy(
        "The team has asked for a pause: nothing new can be sent for now, under whichever name. What you typed is "
        "still here. You can read on, and change, take back or erase what you wrote. The reason stands with what it "
        "is about, under “What I wrote”: where it is not there yet, it is within a minute. There you can ask for "
        "another look."
    )


class NobodyToRestrict(Conflict):
    code = "nobody-to-restrict"
    message = gettext_lazy("This stands under nobody's name any more, so there is nobody whom it could reach.")


class NobodyToFree(Conflict):
    code = "nobody-to-free"
    message = gettext_lazy(
        "Whoever carried this name has made it nobody's, so there is no way left to reach them. What was decided goes "
        "on for them until its day, and for a year at most."
    )


@dataclass(frozen=True, slots=True)
class Restriction:
    """`category_id`: the public id of the one where it holds, "" for everywhere. `until`: the first day without it."""

    id: str
    effect: Effect
    category_id: str = ""
    until: dt.date | None = None

    @property
    def is_over(self) -> bool:
        return self.until is not None and today() >= self.until

    def holds_in(self, category: Category) -> bool:
        return not self.is_over and self.category_id in {"", category.public_id}


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands against somebody about to write in a category. `on_names`: those of theirs that it names itself."""

    restrictions: tuple[Restriction, ...] = ()
    on_names: frozenset[Name] = frozenset()

    @property
    def waits(self) -> bool:
        return any(each.effect is Effect.FIRST_LOOK for each in self.restrictions)


@transaction.atomic
def restrict_author(post: Post, restriction: Restriction) -> None:
    """Whoever carries the post's name, under all of their names, from their next words on."""
    if (name := name_of(post)) is None:
        raise NobodyToRestrict
    sealed_records.write(RESTRICTED, restriction.id, name, forget_on=restriction.until)
    _keep(name, [*_on(name), restriction])


@transaction.atomic
def lift_restriction(restriction_id: str) -> None:
    """Raises NobodyToFree if the name is nobody's by now, and so does one whose day is over."""
    name = sealed_records.read(RESTRICTED, restriction_id)
    if name is None:
        raise NobodyToFree
    sealed_records.forget(RESTRICTED, restriction_id)
    _keep(name, [each for each in _on(name) if each.id != restriction_id])


def require_may_write(speaker: Speaker, category: Category) -> Standing:
    """Raises WritingPaused. Two queries for most, none for a guest who has written nothing yet."""
    if speaker.speaks_as is SpeaksAs.GUEST and speaker.guest is None:
        return Standing()
    return require_may_act(speaker.identity, category)


def require_may_act(identity: Identity, category: Category) -> Standing:
    """The same for what reaches others without words."""
    standing = _standing(identity, category)
    stops = [each for each in standing.restrictions if each.effect is Effect.NOTHING_NEW]
    if stops:
        raise WritingPaused(_paused(stops))
    return standing


def is_name_restricted(post: Post) -> bool:
    """Whether something stands against the very name of a post, where it stands. One query."""
    name = name_of(post)
    return name is not None and any(each.holds_in(post.thread.category) for each in _on(name))


# --- Names that go to others, or to nobody ----------------------------------------------------------------------------


def carry_restrictions(name: Name, *, to: Identity) -> None:
    """When somebody makes a name nobody's: what stands against it goes on for them, for `MOST_CARRIED` at most, and
    nobody can say from where. The team cannot lift it any more. Inside the transaction that burns the name.
    """
    held = _on(name)
    last = today() + MOST_CARRIED
    carried = [replace(each, id="", until=min(each.until or last, last)) for each in held if not each.is_over]
    _carry(to, [_row(each) for each in carried])
    for each in held:
        sealed_records.forget(RESTRICTED, each.id)
    sealed_records.forget(RESTRICTIONS, name)


def hand_over_restrictions(guest: Identity, *, to: Identity) -> None:
    """When an account adopts what a guest wrote. What stands against the guest's names comes along with the names."""
    rows = sealed_records.read(CARRIED, guest) or []
    forget_restrictions(guest)
    _carry(to, rows)


def forget_restrictions(guest: Identity) -> None:
    """When there is nobody left who could write."""
    sealed_records.forget(CARRIED, guest)


def _carry(to: Identity, rows: list[Any]) -> None:
    if rows:
        kept = [row for row in sealed_records.read(CARRIED, to) or [] if not _read(row).is_over] + rows
        sealed_records.write(CARRIED, to, kept, forget_on=_last_day(map(_read, kept)))


# --- Records ----------------------------------------------------------------------------------------------------------


def _standing(identity: Identity, category: Category) -> Standing:
    names = names_of(identity)
    found = sealed_records.read_all([(CARRIED, identity), *((RESTRICTIONS, name) for name in names)])
    holding: list[Restriction] = []
    on_names: set[Name] = set()
    for (kind, owner), rows in found.items():
        here = [each for each in map(_read, rows) if each.holds_in(category)]
        holding += here
        if here and kind == RESTRICTIONS:
            on_names.add(Name(owner))
    return Standing(tuple(holding), frozenset(on_names))


def _on(name: Name) -> list[Restriction]:
    return [_read(row) for row in sealed_records.read(RESTRICTIONS, name) or []]


def _keep(name: Name, restrictions: Iterable[Restriction]) -> None:
    kept = [each for each in restrictions if not each.is_over]
    with sealed_records.changing(RESTRICTIONS, name, list[Any], forget_on=_last_day(kept)) as rows:
        rows[:] = map(_row, kept)


def _last_day(restrictions: Iterable[Restriction]) -> dt.date | None:
    """None if one of them does not end."""
    days = [each.until for each in restrictions]
    return None if None in days else max((day for day in days if day), default=None)


def _row(restriction: Restriction) -> list[Any]:
    until = restriction.until.isoformat() if restriction.until else None
    return [restriction.id, restriction.effect, restriction.category_id, until]


def _read(row: list[Any]) -> Restriction:
    restriction_id, effect, category_id, until = row
    return Restriction(restriction_id, Effect(effect), category_id, dt.date.fromisoformat(until) if until else None)


def _paused(stops: list[Restriction]) -> str:
    said = str(WritingPaused.message)
    if all(each.until for each in stops):
        day = max(each.until for each in stops if each.until)
        said += " " + _("You can write again from %(day)s on.") % {"day": date_format(day)}
    if all(each.category_id for each in stops):
        said += " " + _("It is about this part of the forum alone.")
    return said
