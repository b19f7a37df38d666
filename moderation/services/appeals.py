"""Appeals: somebody asks for another look, and another moderator decides again.

Why it is as it is: docs/decisions/0021-statements-and-appeals.md.

An author appeals from a statement of reasons, also while they are paused; a reporter by the reference of their report.
Whoever decided first does nothing about it: `lock_seen` refuses them kindly, the database for good.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.days import today
from common.errors import Conflict, Invalid
from forum.authorship import rows_of
from forum.policies import is_named
from forum.services.anonymity import names_of
from forum.services.visibility import hide_post, lock_thread, require_own, tell_author
from forum.states import PostState
from forum.text import said
from moderation import audit
from moderation.models import APPEAL_DAYS, Action, Appeal, Case, Decision, Outcome, Statement
from moderation.queries import told_statements
from moderation.screening import concerns_in
from moderation.services.canned import require_filled_in
from moderation.services.cases import CaseAlreadyClosed, close, live_case_of, lock_seen, open_case_of_appeal
from moderation.services.decisions import ActionNotPossible, ReasonMissing, require_short
from moderation.services.duty import note_met
from moderation.services.reports import report_with, require_other_than_reporter
from moderation.services.reversing import compensate, still_holds
from moderation.services.statements import make_statement
from moderation.services.telling_reporters import decision_left_standing
from moderation.services.undoing import keep_for_undoing, remembering_case, sent_before
from moderation.states import words_leave_at

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.identity import Identity
    from accounts.models import User
    from forum.authorship import Reader
    from forum.models import Post
    from moderation.models import Seen

MAX_APPEAL_CHARS = 4_000
_LOOKED_BACK = dt.timedelta(days=30)


class AppealUnfit(Invalid):
    code = "appeal-unfit"
    message = _("Say in your own words how you see it. A sentence is enough.")


class AppealTooLate(Conflict):
    code = "appeal-too-late"
    message = _("Another look can be asked for during six months. If it still weighs on you, tell the team anew.")


class AlreadyAppealed(Conflict):
    code = "already-appealed"
    message = _("You have asked for another look at this already. The answer stands here as soon as there is one.")


class NothingToAppeal(Conflict):
    code = "nothing-to-appeal"
    message = _("There is no decision here to look at again.")


class AnswerMissing(Invalid):
    code = "answer-missing"
    message = _("Say in a sentence or two what you found. Whoever asked reads it.")


class CaseIsNoAppeal(Conflict):
    code = "case-is-no-appeal"
    message = _("Nobody appeals here: decide about the post itself.")


# --- Asking -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def appeal_statement(statement: Statement, *, actor: Reader, text: str) -> Appeal:
    """By the author of what it is about, whatever became of the words. The same sent again is the appeal that waits.

    Raises NotYourPost, ClaimForReadingOnly, AppealUnfit, NothingToAppeal, AppealTooLate, AlreadyAppealed. Of who asks
    the log says no more than `post_written` does.
    """
    post = statement.post
    require_own(post, actor)
    text = _checked(text)
    told = told_statements().filter(pk=statement.pk).first()
    if told is None or (told.taken_back_because is not None and not hasattr(told, "appeal")):
        raise NothingToAppeal
    if today() > statement.appeal_until:
        raise AppealTooLate
    facts = {"post": post.public_id} if is_named(post) else {}
    return _made(post, text, "appealed", facts, statement=statement, first_moderator_id=statement.moderator_id)


@transaction.atomic
def appeal_report(reference: str, *, text: str) -> Appeal:
    """By whoever has the reference, of a post that was left where it is. Raises NotFound, NothingToAppeal, and others
    as `appeal_statement` does.
    """
    report = report_with(reference)
    text = _checked(text)
    lock_thread(report.case.post.thread_id)  # what is undone or taken back meanwhile stands no more
    report = report_with(reference)
    decision = decision_left_standing(report)
    if decision is None:
        raise NothingToAppeal
    if (today() - decision.decided_at.date()).days > APPEAL_DAYS:
        raise AppealTooLate
    post = report.case.post
    return _made(post, text, "appealed_by_reporter", {}, report=report, first_moderator_id=decision.moderator_id)


def _made(post: Post, text: str, reason: str, told: dict[str, str], **fields: Any) -> Appeal:
    """Under the thread's lock, so that two sent at once are one. Danger is looked for in its words as in a post's; of
    what is found no place is kept, only why the case presses.
    """
    lock_thread(post.thread_id)
    before = Appeal.objects.filter(**{name: fields[name] for name in ("statement", "report") if name in fields})
    if "report" in fields:  # what the team took back it decided anew, and nobody else has looked at that
        before = before.exclude(outcome=Outcome.TAKEN_BACK, decision__in=Decision.objects.told())
    if (asked := before.first()) is not None:
        if asked.text == text:
            return asked
        raise AlreadyAppealed
    appeal = Appeal.objects.create(text=text, **fields)
    noticed = [concern.reason for concern in concerns_in("", text, is_reply=False)]
    open_case_of_appeal(post, appeal, reasons=[reason, *noticed])
    audit.append(reason, moderator=None, **told)
    return appeal


# --- Deciding ---------------------------------------------------------------------------------------------------------


def decide_appeal(case: Case, *, actor: User, seen: Seen, overturns: bool, answer: str, reason: str = "") -> Appeal:
    """By somebody else than whoever decided first. Raises what `lock_seen` does, DecidedItFirst among it.

    Overturning an author's takes every effect back that still stands (services/reversing.py): the post is shown in its
    place again, sanctions that came with it are lifted. Overturning a reporter's hides the post, for a `reason` that
    its author reads. `answer` reaches whoever asked some seconds later; until then it can be undone, and the appeal
    waits again (services/undoing.py). The same sent again by the same moderator is what was decided.
    """
    answer, reason = said(answer), said(reason)
    if not answer:
        raise AnswerMissing(fields={"answer": [AnswerMissing.message]})
    require_short(answer=answer, reason=reason)
    require_filled_in(answer=answer, reason=reason)
    typed = {"seen": str(seen), "overturns": overturns, "answer": answer, "reason": reason}
    with transaction.atomic():
        try:
            case = lock_seen(case, seen, actor=actor)
        except CaseAlreadyClosed:
            if same := sent_before(case, by=actor, typed=typed):
                return same.appeals.get()
            raise
        appeal = case.appeal
        if appeal is None:
            raise CaseIsNoAppeal
        require_other_than_reporter(case, actor)
        note_met(case, actor)
        live = live_case_of(case.post)
        with remembering_case(case, besides=[live] if live else []) as before:
            decision = Decision(case=case, action=Action.LEAVE, post_version=seen.post_version, moderator=actor)
            decision.decided_at = timezone.now()
            if appeal.statement is None:
                _answer_reporter(appeal, case.post, decision, overturns=overturns, reason=reason)
            else:
                before["taken"] = _answer_author(
                    appeal.statement, case.post, decision, overturns=overturns, answer=answer
                )
            close(case)
            appeal.outcome, appeal.answer, appeal.decision = _named(overturns), answer, decision
            appeal.decided_by, appeal.decided_on = actor, today()
            appeal.save()
        keep_for_undoing(decision, before=before, typed=typed)
        audit.append(
            "appeal_decided",
            moderator=actor,
            case=case.public_id,
            post=case.post.public_id,
            outcome=appeal.outcome,
            action=decision.action,
            by="AUTHOR" if appeal.report is None else "REPORTER",
            days=(today() - appeal.made_on).days,
        )
    return appeal


def _named(overturns: bool) -> Outcome:  # noqa: FBT001 - of one argument
    return Outcome.OVERTURNED if overturns else Outcome.UPHELD


def _answer_author(
    statement: Statement, post: Post, decision: Decision, *, overturns: bool, answer: str
) -> dict[str, Any]:
    """Saves the decision. Returns what undoing it needs beside the memento of the post."""
    decision.word = answer
    if not overturns:
        decision.save(force_insert=True)
        if post.state != PostState.ERASED:
            tell_author(post, actor=decision.moderator, word=answer, leaves_at=words_leave_at(), after_the_last=True)
        return {}
    wrong: Decision | None = getattr(statement, "decision", None)
    to = PostState.PUBLISHED if still_holds(wrong, post) else None
    decision.reverses, decision.action = wrong, Action.PUBLISH if to else Action.LEAVE
    decision.save(force_insert=True)
    return compensate(post, by=decision, statement=statement, to=to)


def _answer_reporter(appeal: Appeal, post: Post, decision: Decision, *, overturns: bool, reason: str) -> None:
    """Saves the decision."""
    if overturns:
        if not reason:
            raise ReasonMissing(fields={"reason": [ReasonMissing.message]})
        if post.state != PostState.PUBLISHED or appeal.report is None:
            raise ActionNotPossible
        hide_post(post, actor=decision.moderator, word=reason, leaves_at=words_leave_at())
        decision.action, decision.reason = Action.HIDE, reason
        decision.statement = make_statement(
            post, actor=decision.moderator, facts=reason, restriction=Action.HIDE, case=appeal.report.case
        )
    decision.save(force_insert=True)


# --- Words that go ----------------------------------------------------------------------------------------------------


def forget_decided_appeals(post: Post) -> None:
    """When its author erases the post. What waits keeps its words until somebody has answered them."""
    Appeal.objects.filter(statement__post=post).exclude(outcome="").update(text="")


def forget_answered_appeals() -> int:
    """Of posts that are erased, as soon as the answer cannot be undone any more."""
    told = Decision.objects.told().filter(decided_at__gte=timezone.now() - _LOOKED_BACK)
    answered = Appeal.objects.filter(decision__in=told, statement__post__state=PostState.ERASED).exclude(text="")
    # Asked first: on SQLite an update that finds nothing waits for every writer all the same.
    return answered.update(text="") if answered.exists() else 0


def appeals_of(identity: Identity) -> QuerySet[Appeal]:
    """Of their statements, under every name they have. Those of their reports are found by these."""
    members, pseudonyms = rows_of(names_of(identity))
    own = Q(statement__post__author__in=members) | Q(statement__post__thread_pseudonym__in=pseudonyms)
    return Appeal.objects.filter(own).order_by("made_on", "pk")


def _checked(text: str) -> str:
    text = said(text)
    if not text:
        raise AppealUnfit(fields={"text": [AppealUnfit.message]})
    if len(text) > MAX_APPEAL_CHARS:
        raise AppealUnfit(fields={"text": [_("Please keep it under 4,000 characters.")]})
    return text
