"""Fields only. What may be said and by whom is the services' business; their errors come back to these fields."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.forms import QUIET, FreeTextField, QuietForm
from forum.authorship import SpeaksAs
from forum.models import Category, ContentNote, HouseRules, ReplyLimit, ReplyWish
from forum.services.blocking import Voice
from forum.services.posts import TitleMissing
from forum.text import MAX_POST_CHARS, TextEmpty

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

_QUIET = {**QUIET, "autocapitalize": "sentences"}


class WordsField(FreeTextField):
    """A post's words."""

    is_formatted = True  # its page explains how

    def __init__(self, *, rows: int) -> None:
        attrs = {**_QUIET, "data-most": str(MAX_POST_CHARS)}
        nothing = {"required": TextEmpty.message}
        super().__init__(label=_("Your words"), strip=False, rows=rows, attrs=attrs, error_messages=nothing)


def _notes_field(label: _StrOrPromise, help_text: _StrOrPromise) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, help_text=help_text, required=False, widget=forms.CheckboxSelectMultiple
    )


def _offer_notes(form: forms.Form, name: str, notes: Sequence[ContentNote]) -> None:
    """A forum whose list is empty asks nothing."""
    if notes:
        form.fields[name].choices = [(note.public_id, note.words) for note in notes]  # type: ignore[attr-defined]  # a MultipleChoiceField
    else:
        del form.fields[name]


class _WritersForm(QuietForm):
    """`writer` seals whose form it is, so that words a sign-in comes between come back to them alone."""

    writer = forms.CharField(widget=forms.HiddenInput, required=False, initial="")


class EditForm(_WritersForm):
    title = forms.CharField(label=_("Title"), required=False, widget=forms.TextInput(attrs=_QUIET))
    text = WordsField(rows=12)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, has_title: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_title:
            del self.fields["title"]


@dataclass(frozen=True, slots=True)
class Voices:
    """Under which names somebody can speak here. Empty names: not signed in, or not known in this conversation."""

    pseudonym: str
    own_name: str
    guest_name: str
    has_code: bool
    first: SpeaksAs  # chosen already when the form is shown

    def choices(self) -> list[tuple[str, _StrOrPromise]]:
        anew = _("another name, in this conversation only")
        guest = _("a guest, with six words of its own")
        if self.has_code:
            guest = _("a guest, under the six words of this visit")
        return [
            (SpeaksAs.PSEUDONYM, self.pseudonym),
            (SpeaksAs.THREAD_PSEUDONYM, self._as_before(self.own_name) if self.own_name else anew),
            (SpeaksAs.GUEST, self._as_before(self.guest_name) if self.guest_name else guest),
        ]

    @staticmethod
    def _as_before(name: str) -> _StrOrPromise:
        return format_lazy(_("{name}, as before in this conversation"), name=name)


class DelayField(forms.TypedChoiceField):
    def __init__(self) -> None:
        super().__init__(
            label=_("When should it appear?"),
            choices=[
                ("", _("as soon as it can")),
                ("6", _("in 6 hours or more")),
                ("12", _("in 12 hours or more")),
                ("24", _("in a day or more")),
                ("48", _("in two days or more")),
                ("72", _("in three days or more")),
                ("168", _("in a week or more")),
            ],
            coerce=int,
            empty_value=0,  # type: ignore[arg-type]  # its stubs know texts alone
            required=False,
            help_text=_(
                "When something appears can say who wrote it. Put off, it appears later, at a moment drawn by lot, "
                "and is there for nobody but you and the team until then."
            ),
        )


class DelayForm(QuietForm):
    delay_hours = DelayField()


class ReplyForm(_WritersForm):
    folded = ("notes",)
    text = WordsField(rows=10)
    notes = _notes_field(
        _("Content notes"),
        _("For whoever has to be careful what they read: they open your words when they are ready. A title is shown."),
    )
    speaks_as = forms.ChoiceField(label=_("Under which name?"), widget=forms.RadioSelect)
    claim_code = forms.CharField(
        label=_("Your six words, if you have written here before"),
        required=False,
        help_text=_("The six words you were given. Leave this empty if this is your first time."),
        widget=forms.TextInput(attrs=_QUIET),
    )
    delay_hours = DelayField()
    form_key = forms.CharField(widget=forms.HiddenInput)  # makes sending twice the same as sending once
    draft = forms.CharField(widget=forms.HiddenInput, required=False, initial="")  # the mark of the draft taken up
    under_words = forms.CharField(widget=forms.HiddenInput, required=False)  # whether the visit held six words

    def __init__(
        self, *args: Any, voices: Voices, notes: Sequence[ContentNote], rules: HouseRules | None = None, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {
            "form_key": secrets.token_urlsafe(16),
            "speaks_as": voices.first,
            "under_words": "1" if voices.has_code else "",
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, **kwargs)
        _offer_notes(self, "notes", notes)
        self.voices = voices
        self.rules = rules
        if rules is not None:  # the version is in the name: agreeing to an earlier one is not agreeing to this
            self.fields[f"agree_{rules.version}"] = forms.BooleanField(
                label=_("I have read the house rules, and agree"),
                error_messages={"required": _("Please read the house rules and say that you agree. Nothing is lost.")},
            )
        if voices.pseudonym:
            self.fields["speaks_as"].choices = voices.choices()  # type: ignore[attr-defined]  # a ChoiceField
            self.fields["speaks_as"].help_text = _("Others see this name and nothing else of you.")
        else:
            del self.fields["speaks_as"]
        if voices.has_code or voices.pseudonym:
            del self.fields["claim_code"]

    def clean(self) -> dict[str, Any] | None:
        """Who chose a member's name and is not signed in any more is asked; sending again is then a guest's choice."""
        chosen = self.data.get("speaks_as")
        if "speaks_as" not in self.fields and chosen and chosen != SpeaksAs.GUEST:
            self.add_error(
                None,
                _(
                    "You are not signed in any more. Your words are still here: sign in and go on with them, or send "
                    "them now as a guest."
                ),
            )
        if "claim_code" in self.fields and self.data.get("under_words") and not self.data.get("claim_code", "").strip():
            self._send_next("under_words", "")  # sending it again is then a choice
            self.add_error(
                "claim_code",
                _(
                    "Your visit has ended, and your six words with it. Type them again, and this stays under your name "
                    "from before; or send it now without them, under a new name."
                ),
            )
        return super().clean()

    @property
    def lost_voice(self) -> str:
        """Chosen while they were still signed in; it comes along to the sign-in, and is not sent with the words."""
        return "" if "speaks_as" in self.fields else self.data.get("speaks_as") or self.data.get("voice", "")

    def renew_key(self) -> None:
        """After a refusal that used the key up: what is sent next is another request."""
        self._send_next("form_key", secrets.token_urlsafe(16))

    def _send_next(self, name: str, value: str) -> None:
        sent = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        sent[name] = value
        self.data = sent

    def chosen_delay(self) -> int:
        """Also of a form that cannot be sent yet; 0 for none."""
        chosen = self.data.get("delay_hours", "")
        return int(chosen) if chosen in dict(self.fields["delay_hours"].choices) and chosen else 0  # type: ignore[attr-defined]  # a ChoiceField

    def chosen_voice(self) -> SpeaksAs:
        """A guest's form has no choice."""
        return SpeaksAs(self.cleaned_data.get("speaks_as", SpeaksAs.GUEST))


class AnswerForm(ReplyForm):
    """To a post, of which it may quote a passage."""

    passage = FreeTextField(
        label=_("Words you quote"),
        required=False,
        strip=False,
        help_text=_(
            "In one piece and as they stand there. Shorten them to what you mean. They disappear with what they quote."
        ),
        rows=4,
        attrs=_QUIET,
    )
    field_order = ("passage", "text", "speaks_as", "claim_code", "delay_hours", "form_key", "draft")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self["passage"].value():
            self.fields["passage"].widget = forms.HiddenInput()


def _wish_fields() -> tuple[forms.ChoiceField, forms.MultipleChoiceField]:
    """What is asked of whoever answers. Both may stay open."""
    wish = forms.ChoiceField(
        label=_("What would help you in replies?"),
        required=False,
        choices=[("", _("I leave it open")), *ReplyWish.choices],
        initial="",
        widget=forms.RadioSelect,
    )
    limits = forms.MultipleChoiceField(
        label=_("What would you rather not read?"),
        required=False,
        choices=ReplyLimit.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    return wish, limits


class WishForm(QuietForm):
    reply_wish, reply_limits = _wish_fields()


class StoryForm(ReplyForm):
    category = forms.ChoiceField(label=_("Where"))
    title = forms.CharField(
        label=_("Title"),
        help_text=_("A few words. They need not say what it is about."),
        widget=forms.TextInput(attrs=_QUIET),
        error_messages={"required": TitleMissing.message},
    )
    reply_wish, reply_limits = _wish_fields()
    field_order = (
        "category", "title", "text", "notes", "reply_wish", "reply_limits", "speaks_as", "claim_code", "delay_hours",
        "form_key", "draft", "writer",
    )  # fmt: skip

    def __init__(self, *args: Any, categories: Sequence[Category], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (category.public_id, category.title) for category in categories
        ]


class NotesForm(QuietForm):
    notes = _notes_field(_("What it contains"), _("Choose what applies. Nothing is fine, too."))

    def __init__(self, *args: Any, notes: Sequence[ContentNote], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_notes(self, "notes", notes)


class FilterForm(QuietForm):
    without = _notes_field(_("What I would rather not meet"), _("As many as you like, and none is fine, too."))

    def __init__(self, *args: Any, notes: Sequence[ContentNote], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_notes(self, "without", notes)


class ClaimForm(QuietForm):
    code = forms.CharField(
        label=_("Your six words"),
        help_text=_("The six words you were given. Upper and lower case do not matter."),
        widget=forms.TextInput(attrs={**_QUIET, "autocapitalize": "none"}),
        error_messages={"required": _("Write here the six words you were given.")},
    )


class SearchForm(QuietForm):
    folded = ("without",)
    words = forms.CharField(
        label=_("Words to look for"),
        help_text=_("All of them are looked for. Put words in quotation marks that stand beside each other."),
        widget=forms.TextInput(attrs={**_QUIET, "autocapitalize": "none"}),
        error_messages={"required": _("Write here what you are looking for.")},
    )
    category = forms.ChoiceField(label=_("Where"), required=False)
    without = _notes_field(_("Leave out what is about"), _("This time. What you leave out everywhere stays left out."))

    def __init__(self, *args: Any, categories: Sequence[Category], notes: Sequence[ContentNote], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_notes(self, "without", notes)
        self.fields["category"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("everywhere")),
            *((category.public_id, category.title) for category in categories),
        ]


class BlockForm(QuietForm):
    """Asks the same of everybody: whether somebody has another name in a conversation is not said by its form."""

    voice = forms.ChoiceField(label=_("Under which name should they no longer read you?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, pseudonym: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        voice = self.fields["voice"]
        voice.choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (Voice.HERE, _("the name I use in this conversation")),
            (Voice.PSEUDONYM, _("%(name)s, in every conversation") % {"name": pseudonym}),
        ]
        voice.initial = Voice.HERE


class NewCodeForm(ClaimForm):
    may_write = forms.ChoiceField(
        label=_("What may the new words do?"),
        choices=[
            ("no", _("read: see what became of it and what was answered, and change nothing")),
            ("yes", _("everything, as these can")),
        ],
        initial="no",
        widget=forms.RadioSelect,
    )
    form_key = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"form_key": secrets.token_urlsafe(16)})
