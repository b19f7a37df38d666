"""What a request says about who is looking or writing. Shared by forum's doors; services see none of it.

A visit (the sealed session) keeps a guest's claim codes and a member's own anonymous names that were opened in it, the
voice chosen in each thread, what its reader would rather not meet, words that a sign-in or a password came between, and
for ten minutes those that their author is asked to look at once more before they are sent.
What it opened is held against the sealed records with every request: a code that ended, a name that was burnt, posts
that were adopted open nothing in any other visit. A member's names close when the visit rests: whoever then holds the
phone finds none of them.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fresh import has_fresh_password, has_shown_password_since
from accounts.identity import Identity, identity_of
from accounts.second_factors import is_enough_for_staff
from accounts.services.breaks import require_no_break
from common.rate_limits import pseudonymous_address
from common.sealing import CannotOpen, seal, unseal
from forum.authorship import Reader, SpeaksAs
from forum.services.anonymity import (
    Claim,
    Opened,
    both,
    open_claims,
    open_member,
    read_claims,
)
from forum.services.blocking import unseen_by

if TYPE_CHECKING:
    from accounts.models import User
    from forum.models import ContentNote

SEE_EVERY_POST = "forum.see_every_post"
_OPENED = "opened"  # rows of the member's own thread pseudonyms
_USED = "opened_used"  # when they last were of use, in seconds
_CODES = "codes"  # in the order in which they were opened
_MADE = "made"  # posts with which a code was made in this visit, and when, in seconds
_SHOWN_FOR = 120  # seconds: long enough for a page that did not arrive to be asked for again
_VOICES = "voices"  # by the thread's id
_NOTICES = "notices"  # that were put away
_WORDS = "words"  # [address, fields of its form, whose they are if that is known, when they were kept]
_UNSENT = "unsent"  # by the address of a form: its fields, whose they are, when they were kept
_UNSENT_FOR = 600  # seconds: to go back and forth, not to leave and come back
_MOST_UNSENT = 3  # forms, the newest
_FILTER = "filter"  # rows of content notes
_WRITER = "writer"  # what seals, in a form, whose it is
YOUR_VISIT_HAD_ENDED = _("Your visit had ended, and nothing was sent. Here is what you had typed.")
_NOT_OF_THE_FORM = {"csrfmiddlewaretoken", "writer", "do", "next"}  # which button it was is pressed anew

Words = dict[str, str | list[str]]  # of a form, by field
Fields = dict[str, list[str]]  # of a form as it was sent


def reader_of(request: HttpRequest, *, member: User | None = None, session: SessionBase | None = None) -> Reader:
    """No query for a visitor without a session cookie. `member` and `session` where they do not come by cookie.

    Raises OnABreak for a member who hides the forum from themselves (accounts/services/breaks.py).
    Staff who did not show their second step in this visit read like everybody else.
    """
    if member is not None or request.user.is_authenticated:
        require_no_break(session or request.session)
    return reader_at_desk(request, member=member, session=session)


def reader_at_desk(request: HttpRequest, *, member: User | None = None, session: SessionBase | None = None) -> Reader:
    """The same, also in a break: a moderator may still have a life at risk in their queue (docs/decisions/0018)."""
    session = session or request.session
    if member is None and request.user.is_authenticated:
        member = request.user
    is_moderator = (
        member is not None
        and member.is_staff
        and is_enough_for_staff(member, session)
        and member.has_perm(SEE_EVERY_POST)
    )
    _forget_old_unsent(session)
    opened = opened_in(session, member)
    reader = Reader(
        member, is_moderator, opened.pseudonyms, opened.for_reading_only, filtered=frozenset(filter_in(session))
    )
    return with_unseen(reader)


def with_unseen(reader: Reader) -> Reader:
    """Kept from what blocks keep from them. Costs queries (forum/services/blocking.py)."""
    return replace(reader, unseen=unseen_by(reader))


def past_own_blocks(reader: Reader) -> Reader:
    """As if they had blocked nobody: a block is taken back from the post where it began."""
    return replace(reader, unseen=unseen_by(reader, with_own_blocks=False))


def identity_in(reader: Reader, session: SessionBase) -> Identity | None:
    """Whose sealed records this visit may open: the member's, or the guest's whose claim code it opened last."""
    if reader.member is not None:
        return identity_of(reader.member)
    claim = writing_claim_in(session)
    return claim.guest if claim else None


def is_fresh(reader: Reader, session: SessionBase) -> bool:
    """Whether all that is theirs may be touched: of a member with a fresh password (safety.md A3). A guest's words are
    the key to it, and a visitor has nothing.
    """
    return reader.member is None or has_fresh_password(session)


def reporter_key(reader: Reader, request: HttpRequest) -> str:
    """Tells one reporting reader from another: the member, else the network, which is never kept (safety.md J7)."""
    if reader.member is not None:
        return f"member:{reader.member.pk}"
    return f"network:{pseudonymous_address(request)}"


# --- What was opened --------------------------------------------------------------------------------------------------


def opened_in(session: SessionBase, member: User | None) -> Opened:
    """At most three queries, and none in a visit that opened nothing."""
    opened = open_claims(claims_in(session))
    rows = _rows_in(session) if member is not None else frozenset()
    if member is not None and rows:
        own = open_member(member)
        opened = both(opened, Opened(own.pseudonyms & rows, own.post_ids))
    return opened


def keep_open(request: HttpRequest, opened: Opened) -> None:
    """These of the member's own anonymous names are theirs here, until the visit ends or rests."""
    request.session[_OPENED] = sorted(opened.pseudonyms | _rows_in(request.session))
    request.session[_USED] = _now()


def _rows_in(session: SessionBase) -> frozenset[int]:
    """None after as long without a request as a password stays fresh. The mark moves in tenths of that, so that reading
    seldom writes.
    """
    rows = frozenset(session.get(_OPENED, ()))
    unused = _now() - session.get(_USED, 0)
    if rows and unused >= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
        del session[_OPENED]
        return frozenset()
    if rows and unused >= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT / 10:
        session[_USED] = _now()
    return rows


def _now() -> float:
    return timezone.now().timestamp()


def claims_in(session: SessionBase) -> list[Claim]:
    """What the codes of a visit stand for, the one opened last at the end."""
    codes = session.get(_CODES, ())
    return read_claims(codes) if codes else []


def current_claim(request: HttpRequest) -> Claim | None:
    claims = claims_in(request.session)
    return claims[-1] if claims else None


def writing_claim(request: HttpRequest) -> Claim | None:
    """What a guest writes in one visit goes under one code; never under one for reading only."""
    return writing_claim_in(request.session)


def writing_claim_in(session: SessionBase) -> Claim | None:
    return next((claim for claim in reversed(claims_in(session)) if claim.may_write), None)


def keep_claim_code(request: HttpRequest, code: str) -> None:
    """The session is sealed and ends with the browser."""
    kept = [each for each in request.session.get(_CODES, ()) if each != code]
    request.session[_CODES] = [*kept, code]


def keep_made_code(request: HttpRequest, post_id: str, code: str) -> None:
    """To be shown right after writing. Sending the form again does not show it anew."""
    keep_claim_code(request, code)
    request.session[_MADE] = {post_id: _now(), **request.session.get(_MADE, {})}


def is_code_shown(request: HttpRequest, post_id: str) -> bool:
    """Whether the code made with this post still may be: whoever takes the device up later must not find it."""
    return bool(_now() - request.session.get(_MADE, {}).get(post_id, 0) < _SHOWN_FOR)


def stop_showing_code(request: HttpRequest, post_id: str) -> None:
    request.session[_MADE] = {**request.session.get(_MADE, {}), post_id: 0}


def drop_claim_code(request: HttpRequest, code: str) -> None:
    request.session[_CODES] = [each for each in request.session.get(_CODES, ()) if each != code]


def owners_of(session: SessionBase, member: User | None) -> set[Identity]:
    """Whom this visit may speak for: the member, and each guest whose code it holds."""
    guests = {claim.guest for claim in claims_in(session) if claim.may_write}
    return guests if member is None else guests | {identity_of(member)}


# --- How she spoke, and what she was saying ---------------------------------------------------------------------------


def keep_voice(request: HttpRequest, thread_id: str, voice: SpeaksAs) -> None:
    request.session[_VOICES] = {**request.session.get(_VOICES, {}), thread_id: voice}


def voice_in(request: HttpRequest, thread_id: str) -> SpeaksAs | None:
    """The one used last in this thread in this visit."""
    voice = request.session.get(_VOICES, {}).get(thread_id)
    return SpeaksAs(voice) if voice else None


def filter_in(session: SessionBase) -> list[int]:
    """Rows of the content notes that this visit's reader would rather not meet."""
    rows: list[int] = session.get(_FILTER, [])
    return rows


def with_filter(reader: Reader, notes: Iterable[ContentNote]) -> Reader:
    """For this request, beside what they filter for the whole visit."""
    return replace(reader, filtered=reader.filtered.union(note.pk for note in notes))


def unfiltered(reader: Reader) -> Reader:
    """Whoever decides about a post reads it."""
    return replace(reader, filtered=frozenset())


def keep_filter(session: SessionBase, notes: Iterable[ContentNote]) -> None:
    """Nowhere but in the visit, which ends with the browser: no row tells what somebody cannot bear to read."""
    if rows := sorted(note.pk for note in notes):
        session[_FILTER] = rows
    else:
        session.pop(_FILTER, None)


def writer_mark(member: User | None) -> str:
    """Goes with a form that a member writes in: should the visit end meanwhile, the words come back to them alone."""
    if member is None:
        return ""
    sealed = seal(_WRITER, identity_of(member).encode(), block=64)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _writer_of(mark: str) -> str:
    try:
        return unseal(_WRITER, base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4))).decode()
    except (CannotOpen, binascii.Error, ValueError):
        return ""


def keep_words(request: HttpRequest, address: str, fields: Words, *, mark: str) -> None:
    """While somebody signs in or gives the password. Signing in gives the session another key and keeps what is in it;
    as long as the visit lasts, and for one form only. `mark` is the form's `writer_mark`.
    """
    writer = _writer_of(mark) or _whose(request)
    request.session[_WORDS] = [address, fields, writer, _now()]


def keep_form(request: HttpRequest) -> bool:
    """All that was sent to this address, for whoever it was made for: `take_form` gives it back. Nothing, and False, of
    a form that does not say for whom: it could be given to anybody.
    """
    mark = request.POST.get("writer", "")
    if not _writer_of(mark):
        return False
    fields: Words = {name: values for name, values in request.POST.lists() if name not in _NOT_OF_THE_FORM}
    keep_words(request, request.path, fields, mark=mark)
    return True


def take_form(request: HttpRequest) -> QueryDict | None:
    """What `keep_form` kept for this address, as it was sent; None: nothing, or nothing of theirs."""
    fields = take_words(request, request.path) if request.method == "GET" else {}
    if not fields:
        return None
    sent = QueryDict(mutable=True)
    for name, values in fields.items():
        sent.setlist(name, list(values))
    return sent


def form_waits(request: HttpRequest) -> bool:
    """For whomever: something was sent to this address that no page has shown yet."""
    return bool(request.session.get(_WORDS, [""])[0] == request.path)


def lead_form_on(request: HttpRequest, address: str) -> None:
    """What waits here, and is theirs, waits at another address from now on."""
    kept = request.session[_WORDS]
    if take_words(request, request.path):
        request.session[_WORDS] = [address, *kept[1:]]


def take_words(request: HttpRequest, address: str) -> Words:
    """What was kept for this address, once: to whoever signed in or gave the password since. What a member wrote, to no
    other; until they come it is kept.
    """
    kept_address, fields, writer, moment = request.session.get(_WORDS, ["", {}, "", 0])
    if kept_address != address or not request.user.is_authenticated:
        return {}
    if not has_shown_password_since(request.session, moment) or writer not in {"", identity_of(request.user)}:
        return {}
    del request.session[_WORDS]
    return dict(fields)


def keep_unsent(request: HttpRequest, fields: Fields) -> None:
    """What was sent to this address, and waits for its author's last word: so that Back, Forward and loading the page
    again lose nothing. In place of what was kept for it before.
    """
    kept = {address: each for address, each in request.session.get(_UNSENT, {}).items() if address != request.path}
    newest = list(kept.items())[1 - _MOST_UNSENT :]
    request.session[_UNSENT] = dict([*newest, (request.path, [fields, _whose(request), _now()])])


def unsent_words(request: HttpRequest) -> Fields:
    """What waits at this address, for whoever sent it there. For some minutes, and as often as they ask."""
    fields, whose, moment = request.session.get(_UNSENT, {}).get(request.path, [{}, "", 0])
    if whose != _whose(request) or _now() - moment >= _UNSENT_FOR:
        return {}
    return dict(fields)


def drop_unsent(request: HttpRequest) -> None:
    """It was sent, or shall be forgotten."""
    if request.path in request.session.get(_UNSENT, {}):
        del request.session[_UNSENT][request.path]
        request.session.modified = True


def _forget_old_unsent(session: SessionBase) -> None:
    """With the next request for whatever page."""
    kept = session.get(_UNSENT, {})
    if any(_now() - moment >= _UNSENT_FOR for _fields, _whose, moment in kept.values()):
        session[_UNSENT] = {at: each for at, each in kept.items() if _now() - each[2] < _UNSENT_FOR}


def _whose(request: HttpRequest) -> str:
    return identity_of(request.user) if request.user.is_authenticated else ""


# --- What was put away ------------------------------------------------------------------------------------------------


def put_notice_away(request: HttpRequest, notice_id: str) -> None:
    request.session[_NOTICES] = [*notices_away(request), notice_id]


def notices_away(request: HttpRequest) -> list[str]:
    away: list[str] = request.session.get(_NOTICES, [])
    return away
