"""What every endpoint of forum does alike: who is reading, versions, doing a thing once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from django.contrib.sessions.backends.base import SessionBase
from django.utils.translation import gettext_lazy as _
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from accounts.fresh import FreshPasswordNeeded, has_fresh_password
from accounts.identity import Identity, identity_of
from common.api import LimitedView
from common.errors import Invalid, PreconditionNeeded, SignInNeeded, Stale
from common.rate_limits import Limit
from common.sealing import token
from crisis.api.serializers import CardSerializer
from crisis.visit import card_for
from forum.api.authentication import GuestCredential
from forum.api.serializers import PostOut
from forum.authorship import Reader, Speaker, SpeaksAs
from forum.models import Post, Thread
from forum.queries import show_alone, show_post
from forum.screening import help_for
from forum.services.anonymity import NOTHING, Opened, open_member, own_name_in
from forum.services.content_notes import MOST_NOTES, notes_named
from forum.services.idempotency import MIN_KEY, once
from forum.visit import identity_in, is_fresh, opened_in, owners_of, reader_of, with_filter, with_unseen

if TYPE_CHECKING:
    from accounts.identity import Identity
    from accounts.models import User

SEARCHES = Limit("searches", quota=60, window=60)
_VISITOR = "visitor"
VISITORS_KEY = 16  # characters: whoever sends the same key and body gets the answer again, claim code included


class KeyTooShort(Invalid):
    code = "idempotency-key-too-short"
    message = _("Without credentials the key alone gives an answer again: send a random one of 16 characters or more.")


class ForumView(LimitedView):
    """Knows its reader, versions, and how to do a thing once."""

    read_as = staticmethod(reader_of)

    @property
    def guest(self) -> GuestCredential | None:
        return self.request.auth if isinstance(self.request.auth, GuestCredential) else None

    @cached_property
    def reader(self) -> Reader:
        """`?without=` adds to what the visit filters, and is all that a claim code can filter by."""
        without = self.request.query_params.get("without")
        if not without:
            return self._visitor
        return with_filter(self._visitor, notes_named(without.split(",")[:MOST_NOTES], field="without"))

    @property
    def _visitor(self) -> Reader:
        if self.guest is not None:
            opened = self.guest.opened
            return with_unseen(Reader(opened=opened.pseudonyms, for_reading_only=opened.for_reading_only))
        if isinstance(self.request.auth, SessionBase):  # an app's token
            member = cast("User", self.request.user)
            return self.read_as(self.request._request, member=member, session=self.request.auth)  # noqa: SLF001
        return self.read_as(self.request._request)  # noqa: SLF001

    @cached_property
    def author(self) -> Reader:
        """The reader with a member's own anonymous posts opened, if the password is fresh (safety.md A3)."""
        reader = self.reader
        if reader.member is None or not has_fresh_password(self.session):
            return reader
        opened = open_member(reader.member)
        return replace(reader, opened=reader.opened | opened.pseudonyms)

    @property
    def identity(self) -> Identity:
        """Whose sealed records these are. Raises SignInNeeded for whoever is nobody yet."""
        identity = self.known_identity
        if identity is None:
            raise SignInNeeded
        return identity

    @property
    def known_identity(self) -> Identity | None:
        if self.guest is not None:
            return self.guest.claim.guest if self.guest.claim.may_write else None
        return identity_in(self.reader, self.session)

    @property
    def owners(self) -> set[Identity]:
        """Whom this request may speak for."""
        if self.guest is not None:
            return {self.guest.claim.writer}
        return owners_of(self.session, self.reader.member)

    @property
    def is_fresh(self) -> bool:
        return is_fresh(self.reader, self.session)

    def require_fresh_password(self) -> None:
        """Of a member; a guest has given their claim code just now (safety.md A3)."""
        if not self.is_fresh:
            raise FreshPasswordNeeded

    def require_member(self) -> None:
        """With a password given a moment ago."""
        if self.reader.member is None:
            raise SignInNeeded
        self.require_fresh_password()

    def own_opened(self) -> Opened:
        """For the list of one's own: a claim code, or a member with a fresh password."""
        if self.guest is not None:
            return self.guest.opened
        reader = self.reader
        if reader.member is None:
            opened = opened_in(self.session, None)
            if opened is NOTHING:
                raise SignInNeeded
            return opened
        self.require_fresh_password()
        return open_member(reader.member)

    def speaker(self, speaks_as: str | None, *, thread: Thread | None = None) -> Speaker:
        """The default is the plainest: one's pseudonym when signed in, a guest otherwise.

        The answer shows under which name a member speaks in a thread: unless this visit has it open, the password must
        be fresh, whether they have one there or not.
        """
        member = self.reader.member
        kind = SpeaksAs(speaks_as) if speaks_as else (SpeaksAs.PSEUDONYM if member else SpeaksAs.GUEST)
        if kind is not SpeaksAs.GUEST and member is None:
            raise SignInNeeded
        if kind is SpeaksAs.GUEST:
            return Speaker(kind, guest=self.guest.claim.writer if self.guest else None)
        if kind is SpeaksAs.THREAD_PSEUDONYM and thread is not None and member is not None:
            self.require_name_or_password(thread, member)
        return Speaker(kind, member)

    def require_name_or_password(self, thread: Thread, member: User) -> None:
        if not own_name_in(thread, identity_of(member), reader=self.reader):
            self.require_fresh_password()

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

    def with_help(self, answer: Response, title: str, source: str, country: str) -> Response:
        """To whoever wrote this just now: people who can help, where the words say that they may be in danger."""
        help_body = None
        if kinds := help_for(title, source):
            card = card_for(self.request._request, kinds, country=country.upper(), session=self.session)  # noqa: SLF001
            help_body = CardSerializer(card).data
        answer.data = {**answer.data, "help": help_body}
        return answer

    def require_match(self, post: Post, *beside: object) -> None:
        """If-Match must name what is pinned (`versioned`) as it stands now; `*` means any (RFC 9110 13.1.1)."""
        wanted = self.request.headers.get("If-Match")
        if wanted is None:
            raise PreconditionNeeded
        pinned = f'"{self._pin(post, *beside)}'
        if wanted.strip() != "*" and pinned not in [part.strip().partition(".")[0] for part in wanted.split(",")]:
            raise Stale

    def alone(self, post: Post) -> Response:
        """One post with its ETag. Whoever asks for one post asks for it on purpose: no filter keeps its words back."""
        reader = replace(self.author, asked_for=post.public_id)
        return self.versioned(PostOut(show_alone(reader, post)).data, post)

    def versioned(self, body: Any, post: Post, *beside: object) -> Response:
        """With an ETag that nobody else ever sees, in two halves. The first pins the post, and what is given `beside`
        it: a change of that makes If-Match stale. The second is of all that the body says, and of nothing more, so
        that a reaction or a lock is read anew and stops nobody from taking out a name.
        """
        rest = self._half("body", JSONRenderer().render(body))
        return Response(body, headers={"ETag": f'"{self._pin(post, *beside)}.{rest}"'})

    def unless_known(self, answer: Response) -> Response:
        """304 to an If-None-Match, compared weakly (RFC 9110 13.1.2)."""
        etag = answer.headers["ETag"]
        known = [part.strip().removeprefix("W/") for part in self.request.headers.get("If-None-Match", "").split(",")]
        return Response(status=304, headers={"ETag": etag}) if etag in known or "*" in known else answer

    def _pin(self, post: Post, *beside: object) -> str:
        """By what the reader sees, never by the post's version: that counts what the team did and took back."""
        shown = show_post(self.author, post, None)
        word = post.word_to_author if shown.word_to_author else ""  # in whichever language it is read
        told = (word, shown.word_follows, shown.marks, shown.help_for, shown.is_flagged)
        notes = [(note.id, note.is_by_moderator) for note in shown.notes]
        words = (shown.title, shown.html, shown.source, notes)
        due_at = post.due_at if shown.is_own else None
        pinned = (shown.id, shown.state, shown.name_kind, shown.is_own, words, told, due_at, beside)
        return self._half("pin", repr(pinned).encode())

    def _half(self, which: str, plain: bytes) -> str:
        return token(f"etag:{which}", hashlib.sha256(plain).digest(), bound_to=self._actor_key)[:22]

    @property
    def _actor_key(self) -> str:
        if self.guest is not None:
            return self.guest.claim.guest
        member = self.reader.member
        return f"member:{member.pk}" if member else _VISITOR
