"""On the page of a case that is decided: taking the decision back. One step, which needs no JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from common.forms import FreeTextField
from moderation.admin.seeing import SeenForm
from moderation.models import Seen
from moderation.services import reversing
from moderation.services.decisions import MAX_WORD_CHARS

if TYPE_CHECKING:
    from django.http import QueryDict

    from accounts.models import User
    from moderation.models import Case


class ReversalForm(SeenForm):
    prefix = "reverse"
    why = FreeTextField(
        label=_("Why it was not right"),
        max_length=MAX_WORD_CHARS,
        rows=3,
        error_messages={"required": reversing.WhyMissing.message},
    )

    def __init__(self, data: QueryDict | None, *, case: Case, moderator: User) -> None:
        why = reversing.typed_before(case, moderator)
        super().__init__(data, initial={"why": why, "seen": Seen.of(case)})
        self.plan = reversing.plan_of(case)
        if self.plan is None or self.plan.is_told:
            self.fields["why"].help_text = _("Its author reads it with their post. Kindly, and about what was decided.")
        else:
            self.fields["why"].help_text = _("For the team alone: it stands with the case.")

    def what_follows(self) -> list[Any]:
        """In words, for whoever is about to do it."""
        plan = self.plan
        if plan is None:
            return []
        said = [words for holds, words in ((plan.shows_again, _SHOWN), (plan.reopens, _REOPENED)) if holds]
        if plan.sanctions:
            said.append(_LIFTED)
        said += [_EFFECTS[kind] for kind in plan.effects]
        return said + ([_ANSWERED] if plan.appeals else [])


_SHOWN = _("The post is there for others, in its place, with what answers and reactions it has.")
_REOPENED = _("The case is open again. The post stays where it is until it is decided anew.")
_LIFTED = _("What was put on the name with it is lifted, if the name is still somebody's.")
_ANSWERED = _("Whoever asks for another look at it is answered by this.")
_EFFECTS = {
    "FOLLOW_UP": _("Nobody looks again on the day that was chosen."),
    "LOCK_BRANCH": _("The part of the conversation below the post takes replies again."),
    "MOVE": _("The conversation goes back to where it was."),
    "NOTES": _("The content notes that were put on it go."),
}
