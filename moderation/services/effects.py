"""What a decision does beside its action: reach out, look again, lock a branch, move a conversation.

Each in the decision's own transaction, kept as a row, and undone with it. Reaching out and looking again are care: they
put nothing on anybody's name, and nothing counts them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.days import today
from common.errors import Invalid
from crisis.queries import countries
from forum.queries import category_with
from forum.services.arranging import move_thread
from forum.services.branches import lock_branch, unlock_branch
from forum.services.visibility import ANYWHERE, offer_help
from moderation import audit
from moderation.models import Audience, Case, Decision, DecisionEffect, EffectKind, FollowUp
from moderation.services.canned import Use, text_of
from moderation.services.cases import open_case, require_moderator
from moderation.services.notes import add_note

if TYPE_CHECKING:
    from accounts.models import User
    from forum.models import Post

FURTHEST_FOLLOW_UP = dt.timedelta(days=90)
FOLLOW_UP = "follow_up"


class EffectUnfit(Invalid):
    code = "effect-unfit"


@dataclass(frozen=True, slots=True)
class Also:
    """`reach_out`: a country's code, or ANYWHERE; "" not at all. `move_to`: a category's public id. `follow_up`: the
    day, with a note for whoever looks then.
    """

    reach_out: str = ""
    follow_up: dt.date | None = None
    follow_up_note: str = ""
    lock_branch: bool = False
    move_to: str = ""
    reply: str = ""  # which canned reply the word began from, as `Use` writes it

    def typed(self) -> dict[str, Any]:
        return {**asdict(self), "follow_up": self.follow_up.isoformat() if self.follow_up else None}


NOTHING_ELSE = Also()


def checked_also(also: Also, post: Post, *, word: str) -> Also:
    """Raises EffectUnfit, naming the fields."""
    fields: dict[str, list[Any]] = {}
    if also.reach_out and not word:
        fields["word"] = [_("Write what you want to say: it reaches its author together with people who can help.")]
    if also.reach_out and also.reach_out != ANYWHERE and also.reach_out not in dict(countries()):
        fields["reach_out"] = [_("Choose one of these countries, or people anywhere.")]
    if also.follow_up and not today() < also.follow_up <= today() + FURTHEST_FOLLOW_UP:
        fields["follow_up"] = [_("Choose a day from tomorrow on, within three months.")]
    if also.move_to and post.parent_id is not None:
        fields["move_to"] = [_("Only a whole conversation can be moved: open the case of its story.")]
    if fields:
        raise EffectUnfit(fields=fields)
    return also


def carry_out(also: Also, case: Case, *, actor: User) -> dict[str, dict[str, Any]]:
    """Inside the decision's transaction, before it is written down; then `keep_effects`."""
    done: dict[str, dict[str, Any]] = {}
    post = case.post
    if also.reach_out:
        offer_help(post, actor=actor, country=also.reach_out)
        done[EffectKind.REACH_OUT] = {"country": also.reach_out}
    if also.follow_up:
        done[EffectKind.FOLLOW_UP] = {"due_on": also.follow_up.isoformat()}
        if also.follow_up_note.strip():
            add_note(case, actor=actor, text=also.follow_up_note, audience=Audience.MODERATORS)
    if also.lock_branch and not post.takes_no_replies:
        lock_branch(post, actor=actor)
        done[EffectKind.LOCK_BRANCH] = {}
    if also.move_to and also.move_to != post.thread.category.public_id:
        before = post.thread.category.public_id
        move_thread(post.thread, actor=actor, category=category_with(also.move_to))
        done[EffectKind.MOVE] = {"from": before, "to": also.move_to}
    if (use := Use.parse(also.reply)) is not None and text_of(use):
        done[EffectKind.REPLY] = asdict(use)
    return done


def keep_effects(decision: Decision, done: dict[str, dict[str, Any]]) -> None:
    DecisionEffect.objects.bulk_create(
        DecisionEffect(decision=decision, kind=kind, facts=facts) for kind, facts in done.items()
    )
    if EffectKind.FOLLOW_UP in done:
        due_on = dt.date.fromisoformat(done[EffectKind.FOLLOW_UP]["due_on"])
        FollowUp.objects.create(post=decision.case.post, decision=decision, due_on=due_on)


def undo_effects(decision: Decision, post: Post, *, actor: User) -> None:
    """With the decision they came with; what forum keeps on the post itself goes with its own memento."""
    FollowUp.objects.filter(decision=decision).delete()
    for effect in DecisionEffect.objects.filter(decision=decision):
        if effect.kind == EffectKind.LOCK_BRANCH:
            unlock_branch(post, actor=actor)
        elif effect.kind == EffectKind.MOVE:
            move_thread(post.thread, actor=actor, category=category_with(effect.facts["from"]), is_way_back=True)


def open_follow_ups() -> int:
    """Those whose day has come are cases again. Any number of processes at once; each has its own transaction."""
    opened = 0
    for follow_up in FollowUp.objects.filter(due_on__lte=today()):  # joined, SQLite would read every post
        with transaction.atomic():
            if FollowUp.objects.filter(pk=follow_up.pk).delete()[0]:
                open_case(follow_up.post, reasons=[FOLLOW_UP])
                opened += 1
    return opened


@transaction.atomic
def set_branch_lock(post: Post, *, actor: User, is_locked: bool) -> Post:
    """Apart from a decision. Twice is once."""
    require_moderator(actor)
    if post.takes_no_replies != is_locked:
        post = lock_branch(post, actor=actor) if is_locked else unlock_branch(post, actor=actor)
        audit.append("branch_locked" if is_locked else "branch_unlocked", moderator=actor, post=post.public_id)
    return post
