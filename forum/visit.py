"""What a request says about who is looking or writing. Shared by forum's doors; services see none of it.

A visit (the sealed session) keeps the anonymous authorships that were opened in it, and a guest's claim code.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from accounts.identity import Identity, identity_of
from accounts.second_factors import is_enough_for_staff
from common.rate_limits import pseudonymous_address
from forum.authorship import Reader
from forum.services.anonymity import NOTHING, ClaimUnknown, Opened, read_claim
from forum.services.blocking import unseen_by

if TYPE_CHECKING:
    from accounts.models import User

SEE_EVERY_POST = "forum.see_every_post"
_OPENED = "opened"
_CODE = "code"


def reader_of(request: HttpRequest, *, member: User | None = None, session: SessionBase | None = None) -> Reader:
    """No query for a visitor without a session cookie. `member` and `session` where they do not come by cookie.

    Staff who did not show their second step in this visit read like everybody else.
    """
    session = session or request.session
    if member is None and request.user.is_authenticated:
        member = request.user
    is_moderator = (
        member is not None
        and member.is_staff
        and is_enough_for_staff(member, session)
        and member.has_perm(SEE_EVERY_POST)
    )
    return with_unseen(Reader(member=member, is_moderator=is_moderator, opened=open_in(session).pseudonyms))


def with_unseen(reader: Reader) -> Reader:
    """Kept from what blocks keep from them. Costs queries (forum/services/blocking.py)."""
    return replace(reader, unseen=unseen_by(reader))


def past_own_blocks(reader: Reader) -> Reader:
    """As if they had blocked nobody: a block is taken back from the post where it began."""
    return replace(reader, unseen=unseen_by(reader, with_own_blocks=False))


def identity_in(reader: Reader, session: SessionBase) -> Identity | None:
    """Whose sealed records this visit may open: the member's, or the guest's whose claim code it holds."""
    if reader.member is not None:
        return identity_of(reader.member)
    if not (code := session.get(_CODE)):
        return None
    try:
        claim = read_claim(code)
    except ClaimUnknown:  # revoked meanwhile
        return None
    return claim.guest if claim.may_write else None


def reporter_key(reader: Reader, request: HttpRequest) -> str:
    """Tells one reporting reader from another: the member, else the network, which is never kept (safety.md J7)."""
    if reader.member is not None:
        return f"member:{reader.member.pk}"
    return f"network:{pseudonymous_address(request)}"


def keep_open(request: HttpRequest, opened: Opened) -> None:
    """Until the visit ends: these posts are the reader's own."""
    before = open_in(request.session)
    request.session[_OPENED] = {
        "pseudonyms": sorted(before.pseudonyms | opened.pseudonyms),
        "posts": list(dict.fromkeys([*before.post_ids, *opened.post_ids])),
    }


def open_in(session: SessionBase) -> Opened:
    kept = session.get(_OPENED)
    return Opened(frozenset(kept["pseudonyms"]), tuple(kept["posts"])) if kept else NOTHING


def keep_claim_code(request: HttpRequest, code: str) -> None:
    """What a guest writes in one visit goes under one code; the session is sealed and ends with the browser."""
    request.session[_CODE] = code


def claim_code_of(request: HttpRequest) -> str:
    code: str = request.session.get(_CODE, "")
    return code
