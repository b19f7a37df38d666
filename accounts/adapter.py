"""Where allauth is bent to what Hearth keeps: no e-mail, no address of anybody's machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.headless.adapter import DefaultHeadlessAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.guessing import Guess
from accounts.models import User
from accounts.names import is_name_taken
from accounts.pseudonyms import clean_pseudonym, name_key, refuse_revealing_name
from accounts.services.recovery import renew_recovery_words
from accounts.signing_up import may_sign_up
from accounts.visit import keep_words_to_show
from common.errors import Invalid, TooMany
from common.rate_limits import network_of, pseudonymous_address


@contextmanager
def errors_for_forms() -> Iterator[None]:
    """A refused name becomes a form's error, with the same kind sentence."""
    try:
        yield
    except Invalid as error:
        texts = [str(text) for texts in error.fields.values() for text in texts] or [str(error.text)]
        raise ValidationError(texts, code=error.code) from error


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": lazy(
            "This name and this password do not belong together. Please compare both, and try again."
        ),
        "too_many_login_attempts": lazy(
            "There were many tries just now. Please wait five minutes and try again; nothing else has changed."
        ),
        "username_taken": lazy("Somebody here has this name, or one that looks like it. Please choose another."),
        "incorrect_password": lazy("This password is not right. Please try again."),
        "incorrect_code": lazy("This code is not right, or it was used before. Please try the next one."),
        "rate_limited": lazy("That was a lot in a short time. Please wait a little and try again; nothing is lost."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return may_sign_up()

    def get_client_ip(self, request: HttpRequest) -> str:
        """Feeds allauth's rate limits; never an address (S1)."""
        return pseudonymous_address(request)

    def get_http_user_agent(self, request: HttpRequest) -> str:
        return ""

    def clean_email(self, email: str) -> str:
        raise ValidationError(_("This site keeps no e-mail addresses."), code="email_disabled")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing: there is no address to send to, and mail gives people away (M1)."""

    def clean_username(self, username: str, shallow: bool = False) -> str:  # noqa: FBT001, FBT002 - allauth's signature
        """One rule for the page and the headless API (accounts/pseudonyms.py). Where nobody can sign up, nobody learns
        which names are taken either: the refusal that follows is the same for each.
        """
        if not may_sign_up():
            return username
        with errors_for_forms():
            name = clean_pseudonym(username)
            refuse_revealing_name(name)
        cleaned: str = super().clean_username(name, shallow=shallow)
        if not shallow and is_name_taken(cleaned):
            raise self.validation_error("username_taken")  # noqa: EM101 - a code, not a message
        return cleaned

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Case and spaces in a name do not matter; guesses at all its spellings count as one name's."""
        credentials["username"] = name_key(credentials.get("username", ""))
        try:
            guess = Guess(credentials["username"], network_of(request))
        except TooMany as wait:
            raise self.validation_error("too_many_login_attempts") from wait  # noqa: EM101 - a code, not a message
        user = super().authenticate(request, **credentials)
        guess.was_right() if user else guess.was_wrong()
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Not allauth's count of failures: it lets a stranger lock a known name (accounts/guessing.py)."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - allauth's
        user.pseudonym = clean_pseudonym(form.cleaned_data["username"])
        user.username = name_key(user.pseudonym)
        user.set_password(form.cleaned_data.get("password1") or form.cleaned_data["password"])  # page, or headless API
        if commit:
            user.save()
        return user

    def post_login(
        self, request: HttpRequest, user: User, *, signup: bool, redirect_url: str | None, **kwargs: Any
    ) -> HttpResponse:
        """Whoever has just signed up on a page is shown recovery words before going on. The API asks for them."""
        if signup:
            record_authentication(request, user, "password")  # they gave it a moment ago
        if signup and not request.path.startswith("/api/"):
            way_on = redirect_url or self.get_login_redirect_url(request)
            keep_words_to_show(request.session, renew_recovery_words(user, actor=user), way_on=way_on)
            redirect_url = reverse("recovery-words")
        response: HttpResponse = super().post_login(request, user, signup=signup, redirect_url=redirect_url, **kwargs)
        return response

    def is_safe_url(self, url: str) -> bool:
        """A way on after signing in leads to our own pages only."""
        return url.startswith("/") and not url.startswith(("//", "/\\"))


class HeadlessAdapter(DefaultHeadlessAdapter):  # type: ignore[misc]  # allauth is untyped
    def serialize_user(self, user: User) -> dict[str, Any]:
        """The pseudonym. No row number, no name to sign in with, no address."""
        return {"display": user.pseudonym, "has_usable_password": user.has_usable_password()}
