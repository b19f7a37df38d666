"""Decisions: lock the case, call forum's verb, close the case, write it down, in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Invalid
from forum.services.content_notes import add_team_notes, notes_named, team_notes_of
from forum.services.visibility import hide_post, publish_post, return_post, tell_author
from forum.states import PostState
from moderation import audit
from moderation.models import DECIDABLE, RESTRICTING, Action, Case, Decision, Seen
from moderation.services.answering import note_published
from moderation.services.cases import CaseAlreadyClosed, close, give_back_to_author, lock_seen
from moderation.services.concerns import judge_signals
from moderation.services.effects import NOTHING_ELSE, Also, carry_out, checked_also, keep_effects
from moderation.services.sanctions import Terms, checked_terms, sanction_author
from moderation.services.second_looks import sample
from moderation.services.statements import make_statement
from moderation.services.undoing import keep_for_undoing, remembering_case, words_leave_at

if TYPE_CHECKING:
    from accounts.models import User
    from forum.models import Post
    from moderation.models import Statement

MAX_WORD_CHARS = 2_000


class WordMissing(Invalid):
    code = "word-missing"
    message = _("Say in a sentence what could be changed, so that it can come back.")


class ReasonMissing(Invalid):
    code = "reason-missing"
    message = _("Give the reason. The author is told, and the next moderator can follow it.")


class WordTooLong(Invalid):
    code = "word-too-long"
    message = _("Please keep it under 2,000 characters.")


class ActionNotPossible(Conflict):
    code = "action-not-possible"
    message = _("This is not possible with the post as it stands now.")


class CaseIsAppeal(Conflict):
    code = "case-is-an-appeal"
    message = _("Somebody asks whether a decision was right: say whether it stands, and answer them.")


def decide(
    case: Case,
    *,
    actor: User,
    action: str,
    seen: Seen,
    word: str = "",
    reason: str = "",
    notes: Collection[str] = (),
    sanction: Terms | None = None,
    judged: Mapping[str, bool] | None = None,
    also: Also = NOTHING_ELSE,
    batch: str = "",
) -> Decision:
    """Carries out one action on a case's post. Raises what `lock_seen` does unless all is as the moderator saw it.

    RETURN needs a word to the author, and leaves the case with them; HIDE needs a reason, which its author reads too.
    LEAVE closes the case of a post that nobody has to change, a published one. Whatever is done, a word reaches the
    author, the content notes that are named, by their ids, are put on the post, and a sanction, if there is one, on the
    name it stands under; what restricts them leaves a statement of reasons. `also`: what is done besides. `judged`:
    which labels of the screeners were right. The same decision sent again by the same moderator is the decision that
    was taken. For some seconds it can be undone (services/undoing.py); then its words reach the author. `batch`: the
    public id of the batch it is part of, which is undone as a whole, and whose words are read at once
    (services/batches.py).
    """
    word, reason = checked_words(action, word.strip(), reason.strip())
    sanction = checked_terms(sanction) if sanction else None
    also = checked_also(also, case.post, word=word)
    with transaction.atomic():
        try:
            case = lock_seen(case, seen, actor=actor)
        except CaseAlreadyClosed:
            if same := _sent_twice(case, actor, (action, seen.post_version, word, reason), notes):
                return same
            raise
        if case.appeal_id is not None:
            raise CaseIsAppeal
        leaves_at = None if batch else words_leave_at()
        with remembering_case(case, judged or {}) as before:
            if notes:
                add_team_notes(case.post, notes_named(notes), actor=actor)
            told = "\n\n".join(filter(None, (word, reason))) if action == Action.HIDE else word
            _carry_out(case.post, actor, action, told, leaves_at)
            effects = carry_out(also, case, actor=actor)
            judge_signals(case, judged or {})
            if action == Action.RETURN:
                give_back_to_author(case, actor=actor)
            else:
                close(case)
            if action == Action.PUBLISH:
                note_published(case.post)
            decision = Decision.objects.create(
                case=case,
                statement=_statement(case, actor, action, reason if action == Action.HIDE else word, sanction),
                action=action,
                word=word,
                reason=reason,
                post_version=seen.post_version,
                moderator=actor,
                decided_at=timezone.now(),
            )
            audit.append(
                "case_decided",
                moderator=actor,
                case=case.public_id,
                post=case.post.public_id,
                action=action,
                post_version=seen.post_version,
                **({"notes": sorted(notes)} if notes else {}),
                **({"effects": sorted(effects)} if effects else {}),
                **({"batch": batch} if batch else {}),
            )
            keep_effects(decision, effects)
            if sanction is not None:
                sanction_author(case.post, actor=actor, terms=sanction, decision=decision, leaves_at=leaves_at)
        sample(decision, case)
        if leaves_at is not None:
            terms = asdict(sanction) if sanction else None
            typed = {"notes": sorted(notes), "judged": dict(judged or {}), "sanction": terms, "also": also.typed()}
            keep_for_undoing(decision, before=before, typed=typed)
    return decision


def _carry_out(post: Post, actor: User, action: str, word: str, leaves_at: dt.datetime | None) -> None:
    if action == Action.PUBLISH and post.state in {PostState.PUBLISHED, PostState.SCHEDULED}:
        action = Action.LEAVE  # it is shown already, or will be: nothing to do but to close the case
    match action:
        case Action.PUBLISH:
            publish_post(post, actor=actor, word=word, leaves_at=leaves_at)
        case Action.RETURN:
            return_post(post, actor=actor, word=word, leaves_at=leaves_at)
        case Action.HIDE:
            hide_post(post, actor=actor, word=word, leaves_at=leaves_at)
        case Action.LEAVE:
            if post.state == PostState.HELD:
                raise ActionNotPossible
            if word:
                tell_author(post, actor=actor, word=word, leaves_at=leaves_at)


def _statement(case: Case, actor: User, action: str, because: str, sanction: Terms | None) -> Statement | None:
    """None for what restricts nobody. Where the post is left as it is, it says why there is a sanction."""
    if action in RESTRICTING:
        return make_statement(case.post, actor=actor, facts=because, restriction=action, case=case)
    return make_statement(case.post, actor=actor, facts=sanction.reason, case=case) if sanction else None


def _sent_twice(case: Case, actor: User, sent: tuple[str, int, str, str], notes: Collection[str]) -> Decision | None:
    newest = case.decisions.standing().filter(moderator=actor).order_by("-pk").first()
    if newest and (newest.action, newest.post_version, newest.word, newest.reason) == sent:
        return newest if team_notes_of(case.post).issuperset(notes) else None
    return None


def checked_words(action: str, word: str, reason: str) -> tuple[str, str]:
    """Raises ActionNotPossible, WordMissing, ReasonMissing, WordTooLong."""
    if action not in DECIDABLE:
        raise ActionNotPossible
    for name, text in (("word", word), ("reason", reason)):
        if len(text) > MAX_WORD_CHARS:
            raise WordTooLong(fields={name: [WordTooLong.message]})
    if action == Action.RETURN and not word:
        raise WordMissing(fields={"word": [WordMissing.message]})
    if action == Action.HIDE and not reason:
        raise ReasonMissing(fields={"reason": [ReasonMissing.message]})
    return word, reason
