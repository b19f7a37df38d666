"""One's own account over /api/v1/account/. Signing in and the second step are allauth's, under /api/auth/."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import NamesOut, RecoveryIn, RecoveryWordsOut, RecoveryWordsStateOut
from accounts.fresh import FreshPasswordNeeded, has_fresh_password
from accounts.names import offered_names
from accounts.services.recovery import has_recovery_words, recover_account, renew_recovery_words
from common.api import LimitedView, checked, refuse_unknown
from common.errors import SignInNeeded
from common.rate_limits import network_of

if TYPE_CHECKING:
    from accounts.models import User


class AccountView(LimitedView):
    """An endpoint of the signed-in member's own account."""

    def member(self) -> User:
        if not self.request.user.is_authenticated:
            raise SignInNeeded
        return self.request.user

    def member_with_fresh_password(self) -> User:
        member = self.member()
        if not has_fresh_password(self.session):
            raise FreshPasswordNeeded
        return member


class NameSuggestionsView(LimitedView):
    @extend_schema(responses=NamesOut, operation_id="suggestNames")
    def get(self, request: Request) -> Response:
        """Two-word names that nobody here has. Ask again for others."""
        refuse_unknown(request, set())
        return Response(NamesOut({"names": offered_names(5)}).data)


class RecoveryWordsView(AccountView):
    @extend_schema(responses=RecoveryWordsStateOut, operation_id="getRecoveryWordsState")
    def get(self, request: Request) -> Response:
        """Whether there are any. The words themselves cannot be asked for: only their hash is kept."""
        refuse_unknown(request, set())
        return Response(RecoveryWordsStateOut({"exist": has_recovery_words(self.member())}).data)

    @extend_schema(request=None, responses={201: RecoveryWordsOut}, operation_id="renewRecoveryWords")
    def post(self, request: Request) -> Response:
        """New words, after signing up or when the old ones may be known. The old ones open nothing any more.

        Needs a password given a moment ago. Sent twice, it makes words twice: the last ones count.
        """
        member = self.member_with_fresh_password()
        words = renew_recovery_words(member, actor=member)
        return Response(RecoveryWordsOut({"recovery_words": words}).data, status=201)


class RecoveryView(LimitedView):
    @extend_schema(request=RecoveryIn, responses=RecoveryWordsOut, operation_id="recoverAccount")
    def post(self, request: Request) -> Response:
        """A new password for whoever has the recovery words. Every visit ends; sign in with the new password.

        Answers new words: the ones that were sent open nothing any more.
        """
        body = checked(RecoveryIn, request)
        _member, words = recover_account(network=network_of(request._request), **body)  # noqa: SLF001 - DRF's way to the HttpRequest
        return Response(RecoveryWordsOut({"recovery_words": words}).data)
