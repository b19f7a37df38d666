"""What in a reply may be other than its conversation asks for: said to its author before it goes, never in the way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from forum.authorship import Reader, Speaker, SpeaksAs
from forum.draft_check import DraftText
from forum.models import Category, Post
from forum.services.posts import start_thread
from forum.services.visibility import publish_post, withdraw_post
from moderation.screeners.wishes import _ASKS_NOT_TO_READ
from moderation.screening import _ASKED, broken_wishes
from tests.forum.pages.test_before_sending import HEADING, TELLING, carried, pressed, sent
from tests.personas import answered_by, sign_in, written_by

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db

PREACHING = "I believe you. I will pray for you."
TOLD = "asked for no religion"


@pytest.fixture
def story(trusted_member: User, category: Category) -> Post:
    speaker = Speaker(SpeaksAs.PSEUDONYM, trusted_member)
    limits = ["no_religion"]
    return start_thread(category, actor=speaker, title="A title", text="Words.", reply_limits=limits).post


def replied(client: Client, parent: Post, text: str, **fields: Any) -> Any:
    return sent(client, f"/p/{parent.public_id}/reply/", text=text, speaks_as="pseudonym", **fields)


def remarks(client: Client, **body: Any) -> Any:
    return client.post("/api/v1/draft-check/", json.dumps(body), content_type="application/json")


def test_every_wish_that_can_be_broken_has_its_sentence() -> None:
    assert set(_ASKED) == set(_ASKS_NOT_TO_READ)


def test_of_what_overlaps_the_limit_is_said_and_not_the_wish_as_well() -> None:
    draft = DraftText("", "You should leave him. You should try to rest.", "heard", ("no_leave",))
    assert [remark.type for remark in broken_wishes(draft)] == ["no_leave", "heard"]


def test_it_is_said_with_what_is_asked_for_and_can_be_sent_as_it_is(
    client: Client, other_member: User, story: Post
) -> None:
    sign_in(client, other_member)
    page = replied(client, story, PREACHING).text
    assert HEADING in page
    assert TOLD in page
    assert "<li>no religion</li>" in page
    assert "could help somebody find you" not in page
    assert not Post.objects.filter(parent=story).exists()
    back = pressed(client, f"/p/{story.public_id}/reply/", {**carried(page), "do": "go-back"}).text
    assert PREACHING in back
    answer = client.post(f"/p/{story.public_id}/reply/", {**carried(page), "do": "as-it-is"})
    assert answer.status_code == 302
    assert Post.objects.get(parent=story).source == PREACHING


def test_saying_the_rest_more_vaguely_leaves_the_decision_about_the_wish(
    client: Client, other_member: User, story: Post
) -> None:
    sign_in(client, other_member)
    page = replied(client, story, f"{PREACHING} {TELLING}").text
    assert TOLD in page
    assert "could help somebody find you" in page
    page = pressed(client, f"/p/{story.public_id}/reply/", {**carried(page), "do": "vaguer-all"}).text
    assert TOLD in page
    assert "could help somebody find you" not in page
    assert not Post.objects.filter(parent=story).exists()


def test_deeper_in_the_conversation_and_when_a_reply_is_changed_too(
    client: Client, other_member: User, story: Post
) -> None:
    sign_in(client, other_member)
    reply = answered_by(other_member, story)
    assert TOLD in replied(client, reply, PREACHING).text
    assert TOLD in pressed(client, f"/p/{reply.public_id}/edit/", {"text": PREACHING, "version": reply.version}).text


def test_nothing_is_said_where_nothing_is_asked_nor_to_whoever_asked(
    client: Client, trusted_member: User, other_member: User, category: Category, story: Post
) -> None:
    free = written_by(trusted_member, category)
    sign_in(client, other_member)
    assert replied(client, free, PREACHING).status_code == 302
    assert replied(client, story, "I believe you.", form_key="j" * 16).status_code == 302
    author = sign_in(Client(), trusted_member)
    assert replied(author, story, PREACHING).status_code == 302
    fields = {"title": "A title", "text": PREACHING, "version": story.version}
    assert author.post(f"/p/{story.public_id}/edit/", fields).status_code == 302


def test_the_api_says_where_and_by_which_wish(client: Client, story: Post) -> None:
    (remark,) = remarks(client, text=PREACHING, parent_id=story.public_id).json()["remarks"]
    assert (remark["kind"], remark["type"], remark["field"], remark["wording"]) == ("wish", "no_religion", "text", "")
    assert "pray" in PREACHING[remark["start"] : remark["end"]]
    assert TOLD in remark["says"]
    assert remarks(client, text=PREACHING).json()["remarks"] == []


def test_it_tells_nothing_of_a_story_that_is_not_there_for_whoever_asks(
    client: Client, trusted_member: User, other_member: User, story: Post
) -> None:
    reply = answered_by(other_member, story)
    publish_post(reply, actor=None)
    withdraw_post(story, actor=Reader(trusted_member))
    assert remarks(client, text=PREACHING, parent_id=reply.public_id).json()["remarks"] == []
    absent = remarks(client, text=PREACHING, parent_id="00000000000000")
    assert absent.status_code == 404
