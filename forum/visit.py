"""What a request says about who is looking or writing. Shared by forum's doors; services see none of it.

A visit (the sealed session) keeps the anonymous authorships that were opened in it, and a guest's claim code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from accounts.second_factors import is_enough_for_staff
from common.rate_limits import pseudonymous_address
from forum.authorship import Reader
from forum.services.anonymity import NOTHING, Opened

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
    return Reader(
        member=member,
        is_moderator=member is not None
        and member.is_staff
        and is_enough_for_staff(member, session)
        and member.has_perm(SEE_EVERY_POST),
        open_tags=open_in(session).tags,
    )


def reporter_key(reader: Reader, request: HttpRequest) -> str:
    """Tells one reporting reader from another: the member, else the network, which is never kept (safety.md J7)."""
    if reader.member is not None:
        return f"member:{reader.member.pk}"
    return f"network:{pseudonymous_address(request)}"


def keep_open(request: HttpRequest, opened: Opened) -> None:
    """Until the visit ends: these posts are the reader's own."""
    before = open_in(request.session)
    request.session[_OPENED] = {
        "tags": sorted(before.tags | opened.tags),
        "posts": list(dict.fromkeys([*before.post_ids, *opened.post_ids])),
    }


def open_in(session: SessionBase) -> Opened:
    kept = session.get(_OPENED)
    return Opened(frozenset(kept["tags"]), tuple(kept["posts"])) if kept else NOTHING


def keep_claim_code(request: HttpRequest, code: str) -> None:
    """What a guest writes in one visit goes under one code; the session is sealed and ends with the browser."""
    request.session[_CODE] = code


def claim_code_of(request: HttpRequest) -> str:
    code: str = request.session.get(_CODE, "")
    return code
