"""Signing up, in, and in again, in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthSecondStepAgainForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.names import offered_names
from accounts.passkeys import name_owner
from common.forms import QUIET, QuietForm


class SignupForm(AllauthSignupForm):  # type: ignore[misc]  # allauth is untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suggestions = offered_names(3)
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


class SecondStepForm(AuthenticateForm):  # type: ignore[misc]  # allauth is untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _worded(self.fields["code"], _("The code"), inputmode="numeric")


class SecondStepAgainForm(AllauthSecondStepAgainForm):  # type: ignore[misc]  # allauth is untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _worded(self.fields["code"], _("The code"), inputmode="numeric")


class SetUpAppForm(ActivateTOTPForm):  # type: ignore[misc]  # allauth is untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _worded(self.fields["code"], _("The code that the app shows now"), inputmode="numeric")


class PasskeyFormMixin:
    """Refuses what no browser sends. allauth and fido2 stumble over most of it, which would be an error of ours."""

    def _clean_fields(self) -> None:
        with self._refused_if_unreadable():
            super()._clean_fields()  # type: ignore[misc]  # of a form

    def _clean_form(self) -> None:
        with self._refused_if_unreadable():
            super()._clean_form()  # type: ignore[misc]  # of a form

    @contextmanager
    def _refused_if_unreadable(self) -> Iterator[None]:
        try:
            yield
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            self.add_error("credential", get_adapter().validation_error("incorrect_code"))  # type: ignore[attr-defined]


class AddPasskeyForm(PasskeyFormMixin, AddWebAuthnForm):  # type: ignore[misc]  # allauth is untyped
    pass


class PasskeyStepForm(PasskeyFormMixin, AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth is untyped
    pass


class PasskeyAgainForm(PasskeyFormMixin, ReauthenticateWebAuthnForm):  # type: ignore[misc]  # allauth is untyped
    pass


class SignInWithPasskeyForm(PasskeyFormMixin, LoginWebAuthnForm):  # type: ignore[misc]  # allauth is untyped
    def clean_credential(self) -> Any:
        name_owner(self.cleaned_data["credential"])
        return super().clean_credential()


class RecoveryWordsForm(QuietForm):
    """A new password for whoever has the words."""

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


class RecoveryForm(RecoveryWordsForm):
    code = forms.CharField(
        label=_("A code, if your account has a second step"),
        required=False,
        help_text=_("From your app, or one of your one-time codes."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    is_second_factor_lost = forms.BooleanField(
        label=_("I have a second step, and lost it and its one-time codes too"), required=False
    )


class ReauthenticateForm(AllauthReauthenticateForm):  # type: ignore[misc]  # allauth is untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _worded(self.fields["password"], _("Your password"), autocomplete="current-password")


def _worded(field: Any, label: Any, **attributes: str) -> None:
    field.label = label
    field.widget.attrs |= {"placeholder": "", **attributes}
