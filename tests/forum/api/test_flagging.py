from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from forum.models import Category, Post
from forum.services.visibility import publish_post
from forum.states import PostState
from tests.house.doors import Somebody, signed_in
from tests.personas import answered_by, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


def state(post: Post) -> str:
    return Post.objects.values_list("state", flat=True).get(pk=post.pk)


def test_a_guest_holds_a_reply_and_lets_it_go_again(other_member: User, category: Category) -> None:
    publish_post(written_by(other_member, category), actor=None)
    guest = written_by_guest(category)
    publish_post(guest.post, actor=None)
    reply = answered_by(other_member, Post.objects.select_related("thread__category").get(pk=guest.post.pk))
    address, me = f"/api/v1/posts/{reply.public_id}/flag/", Somebody(claim_code=guest.code)
    assert '"can_flag":true' in me.ask(f"/api/v1/threads/{reply.thread.public_id}/posts/").text
    for method, then in (("PUT", PostState.HELD), ("DELETE", PostState.PUBLISHED)):
        assert [me.ask(address, method).status for _twice in range(2)] == [204, 204]
        assert state(reply) == then


def test_others_are_refused_and_what_waits_is_not_there(
    trusted_member: User, other_member: User, category: Category
) -> None:
    reply = answered_by(trusted_member, written_by(trusted_member, category))
    address = f"/api/v1/posts/{reply.public_id}/flag/"
    answer = signed_in(other_member).ask(address, "PUT")
    assert (answer.status, '"not-your-story"' in answer.text) == (403, True)
    answer = signed_in(trusted_member).ask(address, "PUT")
    assert (answer.status, '"post-cannot-be-flagged"' in answer.text) == (409, True)
    waiting = answered_by(other_member, Post.objects.select_related("thread__category").get(pk=reply.pk))
    assert signed_in(trusted_member).ask(f"/api/v1/posts/{waiting.public_id}/flag/", "PUT").status == 404
    assert Client().put(address).status_code == 403
