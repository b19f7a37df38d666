"""The page of an appeal: somebody else than whoever decided first says whether it stands, and answers in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import FreeTextField
from moderation import queries
from moderation.admin import keys
from moderation.admin.desk import offer
from moderation.admin.keys import KeyedRadios
from moderation.admin.refusing import CHOOSE_ONE
from moderation.admin.seeing import SeenForm
from moderation.models import Action
from moderation.services.appeals import AnswerMissing
from moderation.services.decisions import MAX_WORD_CHARS

if TYPE_CHECKING:
    from accounts.models import User
    from moderation.models import Appeal

STANDS, OVERTURNED = "stands", "overturned"


class AppealForm(SeenForm):
    outcome = forms.ChoiceField(
        label=_("What you found"),
        choices=[
            (STANDS, _("it stays as it was decided")),
            (OVERTURNED, _("it was not right: take back all of it that still holds")),
        ],
        widget=KeyedRadios({STANDS: keys.STANDS, OVERTURNED: keys.OVERTURNED}),
        error_messages=CHOOSE_ONE,
    )
    answer = FreeTextField(
        label=_("Your answer to whoever asks"),
        help_text=_("Needed either way. Kindly, and about what they wrote to us."),
        max_length=MAX_WORD_CHARS,
        rows=4,
        attrs={"data-key": keys.WORD},
        error_messages={"required": AnswerMissing.message},
    )
    reason = FreeTextField(
        label=_("The reason, if you hide it"),
        help_text=_("Its author reads it, and nothing of who reported."),
        required=False,
        max_length=MAX_WORD_CHARS,
        rows=3,
        attrs={"data-key": keys.REASON},
    )

    def __init__(self, *args: Any, appeal: Appeal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if appeal.report_id is None:
            del self.fields["reason"]
        else:
            found = [(STANDS, _("it stays where it is")), (OVERTURNED, _("it was not right: hide the post"))]
            offer(self, "outcome", found)

    @staticmethod
    def typed(before: dict[str, Any]) -> dict[str, Any]:
        """What the form shows of an answer that was undone."""
        if "overturns" not in before:
            return {}
        return {**before, "outcome": OVERTURNED if before["overturns"] else STANDS}

    def decided(self) -> dict[str, Any]:
        """As `decide_appeal` takes it."""
        said = dict(self.cleaned_data)
        return {"overturns": said.pop("outcome") == OVERTURNED, **said}


def appealed(appeal: Appeal, moderator: User) -> dict[str, Any]:
    """For the page: what was decided, who asks, and whether this moderator may say anything to it."""
    statement = appeal.statement
    decision = getattr(statement, "decision", None)
    sanctions = list(statement.sanctions.select_related("category")) if statement else []
    return {
        "appeal": appeal,
        "own_case": decision.case_id if decision else appeal.report.case_id if appeal.report else None,
        "statement": statement,
        "was_done": Action(statement.restriction).label if statement and statement.restriction else "",
        "with_it": sanctions,
        "still_held": queries.sanctions_in_force(appeal),
        "is_first": appeal.first_moderator_id == moderator.pk,
        "has_others": queries.has_other_moderators(moderator),
    }
