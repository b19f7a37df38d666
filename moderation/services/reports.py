"""Reports: a reader's word about a post. They queue; they never hide (safety.md J7)."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.days import today
from common.errors import Invalid
from common.sealing import tags
from moderation import audit
from moderation.models import Report, ReportReason
from moderation.services.cases import open_case

if TYPE_CHECKING:
    from forum.models import Post

MAX_REPORT_CHARS = 2_000
_DRAWN = "."  # begins no tag


class ReasonUnknown(Invalid):
    code = "report-reason-unknown"
    message = _("Choose what it is about.")


class ReportTooLong(Invalid):
    code = "report-too-long"
    message = _("Please keep it under 2,000 characters.")


@transaction.atomic
def report_post(post: Post, *, actor: str, reason: str, text: str = "") -> Report:
    """`actor` is whatever tells one reader from another (`visit.reporter_key`); only a keyed tag of it is kept.

    The same reader again about the same case adds nothing.
    """
    if reason not in ReportReason.values:
        raise ReasonUnknown(fields={"reason": [ReasonUnknown.message]})
    if len(text) > MAX_REPORT_CHARS:
        raise ReportTooLong(fields={"text": [ReportTooLong.message]})
    case = open_case(post, reasons=[f"reported:{reason}"])
    own_tags = tags("reporter", actor, case.public_id)
    if known := case.reports.filter(reporter_tag__in=own_tags[1:]).first():  # while keys rotate
        return known
    report, is_new = Report.objects.get_or_create(
        case=case,
        reporter_tag=own_tags[0],
        defaults={"reason": reason, "text": text.replace("\0", "").strip(), "reported_on": today()},
    )
    if is_new:
        audit.append("post_reported", moderator=None, reason=reason)
    return report


def forget_reporters() -> int:
    """When the seal key turns: the tag of each report is drawn anew, since of what it was made is stored nowhere.

    A reader may then report once more what they reported before. Returns how many.
    """
    forgotten = 0
    for pk in list(Report.objects.exclude(reporter_tag__startswith=_DRAWN).values_list("pk", flat=True)):
        forgotten += Report.objects.filter(pk=pk).update(reporter_tag=drawn_tag())
    return forgotten


def drawn_tag() -> str:
    """In the place of a reporter's: of nobody."""
    return _DRAWN + secrets.token_urlsafe(31)
