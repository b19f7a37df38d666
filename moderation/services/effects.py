"""What a decision does beside its action: reach out, look again, lock a branch, move a conversation.

Each in the decision's own transaction, kept as a row, undone with it, and taken back by a later decision that reverses
it. Reaching out and looking again are care: they put nothing on anybody's name, and nothing counts them. Locking a
branch restricts its author, and so does a move to where fewer read it: these two leave a statement of reasons
(docs/decisions/0026-acts-and-whom-they-meet.md).
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
from forum.queries import categories_to_move_to, category_with
from forum.services.arranging import move_thread, narrows, written_in
from forum.services.branches import lock_branch, unlock_branch
from forum.services.content_notes import add_team_notes, notes_named, take_team_notes_back
from forum.services.visibility import ANYWHERE, SomethingHappenedSince, lock_thread, offer_help
from forum.text import said
from moderation import audit
from moderation.models import Audience, Case, CaseNote, Decision, DecisionEffect, EffectKind, FollowUp
from moderation.services.canned import Use, text_of
from moderation.services.cases import open_case
from moderation.services.notes import write_note
from moderation.services.roles import require_moderator, require_not_ones_own

if TYPE_CHECKING:
    from collections.abc import Collection

    from accounts.models import User
    from forum.models import Post

FURTHEST_FOLLOW_UP = dt.timedelta(days=90)
FOLLOW_UP = "follow_up"  # the reason of its case
STAYS_MOVED = "STAYS_MOVED"


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


def restrictions_of(also: Also, post: Post) -> list[EffectKind]:
    """What of it would restrict the post's author, as the post stands."""
    restricts = [EffectKind.LOCK_BRANCH] if also.lock_branch and not post.is_closed else []
    if _is_move(also, post) and narrows(post.thread.category, category_with(also.move_to)):
        restricts.append(EffectKind.MOVE)
    return restricts


def _is_move(also: Also, post: Post) -> bool:
    return bool(also.move_to) and also.move_to != post.thread.category.public_id


def checked_also(also: Also, post: Post, *, word: str) -> Also:
    """Raises EffectUnfit, naming the fields: `also/…` its own."""
    fields: dict[str, list[Any]] = {}
    if also.reach_out and not word:
        fields["word"] = [_("Write what you want to say: it reaches its author together with people who can help.")]
    if also.reach_out and also.reach_out != ANYWHERE and also.reach_out not in dict(countries()):
        fields["also/reach_out"] = [_("Choose one of these countries, or people anywhere.")]
    if also.follow_up and not today() < also.follow_up <= today() + FURTHEST_FOLLOW_UP:
        fields["also/follow_up"] = [_("Choose a day from tomorrow on, within three months.")]
    if also.move_to and post.parent_id is not None:
        fields["also/move_to"] = [_("Only a whole conversation can be moved: open the case of its story.")]
    elif also.move_to and also.move_to not in {each.public_id for each in categories_to_move_to()}:
        fields["also/move_to"] = [_("Choose one of the categories.")]
    if fields:
        raise EffectUnfit(fields=fields)
    return also


def put_notes_on(post: Post, ids: Collection[str], *, actor: User) -> dict[str, Any]:
    """What moderators say that a post contains. Returns what it takes to take exactly that back. Raises NoteUnknown."""
    before = dict(post.carried_notes.values_list("note__public_id", "is_by_moderator"))
    add_team_notes(post, notes_named(ids), actor=actor)
    return {
        "named": sorted(ids),
        "new": sorted(set(ids) - before.keys()),
        "of_author": sorted(note for note in ids if before.get(note) is False),
    }


def carry_out(also: Also, case: Case, *, actor: User) -> dict[str, dict[str, Any]]:
    """Inside the decision's transaction, before it is written down; then `keep_effects`."""
    done: dict[str, dict[str, Any]] = {}
    post = case.post
    if also.reach_out:
        offer_help(post, actor=actor, country=also.reach_out)
        done[EffectKind.REACH_OUT] = {"country": also.reach_out}
    if also.follow_up:
        done[EffectKind.FOLLOW_UP] = {"due_on": also.follow_up.isoformat()}
        if said(also.follow_up_note):
            note = write_note(case, actor=actor, text=also.follow_up_note, audience=Audience.MODERATORS)
            done[EffectKind.FOLLOW_UP]["note"] = note.pk
    if also.lock_branch and not post.is_closed:
        lock_branch(post, actor=actor)
        done[EffectKind.LOCK_BRANCH] = {}
    if _is_move(also, post):
        before, to = post.thread.category, category_with(also.move_to)
        moved = move_thread(post.thread, actor=actor, category=to)
        done[EffectKind.MOVE] = {"from": before.public_id, "to": to.public_id, "narrows": narrows(before, to)}
        done[EffectKind.MOVE] |= {"written": written_in(moved)}
    if (use := Use.parse(also.reply)) is not None and text_of(use):
        done[EffectKind.REPLY] = asdict(use)
    return done


def keep_effects(decision: Decision, done: dict[str, dict[str, Any]]) -> None:
    DecisionEffect.objects.bulk_create(
        DecisionEffect(decision=decision, kind=kind, facts=facts) for kind, facts in done.items()
    )
    if EffectKind.FOLLOW_UP in done:
        _look_again(decision, decision.case.post, done[EffectKind.FOLLOW_UP])


def _look_again(decision: Decision, post: Post, facts: dict[str, Any]) -> None:
    due_on = dt.date.fromisoformat(facts["due_on"])
    FollowUp.objects.create(post=post, decision=decision, due_on=due_on)


def undo_effects(decision: Decision, post: Post, *, actor: User) -> None:
    """With the decision they came with; what forum keeps on the post itself goes with its own memento."""
    for effect in decision.effects.exclude(kind=EffectKind.NOTES):
        if not _take_back(effect, post, actor=actor):
            raise SomethingHappenedSince
        if "note" in effect.facts:
            CaseNote.objects.filter(pk=effect.facts["note"]).delete()


def what_holds_of(decision: Decision, post: Post) -> tuple[str, ...]:
    """Kinds of what a decision did besides, of which `take_effects_back` finds something to take back."""
    return tuple(sorted(effect.kind for effect in decision.effects.all() if _holds(effect, post)))


def take_effects_back(decision: Decision, post: Post, *, actor: User) -> dict[str, Any]:
    """Of what a decision did besides all that still holds, by a later one. Returns what `put_effects_back` needs.

    The helplines that came with its word stay: who is offered help keeps it. So does a conversation that cannot go
    back: `STAYS_MOVED` says so.
    """
    held = [effect for effect in decision.effects.all() if _holds(effect, post)]
    return {effect.kind if _take_back(effect, post, actor=actor) else STAYS_MOVED: effect.facts for effect in held}


def put_effects_back(decision: Decision, post: Post, taken: dict[str, Any], *, actor: User) -> None:
    """`decision` holds again, with what was taken from it. Content notes come back with the post's memento."""
    if EffectKind.FOLLOW_UP in taken:
        _look_again(decision, post, taken[EffectKind.FOLLOW_UP])
    if EffectKind.LOCK_BRANCH in taken:
        lock_branch(post, actor=actor)
    if EffectKind.MOVE in taken:
        move_thread(post.thread, actor=actor, category=category_with(taken[EffectKind.MOVE]["to"]))


def _holds(effect: DecisionEffect, post: Post) -> bool:
    match effect.kind:
        case EffectKind.FOLLOW_UP:
            return FollowUp.objects.filter(decision=effect.decision).exists()
        case EffectKind.LOCK_BRANCH:
            return post.is_closed and not _also_did(effect)
        case EffectKind.MOVE:
            return bool(post.thread.category.public_id == effect.facts["to"])
    return effect.kind == EffectKind.NOTES


def _take_back(effect: DecisionEffect, post: Post, *, actor: User) -> bool:
    """Whether it went. Of the other kinds nothing has to."""
    match effect.kind:
        case EffectKind.FOLLOW_UP:
            FollowUp.objects.filter(decision=effect.decision).delete()
        case EffectKind.LOCK_BRANCH:
            _open_branch(effect, post, actor=actor)
        case EffectKind.MOVE:
            return _move_back(effect, post, actor=actor)
        case EffectKind.NOTES:
            elsewhere = {note for facts in _also_did(effect) for note in facts["named"]}
            new, of_author = (notes_named(set(effect.facts[key]) - elsewhere) for key in ("new", "of_author"))
            take_team_notes_back(post, actor=actor, new=new, of_author=of_author)
    return True


def _move_back(effect: DecisionEffect, post: Post, *, actor: User) -> bool:
    """To where the conversation came from. Not where somebody moved it again meanwhile, or wrote where it stands: what
    was written among members stays among them.
    """
    thread = lock_thread(post.thread_id)
    facts = effect.facts
    if thread.category.public_id != facts["to"]:
        return False
    back = category_with(facts["from"])
    if narrows(back, thread.category) and facts.get("written") != written_in(thread):
        return False
    move_thread(post.thread, actor=actor, category=back, is_way_back=True)
    return True


def _open_branch(effect: DecisionEffect, post: Post, *, actor: User) -> None:
    """All of it but what other decisions closed, above or below, and nobody has opened since."""
    in_thread = Decision.objects.in_effect().filter(case__post__thread=post.thread_id).exclude(pk=effect.decision_id)
    others = DecisionEffect.objects.filter(decision__in=in_thread, kind=effect.kind)
    closed = [each.decision.case.post for each in others.select_related("decision__case__post__thread")]
    unlock_branch(post, actor=actor)
    for other in closed:
        if other.is_closed:  # as it was before
            lock_branch(other, actor=actor)


def _also_did(effect: DecisionEffect) -> list[dict[str, Any]]:
    """The same by other decisions about the post that stand: what they did is not taken back with this one."""
    others = Decision.objects.in_effect().filter(case__post=effect.decision.case.post_id).exclude(pk=effect.decision_id)
    return list(DecisionEffect.objects.filter(decision__in=others, kind=effect.kind).values_list("facts", flat=True))


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
def open_branch(post: Post, *, actor: User) -> Post:
    """It takes replies again, which restricts nobody: no decision. Twice is once."""
    require_moderator(actor)
    require_not_ones_own(post, actor)
    if post.is_closed:
        post = unlock_branch(post, actor=actor)
        audit.append("branch_unlocked", moderator=actor, post=post.public_id)
    return post
