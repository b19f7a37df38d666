"""What the desk answers, and takes, over the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from forum.api.serializers import MarkOut, PostOut
from forum.queries import label_of
from forum.services.content_notes import MOST_NOTES
from moderation.models import (
    DECIDABLE,
    Action,
    Audience,
    CaseState,
    DecisionEffect,
    EffectKind,
    Judgement,
    Lane,
    Level,
    Outcome,
    Report,
    Sanction,
)
from moderation.services.notes import Ground, Whom
from moderation.services.reports import desk_id_of
from moderation.services.sanctions import MOST_DAYS


class ReasonOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    words = serializers.CharField()


class PartOfHeadStartOut(serializers.Serializer[Any]):
    words = serializers.CharField()
    hours = serializers.FloatField()


class BeforeWordsOut(serializers.Serializer[Any]):
    """What somebody should know before they read. The desk's own pages fold the words behind it, unless both are empty
    or `words_at_once` is chosen (`duty/`).
    """

    notes = serializers.ListField(child=serializers.CharField(), help_text="What its content notes say.")
    noticed = serializers.ListField(
        child=serializers.CharField(), help_text="What screeners noticed, and what readers said of a life."
    )


class QueuedCaseOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    state = serializers.ChoiceField(CaseState.choices)
    lane = serializers.ChoiceField(Lane.choices)
    reasons = ReasonOut(many=True)
    before_words = BeforeWordsOut(help_text="To be shown first.")
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
    facts = serializers.SerializerMethodField(help_text="Which, where, until when: ids and days, each by its name.")

    def get_facts(self, effect: DecisionEffect) -> dict[str, Any]:
        # The note that came with a follow-up stands among the case's notes; here it is the number of a row.
        return {name: fact for name, fact in effect.facts.items() if name != "note"}


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
    marks = MarkOut(many=True, help_text="Which words it was about, as the post said them then.")
    is_undone = serializers.BooleanField(help_text="Before anybody was told. It stands as if it had not been taken.")
    is_taken_back = serializers.BooleanField(help_text="By a later one.")


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


class SanctionOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    post_id = serializers.CharField(source="post.public_id")
    name = serializers.SerializerMethodField(help_text="What the post stands under. Never whose else that is.")
    level = serializers.ChoiceField(Level.values)
    category_id = serializers.SerializerMethodField(help_text="Where it holds; null: everywhere.")
    reason = serializers.CharField()
    given_on = serializers.DateField()
    until = serializers.DateField(allow_null=True, help_text="The first day without it; null: without an end.")
    is_in_force = serializers.BooleanField()
    lifted_on = serializers.DateField(allow_null=True)
    why_lifted = serializers.CharField()

    def get_name(self, sanction: Sanction) -> str:
        return label_of(sanction.post)

    def get_category_id(self, sanction: Sanction) -> str | None:
        return sanction.category.public_id if sanction.category else None


class ReversalOut(serializers.Serializer[Any]):
    undoes = serializers.CharField(source="decision.action", help_text="An action, as decisions have them.")
    shows_again = serializers.BooleanField(help_text="The post is there for others, in its place.")
    reopens = serializers.BooleanField(help_text="The case is open again; the post stays until it is decided anew.")
    is_told = serializers.BooleanField(help_text="Its author reads why; else moderators alone.")
    sanctions = serializers.IntegerField(help_text="How many that came with it are lifted.")
    effects = serializers.ListField(
        child=serializers.CharField(), help_text="Kinds of what it did besides, of which something is taken back."
    )
    appeals = serializers.IntegerField(help_text="How many wait against it, and are answered by that.")


class CaseOut(QueuedCaseOut):
    appeal = AppealOnCaseOut(
        allow_null=True, help_text="Of the case of an appeal: what was decided, and who asks. `appeal/` decides it."
    )
    head_start = PartOfHeadStartOut(many=True, help_text="Why it is due sooner than its lane alone would say.")
    claim_expires_at = serializers.DateTimeField(allow_null=True, help_text="While you have it.")
    post = PostOut()
    signals = SignalOut(many=True, help_text="What the screeners noticed, in the order of the text.")
    reports = ReportOnCaseOut(many=True)
    has_reported = serializers.BooleanField(
        help_text="By you, which nobody else is told: somebody else decides it (403 reported-it-yourself), unless it "
        "may be about a life, or there is nobody else."
    )
    decisions = DecisionOut(many=True, help_text="About the post, newest first.")
    sanctions = SanctionOut(many=True, help_text="On the name it stands under, newest first, over or not.")
    notes = CaseNoteOut(many=True, help_text="Of the team, about the post, newest first.")
    undo_until = serializers.DateTimeField(allow_null=True, help_text="Until then you can undo what you decided.")
    reversal = ReversalOut(
        allow_null=True,
        help_text="What taking the decision back would do (`reversal/`). Null: there is none to take back.",
    )
    live_case_id = serializers.CharField(
        allow_null=True,
        help_text="The case in which the post waits for a decision, or for its author: this one, or another that took "
        "up what this one was about. Null: none.",
    )
    etag = serializers.CharField(help_text="To send as If-Match.")


class TellingIn(serializers.Serializer[Any]):
    whom = serializers.ChoiceField(Whom.choices)
    ground = serializers.ChoiceField(Ground.choices)


class AlsoIn(serializers.Serializer[Any]):
    reach_out = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=2,
        help_text="`word` comes with people who can help: a country, or `*`.",
    )
    follow_up = serializers.DateField(required=False, allow_null=True, default=None, help_text="A case again that day.")
    follow_up_note = serializers.CharField(
        required=False, allow_blank=True, default="", help_text="For whoever looks then."
    )
    lock_branch = serializers.BooleanField(
        required=False, default=False, help_text="No more replies below the post; of a story, in its conversation."
    )
    move_to = serializers.CharField(
        required=False, allow_blank=True, default="", help_text="A category's id. A story's case alone."
    )
    reply = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        help_text="Which canned reply `word` began from: its id, version and language, `.` between.",
    )


class SanctionIn(serializers.Serializer[Any]):
    level = serializers.ChoiceField(Level.values)
    reason = serializers.CharField(help_text="Read by whoever wrote the post, with the post, like the decision's.")
    days = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        help_text=f"From today on, {MOST_DAYS} at most. A SUSPENSION needs them, a WARNING and a BAN have none.",
    )
    only_here = serializers.BooleanField(required=False, default=False, help_text="In the post's category alone.")


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
    marks = serializers.ListField(
        child=serializers.CharField(allow_blank=True),
        required=False,
        default=list,
        help_text="With RETURN: passages of the post it is about, as they stand there. Its author sees them marked.",
    )
    sanction = SanctionIn(
        required=False,
        allow_null=True,
        default=None,
        help_text="On the name that the post stands under; it meets them under every name, and nobody learns which.",
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


class ReversalIn(serializers.Serializer[Any]):
    why = serializers.CharField(allow_blank=True, help_text="Why it was not right.")


class CannedReplyOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    title = serializers.CharField()
    action = serializers.CharField(help_text="What it is meant for; empty: anything.")
    version = serializers.IntegerField()
    texts = serializers.DictField(
        child=serializers.CharField(), help_text="By language. Which one its author reads is kept nowhere."
    )


class CannedReplyIn(serializers.Serializer[Any]):
    texts = serializers.DictField(
        child=serializers.CharField(allow_blank=True),
        help_text="By language, one at least; what is left out or empty is not there in that language any more.",
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
    words_at_once = serializers.BooleanField(
        required=False, default=False, help_text="Whether posts with content notes stand open at the desk."
    )
    uses_keys = serializers.BooleanField(
        required=False, default=True, help_text="Whether single keys move about on the pages of the desk."
    )


class DutyOut(DutyIn):
    cases_today = serializers.IntegerField()
    life_waits = serializers.BooleanField(
        help_text="A case about a life waits that `next` does not bring you, because of these. Taking it is up to you."
    )


class JudgementIn(serializers.Serializer[Any]):
    judgement = serializers.ChoiceField(Judgement.choices)
