"""What a reporter is told: whether their report waits, then what stands, whoever brought it about.

Nothing of a decision that can still be undone. The words are about the post alone: nothing says about which report or
appeal it was decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from django.utils.translation import gettext_lazy as _

from forum.states import PostState
from moderation.models import MOVING, RESTRICTING, Action, Case, CaseState, Decision, Outcome
from moderation.services.reports import report_with

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from forum.models import Post
    from moderation.models import Report

_LEFT = frozenset({Action.PUBLISH, Action.LEAVE})


@dataclass(frozen=True, slots=True)
class ReportStatus:
    """For whoever sent it. `outcome` is empty while it waits; `answer` is somebody else's, who looked again."""

    is_waiting: bool
    outcome: _StrOrPromise
    may_ask_again: bool = False
    is_asked_again: bool = False
    answer: str = ""


def report_status(reference: str) -> ReportStatus:
    """For whoever has the reference. Raises NotFound."""
    report = report_with(reference)
    told = _Told.of(report)
    asked = list(report.appeals.select_related("decision__undone", "decision__undoing").order_by("made_on"))
    # One that the team answered by taking the decision back is over when it has decided anew.
    asked = [each for each in asked if told.waits or each.outcome != Outcome.TAKEN_BACK or not each.is_answered]
    answered = [each.answer_words for each in asked if each.is_answered]
    return ReportStatus(
        is_waiting=told.waits,
        outcome="" if told.waits else _outcome(told, report.case.post),
        may_ask_again=not asked and told.left_standing(report.case.post) is not None,
        is_asked_again=bool(asked),
        answer=answered[-1] if answered else "",
    )


def decision_left_standing(report: Report) -> Decision | None:
    """By which the post was left where it is, and still stands there: what its reporter can have looked at again."""
    return _Told.of(report).left_standing(report.case.post)


@dataclass(frozen=True, slots=True)
class _Told:
    """Of what was decided about a reported post all that a reporter may hear of."""

    waits: bool
    own: Decision | None  # the last about their own case
    moved: Decision | None  # by which the post came where it is, whichever case that was about
    is_all: bool  # else somebody has just moved it, and can undo that

    @classmethod
    def of(cls, report: Report) -> Self:
        standing = Decision.objects.standing().filter(case__post=report.case.post_id)
        decisions = list(standing.select_related("undone", "undoing").order_by("-pk"))
        told = [each for each in decisions if each.is_told]
        own = [each for each in told if each.case_id == report.case_id and each.action != Action.REOPEN]
        taken_back = {each.reverses_id for each in told}
        moved = [each for each in told if each.action in MOVING and each.pk not in taken_back]
        return cls(
            waits=_waits(report.case, [each for each in decisions if each.case_id == report.case_id]),
            own=own[0] if own else None,
            moved=moved[0] if moved else None,
            is_all=decisions[:1] == told[:1],
        )

    def left_standing(self, post: Post) -> Decision | None:
        if self.waits or post.state != PostState.PUBLISHED:
            return None
        about = (self.own, self.moved)  # another case may have put it back since
        return next((each for each in about if each is not None and each.action in _LEFT), None)


def _waits(case: Case, decisions: list[Decision]) -> bool:
    """Until the words of a decision have left the report waits as it did; what takes one back holds from then on."""
    if not decisions:
        return case.is_live
    newest = decisions[0]
    if not newest.is_told:
        return newest.reverses_id is None
    if newest.action == Action.REOPEN and case.state == CaseState.CLOSED:  # opened again in the one that lived then
        return Case.objects.live_about(case.post_id).exists()
    return case.is_live and case.state != CaseState.WAITING


def _outcome(told: _Told, post: Post) -> _StrOrPromise:
    own, moved = told.own, told.moved
    if own is None and moved is None:
        return _GONE
    is_since = moved is not None and (own is None or moved.pk >= own.pk)
    if moved is not None and moved.action in RESTRICTING:
        is_anew = is_since and own is not None and own.action in _LEFT
        return (_AFTER_ALL if is_anew else _OUTCOMES)[Action(moved.action)]
    if told.is_all and post.state != PostState.PUBLISHED:
        return _GONE
    is_back = is_since and moved is not None and (moved.reverses_id or (own and own.action in RESTRICTING))
    return _PUT_BACK if is_back else _LEFT_THERE


_OUTCOMES: dict[Action, _StrOrPromise] = {
    Action.RETURN: _("It was sent back to whoever wrote it, to be changed. Thank you for telling us."),
    Action.HIDE: _("It was taken down. Thank you for telling us."),
}
_AFTER_ALL: dict[Action, _StrOrPromise] = {
    Action.RETURN: _(
        "The team has looked at it again since, and sent it back to whoever wrote it, to be changed. "
        "Thank you for telling us."
    ),
    Action.HIDE: _("The team has looked at it again since, and took it down. Thank you for telling us."),
}
_LEFT_THERE = _("A moderator has read it and left it where it is. Thank you for looking out for others.")
_PUT_BACK = _("The team has looked at it again since, and put it back. Thank you for telling us.")
_GONE = _("It is not there any more. Thank you for telling us.")
