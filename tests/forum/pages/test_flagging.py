from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from common.rate_limits import Limit
from forum.models import Category, Post
from forum.pages import limits
from forum.services.visibility import publish_post
from forum.states import PostState
from tests.personas import answered_by, sign_in, written_by

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def reply(trusted_member: User, other_member: User, category: Category) -> Post:
    publish_post(written_by(other_member, category), actor=None)
    return answered_by(other_member, written_by(trusted_member, category), text="You should leave.")


def state(post: Post) -> str:
    return Post.objects.values_list("state", flat=True).get(pk=post.pk)


def test_asked_once_held_and_shown_again(client: Client, trusted_member: User, reply: Post) -> None:
    me, address = sign_in(client, trusted_member), f"/p/{reply.public_id}/flag/"
    assert address in me.get(f"/t/{reply.thread.public_id}/").content.decode()
    assert "Hold it" in me.get(address).content.decode()
    assert state(reply) == PostState.PUBLISHED
    for _pressed_twice in range(2):
        assert f"{address}undo/" in me.post(address).content.decode()
    assert state(reply) == PostState.HELD
    assert me.post(f"{address}undo/").status_code == 302
    assert state(reply) == PostState.PUBLISHED


def test_whoever_wrote_it_reads_why_kindly_and_what_was_asked(
    client: Client, trusted_member: User, other_member: User, reply: Post
) -> None:
    me, other = sign_in(client, trusted_member), sign_in(Client(), other_member)
    me.post(f"/t/{reply.thread.public_id}/wish/", {"reply_limits": ["no_leave"]})
    me.post(f"/p/{reply.public_id}/flag/")
    page = other.get(f"/p/{reply.public_id}/").content.decode()
    assert "Something else may be needed in this conversation" in page
    assert "tell me to leave" in page
    assert "You should leave." in page
    assert trusted_member.pseudonym not in page


def test_nobody_elses_and_none_that_is_not_there(client: Client, other_member: User, reply: Post) -> None:
    for somebody in (client, sign_in(Client(), other_member)):
        assert somebody.get(f"/p/{reply.public_id}/flag/").status_code == 403
        assert somebody.post(f"/p/{reply.public_id}/flag/").status_code == 403
        assert somebody.post(f"/p/{reply.public_id}/flag/undo/").status_code == 403
    assert state(reply) == PostState.PUBLISHED


@pytest.mark.usefixtures("clock")
def test_so_many_in_a_short_time_are_too_many(
    client: Client, trusted_member: User, reply: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Limit("page-flags", quota=20, window=600) == limits.FLAGS
    me = sign_in(client, trusted_member)
    answers = [me.post(f"/p/{reply.public_id}/flag/").status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]


def test_the_desk_sees_the_flag_and_what_was_asked(
    client: Client, trusted_member: User, moderator: User, reply: Post
) -> None:
    me = sign_in(client, trusted_member)
    me.post(f"/t/{reply.thread.public_id}/wish/", {"reply_wish": "heard"})
    me.post(f"/p/{reply.public_id}/flag/")
    desk = sign_in(Client(), moderator)
    case = desk.get("/admin/moderation/case/?state__exact=OPEN").content.decode()
    assert "not what they asked for" in case
    from moderation.models import Case

    page = desk.get(f"/admin/moderation/case/{Case.objects.get(post_id=reply.pk).pk}/change/").content.decode()
    assert "just listen" in page


def test_a_flag_by_mistake_can_be_undone_in_the_thread_later(
    client: Client, trusted_member: User, other_member: User, reply: Post
) -> None:
    me, thread = sign_in(client, trusted_member), f"/t/{reply.thread.public_id}/"
    undo = f"/p/{reply.public_id}/flag/undo/"
    assert undo not in me.get(thread).content.decode()
    me.post(f"/p/{reply.public_id}/flag/")
    page = me.get(thread).content.decode()
    assert undo in page
    assert "You should leave." not in page
    for somebody in (Client(), sign_in(Client(), other_member)):
        assert undo not in somebody.get(thread).content.decode()
    me.post(undo)
    assert undo not in me.get(thread).content.decode()


def test_whoever_changes_what_was_flagged_reads_what_is_asked(
    client: Client, trusted_member: User, other_member: User, reply: Post
) -> None:
    me, other = sign_in(client, trusted_member), sign_in(Client(), other_member)
    me.post(f"/t/{reply.thread.public_id}/wish/", {"reply_limits": ["no_leave"]})
    me.post(f"/p/{reply.public_id}/flag/")
    assert "tell me to leave" in other.get(f"/p/{reply.public_id}/edit/").content.decode()
