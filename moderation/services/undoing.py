"""Undo: for some seconds a decision can be taken back by whoever took it, and nobody was told its words.

What it did to the post holds at once; the word to the author is read by them only once that time is over. Both are
asked of the clock when somebody looks, so nothing depends on a worker (moderation.md 2.7). After that, and as soon as
anybody else did something with the post, a decision is only ever followed by another one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from forum.services.visibility import SomethingHappenedSince, lock_thread, remembering, take_back
from moderation import audit
from moderation.models import Case, CaseState, Decision, HandedOver, Lane, Seen, Undoing, UndoneDecision
from moderation.services.answering import remember_waiting, wait_again
from moderation.services.cases import CaseChanged, live_case_of, require_moderator
from moderation.services.effects import undo_effects
from moderation.services.sanctions import unmake_sanction
from moderation.states import LEASE, LEASE_LIFE, UNDO_WITHIN

if TYPE_CHECKING:
    from accounts.models import User


class UndoTooLate(Conflict):
    code = "undo-too-late"
    message = _("It is too late to undo this: its author may have read the word by now. Decide anew, if it was wrong.")


def words_leave_at() -> dt.datetime:
    """Of a decision that is taken now."""
    return timezone.now() + UNDO_WITHIN


@contextmanager
def remembering_case(case: Case, judged: Mapping[str, bool]) -> Iterator[dict[str, Any]]:
    """Around what a decision does to a locked case and its post. Complete once the block is left."""
    memento: dict[str, Any] = {
        "case": {name: getattr(case, name) for name in _REMEMBERED},
        "handed_over": list(case.handed_over.values_list("moderator", flat=True)),
        "judged": dict(case.signals.filter(label__in=judged).values_list("pk", "is_right")),
        "waiting": remember_waiting(case.post),
    }
    with remembering(case.post) as of_post:
        yield memento
    memento |= {"post": of_post, "version": case.version}


_REMEMBERED = ("state", "opened_at", "due_at", "wakes_at", "first_for_id", "first_until")


def keep_for_undoing(decision: Decision, *, before: dict[str, Any], typed: dict[str, Any]) -> None:
    until = decision.decided_at + UNDO_WITHIN
    Undoing.objects.create(
        decision=decision, moderator_id=decision.moderator_id, until=until, before=before, typed=typed
    )


def undoable_by(moderator: User) -> Undoing | None:
    """What they decided last, while they can undo it; with its case and post. One query."""
    own = Undoing.objects.filter(moderator=moderator, until__gt=timezone.now())
    newest = own.select_related("decision__case__post").order_by("-decision").first()
    return newest if newest and newest.before["version"] == newest.decision.case.version else None


def undoable_until(case: Case, moderator: User) -> dt.datetime | None:
    last = undoable_by(moderator)
    return last.until if last and last.decision.case_id == case.pk else None


@transaction.atomic
def undo_decision(case: Case, *, actor: User, seen: Seen) -> Case:
    """Everything the decision about this case did, undone; the case is open again, and `actor`'s for some minutes.

    `seen` is the case as the decision left it, so that a late request does not undo another decision than it means.
    Raises NotAModerator, UndoTooLate, CaseChanged, SomethingHappenedSince.
    """
    require_moderator(actor)
    lock_thread(case.post.thread_id)
    case = Case.objects.select_for_update(of=("self",)).select_related("post__thread__category").get(pk=case.pk)
    undoing = Undoing.objects.filter(decision__case=case, moderator=actor, until__gt=timezone.now())
    newest = undoing.select_related("decision").order_by("-decision").first()
    if newest is None:
        raise UndoTooLate
    if seen.case_version != newest.before["version"]:
        raise CaseChanged
    if case.version != newest.before["version"] or (not case.is_live and live_case_of(case.post) is not None):
        raise SomethingHappenedSince
    decision, before = newest.decision, newest.before
    sanctions = [unmake_sanction(sanction) for sanction in decision.sanctions.all()]
    undo_effects(decision, case.post, actor=actor)
    case.post = take_back(case.post, before["post"], actor=actor)
    _open_again(case, before, actor)
    for pk, is_right in before["judged"].items():
        case.signals.filter(pk=pk).update(is_right=is_right)
    wait_again(case.post, before["waiting"])
    UndoneDecision.objects.create(decision=decision, typed=newest.typed)
    newest.delete()
    audit.append(
        "decision_undone",
        moderator=actor,
        case=case.public_id,
        post=case.post.public_id,
        action=decision.action,
        **({"sanctions": sanctions} if sanctions else {}),
    )
    return case


def _open_again(case: Case, before: dict[str, Any], actor: User) -> None:
    """As it was, and taken by `actor`. From closed, too: this is no move of a case but the undoing of one."""
    fields = {field.attname: field for field in Case._meta.concrete_fields}
    for name, value in before["case"].items():
        setattr(case, name, fields[name].to_python(value))
    case.version += 1
    case.claim_epoch += 1
    case.claimed_by = actor
    case.claim_expires_at = timezone.now() + (LEASE_LIFE if case.lane == Lane.LIFE else LEASE)
    case.save()
    HandedOver.objects.bulk_create(
        [HandedOver(case=case, moderator_id=moderator) for moderator in before["handed_over"]], ignore_conflicts=True
    )


def typed_before(case: Case, moderator: User) -> tuple[Decision, dict[str, Any]] | None:
    """What they had typed about a case, if the last decision about it was theirs and they undid it."""
    if case.state not in {CaseState.OPEN, CaseState.ESCALATED}:
        return None
    newest = case.decisions.select_related("undone").order_by("-pk").first()
    if newest is None or newest.moderator_id != moderator.pk or not newest.is_undone:
        return None
    return newest, newest.undone.typed
