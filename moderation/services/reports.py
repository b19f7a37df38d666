"""Reports: a reader's word about a post. They queue; they never hide it (safety.md J7).

"Someone who hurt me may be here" hides the reporter's own words from whoever wrote it, at once (J4).
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.days import today
from common.errors import Invalid
from common.sealing import tags
from forum.services.blocking import Hidden, hide_from_author
from moderation import audit
from moderation.models import URGENT, Report, ReportReason
from moderation.services.cases import NOW, open_case

if TYPE_CHECKING:
    from accounts.identity import Identity
    from forum.models import Post

MAX_REPORT_CHARS = 2_000
MOST_CHARS_TOGETHER = 10 * MAX_REPORT_CHARS  # of one reader for one reason, sent one after another
_DRAWN = "."  # begins no tag


class ReasonUnknown(Invalid):
    code = "report-reason-unknown"
    message = _("Choose what it is about.")


class ReportTooLong(Invalid):
    code = "report-too-long"
    message = _("Please keep it under 2,000 characters.")


@transaction.atomic
def report_post(
    post: Post,
    *,
    actor: str,
    reason: str,
    text: str = "",
    identity: Identity | None = None,
    hides: str = Hidden.EVERYTHING,
) -> Report:
    """`actor` is whatever tells one reader from another (`visit.reporter_key`); only a keyed tag of it is kept.

    The same reader again for the same reason adds what they had not said before; two people behind one network are one
    reader here, and none of their words is lost. Where somebody may have hurt them, what `identity` wrote is hidden as
    they choose, in the same transaction; nothing about that stands in the report.
    """
    if reason not in ReportReason.values:
        raise ReasonUnknown(fields={"reason": [ReasonUnknown.message]})
    if len(text) > MAX_REPORT_CHARS:
        raise ReportTooLong(fields={"text": [ReportTooLong.message]})
    if reason == ReportReason.SOMEONE_WHO_HURT_ME and identity is not None:
        hide_from_author(post, actor=identity, hides=hides)
    is_urgent = reason in URGENT
    case = open_case(post, reasons=[f"reported:{reason}"], is_urgent=is_urgent, severity=NOW if is_urgent else 0)
    text = text.replace("\0", "").strip()
    own_tags = tags("reporter", actor, case.public_id)
    report = case.reports.filter(reporter_tag__in=own_tags, reason=reason).first()  # any key's, while keys rotate
    if report is None:
        report, is_new = Report.objects.get_or_create(
            case=case, reporter_tag=own_tags[0], reason=reason, defaults={"text": text, "reported_on": today()}
        )
        if is_new:
            audit.append("post_reported", moderator=None, reason=reason)
            return report
    if text not in report.text and len(report.text) < MOST_CHARS_TOGETHER:
        report.text = f"{report.text}\n\n{text}".strip()
        report.save(update_fields=["text"])
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
