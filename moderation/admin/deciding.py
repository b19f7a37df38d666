"""The forms of a decision, filled in and refused together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from django.forms import ChoiceField
from django.utils.translation import gettext_lazy as _

from common.errors import Invalid
from moderation.admin.canned import CannedForm
from moderation.admin.coming_back import show_as_typed
from moderation.admin.effects import EffectsForm
from moderation.admin.sanctions import SanctionForm
from moderation.models import Action
from moderation.services.canned import offered_replies
from moderation.services.decisions import checked
from moderation.services.marks import checked_marks, places_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django import forms
    from django.http import QueryDict
    from django.utils.functional import _StrOrPromise

    from accounts.models import User
    from forum.models import Post
    from moderation.models import Case


@dataclass(frozen=True, slots=True)
class CaseForms:
    decision: Any
    sanction: SanctionForm
    effects: EffectsForm
    canned: CannedForm

    @classmethod
    def beside(
        cls, decision: Any, case: Case, data: QueryDict | None, typed: dict[str, Any], moderator: User
    ) -> CaseForms:
        """The others, as they were sent, or as they stood before the decision was undone."""
        post, also = case.post, typed.get("also") or {}
        return cls(
            decision,
            SanctionForm(data, initial=SanctionForm.typed(typed.get("sanction") or {}), moderator=moderator),
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
    def all(self) -> tuple[forms.Form, ...]:
        return *self.refusing, self.canned

    def decided(self) -> dict[str, Any]:
        """As `decide` takes it."""
        also = replace(self.effects.also(), reply=self.canned["used"].value() or "")
        return {**self.decision.decided(), "sanction": self.sanction.terms(), "also": also}

    def point_at(self, error: Invalid) -> None:
        """Each at its field, named as the API points at it."""
        forms_of = {"sanction": self.sanction, "also": self.effects}
        for pointer, texts in error.fields.items():
            part, _slash, name = pointer.rpartition("/")
            form = forms_of.get(part, self.decision)
            if name not in form.errors:  # else its own words have said it
                form.add_error(name or None, [str(text) for text in texts])

    def ask_of_the_rest(self, post: Post) -> None:
        """What the fields do not know of each other, beside what they refuse: so that it is said in the same round."""
        said = self.decision.cleaned_data
        action, marks = said.get("action", ""), said.get("marks", [])
        words = said.get("word", ""), said.get("reason", "")
        try:
            checked(post, action, words, sanction=self.sanction.terms(), also=self.effects.also(), marks=marks)
            places_of(checked_marks(action or Action.RETURN, marks), post)
        except Invalid as error:
            self.point_at(error)

    def insert_reply(self) -> None:
        """Without JavaScript: the page as it was sent, with the chosen text in the word, where one then writes on."""
        data = self.decision.data.copy()
        is_chosen = self.canned.inserted(data)
        self.show_as_typed(data)
        if is_chosen:
            self.decision.fields["word"].widget.attrs["autofocus"] = True
        else:
            self.canned.full_clean()
            self.canned.add_error("reply", _("Choose a text first."))

    def show_as_typed(self, data: QueryDict) -> None:
        for form in self.all:
            form.data = data
            show_as_typed(form)

    @property
    def actions(self) -> set[str]:
        """What can be decided."""
        return {value for value, _words in self.decision.fields["action"].choices}

    def context(self) -> dict[str, Any]:
        return {
            "form": self.decision,
            "sanction": self.sanction,
            "effects": self.effects,
            "canned": self.canned,
            "typed": self.typed() if self.decision.is_bound else [],
        }

    def typed(self) -> list[tuple[_StrOrPromise, str]]:
        """What was sent, field by field: to read, where it cannot be sent again."""
        fields = [field for form in self.refusing for field in form.visible_fields()]
        return [(field.label, shown) for field in fields if (shown := _shown(field))]


def _shown(field: forms.BoundField) -> str:
    value = field.value()
    if isinstance(field.field, ChoiceField):
        choices = cast("Iterable[tuple[str, _StrOrPromise]]", field.field.choices)
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(str(words) for code, words in choices if code and code in chosen)
    return str(_("yes") if value is True else value or "")
