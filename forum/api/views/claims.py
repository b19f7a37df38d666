"""A guest's claim codes. A code goes in a header or in a body, never in an address."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked
from common.errors import SignInNeeded
from common.rate_limits import count, network_of
from forum.api.authentication import CLAIM_TRIES
from forum.api.base import ForumView
from forum.api.parameters import KEY
from forum.api.serializers import AdoptionIn, ClaimCodeIn, ClaimCodeOut, ClaimOut
from forum.services.adopting import adopt_posts
from forum.services.anonymity import Claim, read_claim
from forum.services.claims import count_codes, end_code, end_other_codes, make_code
from forum.visit import current_claim


class _ClaimView(ForumView):
    @property
    def claim(self) -> Claim:
        """Of the code that came with the request: a visit in which one is open changes nothing about codes."""
        if self.guest is None:
            raise SignInNeeded
        return self.guest.claim


class ClaimCodesView(_ClaimView):
    @extend_schema(parameters=[KEY], request=ClaimCodeIn, responses={201: ClaimCodeOut}, operation_id="makeClaimCode")
    def post(self, request: Request) -> Response:
        """One more code for the same posts, for everything or for reading only."""
        body = checked(ClaimCodeIn, request)
        claim = self.claim

        def work() -> tuple[dict[str, Any], str]:
            made = make_code(claim, may_write=body["may_write"])
            return dict(ClaimCodeOut({"claim_code": made.code, "may_write": made.may_write}).data), ""

        return self.created("make-claim-code", body, work)


class ClaimCodeView(_ClaimView):
    @extend_schema(responses=ClaimOut, operation_id="getClaimCode")
    def get(self, request: Request) -> Response:
        """What the code in use may do: the one that was sent, or the one opened last in a browser's visit. The code
        itself is not repeated.
        """
        claim = self.guest.claim if self.guest else current_claim(request._request)  # noqa: SLF001
        if claim is None:
            raise SignInNeeded
        return Response(ClaimOut({"may_write": claim.may_write, "codes": count_codes(claim)}).data)

    @extend_schema(responses={204: None}, operation_id="endClaimCode")
    def delete(self, request: Request) -> Response:
        """The code in use opens nothing any more. After the last one nobody opens the posts again."""
        end_code(self.claim)
        return Response(status=204)


class OtherClaimCodesView(_ClaimView):
    @extend_schema(responses={204: None}, operation_id="endOtherClaimCodes")
    def delete(self, request: Request) -> Response:
        """Every code but the one in use opens nothing any more."""
        end_other_codes(self.claim)
        return Response(status=204)


class AdoptionView(ForumView):
    @extend_schema(request=AdoptionIn, responses={204: None}, operation_id="adoptPosts")
    def post(self, request: Request) -> Response:
        """A member takes what a code opens into their account, still anonymous; every code of that guest ends.

        Sending it again answers 401: the code opens nothing any more.
        """
        body = checked(AdoptionIn, request)
        member = self.reader.member
        if member is None:
            raise SignInNeeded
        self.require_fresh_password()  # what is adopted on her phone by somebody else would tell, or bind her
        count(CLAIM_TRIES, network_of(request._request))  # noqa: SLF001
        adopt_posts(read_claim(body["claim_code"]), actor=member)
        return Response(status=204)
