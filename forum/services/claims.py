"""A guest's claim codes: one more, for everything or for reading only, and the end of one or of all others.

Every verb here takes an opened code, and refuses one that is for reading only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import sealed_records
from common.errors import Conflict
from common.memorable import new_code
from forum.services.anonymity import CLAIM, CODES, OWN_POSTS, Claim, ClaimUnknown, digest_of, read_claim, remember_code
from forum.services.blocking import forget_blocks
from forum.services.following import forget_follows
from forum.services.restricting import forget_restrictions

if TYPE_CHECKING:
    from accounts.identity import Identity

MAX_CODES = 10  # for one guest


class ClaimCodesFull(Conflict):
    code = "claim-codes-full"
    message = _("Ten codes open these posts already. End those that you do not need, then make a new one.")


@transaction.atomic
def make_code(claim: Claim, *, may_write: bool) -> Claim:
    """One more code for the same posts. Its words are shown once and stored nowhere."""
    made = Claim(new_code(), claim.writer, may_write)
    if len(living_codes(claim)) >= MAX_CODES:
        raise ClaimCodesFull
    remember_code(made)
    return made


def require_same_guest(typed_code: str, claim: Claim) -> None:
    """Whoever changes something about codes has typed words for everything of the same guest just now. Raises
    ClaimUnknown.
    """
    if read_claim(typed_code).writer != claim.guest:
        raise ClaimUnknown


@transaction.atomic
def end_code(claim: Claim) -> None:
    """It opens nothing any more, at once and in every visit. After the last one nobody opens the posts again: the
    guest's own list goes with it.
    """
    _end(claim.writer, [digest_of(claim.code)], claim)


@transaction.atomic
def end_other_codes(claim: Claim) -> None:
    own = digest_of(claim.code)
    _end(claim.writer, [digest for digest in living_codes(claim) if digest != own], claim)


@transaction.atomic
def end_every_code(claim: Claim) -> None:
    _end(claim.writer, living_codes(claim), claim)


def count_codes(claim: Claim) -> int:
    return len(sealed_records.read(CODES, claim.guest) or [])


def living_codes(claim: Claim) -> list[str]:
    """Locked until the transaction ends. Raises ClaimUnknown if the code was ended a moment ago."""
    with sealed_records.changing(CODES, claim.guest, list[Any]) as digests:
        living = list(digests)
    if digest_of(claim.code) not in living:
        raise ClaimUnknown
    return living


def _end(guest: Identity, ended: Sequence[str], claim: Claim) -> None:
    left = [digest for digest in living_codes(claim) if digest not in ended]
    for digest in ended:
        sealed_records.forget(CLAIM, digest)
    if left:
        sealed_records.write(CODES, guest, left)
    else:
        sealed_records.forget(CODES, guest)
        sealed_records.forget(OWN_POSTS, guest)
        forget_follows(guest)
        forget_blocks(guest)
        forget_restrictions(guest)
