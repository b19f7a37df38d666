"""The desk for programs: what a moderator can do in the admin, by the same services and under the same rules.

Every write names what was read as If-Match, the ETag of the case: 428 without, 412 when something changed, 409 while
somebody else looks at it (moderation.md 2.4). `*` is no answer to "what did you read?" and is refused like nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked, cursor_of, link_header, refuse_unknown
from common.errors import Invalid, PreconditionNeeded, SignInNeeded
from forum.api.base import ForumView
from forum.api.parameters import CURSOR, IF_MATCH, KEY
from forum.api.serializers import PostOut
from forum.queries import first_words, post_for, show_post, words_of
from forum.services.content_notes import MOST_NOTES
from forum.visit import unfiltered
from moderation import queries
from moderation.explaining import part_words, reason_words, signal_words
from moderation.models import (
    DECIDABLE,
    Action,
    Appeal,
    Audience,
    Case,
    CaseState,
    EffectKind,
    Judgement,
    Lane,
    Outcome,
    Report,
    Seen,
    Signal,
)
from moderation.policies import is_lead
from moderation.services import cases, claims, duty, undoing
from moderation.services.appeals import decide_appeal
from moderation.services.canned import offered_replies
from moderation.services.cases import NotAModerator
from moderation.services.decisions import decide
from moderation.services.effects import Also, set_branch_lock
from moderation.services.notes import add_note
from moderation.services.reports import desk_id_of, judge_report, report_at_desk
from moderation.stating import reasons

if TYPE_CHECKING:
    from accounts.models import User


class ReasonOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    words = serializers.CharField()


class PartOfHeadStartOut(serializers.Serializer[Any]):
    words = serializers.CharField()
    hours = serializers.FloatField()


class QueuedCaseOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    state = serializers.ChoiceField(CaseState.choices)
    lane = serializers.ChoiceField(Lane.choices)
    reasons = ReasonOut(many=True)
    first_words = serializers.CharField()
    category = serializers.CharField()
    waiting_since = serializers.DateTimeField(help_text="The hour; of a closed case the day.")
    due_at = serializers.DateTimeField()
    is_taken = serializers.BooleanField(help_text="By anybody, just now.")
    is_mine = serializers.BooleanField()


class QueueOut(serializers.Serializer[Any]):
    cases = QueuedCaseOut(many=True)
    next = serializers.CharField(allow_null=True)
    prev = serializers.CharField(allow_null=True)


class ReportOnCaseOut(serializers.Serializer[Any]):
    id = serializers.SerializerMethodField(help_text="At the desk alone. The reference is its reporter's.")
    reason = serializers.CharField()
    text = serializers.CharField()
    judgement = serializers.CharField(help_text="Empty while nobody has judged it.")

    def get_id(self, report: Report) -> str:
        return desk_id_of(report)


class SignalOut(serializers.Serializer[Any]):
    label = serializers.CharField(  # type: ignore[assignment]  # a field's name
        help_text="What this rule speaks for, as `judged` names it."
    )
    severity = serializers.IntegerField(help_text="3 now, 2 serious, 1 worrying, 0 not a danger.")
    words = serializers.CharField(help_text="What this rule found, and what takes weight from it.")
    passage = serializers.CharField(help_text="The words it is about. Empty where they are gone or were changed.")
    rule = serializers.CharField()
    rule_set = serializers.CharField()


class EffectOut(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(EffectKind.choices)
    facts = serializers.DictField()


class CaseNoteOut(serializers.Serializer[Any]):
    text = serializers.CharField()
    audience = serializers.ChoiceField(Audience.choices)
    moderator = serializers.CharField()
    written_on = serializers.DateField()


class CaseNoteIn(serializers.Serializer[Any]):
    text = serializers.CharField()
    audience = serializers.ChoiceField(Audience.choices, required=False, default=Audience.MODERATORS)


class DecisionOut(serializers.Serializer[Any]):
    action = serializers.ChoiceField(Action.choices)
    word = serializers.CharField()
    reason = serializers.CharField()
    decided_at = serializers.DateTimeField()
    effects = EffectOut(many=True, help_text="What it did besides.")
    is_undone = serializers.BooleanField(help_text="Before anybody was told. It stands as if it had not been taken.")


class AppealOnCaseOut(serializers.Serializer[Any]):
    by = serializers.ChoiceField(["author", "reporter"])
    text = serializers.CharField(help_text="In their own words.")
    reasons = serializers.ListField(
        child=serializers.CharField(), help_text="Why it was decided so; of a report nothing."
    )
    may_decide = serializers.BooleanField(help_text="False for whoever decided first.")
    outcome = serializers.ChoiceField(["", *Outcome.values], help_text="Empty while it waits.")
    answer = serializers.CharField()
    still_in_force = serializers.ListField(
        child=serializers.CharField(), help_text="Ids of sanctions that came with the decision and hold."
    )


class CaseOut(QueuedCaseOut):
    appeal = AppealOnCaseOut(
        allow_null=True, help_text="Of the case of an appeal: what was decided, and who asks. `appeal/` decides it."
    )
    head_start = PartOfHeadStartOut(many=True, help_text="Why it is due sooner than its lane alone would say.")
    claim_expires_at = serializers.DateTimeField(allow_null=True, help_text="While you have it.")
    post = PostOut()
    signals = SignalOut(many=True, help_text="What the screeners noticed, in the order of the text.")
    reports = ReportOnCaseOut(many=True)
    decisions = DecisionOut(many=True, help_text="About the post, newest first.")
    notes = CaseNoteOut(many=True, help_text="Of the team, about the post, newest first.")
    undo_until = serializers.DateTimeField(allow_null=True, help_text="Until then you can undo what you decided.")
    etag = serializers.CharField(help_text="To send as If-Match.")


class AlsoIn(serializers.Serializer[Any]):
    reach_out = serializers.CharField(
        required=False, default="", max_length=2, help_text="`word` comes with people who can help: a country, or `*`."
    )
    follow_up = serializers.DateField(required=False, allow_null=True, default=None, help_text="A case again that day.")
    follow_up_note = serializers.CharField(required=False, default="", help_text="For whoever looks then.")
    lock_branch = serializers.BooleanField(required=False, default=False, help_text="No more replies below the post.")
    move_to = serializers.CharField(required=False, default="", help_text="A category's id. A story's case alone.")
    reply = serializers.CharField(
        required=False,
        default="",
        help_text="Which canned reply `word` began from: its id, version and language, `.` between.",
    )


class DecisionIn(serializers.Serializer[Any]):
    action = serializers.ChoiceField([(each.value, each.label) for each in DECIDABLE])
    word = serializers.CharField(required=False, allow_blank=True, default="", help_text="To the author.")
    reason = serializers.CharField(required=False, allow_blank=True, default="", help_text="Its author reads it too.")
    notes = serializers.ListField(
        child=serializers.CharField(max_length=40),
        max_length=MOST_NOTES,
        required=False,
        default=list,
        help_text="Ids of content notes to put on it.",
    )
    judged = serializers.DictField(
        child=serializers.BooleanField(),
        required=False,
        default=dict,
        help_text="Whether a screener was right, by its label. Kept without the words.",
    )
    also = AlsoIn(required=False, help_text="Done besides, in the same moment, and undone with it.")


class AppealDecisionIn(serializers.Serializer[Any]):
    overturns = serializers.BooleanField(
        help_text="true: of an author's, all that still stands is taken back; of a reporter's, the post is hidden."
    )
    answer = serializers.CharField(allow_blank=True, help_text="To whoever asked, in words.")
    reason = serializers.CharField(
        required=False, allow_blank=True, default="", help_text="Needed to hide the post; its author reads it."
    )


class CannedReplyOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    title = serializers.CharField()
    action = serializers.CharField(help_text="What it is meant for; empty: anything.")
    version = serializers.IntegerField()
    texts = serializers.DictField(
        child=serializers.CharField(), help_text="By language. Which one its author reads is kept nowhere."
    )


class CannedRepliesOut(serializers.Serializer[Any]):
    replies = CannedReplyOut(many=True)


class PuttingOffIn(serializers.Serializer[Any]):
    hours = serializers.IntegerField()


class NextIn(serializers.Serializer[Any]):
    goes_on = serializers.BooleanField(
        required=False, default=False, help_text="Although it was enough for today (409 enough-for-today)."
    )


class DutyIn(serializers.Serializer[Any]):
    avoided_notes = serializers.ListField(
        child=serializers.CharField(max_length=20), help_text="Content notes that `next` does not bring you."
    )
    enough = serializers.IntegerField(help_text="Cases a day, after which `next` asks whether you go on.")
    off_until = serializers.DateField(allow_null=True, help_text="Until that day `next` brings you nothing.")


class DutyOut(DutyIn):
    cases_today = serializers.IntegerField()


class JudgementIn(serializers.Serializer[Any]):
    judgement = serializers.ChoiceField(Judgement.choices)


class DeskView(ForumView):
    """For moderators who showed their second step in this visit."""

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
        cases.require_not_ones_own(case.post, self.moderator)
        return case

    def seen(self) -> Seen:
        """What the moderator had before them. Raises PreconditionNeeded."""
        seen = Seen.parse(self.request.headers.get("If-Match", ""))
        if seen is None:
            raise PreconditionNeeded
        return seen

    def case_answer(self, case: Case, *, status: int = 200) -> Response:
        case = queries.case_for_moderator(case.public_id)
        etag = f'"{Seen.of(case)}"'
        signals = queries.signals_of(case)
        body = {
            **_queued(case, self.moderator),
            "head_start": [{"words": part_words(code), "hours": hours} for code, hours in case.head_start.items()],
            "claim_expires_at": case.claim_expires_at if case.is_taken_by(self.moderator.pk) else None,
            "post": show_post(unfiltered(self.reader), case.post, None),
            "signals": [_signal(signal, words_of(unfiltered(self.reader), case.post)) for signal in signals],
            "reports": queries.reports_of(case),
            "decisions": queries.decisions_about(case),
            "notes": queries.notes_about(case, is_lead=is_lead(self.moderator)),
            "appeal": _appeal(case.appeal, self.moderator) if case.appeal else None,
            "undo_until": undoing.undoable_until(case, self.moderator),
            "etag": etag,
        }
        return Response(CaseOut(body).data, status=status, headers={"ETag": etag})


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
        "answer": appeal.answer,
        "still_in_force": [each.public_id for each in statement.sanctions.all() if each.is_in_force]
        if statement
        else [],
    }


def _queued(case: Case, moderator: User) -> dict[str, Any]:
    return {
        "id": case.public_id,
        "state": case.state,
        "lane": case.lane,
        "reasons": [{"code": code, "words": reason_words(code)} for code in case.reasons],
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
        page = queries.queue_page(state=state, lane=None if lane is None else int(lane), cursor=cursor_of(request))
        body = {
            "cases": [_queued(case, self.moderator) for case in page.rows],
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
        seen = self.seen()
        also = Also(**body.pop("also", {}))

        def work() -> tuple[dict[str, Any], str]:
            decide(case, actor=self.moderator, seen=seen, also=also, **body)
            return cast("dict[str, Any]", self.case_answer(case).data), case.post.public_id

        return self.created(f"decide:{case.public_id}:{seen}", body, work)


class AppealDecisionView(DeskView):
    @extend_schema(
        parameters=[IF_MATCH, KEY], request=AppealDecisionIn, responses={201: CaseOut}, operation_id="decideAppeal"
    )
    def post(self, request: Request, case_id: str) -> Response:
        """By somebody else than whoever decided first (403 decided-it-first)."""
        body = checked(AppealDecisionIn, request)
        case = self.case(case_id)
        seen = self.seen()

        def work() -> tuple[dict[str, Any], str]:
            decide_appeal(case, actor=self.moderator, seen=seen, **body)
            return cast("dict[str, Any]", self.case_answer(case).data), case.post.public_id

        return self.created(f"appeal:{case.public_id}:{seen}", body, work)


class CannedRepliesView(DeskView):
    @extend_schema(responses=CannedRepliesOut, operation_id="listCannedReplies")
    def get(self, request: Request) -> Response:
        """Texts to begin a word from. Edit them before you send them."""
        return Response(CannedRepliesOut({"replies": offered_replies()}).data)


class CaseNotesView(DeskView):
    @extend_schema(request=CaseNoteIn, responses={201: CaseOut}, operation_id="writeCaseNote")
    def post(self, request: Request, case_id: str) -> Response:
        """For the team, or for leads alone. Neither the post's author nor any reader ever sees it."""
        case = self.case(case_id)
        add_note(case, actor=self.moderator, **checked(CaseNoteIn, request))
        return self.case_answer(case, status=201)


class BranchLockView(DeskView):
    @extend_schema(request=None, responses={204: None}, operation_id="lockBranch")
    def put(self, request: Request, post_id: str) -> Response:
        """No more replies below this post."""
        return self._set(post_id, is_locked=True)

    @extend_schema(responses={204: None}, operation_id="unlockBranch")
    def delete(self, request: Request, post_id: str) -> Response:
        return self._set(post_id, is_locked=False)

    def _set(self, post_id: str, *, is_locked: bool) -> Response:
        set_branch_lock(post_for(self.author, post_id), actor=self.moderator, is_locked=is_locked)
        return Response(status=204)


class UndoingView(DeskView):
    @extend_schema(parameters=[IF_MATCH], request=None, responses=CaseOut, operation_id="undoDecision")
    def post(self, request: Request, case_id: str) -> Response:
        """What you decided some seconds ago, with all it did; its word was read by nobody. The case is yours again.

        If-Match is what the decision answered with. Later, or after anybody did something with the post: 409.
        """
        case = self.case(case_id)
        return self.case_answer(undoing.undo_decision(case, actor=self.moderator, seen=self.seen()))


class PuttingOffView(DeskView):
    @extend_schema(parameters=[IF_MATCH], request=PuttingOffIn, responses=CaseOut, operation_id="putCaseOff")
    def post(self, request: Request, case_id: str) -> Response:
        body = checked(PuttingOffIn, request)
        case = self.case(case_id)
        return self.case_answer(cases.put_off(case, actor=self.moderator, seen=self.seen(), **body))


class PassingOnView(DeskView):
    @extend_schema(parameters=[IF_MATCH], request=None, responses=CaseOut, operation_id="passCaseOn")
    def post(self, request: Request, case_id: str) -> Response:
        """To the leads; or, by a lead, back to everybody."""
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
            "cases_today": duty.cases_today(self.moderator),
        }
        return Response(DutyOut(body).data)
