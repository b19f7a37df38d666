"""Cases: opening one, or adding to the one that is open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from moderation import audit
from moderation.explaining import is_about_words
from moderation.models import Case, CaseState

if TYPE_CHECKING:
    from forum.models import Post

NOW, SERIOUS = 3, 2  # of a case: how grave it may be (moderation.md, levels 1 and 2)


@transaction.atomic
def open_case(post: Post, *, reasons: Iterable[str], is_urgent: bool = False, severity: int = 0) -> Case:
    """The post's open case, with these reasons added; a new one if none is open. Safe when two come at once.

    What is urgent once stays so, and as grave. What a screener says about the words stays out of the log, which keeps
    the order of everything: an unusual reason would tell there which post a line is about.
    """
    reasons = list(reasons)
    case = open_case_of(post)
    if case is None:
        hour = timezone.now().replace(minute=0, second=0, microsecond=0)
        try:
            with transaction.atomic():
                case = Case.objects.create(
                    post=post, reasons=reasons, is_urgent=is_urgent, severity=severity, opened_at=hour
                )
        except IntegrityError:  # another request opened it a moment ago
            case = open_case_of(post)
            if case is None:
                raise
        else:
            logged = [reason for reason in reasons if not is_about_words(reason)]
            audit.append("case_opened", moderator=None, reasons=logged)
            return case
    case.reasons = list(dict.fromkeys([*case.reasons, *reasons]))
    case.is_urgent = case.is_urgent or is_urgent
    case.severity = max(case.severity, severity)
    case.version += 1
    case.save(update_fields=["reasons", "is_urgent", "severity", "version"])
    return case


@transaction.atomic
def close_case_of(post: Post, *, why: str, unless_reported: bool = False, is_logged: bool = True) -> None:
    case = open_case_of(post)
    if case is None or (unless_reported and case.reports.exists()):
        return
    close(case)
    if is_logged:
        audit.append("case_closed", moderator=None, why=why)


def close(case: Case) -> None:
    """A locked one. Of when it was opened the day is left: the hour was for the queue, and a case is kept for ever."""
    case.state = CaseState.CLOSED
    case.opened_at = case.opened_at.replace(hour=0)
    case.version += 1
    case.save(update_fields=["state", "opened_at", "version"])


def open_case_of(post: Post) -> Case | None:
    """Locked."""
    return Case.objects.select_for_update().filter(post_id=post.pk, state=CaseState.OPEN).first()
