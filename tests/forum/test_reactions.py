from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.errors import SignInNeeded
from forum.authorship import VISITOR, Reader
from forum.models import Category, Post, Reaction, ReactionKind
from forum.queries import posts_page, thread_for
from forum.services.reactions import CannotReact, give_reaction, take_back_reaction
from tests.personas import written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(trusted_member: User, category: Category) -> Post:
    return written_by(trusted_member, category)


def shown_to(reader: Reader, story: Post) -> tuple[tuple[str, ...], tuple[str, ...]]:
    post = posts_page(reader, thread_for(reader, story.thread.public_id)).posts[0]
    return post.warmth, post.given


def test_the_author_learns_the_kinds_and_the_giver_their_own_and_others_nothing(
    trusted_member: User, other_member: User, moderator: User, story: Post
) -> None:
    give_reaction(story, ReactionKind.ME_TOO, actor=Reader(other_member))
    assert shown_to(Reader(trusted_member), story) == (("ME_TOO",), ())
    assert shown_to(Reader(other_member), story) == ((), ("ME_TOO",))
    assert shown_to(VISITOR, story) == ((), ())
    assert shown_to(Reader(moderator, is_moderator=True), story) == ((), ())


def test_twice_is_once(other_member: User, story: Post) -> None:
    for _ in range(2):
        give_reaction(story, ReactionKind.BELIEVE, actor=Reader(other_member))
    assert Reaction.objects.count() == 1


def test_taking_back_leaves_nothing_and_twice_is_no_error(other_member: User, story: Post) -> None:
    give_reaction(story, ReactionKind.BELIEVE, actor=Reader(other_member))
    for _ in range(2):
        take_back_reaction(story, ReactionKind.BELIEVE, actor=Reader(other_member))
    assert not Reaction.objects.exists()


def test_not_to_oneself_not_to_what_waits_not_by_visitors(
    trusted_member: User, other_member: User, category: Category, story: Post
) -> None:
    held = written_by_guest(category).post
    with pytest.raises(CannotReact):
        give_reaction(story, ReactionKind.BELIEVE, actor=Reader(trusted_member))
    with pytest.raises(CannotReact):
        give_reaction(held, ReactionKind.BELIEVE, actor=Reader(other_member))
    with pytest.raises(SignInNeeded):
        give_reaction(story, ReactionKind.BELIEVE, actor=VISITOR)
    assert not Reaction.objects.exists()


def test_one_members_reactions_share_no_tag(other_member: User, trusted_member: User, category: Category) -> None:
    for _ in range(3):
        give_reaction(written_by(trusted_member, category), ReactionKind.BELIEVE, actor=Reader(other_member))
    assert len(set(Reaction.objects.values_list("tag", flat=True))) == 3
