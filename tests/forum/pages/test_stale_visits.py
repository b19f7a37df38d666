"""Somebody holds her phone: signed in, but no password was given for a while (safety.md A3)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
import time_machine

from forum.authorship import Speaker, SpeaksAs
from forum.models import Category, Post
from forum.services.posts import reply_to
from forum.services.visibility import publish_post
from tests.house.doors import Answer, Somebody, in_an_app, opened, returning, signed_in, visitor
from tests.personas import PASSWORD, answered_by, make_member, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
ASKING = "/accounts/reauthenticate/?next="


@pytest.fixture
def story(trusted_member: User, category: Category) -> Post:
    return publish_post(written_by_guest(category).post, actor=None)


@pytest.fixture
def hers(trusted_member: User, story: Post) -> Post:
    """She has answered under another name, in an earlier visit."""
    return reply_to(story, actor=Speaker(SpeaksAs.THREAD_PSEUDONYM, trusted_member), text="Me too.").post


def name_on(post: Post) -> str:
    assert post.thread_pseudonym is not None
    return post.thread_pseudonym.name


def reply(me: Somebody, story: Post, *, text: str = "Sentinel words.", voice: str = "thread_pseudonym") -> Answer:
    data = {"text": text, "speaks_as": voice, "form_key": f"a-key-of-a-form-{text[:3]}"}
    return me.ask(f"/p/{story.public_id}/reply/", "POST", data=data)


def give_password(me: Somebody, then: str) -> Answer:
    return me.ask("/accounts/reauthenticate/", "POST", data={"password": PASSWORD, "next": then})


# --- Speaking under another name --------------------------------------------------------------------------------------


def test_a_reply_under_another_name_asks_for_the_password_and_keeps_the_words(
    trusted_member: User, story: Post, hers: Post
) -> None:
    me, address = returning(trusted_member), f"/p/{story.public_id}/reply/"
    asked = reply(me, story)
    assert asked.headers["location"] == ASKING + address.replace("/", "%2F")
    assert not Post.objects.filter(source="Sentinel words.").exists()
    assert "Your words are kept" in me.ask(asked.headers["location"]).text
    assert "Sentinel" not in me.ask(address).text, "not shown before the password"

    assert give_password(me, address).headers["location"] == address
    page = me.ask(address).text
    assert "Sentinel words." in page
    assert re.search(r'value="thread_pseudonym"[^>]* checked', page)
    assert reply(me, story).status == 302
    written = Post.objects.select_related("thread_pseudonym").get(source="Sentinel words.")
    assert name_on(written) == name_on(hers)


def test_who_has_no_name_there_is_asked_word_for_word_alike(
    trusted_member: User, other_member: User, story: Post, hers: Post
) -> None:
    hers_asked, others_asked = (reply(returning(member), story) for member in (trusted_member, other_member))
    assert hers_asked.comparable == others_asked.comparable


def test_who_gave_the_password_or_opened_the_name_is_not_asked(
    trusted_member: User, story: Post, hers: Post, clock: time_machine.Traveller
) -> None:
    me = signed_in(trusted_member)
    assert "/sent/" in reply(me, story, text="One.").headers["location"]
    clock.shift(200)
    me.ask("/")
    clock.shift(200)
    assert "/sent/" in reply(me, story, text="Two.").headers["location"], "stale, but the name is open in this visit"


def test_a_new_story_does_not_ask(trusted_member: User, category: Category) -> None:
    data = {"category": category.public_id, "title": "T", "text": "Words.", "speaks_as": "thread_pseudonym"}
    answer = returning(trusted_member).ask("/new/", "POST", data={**data, "form_key": "a-key-of-a-form"})
    assert "/sent/" in answer.headers["location"]


@pytest.mark.parametrize("voice", ["pseudonym", "guest"])
def test_the_other_voices_do_not_ask(trusted_member: User, story: Post, hers: Post, voice: str) -> None:
    assert "/sent/" in reply(returning(trusted_member), story, voice=voice).headers["location"]


def test_by_api_it_is_refused_until_the_password_is_given(
    trusted_member: User, other_member: User, story: Post, hers: Post, clock: time_machine.Traveller
) -> None:
    body = {"text": "Words.", "speaks_as": "thread_pseudonym"}
    address = f"/api/v1/threads/{story.thread.public_id}/posts/"
    before = Post.objects.count()
    app = in_an_app(trusted_member)
    clock.shift(301)
    for me in (returning(trusted_member), returning(other_member), app):
        answer = me.ask(address, "POST", data=body)
        assert (answer.status, json.loads(answer.text)["code"]) == (403, "fresh-password-needed")
    assert Post.objects.count() == before
    answer = in_an_app(trusted_member).ask(address, "POST", data=body)
    assert json.loads(answer.text)["post"]["name"] == name_on(hers)


def test_by_api_a_new_thread_does_not_ask(trusted_member: User, category: Category) -> None:
    body = {"category_id": category.public_id, "title": "T", "text": "Words.", "speaks_as": "thread_pseudonym"}
    assert returning(trusted_member).ask("/api/v1/threads/", "POST", data=body).status == 201


# --- What was opened closes when the visit rests ----------------------------------------------------------------------


def ways_to(post: Post) -> list[str]:
    return [f"/p/{post.public_id}/{way}" for way in ("", "edit/", "erase/", "let-go/", "sent/", "reply/")]


def test_names_close_when_the_visit_rests_and_her_page_is_then_like_anybodys(
    trusted_member: User, story: Post, hers: Post, clock: time_machine.Traveller
) -> None:
    me = opened(signed_in(trusted_member))
    assert me.ask(f"/p/{hers.public_id}/edit/").status == 200
    clock.shift(299)
    assert me.ask(f"/p/{hers.public_id}/edit/").status == 200, "as long as it is used it stays"
    clock.shift(301)
    strangers = returning(trusted_member)  # a visit that never opened anything
    for address in [*ways_to(hers), f"/t/{story.thread.public_id}/", f"/api/v1/posts/{hers.public_id}/"]:
        now, never = me.ask(address), strangers.ask(address)
        varying = r'value="[\w-]{20,}"'  # tokens, keys and marks
        assert (now.status, re.sub(varying, "", now.text)) == (never.status, re.sub(varying, "", never.text)), address
    assert me.ask(f"/p/{hers.public_id}/erase/", "POST").status == 404
    assert me.ask(f"/api/v1/posts/{hers.public_id}/", "DELETE").status == 403
    assert Post.objects.get(pk=hers.pk).source == "Me too."


def test_the_voice_used_there_is_forgotten_with_the_name(
    trusted_member: User, story: Post, clock: time_machine.Traveller
) -> None:
    me = signed_in(trusted_member)
    reply(me, story)
    clock.shift(301)
    page = me.ask(f"/p/{story.public_id}/reply/").text
    assert re.search(r'value="pseudonym"[^>]* checked', page)


def test_a_change_that_took_longer_comes_along_through_the_password(
    trusted_member: User, hers: Post, clock: time_machine.Traveller
) -> None:
    me, address = opened(signed_in(trusted_member)), f"/p/{hers.public_id}/edit/"
    me.ask(address)
    version = str(Post.objects.get(pk=hers.pk).version)
    clock.shift(600)
    refused = me.ask(address, "POST", data={"text": "Sentinel, longer.", "version": version})
    assert refused.status == 404
    assert "Sentinel, longer." in refused.text
    assert "Give your password and go on" in refused.text
    led = me.ask("/go-on/", "POST", data={"address": address, "text": "Sentinel, longer."})
    assert led.headers["location"].startswith(ASKING)
    assert me.ask(address).status == 404
    give_password(me, address)
    assert "Sentinel, longer." in me.ask(address).text
    assert me.ask(address, "POST", data={"text": "Sentinel, longer.", "version": version}).status == 302
    assert Post.objects.get(pk=hers.pk).source == "Sentinel, longer."


def test_the_same_button_stands_on_the_way_to_somebody_elses(
    trusted_member: User, other_member: User, story: Post, hers: Post
) -> None:
    story_of_other = written_by(other_member, story.thread.category)
    publish_post(story_of_other, actor=None)
    pages = [
        returning(trusted_member).ask(f"/p/{post.public_id}/edit/", "POST", data={"text": "Words.", "version": "1"})
        for post in (hers, story, story_of_other)
    ]
    bare = {re.sub(r"/p/\w+/|value=\"[^\"]*\"", "", page.text) for page in pages}
    assert len(bare) == 1
    assert {page.status for page in pages} == {404}


# --- Blocking ---------------------------------------------------------------------------------------------------------


def block(me: Somebody, post: Post, voice: str) -> Answer:
    return me.ask(f"/p/{post.public_id}/block/", "POST", data={"voice": voice})


def test_he_blocks_himself_and_does_not_learn_which_name_in_the_thread_is_hers(
    trusted_member: User, other_member: User, story: Post, hers: Post
) -> None:
    his = publish_post(answered_by(other_member, story), actor=None)
    api = f"/api/v1/posts/{his.public_id}/block/"
    asked = block(returning(trusted_member), his, "here")
    assert asked.headers["location"].startswith(ASKING)
    assert json.loads(returning(trusted_member).ask(api, "PUT").text)["code"] == "fresh-password-needed"
    assert name_on(hers) in signed_in(other_member).ask(f"/t/{story.thread.public_id}/").text

    nameless = returning(make_member("stone bridge"))  # has no name there, and is asked alike
    assert block(nameless, his, "here").headers["location"] == asked.headers["location"]

    assert block(returning(trusted_member), his, "pseudonym").status == 200
    assert name_on(hers) in signed_in(other_member).ask(f"/t/{story.thread.public_id}/").text
    assert block(signed_in(trusted_member), his, "here").status == 200
    assert name_on(hers) not in signed_in(other_member).ask(f"/t/{story.thread.public_id}/").text


def test_undoing_a_block_answers_alike_whoever_it_was(
    trusted_member: User, other_member: User, story: Post, hers: Post
) -> None:
    phone, fresh = returning(trusted_member), signed_in(trusted_member)
    his = publish_post(answered_by(other_member, story), actor=None)
    for post in (hers, his):
        address = f"/api/v1/posts/{post.public_id}/block/"
        assert phone.ask(address, "PUT", data={"voice": "pseudonym"}).status == 204
        assert json.loads(phone.ask(address, "DELETE").text)["code"] == "fresh-password-needed"
        assert fresh.ask(address, "DELETE").status == 204


# --- Where an ended visit is led --------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/mine/", "/inbox/", "/blocks/"])
def test_who_is_nobody_any_more_is_led_to_the_sign_in_and_guests_on_to_their_words(address: str) -> None:
    """Not to a form for six words: a member might type their recovery words there."""
    led = visitor().ask(address).headers["location"]
    assert led == f"/accounts/login/?next={address.replace('/', '%2F')}"
    assert f'href="/claim/?next={address.replace("/", "%2F")}"' in visitor().ask(led).text
