"""What the buttons of a case's page do, beside deciding it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from moderation.admin.desk import number_in
from moderation.models import Case, CaseState, Seen
from moderation.services import cases, claims, effects, notes, undoing
from moderation.services.reports import judge_report, report_at_desk

if TYPE_CHECKING:
    from accounts.models import User

Deed = Callable[[Case, "User", HttpRequest], tuple[Any, bool]]  # what is said, and whether it leads back to the queue


def _take(case: Case, moderator: User, _request: HttpRequest) -> tuple[Any, bool]:
    claims.take(case, actor=moderator)
    return _("It is yours for some minutes. Every page of it that you open gives you more."), False


def _take_over(case: Case, moderator: User, _request: HttpRequest) -> tuple[Any, bool]:
    claims.take_over(case, actor=moderator)
    return _("You have taken it over. It stands in the log."), False


def _hand_over(case: Case, moderator: User, _request: HttpRequest) -> tuple[Any, bool]:
    claims.hand_over(case, actor=moderator)
    return _("Somebody else will take it. You need not say why."), True


def _put_off(case: Case, moderator: User, request: HttpRequest) -> tuple[Any, bool]:
    hours = number_in(request.POST.get("hours", ""))
    claims.put_off(case, actor=moderator, seen=seen_in(request), hours=hours)
    return _("It comes back by itself."), True


def _pass_on(case: Case, moderator: User, request: HttpRequest) -> tuple[Any, bool]:
    passed = cases.pass_on(case, actor=moderator, seen=seen_in(request))
    to_leads = passed.state == CaseState.ESCALATED
    return _("The leads have it now.") if to_leads else _("Everybody can take it again."), True


def _undo(case: Case, moderator: User, request: HttpRequest) -> tuple[Any, bool]:
    undone = undoing.undo_decision(case, actor=moderator, seen=seen_in(request))
    if undone.is_to_decide:
        return _("Undone. Nobody was told. What you had typed is below, and the case is yours again."), False
    return _("Undone. Nobody was told. What you had typed is below."), False


def _note(case: Case, moderator: User, request: HttpRequest) -> tuple[Any, bool]:
    said = request.POST
    notes.add_note(case, actor=moderator, text=said.get("note-text", ""), audience=said.get("note-audience", ""))
    return _("Written down, for the team alone."), False


def _told(case: Case, moderator: User, request: HttpRequest) -> tuple[Any, bool]:
    said = request.POST
    notes.note_telling(case, actor=moderator, whom=said.get("told-whom", ""), ground=said.get("told-ground", ""))
    return _("Written down, and in the log for good."), False


def _unlock_branch(case: Case, moderator: User, _request: HttpRequest) -> tuple[Any, bool]:
    effects.open_branch(case.post, actor=moderator)
    return _("It takes replies again."), False


def _judge(case: Case, moderator: User, request: HttpRequest) -> tuple[Any, bool]:
    said = request.POST
    report = report_at_desk(case, said.get("report", ""))
    judge_report(report.reference, case=case, actor=moderator, judgement=said.get("judgement", ""))
    return _("Noted. It changes nothing about the post."), False


DEEDS: dict[str, Deed] = {
    "take": _take,
    "take_over": _take_over,
    "hand_over": _hand_over,
    "put_off": _put_off,
    "pass_on": _pass_on,
    "judge": _judge,
    "undo": _undo,
    "note": _note,
    "told": _told,
    "unlock_branch": _unlock_branch,
}


def seen_in(request: HttpRequest) -> Seen:
    seen = Seen.parse(request.POST.get("seen", ""))
    if seen is None:
        raise cases.CaseChanged
    return seen
