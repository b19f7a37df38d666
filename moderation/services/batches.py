"""Several cases at once: looked at first, then each decided by itself, then all of it undone if it was wrong.

A batch is no decision. Each of its cases is locked, decided and logged alone, as by hand; what cannot be done is said
and holds up nothing else. So a batch is no transaction either: two that hold threads in another order would wait for
each other. It is carried out under an id that its preview drew, and whoever sends it again goes on where it was.

Where a life may be at risk nothing is decided in a row: such a case is in no batch.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from common.days import today
from common.errors import Conflict, HearthError, Invalid, NotAllowed, NotFound
from common.public_id import is_public_id, new_public_id
from forum.services.visibility import hold_post, lock_post, publish_post, tell_author
from forum.states import PostState
from moderation import audit
from moderation.models import (
    DECIDABLE,
    Act,
    Action,
    Batch,
    BatchItem,
    Case,
    CaseState,
    Decision,
    Judgement,
    Lane,
    Report,
    Seen,
)
from moderation.policies import is_lead
from moderation.services.cases import (
    CaseAlreadyClosed,
    CaseChanged,
    CaseTaken,
    DecidedItFirst,
    LeadNeeded,
    PostChanged,
    lock_seen,
    open_again,
    require_moderator,
)
from moderation.services.decisions import ActionNotPossible, CaseIsAppeal, checked_words, decide
from moderation.services.reports import JudgementUnknown, judge_report, take_judgement_back

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrOrPromise

    from accounts.models import User
    from forum.models import Post

MOST_IN_A_BATCH = 50
LOOKED_AT = 1_000  # open cases that a rule looks through, the most pressing first
TRIED_DAYS = 90
BATCHES_SHOWN = 50
MOST_TRIED = 2_000  # decisions of those days, the newest


class NothingChosen(Invalid):
    code = "nothing-chosen"
    message = _("Choose at least one case, or a rule that some open case fits.")


class TooManyChosen(Invalid):
    code = "too-many-chosen"
    message = _("Choose fifty at most, so that each can be looked at before.")


class NotInABatch(Conflict):
    code = "case-not-in-a-batch"
    message = _("Somebody may be in danger, or found: this case is looked at alone, and decided by itself.")


class PutOffByAuthor(Conflict):
    code = "post-put-off-by-author"
    message = _("Its author chose another day for it, which would be lost when this is undone. Decide it by itself.")


class NothingToJudge(Conflict):
    code = "nothing-to-judge"
    message = _("There is no report here that nobody has judged.")


class BatchOfSomebodyElse(NotAllowed):
    code = "batch-of-somebody-else"
    message = _("Whoever did this can undo it, and a lead.")


@dataclass(frozen=True, slots=True)
class BulkAct:
    """What is done about each. A HIDE needs a reason, a JUDGE a judgement."""

    act: str
    reason: str = ""
    judgement: str = ""

    def checked(self) -> BulkAct:
        """Raises ActionNotPossible, ReasonMissing, WordTooLong, JudgementUnknown."""
        if self.act not in Act.values:
            raise ActionNotPossible
        if self.act == Act.JUDGE:
            if self.judgement not in Judgement.values:
                raise JudgementUnknown(fields={"judgement": [JudgementUnknown.message]})
            return BulkAct(self.act, judgement=self.judgement)
        _word, reason = checked_words(self.act, "", self.reason.strip() if self.act == Act.HIDE else "")
        return BulkAct(self.act, reason=reason)


@dataclass(frozen=True, slots=True)
class Rule:
    """Open cases that wait for this reason, in one category or in all. Who reported is nobody's to choose by."""

    reason: str
    category: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    case: str  # its public id
    seen: Seen


@dataclass(frozen=True, slots=True)
class Line:
    """Of one case: what was read of it, and why nothing can be done, if so."""

    case: Case
    seen: Seen
    problem: HearthError | None


@dataclass(frozen=True, slots=True)
class Tried:
    """What moderators did in the last days about what waited for one of the same reasons."""

    similar: int
    otherwise: int


@dataclass(frozen=True, slots=True)
class Preview:
    batch: str
    lines: list[Line]
    tried: Tried


# --- Looking first ----------------------------------------------------------------------------------------------------


def preview(act: BulkAct, *, actor: User, cases: Collection[str] = (), rule: Rule | None = None) -> Preview:
    """What `act` would do about each of the cases, by their public ids, or about those that the rule finds.

    Changes nothing, and costs the same few queries for one case as for fifty. Raises NothingChosen, TooManyChosen.
    """
    require_moderator(actor)
    act = act.checked()
    found = _cases_by(rule) if rule else _cases_named(cases)
    if not found:
        raise NothingChosen
    lines = [Line(case, Seen.of(case), _problem(case, act, actor)) for case in found]
    doable = [line.case for line in lines if line.problem is None]
    return Preview(new_public_id(), lines, _tried(doable, act))


def _cases_named(ids: Collection[str]) -> list[Case]:
    if len(set(ids)) > MOST_IN_A_BATCH:
        raise TooManyChosen
    known = [an_id for an_id in ids if is_public_id(an_id)]
    return list(_with_what_is_shown().filter(public_id__in=known).order_by("lane", "due_at", "pk"))


def _cases_by(rule: Rule) -> list[Case]:
    """Of the most pressing open cases after those of a life; a rule that fits few does not read all that waits."""
    waiting = Case.objects.filter(state=CaseState.OPEN, lane__gt=Lane.LIFE).order_by("lane", "due_at", "pk")
    if rule.category:
        waiting = waiting.filter(post__thread__category__public_id=rule.category)
    looked_at = waiting.values_list("pk", "reasons")[:LOOKED_AT]
    rows = [pk for pk, reasons in looked_at if rule.reason in reasons][:MOST_IN_A_BATCH]
    return list(_with_what_is_shown().filter(pk__in=rows).order_by("lane", "due_at", "pk"))


def _with_what_is_shown() -> QuerySet[Case]:
    return Case.objects.select_related("post__thread__category").prefetch_related("reports")


# From which states of a post each act leads, so that undoing leads back.
_FROM = {
    Act.PUBLISH: {PostState.HELD, PostState.SCHEDULED, PostState.PUBLISHED},
    Act.LEAVE: {*PostState} - {PostState.HELD},
    Act.HIDE: {PostState.HELD, PostState.PUBLISHED},
    Act.JUDGE: {*PostState},
}


def _problem(case: Case, act: BulkAct, actor: User) -> HearthError | None:
    """Why this act is not for this case."""
    post = case.post
    is_put_off = act.act == Act.HIDE and post.due_at is not None
    is_judged = act.act == Act.JUDGE and not _unjudged(case)
    reasons: Sequence[tuple[bool, type[HearthError]]] = (
        (not case.is_to_decide, CaseAlreadyClosed),
        (case.appeal_id is not None, CaseIsAppeal),
        (case.lane == Lane.LIFE, NotInABatch),
        (case.state == CaseState.ESCALATED and not is_lead(actor), LeadNeeded),
        (case.is_taken and not case.is_taken_by(actor.pk), CaseTaken),
        (post.state not in _FROM[Act(act.act)], ActionNotPossible),
        (is_put_off, PutOffByAuthor),
        (is_judged, NothingToJudge),
    )
    return next((error() for holds, error in reasons if holds), None)


def _unjudged(case: Case) -> list[Report]:
    return [report for report in case.reports.all() if not report.judgement]


def _tried(cases: Sequence[Case], act: BulkAct) -> Tried:
    if act.act == Act.JUDGE:
        since = today() - dt.timedelta(days=TRIED_DAYS)
        reasons = {report.reason for case in cases for report in _unjudged(case)}
        judged = Report.objects.filter(reason__in=reasons, reported_on__gte=since).exclude(judgement="")
        said = list(judged.values_list("judgement", flat=True)[:MOST_TRIED])
        return Tried(len(said), sum(judgement != act.judgement for judgement in said))
    waited_for = {reason for case in cases for reason in case.reasons}
    began = timezone.now() - dt.timedelta(days=TRIED_DAYS)
    newest = Decision.objects.standing().filter(decided_at__gte=began, action__in=DECIDABLE).order_by("-decided_at")
    taken_back = BatchItem.objects.filter(undoing__isnull=False).values("decision")
    done = newest.exclude(pk__in=taken_back).values_list("action", "case__reasons")[:MOST_TRIED]
    alike = [action for action, reasons in done if waited_for.intersection(reasons)]
    same = {Act.HIDE: {Action.HIDE}}.get(Act(act.act), {Action.PUBLISH, Action.LEAVE})
    return Tried(len(alike), sum(action not in same for action in alike))


# --- Doing it ---------------------------------------------------------------------------------------------------------


def carry_out(batch_id: str, act: BulkAct, *, actor: User, chosen: Sequence[Chosen]) -> Batch:
    """Each case in a transaction of its own, as it was seen; not inside one. Sent again, it goes on where it was.

    Raises NothingChosen, TooManyChosen, NotFound for an id that is none, BatchOfSomebodyElse for one that is taken.
    """
    require_moderator(actor)
    act = act.checked()
    if not chosen:
        raise NothingChosen
    if len(chosen) > MOST_IN_A_BATCH:
        raise TooManyChosen
    if not is_public_id(batch_id):
        raise NotFound
    kept = {"act": act.act, "reason": act.reason, "judgement": act.judgement, "moderator": actor, "done_on": today()}
    batch, _is_new = Batch.objects.get_or_create(public_id=batch_id, defaults=kept)
    if batch.moderator_id != actor.pk:
        raise BatchOfSomebodyElse
    done = set(batch.items.values_list("case__public_id", flat=True))
    named = _with_what_is_shown().in_bulk([each.case for each in chosen], field_name="public_id")
    for each in chosen:
        if each.case in named and each.case not in done:
            _carry_out_one(batch, named[each.case], each.seen, actor)
    return batch


def _carry_out_one(batch: Batch, case: Case, seen: Seen, actor: User) -> None:
    """What the batch says, not who sends it again: it was looked at with that."""
    act = BulkAct(batch.act, batch.reason, batch.judgement)
    try:
        with transaction.atomic():
            locked = lock_seen(case, seen, actor=actor)
            if (problem := _problem(locked, act, actor)) is not None:
                raise problem
            item = BatchItem(batch=batch, case=case, state_before=locked.post.state)
            if act.act == Act.JUDGE:
                item.judged = _judge(locked, act, actor, batch)
            else:
                item.decision = decide(
                    locked, actor=actor, action=act.act, seen=seen, reason=act.reason, batch=batch.public_id
                )
            _thread, post = lock_post(locked.post)
            item.post_version = post.version
            item.save(force_insert=True)
    except HearthError as error:
        BatchItem.objects.get_or_create(batch=batch, case=case, defaults={"problem": error.code})


def _judge(case: Case, act: BulkAct, actor: User, batch: Batch) -> list[int]:
    unjudged = _unjudged(case)
    for report in unjudged:
        judge_report(report.reference, case=case, actor=actor, judgement=act.judgement, batch=batch.public_id)
    return [report.pk for report in unjudged]


# --- Undoing it -------------------------------------------------------------------------------------------------------


def undo_batch(batch: Batch, *, actor: User) -> Batch:
    """Each post as it was, each case open again, each judgement gone; of what somebody has touched since, nothing.

    Each by a decision of its own that compensates the one before. Twice is once. Not inside a transaction, for the
    reason of `carry_out`. Raises BatchOfSomebodyElse unless it is one's own, or one is a lead.
    """
    require_moderator(actor)
    if batch.moderator_id != actor.pk and not is_lead(actor):
        raise BatchOfSomebodyElse
    for pk in batch.items.filter(problem="", is_undone=False).values_list("pk", flat=True):
        try:
            with transaction.atomic():
                _undo_one(pk, batch, actor)
        except HearthError as error:
            BatchItem.objects.filter(pk=pk).update(undo_problem=error.code)
    return batch


def _undo_one(pk: int, batch: Batch, actor: User) -> None:
    item = BatchItem.objects.select_related("case__post__thread__category", "decision").get(pk=pk)
    _thread, post = lock_post(item.case.post)
    case = Case.objects.select_for_update(of=("self",)).get(pk=item.case_id)
    item.refresh_from_db(fields=["is_undone"])
    if item.is_undone:
        return
    for report in Report.objects.select_related("case").filter(pk__in=item.judged, judgement=batch.judgement):
        take_judgement_back(report, actor=actor, batch=batch.public_id)
    if item.decision is not None:
        if post.version != item.post_version:
            raise PostChanged
        item.undoing = _compensate(item, case, post, batch, actor)
    item.is_undone, item.undo_problem = True, ""
    item.save(update_fields=["is_undone", "undoing", "undo_problem"])


def _compensate(item: BatchItem, case: Case, post: Post, batch: Batch, actor: User) -> Decision:
    word = _now("The team has looked again, and took back what was decided about this.")
    if post.state != item.state_before:
        if item.state_before == PostState.PUBLISHED:
            post = publish_post(post, actor=actor, word=word, at_once=True)
        else:
            post = tell_author(hold_post(post, actor=actor), actor=actor, word=word)
    open_again(post, case)
    decision = Decision.objects.create(
        case=case,
        action=Action.REOPEN,
        post_version=item.post_version,
        moderator=actor,
        decided_at=timezone.now(),
    )
    facts = {"case": case.public_id, "post": post.public_id, "batch": batch.public_id}
    audit.append("case_reopened", moderator=actor, undoes=batch.act, **facts)
    return decision


# --- Reading of it ----------------------------------------------------------------------------------------------------


def batches_of(moderator: User) -> list[Batch]:
    """Their own, or for a lead everybody's, the newest first."""
    batches = Batch.objects.select_related("moderator").order_by("-done_on", "-pk")
    return list((batches if is_lead(moderator) else batches.filter(moderator=moderator))[:BATCHES_SHOWN])


def items_of(batch: Batch) -> list[BatchItem]:
    """In the order of the queue, with what is shown of each."""
    items = batch.items.select_related("case__post__thread__category")
    return list(items.order_by("case__lane", "case__due_at", "case"))


def batch_for(moderator: User, public_id: str) -> Batch:
    """One's own, or anybody's for a lead. Raises NotFound."""
    batch = Batch.objects.filter(public_id=public_id).first() if is_public_id(public_id) else None
    if batch is None or (batch.moderator_id != moderator.pk and not is_lead(moderator)):
        raise NotFound
    return batch


def problem_words(code: str) -> _StrOrPromise:
    return _PROBLEMS.get(code, HearthError.message)


_PROBLEMS = {
    error.code: error.message
    for error in (
        ActionNotPossible, CaseAlreadyClosed, CaseChanged, CaseIsAppeal, CaseTaken, DecidedItFirst, LeadNeeded,
        NotInABatch, NothingToJudge, PostChanged, PutOffByAuthor,
    )
}  # fmt: skip
