"""The desk for programs: what a moderator can do in the admin, by the same services and under the same rules.

Every write names what was read as If-Match, the ETag of the case: 428 without, 412 when something changed, 409 while
somebody else looks at it (moderation.md 2.4). `*` is no answer to "what did you read?" and is refused like nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked, cursor_of, link_header, refuse_unknown
from common.errors import Invalid, PreconditionNeeded, SignInNeeded
from forum.api.base import ForumView
from forum.api.parameters import CURSOR, IF_MATCH, KEY
from forum.queries import first_words, post_for, show_post, words_of
from forum.visit import reader_at_desk, unfiltered
from moderation import queries
from moderation.api.serializers import (
    AppealDecisionIn,
    CannedRepliesOut,
    CannedReplyIn,
    CaseNoteIn,
    CaseOut,
    DecisionIn,
    DutyIn,
    DutyOut,
    JudgementIn,
    NextIn,
    PuttingOffIn,
    QueueOut,
    ReversalIn,
    TellingIn,
)
from moderation.explaining import part_words, reason_words, signal_words
from moderation.folding import Fold, fold_of, folds_of
from moderation.models import (
    Appeal,
    Case,
    CaseState,
    Lane,
    Seen,
    Signal,
)
from moderation.policies import is_lead
from moderation.services import cases, claims, duty, reversing, undoing
from moderation.services.appeals import decide_appeal
from moderation.services.canned import offered_replies, reply_with, write_version
from moderation.services.decisions import decide
from moderation.services.effects import Also, open_branch
from moderation.services.notes import add_note, note_telling
from moderation.services.reports import has_reported, judge_report, report_at_desk
from moderation.services.roles import NotAModerator, require_not_ones_own
from moderation.services.sanctions import Terms
from moderation.stating import reasons

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import User


class DeskView(ForumView):
    """For moderators who showed their second step in this visit."""

    read_as = staticmethod(reader_at_desk)  # also in a break

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.reader.member is None:
            raise SignInNeeded
        if not self.reader.is_moderator:
            raise NotAModerator

    @property
    def moderator(self) -> User:
        return cast("User", self.reader.member)

    def case(self, case_id: str) -> Case:
        """Of somebody else's words. Raises NotFound, OnesOwn."""
        case = queries.case_for_moderator(case_id)
        require_not_ones_own(case.post, self.moderator)
        return case

    def seen(self) -> Seen:
        """What the moderator had before them. Raises PreconditionNeeded."""
        return seen_in(self.request.headers.get("If-Match", ""))

    def case_answer(self, case: Case, *, status: int = 200) -> Response:
        case = queries.case_for_moderator(case.public_id)
        etag = f'"{Seen.of(case)}"'
        signals = queries.signals_of(case)
        body = {
            **_queued(case, self.moderator, fold_of(case.post, moderator=self.moderator)),
            "head_start": [{"words": part_words(code), "hours": hours} for code, hours in case.head_start.items()],
            "claim_expires_at": case.claim_expires_at if case.is_taken_by(self.moderator.pk) else None,
            "post": show_post(unfiltered(self.reader), case.post, None),
            "signals": [_signal(signal, words_of(unfiltered(self.reader), case.post)) for signal in signals],
            "reports": queries.reports_of(case),
            "has_reported": has_reported(self.moderator, case),
            "decisions": queries.decisions_about(case),
            "sanctions": queries.sanctions_on_name_of(case.post),
            "notes": queries.notes_about(case, is_lead=is_lead(self.moderator)),
            "appeal": _appeal(case.appeal, self.moderator) if case.appeal else None,
            "undo_until": undoing.undoable_until(case, self.moderator),
            "reversal": reversing.plan_of(case),
            "live_case_id": live.public_id if (live := queries.live_case_about(case.post)) else None,
            "etag": etag,
        }
        return Response(CaseOut(body).data, status=status, headers={"ETag": etag})

    def decided(self, case: Case, deed: str, body: dict[str, Any], decide_it: Callable[[Seen], object]) -> Response:
        """Once under its `Idempotency-Key`, as the moderator saw the case; then the case as it is."""
        seen = self.seen()
        return self.once_about(case, deed, body, lambda: decide_it(seen), f":{seen}")

    def once_about(
        self, case: Case, deed: str, body: dict[str, Any], do_it: Callable[[], object], seen: str = ""
    ) -> Response:
        """Once under its `Idempotency-Key`; then the case as it is."""

        def work() -> tuple[dict[str, Any], str]:
            do_it()
            return cast("dict[str, Any]", self.case_answer(case).data), case.post.public_id

        return self.created(f"{deed}:{case.public_id}{seen}", body, work)


def seen_in(etag: str) -> Seen:
    """Raises PreconditionNeeded."""
    seen = Seen.parse(etag)
    if seen is None:
        raise PreconditionNeeded
    return seen


def _signal(signal: Signal, words: str) -> dict[str, Any]:
    return {
        "label": signal.label,
        "severity": signal.severity,
        "words": signal_words(signal),
        "passage": "" if signal.is_of_earlier_words else words[signal.start : signal.end],
        "rule": signal.rule,
        "rule_set": signal.rule_set,
    }


def _appeal(appeal: Appeal, moderator: User) -> dict[str, Any]:
    statement = appeal.statement
    return {
        "by": "author" if statement else "reporter",
        "text": appeal.text,
        "reasons": reasons(statement) if statement else [],
        "may_decide": appeal.is_waiting and appeal.first_moderator_id != moderator.pk,
        "outcome": appeal.outcome,
        "answer": appeal.answer_words,
        "still_in_force": [each.public_id for each in queries.sanctions_in_force(appeal)],
    }


def _queued(case: Case, moderator: User, fold: Fold) -> dict[str, Any]:
    return {
        "id": case.public_id,
        "state": case.state,
        "lane": case.lane,
        "reasons": [{"code": code, "words": reason_words(code)} for code in case.reasons],
        "before_words": fold,
        "first_words": first_words(case.post),
        "category": case.post.thread.category.title,
        "waiting_since": case.opened_at,
        "due_at": case.due_at,
        "is_taken": case.is_taken,
        "is_mine": case.is_taken_by(moderator.pk),
    }


class QueueView(DeskView):
    @extend_schema(
        parameters=[
            CURSOR,
            OpenApiParameter("state", str, enum=CaseState.values, description="OPEN where none is named."),
            OpenApiParameter("lane", int, enum=Lane.values),
        ],
        responses=QueueOut,
        operation_id="listCases",
    )
    def get(self, request: Request) -> Response:
        """The queue: lane by lane, in each what is due first."""
        refuse_unknown(request, {"cursor", "state", "lane"})
        state = request.query_params.get("state", CaseState.OPEN)
        lane = request.query_params.get("lane")
        if state not in CaseState.values or (lane is not None and lane not in {str(value) for value in Lane.values}):
            raise Invalid
        page = queries.queue_page(
            self.moderator, state=state, lane=None if lane is None else int(lane), cursor=cursor_of(request)
        )
        folds = folds_of([case.post for case in page.rows], moderator=self.moderator)
        body = {
            "cases": [_queued(case, self.moderator, folds[case.post_id]) for case in page.rows],
            "next": page.next,
            "prev": page.prev,
        }
        return Response(QueueOut(body).data, headers=link_header(request, next_cursor=page.next, prev_cursor=page.prev))


class NextCaseView(DeskView):
    @extend_schema(request=NextIn, responses={200: CaseOut, 204: None}, operation_id="takeNextCase")
    def post(self, request: Request) -> Response:
        """The most pressing case that nobody looks at, taken for some minutes; 204 when nothing waits."""
        case = claims.take_next(actor=self.moderator, **checked(NextIn, request))
        return Response(status=204) if case is None else self.case_answer(case)


class CaseView(DeskView):
    @extend_schema(responses=CaseOut, operation_id="getCase")
    def get(self, request: Request, case_id: str) -> Response:
        return self.case_answer(self.case(case_id))


class ClaimView(DeskView):
    @extend_schema(request=None, responses=CaseOut, operation_id="takeCase")
    def put(self, request: Request, case_id: str) -> Response:
        """For some minutes; again for some more."""
        return self.case_answer(claims.take(self.case(case_id), actor=self.moderator))

    @extend_schema(responses={204: None}, operation_id="handCaseOver")
    def delete(self, request: Request, case_id: str) -> Response:
        """Back into the queue, for somebody else. No reason is asked."""
        claims.hand_over(self.case(case_id), actor=self.moderator)
        return Response(status=204)


class TakeoverView(DeskView):
    @extend_schema(request=None, responses=CaseOut, operation_id="takeCaseOver")
    def post(self, request: Request, case_id: str) -> Response:
        """From somebody who looks at it, by a lead. It stands in the log."""
        return self.case_answer(claims.take_over(self.case(case_id), actor=self.moderator))


class DecisionsView(DeskView):
    @extend_schema(parameters=[IF_MATCH, KEY], request=DecisionIn, responses={201: CaseOut}, operation_id="decideCase")
    def post(self, request: Request, case_id: str) -> Response:
        body = checked(DecisionIn, request)
        case = self.case(case_id)
        also, given = Also(**body.pop("also", {})), body.pop("sanction")
        terms = Terms(**given) if given else None
        return self.decided(
            case,
            "decide",
            dict(request.data),
            lambda seen: decide(case, actor=self.moderator, seen=seen, also=also, sanction=terms, **body),
        )


class AppealDecisionView(DeskView):
    @extend_schema(
        parameters=[IF_MATCH, KEY], request=AppealDecisionIn, responses={201: CaseOut}, operation_id="decideAppeal"
    )
    def post(self, request: Request, case_id: str) -> Response:
        """By somebody else than whoever decided first (403 decided-it-first)."""
        body = checked(AppealDecisionIn, request)
        case = self.case(case_id)
        return self.decided(
            case, "appeal", body, lambda seen: decide_appeal(case, actor=self.moderator, seen=seen, **body)
        )


class CannedRepliesView(DeskView):
    @extend_schema(responses=CannedRepliesOut, operation_id="listCannedReplies")
    def get(self, request: Request) -> Response:
        """Texts to begin a word from. Edit them before you send them."""
        return Response(CannedRepliesOut({"replies": offered_replies()}).data)


class CannedReplyView(DeskView):
    @extend_schema(request=CannedReplyIn, responses=CannedReplyIn, operation_id="writeCannedReply")
    def put(self, request: Request, reply_id: str) -> Response:
        """By a lead (403 leads-write): its texts in all languages, as a new version unless they are the same."""
        texts = checked(CannedReplyIn, request)["texts"]
        version = write_version(reply_with(reply_id), actor=self.moderator, texts=texts)
        return Response(CannedReplyIn(version).data)


class CaseNotesView(DeskView):
    @extend_schema(parameters=[KEY], request=CaseNoteIn, responses={201: CaseOut}, operation_id="writeCaseNote")
    def post(self, request: Request, case_id: str) -> Response:
        """For the team, or for leads alone. Neither the post's author nor any reader ever sees it."""
        body = checked(CaseNoteIn, request)
        case = self.case(case_id)
        return self.once_about(case, "note", body, lambda: add_note(case, actor=self.moderator, **body))


class TellingsView(DeskView):
    @extend_schema(parameters=[KEY], request=TellingIn, responses={201: CaseOut}, operation_id="noteTelling")
    def post(self, request: Request, case_id: str) -> Response:
        """That somebody outside the team was told of it, once it was done. It stays in the log for good."""
        body = checked(TellingIn, request)
        case = self.case(case_id)
        return self.once_about(case, "telling", body, lambda: note_telling(case, actor=self.moderator, **body))


class PostCaseView(DeskView):
    @extend_schema(request=None, responses=CaseOut, operation_id="openCase")
    def put(self, request: Request, post_id: str) -> Response:
        """The case that lives about a post, or a new one, taken for some minutes: to decide what nobody told you of.

        To close a conversation, decide its story's with `also.lock_branch`. 409 while somebody else looks at it.
        """
        return self.case_answer(claims.open_about(post_for(self.author, post_id), actor=self.moderator))


class BranchLockView(DeskView):
    @extend_schema(responses={204: None}, operation_id="unlockBranch")
    def delete(self, request: Request, post_id: str) -> Response:
        """It takes replies again; of a story, its conversation. It is locked by a decision (`also.lock_branch`)."""
        open_branch(post_for(self.author, post_id), actor=self.moderator)
        return Response(status=204)


class UndoingView(DeskView):
    @extend_schema(parameters=[IF_MATCH], request=None, responses=CaseOut, operation_id="undoDecision")
    def post(self, request: Request, case_id: str) -> Response:
        """What you decided some seconds ago, with all it did; its word was read by nobody. The case is yours again.

        If-Match is what the decision answered with. Later, or after anybody did something with the post: 409.
        """
        case = self.case(case_id)
        return self.case_answer(undoing.undo_decision(case, actor=self.moderator, seen=self.seen()))


class ReversalView(DeskView):
    @extend_schema(
        parameters=[IF_MATCH, KEY], request=ReversalIn, responses={201: CaseOut}, operation_id="reverseDecision"
    )
    def post(self, request: Request, case_id: str) -> Response:
        """A closed case's decision is taken back by a new one, with all that still holds of it. Of one that left its
        post where it was the case is open again.
        """
        body = checked(ReversalIn, request)
        case = self.case(case_id)
        return self.decided(
            case,
            "reverse",
            body,
            lambda seen: reversing.reverse_decision(case, actor=self.moderator, seen=seen, **body),
        )


class PuttingOffView(DeskView):
    @extend_schema(parameters=[IF_MATCH], request=PuttingOffIn, responses=CaseOut, operation_id="putCaseOff")
    def post(self, request: Request, case_id: str) -> Response:
        body = checked(PuttingOffIn, request)
        case = self.case(case_id)
        return self.case_answer(claims.put_off(case, actor=self.moderator, seen=self.seen(), **body))


class PassingOnView(DeskView):
    @extend_schema(parameters=[IF_MATCH], request=None, responses=CaseOut, operation_id="passCaseOn")
    def post(self, request: Request, case_id: str) -> Response:
        """To the leads (409 no-lead-there where no other could take it); or, by a lead, back to everybody."""
        case = self.case(case_id)
        return self.case_answer(cases.pass_on(case, actor=self.moderator, seen=self.seen()))


class JudgementView(DeskView):
    @extend_schema(request=JudgementIn, responses={204: None}, operation_id="judgeReport")
    def put(self, request: Request, case_id: str, report_id: str) -> Response:
        """Of a report, apart from what is done about the post."""
        body = checked(JudgementIn, request)
        case = self.case(case_id)
        judge_report(report_at_desk(case, report_id).reference, case=case, actor=self.moderator, **body)
        return Response(status=204)


class DutyView(DeskView):
    """One's own alone: nobody else sees it, leads included."""

    @extend_schema(responses=DutyOut, operation_id="getDuty")
    def get(self, request: Request) -> Response:
        return self._answer()

    @extend_schema(request=DutyIn, responses=DutyOut, operation_id="chooseDuty")
    def put(self, request: Request) -> Response:
        duty.choose_duty(self.moderator, actor=self.moderator, **checked(DutyIn, request))
        return self._answer()

    def _answer(self) -> Response:
        own = duty.duty_of(self.moderator)
        body = {
            "avoided_notes": own.avoided_notes,
            "enough": own.enough,
            "off_until": own.off_until,
            "words_at_once": own.words_at_once,
            "uses_keys": own.uses_keys,
            "cases_today": duty.cases_today(self.moderator),
            "life_waits": claims.life_left_to_choose(self.moderator, own),
        }
        return Response(DutyOut(body).data)
