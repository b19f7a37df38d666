"""The forms beside a decision for what it does besides, for a note to whoever comes next, and for who was told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import FreeTextField
from crisis.queries import countries
from forum.queries import categories_to_move_to
from forum.services.visibility import ANYWHERE
from moderation.admin.desk import offer
from moderation.models import Audience
from moderation.services.effects import Also
from moderation.services.notes import MAX_NOTE_CHARS, Ground, NoteUnfit, Whom

if TYPE_CHECKING:
    from django.http import QueryDict


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
    follow_up_note = FreeTextField(
        label=_("For whoever looks then"),
        required=False,
        max_length=MAX_NOTE_CHARS,
        rows=2,
    )
    lock_branch = forms.BooleanField(
        label=_("No more replies below this post"),
        help_text=_("Give the reason above: its author reads it, and can ask for another look."),
        required=False,
    )
    move_to = forms.ChoiceField(
        label=_("Move the conversation to"),
        help_text=_("To one for members it needs the reason, too, and nobody in it who may have no account."),
        required=False,
    )

    def __init__(self, *args: Any, is_story: bool, category_id: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "reach_out", [("", _("no")), (ANYWHERE, _("with people anywhere")), *countries()])
        others = [(each.public_id, each.title) for each in categories_to_move_to() if each.public_id != category_id]
        if is_story:
            self.fields["lock_branch"].label = _("No more replies in the whole conversation")
            offer(self, "move_to", [("", _("where it is")), *others])
        else:
            del self.fields["move_to"]

    def also(self) -> Also:
        return Also(**self.cleaned_data)


class CaseNoteForm(forms.Form):
    """It stands on a page with other forms, and is the one that was sent where `do` says so."""

    prefix = "note"
    text = FreeTextField(
        label=_("A note for the team"),
        help_text=_("Moderators read it with this case and later ones about the same post. Its author never does."),
        max_length=MAX_NOTE_CHARS,
        rows=2,
        error_messages={"required": NoteUnfit.message},
    )
    audience = forms.ChoiceField(label=_("For"), choices=Audience)

    @classmethod
    def is_in(cls, sent: QueryDict) -> bool:
        return sent.get("do") == cls.prefix

    @classmethod
    def of(cls, sent: QueryDict) -> CaseNoteForm:
        return cls(sent if cls.is_in(sent) else None)


class TellingForm(forms.Form):
    prefix = "told"
    whom = forms.ChoiceField(label=_("Who was told"), choices=[("", "—"), *Whom.choices])
    ground = forms.ChoiceField(label=_("Why"), choices=[("", "—"), *Ground.choices])
