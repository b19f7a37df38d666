"""What every form of ours does alike."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.errors import HearthError, Invalid

QUIET = {"autocomplete": "off", "spellcheck": "false"}


class FreeTextField(forms.CharField):
    """Somebody's own words, of several lines; the one place that makes a box for them.

    It has no maxlength: by that a browser cuts off what is pasted, and tells nobody. What is too long is refused, and
    shown again whole.
    """

    default_error_messages = {
        "max_length": _(
            "This has %(show_value)d characters, and %(limit_value)d fit. All of it is still here: please shorten it."
        )
    }

    def __init__(self, *, rows: int = 10, attrs: dict[str, str] | None = None, **kwargs: Any) -> None:
        kwargs["widget"] = kwargs.get("widget", forms.Textarea(attrs={"rows": rows, **(attrs or {})}))
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


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
