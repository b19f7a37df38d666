from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from common.errors import SignInNeeded
from forum.authorship import VISITOR, Reader, Speaker, SpeaksAs, Unseen
from forum.models import Category, Post, Reaction, ReactionKind
from forum.queries import post_for, posts_page, show_alone, thread_for
from forum.services.anonymity import open_member
from forum.services.posts import start_thread
from forum.services.reactions import CannotReact, give_reaction, take_back_reaction
from forum.services.visibility import publish_post, withdraw_post
from tests.personas import sign_in, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(trusted_member: User, category: Category) -> Post:
    return written_by(trusted_member, category)


def shown_to(reader: Reader, story: Post) -> tuple[bool, tuple[str, ...], tuple[str, ...]]:
    """The same on the thread's page and alone."""
    (post,) = posts_page(reader, thread_for(reader, story.thread.public_id)).posts
    alone = show_alone(reader, post_for(reader, story.public_id))
    assert (alone.has_warmth, alone.warmth, alone.given) == (post.has_warmth, post.warmth, post.given)
    return post.has_warmth, post.warmth, post.given


def test_the_author_learns_the_kinds_the_giver_their_own_and_everybody_that_there_is_warmth(
    trusted_member: User, other_member: User, moderator: User, story: Post
) -> None:
    everybody = [Reader(trusted_member), Reader(other_member), VISITOR, Reader(moderator, is_moderator=True)]
    assert [shown_to(reader, story) for reader in everybody] == [(False, (), ())] * 4
    give_reaction(story, ReactionKind.ME_TOO, actor=Reader(other_member))
    assert [shown_to(reader, story) for reader in everybody] == [
        (True, ("ME_TOO",), ()),
        (True, (), ("ME_TOO",)),
        (True, (), ()),
        (True, (), ()),
    ]


def test_so_does_an_author_who_opened_an_anonymous_post(
    trusted_member: User, other_member: User, category: Category
) -> None:
    guest = written_by_guest(category)
    publish_post(guest.post, actor=None)
    speaker = Speaker(SpeaksAs.THREAD_PSEUDONYM, trusted_member)
    masked = start_thread(category, actor=speaker, title="A title", text="Words.").post
    for post in (guest.post, masked):
        post.refresh_from_db()
        give_reaction(post, ReactionKind.BELIEVE, actor=Reader(other_member))
    assert shown_to(guest.reader, guest.post) == (True, ("BELIEVE",), ())
    assert shown_to(Reader(trusted_member), masked) == (True, (), ())
    opened = Reader(trusted_member, opened=open_member(trusted_member).pseudonyms)
    assert shown_to(opened, masked) == (True, ("BELIEVE",), ())


def test_what_is_not_there_for_a_reader_is_not_warm_for_them(
    trusted_member: User, other_member: User, moderator: User, story: Post
) -> None:
    give_reaction(story, ReactionKind.ME_TOO, actor=Reader(other_member))
    kept_from = Reader(other_member, unseen=Unseen(members=frozenset({trusted_member.pk})))
    story = post_for(VISITOR, story.public_id)
    assert not show_alone(kept_from, story).has_warmth
    withdraw_post(story, actor=Reader(trusted_member))
    assert shown_to(Reader(trusted_member), story) == (True, ("ME_TOO",), ())
    assert shown_to(Reader(moderator, is_moderator=True), story) == (False, (), ())


def test_one_line_tells_a_reader_whatever_is_there_and_the_author_reads_the_kinds(
    client: Client, trusted_member: User, other_member: User, story: Post
) -> None:
    line, kind = "People here are with whoever wrote this.", "Someone here has been there too."
    pages = []
    for kinds in ((), ("ME_TOO",), ("BELIEVE", "NOT_YOUR_FAULT", "WITH_YOU")):
        for name in kinds:
            give_reaction(story, ReactionKind(name), actor=Reader(other_member))
        pages.append(client.get(f"/t/{story.thread.public_id}/").text)
    assert line not in pages[0]
    assert pages[1].count(line) == 1
    assert pages[1] == pages[2]
    sign_in(client, trusted_member)
    for page in (f"/t/{story.thread.public_id}/", f"/p/{story.public_id}/"):
        shown = client.get(page).text
        assert kind in shown
        assert line not in shown
    (told,) = client.get(f"/api/v1/threads/{story.thread.public_id}/posts/").json()["posts"]
    assert (told["has_warmth"], told["warmth"]) == (True, list(ReactionKind.values))
    assert Client().get(f"/api/v1/posts/{story.public_id}/").json()["has_warmth"] is True


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
