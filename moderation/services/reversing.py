"""Reversing: what a decision did is taken back by a later one, which compensates each effect (moderation.md 2.7).

It is the same whoever finds that a decision was wrong: a moderator who reads it again, somebody else of the team who
answers an appeal, a batch that is undone once its words have left. What of it still holds is taken back, and nothing
else: who erased their words meanwhile has erased them, and what somebody decided since stands.

A decision that restricted is taken back whole, and its post is in its place again. Of one that left a post where it was
the case is open again, and the post stays until it is decided anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from common.days import today
from common.errors import Conflict, Invalid, Stale
from forum.services.arranging import MovesInTheOpen
from forum.services.restricting import NobodyToFree
from forum.services.visibility import hold_post, lock_post, publish_post, tell_author
from forum.states import PostState
from forum.text import said
from moderation import audit
from moderation.models import MOVING, RESTRICTING, Action, Appeal, Case, CaseState, Decision, Level, Outcome
from moderation.services.answering import note_published
from moderation.services.canned import require_filled_in
from moderation.services.cases import (
    CaseChanged,
    CaseIsOpen,
    PostChanged,
    close,
    live_case_of,
    lock_decided,
    open_again,
)
from moderation.services.decisions import require_short
from moderation.services.effects import STAYS_MOVED, take_effects_back, what_holds_of
from moderation.services.reports import require_other_than_reporter
from moderation.services.sanctions import lift_those_of
from moderation.services.undoing import keep_for_undoing, last_undone, remembering_case
from moderation.states import words_leave_at

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrOrPromise

    from accounts.models import User
    from forum.models import Post
    from moderation.models import Seen, Statement

_STATES = {Action.HIDE: PostState.HIDDEN, Action.RETURN: PostState.RETURNED}


class WhyMissing(Invalid):
    code = "why-missing"
    message = _("Say in a sentence why it was not right, so that the next moderator can follow it.")


class NothingToReverse(Conflict):
    code = "nothing-to-reverse"
    message = _("There is no decision here that could be taken back.")


class DecidedJustNow(Conflict):
    code = "decided-just-now"
    message = _("This was decided some seconds ago, and whoever did can still undo it. Wait a moment, then look again.")


class TakenBackMeanwhile(Stale):
    code = "taken-back-meanwhile"
    message = _("This was taken back after you opened it. Please read it again, then decide.")


def reverse_decision(case: Case, *, actor: User, seen: Seen, why: str) -> Decision:
    """By anybody who may decide, whoever decided before among them; never about their own words.

    `why` is read by its author where the decision restricted them, or came with a sanction that holds; else by
    moderators alone. Who waits for an answer to an appeal against it has it with that. For some seconds it can be
    undone as every decision. Raises WhyMissing, WordTooLong, BracketsLeft, NothingToReverse, DecidedJustNow,
    TakenBackMeanwhile, ReportedItYourself, and what `lock_decided` does; the same sent again by the same moderator is
    what was done, as long as nothing was decided about the post since.
    """
    why = said(why)
    if not why:
        raise WhyMissing(fields={"why": [WhyMissing.message]})
    require_short(why=why)
    require_filled_in(why=why)
    with transaction.atomic():
        try:
            case = lock_decided(case, seen, actor=actor)
        except (CaseChanged, CaseIsOpen, PostChanged) as error:
            if same := _sent_twice(case, actor, why):
                return same
            if isinstance(error, Stale) and _is_taken_back_since(case, seen):
                raise TakenBackMeanwhile(changed=error.changed) from None
            raise
        require_other_than_reporter(case, actor)
        return _reverse(case, _plan(case), actor, why)


@dataclass(frozen=True, slots=True)
class Plan:
    """What taking a decision back would do, as things stand. `effects`: kinds of what it did besides."""

    decision: Decision
    shows_again: bool
    reopens: bool
    is_told: bool
    sanctions: int
    effects: tuple[str, ...]
    appeals: int


def plan_of(case: Case) -> Plan | None:
    """For whoever looks at a case; it comes with its post, thread and category. None: there is nothing to take back."""
    if case.state not in {CaseState.CLOSED, CaseState.WAITING}:
        return None
    try:
        return _plan(case)
    except (NothingToReverse, DecidedJustNow):
        return None


def _plan(case: Case) -> Plan:
    wrong, post = decision_in_effect(case), case.post
    restricts = wrong.action in RESTRICTING
    reopens = not restricts and post.state not in {PostState.ERASED, PostState.WITHDRAWN}
    sanctions = _sanctions_of(wrong.statement)
    if not (restricts or reopens or sanctions):
        raise NothingToReverse
    return Plan(
        wrong,
        shows_again=still_holds(wrong, post),
        reopens=reopens,
        is_told=wrong.statement_id is not None,
        sanctions=sanctions,
        effects=what_holds_of(wrong, post),
        appeals=_appeals_against(wrong, case).count(),
    )


def _reverse(case: Case, plan: Plan, actor: User, why: str) -> Decision:
    to = PostState.PUBLISHED if plan.shows_again else None
    reversal = take_back(
        case,
        Decision(
            reverses=plan.decision,
            action=Action.PUBLISH if to else Action.REOPEN if plan.reopens else Action.LEAVE,
            word=why if plan.is_told else "",
            reason="" if plan.is_told else why,
            moderator=actor,
        ),
        to=to,
    )
    audit.append(
        "case_reopened" if plan.reopens else "decision_reversed",
        moderator=actor,
        case=case.public_id,
        post=case.post.public_id,
        undoes=plan.decision.action,
    )
    return reversal


def take_back(case: Case, reversal: Decision, *, to: PostState | None) -> Decision:
    """What `reversal`, not saved yet, reverses: see `compensate`. A locked case with its post, under its thread's lock.

    Who waits for an answer to an appeal against it has it with that; with REOPEN the case is open again. As every
    decision it is told some seconds later, and can be undone until then.
    """
    post, wrong = case.post, reversal.reverses
    appeals = _locked(_appeals_against(wrong, case)) if wrong else []
    live = live_case_of(post)
    besides = [appeal.case for appeal in appeals] + ([live] if live and live.pk != case.pk else [])
    with remembering_case(case, besides=besides) as before:
        reversal.case, reversal.post_version, reversal.decided_at = case, post.version, timezone.now()
        reversal.save(force_insert=True)
        before["taken"] = compensate(post, by=reversal, statement=wrong.statement if wrong else None, to=to)
        for appeal in appeals:
            _answer_kindly(appeal, reversal)
        if reversal.action == Action.REOPEN:
            open_again(lock_post(post)[1], case)
        else:
            case.refresh_from_db(fields=["state", "version"])
            if case.state == CaseState.WAITING:  # its author took the words back meanwhile
                close(case)
            case.version += 1
            case.save(update_fields=["version"])
    keep_for_undoing(reversal, before=before, typed={})
    return reversal


def what_could_not(reversal: Decision) -> list[_StrOrPromise]:
    """Of what it reverses all that stays all the same, and why. Just after it."""
    wrong = reversal.reverses
    told: list[_StrOrPromise] = []
    if wrong is None:
        return told
    if wrong.statement is not None and any(sanction.is_in_force for sanction in wrong.statement.sanctions.all()):
        told.append(NobodyToFree.message)
    if hasattr(reversal, "undoing") and STAYS_MOVED in reversal.undoing.before["taken"]:
        told.append(MovesInTheOpen.message)
    return told


def typed_before(case: Case, moderator: User) -> str:
    """Why, as this moderator had written it before they undid that."""
    last = last_undone(case, by=moderator)
    return last.word or last.reason if last is not None and last.reverses_id is not None else ""


def _sent_twice(case: Case, actor: User, why: str) -> Decision | None:
    """Only while it is the last that was decided about the post: else it may hold no more."""
    newest = Decision.objects.standing().filter(case__post=case.post_id).last()
    if newest is None or newest.reverses_id is None or (newest.case_id, newest.moderator_id) != (case.pk, actor.pk):
        return None
    return newest if why in {newest.word, newest.reason} else None


def _is_taken_back_since(case: Case, seen: Seen) -> bool:
    """Whether that is the last that was decided. A decision has the version that the post had before it."""
    about = Decision.objects.standing().filter(Q(case=case) | Q(reverses__case=case))
    newest = about.last()
    return newest is not None and newest.reverses_id is not None and newest.post_version >= seen.post_version


def decision_in_effect(case: Case) -> Decision:
    """The last one about a case, or whatever took that back since. Raises NothingToReverse, DecidedJustNow."""
    newest = case.decisions.standing().last()
    while newest is not None and (reversal := newest.reversals.standing().last()) is not None:
        newest = reversal
    if newest is None or newest.action == Action.REOPEN or case.appeal_id is not None:
        raise NothingToReverse
    if not newest.is_told:
        raise DecidedJustNow
    return newest


def still_holds(decision: Decision | None, post: Post) -> bool:
    """Whether the post is where this decision put it: a later one stands, whatever becomes of this."""
    if decision is None or post.state != _STATES.get(Action(decision.action)):
        return False
    moving = Decision.objects.standing().filter(case__post=post, action__in=MOVING)
    return moving.last() == decision


def compensate(post: Post, *, by: Decision, statement: Statement | None, to: PostState | None) -> dict[str, Any]:
    """What `by` reverses, and the sanctions its author reads of in `statement`; of a sanction that came alone there is
    no decision. `to`: where the post goes; None: it stays. Inside the transaction of `by`, which is saved, and whose
    word the author reads some seconds later. Returns what undoing needs (services/effects.py).
    """
    actor, leaves_at = by.moderator, words_leave_at()
    if statement is not None:
        lift_those_of(statement, decision=by, why=by.word)
    taken = take_effects_back(by.reverses, post, actor=actor) if by.reverses else {}
    if to == PostState.PUBLISHED:
        publish_post(post, actor=actor, word=by.word, leaves_at=leaves_at)
        note_published(post)
        _close_case_with_author(post)
    elif to == PostState.HELD:
        tell_author(hold_post(post, actor=actor), actor=actor, word=by.word, leaves_at=leaves_at)
    elif by.word and post.state != PostState.ERASED:
        _tell(post, by)
    return taken


def _tell(post: Post, by: Decision) -> None:
    """Below the word of another decision that put the post where it is, and that holds."""
    is_held = post.state in _STATES.values()
    before = _("The team has taken back what was decided before. %(why)s") % {"why": by.word}
    word = str(before) if is_held else by.word
    tell_author(post, actor=by.moderator, word=word, leaves_at=words_leave_at(), after_the_last=is_held)


def _close_case_with_author(post: Post) -> None:
    case = live_case_of(post)
    if case is not None and case.state == CaseState.WAITING:
        close(case)


def _sanctions_of(statement: Statement | None) -> int:
    return 0 if statement is None else statement.sanctions.filter(lifted_on=None).exclude(level=Level.WARNING).count()


def _appeals_against(wrong: Decision, case: Case) -> QuerySet[Appeal]:
    """Those that wait."""
    of_author = Q(statement=wrong.statement_id) if wrong.statement_id else Q(pk__in=[])
    return Appeal.objects.filter(of_author | Q(report__case=case), outcome="")


def _locked(appeals: QuerySet[Appeal]) -> list[Appeal]:
    """With their cases."""
    cases = Case.objects.select_for_update(of=("self",)).select_related("appeal").filter(appeal__in=appeals)
    return [case.appeal for case in cases if case.appeal is not None]


def _answer_kindly(appeal: Appeal, reversal: Decision) -> None:
    """Nobody has to look again at what the team took back by itself."""
    answer = reversal.word
    if appeal.report_id is not None:
        answer = gettext_noop("The team has taken that decision back by itself, and looks at it anew.")
    appeal.outcome, appeal.answer, appeal.decision, appeal.decided_on = Outcome.TAKEN_BACK, answer, reversal, today()
    appeal.save(update_fields=["outcome", "answer", "decision", "decided_on"])
    close(appeal.case)
