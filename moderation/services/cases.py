"""Cases: opening one, or adding to the one that is open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from moderation import audit
from moderation.models import Case, CaseState

if TYPE_CHECKING:
    from forum.models import Post


@transaction.atomic
def open_case(post: Post, *, reasons: Iterable[str], is_urgent: bool = False) -> Case:
    """The post's open case, with these reasons added; a new one if none is open. Safe when two come at once.

    What is urgent once stays so.
    """
    case = _open_case_of(post)
    if case is None:
        hour = timezone.now().replace(minute=0, second=0, microsecond=0)
        try:
            with transaction.atomic():
                case = Case.objects.create(post=post, reasons=list(reasons), is_urgent=is_urgent, opened_at=hour)
        except IntegrityError:  # another request opened it a moment ago
            case = _open_case_of(post)
            if case is None:
                raise
        else:
            audit.append("case_opened", moderator=None, reasons=case.reasons)
            return case
    case.reasons = list(dict.fromkeys([*case.reasons, *reasons]))
    case.is_urgent = case.is_urgent or is_urgent
    case.version += 1
    case.save(update_fields=["reasons", "is_urgent", "version"])
    return case


@transaction.atomic
def close_case_of(post: Post, *, why: str, unless_reported: bool = False, is_logged: bool = True) -> None:
    case = _open_case_of(post)
    if case is None or (unless_reported and case.reports.exists()):
        return
    close(case)
    if is_logged:
        audit.append("case_closed", moderator=None, why=why)


@transaction.atomic
def drop_reason(post: Post, reason: str, *, why: str) -> None:
    """What does not hold any more; the case goes with its last reason."""
    case = _open_case_of(post)
    if case is None or reason not in case.reasons:
        return
    case.reasons = [each for each in case.reasons if each != reason]
    if case.reasons or case.reports.exists():
        case.version += 1
        case.save(update_fields=["reasons", "version"])
        return
    case.reasons = [reason]
    close(case)
    audit.append("case_closed", moderator=None, why=why)


def close(case: Case) -> None:
    """A locked one. Of when it was opened the day is left: the hour was for the queue, and a case is kept for ever."""
    case.state = CaseState.CLOSED
    case.opened_at = case.opened_at.replace(hour=0)
    case.version += 1
    case.save(update_fields=["state", "opened_at", "version"])


def _open_case_of(post: Post) -> Case | None:
    return Case.objects.select_for_update().filter(post_id=post.pk, state=CaseState.OPEN).first()
