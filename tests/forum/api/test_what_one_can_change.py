"""`can_change` and `can_erase` say what the doors do, in every state of one's own post."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from forum.authorship import Speaker, SpeaksAs
from forum.models import Category, Post
from forum.services.anonymity import read_claim
from forum.services.claims import make_code
from forum.services.posts import start_thread
from forum.services.visibility import erase_post, hide_post, publish_post, return_post, withdraw_post
from forum.states import WORDS_CAN_CHANGE, PostState
from tests.house.doors import Somebody, signed_in
from tests.personas import GUEST, GuestPost

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


def brought(guest: GuestPost, state: PostState, moderator: User) -> None:
    post = guest.post
    match state:
        case PostState.SCHEDULED | PostState.PUBLISHED:
            publish_post(post, actor=moderator)
        case PostState.RETURNED:
            return_post(post, actor=moderator, word="A word.")
        case PostState.HIDDEN:
            hide_post(post, actor=moderator, word="A reason.")
        case PostState.WITHDRAWN:
            withdraw_post(post, actor=guest.reader)
        case PostState.ERASED:
            erase_post(post, actor=guest.reader)
    assert Post.objects.get(pk=post.pk).state == state


@pytest.fixture
def guest(category: Category, request: pytest.FixtureRequest) -> GuestPost:
    is_put_off = request.getfixturevalue("state") == PostState.SCHEDULED
    written = start_thread(category, actor=GUEST, title="T", text="Words.", delay_hours=24 if is_put_off else 0)
    return GuestPost(written.post, written.claim_code)


def shown(me: Somebody, post: Post) -> dict[str, object]:
    told: dict[str, object] = json.loads(me.ask(f"/api/v1/posts/{post.public_id}/").text)
    return told


@pytest.mark.parametrize("state", [*PostState])
def test_what_is_said_is_what_the_doors_do(guest: GuestPost, moderator: User, state: PostState) -> None:
    brought(guest, state, moderator)
    me, address = Somebody(claim_code=guest.code), f"/api/v1/posts/{guest.post.public_id}/"
    told = shown(me, guest.post)
    changed = me.ask(address, "PATCH", data={"title": "T", "text": "Other words."})
    assert told["can_change"] == (changed.status == 200) == (state in WORDS_CAN_CHANGE)
    erased = me.ask(address, "DELETE")
    assert erased.status < 300, "twice is once"
    assert told["can_erase"] == (state != PostState.ERASED)


@pytest.mark.parametrize("state", [*PostState])
def test_a_code_for_reading_only_changes_nothing(guest: GuestPost, moderator: User, state: PostState) -> None:
    brought(guest, state, moderator)
    code = make_code(read_claim(guest.code), may_write=False).code
    told = shown(Somebody(claim_code=code), guest.post)
    assert (told["can_change"], told["can_erase"]) == (False, False)


@pytest.mark.parametrize("state", [PostState.HIDDEN, PostState.WITHDRAWN])
def test_its_page_offers_to_erase_it_and_not_to_change_it(
    trusted_member: User, category: Category, moderator: User, state: PostState
) -> None:
    post = start_thread(category, actor=Speaker(SpeaksAs.PSEUDONYM, trusted_member), title="T", text="Words.").post
    Post.objects.filter(pk=post.pk).update(state=state)
    page = signed_in(trusted_member).ask(f"/p/{post.public_id}/").text
    assert f"/p/{post.public_id}/edit/" not in page
    assert f"/p/{post.public_id}/erase/" in page
    assert "for reading only" not in page
