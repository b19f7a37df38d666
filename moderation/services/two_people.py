"""Two people together, for one look: whose account an anonymous post is, or what was sealed away ("break-glass").

A lead asks and says why; somebody else approves within a day; the lead looks within an hour, once. Each step is in the
log, none with a name or a word. What was seen is stored nowhere (docs/decisions/0024-a-teams-strong-means.md).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.days import today
from common.errors import Conflict, Invalid, NotAllowed
from forum.services.unmasking import account_behind
from forum.services.visibility import lock_post, lock_thread, tell_author
from forum.text import said
from moderation import audit
from moderation.models import Access, AccessRequest
from moderation.services.holds import NothingHeld, held_words, is_anything_held
from moderation.services.roles import require_lead, require_moderator, require_not_ones_own

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from accounts.models import User
    from forum.models import Post

MAX_REASON_CHARS = 2_000
REASON_MISSING = gettext_lazy("Say why. Whoever approves it has to understand, and its author may read it.")


class AccessUnfit(Invalid):
    code = "access-unfit"


class UnmaskingOff(Conflict):
    code = "unmasking-off"
    message = gettext_lazy("This site looks up nobody: whoever runs it has not switched that on.")


class UnmaskingTooLate(Conflict):
    code = "unmasking-too-late"
    message = gettext_lazy("This was written too long ago. Whose it is is not looked up any more.")


class NothingToUnmask(Conflict):
    code = "nothing-to-unmask"
    message = gettext_lazy("This stands under a name that everybody knows, or under nobody's.")


class SecondPersonNeeded(NotAllowed):
    code = "second-person-needed"
    message = gettext_lazy("It takes two: somebody else has to approve what you asked for.")


class NotYourLook(NotAllowed):
    code = "not-your-look"
    message = gettext_lazy("Only whoever asked for it looks.")


class AccessOver(Conflict):
    code = "access-over"
    message = gettext_lazy("This has run out, or somebody has looked already. It can be asked for again.")


class NotApproved(Conflict):
    code = "access-not-approved"
    message = gettext_lazy("Nobody else has approved it yet.")


class AskedAlready(Conflict):
    code = "look-asked-already"
    message = gettext_lazy("You have asked for this already, and it still stands: it is in the list of looks.")


class AuthorNotTold(Conflict):
    code = "author-not-told"
    message = gettext_lazy(
        "It was erased, so whoever wrote it could not be told. Say on record why they are looked up all the same "
        "without being told, or leave it."
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """For the eyes of one, once. `account` "": no account stands behind it. `words`: what was sealed away."""

    access: str
    account: str = ""
    words: tuple[str, ...] = ()


@transaction.atomic
def ask_for_look(post: Post, *, actor: User, access: str, reason: str, quiet_because: str = "") -> AccessRequest:
    """By a lead. With `quiet_because` the author is not told that their account was looked up; else they are, and where
    they cannot be it is refused.
    """
    require_lead(actor)
    require_not_ones_own(post, actor)
    reason, quiet_because = said(reason), said(quiet_because)
    _refuse_unfit(access, reason, quiet_because)
    _thread, post = lock_post(post)
    if access == Access.UNMASKING:
        _require_unmaskable(post)
    elif not is_anything_held(post):
        raise NothingHeld
    asked = AccessRequest(
        access=access,
        post=post,
        reason=reason,
        quiet_because=quiet_because,
        asked_by=actor,
        asked_at=timezone.now(),
    )
    _require_told_or_quiet(asked)
    standing = AccessRequest.objects.select_related("post").filter(
        post=post, access=access, asked_by=actor, looked_at=None
    )
    # What can be opened no more, since its author erased it meanwhile, is not in the way of asking for a quiet look.
    if any(not each.is_over and each.is_told_or_quiet for each in standing):
        raise AskedAlready
    asked.save(force_insert=True)
    _log("access_asked", asked, actor)
    return asked


@transaction.atomic
def approve_look(asked: AccessRequest, *, actor: User) -> AccessRequest:
    """By another moderator. Twice is once."""
    require_moderator(actor)
    fresh = _locked(asked)
    require_not_ones_own(fresh.post, actor)
    if actor.pk == fresh.asked_by_id:
        raise SecondPersonNeeded
    if fresh.is_over:
        raise AccessOver
    if fresh.approved_by_id is not None:
        return fresh
    fresh.approved_by, fresh.approved_at = actor, timezone.now()
    fresh.save(update_fields=["approved_by", "approved_at"])
    _log("access_approved", fresh, actor)
    return fresh


def look(asked: AccessRequest, *, actor: User) -> Seen:
    """Once, by whoever asked. It is used up, told and logged before anything is opened: whatever happens then, nobody
    has looked without a trace.
    """
    fresh = _use_up(asked, actor)
    if fresh.access == Access.EVIDENCE:
        return Seen(fresh.access, words=held_words(fresh.post))
    account = account_behind(fresh.post)
    return Seen(fresh.access, account=account.pseudonym if account else "")


@transaction.atomic
def _use_up(asked: AccessRequest, actor: User) -> AccessRequest:
    require_lead(actor)
    lock_thread(asked.post.thread_id)  # or its author could erase it between the question and the telling
    fresh = _locked(asked)
    require_not_ones_own(fresh.post, actor)
    if actor.pk != fresh.asked_by_id:
        raise NotYourLook
    if fresh.is_over:
        raise AccessOver
    if not fresh.is_approved:
        raise NotApproved
    if fresh.access == Access.UNMASKING:
        _require_unmaskable(fresh.post)
    _require_told_or_quiet(fresh)
    fresh.looked_at = timezone.now()
    fresh.save(update_fields=["looked_at"])
    _log("access_used", fresh, actor)
    if fresh.access == Access.UNMASKING and not fresh.quiet_because:
        # Said before anything is opened, and to guests alike: it must not tell whether there is an account.
        # Whatever is decided later takes the place of this word; what stays is derived from the row (queries.py).
        word = _(
            "On %(day)s two people of the team together looked up whether an account stands behind this. If one does, "
            "one of them was shown its name, once; it was kept nowhere. Why: %(why)s"
        ) % {"day": date_format(today()), "why": fresh.reason}
        tell_author(fresh.post, actor=actor, word=word, after_the_last=True)
    return fresh


def _locked(asked: AccessRequest) -> AccessRequest:
    rows = AccessRequest.objects.select_for_update(of=("self",))
    return rows.select_related("post__thread__category").get(pk=asked.pk)


def _require_unmaskable(post: Post) -> None:
    if not settings.UNMASKING_DAYS:
        raise UnmaskingOff
    if post.thread_pseudonym_id is None:
        raise NothingToUnmask
    if today() > post.written_on + dt.timedelta(days=settings.UNMASKING_DAYS):
        raise UnmaskingTooLate


def _require_told_or_quiet(asked: AccessRequest) -> None:
    if not asked.is_told_or_quiet:
        raise AuthorNotTold


def _refuse_unfit(access: str, reason: str, quiet_because: str) -> None:
    fields: dict[str, list[_StrOrPromise]] = {}
    if access not in Access.values:
        fields["access"] = [_("Choose what to look at.")]
    if not reason:
        fields["reason"] = [REASON_MISSING]
    for name, text in (("reason", reason), ("quiet_because", quiet_because)):
        if len(text) > MAX_REASON_CHARS:
            fields[name] = [_("Please keep it under 2,000 characters.")]
    if fields:
        raise AccessUnfit(fields=fields)


def _log(event: str, asked: AccessRequest, actor: User) -> None:
    audit.append(
        event,
        moderator=actor,
        look=asked.public_id,
        access=asked.access,
        post=asked.post.public_id,
        quiet=True if asked.quiet_because else None,
    )
