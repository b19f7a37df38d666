"""A guest's posts become an account's, still anonymous: nobody else can see that they did.

Nothing but sealed records changes. The thread pseudonyms keep their names and their tags, which nobody can make again
once the guest is gone: two copies of the database, from before and after, show no row of any thread that moved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from accounts import sealed_records
from accounts.identity import identity_of
from forum.services.anonymity import OWN_POSTS, Claim
from forum.services.blocking import hand_over_blocks
from forum.services.claims import end_every_code, living_codes
from forum.services.following import hand_over_follows
from forum.services.restricting import hand_over_restrictions

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def adopt_posts(claim: Claim, *, actor: User) -> None:
    """All that the code opens; every code of that guest ends. Where the member has a name of their own in a thread,
    they keep it for what they write next, and carry the adopted one for what stands there already.
    """
    living_codes(claim)  # first, as whoever writes does: what they are writing now is in the list then
    member = identity_of(actor)
    entries = sealed_records.items(OWN_POSTS, claim.writer)
    hand_over_follows(claim.writer, to=member)
    hand_over_blocks(claim.writer, to=member)
    hand_over_restrictions(claim.writer, to=member)
    end_every_code(claim)
    for entry in entries:
        sealed_records.add_item(OWN_POSTS, member, entry)
