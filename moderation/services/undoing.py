"""Undo: for some seconds a decision can be taken back by whoever took it, and nobody was told its words.

What it did to the post holds at once; the word to the author, and what a reporter hears of it, are read only once that
time is over. Both are asked of the clock when somebody looks, so nothing depends on a worker (moderation.md 2.7). After
that, and as soon as anybody else did something with the post, a decision is only ever followed by another one
(services/reversing.py).

An appeal's answer, one of a batch, and a decision that takes an earlier one back are decisions like the others here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from forum.services.visibility import SomethingHappenedSince, lock_thread, remembering, take_back
from moderation import audit
from moderation.models import (
    Appeal,
    BatchItem,
    Case,
    Decision,
    HandedOver,
    Lane,
    Seen,
    Undoing,
    UndoneDecision,
)
from moderation.services.answering import remember_waiting, wait_again
from moderation.services.cases import CaseChanged, live_case_of
from moderation.services.effects import put_effects_back, undo_effects
from moderation.services.roles import require_moderator
from moderation.services.sanctions import put_again_what_was_lifted, unmake_sanction
from moderation.states import LEASE, LEASE_LIFE, TO_DECIDE, UNDO_WITHIN

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User


class UndoTooLate(Conflict):
    code = "undo-too-late"
    message = _("There is nothing of yours to undo here any more. Decide anew, if it was wrong.")


@contextmanager
def remembering_case(
    case: Case, judged: Mapping[str, bool] | None = None, *, besides: Collection[Case] = ()
) -> Iterator[dict[str, Any]]:
    """Around what a decision does to a locked case and its post; `besides`: other cases, locked too, that it may close
    or open. What it takes back of an earlier one is written into it as "taken". Complete once the block is left.
    """
    memento: dict[str, Any] = {
        "case": _remembered(case),
        "besides": {str(other.pk): _remembered(other) for other in besides},
        "judged": dict(case.signals.filter(label__in=judged or {}).values_list("pk", "is_right")),
        "waiting": remember_waiting(case.post),
        "taken": {},
    }
    with remembering(case.post) as of_post:
        yield memento
    memento |= {"post": of_post, "version": case.version, "live": _live_beside(case)}
    versions = Case.objects.filter(pk__in=[other.pk for other in besides]).values_list("pk", "version")
    memento["versions"] = {str(pk): version for pk, version in versions}


def _remembered(case: Case) -> dict[str, Any]:
    """Of what was handed over: by whom, and how many versions ago."""
    given = case.handed_over.values_list("moderator", "case_version")
    handed_over = [(moderator, case.version - version) for moderator, version in given]
    return {"fields": {name: getattr(case, name) for name in _REMEMBERED}, "handed_over": handed_over}


_REMEMBERED = (
    "state", "reasons", "lane", "head_start", "opened_at", "due_at", "wakes_at", "first_for_id", "first_until",
)  # fmt: skip


def _live_beside(case: Case) -> int | None:
    """The post's case, where another one lives."""
    live = live_case_of(case.post)
    return None if live is None or live.pk == case.pk else live.pk


def keep_for_undoing(decision: Decision, *, before: dict[str, Any], typed: dict[str, Any]) -> None:
    until = decision.decided_at + UNDO_WITHIN
    Undoing.objects.create(
        decision=decision, moderator_id=decision.moderator_id, until=until, before=before, typed=typed
    )


def sent_before(case: Case, *, by: User, typed: dict[str, Any]) -> Decision | None:
    """The newest decision about a case, if it is theirs, and they had typed just that. As long as it is known what they
    had typed: some hours.
    """
    newest = case.decisions.standing().select_related("undoing").last()
    if newest is None or newest.moderator_id != by.pk or not hasattr(newest, "undoing"):
        return None
    return newest if newest.undoing.typed == typed else None


def undoable_by(moderator: User) -> Undoing | None:
    """What they decided last, while they can undo it; with its case and post. One query."""
    own = undoable().filter(moderator=moderator)
    newest = own.select_related("decision__case__post").order_by("-decision").first()
    return newest if newest and newest.before["version"] == newest.decision.case.version else None


def undoable() -> QuerySet[Undoing]:
    return Undoing.objects.filter(until__gt=timezone.now())


def undoable_until(case: Case, moderator: User) -> dt.datetime | None:
    last = undoable_by(moderator)
    return last.until if last and last.decision.case_id == case.pk else None


def tells_somebody(decision: Decision) -> bool:
    """Whether its author, or whoever asked for another look, will read words of it."""
    return decision.word != "" or decision.statement_id is not None or decision.appeals.exists()


@transaction.atomic
def undo_decision(case: Case, *, actor: User, seen: Seen) -> Case:
    """Everything the decision about this case did, undone; the case is as it was, and `actor`'s for some minutes.

    `seen` is the case as the decision left it, so that a late request does not undo another decision than it means.
    Raises NotAModerator, UndoTooLate, CaseChanged, SomethingHappenedSince.
    """
    require_moderator(actor)
    lock_thread(case.post.thread_id)
    newest = undoable().filter(decision__case=case, moderator=actor).order_by("-decision").first()
    if newest is None:
        raise UndoTooLate
    if seen.case_version != newest.before["version"]:
        raise CaseChanged
    return undo(newest, actor=actor, is_taken=True)


def undo(undoing: Undoing, *, actor: User, is_taken: bool) -> Case:
    """Under the thread's lock. `actor` may be a lead, of a batch. Raises SomethingHappenedSince."""
    decision, before = undoing.decision, undoing.before
    cases = Case.objects.select_for_update(of=("self",)).select_related("post__thread__category")
    case = cases.get(pk=decision.case_id)
    besides = list(Case.objects.select_for_update().filter(pk__in=before["besides"]))
    is_as_it_was = {str(other.pk): other.version for other in besides} == before["versions"]
    if case.version != before["version"] or not is_as_it_was or _live_beside(case) not in {None, before["live"]}:
        raise SomethingHappenedSince
    sanctions = [unmake_sanction(sanction) for sanction in decision.sanctions.all()]
    undo_effects(decision, case.post, actor=actor)
    not_lifted = put_again_what_was_lifted(decision)
    if decision.reverses is not None:
        put_effects_back(decision.reverses, case.post, before["taken"], actor=actor)
    case.post = take_back(case.post, before["post"], actor=actor)
    _put_back(case, before["case"], taken_by=actor if is_taken else None)
    for other in besides:
        _put_back(other, before["besides"][str(other.pk)])
    Appeal.objects.filter(decision=decision).update(
        outcome="", answer="", decision=None, decided_by=None, decided_on=None
    )
    BatchItem.objects.filter(decision=decision).update(is_undone=True, undo_problem="")
    BatchItem.objects.filter(undoing=decision).update(
        is_undone=False, undoing=None, post_version=case.post.version
    )  # done again, and can be undone again
    for pk, is_right in before["judged"].items():
        case.signals.filter(pk=pk).update(is_right=is_right)
    wait_again(case.post, before["waiting"])
    UndoneDecision.objects.create(decision=decision, typed=undoing.typed)
    undoing.delete()
    audit.append(
        "decision_undone",
        moderator=actor,
        case=case.public_id,
        post=case.post.public_id,
        action=decision.action,
        reverses=True if decision.reverses_id else None,
        sanctions=sanctions or None,
        not_lifted=not_lifted or None,
    )
    return case


def _put_back(case: Case, before: dict[str, Any], *, taken_by: User | None = None) -> None:
    """As it was. From closed, too: this is no move of a case but the undoing of one."""
    fields = {field.attname: field for field in Case._meta.concrete_fields}
    for name, value in before["fields"].items():
        setattr(case, name, fields[name].to_python(value))
    case.version += 1
    if taken_by is not None and case.state in TO_DECIDE:
        case.claim_epoch += 1
        case.claimed_by = taken_by
        case.claim_expires_at = timezone.now() + (LEASE_LIFE if case.lane == Lane.LIFE else LEASE)
    case.save()
    HandedOver.objects.bulk_create(
        [
            HandedOver(case=case, moderator_id=moderator, case_version=case.version - versions_ago)
            for moderator, versions_ago in before["handed_over"]
        ],
        ignore_conflicts=True,
    )


def typed_before(case: Case, moderator: User) -> tuple[Decision, dict[str, Any]] | None:
    """What they had typed about a case, if the last decision about it was theirs and they undid it."""
    last = last_undone(case, by=moderator) if case.is_to_decide else None
    return (last, last.undone.typed) if last else None


def last_undone(case: Case, *, by: User) -> Decision | None:
    """The last decision about a case, if it was theirs and they undid it."""
    last = case.decisions.select_related("undone").last()
    return last if last is not None and last.is_undone and last.moderator_id == by.pk else None
