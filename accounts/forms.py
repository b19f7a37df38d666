"""Signing up and in, in our words: a name and a password."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from django.utils.translation import gettext_lazy as _

from accounts.kept_names import is_name_kept
from accounts.models import User
from accounts.pseudonyms import normalise_name, suggest_pseudonyms


def is_name_taken(name: str) -> bool:
    return is_name_kept(name) or User.objects.filter(username=normalise_name(name)).exists()


class SignupForm(AllauthSignupForm):  # type: ignore[misc]  # allauth is untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suggestions = suggest_pseudonyms(3, is_name_taken)
        name, password = self.fields["username"], self.fields["password1"]
        _worded(name, _("A name to be known by"), autocomplete="off", spellcheck="false")
        name.initial = self.suggestions[0]
        name.help_text = _(
            "Two words that have nothing to do with you are safest. Not your name, not one you use elsewhere."
        )
        _worded(password, _("A password"), autocomplete="new-password")
        password.help_text = _("At least 10 characters. A few words that mean nothing to anybody else are good.")


class LoginForm(AllauthLoginForm):  # type: ignore[misc]  # allauth is untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _worded(self.fields["login"], _("Your name here"), autocomplete="username", spellcheck="false")
        _worded(self.fields["password"], _("Your password"), autocomplete="current-password")
        self.fields["password"].help_text = ""  # a link to a reset by mail, which there is not


class ChangePasswordForm(AllauthChangePasswordForm):  # type: ignore[misc]  # allauth is untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].help_text = ""  # as in LoginForm


class ReauthenticateForm(AllauthReauthenticateForm):  # type: ignore[misc]  # allauth is untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _worded(self.fields["password"], _("Your password"), autocomplete="current-password")


def _worded(field: Any, label: Any, **attributes: str) -> None:
    field.label = label
    field.widget.attrs |= {"placeholder": "", **attributes}
