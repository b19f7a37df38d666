"""The forms of a decision, filled in and refused together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from moderation.admin.canned import CannedForm
from moderation.admin.effects import EffectsForm
from moderation.admin.sanctions import SanctionForm
from moderation.models import Seen
from moderation.services.canned import offered_replies
from moderation.services.sanctions import SanctionUnfit

if TYPE_CHECKING:
    from django import forms
    from django.http import QueryDict

    from common.errors import Invalid
    from moderation.models import Case


@dataclass(frozen=True, slots=True)
class CaseForms:
    decision: Any
    sanction: SanctionForm
    effects: EffectsForm
    canned: CannedForm

    @classmethod
    def beside(cls, decision: Any, case: Case, data: QueryDict | None, typed: dict[str, Any]) -> CaseForms:
        """The others, as they were sent, or as they stood before the decision was undone."""
        post, also = case.post, typed.get("also") or {}
        return cls(
            decision,
            SanctionForm(data, initial=SanctionForm.typed(typed.get("sanction") or {})),
            EffectsForm(
                data, initial=also, is_story=post.parent_id is None, category_id=post.thread.category.public_id
            ),
            CannedForm(data, initial={"used": also.get("reply", "")}, offered=offered_replies()),
        )

    @property
    def refusing(self) -> tuple[forms.Form, ...]:
        return self.decision, self.sanction, self.effects

    def are_valid(self) -> bool:
        """All are asked, so that everything is said at once."""
        return not [form for form in self.refusing if not form.is_valid()]

    @property
    def has_errors(self) -> bool:
        return any(form.errors for form in self.refusing)

    def decided(self) -> dict[str, Any]:
        """As `decide` takes it."""
        also = replace(self.effects.also(), reply=self.canned["used"].value() or "")
        return {**self.decision.decided(), "sanction": self.sanction.terms(), "also": also}

    def point_at(self, error: Invalid) -> None:
        if not self.effects.takes(error):
            form = self.sanction if isinstance(error, SanctionUnfit) else self.decision
            for name, texts in error.fields.items():
                form.add_error(name, [str(text) for text in texts])

    def read_again(self, case: Case) -> None:
        """What was typed stays; it is sent again about the case as it is now."""
        self.decision.data = self.decision.data.copy()
        self.decision.data["seen"] = str(Seen.of(case))

    def insert_reply(self) -> None:
        """Without JavaScript: the page as it was sent, with the chosen text in the word. Nothing is refused."""
        data = self.decision.data.copy()
        self.canned.inserted(data)
        for form in (*self.refusing, self.canned):
            form.data = data
            vars(form)["_errors"] = {}  # what is missing is said when it is sent

    def context(self) -> dict[str, Any]:
        return {"form": self.decision, "sanction": self.sanction, "effects": self.effects, "canned": self.canned}
