"""Holds: what there is about a post is kept until a day, with a sealed copy of its words.

A hold is how a duty to keep meets the right to erase. Whoever wrote it erases it for everybody as ever; the copy lies
under the seal, is on no page, in no export and no search, and opens for two people together alone. Evidence goes
further: what a decision has hidden is taken from its author and the desk, too, and the copy stays for a year. Both can
be about one post, each with its own day and its own copy; nothing is forgotten before the later.
"""

from __future__ import annotations

import datetime as dt
from itertools import chain
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import sealed_records
from common.days import today
from common.errors import Conflict, Invalid
from forum.queries import every_word_of
from forum.services.visibility import lock_post, take_out_of_the_world
from forum.states import PostState
from forum.text import said
from moderation import audit
from moderation.models import Hold, HoldKind
from moderation.services.cases import close_case_of
from moderation.services.concerns import forget_signals
from moderation.services.roles import require_lead, require_not_ones_own
from moderation.services.sealed_minimum import minimum_of

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrOrPromise

    from accounts.models import User
    from forum.models import Post

MAX_REASON_CHARS = 2_000
EVIDENCE_FOR = dt.timedelta(days=365)
LONGEST = dt.timedelta(days=3 * 365)

# Of a post, by its hold's id: everything it said, when the hold was placed.
HELD = sealed_records.Kind(
    "held",
    what="what a post said when the team had to keep it, for a duty or as evidence",
    kept="until the day that was set, a year for evidence",
    copied="no: it is opened by two people of the team together, and by nobody else",
    erased="it stays until its day, for nobody to read but those two",
    is_of_identity=False,
)

REASON_MISSING = gettext_lazy("Say why: the next lead has to understand it.")


class HoldUnfit(Invalid):
    code = "hold-unfit"


class HeldAlready(Conflict):
    code = "held-already"
    message = gettext_lazy("There is a hold on this already.")


class NothingToHold(Conflict):
    code = "nothing-to-hold"
    message = gettext_lazy("Its words are gone: there is nothing left to keep.")


class NothingHeld(Conflict):
    code = "nothing-held"
    message = gettext_lazy("Nothing is kept of this.")


class NotTakenDown(Conflict):
    code = "not-taken-down"
    message = gettext_lazy(
        "Hide it by a decision first: that takes it from everybody at once, and tells its author why and how to ask "
        "for another look. Some seconds later it can be sealed away."
    )


class EvidenceStays(Conflict):
    code = "evidence-stays"
    message = gettext_lazy("Evidence is kept for its year, and goes by itself.")


@transaction.atomic
def place_hold(post: Post, *, actor: User, reason: str, until: dt.date | None) -> Hold:
    """By a lead. Nothing changes for whoever reads or wrote it."""
    fields: dict[str, list[_StrOrPromise]] = {}
    if until is None or not today() < until <= today() + LONGEST:
        fields["until"] = [_("Choose a day from tomorrow on, within three years.")]
        until = today() + LONGEST
    return _place(_new(post, HoldKind.LEGAL, actor, reason, until), fields)


@transaction.atomic
def seal_evidence(post: Post, *, actor: User, reason: str) -> Hold:
    """By a lead, of what a decision has hidden and nobody should see again: gone for its author and the desk, too.

    There is no way back, so its author has been told why before, and can ask for another look. Raises NotTakenDown.
    """
    hold = _place(_new(post, HoldKind.EVIDENCE, actor, reason, today() + EVIDENCE_FOR), {})
    forget_signals(post)
    close_case_of(post, why="evidence", unless_reported=True)
    take_out_of_the_world(post, actor=actor)
    return hold


@transaction.atomic
def end_hold(hold: Hold, *, actor: User) -> None:
    """Before its day. What was kept for it alone is gone at once, and retention goes on."""
    require_lead(actor)
    require_not_ones_own(hold.post, actor)
    if hold.kind == HoldKind.EVIDENCE:
        raise EvidenceStays
    if Hold.objects.filter(pk=hold.pk).delete()[0]:
        sealed_records.forget(HELD, hold.public_id)
        audit.append("hold_ended", moderator=actor, hold=hold.public_id, post=hold.post.public_id)


def holds_of(post: Post) -> QuerySet[Hold]:
    """The one that ends last before the other."""
    return Hold.objects.filter(post_id=post.pk, until__gt=today()).order_by("-until", "pk")


def hold_of(post: Post) -> Hold | None:
    """The one that ends last: nothing about the post is forgotten before."""
    return holds_of(post).first()


def is_sealed_away(post: Post) -> bool:
    return holds_of(post).filter(kind=HoldKind.EVIDENCE).exists()


def is_anything_held(post: Post) -> bool:
    return hold_of(post) is not None or minimum_of(post) is not None


def held_words(post: Post) -> tuple[str, ...]:
    """What it said, newest first. For two people together (moderation/services/two_people.py). Raises NothingHeld."""
    held = list(holds_of(post).order_by("kind").values_list("public_id", flat=True))  # evidence is the later
    copies = sealed_records.read_many(HELD, held)
    words = list(chain.from_iterable(copies[hold] for hold in held if hold in copies)) or minimum_of(post)
    if words is None:
        raise NothingHeld
    return tuple(dict.fromkeys(words))


def _place(hold: Hold, fields: dict[str, list[_StrOrPromise]]) -> Hold:
    """`fields`: what is wrong with it already."""
    require_lead(hold.placed_by)
    require_not_ones_own(hold.post, hold.placed_by)
    if not hold.reason:
        fields["reason"] = [REASON_MISSING]
    elif len(hold.reason) > MAX_REASON_CHARS:
        fields["reason"] = [_("Please keep it under 2,000 characters.")]
    if fields:
        raise HoldUnfit(fields=fields)
    _thread, post = lock_post(hold.post)
    words = every_word_of(hold.post)
    if not words:
        raise NothingToHold
    if hold.kind == HoldKind.EVIDENCE and (post.state != PostState.HIDDEN or post.word_follows):
        raise NotTakenDown
    try:
        with transaction.atomic():
            hold.save(force_insert=True)
    except IntegrityError:
        raise HeldAlready from None
    sealed_records.write(HELD, hold.public_id, words, forget_on=hold.until)
    audit.append(
        "evidence_sealed" if hold.kind == HoldKind.EVIDENCE else "hold_placed",
        moderator=hold.placed_by,
        hold=hold.public_id,
        post=hold.post.public_id,
        until=hold.until.isoformat(),
    )
    return hold


def _new(post: Post, kind: HoldKind, actor: User, reason: str, until: dt.date) -> Hold:
    return Hold(post=post, kind=kind, reason=said(reason), placed_by=actor, placed_on=today(), until=until)
