"""Who a client is: a claim code, an app's session token, or the browser's session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from django.contrib.auth.models import AnonymousUser
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from common.rate_limits import Limit, count, network_of
from forum.services.anonymity import Claim, Opened, open_claims, read_claim

CLAIM_TRIES = Limit("claim", quota=60, window=60)
_SCHEME = "Bearer "


@dataclass(frozen=True, slots=True)
class GuestCredential:
    """A claim code, opened."""

    claim: Claim
    opened: Opened


class ClaimCodeAuthentication(BaseAuthentication):
    """`Authorization: Bearer <claim code>`. Raises ClaimUnknown: a wrong code is never taken for no code."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, GuestCredential] | None:
        header = request.headers.get("Authorization", "")
        if not header.startswith(_SCHEME):
            return None
        count(CLAIM_TRIES, network_of(request._request))  # noqa: SLF001 - DRF's way to the HttpRequest
        claim = read_claim(header.removeprefix(_SCHEME))
        return AnonymousUser(), GuestCredential(claim, open_claims([claim]))

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class SessionTokenAuthentication(XSessionTokenAuthentication):  # type: ignore[misc]  # allauth is untyped
    """`X-Session-Token`, as allauth's headless API gives it to apps. A dead token is refused, not ignored."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        if not self.get_session_token(request):
            return None
        found = super().authenticate(request)
        if found is None:
            raise AuthenticationFailed
        user, session = found
        return user, session


class ClaimCodeScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = ClaimCodeAuthentication
    name = "claimCode"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A guest's claim code: six words."}


class SessionTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = SessionTokenAuthentication
    name = "sessionToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "X-Session-Token"}
