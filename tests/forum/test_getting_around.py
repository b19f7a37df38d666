"""To a post in its place: the first that is new, one's own, the one that is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from accounts.identity import identity_of
from forum.authorship import VISITOR, Reader, Speaker, SpeaksAs
from forum.models import Category, Post, Thread
from forum.queries import View, posts_page, thread_for
from forum.services.anonymity import open_member
from forum.services.blocking import block_author
from forum.services.following import first_unread, follow_thread, mark_thread_seen
from forum.services.posts import reply_to
from forum.services.visibility import hide_post, publish_post
from forum.visit import with_unseen
from tests.forum.building import chain, depth_first, grow, scattered
from tests.house.doors import returning, signed_in, visitor
from tests.personas import answered_by, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def friend(other_member: User, category: Category) -> User:
    publish_post(written_by(other_member, category), actor=None)
    return other_member


def unread_by(member: User, thread: Thread) -> str | None:
    reader = with_unseen(Reader(member, opened=open_member(member).pseudonyms))
    post = first_unread(reader, thread, actor=identity_of(member))
    return post.public_id if post else None


# --- A page that begins with a post -----------------------------------------------------------------------------------


@pytest.mark.parametrize("view", list(View))
def test_a_page_begins_with_the_post_and_goes_on_as_any_other(category: Category, view: View) -> None:
    parents = scattered(60)
    grown = grow(category, parents)
    order = depth_first(parents) if view == View.TREE else range(61)
    rows = [grown.posts[index].public_id for index in order]
    thread = thread_for(VISITOR, grown.thread.public_id)
    for place in (1, 17, 60):
        at = Post.objects.get(public_id=rows[place])
        page = posts_page(VISITOR, thread, view=view, at=at, size=10)
        assert [post.id for post in page.posts] == rows[place : place + 10]
        before = posts_page(VISITOR, thread, view=view, cursor=page.prev, size=10)
        assert [post.id for post in before.posts] == rows[max(0, place - 10) : place]
        if page.next:
            after = posts_page(VISITOR, thread, view=view, cursor=page.next, size=10)
            assert [post.id for post in after.posts] == rows[place + 10 : place + 20]


def test_the_opening_post_is_the_first_page(category: Category) -> None:
    grown = grow(category, chain(3))
    page = posts_page(VISITOR, thread_for(VISITOR, grown.thread.public_id), at=grown.posts[0])
    assert (page.is_first, page.prev) == (True, None)


def test_a_post_of_another_thread_or_none_is_not_there(client: Client, category: Category) -> None:
    here, elsewhere = grow(category, chain(1)), grow(category, chain(1))
    for post_id in (elsewhere.posts[1].public_id, "x", "0" * 14):
        assert client.get(f"/t/{here.thread.public_id}/?at={post_id}").status_code == 404
        assert client.get(f"/api/v1/threads/{here.thread.public_id}/posts/?at={post_id}").status_code == 404


# --- What is answered -------------------------------------------------------------------------------------------------


def test_each_answer_leads_to_what_it_answers_wherever_that_stands(client: Client, category: Category) -> None:
    """Past the depth that is shown, and on another page."""
    grown = grow(category, chain(40))
    address = f"/t/{grown.thread.public_id}/"
    parent, post = grown.posts[33], grown.posts[34]
    on_one_page = client.get(address).content.decode()
    assert f'href="#p-{parent.public_id}"' in on_one_page
    apart = client.get(f"{address}?view=flat&at={post.public_id}").content.decode()
    assert f"?at={parent.public_id}&amp;view=flat#p-{parent.public_id}" in apart


def test_it_says_whom_it_answers_only_where_that_post_is_for_this_reader(
    trusted_member: User, friend: User, moderator: User, category: Category
) -> None:
    story = written_by(trusted_member, category)
    answer = answered_by(friend, story)
    more = answered_by(trusted_member, answer)
    thread = thread_for(VISITOR, story.thread.public_id)
    names = {post.id: post.parent_name for post in posts_page(VISITOR, thread).posts}
    assert names[more.public_id] == friend.pseudonym

    held = reply_to(answer, actor=Speaker(SpeaksAs.GUEST), text="Words that wait.").post
    hide_post(more, actor=moderator, word="It names a place.")
    hide_post(answer, actor=moderator, word="It names a place.")
    assert held.thread_pseudonym_id is not None
    own = Reader(opened=frozenset({held.thread_pseudonym_id}))
    shown = {post.id: post for post in posts_page(own, thread_for(own, story.thread.public_id)).posts}
    assert shown[held.public_id].parent_name == ""


# --- One's own --------------------------------------------------------------------------------------------------------


def test_ones_own_replies_are_led_to_as_far_as_this_visit_opened_them(
    trusted_member: User, friend: User, category: Category
) -> None:
    story = written_by(friend, category)
    named = answered_by(trusted_member, story)
    speaker = Speaker(SpeaksAs.THREAD_PSEUDONYM, trusted_member)
    masked = reply_to(story, actor=speaker, text="Under another name.").post
    thread = thread_for(VISITOR, story.thread.public_id)

    assert posts_page(VISITOR, thread).own == []
    assert [own.id for own in posts_page(Reader(friend), thread).own] == []  # the story itself is where one is
    assert [own.id for own in posts_page(Reader(trusted_member), thread).own] == [named.public_id]
    opened = Reader(trusted_member, opened=open_member(trusted_member).pseudonyms)
    assert [own.id for own in posts_page(opened, thread).own] == [named.public_id, masked.public_id]
    page = returning(trusted_member).ask(f"/t/{story.thread.public_id}/").text
    assert f"?at={named.public_id}#p-{named.public_id}" in page
    assert f"?at={masked.public_id}" not in page
    assert "What you wrote here" not in visitor().ask(f"/t/{story.thread.public_id}/").text


# --- The first that is new --------------------------------------------------------------------------------------------


def test_the_first_unread_is_the_earliest_of_others_words_since_it_was_seen(
    trusted_member: User, friend: User, category: Category
) -> None:
    story = written_by(friend, category)
    assert unread_by(trusted_member, story.thread) is None  # not followed
    follow_thread(story.thread, actor=identity_of(trusted_member))
    assert unread_by(trusted_member, story.thread) is None
    answered_by(trusted_member, story)
    first, _second = answered_by(friend, story), answered_by(friend, story)
    assert unread_by(trusted_member, story.thread) == first.public_id
    mark_thread_seen(Thread.objects.get(pk=story.thread_id), actor=identity_of(trusted_member))
    assert unread_by(trusted_member, story.thread) is None


def test_what_waited_is_new_when_it_is_published_and_what_is_kept_away_never(
    trusted_member: User, friend: User, category: Category
) -> None:
    story = written_by(trusted_member, category)
    held = reply_to(story, actor=Speaker(SpeaksAs.GUEST), text="I am new here.").post
    answered_by(friend, story)
    mark_thread_seen(Thread.objects.get(pk=story.thread_id), actor=identity_of(trusted_member))
    publish_post(held, actor=None)
    assert unread_by(trusted_member, story.thread) == held.public_id
    block_author(Post.objects.select_related("thread__category").get(pk=held.pk), actor=Reader(trusted_member))
    assert unread_by(trusted_member, story.thread) is None


def test_the_way_to_what_is_new_stands_everywhere_and_is_behind_the_password(
    trusted_member: User, friend: User, category: Category
) -> None:
    """Whoever picks up her phone does not learn from it what she follows."""
    followed, other = written_by(trusted_member, category), written_by(friend, category)
    new = answered_by(friend, followed)
    member = signed_in(trusted_member)
    for thread in (followed.thread, other.thread):
        address = f"/t/{thread.public_id}/unread/"
        assert f'href="{address}"' in member.ask(f"/t/{thread.public_id}/").text
        asked = returning(trusted_member).ask(address)
        assert asked.status == 302
        assert asked.headers["location"].startswith("/accounts/reauthenticate/")
    there = member.ask(f"/t/{followed.thread.public_id}/unread/").headers["location"]
    assert there == f"/t/{followed.thread.public_id}/?view=flat&at={new.public_id}#p-{new.public_id}"
    page = member.ask(there.partition("#")[0]).text
    assert f'id="p-{new.public_id}"' in page
    there = member.ask(f"/t/{other.thread.public_id}/unread/").headers["location"]
    assert there == f"/t/{other.thread.public_id}/?new=none"
    assert "Nothing new here since you saw it" in member.ask(there).text
    assert visitor().ask(f"/t/{other.thread.public_id}/unread/").status == 401


def test_the_api_names_the_first_unread_to_a_fresh_password_and_to_a_code(
    trusted_member: User, friend: User, category: Category
) -> None:
    story = written_by_guest(category)
    publish_post(story.post, actor=None)
    new = answered_by(friend, story.post)
    address = f"/api/v1/threads/{story.post.thread.public_id}/unread/"
    answer = Client().get(address, headers={"Authorization": f"Bearer {story.code}"})
    assert answer.json() == {"post_id": new.public_id}
    assert signed_in(trusted_member).ask(address).text == '{"post_id":null}'
    assert returning(trusted_member).ask(address).status == 403
    assert visitor().ask(address).status == 401
