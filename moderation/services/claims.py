"""Claims: who is looking at a case. A lease with a fencing epoch, never a state (moderation.md 2.2).

A lease ends by itself after some minutes, and every sign of life renews it. Taking a case counts its epoch up, and
whoever wrote down an older one (`Seen`) writes nothing more: so a moderator who fell asleep over a case, or a process
that was killed with it, harms nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import NotAllowed
from forum.queries import carrying
from moderation import audit
from moderation.models import Case, CaseState, Duty, HandedOver, Lane
from moderation.policies import can_decide, is_lead
from moderation.services.answering import open_cases_of_unanswered
from moderation.services.cases import (
    CaseAlreadyClosed,
    CaseTaken,
    LeadNeeded,
    NotAModerator,
    require_other_than_first,
    wake_cases,
)
from moderation.services.duty import note_given, require_on_duty
from moderation.services.effects import open_follow_ups
from moderation.services.looks import note_first_look
from moderation.states import LEASE, LEASE_LIFE

if TYPE_CHECKING:
    from accounts.models import User


class NotALead(NotAllowed):
    code = "not-a-lead"
    message = _("Only a lead can take a case that somebody else is looking at.")


def take_next(*, actor: User, goes_on: bool = False) -> Case | None:
    """The most pressing case that nobody looks at, taken; None when nothing waits for this moderator.

    What they avoid is left to others. Raises OffDuty, and EnoughForToday unless they go on all the same.
    Whoever has one already gets that one again: pressing twice is once. Rows that another moderator is taking this
    moment are passed over on PostgreSQL (SKIP LOCKED); SQLite lets one transaction write at a time.
    """
    _require_moderator(actor)
    duty = require_on_duty(actor, goes_on=goes_on)
    bring_up()
    with transaction.atomic():
        return _take_next(actor, duty)


def bring_up() -> None:
    """What was put off and what nobody has answered comes into the queue when its time has come."""
    wake_cases()
    open_follow_ups()
    open_cases_of_unanswered()


def _take_next(actor: User, duty: Duty) -> Case | None:
    states = (CaseState.OPEN, CaseState.ESCALATED) if is_lead(actor) else (CaseState.OPEN,)
    own = _own(actor)
    if own is None or own.lane != Lane.LIFE:  # a life comes before what one has in hand, and before any state
        for state in states:
            if (case := _first(actor, duty, state=state, lane=Lane.LIFE)) is not None:
                return case
    if own is not None:
        return _lease(own, actor)
    for state in states:
        if (case := _first(actor, duty, state=state)) is not None:
            return case
    return None


def _first(actor: User, duty: Duty, *, state: CaseState, lane: Lane | None = None) -> Case | None:
    cases = free_cases(actor, state=state)
    if lane is not None:
        cases = cases.filter(lane=lane)
    if duty.avoided_notes:
        cases = cases.exclude(post__in=carrying(duty.avoided_notes))
    case = cases.select_for_update(skip_locked=True, of=("self",)).first()
    if case is None:
        return None
    note_given(actor)
    return _lease(case, actor)


def free_cases(moderator: User, *, state: CaseState = CaseState.OPEN) -> QuerySet[Case]:
    """In the order of the queue, those that nobody looks at, nobody else sees first, and this one did not give back.

    An appeal is not for whoever decided first, and nothing for whoever wrote it under their name.
    """
    now = timezone.now()
    is_free = Q(claim_expires_at__isnull=True) | Q(claim_expires_at__lte=now)
    is_for_all = (
        Q(first_for__isnull=True)
        | Q(first_for=moderator)
        | Q(first_until__isnull=True)
        | Q(first_until__lte=now)
        | Q(lane=Lane.LIFE)
    )
    given_back = Exists(HandedOver.objects.filter(case=OuterRef("pk"), moderator=moderator))
    is_for_somebody_else = Q(appeal__first_moderator=moderator)
    is_own = Q(post__author=moderator)
    was_kept = ~given_back | Q(lane=Lane.LIFE)  # what it has become since may be about a life
    cases = Case.objects.filter(is_free, is_for_all, was_kept, ~is_for_somebody_else, ~is_own, state=state)
    return cases.order_by("lane", "due_at", "pk")


@transaction.atomic
def take(case: Case, *, actor: User) -> Case:
    """Raises CaseTaken while somebody else looks at it; whoever has it gets longer."""
    case = _locked(case, actor)
    if case.is_taken and case.claimed_by_id != actor.pk:
        raise CaseTaken
    return _lease(case, actor)


@transaction.atomic
def take_over(case: Case, *, actor: User) -> Case:
    """From somebody else, by a lead; it stands in the log. What the other writes about it from now on is refused."""
    case = _locked(case, actor)
    if case.is_taken and case.claimed_by_id != actor.pk:
        if not is_lead(actor):
            raise NotALead
        audit.append("case_taken_over", moderator=actor, case=case.public_id)
        case.claim_expires_at = None
    return _lease(case, actor)


@transaction.atomic
def hand_over(case: Case, *, actor: User) -> None:
    """Back into the queue, for somebody else; no reason is asked. That it is not theirs any more is no error."""
    _require_moderator(actor)
    case = Case.objects.select_for_update().get(pk=case.pk)
    if not case.is_live:
        return
    HandedOver.objects.get_or_create(case=case, moderator=actor)
    if case.claimed_by_id == actor.pk:
        _release(case)


def release_all(moderator: User) -> None:
    """When they sign out."""
    Case.objects.filter(claimed_by=moderator).update(claimed_by=None, claim_expires_at=None)


def _own(moderator: User) -> Case | None:
    own = Case.objects.filter(claimed_by=moderator, claim_expires_at__gt=timezone.now(), state__in=_TO_DECIDE)
    return own.select_for_update(of=("self",)).order_by("lane", "due_at", "pk").first()


_TO_DECIDE = (CaseState.OPEN, CaseState.ESCALATED)


def _locked(case: Case, actor: User) -> Case:
    _require_moderator(actor)
    case = Case.objects.select_for_update(of=("self",)).select_related("post", "appeal").get(pk=case.pk)
    if case.state == CaseState.SNOOZED:  # put off is no lock: whoever wants to decide it today takes it up
        case.state, case.wakes_at = CaseState.OPEN, None
        case.version += 1
        case.save(update_fields=["state", "wakes_at", "version"])
    if not case.is_to_decide:
        raise CaseAlreadyClosed
    if case.state == CaseState.ESCALATED and not is_lead(actor):
        raise LeadNeeded
    require_other_than_first(case, actor)
    return case


def _lease(case: Case, actor: User) -> Case:
    """A renewal keeps the epoch: it is the same look at the same case."""
    now = timezone.now()
    if not case.is_taken_by(actor.pk):
        case.claim_epoch += 1
    case.claimed_by = actor
    case.claim_expires_at = now + (LEASE_LIFE if case.lane == Lane.LIFE else LEASE)
    case.save(update_fields=["claimed_by", "claim_expires_at", "claim_epoch"])
    note_first_look(case)
    return case


def _release(case: Case) -> None:
    case.claimed_by = case.claim_expires_at = None
    case.save(update_fields=["claimed_by", "claim_expires_at"])


def _require_moderator(actor: User) -> None:
    if not can_decide(actor):
        raise NotAModerator
