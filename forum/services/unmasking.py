"""Which account stands behind an anonymous name. Needs the seal key.

Asked by two people together (moderation/services/two_people.py). What it finds is told to them and kept nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts import sealed_records
from accounts.identity import member_number
from accounts.models import User
from forum.services.anonymity import OWN_POSTS

if TYPE_CHECKING:
    from forum.models import Post


def account_behind(post: Post) -> User | None:
    """None for a guest's, for a name that its author made nobody's, and after they left: nothing joins those.

    By the lists of their authors, not by the name's tag: what an account adopted keeps the tag it had. Reads every
    sealed record there is: a minute for some millions, and nobody can ask for it often.
    """
    owner = sealed_records.owner_of_item(OWN_POSTS, lambda entry: entry[2] == post.public_id)
    number = None if owner is None else member_number(owner)
    return None if number is None else User.objects.filter(pk=number).first()
