"""Reports: a reader's word about a post. They queue; they never hide it (safety.md J7).

"Someone who hurt me may be here" hides the reporter's own words from whoever wrote it, at once (J4). "It is not what I
asked for here" is for whoever began the conversation alone, and holds the reply, as their flag does. What a moderator
thinks of a report is a field of its own: acting on a post never judges who reported it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import sealed_records
from accounts.identity import identity_of
from common.days import today
from common.errors import Invalid, NotAllowed, NotFound
from common.public_id import ALPHABET, LENGTH
from common.sealing import tag, tags
from forum.authorship import VISITOR
from forum.policies import can_flag
from forum.queries import opening_above, version_of_words
from forum.services.blocking import Hidden, Hiding, hide_from_author
from forum.services.flagging import CannotFlag, flag_reply
from forum.text import said
from moderation import audit
from moderation.explaining import is_noticed, is_report
from moderation.models import (
    Action,
    Case,
    CaseState,
    Decision,
    Judgement,
    Lane,
    Report,
    ReportReason,
)
from moderation.models.report import DOUBTED, TRUSTED, UNKNOWN
from moderation.policies import can_decide, is_lead
from moderation.queries import others_of_the_team
from moderation.screening import dangers_in_a_report
from moderation.services.cases import open_case, weigh_anew
from moderation.services.roles import is_barred, require_moderator, require_not_ones_own
from moderation.services.sealed_minimum import keep_minimum
from moderation.states import OF_A_LIFE, TO_DECIDE, lane_of

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from accounts.identity import Identity
    from accounts.models import User
    from forum.authorship import Reader
    from forum.models import Post

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


class ReportedItYourself(NotAllowed):
    code = "reported-it-yourself"
    message = _(
        "You told the team about this post yourself, so somebody else looks at it now. Nobody is told that it was you."
    )


class JudgementUnknown(Invalid):
    code = "judgement-unknown"
    message = _("Say whether the report was right, unfounded or misused.")


@dataclass(frozen=True, slots=True)
class Reported:
    report: Report
    hiding: Hiding
    is_held: bool = False


_UNFIT = _(
    "This cannot be held now: perhaps somebody of the team has read it already and left it. Nothing was sent yet. "
    "Choose another reason, and the team reads what you say."
)


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
    reader: Reader = VISITOR,
    is_fresh: bool = True,
) -> Reported:
    """A report, and where somebody may have hurt them what `identity` wrote is hidden as they choose, in the same
    transaction; nothing about that stands in the report. `also`: whose other claim codes are open in this visit, so
    that "everything" is everything that it shows as one's own. `reader`: whoever reports, and what their visit has
    opened. `is_fresh`: see `hide_from_author`.

    Who is nobody any more, their visit being over, is heard, and told that nothing was hidden. With BREAKS_WISH raises
    what `flag_reply` does, and nobody is heard: it is the word of whoever began the conversation.
    """
    is_held = reason == ReportReason.BREAKS_WISH
    if is_held:
        try:
            flag_reply(post, actor=reader)
        except CannotFlag:
            raise CannotFlag(_UNFIT) from None
    hiding = Hiding(Hidden.NOTHING)
    if reason == ReportReason.SOMEONE_WHO_HURT_ME and hides != Hidden.NOTHING:
        hiding = Hiding(Hidden.NOTHING, is_whole=False)
        if identity is not None:
            hiding = hide_from_author(post, actor=identity, hides=hides, shown=reader.opened, is_fresh=is_fresh)
        if hides == Hidden.EVERYTHING:
            for guest in also:
                hide_from_author(post, actor=guest, hides=hides)
    report = report_post(post, actor=actor, reason=reason, text=text, identity=identity)
    return Reported(report, hiding, is_held)


def reasons_for(reader: Reader, post: Post) -> list[tuple[str, _StrOrPromise]]:
    """Those that a reader can choose about a post, with their words."""
    fits = can_flag(reader, post, opening_above(post))
    return [(each.value, each.label) for each in ReportReason if fits or each is not ReportReason.BREAKS_WISH]


@transaction.atomic
def report_post(post: Post, *, actor: str, reason: str, text: str = "", identity: Identity | None = None) -> Report:
    """`actor` is whatever tells one reader from another (`visit.reporter_key`); only a keyed tag of it is kept.

    The same reader again for the same reason adds what they had not said before; two people behind one network are one
    reader here, and none of their words is lost. Danger is looked for in them as in a post's.

    Of a life, and in no new words after the team left these very words, it waits without a head start. Whoever sends it
    is answered as ever: they may be another behind the same network, or hold the phone of whoever reported
    (docs/decisions/0026-acts-and-whom-they-meet.md).
    """
    if reason not in ReportReason.values:
        raise ReasonUnknown(fields={"reason": [ReasonUnknown.message]})
    if len(text) > MAX_REPORT_CHARS:
        raise ReportTooLong(fields={"text": [ReportTooLong.message]})
    weight = UNKNOWN if identity is None else _weight_of(identity)
    text = said(text)
    is_again = reason in OF_A_LIFE and _is_left(post, actor=actor, reason=reason, text=text)
    reasons = [f"{'again' if is_again else 'reported'}:{reason}", *dangers_in_a_report(text)]
    is_said = lane_of(reasons) is Lane.LIFE and not is_again and (bool(text) or identity is not None)
    case = open_case(post, reasons=reasons)
    keep_minimum(case, reason=reason)
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
            weigh_anew(case, is_said=is_said)
            audit.append("post_reported", moderator=None, reason=reason)
            return report
    if text not in report.text and len(report.text) < MOST_CHARS_TOGETHER:
        report.text = f"{report.text}\n\n{text}".strip()
        report.save(update_fields=["text"])
        weigh_anew(case, is_said=is_said)
    return report


def _is_left(post: Post, *, actor: str, reason: str, text: str) -> bool:
    """`actor` has said all of this for this reason, and a decision left these very words where they are."""
    left = [each.case_id for each in _decisions_that_left(post)]
    before = Report.objects.filter(case__in=left, reason=reason).select_related("case")
    return any(
        text in each.text and each.reporter_tag in tags("reporter", actor, each.case.public_id) for each in before
    )


def _decisions_that_left(post: Post) -> Iterator[Decision]:
    """The newest first, as far back as nobody else decided where the post is, and its author changed no word."""
    words_since = version_of_words(post)
    decisions = Decision.objects.standing().filter(case__post=post.pk).select_related("case").order_by("-pk")
    for decision in decisions:
        if decision.post_version < words_since or not _leaves(decision):
            return
        yield decision


def _leaves(decision: Decision) -> bool:
    """To publish what is there already leaves it, too. Where its case has a reason that is no report and nothing that a
    screener noticed it may have been a first look, which answers nobody.
    """
    if decision.reverses_id is not None or decision.action not in {Action.LEAVE, Action.PUBLISH}:
        return False
    reasons = decision.case.reasons
    return decision.action == Action.LEAVE or all(is_report(reason) or is_noticed(reason) for reason in reasons)


@transaction.atomic
def judge_report(reference: str, *, case: Case, actor: User, judgement: str, batch: str = "") -> None:
    """What a moderator thinks of it; it changes nothing but how much that reader's next report weighs.

    Raises ReportedItYourself of their own, whoever else there is: it would be their word about their own word.
    """
    require_moderator(actor)
    require_not_ones_own(case.post, actor)
    if _own_reports(actor).filter(reference=reference, case=case).exists():
        raise ReportedItYourself
    if judgement not in Judgement.values:
        raise JudgementUnknown(fields={"judgement": [JudgementUnknown.message]})
    changed = Report.objects.filter(reference=reference, case=case).exclude(judgement=judgement)
    if changed.update(judgement=judgement):
        audit.append("report_judged", moderator=actor, case=case.public_id, judgement=judgement, batch=batch or None)


@transaction.atomic
def take_judgement_back(report: Report, *, actor: User, batch: str) -> None:
    """As if nobody had judged it."""
    changed = Report.objects.filter(pk=report.pk).exclude(judgement="").update(judgement="")
    if changed:
        audit.append("report_judgement_undone", moderator=actor, case=report.case.public_id, batch=batch)


# --- Whoever reported and decides (docs/decisions/0026-acts-and-whom-they-meet.md) ------------------------------------


def has_reported(actor: User, case: Case) -> bool:
    """The post that it is about, in this account. Told to nobody but `actor`."""
    return _own_reports(actor).filter(case__post=case.post_id).exists()


def is_for_somebody_else(case: Case, actor: User) -> bool:
    """Because `actor` reported it: unless a life may be at risk, or nobody else could decide. "Someone who hurt me" is
    left to whoever else could all the same, and another look that they asked for always.
    """
    if case.appeal is not None and _own_reports(actor).filter(appeals=case.appeal).exists():
        return True
    own = list(_own_reports(actor).filter(case__post=case.post_id).values_list("reason", flat=True))
    others = _others_who_may(case.state, actor) if own and _is_left_to_others(case, own) else []
    return _one_of_them_could(others, case)


def require_other_than_reporter(case: Case, actor: User) -> bool:
    """Whether `actor` decides although they reported it. Raises ReportedItYourself where somebody else does."""
    if is_for_somebody_else(case, actor):
        raise ReportedItYourself
    return has_reported(actor, case)


def cases_for_somebody_else(actor: User) -> set[int]:
    """Rows of the cases that are not given to `actor`. Few queries, and fewer for whoever reported nothing."""
    own = _own_reports(actor)
    posts = set(own.values_list("case__post", flat=True))
    if not posts:
        return set()
    feared = own.filter(reason=ReportReason.SOMEONE_WHO_HURT_ME).values("case__post")
    cases = Case.objects.filter(post__in=posts, state__in=TO_DECIDE)
    asked = set(cases.filter(appeal__report__in=own).values_list("pk", flat=True))
    rest = cases.exclude(~Q(post__in=feared), lane=Lane.LIFE).select_related("post", "appeal")
    rows = list(rest.only("state", "post__author", "appeal__first_moderator"))
    others = {state: _others_who_may(state, actor) for state in {case.state for case in rows}}
    return asked | {case.pk for case in rows if _one_of_them_could(others[case.state], case)}


def cases_with_own_report(actor: User) -> set[int]:
    """Rows of the cases with a report that only somebody else judges, and that nobody has judged."""
    return set(_own_reports(actor).filter(judgement="").values_list("case", flat=True))


def _is_left_to_others(case: Case, reasons: list[str]) -> bool:
    return case.lane != Lane.LIFE or ReportReason.SOMEONE_WHO_HURT_ME in reasons


def _others_who_may(state: str, actor: User) -> list[User]:
    may = is_lead if state == CaseState.ESCALATED else can_decide
    return [other for other in others_of_the_team(actor) if may(other)]


def _one_of_them_could(others: list[User], case: Case) -> bool:
    """And did not write it: else nobody at all decided it."""
    return any(not is_barred(case, other) for other in others)


def _own_reports(actor: User) -> QuerySet[Report]:
    return Report.objects.filter(pk__in=sealed_records.items(REPORTED, identity_of(actor)))


# --- By what a report is named ----------------------------------------------------------------------------------------


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


def report_with(reference: str) -> Report:
    """As somebody types it who noted it down. Raises NotFound."""
    report = (
        Report.objects.filter(reference=reference.strip().lower())
        .select_related("case__post__thread__category")
        .first()
    )
    if report is None:
        raise NotFound
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


def _weight_of(identity: Identity) -> float:
    own = sealed_records.items(REPORTED, identity)
    judged = list(Report.objects.filter(pk__in=own).exclude(judgement="").values_list("judgement", flat=True))
    right = judged.count(Judgement.RIGHT)
    wrong = len(judged) - right
    if wrong >= _ENOUGH and wrong > right:
        return DOUBTED
    return TRUSTED if right >= _ENOUGH and right > 3 * wrong else UNKNOWN
