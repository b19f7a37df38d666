"""Appeals: somebody asks for another look, and another moderator decides again.

Why it is as it is: docs/decisions/0021-statements-and-appeals.md.

An author appeals from a statement of reasons, also while they are paused; a reporter by the reference of their report.
Whoever decided first does nothing about it: `lock_seen` refuses them kindly, the database for good.
"""

from __future__ import annotations

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
from forum.services.restricting import NobodyToFree
from forum.services.visibility import hide_post, lock_thread, publish_post, require_own, tell_author
from forum.states import PostState
from moderation import audit
from moderation.models import (
    APPEAL_DAYS,
    RESTRICTING,
    Action,
    Appeal,
    Case,
    CaseState,
    Decision,
    Level,
    Outcome,
    Statement,
)
from moderation.services.answering import note_published
from moderation.services.cases import CaseAlreadyClosed, close, live_case_of, lock_seen, open_case_of_appeal
from moderation.services.decisions import MAX_WORD_CHARS, ActionNotPossible, ReasonMissing, WordTooLong
from moderation.services.reports import decision_left_standing, report_with
from moderation.services.sanctions import lift_sanction
from moderation.services.statements import make_statement

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.identity import Identity
    from accounts.models import User
    from forum.authorship import Reader
    from forum.models import Post
    from moderation.models import Seen

MAX_APPEAL_CHARS = 4_000
_STATES = {Action.HIDE: PostState.HIDDEN, Action.RETURN: PostState.RETURNED}


class AppealUnfit(Invalid):
    code = "appeal-unfit"


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

    Raises NotYourPost, ClaimForReadingOnly, AppealUnfit, AppealTooLate, AlreadyAppealed. Of who asks the log says no
    more than `post_written` does.
    """
    post = statement.post
    require_own(post, actor)
    text = _checked(text)
    if today() > statement.appeal_until:
        raise AppealTooLate
    told = {"post": post.public_id} if is_named(post) else {}
    return _made(post, text, "appealed", told, statement=statement, first_moderator_id=statement.moderator_id)


@transaction.atomic
def appeal_report(reference: str, *, text: str) -> Appeal:
    """By whoever has the reference, of a post that was left where it is. Raises NotFound, NothingToAppeal, and others
    as `appeal_statement` does.
    """
    report = report_with(reference)
    text = _checked(text)
    decision = decision_left_standing(report)
    if decision is None:
        raise NothingToAppeal
    if (today() - decision.decided_at.date()).days > APPEAL_DAYS:
        raise AppealTooLate
    post = report.case.post
    return _made(post, text, "appealed_by_reporter", {}, report=report, first_moderator_id=decision.moderator_id)


def _made(post: Post, text: str, reason: str, told: dict[str, str], **fields: Any) -> Appeal:
    """Under the thread's lock, so that two sent at once are one."""
    lock_thread(post.thread_id)
    of = {name: fields[name] for name in ("statement", "report") if name in fields}
    if (before := Appeal.objects.filter(**of).first()) is not None:
        if before.text == text:
            return before
        raise AlreadyAppealed
    appeal = Appeal.objects.create(text=text, **fields)
    open_case_of_appeal(post, appeal, reason=reason)
    audit.append(reason, moderator=None, **told)
    return appeal


# --- Deciding ---------------------------------------------------------------------------------------------------------


def decide_appeal(case: Case, *, actor: User, seen: Seen, overturns: bool, answer: str, reason: str = "") -> Appeal:
    """By somebody else than whoever decided first. Raises what `lock_seen` does, DecidedItFirst among it.

    Overturning an author's takes every effect back that still stands: the post is shown in its place again, sanctions
    that came with it are lifted. Overturning a reporter's hides the post, for a `reason` that its author reads.
    `answer` reaches whoever asked. The same sent again by the same moderator is what was decided.
    """
    answer, reason = answer.strip(), reason.strip()
    if not answer:
        raise AnswerMissing(fields={"answer": [AnswerMissing.message]})
    for name, text in (("answer", answer), ("reason", reason)):
        if len(text) > MAX_WORD_CHARS:
            raise WordTooLong(fields={name: [WordTooLong.message]})
    with transaction.atomic():
        try:
            case = lock_seen(case, seen, actor=actor)
        except CaseAlreadyClosed:
            if same := Appeal.objects.filter(case=case, decided_by=actor, answer=answer, outcome=_named(overturns)):
                return same[0]
            raise
        appeal = case.appeal
        if appeal is None:
            raise CaseIsNoAppeal
        decision = Decision(case=case, action=Action.LEAVE, post_version=seen.post_version, moderator=actor)
        decision.decided_at = timezone.now()
        if appeal.statement is None:
            _answer_reporter(appeal, case.post, decision, overturns=overturns, reason=reason)
        else:
            _answer_author(appeal.statement, case.post, decision, overturns=overturns, answer=answer)
        decision.save(force_insert=True)
        close(case)
        appeal.outcome, appeal.answer, appeal.decision = _named(overturns), answer, decision
        appeal.decided_by, appeal.decided_on = actor, today()
        if case.post.state == PostState.ERASED:
            appeal.text = ""
        appeal.save()
        audit.append(
            "appeal_decided",
            moderator=actor,
            case=case.public_id,
            post=case.post.public_id,
            outcome=appeal.outcome,
            action=decision.action,
        )
    return appeal


def _named(overturns: bool) -> Outcome:  # noqa: FBT001 - of one argument
    return Outcome.OVERTURNED if overturns else Outcome.UPHELD


def _answer_author(statement: Statement, post: Post, decision: Decision, *, overturns: bool, answer: str) -> None:
    """What still stands is taken back, and nothing else: who erased their words meanwhile has erased them."""
    actor = decision.moderator
    decision.word = answer
    if not overturns:
        if post.state != PostState.ERASED:
            tell_author(post, actor=actor, word=answer, after_the_last=True)
        return
    for sanction in statement.sanctions.exclude(level=Level.WARNING):
        try:
            lift_sanction(sanction, actor=actor, why=answer)
        except NobodyToFree:  # its author made the name nobody's: it ends on its day
            continue
    if _holds(statement, post):
        publish_post(post, actor=actor, word=answer)
        note_published(post)
        _close_case_with_author(post)
        decision.action = Action.PUBLISH
    elif post.state != PostState.ERASED:
        tell_author(post, actor=actor, word=answer)


def _holds(statement: Statement, post: Post) -> bool:
    """Whether the post is where this decision put it: a later one stands, whatever becomes of this."""
    if not statement.restriction or post.state != _STATES[Action(statement.restriction)]:
        return False
    moving = Decision.objects.standing().filter(case__post=post, action__in=[Action.PUBLISH, *RESTRICTING])
    return moving.order_by("-pk").values_list("statement", flat=True).first() == statement.pk


def _close_case_with_author(post: Post) -> None:
    case = live_case_of(post)
    if case is not None and case.state == CaseState.WAITING:
        close(case)


def _answer_reporter(appeal: Appeal, post: Post, decision: Decision, *, overturns: bool, reason: str) -> None:
    if not overturns:
        return
    if not reason:
        raise ReasonMissing(fields={"reason": [ReasonMissing.message]})
    if post.state != PostState.PUBLISHED or appeal.report is None:
        raise ActionNotPossible
    hide_post(post, actor=decision.moderator, word=reason)
    decision.action, decision.reason = Action.HIDE, reason
    decision.statement = make_statement(
        post, actor=decision.moderator, facts=reason, restriction=Action.HIDE, case=appeal.report.case
    )


# --- Words that go ----------------------------------------------------------------------------------------------------


def forget_decided_appeals(post: Post) -> None:
    """When its author erases the post. What waits keeps its words until somebody has answered them."""
    Appeal.objects.filter(statement__post=post).exclude(outcome="").update(text="")


def appeals_of(identity: Identity) -> QuerySet[Appeal]:
    """Of their statements, under every name they have. Those of their reports are found by these."""
    members, pseudonyms = rows_of(names_of(identity))
    own = Q(statement__post__author__in=members) | Q(statement__post__thread_pseudonym__in=pseudonyms)
    return Appeal.objects.filter(own).order_by("made_on", "pk")


def _checked(text: str) -> str:
    text = text.replace("\0", "").strip()
    if not text:
        raise AppealUnfit(fields={"text": [_("Say in your own words how you see it. A sentence is enough.")]})
    if len(text) > MAX_APPEAL_CHARS:
        raise AppealUnfit(fields={"text": [_("Please keep it under 4,000 characters.")]})
    return text
