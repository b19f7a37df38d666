"""Whoever began a conversation takes no replies in it for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from accounts.identity import identity_of
from forum.authorship import Reader, Speaker, SpeaksAs
from forum.models import Category, Post, Thread
from forum.services.anonymity import ClaimForReadingOnly, open_claims, open_member, read_claim
from forum.services.burning import burn_name
from forum.services.claims import make_code
from forum.services.pausing import RepliesPaused, end_pause, pause_replies
from forum.services.posts import ThreadLocked, reply_to, start_thread
from forum.services.visibility import NotYourPost, erase_post, publish_post, withdraw_post
from forum.states import PostState
from tests.house.doors import guest, signed_in, visitor
from tests.personas import GuestPost, answered_by, sign_in, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(trusted_member: User, category: Category) -> Post:
    return written_by(trusted_member, category)


def is_paused() -> bool:
    return Thread.objects.latest("activity").is_paused


def test_nobody_replies_until_it_goes_on(story: Post, trusted_member: User) -> None:
    reply = answered_by(trusted_member, story)
    for _twice in range(2):
        pause_replies(story, actor=Reader(trusted_member))
    for parent in (story, reply):
        with pytest.raises(RepliesPaused):
            answered_by(trusted_member, parent)
    assert Post.objects.filter(thread=story.thread).count() == 2
    for _twice in range(2):
        end_pause(story, actor=Reader(trusted_member))
    assert answered_by(trusted_member, reply).state == PostState.PUBLISHED


def test_only_whoever_began_it_may(story: Post, other_member: User, moderator: User, trusted_member: User) -> None:
    answered_by(other_member, story)
    for reader in (Reader(), Reader(other_member), Reader(moderator, is_moderator=True)):
        with pytest.raises(NotYourPost):
            pause_replies(story, actor=reader)
    assert not is_paused()
    pause_replies(story, actor=Reader(trusted_member))
    with pytest.raises(NotYourPost):
        end_pause(story, actor=Reader(moderator, is_moderator=True))
    assert is_paused()


def test_an_anonymous_author_may_when_the_name_is_opened(member: User, category: Category) -> None:
    speaker = Speaker(SpeaksAs.THREAD_PSEUDONYM, member)
    story = publish_post(start_thread(category, actor=speaker, title="A title", text="Words.").post, actor=None)
    with pytest.raises(NotYourPost):
        pause_replies(story, actor=Reader(member))
    opened = Reader(member, opened=open_member(member).pseudonyms)
    pause_replies(story, actor=opened)
    assert is_paused()
    burn_name(story, actor=opened, owners={identity_of(member)})
    with pytest.raises(NotYourPost):
        end_pause(story, actor=Reader(member, opened=open_member(member).pseudonyms))


def test_a_guest_may_with_their_code_and_not_with_one_for_reading(category: Category) -> None:
    written = written_by_guest(category)
    reading = make_code(read_claim(written.code), may_write=False)
    opened = open_claims([reading])
    with pytest.raises(ClaimForReadingOnly):
        pause_replies(written.post, actor=Reader(opened=opened.pseudonyms, for_reading_only=opened.for_reading_only))
    assert not is_paused()
    pause_replies(written.post, actor=written.reader)
    assert is_paused()


def test_in_a_locked_thread_and_the_lock_stays(story: Post, trusted_member: User) -> None:
    Thread.objects.update(is_locked=True)
    pause_replies(story, actor=Reader(trusted_member))
    end_pause(story, actor=Reader(trusted_member))
    with pytest.raises(ThreadLocked):
        answered_by(trusted_member, story)


@pytest.mark.parametrize("leave", [withdraw_post, erase_post])
def test_also_when_the_story_is_taken_back_or_erased(story: Post, trusted_member: User, leave: object) -> None:
    reply = answered_by(trusted_member, story)
    leave(story, actor=Reader(trusted_member))  # type: ignore[operator]
    pause_replies(Post.objects.get(pk=story.pk), actor=Reader(trusted_member))
    with pytest.raises(RepliesPaused):
        answered_by(trusted_member, reply)


def test_what_was_sent_before_may_still_appear(story: Post, trusted_member: User) -> None:
    waiting = reply_to(story, actor=Speaker(SpeaksAs.GUEST), text="Words.").post
    pause_replies(story, actor=Reader(trusted_member))
    assert publish_post(waiting, actor=None).state == PostState.PUBLISHED


# --- Doors ------------------------------------------------------------------------------------------------------------


def test_the_page_says_so_kindly_and_the_composer_gives_the_words_back(
    client: Client, story: Post, trusted_member: User, other_member: User
) -> None:
    sign_in(client, trusted_member)
    assert "Pause replies" in client.get(reverse("forum:post-detail", args=[story.public_id])).content.decode()
    pause = reverse("forum:thread-pause", args=[story.thread.public_id])
    assert client.post(pause).status_code == 302
    assert is_paused()
    thread = reverse("forum:thread-detail", args=[story.thread.public_id])
    assert "You have paused this conversation" in client.get(thread).content.decode()

    sign_in(client, other_member)
    shown = client.get(thread).content.decode()
    assert "has asked for a pause" in shown
    composer = reverse("forum:post-reply", args=[story.public_id])
    assert composer not in shown
    assert "has asked for a pause" in client.get(composer).content.decode()
    sent = client.post(composer, {"text": "Sentinel words.", "form_key": "a-key-of-a-form", "speaks_as": "pseudonym"})
    assert sent.status_code == 409
    assert "Sentinel words." in sent.content.decode()
    assert "Nothing you wrote is lost" in sent.content.decode().replace("&#x27;", "'")
    assert client.post(pause).status_code == 403
    assert Post.objects.filter(thread=story.thread).count() == 1

    sign_in(client, trusted_member)
    client.post(pause, {"end": "1"})
    assert not is_paused()


def test_the_api(story: Post, trusted_member: User, other_member: User) -> None:
    place = reverse("api:thread-pause", args=[story.thread.public_id])
    thread = reverse("api:thread", args=[story.thread.public_id])
    author, other = signed_in(trusted_member), signed_in(other_member)
    known = other.ask(thread)
    assert '"is_paused":false,"can_pause":false' in known.text
    assert other.ask(place, "PUT").status == 403
    assert author.ask(place, "PUT").status == 204
    changed = other.ask(thread, "GET", data=None, network="", **{"If-None-Match": known.headers["etag"]})
    assert changed.status == 200
    assert '"is_paused":true' in changed.text
    assert '"can_reply":false' in changed.text
    refused = other.ask(reverse("api:thread-posts", args=[story.thread.public_id]), "POST", data={"text": "Words."})
    assert (refused.status, '"code":"replies-paused"' in refused.text.replace(" ", "")) == (409, True)
    assert author.ask(place, "DELETE").status == 204
    assert not is_paused()


def test_the_api_for_a_guest(category: Category) -> None:
    written: GuestPost = written_by_guest(category)
    place = reverse("api:thread-pause", args=[written.post.thread.public_id])
    assert visitor().ask(place, "PUT").status == 404
    assert guest(written.code).ask(place, "PUT").status == 204
    assert is_paused()
