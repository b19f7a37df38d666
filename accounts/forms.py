"""Sign-up: a name to be known by and a password."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.pseudonyms import normalise_name, suggest_pseudonyms


def is_name_taken(name: str) -> bool:
    return User.objects.filter(username=normalise_name(name)).exists()


class SignupForm(AllauthSignupForm):  # type: ignore[misc]  # allauth is untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suggestions = suggest_pseudonyms(3, is_name_taken)
        name = self.fields["username"]
        name.label = _("A name to be known by")
        name.help_text = _(
            "Two words that have nothing to do with you are safest. Not your name, not one you use elsewhere."
        )
        name.initial = self.suggestions[0]
        name.widget.attrs |= {"autocomplete": "off", "spellcheck": "false", "placeholder": ""}
        password = self.fields["password1"]
        password.label = _("A password")
        password.help_text = _("At least 10 characters. A few words that mean nothing to anybody else are good.")
        password.widget.attrs |= {"autocomplete": "new-password", "placeholder": ""}
