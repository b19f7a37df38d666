"""The pages of one's own account, and where a page of allauth's needs one thing more."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from allauth.account import views as allauth
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as webauthn
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import RecoveryForm, SignupForm
from accounts.fresh import has_fresh_password
from accounts.passkeys import key_of, number_of
from accounts.second_factors import has_second_factor, has_shown_second_factor
from accounts.services.recovery import (
    has_recovery_words,
    recover_account,
    renew_recovery_words,
    second_factor_ends,
)
from accounts.signing_up import may_sign_up
from accounts.visit import forget_shown_words, keep_words_to_show, words_to_show
from common.errors import HearthError
from common.rate_limits import Limit, count, network_of

if TYPE_CHECKING:
    from accounts.models import User

MORE_NAMES = Limit("more-names", quota=60, window=60)

View = Callable[..., HttpResponse]


def _behind_fresh_password(view: View) -> View:
    """Signed in, with the password given a moment ago (safety.md A3); else that is asked first."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not has_fresh_password(request.session):
            back = request.get_full_path() if request.method in {"GET", "HEAD"} else reverse("account")
            return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}")
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    member = cast("User", request.user)
    return render(
        request,
        "accounts/account.html",
        {
            "has_words": has_recovery_words(member),
            "has_second_factor": has_second_factor(member),
            "second_factor_ends_on": second_factor_ends(member),
        },
    )


# --- Signing up, in and out -------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def more_names(request: HttpRequest) -> HttpResponse:
    """The sign-up page with other names offered; the one that was typed stays, the password does not. Come to from the
    history, it begins anew.
    """
    if request.method != "POST" or not may_sign_up():
        return redirect("account_signup")
    count(MORE_NAMES, network_of(request))
    page = allauth.SignupView()
    page.setup(request)
    form = SignupForm(initial={"username": request.POST.get("username", "")})
    return render(request, page.template_name, page.get_context_data(form=form))


def sign_out(request: HttpRequest) -> HttpResponse:
    """GET asks, POST signs out, and tells the browser to forget what it kept of us (threats.md 2.3)."""
    response: HttpResponse = allauth.logout(request)
    if request.method == "POST":
        response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


# --- Recovery words ---------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@_behind_fresh_password
def recovery_words(request: HttpRequest) -> HttpResponse:
    """GET shows words that were just made, until they are said to be kept; POST makes new ones."""
    member = cast("User", request.user)
    if request.method == "POST":
        keep_words_to_show(request.session, renew_recovery_words(member, actor=member))
        return redirect("recovery-words")
    words, way_on = words_to_show(request.session)
    return render(
        request,
        "accounts/recovery_words.html",
        {"words": words, "is_on_the_way": bool(way_on), "has_words": has_recovery_words(member)},
    )


@require_POST
@login_required
def recovery_words_kept(request: HttpRequest) -> HttpResponse:
    return redirect(forget_shown_words(request.session) or "account")


@require_http_methods(["GET", "HEAD", "POST"])
def recover(request: HttpRequest) -> HttpResponse:
    """Name, words and a new password; then signed in, with new words to keep."""
    form = RecoveryForm(request.POST or None)
    if form.is_valid():
        try:
            member, words = recover_account(network=network_of(request), **form.cleaned_data)
        except HearthError as error:
            form.add_errors(error)
        else:
            return _signed_in_with(request, member, words)
    return render(
        request, "accounts/recover.html", {"form": form}, status=form.status if request.method == "POST" else None
    )


def _signed_in_with(request: HttpRequest, member: User, words: str) -> HttpResponse:
    record_authentication(request, member, "recovery_words")
    get_adapter().login(request, member)
    keep_words_to_show(request.session, words)
    return redirect("recovery-words")


# --- The second step and passkeys -------------------------------------------------------------------------------------


@require_safe
@login_required
def second_step(request: HttpRequest) -> HttpResponse:
    factors = Authenticator.objects.filter(user=cast("User", request.user))
    by_type = {factor.type: factor.wrap() for factor in factors}
    codes = by_type.get(Authenticator.Type.RECOVERY_CODES)
    return render(
        request,
        "mfa/index.html",
        {
            "has_app": Authenticator.Type.TOTP in by_type,
            "has_passkey": Authenticator.Type.WEBAUTHN in by_type,
            "codes_left": len(codes.get_unused_codes()) if codes else None,
        },
    )


@require_safe
@login_required
def passkeys(request: HttpRequest) -> HttpResponse:
    member = cast("User", request.user)
    factors = Authenticator.objects.filter(user=member, type=Authenticator.Type.WEBAUTHN)
    shown = [
        {"name": passkey.name, "signs_in": passkey.is_passwordless, "key": key_of(passkey.instance.pk, owner=member)}
        for passkey in (factor.wrap() for factor in factors.order_by("pk"))
    ]
    return render(request, "mfa/webauthn/authenticator_list.html", {"passkeys": shown})


@login_required
def passkey_remove(request: HttpRequest, key: str) -> HttpResponse:
    response: HttpResponse = webauthn.remove_webauthn(request, pk=number_of(key, owner=cast("User", request.user)))
    return response


@require_safe
@login_required
def second_step_for_desk(request: HttpRequest) -> HttpResponse:
    """Why the desk does not open yet, and the way to it."""
    member = cast("User", request.user)
    return render(
        request,
        "accounts/second_step_for_desk.html",
        {"has_one": has_second_factor(member), "has_shown": has_shown_second_factor(request.session)},
    )
