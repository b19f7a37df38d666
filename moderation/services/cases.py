"""Cases: opening one, or adding to the one that is live; passing it on, closing it.

Every verb of a moderator takes what they had before them (`Seen`) and goes through `lock_seen`: the one place that
refuses what is stale, taken by somebody else, or closed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, NotAllowed, Stale
from forum.queries import post_version
from forum.services.visibility import lock_thread
from forum.states import PostState
from moderation import audit
from moderation.explaining import OF_ITS_AUTHOR, in_the_log, is_noticed, is_report
from moderation.models import Case, CaseState, Decision, Lane, News, Seen, UndoneDecision
from moderation.services.changes import what_changed
from moderation.services.leads import has_lead, needs_lead, without_lead
from moderation.services.looks import note_first_look
from moderation.services.roles import require_moderator, require_not_ones_own
from moderation.services.sealed_minimum import let_minimum_go
from moderation.states import FIRST_LOOK, SAID, due_at, head_start, lane_of, may_move

if TYPE_CHECKING:
    from accounts.models import User
    from forum.models import Post
    from moderation.models import Appeal


_GIVEN_BACK_AT_ONCE = 200  # the rest when the next is asked for


class CaseAlreadyClosed(Conflict):
    code = "case-already-closed"
    message = _("This case is decided already, or its author took the post back. Nothing was changed.")


class CasePutOff(CaseAlreadyClosed):
    code = "case-put-off"
    message = _("Somebody has put this case off until later. Nothing was changed: take it first, then you can.")


class LeadNeeded(NotAllowed):
    code = "lead-needed"
    message = _("This case was passed on: a lead decides it.")


class NoLeadThere(Conflict):
    code = "no-lead-there"
    message = _(
        "No lead could take this just now, so it stays with everybody. If it is not for you, give it to somebody else: "
        "you need not say why."
    )


class CaseIsOpen(Conflict):
    code = "case-is-open"
    message = _("This case waits for a decision: there is none to take back. Decide it as you think right.")


class CaseTaken(Conflict):
    code = "case-taken"
    message = _("Somebody else is looking at this case just now. Take the next one, or come back in some minutes.")


class CaseChanged(Stale):
    code = "case-changed"
    message = _("Something came in about this post after you opened it. Please read it again, then decide.")


class PostChanged(Stale):
    code = "post-changed"
    message = _("The post was changed after you opened it. Please read it again, then decide.")


class DecidedItFirst(NotAllowed):
    code = "decided-it-first"
    message = _("You took the decision that this is about, so somebody else looks at it now. Nothing was changed.")


def require_other_than_first(case: Case, actor: User) -> None:
    """Of an appeal: whoever decided first does nothing more about it (moderation.md 2.8). And nobody about their own
    words.
    """
    require_not_ones_own(case.post, actor)
    if case.appeal is not None and case.appeal.first_moderator_id == actor.pk:
        raise DecidedItFirst


# --- What comes in ----------------------------------------------------------------------------------------------------


@transaction.atomic
def open_case(post: Post, *, reasons: Iterable[str]) -> Case:
    """The post's live case, with these reasons added; a new one if none lives. Safe when two come at once.

    What was put off or lies with its author is open again; it never goes down a lane. What a screener says about the
    words stays out of the log, which keeps the order of everything: an unusual reason would tell there which post a
    line is about.
    """
    case = live_case_of(post)
    if case is None:
        hour = hour_of(timezone.now())
        new = list(dict.fromkeys(reasons))
        try:
            with transaction.atomic():
                case = Case(post=post, reasons=new, opened_at=hour, lane=lane_of(new))
                _weigh(case)
                case.save(force_insert=True)
        except IntegrityError:  # another request opened it a moment ago
            case = live_case_of(post)
            if case is None:
                raise
        else:
            logged = [in_the_log(reason) for reason in new if not is_noticed(reason)]
            audit.append("case_opened", moderator=None, reasons=logged)
            return case
    case.post = post
    reasons = list(reasons)
    news = _news(reasons, case.reasons)
    case.reasons = list(dict.fromkeys([*case.reasons, *reasons]))
    if case.state == CaseState.WAITING and case.first_for_id is not None:
        case.first_until = timezone.now() + FIRST_LOOK
    if case.state in {CaseState.WAITING, CaseState.SNOOZED}:
        case.state, case.wakes_at = CaseState.OPEN, None
        case.opened_at = hour_of(timezone.now())
    _weigh(case)
    case.version += 1
    case.news |= dict.fromkeys(news, case.version)
    case.save()
    return case


def _news(coming: Iterable[str], known: Collection[str]) -> set[News]:
    """A report always is: it may say in other words what was reported before. What its author did is told by the post,
    and what the screeners say of other words as they said it before is nothing new.
    """
    reported = {reason for reason in coming if is_report(reason)}
    others = set(coming) - reported - OF_ITS_AUTHOR - set(known)
    return {news for news, found in ((News.REPORT, reported), (News.REASON, others)) if found}


def open_case_of_appeal(post: Post, appeal: Appeal, *, reasons: Iterable[str]) -> Case:
    """Beside the post's own, if that lives: what else comes in about the post is another question."""
    reasons = list(reasons)
    if appeal.report is not None:  # it presses as the report did, and has words
        reasons.append(f"reported:{appeal.report.reason}")
    case = Case(post=post, appeal=appeal, reasons=reasons, opened_at=hour_of(timezone.now()), lane=lane_of(reasons))
    _weigh(case, is_said=True)
    case.save(force_insert=True)
    return case


def _weigh(case: Case, *, is_said: bool = False) -> None:
    """Lane, parts and due time, from what the case is made of. What was once said stays said."""
    case.lane = min(case.lane, lane_of(case.reasons))
    weights = [] if case._state.adding else case.reports.values_list("weight", flat=True)  # noqa: SLF001 - documented
    is_exposed = case.post.state == PostState.PUBLISHED
    case.head_start = head_start(
        Lane(case.lane),
        case.reasons,
        is_exposed=is_exposed,
        weights=weights,
        is_said=is_said or SAID in case.head_start,
    )
    case.due_at = due_at(Lane(case.lane), case.opened_at, case.head_start)


def weigh_anew(case: Case, *, is_said: bool) -> None:
    """After a report was added to it, or more words to one. `is_said`: see moderation/states.py."""
    _weigh(case, is_said=is_said)
    case.save(update_fields=["lane", "head_start", "due_at"])


def awaits_a_look(post: Post) -> bool:
    """Of a post that was gone and is back in the version it had: whether it was reported and nobody decided since, or
    somebody decided while it was gone.
    """
    live = live_case_of(post)
    if live is not None and live.reports.exists():
        return True
    return Decision.objects.filter(case__post=post, post_version__gt=post.version).exists()


def wake_cases() -> int:
    """Those put off whose time has come are open again. Any number of processes at once."""
    asleep = Case.objects.filter(state=CaseState.SNOOZED, wakes_at__lte=timezone.now())
    # Asked first: on SQLite an update that finds nothing waits for every writer all the same.
    return asleep.update(state=CaseState.OPEN, wakes_at=None) if asleep.exists() else 0


def give_back_to_everybody() -> int:
    """What was passed on and no lead could take any more (services/leads.py), unless somebody has it just now.

    The log says nothing of it: it would tell when a lead was off duty. Any number of processes at once.
    """
    passed_on = Case.objects.filter(state=CaseState.ESCALATED).not_taken().most_pressing_first()  # by its index
    if passed_on.values_list("pk").first() is None:
        return 0
    left = list(without_lead(passed_on).values_list("pk", flat=True)[:_GIVEN_BACK_AT_ONCE])
    # Whoever had it before them reads anew: their button "give it back" would now pass it on.
    return passed_on.filter(pk__in=left).update(state=CaseState.OPEN, version=F("version") + 1) if left else 0


# --- What goes --------------------------------------------------------------------------------------------------------


@transaction.atomic
def close_case_of(post: Post, *, why: str, unless_reported: bool = False, is_logged: bool = True) -> None:
    case = live_case_of(post)
    if case is None or (unless_reported and case.reports.exists()):
        return
    close(case)
    if is_logged:
        audit.append("case_closed", moderator=None, why=why)


@transaction.atomic
def drop_reason(post: Post, reason: str, *, why: str) -> None:
    """What does not hold any more. With its last one the case is closed; it never goes down a lane."""
    case = live_case_of(post)
    if case is None or reason not in case.reasons:
        return
    others = [each for each in case.reasons if each != reason]
    if not others:
        close(case)
        audit.append("case_closed", moderator=None, why=why)
        return
    case.post, case.reasons = post, others
    _weigh(case)
    case.version += 1
    case.save()


def close(case: Case) -> None:
    """A locked one. Of its times the day it was opened is left: the hours were for the queue, and a case is kept."""
    move(case, CaseState.CLOSED)
    case.opened_at = case.due_at = case.opened_at.replace(hour=0)
    case.wakes_at = case.first_for = case.first_until = None
    case.save()
    case.handed_over.all().delete()
    let_minimum_go(case)
    UndoneDecision.objects.filter(decision__case=case).update(typed={})


def open_again(post: Post, case: Case) -> None:
    """What a decision about `case` closed waits for a decision as before: the same case, or the one that lives now.

    The post comes as it stands, under its thread's lock. No move of a case (moderation/states.py), but the end of one.
    """
    if live_case_of(post) is not None:
        open_case(post, reasons=case.reasons)
        return
    case.post, case.state, case.opened_at = post, CaseState.OPEN, hour_of(timezone.now())
    case.version += 1
    _weigh(case)
    case.save()


def give_back_to_author(case: Case, *, actor: User) -> None:
    """A locked one: it waits for its author, and whoever returned it sees first what comes back."""
    move(case, CaseState.WAITING)
    case.first_for, case.first_until = actor, None
    case.save()


# --- What a moderator does with one -----------------------------------------------------------------------------------


def lock_seen(case: Case, seen: Seen, *, actor: User) -> Case:
    """The case under its thread's lock, as `actor` saw it; with its post, thread and category.

    Inside a transaction. Raises NotAModerator, CaseAlreadyClosed (CasePutOff of one that sleeps), PostChanged,
    CaseTaken, CaseChanged, LeadNeeded, and of an appeal DecidedItFirst. The epoch is a fencing token: once somebody
    else has had the case, whoever had it before writes nothing more.
    """
    locked = _locked(case, actor)
    if not locked.is_to_decide:
        raise CasePutOff if locked.state == CaseState.SNOOZED else CaseAlreadyClosed
    require_other_than_first(locked, actor)
    if needs_lead(locked, actor):
        raise LeadNeeded
    _require_post_seen(locked, seen)
    if locked.is_taken and locked.claimed_by_id != actor.pk:
        raise CaseTaken
    _require_case_seen(locked, seen)
    note_first_look(locked)
    return locked


def lock_decided(case: Case, seen: Seen, *, actor: User) -> Case:
    """The same of a case that was decided: closed, or with its author. Nobody has such a one taken.

    Inside a transaction. Raises NotAModerator, OnesOwn, CaseIsOpen, PostChanged, CaseChanged.
    """
    locked = _locked(case, actor)
    require_not_ones_own(locked.post, actor)
    if locked.state not in {CaseState.CLOSED, CaseState.WAITING}:
        raise CaseIsOpen
    _require_post_seen(locked, seen)
    _require_case_seen(locked, seen)
    return locked


def _locked(case: Case, actor: User) -> Case:
    require_moderator(actor)
    lock_thread(case.post.thread_id)  # before the case: the order of moderation/receivers.py
    cases = Case.objects.select_for_update(of=("self",)).select_related("post__thread__category", "appeal")
    return cases.get(pk=case.pk)


def _require_post_seen(case: Case, seen: Seen) -> None:
    if post_version(case.post.public_id) != seen.post_version:
        raise PostChanged(changed=_changed(case, seen))


def _require_case_seen(case: Case, seen: Seen) -> None:
    if case.version != seen.case_version or case.claim_epoch != seen.claim_epoch:
        raise CaseChanged(changed=_changed(case, seen))


def _changed(case: Case, seen: Seen) -> dict[str, Any]:
    """The post as it is now: `lock_seen` loaded it before it waited for anything."""
    return what_changed(case, seen).as_data()


@transaction.atomic
def pass_on(case: Case, *, actor: User, seen: Seen) -> Case:
    """To the leads; or, by a lead, back to everybody. Raises NoLeadThere where no other lead could take it."""
    case = lock_seen(case, seen, actor=actor)
    if case.state != CaseState.ESCALATED and not has_lead(case, besides=actor):
        raise NoLeadThere
    move(case, CaseState.OPEN if case.state == CaseState.ESCALATED else CaseState.ESCALATED)
    case.save()
    audit.append("case_passed_on", moderator=actor, case=case.public_id, to=case.state)
    return case


def live_case_of(post: Post) -> Case | None:
    """Locked. Never an appeal's."""
    return Case.objects.select_for_update().live_about(post.pk).first()


def move(case: Case, to: CaseState) -> None:
    """A locked one; nobody has it any more. Raises CaseAlreadyClosed where no such move is."""
    if not may_move(case.state, to):
        raise CaseAlreadyClosed
    case.state = to
    case.version += 1
    case.claimed_by = case.claim_expires_at = None


def hour_of(time: dt.datetime) -> dt.datetime:
    """Rounded down: all that is kept of when something happened."""
    return time.replace(minute=0, second=0, microsecond=0)
