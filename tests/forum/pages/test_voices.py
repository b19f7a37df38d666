"""Under which name somebody speaks: chosen at the composer, said there, remembered for one visit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from forum.authorship import Speaker, SpeaksAs
from forum.models import Category, Post
from forum.services.posts import reply_to
from forum.services.visibility import publish_post
from tests.house.doors import Somebody, guest, opened, returning, signed_in
from tests.personas import written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(trusted_member: User, category: Category) -> Post:
    return publish_post(written_by_guest(category).post, actor=None)


@pytest.fixture
def own_name(trusted_member: User, story: Post) -> str:
    """She has answered under another name, in an earlier visit."""
    reply = reply_to(story, actor=Speaker(SpeaksAs.THREAD_PSEUDONYM, trusted_member), text="Me too.").post
    assert reply.thread_pseudonym is not None
    return reply.thread_pseudonym.name


def composer(somebody: Somebody, story: Post) -> str:
    return somebody.ask(f"/p/{story.public_id}/reply/").text


def chosen(page: str) -> str:
    found = re.search(r'name="speaks_as" value="(\w+)"[^>]* checked', page)
    assert found
    return found[1]


def send(somebody: Somebody, story: Post, voice: str, number: int = 1) -> Any:
    data = {"text": f"Words {number}.", "speaks_as": voice, "form_key": f"a-key-of-a-form-{number}"}
    return somebody.ask(f"/p/{story.public_id}/reply/", "POST", data=data)


def test_it_begins_with_the_name_everybody_knows(trusted_member: User, story: Post) -> None:
    page = composer(signed_in(trusted_member), story)
    assert chosen(page) == "pseudonym"
    assert trusted_member.pseudonym in page


@pytest.mark.parametrize("voice", ["pseudonym", "thread_pseudonym", "guest"])
def test_the_voice_used_last_in_a_thread_is_chosen_there_in_this_visit(
    trusted_member: User, story: Post, category: Category, voice: str
) -> None:
    me = signed_in(trusted_member)
    elsewhere = written_by(trusted_member, category)
    assert send(me, story, voice).status == 302
    assert chosen(composer(me, story)) == voice
    assert chosen(composer(me, elsewhere)) == "pseudonym"
    assert chosen(me.ask("/new/").text) == "pseudonym"
    assert chosen(composer(signed_in(trusted_member), story)) == "pseudonym"


def test_a_name_that_this_visit_has_not_opened_is_as_if_it_were_not_there(
    trusted_member: User, other_member: User, story: Post, own_name: str
) -> None:
    for me in (signed_in(trusted_member), returning(trusted_member)):
        page = composer(me, story)
        assert own_name not in page
        assert chosen(page) == "pseudonym"
    other = composer(returning(other_member), story).replace(other_member.pseudonym, "")
    hers = composer(returning(trusted_member), story).replace(trusted_member.pseudonym, "")
    varying = r'value="[\w-]{20,}"'  # tokens and keys
    assert re.sub(varying, "", hers) == re.sub(varying, "", other)


def test_an_opened_name_is_chosen_and_said(trusted_member: User, story: Post, own_name: str) -> None:
    me = opened(signed_in(trusted_member))
    page = composer(me, story)
    assert chosen(page) == "thread_pseudonym"
    assert f"{own_name}, as before in this conversation" in page
    assert f"You have spoken here as {own_name}" in page


def test_a_member_may_speak_under_both_and_has_one_other_name_in_a_thread(
    trusted_member: User, story: Post, own_name: str
) -> None:
    me = signed_in(trusted_member)
    send(me, story, "pseudonym", 1)
    send(me, story, "thread_pseudonym", 2)
    first, second = Post.objects.filter(source__startswith="Words").order_by("seq")
    assert first.author == trusted_member
    assert second.thread_pseudonym is not None
    assert second.thread_pseudonym.name == own_name
    assert f"{own_name}, as before" in composer(me, story)  # it was opened by speaking under it


def test_a_guest_is_told_the_name(category: Category) -> None:
    written = written_by_guest(category)
    story = publish_post(written.post, actor=None)
    assert story.thread_pseudonym is not None
    page = composer(guest(written.code), story)
    assert f"You write as {story.thread_pseudonym.name}, as before in this conversation" in page
    other = publish_post(written_by_guest(category).post, actor=None)
    assert "Your six words open it, too" in composer(guest(written.code), other)
