"""Several cases at once, for programs: look first, carry out what was looked at, undo all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked
from forum.queries import first_words
from moderation.api.desk import DeskView, seen_in
from moderation.api.serializers import BeforeWordsOut
from moderation.folding import folds_of
from moderation.models import Act, Batch, BatchItem, Judgement
from moderation.services import batches
from moderation.services.batches import MOST_IN_A_BATCH, BulkAct, Chosen, Rule

if TYPE_CHECKING:
    from accounts.models import User


class ActIn(serializers.Serializer[Any]):
    act = serializers.ChoiceField(Act.choices)
    reason = serializers.CharField(
        required=False, allow_blank=True, default="", help_text="Needed to HIDE; each author reads it."
    )
    judgement = serializers.ChoiceField(
        Judgement.choices, required=False, allow_blank=True, default="", help_text="Needed to JUDGE."
    )


class RuleIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=60, help_text="A code, as cases have them.")
    category = serializers.CharField(required=False, allow_blank=True, default="", help_text="Its id; empty: in all.")


class BatchPreviewIn(ActIn):
    cases = serializers.ListField(
        child=serializers.CharField(max_length=20), required=False, default=list, help_text="Ids. Or a rule."
    )
    rule = RuleIn(required=False, allow_null=True, default=None)


class ProblemOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    words = serializers.CharField()


class LineOut(serializers.Serializer[Any]):
    case_id = serializers.CharField()
    etag = serializers.CharField(help_text="What was read of it, to be sent with it.")
    before_words = BeforeWordsOut(help_text="To be shown first.")
    first_words = serializers.CharField()
    problem = ProblemOut(allow_null=True, help_text="Why this cannot be done with it.")


class TriedOut(serializers.Serializer[Any]):
    similar = serializers.IntegerField(help_text="Cases that waited for one of the same reasons and were decided.")
    otherwise = serializers.IntegerField(help_text="Of these, those that were decided otherwise.")
    days = serializers.IntegerField()


class BatchPreviewOut(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="Under which it can be carried out.")
    lines = LineOut(many=True)
    tried = TriedOut()


class ChosenIn(serializers.Serializer[Any]):
    case_id = serializers.CharField(max_length=20)
    etag = serializers.CharField(max_length=60)


class BatchIn(ActIn):
    chosen = ChosenIn(many=True, help_text=f"{MOST_IN_A_BATCH} at most.")


class ItemOut(serializers.Serializer[Any]):
    case_id = serializers.CharField(source="case.public_id")
    is_done = serializers.SerializerMethodField()
    problem = serializers.SerializerMethodField(help_text="Why nothing was done.")
    is_undone = serializers.BooleanField()
    undo_problem = serializers.SerializerMethodField(help_text="Why it was not undone.")

    def get_is_done(self, item: BatchItem) -> bool:
        return not item.problem

    @extend_schema_field(ProblemOut(allow_null=True))
    def get_problem(self, item: BatchItem) -> dict[str, str] | None:
        return _problem(item.problem)

    @extend_schema_field(ProblemOut(allow_null=True))
    def get_undo_problem(self, item: BatchItem) -> dict[str, str] | None:
        return _problem(item.undo_problem)


class BatchSummaryOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    act = serializers.ChoiceField(Act.choices)
    reason = serializers.CharField()
    judgement = serializers.CharField()
    done_on = serializers.DateField()


class BatchOut(BatchSummaryOut):
    items = ItemOut(many=True)
    undo_until = serializers.DateTimeField(
        allow_null=True, help_text="Undone before, it is as if nothing had been done, and nobody hears of it."
    )


class BatchesOut(serializers.Serializer[Any]):
    batches = BatchSummaryOut(many=True)


def _problem(code: str) -> dict[str, str] | None:
    return {"code": code, "words": str(batches.problem_words(code))} if code else None


def _answer(batch: Batch, moderator: User) -> Response:
    summary = BatchSummaryOut(batch).data
    items = ItemOut(batches.items_of(batch, moderator), many=True).data
    return Response({**summary, "items": items, "undo_until": batches.undoable_until(batch, moderator)})


class PreviewView(DeskView):
    @extend_schema(request=BatchPreviewIn, responses=BatchPreviewOut, operation_id="previewBatch")
    def post(self, request: Request) -> Response:
        """What would be done about each case, what cannot be and why, and how similar cases were decided. Changes
        nothing.
        """
        body = checked(BatchPreviewIn, request)
        cases, rule = body.pop("cases"), body.pop("rule")
        looked_at = batches.preview(
            BulkAct(**body), actor=self.moderator, cases=cases, rule=Rule(**rule) if rule else None
        )
        folds = folds_of([line.case.post for line in looked_at.lines], moderator=self.moderator)
        answer = {
            "id": looked_at.batch,
            "lines": [
                {
                    "case_id": line.case.public_id,
                    "etag": f'"{line.seen}"',
                    "before_words": folds[line.case.post_id],
                    "first_words": first_words(line.case.post),
                    "problem": {"code": line.problem.code, "words": line.problem.text} if line.problem else None,
                }
                for line in looked_at.lines
            ],
            "tried": {
                "similar": looked_at.tried.similar,
                "otherwise": looked_at.tried.otherwise,
                "days": batches.TRIED_DAYS,
            },
        }
        return Response(BatchPreviewOut(answer).data)


class BatchesView(DeskView):
    @extend_schema(responses=BatchesOut, operation_id="listBatches")
    def get(self, request: Request) -> Response:
        """One's own, or for a lead everybody's: the newest."""
        return Response(BatchesOut({"batches": batches.batches_of(self.moderator)}).data)


class BatchView(DeskView):
    @extend_schema(responses=BatchOut, operation_id="getBatch")
    def get(self, request: Request, batch_id: str) -> Response:
        return _answer(batches.batch_for(self.moderator, batch_id), self.moderator)

    @extend_schema(request=BatchIn, responses=BatchOut, operation_id="carryOutBatch")
    def put(self, request: Request, batch_id: str) -> Response:
        """Under the id of its preview. Each case by itself, as its ETag says that it was read; what cannot be done is
        said in its item, and holds up nothing. Sent again, it goes on where it was; with another act, reason or
        judgement it is refused.
        """
        body = checked(BatchIn, request)
        chosen = [Chosen(each["case_id"], seen_in(each["etag"])) for each in body.pop("chosen")]
        batch = batches.carry_out(batch_id, BulkAct(**body), actor=self.moderator, chosen=chosen)
        return _answer(batch, self.moderator)


class UndoingView(DeskView):
    @extend_schema(request=None, responses=BatchOut, operation_id="undoBatch")
    def post(self, request: Request, batch_id: str) -> Response:
        """Each post as it was, each case open again. What somebody has changed since stays, and is said. Twice is
        once.
        """
        batch = batches.undo_batch(batches.batch_for(self.moderator, batch_id), actor=self.moderator)
        return _answer(batch, self.moderator)
