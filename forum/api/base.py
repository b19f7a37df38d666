"""What every endpoint does alike: who is reading, limits, versions, doing a thing once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from django.contrib.sessions.backends.base import SessionBase
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.fresh import FreshPasswordNeeded, has_fresh_password
from common.days import today
from common.errors import Invalid, PreconditionNeeded, SignInNeeded, Stale
from common.keyset import PageSizeUnreadable
from common.rate_limits import Limit, Standing, count, network_of
from common.sealing import token
from forum.api.authentication import GuestCredential
from forum.authorship import Reader, Speaker, SpeaksAs
from forum.models import Post
from forum.policies import is_author
from forum.services.anonymity import NOTHING, Opened, open_member
from forum.services.idempotency import MIN_KEY, once
from forum.visit import opened_in, owners_of, reader_of

if TYPE_CHECKING:
    from accounts.identity import Identity
    from accounts.models import User

READS = Limit("reads", quota=600, window=60)
WRITES = Limit("writes", quota=30, window=60)
_VISITOR = "visitor"
VISITORS_KEY = 16  # characters: whoever sends the same key and body gets the answer again, claim code included
_SAFE = {"GET", "HEAD", "OPTIONS"}


class KeyTooShort(Invalid):
    code = "idempotency-key-too-short"
    message = _("Without credentials the key alone gives an answer again: send a random one of 16 characters or more.")


class ForumView(APIView):
    """Counts the request against a limit, and knows its reader."""

    standing: Standing | None = None
    writes: Limit | None = None  # in place of WRITES

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.standing = count(READS if request.method in _SAFE else self.writes or WRITES, network_of(request._request))  # noqa: SLF001
        super().initial(request, *args, **kwargs)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        for name, value in (self.standing.headers() if self.standing else {}).items():
            final.headers[name] = value
        return final

    @property
    def guest(self) -> GuestCredential | None:
        return self.request.auth if isinstance(self.request.auth, GuestCredential) else None

    @cached_property
    def reader(self) -> Reader:
        if self.guest is not None:
            opened = self.guest.opened
            return Reader(opened=opened.pseudonyms, for_reading_only=opened.for_reading_only)
        if isinstance(self.request.auth, SessionBase):  # an app's token
            member = cast("User", self.request.user)
            return reader_of(self.request._request, member=member, session=self.request.auth)  # noqa: SLF001
        return reader_of(self.request._request)  # noqa: SLF001

    @cached_property
    def author(self) -> Reader:
        """The reader with a member's own anonymous posts opened, if the password is fresh (safety.md A3)."""
        reader = self.reader
        if reader.member is None or not has_fresh_password(self._session):
            return reader
        opened = open_member(reader.member)
        return replace(reader, opened=reader.opened | opened.pseudonyms)

    @property
    def owners(self) -> set[Identity]:
        """Whom this request may speak for."""
        if self.guest is not None:
            return {self.guest.claim.writer}
        return owners_of(self._session, self.reader.member)

    def own_opened(self) -> Opened:
        """For the list of one's own: a claim code, or a member with a fresh password."""
        if self.guest is not None:
            return self.guest.opened
        reader = self.reader
        if reader.member is None:
            opened = opened_in(self._session, None)
            if opened is NOTHING:
                raise SignInNeeded
            return opened
        self.require_fresh_password()
        return open_member(reader.member)

    def require_fresh_password(self) -> None:
        """Of a member, before what only they themselves should see (safety.md A3)."""
        if self.reader.member is None:
            raise SignInNeeded
        if not has_fresh_password(self._session):
            raise FreshPasswordNeeded

    def speaker(self, speaks_as: str | None) -> Speaker:
        """The default is the plainest: one's pseudonym when signed in, a guest otherwise."""
        member = self.reader.member
        kind = SpeaksAs(speaks_as) if speaks_as else (SpeaksAs.PSEUDONYM if member else SpeaksAs.GUEST)
        if kind is not SpeaksAs.GUEST and member is None:
            raise SignInNeeded
        if kind is SpeaksAs.GUEST:
            return Speaker(kind, guest=self.guest.claim.writer if self.guest else None)
        return Speaker(kind, member)

    def created(self, deed: str, body: dict[str, Any], work: Callable[[], tuple[dict[str, Any], str]]) -> Response:
        """Answers 201 with what `work` made, or with what it made when the same request came before."""
        key = self.request.headers.get("Idempotency-Key", "")
        if self._actor_key == _VISITOR and MIN_KEY <= len(key) < VISITORS_KEY:
            raise KeyTooShort
        answer, replayed = once(
            actor_key=self._actor_key,
            deed=deed,
            key=key,
            request=json.dumps(body, sort_keys=True),
            work=work,
        )
        headers = {"Idempotent-Replayed": "true"} if replayed else {}
        return Response(answer, status=201, headers=headers)

    def require_match(self, post: Post) -> None:
        """If-Match must name the version that is stored; `*` means any (RFC 9110 13.1.1)."""
        wanted = self.request.headers.get("If-Match")
        if wanted is None:
            raise PreconditionNeeded
        if wanted.strip() != "*" and self.etag(post) not in [part.strip() for part in wanted.split(",")]:
            raise Stale

    def is_unchanged(self, etag: str) -> bool:
        """If-None-Match, compared weakly (RFC 9110 13.1.2)."""
        known = [part.strip().removeprefix("W/") for part in self.request.headers.get("If-None-Match", "").split(",")]
        return etag in known or "*" in known

    def etag(self, post: Post) -> str:
        """Strong and opaque: one version of one post for one reader; nobody else ever sees the same value."""
        reader = self.reader
        own = is_author(reader, post)
        mark = f"{post.public_id}:{post.version}:{post.thread.is_locked}:{own}:{reader.is_moderator}:{today()}"
        return f'"{token("etag", mark.encode(), bound_to=self._actor_key)[:32]}"'

    @property
    def _session(self) -> SessionBase:
        if isinstance(self.request.auth, SessionBase):
            return self.request.auth
        return self.request._request.session  # noqa: SLF001

    @property
    def _actor_key(self) -> str:
        if self.guest is not None:
            return self.guest.claim.guest
        member = self.reader.member
        return f"member:{member.pk}" if member else _VISITOR


def page_size_of(request: Request) -> int | None:
    """`?page_size=`: refused, not ignored, when it is no number."""
    text = request.query_params.get("page_size")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise PageSizeUnreadable
    return int(text)


def cursor_of(request: Request) -> str | None:
    return request.query_params.get("cursor") or None


def link_header(request: Request, *, next_cursor: str | None, prev_cursor: str | None) -> dict[str, str]:
    """RFC 8288 links beside the cursors in the body."""
    links = []
    for relation, cursor in (("next", next_cursor), ("prev", prev_cursor)):
        if cursor:
            query = request.query_params.copy()
            query["cursor"] = cursor
            links.append(f'<{request.path}?{query.urlencode()}>; rel="{relation}"')
    return {"Link": ", ".join(links)} if links else {}


def refuse_unknown(request: Request, allowed: set[str]) -> None:
    """A query parameter we do not know is a mistake somebody should hear about."""
    unknown = [name for name in request.query_params if name not in allowed]
    if unknown:
        raise Invalid(fields={"": [_("This address does not take one of the query parameters that were sent.")]})


def checked(shape: Any, request: Request) -> dict[str, Any]:
    """The body in an input serializer's shape; a field it does not have is refused (no mass assignment)."""
    if not isinstance(request.data, dict):
        raise Invalid
    unknown = set(request.data) - set(shape().fields)
    if unknown:
        raise Invalid(fields={"": [_("One of the fields that were sent is not known here.")]})
    serializer = shape(data=request.data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
