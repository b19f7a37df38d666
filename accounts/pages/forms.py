"""Fields only, as in every app."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import QUIET, QuietForm

LEAVE_WORDS, TAKE_WORDS = "leave", "take"


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


class ReopenForm(QuietForm):
    name = forms.CharField(label=_("Your name here"), max_length=200, widget=forms.TextInput(attrs=QUIET))
    words = forms.CharField(
        label=_("Your six recovery words"),
        help_text=_("In their order. Upper and lower case do not matter, nor what stands between them."),
        widget=forms.TextInput(attrs={**QUIET, "autocapitalize": "none"}),
    )
    new_password = forms.CharField(
        label=_("A new password"),
        help_text=_("At least 10 characters. A few words that mean nothing to anybody else are good."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
