"""Sign-up: a name to be known by and a password."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.pseudonyms import clean_pseudonym, normalise_name, refuse_revealing_name, suggest_pseudonyms
from common.errors import Invalid


def validate_name(name: str) -> None:
    """Django's form of what `accounts/pseudonyms.py` refuses; one rule for the page and the headless API."""
    try:
        refuse_revealing_name(clean_pseudonym(name))
    except Invalid as error:
        texts = error.fields.get("username") or [error.text]
        raise ValidationError([str(text) for text in texts], code=error.code) from error


username_validators = [validate_name]


def is_name_taken(name: str) -> bool:
    return User.objects.filter(username=normalise_name(name)).exists()


class SignupForm(AllauthSignupForm):  # type: ignore[misc]  # allauth is untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suggestions = suggest_pseudonyms(3, is_name_taken)
        name = self.fields["username"]
        name.label = _("A name to be known by")
        name.help_text = _("Two words that have nothing to do with you are safest. Not your name, not one you use elsewhere.")
        name.initial = self.suggestions[0]
        name.widget.attrs |= {"autocomplete": "off", "spellcheck": "false", "placeholder": ""}
        password = self.fields["password1"]
        password.label = _("A password")
        password.help_text = _("At least 10 characters. A few words that mean nothing to anybody else are good.")
        password.widget.attrs |= {"autocomplete": "new-password", "placeholder": ""}
