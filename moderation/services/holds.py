"""Holds: what there is about a post is kept until a day, with a sealed copy of its words.

A hold is how a duty to keep meets the right to erase. Whoever wrote it erases it for everybody as ever; the copy lies
under the seal, is on no page, in no export and no search, and opens for two people together alone. Evidence goes
further: the words are taken from everybody at once, and the copy stays for a year.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import sealed_records
from common.days import today
from common.errors import Conflict, Invalid
from forum.queries import every_word_of
from forum.services.visibility import lock_thread, take_out_of_the_world
from moderation import audit
from moderation.models import Hold, HoldKind
from moderation.services.cases import close_case_of
from moderation.services.concerns import forget_signals
from moderation.services.redaction import require_lead
from moderation.services.sealed_minimum import minimum_of

if TYPE_CHECKING:
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
    """By a lead, of what nobody should see again: gone for everybody, its author and the desk included, at once."""
    hold = _place(_new(post, HoldKind.EVIDENCE, actor, reason, today() + EVIDENCE_FOR), {})
    forget_signals(post)
    close_case_of(post, why="evidence")
    take_out_of_the_world(post, actor=actor)
    return hold


@transaction.atomic
def end_hold(hold: Hold, *, actor: User) -> None:
    """Before its day. What was kept for it alone is gone at once, and retention goes on."""
    require_lead(actor)
    if hold.kind == HoldKind.EVIDENCE:
        raise EvidenceStays
    if Hold.objects.filter(pk=hold.pk).delete()[0]:
        sealed_records.forget(HELD, hold.public_id)
        audit.append("hold_ended", moderator=actor, hold=hold.public_id, post=hold.post.public_id)


def hold_of(post: Post) -> Hold | None:
    return Hold.objects.filter(post_id=post.pk, until__gt=today()).first()


def is_anything_held(post: Post) -> bool:
    return hold_of(post) is not None or minimum_of(post) is not None


def held_words(post: Post) -> tuple[str, ...]:
    """What it said, newest first. For two people together (moderation/services/two_people.py). Raises NothingHeld."""
    hold = hold_of(post)
    words = minimum_of(post) if hold is None else sealed_records.read(HELD, hold.public_id)
    if words is None:
        raise NothingHeld
    return tuple(words)


def _place(hold: Hold, fields: dict[str, list[_StrOrPromise]]) -> Hold:
    """`fields`: what is wrong with it already."""
    require_lead(hold.placed_by)
    if not hold.reason:
        fields["reason"] = [_("Say why: the next lead has to understand it.")]
    elif len(hold.reason) > MAX_REASON_CHARS:
        fields["reason"] = [_("Please keep it under 2,000 characters.")]
    if fields:
        raise HoldUnfit(fields=fields)
    lock_thread(hold.post.thread_id)
    words = every_word_of(hold.post)
    if not words:
        raise NothingToHold
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
    return Hold(post=post, kind=kind, reason=reason.strip(), placed_by=actor, placed_on=today(), until=until)
