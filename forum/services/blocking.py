"""Being safe from somebody: a block, and "someone who hurt me may be here" (docs/decisions/0009-blocking.md).

Both work by name, so that nobody learns from what vanishes which names are one person's. Two kinds of sealed records:
what an identity keeps away, and what a name is kept from. Only who carries the name can tell that it is theirs: a
member by their own pseudonym and the sealed list of what they wrote, a guest by what a claim code opened.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import sealed_records
from accounts.identity import Identity, identity_of, identity_of_row, member_number
from common.errors import Conflict, Invalid, SignInNeeded
from common.personal_data import Own
from common.public_id import new_public_id
from forum.authorship import (
    NOTHING_UNSEEN,
    Name,
    Reader,
    Speaker,
    SpeaksAs,
    Unseen,
    member_name,
    name_of,
    pseudonym_name,
    rows_of,
)
from forum.models import Post, Thread
from forum.policies import is_author
from forum.queries import label_of
from forum.services.anonymity import OWN_POSTS, names_of
from forum.services.reactions import take_back_reactions_to

if TYPE_CHECKING:
    from accounts.models import User

# Of an identity: a row for each name it keeps away (`_keep_away`).
BLOCKS = sealed_records.Kind(
    "blocks",
    what="whom you keep away, and under which of your names",
    kept="until you undo it",
    copied="the names as you saw them, and what you hide from each",
    erased="it goes, and they read again what is left of yours",
    own=lambda rows: map(_as_own, rows),
)
# Of a name: [id of such a row, what is hidden] for each identity that keeps it away. What is hidden is everything of an
# identity, or names with a space between.
UNSEEN = sealed_records.Kind(
    "unseen",
    what="what somebody keeps from you, though not who they are",
    kept="until they undo it; of a name that you made nobody's, for good",
    copied="no: that somebody keeps away is theirs",
    erased="it stays as long as they keep away: closing and opening an account is no way round it",
    is_of_identity=False,
)
_EVERYTHING = "everything:"  # before an identity: all its names, those it will still be given too


class BlockingYourself(Conflict):
    code = "blocking-yourself"
    message = _("You wrote this yourself. You can change it, take it back or erase it, but not block yourself.")


class NobodyToBlock(Conflict):
    code = "nobody-to-block"
    message = _("This stands under nobody's name any more, so there is nobody to block.")


class HidingUnknown(Invalid):
    code = "hiding-unknown"
    message = _("Choose what they should no longer see.")


class HiddenFromWhoeverBegan(Conflict):
    code = "hidden-from-whoever-began"
    message = _(
        "You asked that whoever began this conversation sees nothing of you, so nothing of yours can stand in it. What "
        "you typed is still here. You can undo it under “Whom you keep away”."
    )


class Voice(StrEnum):
    """Under which name the blocker is hidden. One, not two: what vanishes together belongs together."""

    HERE = "here"  # their thread pseudonym in this thread if they have one, else as below
    PSEUDONYM = "pseudonym"


class Hidden(StrEnum):
    """What somebody who may have been hurt by the author of a post hides from them."""

    EVERYTHING = "everything"
    PSEUDONYM = "pseudonym"  # of members alone: a guest has none
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Block:
    """A line of somebody's own list. `name` is as it was when they blocked it."""

    id: str
    name: str
    in_one_thread: bool
    hides: str  # "everything", "pseudonym" or "here"
    is_two_sided: bool


@dataclass(frozen=True, slots=True)
class Hiding:
    """What came of "someone who hurt me may be here". `is_whole`: it is what they chose."""

    hidden: Hidden
    is_whole: bool = True


class BlockingIsForMembers(SignInNeeded):
    code = "blocking-is-for-members"
    message = _(
        "Blocking works by the name of an account. Without one you can report a post as somebody who hurt you: then "
        "everything that your six words open is hidden from them at once."
    )


@transaction.atomic
def block_author(post: Post, *, actor: Reader, voice: Voice = Voice.HERE, is_fresh: bool = True) -> None:
    """Neither sees the other's words: the actor nothing under the post's name, whoever carries that nothing under one
    name of the actor's. Twice is once, and the last choice counts; in a visit without a fresh password it adds to what
    was hidden before (`is_fresh`): what came into sight again would say whose it is. What the actor gave to the post's
    name as reactions goes for good.

    An anonymous post of the actor's own that is not opened is blocked like any other: a refusal would tell whoever
    holds the phone whose it is.
    """
    if actor.member is None:
        raise BlockingIsForMembers
    if is_author(actor, post):
        raise BlockingYourself
    if (name := name_of(post)) is None:
        raise NobodyToBlock
    identity = identity_of(actor.member)
    _keep_away(post, name, identity, hides=_voice(post, actor.member, voice), is_two_sided=True, adds=not is_fresh)
    take_back_reactions_to(name, giver=identity)


@transaction.atomic
def hide_from_author(
    post: Post, *, actor: Identity, hides: str, shown: frozenset[int] = frozenset(), is_fresh: bool = True
) -> Hiding:
    """Whoever carries the post's name reads no more of what the actor wrote and will write; the actor reads on. Never
    the other way round, or those who hurt would use it (safety.md J4). Twice is once, and the last choice counts.

    Without a fresh password (`is_fresh`) a member hides their pseudonym and those of their names that the visit shows,
    in addition to what was hidden: somebody may hold the phone, hide everything from himself, and see what has gone.
    """
    number = member_number(actor)
    if hides not in set(Hidden) or (number is None and hides == Hidden.PSEUDONYM):
        raise HidingUnknown(fields={"hides": [HidingUnknown.message]})
    wanted, name = Hidden(hides), name_of(post)
    if wanted is Hidden.NOTHING or name is None:
        return Hiding(Hidden.NOTHING)
    hidden, what = wanted, f"{_EVERYTHING}{actor}"
    if number is not None and (wanted is Hidden.PSEUDONYM or not is_fresh):
        hidden, names = Hidden.PSEUDONYM, {member_name(number)}
        if wanted is Hidden.EVERYTHING:
            names |= {pseudonym_name(row) for row in shown} & names_of(actor)
        what = " ".join(sorted(names))
    _keep_away(post, name, actor, hides=what, is_two_sided=False, adds=not is_fresh)
    return Hiding(hidden, is_whole=hidden is wanted)


def unblock_author(post: Post, *, actor: Reader) -> None:
    """What `block_author` did. That there was nothing to undo is no error."""
    if actor.member is None:
        raise BlockingIsForMembers
    name, identity = name_of(post), identity_of(actor.member)
    for row in sealed_records.read(BLOCKS, identity) or []:
        if row["name"] == name and row["is_two_sided"]:
            unblock(row["id"], actor=identity)


@transaction.atomic
def unblock(block_id: str, *, actor: Identity) -> None:
    """That there was nothing to undo is no error."""
    with sealed_records.changing(BLOCKS, actor, list[Any]) as rows:
        gone = [row for row in rows if row["id"] == block_id]
        rows[:] = [row for row in rows if row["id"] != block_id]
    for row in gone:
        _see_again(row)


def blocks_of(identity: Identity) -> list[Block]:
    """Newest first. The door asks a member for a fresh password first: it says under which names they speak."""
    rows = sealed_records.read(BLOCKS, identity) or []
    return [
        Block(row["id"], row["label"], row["name"].startswith("pseudonym:"), _kind(row["hides"]), row["is_two_sided"])
        for row in reversed(rows)
    ]


@transaction.atomic
def forget_blocks(identity: Identity) -> None:
    """When there is nobody left to keep away from."""
    for row in sealed_records.read(BLOCKS, identity) or []:
        _see_again(row)
    sealed_records.forget(BLOCKS, identity)


@transaction.atomic
def keep_away_again(identity: Identity) -> None:
    """When an account that was sealed is opened again: its own list came back, what hangs from the names did not."""
    for row in sealed_records.read(BLOCKS, identity) or []:
        _see_again(row)
        _hide(row)


@transaction.atomic
def hand_over_blocks(guest: Identity, *, to: Identity) -> None:
    """When an account adopts what a guest wrote: whom it was hidden from, it stays hidden from."""
    rows = sealed_records.read(BLOCKS, guest) or []
    forget_blocks(guest)
    for row in rows:
        if row["hides"] == f"{_EVERYTHING}{guest}":
            row["hides"] = f"{_EVERYTHING}{to}"
        _put(row, to)


@transaction.atomic
def carry_unseen(name: Name, *, to: Identity) -> None:
    """When somebody makes a name nobody's: what was kept from them by it stays kept from them, by another of their
    names: a member's pseudonym, any a guest has left. A guest who has none reads what everybody reads.

    No record says from where it came; so whoever keeps it from them cannot give it back by undoing a block.
    """
    kept = sealed_records.read(UNSEEN, name) or []
    sealed_records.forget(UNSEEN, name)
    left = sorted(names_of(to))  # a pseudonym is the first
    if kept and left:
        with sealed_records.changing(UNSEEN, left[0], list[Any]) as rows:
            rows.extend([new_public_id(), hides] for _id, hides in kept)


def require_not_hidden_from_opening(thread: Thread, actor: Speaker) -> None:
    """Who hides from the name that began a conversation writes nothing in it: everybody would read it but whoever
    began it, who could not even flag it. Raises HiddenFromWhoeverBegan.
    """
    is_new = actor.speaks_as is SpeaksAs.GUEST and actor.guest is None
    if not is_new and hides_from_opening(thread, actor.identity):
        raise HiddenFromWhoeverBegan


def hides_from_opening(thread: Thread, identity: Identity) -> bool:
    """By the name that stands there, and what this identity did to it; never by who is behind it. Also of an own name
    that the visit has not opened, and whatever is hidden: a difference would tell. Mostly one query.
    """
    names = {row["name"] for row in sealed_records.read(BLOCKS, identity) or []}
    return bool(names) and _name_of_opening(thread) in names


def is_hidden_from_opening(post: Post) -> bool:
    """The same of a reply that stands there or is to appear, where nobody says who speaks. At most three queries.

    A member's own name says whose it is. Of an anonymous one: whether it is among those kept from whoever began.
    """
    if post.parent_id is None:
        return False
    if post.author_id is not None:
        return hides_from_opening(post.thread, identity_of_row(post.author_id))
    opening = _name_of_opening(post.thread)
    kept = sealed_records.read(UNSEEN, opening) if opening else None
    return name_of(post) in _names(hidden for _id, hidden in kept or [])


def _name_of_opening(thread: Thread) -> Name | None:
    return name_of(Post.objects.get(thread=thread, parent__isnull=True))


# --- Who is kept from what --------------------------------------------------------------------------------------------


def unseen_by(reader: Reader, *, with_own_blocks: bool = True) -> Unseen:
    """No query for visitors and moderators, two for whom nothing is kept from, a few more otherwise.

    Own names are never kept from oneself by another's record: whether one is, would say that it is theirs. Of one's own
    blocks only those count that the visit shows: an own name that is not opened is blocked like any other.
    """
    if reader.is_visitor or reader.is_moderator:
        return NOTHING_UNSEEN
    own = shown = {pseudonym_name(row) for row in reader.opened}
    asked: list[tuple[sealed_records.Kind, str]] = []
    if reader.member is not None:
        me = identity_of(reader.member)
        own = own | names_of(me)
        asked.append((BLOCKS, me))
    found = sealed_records.read_all([*asked, *((UNSEEN, name) for name in own)])
    hidden = [what for (kind, _owner), rows in found.items() if kind == UNSEEN for _id, what in rows]
    names = _names(hidden) - own
    if with_own_blocks:
        blocks = [row for (kind, _owner), rows in found.items() if kind == BLOCKS for row in rows]
        names |= {Name(row["name"]) for row in blocks if row["is_two_sided"]} - shown
    if not names:
        return NOTHING_UNSEEN
    members, pseudonyms = rows_of(names)
    under_them = Q(author__in=members) | Q(thread_pseudonym__in=pseudonyms)
    threads = Post.objects.filter(under_them, parent__isnull=True).values_list("thread_id", flat=True)
    return Unseen(members, pseudonyms, frozenset(threads))


def _names(hidden: Iterable[str]) -> set[Name]:
    """Everything somebody wrote is found in their own list as it is now, not as it was when they hid it."""
    names: set[Name] = set()
    identities: set[Identity] = set()
    for what in hidden:
        if what.startswith(_EVERYTHING):
            identities.add(Identity(what.removeprefix(_EVERYTHING)))
        else:
            names.update(map(Name, what.split(" ")))
    for entries in sealed_records.items_of_many(OWN_POSTS, identities).values():
        names |= _written_under(entries)
    numbers = [number for identity in identities if (number := member_number(identity)) is not None]
    return names | {member_name(number) for number in numbers}


def _written_under(own_posts: list[Any]) -> set[Name]:
    return {pseudonym_name(pseudonym) for pseudonym, _thread_id, _post_id in own_posts}


# --- Keeping it -------------------------------------------------------------------------------------------------------


def _voice(post: Post, member: User, voice: Voice) -> Name:
    if voice is Voice.HERE:
        for pseudonym, thread_id, _post_id in sealed_records.items(OWN_POSTS, identity_of(member)):
            if thread_id == post.thread.public_id:
                return pseudonym_name(pseudonym)
    return member_name(member.pk)


def _keep_away(
    post: Post, name: Name, identity: Identity, *, hides: str, is_two_sided: bool, adds: bool = False
) -> None:
    row = {"id": new_public_id(), "name": name, "label": label_of(post), "hides": hides, "is_two_sided": is_two_sided}
    _put(row, identity, adds=adds)


def _put(row: dict[str, Any], identity: Identity, *, adds: bool = False) -> None:
    """In the place of one of the same kind about the same name; what that hid stays hidden if this one `adds`."""
    with sealed_records.changing(BLOCKS, identity, list[Any]) as rows:
        same = [old for old in rows if (old["name"], old["is_two_sided"]) == (row["name"], row["is_two_sided"])]
        for old in same if adds else []:
            row["hides"] = _together(row["hides"], old["hides"])
        rows[:] = [*(old for old in rows if old not in same), row]
    for old in same:
        _see_again(old)
    _hide(row)


def _hide(row: dict[str, Any]) -> None:
    with sealed_records.changing(UNSEEN, row["name"], list[Any]) as kept:
        kept.append([row["id"], row["hides"]])


def _see_again(row: dict[str, Any]) -> None:
    with sealed_records.changing(UNSEEN, row["name"], list[Any]) as kept:
        kept[:] = [entry for entry in kept if entry[0] != row["id"]]


def _as_own(row: dict[str, Any]) -> Own:
    what = {
        str(Hidden.EVERYTHING): _("everything you write"),
        str(Voice.PSEUDONYM): _("what you write under your pseudonym"),
        str(Voice.HERE): _("what you write under your name in that conversation"),
    }
    facts = {str(_("Their name")): row["label"], str(_("They do not see")): str(what[_kind(row["hides"])])}
    return Own(str(_("Somebody you keep away")), facts=facts)


def _together(one: str, other: str) -> str:
    whole = [hides for hides in (one, other) if hides.startswith(_EVERYTHING)]
    return whole[0] if whole else " ".join(sorted({*one.split(" "), *other.split(" ")}))


def _kind(hides: str) -> str:
    if hides.startswith(_EVERYTHING):
        return Hidden.EVERYTHING
    return Voice.HERE if hides.startswith("pseudonym:") else Voice.PSEUDONYM
