"""The forms of a case's page, and of how a moderator wants to work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.forms import FreeTextField
from forum import queries as forum
from moderation.admin.desk import offer
from moderation.admin.keys import OF_ACTIONS, REASON, WORD, KeyedRadios
from moderation.admin.refusing import CHOOSE_ONE
from moderation.admin.seeing import SeenForm
from moderation.models import DECIDABLE, Action
from moderation.services import duty
from moderation.services.decisions import MAX_WORD_CHARS

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


class DecisionForm(SeenForm):
    action = forms.ChoiceField(
        label=_("What to do"),
        choices=[(each.value, each.label) for each in DECIDABLE],
        widget=KeyedRadios(OF_ACTIONS),
        error_messages=CHOOSE_ONE,
    )
    word = FreeTextField(
        label=_("A word to the author"),
        help_text=_("Needed to return a post: what could be changed, so that it can come back. Kindly."),
        required=False,
        max_length=MAX_WORD_CHARS,
        rows=4,
        attrs={"data-key": WORD},
    )
    reason = FreeTextField(
        label=_("The reason"),
        help_text=_("Needed to hide a post, and to close a part of the conversation. Its author reads it."),
        required=False,
        max_length=MAX_WORD_CHARS,
        rows=3,
        attrs={"data-key": REASON},
    )
    marks = FreeTextField(
        label=_("Which words it is about"),
        help_text=_("One passage a line, as it stands in the post. Its author sees them marked beside your word."),
        required=False,
        rows=3,
    )
    notes = forms.MultipleChoiceField(
        label=_("Content notes to put on it"),
        help_text=_("Others open the words when they are ready. Its author cannot take off what you put there."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, waits: bool, concerns: Mapping[str, _StrOrPromise], **kwargs: Any) -> None:
        """`concerns`: what screeners thought, by label, for the moderator to say whether it was right."""
        super().__init__(*args, **kwargs)
        self.labels = list(concerns)
        for label, words in concerns.items():
            self.fields[f"right_{label}"] = forms.ChoiceField(
                label=format_lazy(_("“{concern}”: was that right?"), concern=words),
                choices=[("", _("I leave it open")), ("yes", _("yes")), ("no", _("no, it is about something else"))],
                required=False,
                widget=forms.RadioSelect,
            )
        offer(self, "notes", ((note.public_id, note.words) for note in forum.notes_offered()))
        if waits:  # what waits for a first look is not left waiting
            offer(self, "action", ((each.value, each.label) for each in DECIDABLE if each != Action.LEAVE))

    def clean_marks(self) -> list[str]:
        return str(self.cleaned_data["marks"]).splitlines()

    def decided(self) -> dict[str, Any]:
        """As `decide` takes it."""
        said = {label: self.cleaned_data.pop(f"right_{label}", "") for label in self.labels}
        return {**self.cleaned_data, "judged": {label: answer == "yes" for label, answer in said.items() if answer}}

    def judgements(self) -> list[forms.BoundField]:
        return [self[f"right_{label}"] for label in self.labels]


class DutyForm(forms.Form):
    avoided_notes = forms.MultipleChoiceField(
        label=_("What you would rather not meet"),
        help_text=_("“Take the next case” leaves posts with these notes to others. You need not say why."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    enough = forms.IntegerField(
        label=_("Enough cases for a day"),
        help_text=_("Then you are asked whether to go on. Nobody counts or compares."),
        min_value=1,
        max_value=duty.MOST_ENOUGH,
        error_messages={"required": duty.ENOUGH_UNREADABLE},
    )
    off_until = forms.DateField(
        label=_("Off duty until"),
        help_text=_("Until that day no case is given to you. Leave it empty while you are on duty."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    words_at_once = forms.BooleanField(
        label=_("Show all words at once"),
        help_text=_(
            "Otherwise a post with content notes, or in which a screener noticed something, says that first; you open "
            "its words when you are ready."
        ),
        required=False,
    )
    uses_keys = forms.BooleanField(
        label=_("Single keys move about at the desk"),
        help_text=_("“?” shows which. No key ever sends anything by itself, and none does anything while you type."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "avoided_notes", ((note.public_id, str(note.words)) for note in forum.notes_offered()))
