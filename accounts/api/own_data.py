"""One's own copy, closing the account and opening it again, for clients."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AccountView
from accounts.services.closing import close_account, closing_progress, reopen_account
from accounts.services.export import copy_of, remove_copy, start_copy
from common.api import checked
from common.errors import NotFound
from common.rate_limits import network_of


class CopySerializer(serializers.Serializer[object]):
    percent = serializers.IntegerField(help_text="How far it is; 100 when the files are there.")
    files = serializers.DictField(child=serializers.CharField(), help_text="Content by file name.")
    digests = serializers.DictField(child=serializers.CharField(), help_text="SHA-256 of each file, in hexadecimal.")


class ClosingInput(serializers.Serializer[object]):
    password = serializers.CharField(max_length=2000, trim_whitespace=False)
    keep_words = serializers.BooleanField(
        default=False, help_text="Leave what everybody can read, as nobody's; else all of it is erased."
    )


class ClosingSerializer(serializers.Serializer[object]):
    id = serializers.CharField()
    percent = serializers.IntegerField()


class ReopeningInput(serializers.Serializer[object]):
    name = serializers.CharField(max_length=200)
    words = serializers.CharField(max_length=400, help_text="The six recovery words, in their order.")
    new_password = serializers.CharField(max_length=1000, trim_whitespace=False)


class ReopenedSerializer(serializers.Serializer[object]):
    pseudonym = serializers.CharField()
    recovery_words = serializers.CharField(help_text="New ones, told this once; the old ones open nothing any more.")


class CopyView(AccountView):
    @extend_schema(
        operation_id="account_copy_read",
        summary="One's own copy, or how far it is",
        description="Needs a fresh password. 404 if none was asked for, or its day is over.",
        responses=CopySerializer,
    )
    def get(self, request: Request) -> Response:
        self.require_fresh_password()
        copy = copy_of(self.member)
        if copy is None:
            raise NotFound
        return Response({"percent": copy.percent, "files": copy.files, "digests": copy.digests()})

    @extend_schema(
        operation_id="account_copy_make",
        summary="Have a copy of one's own made",
        description="Needs a fresh password. In the place of one that was there before. Kept for a day at most.",
        request=None,
        responses={202: None},
    )
    def post(self, request: Request) -> Response:
        self.require_fresh_password()
        start_copy(self.member)
        return Response(status=202)

    @extend_schema(operation_id="account_copy_remove", summary="Remove it", responses={204: None})
    def delete(self, request: Request) -> Response:
        self.require_fresh_password()
        remove_copy(self.member)
        return Response(status=204)


class ClosingsView(AccountView):
    @extend_schema(
        operation_id="account_close",
        summary="Close the account",
        description="At once nobody can sign in; the rest is done in the background. What becomes of the words is told "
        "on /staying-safe/.",
        request=ClosingInput,
        responses={202: ClosingSerializer},
    )
    def post(self, request: Request) -> Response:
        member = self.member
        progress = close_account(member, **checked(ClosingInput, request))
        self.session.flush()
        return Response(ClosingSerializer(progress).data, status=202)


class ClosingView(AccountView):
    @extend_schema(
        operation_id="account_closing_read",
        summary="How far it is",
        description="For whoever has its id; nobody is signed in any more. 404 a day after it was done.",
        responses=ClosingSerializer,
    )
    def get(self, request: Request, job_id: str) -> Response:
        return Response(ClosingSerializer(closing_progress(job_id)).data)


class ReopeningView(AccountView):
    @extend_schema(
        operation_id="account_reopen",
        summary="Open a sealed account again",
        description="Within thirty days. It is given a new password and new recovery words, and signs in as usual.",
        request=ReopeningInput,
        responses={200: ReopenedSerializer},
    )
    def post(self, request: Request) -> Response:
        network = network_of(request._request)  # noqa: SLF001 - DRF's way to the HttpRequest
        member, words = reopen_account(**checked(ReopeningInput, request), network=network)
        return Response(ReopenedSerializer({"pseudonym": member.pseudonym, "recovery_words": words}).data)
