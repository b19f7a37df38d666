from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from forum.models import Category, Post, Thread
from tests.forum.api.test_threads import JSON, post_story
from tests.personas import sign_in, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
ASKED: dict[str, Any] = {"reply_wish": "law", "reply_limits": ["no_religion", "no_leave"]}


def changed(client: Client, story: Post, body: dict[str, Any], etag: str = "*", **headers: str) -> Any:
    address = f"/api/v1/threads/{story.thread.public_id}/reply-wish/"
    return client.put(address, body, content_type=JSON, headers={"If-Match": etag, **headers})


def test_it_comes_with_a_story_and_is_told_with_its_thread(
    client: Client, trusted_member: User, category: Category
) -> None:
    story = post_story(sign_in(client, trusted_member), category, **ASKED).json()["post"]
    thread = Client().get(f"/api/v1/threads/{story['thread_id']}/").json()
    assert (thread["reply_wish"], thread["reply_limits"]) == ("law", ["no_leave", "no_religion"])


def test_what_is_not_offered_is_refused_at_its_field(client: Client, category: Category) -> None:
    answer = post_story(client, category, reply_wish="money", reply_limits=["no_men"])
    assert answer.status_code == 400
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert {pointer.split("/")[1].partition(".")[0] for pointer in pointers} == {"reply_wish", "reply_limits"}
    assert not Thread.objects.exists()


def test_its_author_puts_another_and_the_version_changes(
    client: Client, trusted_member: User, category: Category
) -> None:
    me, story = sign_in(client, trusted_member), written_by(trusted_member, category)
    address = f"/api/v1/threads/{story.thread.public_id}/"
    before = me.get(address).headers["ETag"]
    answer = changed(me, story, ASKED, before)
    assert (answer.status_code, answer.json()["reply_wish"]) == (200, "law")
    assert answer.headers["ETag"] == me.get(address).headers["ETag"] != before
    assert changed(me, story, {}, before).status_code == 412
    assert changed(me, story, {}).json()["reply_limits"] == []


def test_a_version_must_be_named(client: Client, trusted_member: User, category: Category) -> None:
    story = written_by(trusted_member, category)
    address = f"/api/v1/threads/{story.thread.public_id}/reply-wish/"
    assert sign_in(client, trusted_member).put(address, ASKED, content_type=JSON).status_code == 428


def test_a_guest_with_the_code_and_nobody_else(other_member: User, client: Client, category: Category) -> None:
    guest = written_by_guest(category)
    assert changed(client, guest.post, ASKED, Authorization=f"Bearer {guest.code}").status_code == 200
    assert changed(client, guest.post, {}).status_code == 404  # it waits
    story = written_by(other_member, category)
    story_of_guest = Thread.objects.get(pk=guest.post.thread_id)
    assert story_of_guest.reply_wish == "law"
    assert changed(sign_in(Client(), other_member), story, ASKED).status_code == 200
