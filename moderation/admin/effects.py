"""The forms beside a decision for what it does besides, and for a note to whoever comes next."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.errors import Invalid
from crisis.queries import countries
from forum.queries import categories_to_move_to
from forum.services.visibility import ANYWHERE
from moderation.models import Audience
from moderation.services.effects import Also
from moderation.services.notes import MAX_NOTE_CHARS


class EffectsForm(forms.Form):
    """Part of the form of a decision. Nothing of it is needed."""

    prefix = "also"
    reach_out = forms.ChoiceField(
        label=_("Reach out: your word comes with people who can help"),
        help_text=_("For its author alone. It counts against nobody."),
        required=False,
    )
    follow_up = forms.DateField(
        label=_("Look again on"),
        help_text=_("On that day the post is a case again, with your note."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    follow_up_note = forms.CharField(
        label=_("For whoever looks then"),
        required=False,
        max_length=MAX_NOTE_CHARS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    lock_branch = forms.BooleanField(label=_("No more replies below this post"), required=False)
    move_to = forms.ChoiceField(label=_("Move the conversation to"), required=False)

    def __init__(self, *args: Any, is_story: bool, category_id: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reach_out"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("no")), (ANYWHERE, _("with people anywhere")), *countries()
        ]  # fmt: skip
        others = [(each.public_id, each.title) for each in categories_to_move_to() if each.public_id != category_id]
        if is_story:
            self.fields["move_to"].choices = [("", _("where it is")), *others]  # type: ignore[attr-defined]
        else:
            del self.fields["move_to"]

    def also(self) -> Also:
        return Also(**self.cleaned_data)

    def takes(self, error: Invalid) -> bool:
        """Whether the error is about these fields; then it stands at them."""
        mine = {name: texts for name, texts in error.fields.items() if name in self.fields}
        for name, texts in mine.items():
            self.add_error(name, [str(text) for text in texts])
        return bool(mine)


class CaseNoteForm(forms.Form):
    prefix = "note"
    text = forms.CharField(
        label=_("A note for the team"),
        help_text=_("Moderators read it with this case and later ones about the same post. Its author never does."),
        max_length=MAX_NOTE_CHARS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    audience = forms.ChoiceField(label=_("For"), choices=Audience)
