"""Claims: who is looking at a case, or puts it off. A lease with a fencing epoch, never a state (moderation.md 2.2).

A lease ends by itself after some minutes, and every sign of life renews it. Taking a case counts its epoch up, and
whoever wrote down an older one (`Seen`) writes nothing more: so a moderator who fell asleep over a case, or a process
that was killed with it, harms nobody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Invalid, NotAllowed
from forum.queries import carrying
from forum.services.visibility import lock_thread
from moderation import audit
from moderation.models import Case, CaseState, Duty, HandedOver, Lane, Seen
from moderation.policies import can_decide, is_lead, not_ones_own
from moderation.services.answering import open_cases_of_unanswered
from moderation.services.cases import (
    CaseAlreadyClosed,
    CaseTaken,
    LeadNeeded,
    give_back_to_everybody,
    hour_of,
    live_case_of,
    lock_seen,
    move,
    open_case,
    require_other_than_first,
    wake_cases,
)
from moderation.services.duty import note_met, others_on_duty, require_on_duty, would_be_given
from moderation.services.effects import open_follow_ups
from moderation.services.leads import needs_lead
from moderation.services.looks import note_first_look
from moderation.services.reports import cases_for_somebody_else, require_other_than_reporter
from moderation.services.roles import is_barred, require_moderator, require_not_ones_own
from moderation.states import LEASE, LEASE_LIFE, TO_DECIDE

if TYPE_CHECKING:
    from accounts.models import User
    from forum.models import Post

BY_HAND = "by_hand"
LONGEST_SNOOZE = dt.timedelta(days=30)


class CannotBePutOff(Conflict):
    code = "case-cannot-be-put-off"
    message = _("Where a life may be at risk nothing is put off. Pass it on, or take it together with somebody.")


class SnoozeUnreadable(Invalid):
    code = "snooze-unreadable"
    message = _("Choose between one hour and thirty days.")


class NotALead(NotAllowed):
    code = "not-a-lead"
    message = _("Only a lead can take a case that somebody else is looking at.")


def take_next(*, actor: User, goes_on: bool = False) -> Case | None:
    """The most pressing case that nobody looks at, taken; None when nothing waits for this moderator.

    What they avoid is left to others, and what they gave back, also where it may be about a life (life_left_to_choose,
    _lives_for_others). Raises OffDuty, and EnoughForToday unless they go on all the same. Whoever has one already gets
    that one again: pressing twice is once. Rows that another moderator is taking this moment are passed over on
    PostgreSQL (SKIP LOCKED); SQLite lets one transaction write at a time.
    """
    require_moderator(actor)
    duty = require_on_duty(actor, goes_on=goes_on)
    bring_up()
    with transaction.atomic():
        return _take_next(actor, duty)


def life_left_to_choose(moderator: User, duty: Duty) -> bool:
    """Whether a case about a life waits that "take next" does not bring this moderator: because of a note that they
    avoid, because they gave it back, because it was enough for today, or because they are off duty. They are told that
    it is there, and choose.
    """
    is_given = would_be_given(duty)
    given_back = _lives_for_others(moderator) if is_given else set()
    if is_given and not duty.avoided_notes and not given_back:
        return False
    for state in _states_for(moderator):
        cases = free_cases(moderator, state=state).filter(lane=Lane.LIFE)
        if given_back and cases.filter(pk__in=given_back).exists():
            return True
        if is_given:
            cases = cases.filter(Exists(carrying(duty.avoided_notes).filter(pk=OuterRef("post_id"))))
        if cases.exists():
            return True
    return False


def bring_up() -> None:
    """What was put off and what nobody has answered comes into the queue when its time has come, and what was passed on
    comes back where no lead could take it.
    """
    wake_cases()
    give_back_to_everybody()
    open_follow_ups()
    open_cases_of_unanswered()


def _take_next(actor: User, duty: Duty) -> Case | None:
    own = _own(actor)
    not_for = cases_for_somebody_else(actor) | _lives_for_others(actor)
    if own is not None and own.lane == Lane.LIFE:
        return _lease(own, actor)
    # A life comes before what one has in hand, and before the rest of each state, also while its first is locked.
    if (life := _first(actor, duty, not_for=not_for, lane=Lane.LIFE)) is not None:
        return life
    return _lease(own, actor) if own else _first(actor, duty, not_for=not_for)


def _states_for(moderator: User) -> tuple[CaseState, ...]:
    return TO_DECIDE if is_lead(moderator) else (CaseState.OPEN,)


def _first(actor: User, duty: Duty, *, not_for: Collection[int], lane: Lane | None = None) -> Case | None:
    waiting = [_given(actor, duty, state=state, not_for=not_for, lane=lane) for state in _states_for(actor)]
    if len(waiting) > 1:  # each has an index of its own; which begins is asked without a lock
        waiting.sort(key=lambda cases: _place(cases.first()))
    for cases in waiting:
        case = cases.select_for_update(skip_locked=True, of=("self",)).first()
        if case is not None:
            return _lease(case, actor)
    return None


def _place(case: Case | None) -> tuple[object, ...]:
    """In the queue; last of all where there is none."""
    return (False, case.lane, case.due_at, case.pk) if case else (True,)


def _given(actor: User, duty: Duty, *, state: CaseState, not_for: Collection[int], lane: Lane | None) -> QuerySet[Case]:
    cases = free_cases(actor, state=state)
    if lane is not None:
        cases = cases.filter(lane=lane)
    if not_for:
        cases = cases.exclude(pk__in=not_for)
    if duty.avoided_notes:
        cases = cases.exclude(post__in=carrying(duty.avoided_notes))
    return cases


def free_cases(moderator: User, *, state: CaseState = CaseState.OPEN) -> QuerySet[Case]:
    """In the order of the queue, those that nobody looks at, nobody else sees first, and this one did not give back.

    An appeal is not for whoever decided first, and nothing for whoever wrote it under their name.
    """
    now = timezone.now()
    is_for_all = (
        Q(first_for__isnull=True)
        | Q(first_for=moderator)
        | Q(first_until__isnull=True)
        | Q(first_until__lte=now)
        | Q(lane=Lane.LIFE)
    )
    given_back = Exists(HandedOver.objects.filter(case=OuterRef("pk"), moderator=moderator))
    is_for_somebody_else = Q(appeal__first_moderator=moderator)
    was_kept = ~given_back | Q(lane=Lane.LIFE)  # of these `_lives_for_others` says more
    for_them = not_ones_own(moderator) & ~is_for_somebody_else
    return Case.objects.not_taken().filter(is_for_all, was_kept, for_them, state=state).most_pressing_first()


def _lives_for_others(moderator: User) -> set[int]:
    """Rows of the cases about a life that this moderator gave back as they are now, while somebody else could be given
    them: on duty, and did not give them back too. One query, two for a lead, more for whoever gave such a one back.

    Whoever else is there may leave it for a reason of their own that nobody learns, such as a note that they avoid: so
    both are told that it waits (life_left_to_choose).
    """
    as_it_is = HandedOver.objects.filter(case__lane=Lane.LIFE, case_version=F("case__version"))
    own = as_it_is.filter(moderator=moderator).select_related("case__post", "case__appeal")
    cases = [each.case for state in _states_for(moderator) for each in own.filter(case__state=state)]
    if not cases:
        return set()
    gave_back = set(as_it_is.filter(case__in=cases).values_list("case", "moderator"))
    others = others_on_duty(moderator)
    return {
        case.pk
        for case in cases
        if any((case.pk, other.pk) not in gave_back and _could_be_given(case, other) for other in others)
    }


def _could_be_given(case: Case, other: User) -> bool:
    may = is_lead if case.state == CaseState.ESCALATED else can_decide
    return not is_barred(case, other) and may(other)


@transaction.atomic
def open_about(post: Post, *, actor: User) -> Case:
    """A case about a post that nobody told the team of, taken by `actor`; or the one that lives, which they take too.

    For what only a decision may do, such as closing a conversation. Who leaves it undecided leaves it to the queue.
    Raises NotAModerator, OnesOwn, CaseTaken, LeadNeeded.
    """
    require_moderator(actor)
    require_not_ones_own(post, actor)
    lock_thread(post.thread_id)
    case = live_case_of(post)
    if case is None or case.state == CaseState.WAITING:
        case = open_case(post, reasons=[BY_HAND])
        case.is_looked_at = True  # nobody waited for that look
        case.save(update_fields=["is_looked_at"])
        audit.append("case_opened_by_hand", moderator=actor, case=case.public_id)
    return take(case, actor=actor)


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
    """Back into the queue, for somebody else; no reason is asked. That it is not theirs any more is no error.

    Where a life may be at risk it comes to them again when something new comes in, or when nobody else is on duty.
    """
    require_moderator(actor)
    case = Case.objects.select_for_update().get(pk=case.pk)
    if not case.is_live:
        return
    HandedOver.objects.update_or_create(case=case, moderator=actor, defaults={"case_version": case.version})
    if case.claimed_by_id == actor.pk:
        case.claimed_by = case.claim_expires_at = None
        case.save(update_fields=["claimed_by", "claim_expires_at"])


def release_all(moderator: User) -> None:
    """When they sign out (moderation.md 2.2): what they had in hand waits for whoever comes next."""
    Case.objects.filter(claimed_by=moderator).update(claimed_by=None, claim_expires_at=None)


@transaction.atomic
def put_off(case: Case, *, actor: User, seen: Seen, hours: int) -> Case:
    """Asleep for whole hours; it wakes by itself, or when something new comes in."""
    if not 1 <= hours <= LONGEST_SNOOZE // dt.timedelta(hours=1):
        raise SnoozeUnreadable(fields={"hours": [SnoozeUnreadable.message]})
    case = lock_seen(case, seen, actor=actor)
    require_other_than_reporter(case, actor)
    if case.lane == Lane.LIFE:
        raise CannotBePutOff
    move(case, CaseState.SNOOZED)
    case.wakes_at = hour_of(timezone.now()) + dt.timedelta(hours=hours)
    case.save()
    audit.append("case_put_off", moderator=actor, case=case.public_id, hours=hours)
    return case


def _own(moderator: User) -> Case | None:
    own = Case.objects.filter(claimed_by=moderator, claim_expires_at__gt=timezone.now(), state__in=TO_DECIDE)
    return own.select_for_update(of=("self",)).most_pressing_first().first()


def _locked(case: Case, actor: User) -> Case:
    require_moderator(actor)
    case = Case.objects.select_for_update(of=("self",)).select_related("post", "appeal").get(pk=case.pk)
    if needs_lead(case, actor):
        raise LeadNeeded
    # Put off is no lock, nor is passed on where no lead is: whoever wants to decide it today takes it up.
    if case.state == CaseState.SNOOZED or (case.state == CaseState.ESCALATED and not is_lead(actor)):
        case.state, case.wakes_at = CaseState.OPEN, None
        case.version += 1
        case.save(update_fields=["state", "wakes_at", "version"])
    if not case.is_to_decide:
        raise CaseAlreadyClosed
    require_other_than_first(case, actor)
    if not case.is_taken_by(actor.pk):  # who has it may have reported it since; it ends by itself
        require_other_than_reporter(case, actor)
    return case


def _lease(case: Case, actor: User) -> Case:
    """A renewal keeps the epoch: it is the same look at the same case."""
    now = timezone.now()
    note_first_look(case)
    if not case.is_taken_by(actor.pk):
        note_met(case, actor)
        case.claim_epoch += 1
    case.claimed_by = actor
    case.claim_expires_at = now + (LEASE_LIFE if case.lane == Lane.LIFE else LEASE)
    case.save(update_fields=["claimed_by", "claim_expires_at", "claim_epoch"])
    return case
