"""Reports: a reader's word about a post. They queue; they never hide it (safety.md J7).

"Someone who hurt me may be here" hides the reporter's own words from whoever wrote it, at once (J4). What a moderator
thinks of a report is a field of its own: acting on a post never judges who reported it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import sealed_records
from common.days import today
from common.errors import Invalid, NotFound
from common.public_id import ALPHABET, LENGTH
from common.sealing import tag, tags
from forum.services.blocking import Hidden, Hiding, hide_from_author
from forum.states import PostState
from moderation import audit
from moderation.models import Action, Appeal, Judgement, Outcome, Report, ReportReason
from moderation.models.report import DOUBTED, TRUSTED, UNKNOWN
from moderation.policies import can_decide
from moderation.services.cases import NotAModerator, open_case, require_not_ones_own, weigh_anew
from moderation.services.sealed_minimum import keep_minimum

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from accounts.identity import Identity
    from accounts.models import User
    from forum.models import Post
    from moderation.models import Case, Decision

MAX_REPORT_CHARS = 2_000
MOST_CHARS_TOGETHER = 10 * MAX_REPORT_CHARS  # of one reader for one reason, sent one after another
_DRAWN = "."  # begins no tag
_ENOUGH = 2  # judged reports that speak for or against somebody

# Rows of what an identity reported: what they were judged tells how much the next one weighs.
REPORTED = sealed_records.Kind(
    "reported",
    what="which reports are yours, so that what became of them can count for your next one",
    kept="as long as the account",
    copied="yes, with your reports",
    erased="it goes",
    is_list=True,
)


class ReasonUnknown(Invalid):
    code = "report-reason-unknown"
    message = _("Choose what it is about.")


class ReportTooLong(Invalid):
    code = "report-too-long"
    message = _("Please keep it under 2,000 characters.")


class JudgementUnknown(Invalid):
    code = "judgement-unknown"
    message = _("Say whether the report was right, unfounded or misused.")


@dataclass(frozen=True, slots=True)
class ReportStatus:
    """For whoever sent it. `outcome` is empty while it waits; `answer` is somebody else's, who looked again."""

    is_waiting: bool
    outcome: _StrOrPromise
    may_ask_again: bool = False
    is_asked_again: bool = False
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Reported:
    report: Report
    hiding: Hiding


@transaction.atomic
def report_and_hide(
    post: Post,
    *,
    actor: str,
    reason: str,
    text: str = "",
    identity: Identity | None = None,
    also: Collection[Identity] = (),
    hides: str = Hidden.EVERYTHING,
    shown: frozenset[int] = frozenset(),
    is_fresh: bool = True,
) -> Reported:
    """A report, and where somebody may have hurt them what `identity` wrote is hidden as they choose, in the same
    transaction; nothing about that stands in the report. `also`: whose other claim codes are open in this visit, so
    that "everything" is everything that it shows as one's own. `shown` and `is_fresh`: see `hide_from_author`.

    Who is nobody any more, their visit being over, is heard, and told that nothing was hidden.
    """
    hiding = Hiding(Hidden.NOTHING)
    if reason == ReportReason.SOMEONE_WHO_HURT_ME and hides != Hidden.NOTHING:
        hiding = Hiding(Hidden.NOTHING, is_whole=False)
        if identity is not None:
            hiding = hide_from_author(post, actor=identity, hides=hides, shown=shown, is_fresh=is_fresh)
        if hides == Hidden.EVERYTHING:
            for guest in also:
                hide_from_author(post, actor=guest, hides=hides)
    report = report_post(post, actor=actor, reason=reason, text=text, identity=identity)
    return Reported(report, hiding)


@transaction.atomic
def report_post(post: Post, *, actor: str, reason: str, text: str = "", identity: Identity | None = None) -> Report:
    """`actor` is whatever tells one reader from another (`visit.reporter_key`); only a keyed tag of it is kept.

    The same reader again for the same reason adds what they had not said before; two people behind one network are one
    reader here, and none of their words is lost.
    """
    if reason not in ReportReason.values:
        raise ReasonUnknown(fields={"reason": [ReasonUnknown.message]})
    if len(text) > MAX_REPORT_CHARS:
        raise ReportTooLong(fields={"text": [ReportTooLong.message]})
    weight = UNKNOWN if identity is None else _weight_of(identity)
    case = open_case(post, reasons=[f"reported:{reason}"])
    keep_minimum(case, reason=reason)
    text = text.replace("\0", "").strip()
    own_tags = tags("reporter", actor, case.public_id)
    report = case.reports.filter(reporter_tag__in=own_tags, reason=reason).first()  # any key's, while keys rotate
    if report is None:
        report, is_new = Report.objects.get_or_create(
            case=case,
            reporter_tag=own_tags[0],
            reason=reason,
            defaults={"text": text, "reported_on": today(), "weight": weight},
        )
        if is_new:
            if identity is not None:
                sealed_records.add_item(REPORTED, identity, report.pk)
            weigh_anew(case)
            audit.append("post_reported", moderator=None, reason=reason)
            return report
    if text not in report.text and len(report.text) < MOST_CHARS_TOGETHER:
        report.text = f"{report.text}\n\n{text}".strip()
        report.save(update_fields=["text"])
    return report


@transaction.atomic
def judge_report(reference: str, *, case: Case, actor: User, judgement: str, batch: str = "") -> None:
    """What a moderator thinks of it; it changes nothing but how much that reader's next report weighs."""
    if not can_decide(actor):
        raise NotAModerator
    require_not_ones_own(case.post, actor)
    if judgement not in Judgement.values:
        raise JudgementUnknown(fields={"judgement": [JudgementUnknown.message]})
    changed = Report.objects.filter(reference=reference, case=case).exclude(judgement=judgement)
    if changed.update(judgement=judgement):
        part_of = {"batch": batch} if batch else {}
        audit.append("report_judged", moderator=actor, case=case.public_id, judgement=judgement, **part_of)


@transaction.atomic
def take_judgement_back(report: Report, *, actor: User, batch: str) -> None:
    """As if nobody had judged it."""
    changed = Report.objects.filter(pk=report.pk).exclude(judgement="").update(judgement="")
    if changed:
        audit.append("report_judgement_undone", moderator=actor, case=report.case.public_id, batch=batch)


def desk_id_of(report: Report) -> str:
    """By which the desk names a report. The reference is its reporter's alone: it speaks for them."""
    digest = hashlib.sha256(tag("report at the desk", report.reference).encode()).digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:LENGTH])


def report_at_desk(case: Case, desk_id: str) -> Report:
    """Raises NotFound."""
    for report in case.reports.all():
        if desk_id_of(report) == desk_id:
            return report
    raise NotFound


def report_status(reference: str) -> ReportStatus:
    """For whoever has the reference. Raises NotFound."""
    report = report_with(reference)
    appeal = Appeal.objects.filter(report=report).select_related("decision").first()
    newest = appeal.decision if appeal and appeal.decision else _newest_decision(report)
    return ReportStatus(
        is_waiting=report.case.is_live,
        outcome="" if report.case.is_live else _outcome_of(newest),
        may_ask_again=appeal is None and decision_left_standing(report) is not None,
        is_asked_again=appeal is not None,
        answer=appeal.answer if appeal else "",
    )


def report_with(reference: str) -> Report:
    """Raises NotFound."""
    report = Report.objects.filter(reference=reference.strip()).select_related("case__post__thread__category").first()
    if report is None:
        raise NotFound
    return report


def decision_left_standing(report: Report) -> Decision | None:
    """By which the post was left where it is, and still stands there: what its reporter can have looked at again."""
    newest = None if report.case.is_live else _newest_decision(report)
    is_left = newest is not None and newest.action in {Action.PUBLISH, Action.LEAVE}
    return newest if is_left and report.case.post.state == PostState.PUBLISHED else None


def _newest_decision(report: Report) -> Decision | None:
    return report.case.decisions.standing().order_by("-pk").first()


def _outcome_of(newest: Decision | None) -> _StrOrPromise:
    if newest is None:
        return _GONE
    return _PUT_BACK if _is_overturned(newest) else _OUTCOMES.get(Action(newest.action), _GONE)


def _is_overturned(decision: Decision) -> bool:
    """Somebody else has decided again since, because its author asked."""
    appeal = Appeal.objects.filter(statement=decision.statement_id).first() if decision.statement_id else None
    return appeal is not None and appeal.outcome == Outcome.OVERTURNED


_OUTCOMES: dict[Action, _StrOrPromise] = {
    Action.PUBLISH: _("A moderator has read it and left it where it is. Thank you for looking out for others."),
    Action.LEAVE: _("A moderator has read it and left it where it is. Thank you for looking out for others."),
    Action.RETURN: _("It was sent back to whoever wrote it, to be changed. Thank you for telling us."),
    Action.HIDE: _("It was taken down. Thank you for telling us."),
}
_PUT_BACK = _("Somebody else of the team has looked at it again since, and put it back. Thank you for telling us.")
_GONE = _("It is not there any more. Thank you for telling us.")


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


def _weight_of(identity: Identity) -> float:
    own = sealed_records.items(REPORTED, identity)
    judged = list(Report.objects.filter(pk__in=own).exclude(judgement="").values_list("judgement", flat=True))
    right = judged.count(Judgement.RIGHT)
    wrong = len(judged) - right
    if wrong >= _ENOUGH and wrong > right:
        return DOUBTED
    return TRUSTED if right >= _ENOUGH and right > 3 * wrong else UNKNOWN
