"""Drafts: what a member keeps for later, one for each place they can write at.

A place is "new", or the id of the post that is answered. Each draft is a sealed record, and one more holds the list of
places: neither says whose it is (accounts/sealed_records.py). A draft is gone thirty days after it was last kept, or
with the sending of its words. Whoever keeps or drops says by its mark which draft they know: nothing that was kept is
replaced unseen.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import sealed_records
from accounts.identity import Identity, identity_of
from common.days import day_words, today
from common.errors import Conflict, Invalid, NotFound, SignInNeeded, Stale
from common.public_id import new_public_id
from forum import queries
from forum.authorship import Reader

# Of "identity|place": the words.
DRAFT = sealed_records.Kind(
    "draft",
    what="words you kept for later",
    kept="thirty days after you kept them last, or until you send them or throw them away",
    copied="yes, every draft",
    erased="they go",
    is_of_identity=False,  # of a place as well: forum/services/own_data.py sees to it
)
# Of an identity: the places that have one.
DRAFTS = sealed_records.Kind(
    "drafts",
    what="where you kept words for later",
    kept="as long as the drafts",
    copied="the drafts themselves are",
    erased="it goes",
    comes_back=False,
)
NEW: Final = "new"

MAX_DRAFTS = 20
MAX_DRAFT_CHARS = 60_000  # three times what fits in a post: too long to send is not too long to keep
KEPT_FOR = dt.timedelta(days=30)


class DraftsFull(Conflict):
    code = "drafts-full"
    message = _("Twenty drafts are kept for you already. Send one or throw one away, then this one can be kept, too.")


class DraftTooLong(Invalid):
    code = "draft-too-long"
    message = _("This is more than can be kept at once. It is still here: please keep a part of it.")


class DraftEmpty(Invalid):
    code = "draft-empty"
    message = _("There are no words here yet to keep.")


class DraftChanged(Stale):
    code = "draft-changed"
    message = _("Other words are kept in this place. Take those up or throw them away first; these are still here.")


class DraftsForMembers(SignInNeeded):
    code = "drafts-for-members"
    message = _("Drafts are kept for people with an account. Please sign in first.")


@dataclass(frozen=True, slots=True)
class Words:
    text: str
    title: str = ""
    speaks_as: str = ""  # a SpeaksAs, or not chosen yet
    category_id: str = ""
    notes: list[str] = field(default_factory=list)  # ids of content notes
    reply_wish: str = ""
    reply_limits: list[str] = field(default_factory=list)
    delay_hours: int = 0
    passage: str = ""  # of what is answered


@dataclass(frozen=True, slots=True)
class Draft:
    """`mark` changes whenever it is kept."""

    place: str
    mark: str
    words: Words
    kept_on: dt.date

    @property
    def when(self) -> str:
        return day_words(self.kept_on)


@transaction.atomic
def keep_draft(place: str, words: Words, *, actor: Reader, mark: str) -> Draft:
    """In the place of the draft that has this mark; "" where none is kept. Raises DraftChanged for any other."""
    _check(words)
    owner = _owner(actor)
    if place != NEW:
        queries.post_for(actor, place)
    draft = Draft(place, new_public_id(), words, today())
    with _places(owner) as places:
        known = draft_at(place, actor=actor)
        if mark != (known.mark if known else ""):
            raise DraftChanged
        if known is None:
            places[:] = list(_there(owner, places))
            if len(places) >= MAX_DRAFTS:
                raise DraftsFull
            places.append(place)
        value = [draft.mark, asdict(words), draft.kept_on.isoformat()]
        sealed_records.write(DRAFT, _named(owner, place), value, forget_on=today() + KEPT_FOR)
    return draft


@transaction.atomic
def drop_draft(place: str, *, actor: Reader, mark: str) -> None:
    """Thrown away. Raises NotFound where none is kept, DraftChanged for another than the one known."""
    owner = _owner(actor)
    with _places(owner) as places:
        if draft_for(place, actor=actor).mark != mark:
            raise DraftChanged
        _forget(owner, place, places)


def forget_sent(place: str, text: str, *, actor: Reader, mark: str = "") -> None:
    """After sending, in the same transaction: the draft that was taken up, or that holds the very words."""
    if actor.member is None:
        return
    owner = _owner(actor)
    with _places(owner) as places:
        known = draft_at(place, actor=actor)
        if known and (known.mark == mark or known.words.text.split() == text.split()):
            _forget(owner, place, places)


def draft_at(place: str, *, actor: Reader) -> Draft | None:
    """None, too, for whoever has no account."""
    if actor.member is None:
        return None
    value = sealed_records.read(DRAFT, _named(_owner(actor), place))
    return _draft(place, value) if value else None


def draft_for(place: str, *, actor: Reader) -> Draft:
    draft = draft_at(place, actor=actor)
    if draft is None:
        raise NotFound
    return draft


def drafts_of(actor: Reader) -> list[Draft]:
    """Newest first. The door asks for a fresh password before."""
    return drafts_by(_owner(actor))


def drafts_by(owner: Identity) -> list[Draft]:
    return [_draft(place, value) for place, value in reversed(kept_by(owner).items())]


def kept_by(owner: Identity) -> dict[str, Any]:
    """As it is sealed, by place: for an account that is sealed as a whole."""
    return _there(owner, _known_places(owner))


@transaction.atomic
def forget_drafts(owner: Identity) -> None:
    for place in _known_places(owner):
        sealed_records.forget(DRAFT, _named(owner, place))
    sealed_records.forget(DRAFTS, owner)


@transaction.atomic
def restore_drafts(owner: Identity, kept: dict[str, Any]) -> None:
    """What `kept_by` told, for another thirty days."""
    for place, value in kept.items():
        sealed_records.write(DRAFT, _named(owner, place), value, forget_on=today() + KEPT_FOR)
    if kept:
        sealed_records.write(DRAFTS, owner, list(kept), forget_on=today() + KEPT_FOR)


def _check(words: Words) -> None:
    if not (words.text.strip() or words.title.strip()):
        raise DraftEmpty(fields={"text": [DraftEmpty.message]})
    if max(len(words.text), len(words.title), len(words.passage)) > MAX_DRAFT_CHARS:
        raise DraftTooLong(fields={"text": [DraftTooLong.message]})


def _owner(actor: Reader) -> Identity:
    if actor.member is None:
        raise DraftsForMembers
    return identity_of(actor.member)


def _named(owner: Identity, place: str) -> str:
    return f"{owner}|{place}"


def _places(owner: Identity) -> Any:
    """The list of places, locked: of two that keep or drop at once, the second sees what the first did."""
    return sealed_records.changing(DRAFTS, owner, list, forget_on=today() + KEPT_FOR)


def _known_places(owner: Identity) -> list[str]:
    return sealed_records.read(DRAFTS, owner) or []


def _there(owner: Identity, places: list[str]) -> dict[str, Any]:
    """In the same order, without those whose day has come."""
    found = sealed_records.read_many(DRAFT, [_named(owner, place) for place in places])
    return {place: found[name] for place in places if (name := _named(owner, place)) in found}


def _forget(owner: Identity, place: str, places: list[str]) -> None:
    sealed_records.forget(DRAFT, _named(owner, place))
    places[:] = [each for each in places if each != place]


def _draft(place: str, value: tuple[str, dict[str, Any], str]) -> Draft:
    mark, words, kept_on = value
    return Draft(place, mark, Words(**words), dt.date.fromisoformat(kept_on))
