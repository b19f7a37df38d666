"""Fields only, as in every app."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import QuietForm

LEAVE_WORDS, TAKE_WORDS = "leave", "take"


class BreakForm(QuietForm):
    until = forms.DateField(
        label=_("Until which day?"),
        help_text=_("On that day everything is here again, as it was."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "off"}),
    )


class CloseForm(QuietForm):
    words = forms.ChoiceField(
        label=_("What happens to what you wrote?"),
        choices=[
            (TAKE_WORDS, _("My words and my account: erase both")),
            (LEAVE_WORDS, _("My account only: what everybody can read stays, as nobody's")),
        ],
        initial=TAKE_WORDS,
        widget=forms.RadioSelect,
    )
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=2000,  # twice what a password may have
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
