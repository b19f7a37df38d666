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
from django.db.models import Exists, Min, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from common.days import today
from common.errors import Conflict, HearthError, Invalid, KeyReused, NotAllowed, NotFound
from common.public_id import is_public_id, new_public_id
from forum.services.visibility import SomethingHappenedSince, lock_post
from forum.states import PostState
from forum.text import said
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
from moderation.policies import is_lead, not_ones_own
from moderation.services.cases import (
    CaseAlreadyClosed,
    CaseChanged,
    CasePutOff,
    CaseTaken,
    DecidedItFirst,
    LeadNeeded,
    PostChanged,
    lock_seen,
)
from moderation.services.decisions import ActionNotPossible, CaseIsAppeal, checked_words, decide
from moderation.services.leads import needs_lead
from moderation.services.reports import (
    JudgementUnknown,
    ReportedItYourself,
    cases_for_somebody_else,
    cases_with_own_report,
    judge_report,
    require_other_than_reporter,
    take_judgement_back,
)
from moderation.services.reversing import take_back
from moderation.services.roles import OnesOwn, require_moderator, require_not_ones_own
from moderation.services.undoing import undo, undoable

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrOrPromise

    from accounts.models import User
    from forum.models import Post
    from moderation.models.case import CaseQuerySet

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


class BatchIdReused(KeyReused):
    code = "batch-id-reused"
    message = _(
        "Something else was done under this already, and nothing more was done now. Please look at it first again."
    )


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
        _word, reason = checked_words(self.act, "", said(self.reason) if self.act == Act.HIDE else "")
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
    found = _cases_by(rule, actor) if rule else _cases_named(cases, actor)
    if not found:
        raise NothingChosen
    not_theirs = cases_with_own_report(actor) if act.act == Act.JUDGE else cases_for_somebody_else(actor)
    lines = [Line(case, Seen.of(case), _problem(case, act, actor, not_theirs=not_theirs)) for case in found]
    doable = [line.case for line in lines if line.problem is None]
    return Preview(new_public_id(), lines, _tried(doable, act, actor))


def _cases_named(ids: Collection[str], actor: User) -> list[Case]:
    if len(set(ids)) > MOST_IN_A_BATCH:
        raise TooManyChosen
    known = [an_id for an_id in ids if is_public_id(an_id)]
    return list(_with_what_is_shown().filter(not_ones_own(actor), public_id__in=known).most_pressing_first())


def _cases_by(rule: Rule, actor: User) -> list[Case]:
    """Of the most pressing open cases after those of a life; a rule that fits few does not read all that waits."""
    waiting = Case.objects.filter(not_ones_own(actor), state=CaseState.OPEN, lane__gt=Lane.LIFE).most_pressing_first()
    if rule.category:
        waiting = waiting.filter(post__thread__category__public_id=rule.category)
    looked_at = waiting.values_list("pk", "reasons")[:LOOKED_AT]
    rows = [pk for pk, reasons in looked_at if rule.reason in reasons][:MOST_IN_A_BATCH]
    return list(_with_what_is_shown().filter(pk__in=rows).most_pressing_first())


def _with_what_is_shown() -> CaseQuerySet:
    return Case.objects.select_related("post__thread__category").prefetch_related("reports")


# From which states of a post each act leads, so that undoing leads back.
_FROM = {
    Act.PUBLISH: {PostState.HELD, PostState.SCHEDULED, PostState.PUBLISHED},
    Act.LEAVE: {*PostState} - {PostState.HELD},
    Act.HIDE: {PostState.HELD, PostState.PUBLISHED},
    Act.JUDGE: {*PostState},
}


def _problem(case: Case, act: BulkAct, actor: User, *, not_theirs: Collection[int] = ()) -> HearthError | None:
    """Why this act is not for this case. `not_theirs`: rows of those whose report `actor` made; deciding and judging
    ask that by themselves.
    """
    post = case.post
    is_put_off = act.act == Act.HIDE and post.due_at is not None
    is_judged = act.act == Act.JUDGE and not _unjudged(case)
    reasons: Sequence[tuple[bool, type[HearthError]]] = (
        (case.state == CaseState.SNOOZED, CasePutOff),
        (not case.is_to_decide, CaseAlreadyClosed),
        (case.pk in not_theirs, ReportedItYourself),
        (case.appeal_id is not None, CaseIsAppeal),
        (case.lane == Lane.LIFE, NotInABatch),
        (needs_lead(case, actor), LeadNeeded),
        (case.is_taken and not case.is_taken_by(actor.pk), CaseTaken),
        (post.state not in _FROM[Act(act.act)], ActionNotPossible),
        (is_put_off, PutOffByAuthor),
        (is_judged, NothingToJudge),
    )
    return next((error() for holds, error in reasons if holds), None)


def _unjudged(case: Case) -> list[Report]:
    return [report for report in case.reports.all() if not report.judgement]


def _tried(cases: Sequence[Case], act: BulkAct, actor: User) -> Tried:
    if act.act == Act.JUDGE:
        since = today() - dt.timedelta(days=TRIED_DAYS)
        reasons = {report.reason for case in cases for report in _unjudged(case)}
        reported = Report.objects.filter(not_ones_own(actor, "case__post"), reason__in=reasons, reported_on__gte=since)
        judged = reported.exclude(judgement="")
        said = list(judged.values_list("judgement", flat=True)[:MOST_TRIED])
        return Tried(len(said), sum(judgement != act.judgement for judgement in said))
    waited_for = {reason for case in cases for reason in case.reasons}
    began = timezone.now() - dt.timedelta(days=TRIED_DAYS)
    newest = Decision.objects.in_effect().filter(decided_at__gte=began, action__in=DECIDABLE, reverses=None)
    newest = newest.filter(not_ones_own(actor, "case__post"))
    done = newest.order_by("-decided_at").values_list("action", "case__reasons")[:MOST_TRIED]
    alike = [action for action, reasons in done if waited_for.intersection(reasons)]
    same = {Act.HIDE: {Action.HIDE}}.get(Act(act.act), {Action.PUBLISH, Action.LEAVE})
    return Tried(len(alike), sum(action not in same for action in alike))


# --- Doing it ---------------------------------------------------------------------------------------------------------


def carry_out(batch_id: str, act: BulkAct, *, actor: User, chosen: Sequence[Chosen]) -> Batch:
    """Each case in a transaction of its own, as it was seen; not inside one. Sent again, it goes on where it was.

    Raises NothingChosen, TooManyChosen, NotFound for an id that is none, BatchOfSomebodyElse for one that is taken, and
    BatchIdReused where something else was done under it.
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
    if BulkAct(batch.act, batch.reason, batch.judgement) != act:
        raise BatchIdReused
    done = set(batch.items.values_list("case__public_id", flat=True))
    named = _with_what_is_shown().in_bulk([each.case for each in chosen], field_name="public_id")
    for each in chosen:
        if each.case in named and each.case not in done:
            _carry_out_one(batch, act, named[each.case], each.seen, actor)
    return batch


def _carry_out_one(batch: Batch, act: BulkAct, case: Case, seen: Seen, actor: User) -> None:
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

    While its words have not left it is as if nothing had been done, and nobody is told (services/undoing.py); later
    each by a decision of its own that takes the one before back, and that is told, or undone, as every decision is
    (services/reversing.py). What is about a lead's own words they leave untouched. Twice is once. Not inside a
    transaction, for the reason of `carry_out`. Raises BatchOfSomebodyElse unless it is one's own, or one is a lead.
    """
    require_moderator(actor)
    if batch.moderator_id != actor.pk and not is_lead(actor):
        raise BatchOfSomebodyElse
    for pk in _seen_by(actor, batch).filter(problem="", is_undone=False).values_list("pk", flat=True):
        try:
            with transaction.atomic():
                _undo_one(pk, batch, actor)
        except HearthError as error:
            BatchItem.objects.filter(pk=pk).update(undo_problem=error.code)
    return batch


def _undo_one(pk: int, batch: Batch, actor: User) -> None:
    item = BatchItem.objects.select_related("batch", "case__post__thread__category", "decision").get(pk=pk)
    _thread, post = lock_post(item.case.post)
    item.refresh_from_db(fields=["is_undone"])
    if item.is_undone:
        return
    require_not_ones_own(post, actor)
    require_other_than_reporter(item.case, actor)
    for report in Report.objects.select_related("case").filter(pk__in=item.judged, judgement=batch.judgement):
        take_judgement_back(report, actor=actor, batch=batch.public_id)
    if item.decision is not None:
        if post.version != item.post_version:
            raise PostChanged
        if not _is_undone_unseen(item.decision, actor):
            item.undoing = _compensate(item, item.decision, post, actor)
    item.is_undone, item.undo_problem = True, ""
    item.save(update_fields=["is_undone", "undoing", "undo_problem"])


def undoable_until(batch: Batch, moderator: User) -> dt.datetime | None:
    """Until then nobody hears of it if it is undone. Of judgements nobody ever does."""
    decisions = _seen_by(moderator, batch).filter(is_undone=False).values("decision")
    until: dt.datetime | None = undoable().filter(decision__in=decisions).aggregate(until=Min("until"))["until"]
    return until


def _is_undone_unseen(decision: Decision, actor: User) -> bool:
    """False: too late, or a reader reported it since; then it is followed by another decision."""
    undoing = undoable().filter(decision=decision).first()
    if undoing is None:
        return False
    try:
        with transaction.atomic():
            undo(undoing, actor=actor, is_taken=False)
    except SomethingHappenedSince:
        return False
    return True


def _compensate(item: BatchItem, decision: Decision, post: Post, actor: User) -> Decision:
    case = Case.objects.select_for_update(of=("self",)).get(pk=item.case_id)
    case.post = post
    to = PostState(item.state_before) if post.state != item.state_before else None
    word = gettext_noop("The team has looked again, and took back what was decided about this.") if to else ""
    reversal = Decision(reverses=decision, action=Action.REOPEN, word=word, moderator=actor)
    take_back(case, reversal, to=to)
    facts = {"case": case.public_id, "post": post.public_id, "batch": item.batch.public_id}
    audit.append("case_reopened", moderator=actor, undoes=item.batch.act, **facts)
    return reversal


# --- Reading of it ----------------------------------------------------------------------------------------------------


def batches_of(moderator: User) -> list[Batch]:
    """Their own, or for a lead everybody's, the newest first."""
    batches = _open_to(moderator).select_related("moderator").order_by("-done_on", "-pk")
    return list(batches[:BATCHES_SHOWN])


def items_of(batch: Batch, moderator: User) -> list[BatchItem]:
    """In the order of the queue, with what is shown of each; without those about what they wrote themselves."""
    items = _seen_by(moderator, batch).select_related("case__post__thread__category")
    return list(items.order_by("case__lane", "case__due_at", "case"))


def batch_of(decision: Decision) -> Batch | None:
    item = BatchItem.objects.filter(decision=decision).select_related("batch").first()
    return item.batch if item else None


def batch_for(moderator: User, public_id: str) -> Batch:
    """One's own, or anybody's for a lead. Raises NotFound."""
    batch = _open_to(moderator).filter(public_id=public_id).first() if is_public_id(public_id) else None
    if batch is None:
        raise NotFound
    return batch


def _open_to(moderator: User) -> QuerySet[Batch]:
    """None of somebody else that was about their own words alone: that there is one would tell what was done."""
    own = Q(moderator=moderator)
    if not is_lead(moderator):
        return Batch.objects.filter(own)
    of_others = BatchItem.objects.filter(not_ones_own(moderator, "case__post"), batch=OuterRef("pk"))
    return Batch.objects.filter(own | Exists(of_others))


def _seen_by(moderator: User, batch: Batch) -> QuerySet[BatchItem]:
    return batch.items.filter(not_ones_own(moderator, "case__post"))


def problem_words(code: str) -> _StrOrPromise:
    return _PROBLEMS.get(code, HearthError.message)


_PROBLEMS = {
    error.code: error.message
    for error in (
        ActionNotPossible, CaseAlreadyClosed, CaseChanged, CaseIsAppeal, CasePutOff, CaseTaken, DecidedItFirst,
        LeadNeeded, NotInABatch, NothingToJudge, OnesOwn, PostChanged, PutOffByAuthor, ReportedItYourself,
        SomethingHappenedSince,
    )
}  # fmt: skip
