"""Decisions: lock the case, call forum's verb, close the case, write it down, in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from common.errors import Conflict, Invalid, Refusals
from forum.services.visibility import hide_post, publish_post, return_post, tell_author
from forum.states import PostState
from forum.text import said
from moderation import audit
from moderation.models import DECIDABLE, RESTRICTING, Action, Case, Decision, EffectKind, Seen
from moderation.queries import told_looks
from moderation.services.answering import note_published
from moderation.services.canned import require_filled_in
from moderation.services.cases import CaseAlreadyClosed, close, give_back_to_author, lock_seen
from moderation.services.concerns import judge_signals
from moderation.services.duty import note_met
from moderation.services.effects import (
    NOTHING_ELSE,
    Also,
    carry_out,
    checked_also,
    keep_effects,
    put_notes_on,
    restrictions_of,
)
from moderation.services.marks import as_effect, checked_marks, is_marked_so, places_of
from moderation.services.reports import require_other_than_reporter
from moderation.services.sanctions import Terms, checked_terms, sanction_author
from moderation.services.second_looks import sample
from moderation.services.statements import make_statement
from moderation.services.undoing import keep_for_undoing, remembering_case, sent_before
from moderation.states import words_leave_at
from moderation.stating import besides_words

if TYPE_CHECKING:
    from accounts.models import User
    from forum.marking import Place
    from forum.models import Post
    from moderation.models import Statement

MAX_WORD_CHARS = 2_000
LOOKED_UP = gettext_noop(
    "Two people of the team together looked up whether an account stands behind this. When, and why, stands under "
    "“What was decided, and why”."
)


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
    marks: Sequence[str] = (),
    batch: str = "",
) -> Decision:
    """Carries out one action on a case's post. Raises what `lock_seen` does unless all is as the moderator saw it, and
    before that, all at once, what is missing or does not fit.

    RETURN needs a word to the author, and leaves the case with them; `marks` are passages of the post, quoted exactly,
    that it is about. HIDE needs a reason, which its author reads too.
    LEAVE closes the case of a post that nobody has to change, a published one. Whatever is done, a word reaches the
    author, the content notes that are named, by their ids, are put on the post, and a sanction, if there is one, on the
    name it stands under; what restricts them leaves a statement of reasons. `also`: what is done besides; for what of
    it restricts them a reason is needed, too, which they read. `judged`: which labels of the screeners were right. The
    same sent again by the same moderator, from the same page, is the decision that was taken; with anything else in it
    it is refused, since nothing of that would be done. For some seconds it can be undone (services/undoing.py); then
    its words reach the author, and whoever reported. `batch`: the public id of the batch it is part of
    (services/batches.py).
    """
    word, reason = said(word), said(reason)
    if action not in DECIDABLE:
        raise ActionNotPossible
    sanction, also, marks = checked(case.post, action, (word, reason), sanction=sanction, also=also, marks=marks)
    typed = {
        "seen": str(seen),
        "notes": sorted(notes),
        "judged": dict(judged or {}),
        "sanction": asdict(sanction) if sanction else None,
        "also": also.typed(),
    }
    with transaction.atomic():
        try:
            case = lock_seen(case, seen, actor=actor)
        except CaseAlreadyClosed:
            if same := _sent_twice(case, actor, (action, word, reason), marks, typed):
                return same
            raise
        if case.appeal_id is not None:
            raise CaseIsAppeal
        if not batch:  # nobody reads all of them
            note_met(case, actor)
        places = places_of(marks, case.post)
        reported_it = require_other_than_reporter(case, actor)
        leaves_at = words_leave_at()
        with remembering_case(case, judged) as before:
            put_on = put_notes_on(case.post, notes, actor=actor) if notes else None
            restricts = restrictions_of(also, case.post)
            reason_told = _reason_told(action, reason, restricts)
            told = _told(case.post, word, reason_told, restricts)
            _carry_out(case.post, actor, action, told, places, leaves_at=leaves_at)
            effects = carry_out(also, case, actor=actor) | as_effect(places)
            if put_on:
                effects[EffectKind.NOTES] = put_on
            judge_signals(case, judged or {})
            if action == Action.RETURN:
                give_back_to_author(case, actor=actor)
            else:
                close(case)
            if action == Action.PUBLISH:
                note_published(case.post)
            decision = Decision.objects.create(
                case=case,
                statement=_statement(case, actor, action, _because(action, word, reason_told, sanction)),
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
                notes=sorted(notes) or None,
                effects=sorted(effects) or None,
                batch=batch or None,
                reported_it=reported_it or None,
            )
            keep_effects(decision, effects)
            if sanction is not None:
                sanction_author(case.post, actor=actor, terms=sanction, decision=decision, leaves_at=leaves_at)
        sample(decision, case)
        keep_for_undoing(decision, before=before, typed=typed)
    return decision


def checked(
    post: Post, action: str, words: tuple[str, str], *, sanction: Terms | None, also: Also, marks: Sequence[str]
) -> tuple[Terms | None, Also, Sequence[str]]:
    """All of it, so that everything is said at once, as far as it can be before the post is locked. `action` may be ""
    where none was chosen yet: what is wrong whichever it will be.
    """
    word, reason = words
    refused = Refusals()
    with refused.noted():
        checked_words(action or Action.LEAVE, word, reason)
    with refused.noted():
        sanction = checked_terms(sanction) if sanction else None
    sound = replace(also, move_to="")  # as long as it is not known that there is such a category
    with refused.noted():
        also = sound = checked_also(also, post, word=word)
    with refused.noted():
        _reason_told(action, reason, restrictions_of(sound, post))
    with refused.noted():
        marks = checked_marks(action or Action.RETURN, marks)
        if refused.found:  # else in the post as it is once it is locked: of a stale one that is told first
            places_of(marks, post)
    refused.raise_all()
    return sanction, also, marks


def _carry_out(
    post: Post, actor: User, action: str, word: str, marks: Sequence[Place], *, leaves_at: dt.datetime
) -> None:
    if action == Action.PUBLISH and post.state in {PostState.PUBLISHED, PostState.SCHEDULED}:
        action = Action.LEAVE  # it is shown already, or will be: nothing to do but to close the case
    match action:
        case Action.PUBLISH:
            publish_post(post, actor=actor, word=word or _looked_up(post), leaves_at=leaves_at)
        case Action.RETURN:
            return_post(post, actor=actor, word=word, marks=marks, leaves_at=leaves_at)
        case Action.HIDE:
            hide_post(post, actor=actor, word=word, leaves_at=leaves_at)
        case Action.LEAVE:
            if post.state == PostState.HELD:
                raise ActionNotPossible
            if word:
                tell_author(post, actor=actor, word=word, leaves_at=leaves_at)


def _looked_up(post: Post) -> str:
    """What waits is in no inbox, and what is published without a word is not told of: so this would be told nobody."""
    return LOOKED_UP if told_looks(post).exists() else ""


def _reason_told(action: str, reason: str, restricts: Collection[EffectKind]) -> str:
    """The reason, where its author reads it; "" where it is the team's alone. Raises ReasonMissing."""
    if restricts and not reason:
        raise ReasonMissing(fields={"reason": [ReasonMissing.message]})
    return reason if restricts or action == Action.HIDE else ""


def _told(post: Post, word: str, reason: str, restricts: Collection[EffectKind]) -> str:
    """With the post; where its words are gone, the statement alone says what was done besides."""
    besides = [] if post.state == PostState.ERASED else [reason, *besides_words(restricts, post)]
    return "\n\n".join(filter(None, [word, *besides]))


def _because(action: str, word: str, reason: str, sanction: Terms | None) -> str:
    """What a statement says; nothing where nobody is restricted. Of what is returned its word says why; `reason` is the
    one that is told. Where there is neither, a sanction says why there is one.
    """
    facts = "\n\n".join(filter(None, (word if action == Action.RETURN else "", reason)))
    return facts or (sanction.reason if sanction else "")


def _statement(case: Case, actor: User, action: str, because: str) -> Statement | None:
    restriction = action if action in RESTRICTING else ""
    if not because:
        return None
    return make_statement(case.post, actor=actor, facts=because, restriction=restriction, case=case)


def _sent_twice(
    case: Case, actor: User, words: tuple[str, str, str], marks: Sequence[str], typed: dict[str, Any]
) -> Decision | None:
    """Marks are no part of `typed`, since they quote the post."""
    same = sent_before(case, by=actor, typed=typed)
    if same is None or (same.action, same.word, same.reason) != words:
        return None
    return same if is_marked_so(same, marks, case.post) else None


def require_short(**texts: str) -> None:
    """Raises WordTooLong, naming the fields."""
    if fields := {name: [WordTooLong.message] for name, text in texts.items() if len(text) > MAX_WORD_CHARS}:
        raise WordTooLong(fields=fields)


def checked_words(action: str, word: str, reason: str) -> tuple[str, str]:
    """Raises ActionNotPossible, WordMissing, ReasonMissing, WordTooLong, BracketsLeft."""
    if action not in DECIDABLE:
        raise ActionNotPossible
    refused = Refusals()
    with refused.noted():
        require_short(word=word, reason=reason)
    if action == Action.RETURN and not word:
        refused.found.append(WordMissing(fields={"word": [WordMissing.message]}))
    if action == Action.HIDE and not reason:
        refused.found.append(ReasonMissing(fields={"reason": [ReasonMissing.message]}))
    with refused.noted():
        require_filled_in(word=word, reason=reason)
    refused.raise_all()
    return word, reason
