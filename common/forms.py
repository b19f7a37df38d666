"""What every form of ours does alike."""

from __future__ import annotations

from django import forms

from common.errors import HearthError, Invalid

QUIET = {"autocomplete": "off", "spellcheck": "false"}


class QuietForm(forms.Form):
    """Nothing typed here is remembered by the browser or sent to a spelling service."""

    required_css_class = "required"
    folded: tuple[str, ...] = ()  # fields that are closed until somebody opens them, for they ask nothing of most
    status = 400  # of the page that shows it again

    def ask_nothing(self) -> None:
        """What is kept for later, or only looked at, need not be ready to be sent."""
        required = {name: field.required for name, field in self.fields.items()}
        for field in self.fields.values():
            field.required = False
        self.full_clean()
        for name, field in self.fields.items():
            field.required = required[name]  # the page says of each whether it is

    def add_errors(self, error: HearthError) -> None:
        """A service's refusal, at the fields it names; at the top where it names none that is here."""
        self.status = error.status
        fields = error.fields if isinstance(error, Invalid) else {}
        for name, texts in (fields or {"": [error.text]}).items():
            for text in texts:
                self.add_error(name if name in self.fields else None, str(text))
