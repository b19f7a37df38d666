"""allauth's headless views of factors, with our forms, without the rows' numbers and without times."""

from __future__ import annotations

import json
from typing import Any, cast

from allauth.headless.internal.restkit import inputs
from allauth.headless.mfa import inputs as allauth_inputs
from allauth.headless.mfa import views as allauth
from django.http import HttpRequest, HttpResponse

from accounts.forms import AddPasskeyForm, PasskeyAgainForm, PasskeyStepForm, SignInWithPasskeyForm
from accounts.models import User
from accounts.passkeys import key_of, number_of
from common.errors import NotFound

_TIMES = ("created_at", "last_used_at")


class _Opaque:
    """Names a passkey by its key instead of its row's number, in what goes out."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # of a view
        body = json.loads(response.content)
        data = body.get("data")
        for factor in data if isinstance(data, list) else [data]:
            if isinstance(factor, dict) and "created_at" in factor:
                for name in _TIMES:
                    del factor[name]
                if "id" in factor:
                    factor["id"] = key_of(factor["id"], owner=cast("User", request.user))
        response.content = json.dumps(body).encode()
        return response


class FactorsView(_Opaque, allauth.AuthenticatorsView):  # type: ignore[misc]  # allauth is untyped
    pass


class AppView(_Opaque, allauth.ManageTOTPView):  # type: ignore[misc]
    pass


class OneTimeCodesView(_Opaque, allauth.ManageRecoveryCodesView):  # type: ignore[misc]
    pass


class AddPasskeyInput(AddPasskeyForm, inputs.Input):  # type: ignore[misc]
    pass


class RenamePasskeyInput(allauth_inputs.UpdateWebAuthnInput):  # type: ignore[misc]
    def __init__(self, *args: Any, data: dict[str, Any], user: User, **kwargs: Any) -> None:
        super().__init__(*args, data={**data, "id": _number(data.get("id"), user)}, user=user, **kwargs)


class RemovePasskeysInput(allauth_inputs.DeleteWebAuthnInput):  # type: ignore[misc]
    def __init__(self, *args: Any, data: dict[str, Any], user: User, **kwargs: Any) -> None:
        keys = data.get("authenticators")
        numbers = [_number(key, user) for key in keys] if isinstance(keys, list) else keys
        super().__init__(*args, data={**data, "authenticators": numbers}, user=user, **kwargs)


class PasskeysView(_Opaque, allauth.ManageWebAuthnView):  # type: ignore[misc]
    input_class = {
        "POST": AddPasskeyInput,
        "PUT": RenamePasskeyInput,
        "DELETE": RemovePasskeysInput,
    }


class PasskeyStepInput(PasskeyStepForm, inputs.Input):  # type: ignore[misc]
    pass


class PasskeyStepView(allauth.AuthenticateWebAuthnView):  # type: ignore[misc]
    input_class = {"POST": PasskeyStepInput}


class PasskeyAgainInput(PasskeyAgainForm, inputs.Input):  # type: ignore[misc]
    pass


class PasskeyAgainView(allauth.ReauthenticateWebAuthnView):  # type: ignore[misc]
    input_class = {"POST": PasskeyAgainInput}


class SignInWithPasskeyInput(SignInWithPasskeyForm, inputs.Input):  # type: ignore[misc]
    pass


class SignInWithPasskeyView(allauth.LoginWebAuthnView):  # type: ignore[misc]
    input_class = {"POST": SignInWithPasskeyInput}


def _number(key: object, owner: User) -> int:
    """Of nothing, for a key that is none: refused by the field as any other that is not there."""
    try:
        return number_of(key, owner=owner)
    except NotFound:
        return 0
