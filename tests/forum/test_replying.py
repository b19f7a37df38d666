from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from forum.authorship import Speaker, SpeaksAs
from forum.models import Category, Post, Thread
from forum.services.anonymity import read_claim
from forum.services.posts import CannotReply, ThreadLocked, reply_to, start_thread
from forum.services.visibility import publish_post
from forum.states import PostState
from tests.personas import answered_by, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(trusted_member: User, category: Category) -> Post:
    return written_by(trusted_member, category)


def test_answers_stand_below_what_they_answer_in_the_order_they_came(trusted_member: User, story: Post) -> None:
    first = answered_by(trusted_member, story)
    second = answered_by(trusted_member, story)
    below_first = answered_by(trusted_member, first)
    in_order = list(Post.objects.filter(thread=story.thread).order_by("path"))
    assert in_order == [story, first, below_first, second]
    assert [post.depth for post in in_order] == [0, 1, 2, 1]


def test_one_author_has_one_name_in_a_thread(story: Post, trusted_member: User) -> None:
    speaker = Speaker(SpeaksAs.THREAD_PSEUDONYM, trusted_member)
    one, two = (reply_to(story, actor=speaker, text="Words.").post for _ in range(2))
    assert one.thread_pseudonym == two.thread_pseudonym


def test_a_guest_keeps_their_name_by_their_code(story: Post) -> None:
    first = reply_to(story, actor=Speaker(SpeaksAs.GUEST), text="Words.")
    second = reply_to(story, actor=Speaker(SpeaksAs.GUEST, guest=read_claim(first.claim_code).guest), text="More.")
    assert first.post.thread_pseudonym == second.post.thread_pseudonym
    stranger = reply_to(story, actor=Speaker(SpeaksAs.GUEST), text="Others.")
    assert stranger.post.thread_pseudonym != first.post.thread_pseudonym


def test_what_waits_cannot_be_answered(trusted_member: User, category: Category) -> None:
    held = written_by_guest(category).post
    with pytest.raises(CannotReply):
        answered_by(trusted_member, held)
    assert Post.objects.filter(parent=held).count() == 0


def test_a_locked_thread_takes_no_answers(trusted_member: User, story: Post) -> None:
    Thread.objects.filter(pk=story.thread_id).update(is_locked=True)
    with pytest.raises(ThreadLocked):
        answered_by(trusted_member, story)
    assert not story.answers.exists()


def test_an_answer_that_waits_does_not_move_its_thread(trusted_member: User, story: Post) -> None:
    before = Thread.objects.get(pk=story.thread_id).activity
    reply = reply_to(story, actor=Speaker(SpeaksAs.GUEST), text="Words.").post
    assert reply.state == PostState.HELD
    assert Thread.objects.get(pk=story.thread_id).activity == before
    publish_post(reply, actor=None)
    assert Thread.objects.get(pk=story.thread_id).activity == before + 1


def test_thirty_two_levels_are_stored_and_deeper_ones_stand_beside(trusted_member: User, category: Category) -> None:
    speaker = Speaker(SpeaksAs.PSEUDONYM, trusted_member)
    parent = post = start_thread(category, actor=speaker, title="T", text="Words.").post
    for _ in range(34):
        parent, post = post, answered_by(trusted_member, post)
    assert post.depth == 31
    assert post.parent == parent
    assert parent.depth == 31
    assert post.path > parent.path
