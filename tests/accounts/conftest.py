"""A member who did everything that can be done here, among others who did as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.identity import identity_of
from forum.authorship import Reader, Speaker, SpeaksAs
from forum.models import Category, Post, ReactionKind
from forum.queries import pseudonyms_of
from forum.services.posts import edit_post, reply_to, start_thread
from forum.services.reactions import give_reaction
from forum.services.visibility import erase_post, hold_post, publish_post, return_post
from forum.states import PostState
from moderation.services.cases import open_case
from moderation.services.reports import report_post
from tests.personas import answered_by, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User


@pytest.fixture
def community(member: User, other_member: User, moderator: User, category: Category) -> None:
    """`mine0` to `mine8` is what the member said, in every way there is; `theirs…` is what others did."""
    for author in (member, other_member):
        publish_post(written_by(author, category, title="mine0" if author == member else "theirs0"), actor=None)
    theirs = written_by(other_member, category, title="theirs1", text="theirs2")
    masked = Speaker(SpeaksAs.THREAD_PSEUDONYM, member)
    mine = reply_to(theirs, actor=masked, text="mine1").post
    author_of_mine = Reader(member, opened=pseudonyms_of(mine))
    mine = edit_post(mine, actor=author_of_mine, version=mine.version, title="", text="mine2")
    mine = _published(mine)
    answered_by(other_member, mine, text="theirs3")
    _published(start_thread(category, actor=masked, title="mine6", text="mine7").post)
    returned = written_by(member, category, title="mine3", text="mine4")
    return_post(returned, actor=moderator, word="theirs4")
    held = hold_post(written_by(member, category, text="mine8"), actor=None)
    open_case(held, reasons=["premoderated"])
    erase_post(written_by(member, category, text="gone before"), actor=Reader(member))
    give_reaction(_loaded(theirs), ReactionKind.ME_TOO, actor=Reader(member))
    give_reaction(mine, ReactionKind.BELIEVE, actor=Reader(other_member))
    report_post(theirs, actor=identity_of(member), reason="OTHER", text="mine5")
    report_post(mine, actor=identity_of(other_member), reason="OTHER", text="theirs5")
    written_by_guest(category, title="theirs6", text="theirs7")


def _published(post: Post) -> Post:
    return _loaded(publish_post(post, actor=None) if post.state == PostState.HELD else post)


def _loaded(post: Post) -> Post:
    return Post.objects.select_related("thread__category").get(pk=post.pk)
