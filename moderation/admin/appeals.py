"""The page of an appeal: somebody else than whoever decided first says whether it stands, and answers in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moderation import queries
from moderation.models import Action, Seen
from moderation.services.cases import CaseChanged
from moderation.services.decisions import MAX_WORD_CHARS

if TYPE_CHECKING:
    from accounts.models import User
    from moderation.models import Appeal

STANDS, OVERTURNED = "stands", "overturned"


class AppealForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("What you found"),
        choices=[
            (STANDS, _("it stays as it was decided")),
            (OVERTURNED, _("it was not right: take back all of it that still holds")),
        ],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Your answer to whoever asks"),
        help_text=_("Needed either way. Kindly, and about what they wrote to us."),
        max_length=MAX_WORD_CHARS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    reason = forms.CharField(
        label=_("The reason, if you hide it"),
        help_text=_("Its author reads it, and nothing of who reported."),
        required=False,
        max_length=MAX_WORD_CHARS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, appeal: Appeal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if appeal.report_id is None:
            del self.fields["reason"]
        else:
            self.fields["outcome"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
                (STANDS, _("it stays where it is")),
                (OVERTURNED, _("it was not right: hide the post")),
            ]

    def clean_seen(self) -> Seen:
        seen = Seen.parse(self.cleaned_data["seen"])
        if seen is None:
            raise forms.ValidationError(str(CaseChanged.message))
        return seen

    def decided(self) -> dict[str, Any]:
        """As `decide_appeal` takes it."""
        said = dict(self.cleaned_data)
        return {"overturns": said.pop("outcome") == OVERTURNED, **said}


def appealed(appeal: Appeal, moderator: User) -> dict[str, Any]:
    """For the page: what was decided, who asks, and whether this moderator may say anything to it."""
    statement = appeal.statement
    sanctions = list(statement.sanctions.select_related("category")) if statement else []
    return {
        "appeal": appeal,
        "statement": statement,
        "was_done": Action(statement.restriction).label if statement and statement.restriction else "",
        "with_it": sanctions,
        "still_held": queries.sanctions_in_force(appeal),
        "is_first": appeal.first_moderator_id == moderator.pk,
        "has_others": queries.has_other_moderators(moderator),
    }
