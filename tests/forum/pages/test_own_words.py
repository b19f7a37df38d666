"""What a guest finds of their own, and what stands where a story is not shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from common import api
from common.rate_limits import count
from forum.authorship import Reader
from forum.models import Category
from forum.pages import limits
from forum.services.visibility import erase_post, hold_post, publish_post, withdraw_post
from forum.states import PostState
from tests.house.doors import guest
from tests.personas import answered_by, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(client: Client, category: Category) -> str:
    """The page after a guest's first story."""
    fields = {"category": category.public_id, "title": "T", "text": "Words.", "form_key": "a-key-of-a-form"}
    address: str = client.post("/new/", fields).headers["Location"]
    return address


def test_six_words_that_were_written_down_are_not_shown_again(client: Client, sent: str) -> None:
    assert 'class="claim-code"' in client.get(sent).content.decode()
    assert 'class="claim-code"' in client.get(sent).content.decode(), "for two minutes, as the page says"
    answer = client.post(sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, sent)
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert 'class="claim-code"' not in client.get(sent).content.decode()


def test_whoever_has_just_written_is_led_on_from_the_form_for_the_words(client: Client, sent: str) -> None:
    assert 'href="/mine/"' in client.get("/claim/").content.decode()
    assert 'href="/mine/"' not in Client().get("/claim/").content.decode()


def test_a_guest_is_not_told_to_block_but_what_they_can_do(
    client: Client, sent: str, trusted_member: User, category: Category
) -> None:
    story = written_by(trusted_member, category)
    assert "a way to block" not in client.get("/blocks/").content.decode()
    refused = client.get(f"/p/{story.public_id}/block/")
    assert refused.status_code == 401
    assert "you can report a post as somebody who hurt you" in refused.content.decode()
    assert "use your six words" not in refused.content.decode()


@pytest.mark.parametrize("state", [PostState.HELD, PostState.WITHDRAWN, PostState.ERASED])
def test_the_heading_says_what_became_of_a_story_that_is_not_shown(
    client: Client, trusted_member: User, other_member: User, category: Category, state: PostState
) -> None:
    story = written_by(trusted_member, category)
    publish_post(answered_by(other_member, story), actor=None)
    me = Reader(trusted_member)
    says: dict[PostState, tuple[Callable[[], object], str]] = {
        PostState.HELD: (lambda: hold_post(story, actor=None), "A story that is not shown at the moment"),
        PostState.WITHDRAWN: (lambda: withdraw_post(story, actor=me), "A story that was taken back"),
        PostState.ERASED: (lambda: erase_post(story, actor=me), "A story that was erased"),
    }
    change, heading = says[state]
    change()
    page = client.get(f"/t/{story.thread.public_id}/").content.decode()
    assert re.findall(r"<h1[^>]*>([^<]*)</h1>", page) == [heading]


# --- Taking words out is not slowed by what was written ---------------------------------------------------------------


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("way", ["withdraw", "erase", "let-go"])
def test_by_page(client: Client, category: Category, way: str) -> None:
    story = written_by_guest(category)
    client.post("/claim/", {"code": story.code})
    for _written in range(limits.WRITES.quota):
        count(limits.WRITES, "127.0.0.1")
    assert client.post(f"/p/{story.post.public_id}/edit/", {"text": "Other."}).status_code == 429
    assert client.post(f"/p/{story.post.public_id}/{way}/").status_code in {200, 302}


@pytest.mark.usefixtures("clock")
def test_by_api(category: Category) -> None:
    story = written_by_guest(category)
    for _written in range(api.WRITES.quota):
        count(api.WRITES, "127.0.0.1")
    me, address = guest(story.code), f"/api/v1/posts/{story.post.public_id}/"
    assert me.ask(address, "PATCH", data={"text": "Other."}, network="127.0.0.1").status == 429
    assert me.ask(f"{address}withdrawal/", "PUT", network="127.0.0.1").status == 200
    assert me.ask(address, "DELETE", network="127.0.0.1").status == 204
