from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import sealed_records
from accounts.identity import Identity, identity_of
from accounts.models import SealedRecord
from forum.authorship import Reader, Speaker, SpeaksAs
from forum.models import Category, Post, Thread
from forum.services.anonymity import open_member, open_own, read_claim
from forum.services.blocking import block_author, hide_from_author
from forum.services.following import (
    FOLLOWS,
    MOST_FOLLOWS,
    follow_thread,
    forget_follows,
    hand_over_follows,
    inbox_of,
    mark_all_seen,
    mark_post_seen,
    mark_thread_seen,
    unfollow_thread,
)
from forum.services.posts import edit_post, reply_to, start_thread
from forum.services.visibility import erase_post, hide_post, hold_post, publish_post, return_post, withdraw_post
from forum.visit import with_unseen
from tests.forum.building import grow
from tests.personas import PASSWORD, GuestPost, answered_by, make_member, sign_in, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def friend(other_member: User, category: Category) -> User:
    publish_post(written_by(other_member, category), actor=None)
    return other_member


def _reader(member: User) -> Reader:
    return with_unseen(Reader(member, opened=open_member(member).pseudonyms))


def new_for(member: User) -> list[str]:
    return [thread.id for thread in inbox_of(_reader(member), identity_of(member)).conversations]


def own_of(member: User) -> list[tuple[str, str]]:
    return [(post.id, post.state) for post in inbox_of(_reader(member), identity_of(member)).own]


def guests(guest: GuestPost) -> tuple[Reader, Identity]:
    identity = read_claim(guest.code).guest
    return with_unseen(Reader(opened=open_own(identity).pseudonyms)), identity


# --- Conversations ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("speaks_as", [SpeaksAs.PSEUDONYM, SpeaksAs.THREAD_PSEUDONYM])
def test_an_answer_to_what_somebody_wrote_is_in_their_inbox_until_they_saw_it(
    trusted_member: User, friend: User, category: Category, speaks_as: SpeaksAs
) -> None:
    speaker = Speaker(speaks_as, trusted_member)
    story = start_thread(category, actor=speaker, title="A title", text="Some words.").post
    assert new_for(trusted_member) == []
    answered_by(friend, story)
    assert new_for(trusted_member) == [story.thread.public_id]
    mark_thread_seen(Thread.objects.get(pk=story.thread_id), actor=identity_of(trusted_member))
    assert new_for(trusted_member) == []
    answered_by(friend, story)
    assert new_for(trusted_member) == [story.thread.public_id]


def test_ones_own_words_are_no_news_under_whatever_name(trusted_member: User, category: Category) -> None:
    story = written_by(trusted_member, category)
    reply_to(story, actor=Speaker(SpeaksAs.THREAD_PSEUDONYM, trusted_member), text="Another name.")
    answered_by(trusted_member, story)
    assert new_for(trusted_member) == []


def test_a_conversation_that_somebody_only_reads_is_followed_by_choice_and_left_again(
    trusted_member: User, friend: User, category: Category
) -> None:
    story = written_by(friend, category)
    for _ in range(2):
        follow_thread(story.thread, actor=identity_of(trusted_member))
    answered_by(friend, story)
    assert new_for(trusted_member) == [story.thread.public_id]
    for _ in range(2):
        unfollow_thread(story.thread, actor=identity_of(trusted_member))
    assert new_for(trusted_member) == []
    mark_thread_seen(story.thread, actor=identity_of(trusted_member))
    answered_by(friend, story)
    assert new_for(trusted_member) == [], "having seen it follows nothing"


def test_what_waited_while_a_later_answer_was_seen_is_news_once_it_is_published(
    trusted_member: User, friend: User, category: Category
) -> None:
    """A guest's answer always waits: by its place it stands before what was seen since."""
    story = written_by(trusted_member, category)
    held = reply_to(story, actor=Speaker(SpeaksAs.GUEST), text="I am new here.").post
    answered_by(friend, story)
    mark_all_seen(_reader(trusted_member), actor=identity_of(trusted_member))
    assert new_for(trusted_member) == []
    publish_post(held, actor=None)
    assert new_for(trusted_member) == [story.thread.public_id]


def test_nothing_from_a_name_that_is_kept_away_nor_of_a_thread_that_is(
    trusted_member: User, friend: User, category: Category
) -> None:
    named, anonymous = written_by(trusted_member, category), written_by(friend, category)
    reply_to(anonymous, actor=Speaker(SpeaksAs.THREAD_PSEUDONYM, trusted_member), text="I was here.")
    answered_by(friend, anonymous)
    answer = answered_by(friend, named)
    assert len(new_for(trusted_member)) == 2
    block_author(answer, actor=Reader(trusted_member))
    assert new_for(trusted_member) == []


def test_nothing_of_somebody_who_hides_from_them(trusted_member: User, friend: User, category: Category) -> None:
    story = publish_post(written_by_guest(category).post, actor=None)
    own = answered_by(trusted_member, story)
    answered_by(friend, story)
    assert new_for(trusted_member) == [story.thread.public_id]
    hide_from_author(own, actor=identity_of(friend), hides="everything")
    assert new_for(trusted_member) == []
    answered_by(friend, story)
    assert new_for(trusted_member) == []


@pytest.mark.parametrize("deed", [withdraw_post, erase_post])
def test_what_was_taken_back_before_it_was_seen_is_no_news(
    trusted_member: User, friend: User, category: Category, deed: object
) -> None:
    story = written_by(trusted_member, category)
    deed(answered_by(friend, story), actor=Reader(friend))  # type: ignore[operator]  # either verb
    assert new_for(trusted_member) == []


def test_the_newest_activity_comes_first(trusted_member: User, friend: User, category: Category) -> None:
    first, second = (written_by(trusted_member, category) for _ in range(2))
    answered_by(friend, second)
    answered_by(friend, first)
    assert new_for(trusted_member) == [first.thread.public_id, second.thread.public_id]


def test_past_two_hundred_the_one_followed_longest_is_let_go(member: User, category: Category) -> None:
    threads = [grow(category, []).thread for _ in range(MOST_FOLLOWS + 2)]
    for thread in threads:
        follow_thread(thread, actor=identity_of(member))
    followed = sealed_records.read(FOLLOWS, identity_of(member))
    assert list(followed) == [thread.public_id for thread in threads[2:]]


def test_an_inbox_asks_as_often_however_much_is_followed(member: User, friend: User, category: Category) -> None:
    numbers = []
    for wanted in (5, MOST_FOLLOWS):
        for _ in range(wanted):
            thread = grow(category, [], author=friend).thread
            follow_thread(thread, actor=identity_of(member))
            Post.objects.create(
                thread=thread, path="00000001", seq=2, author=friend, state="PUBLISHED", renderer_version=1,
                written_on=thread.active_on,
            )  # fmt: skip
        reader = _reader(member)
        with CaptureQueriesContext(connection) as queries:
            inbox = inbox_of(reader, identity_of(member))
        assert len(inbox.conversations) == wanted
        numbers.append(len(queries))
    assert numbers == [4, 4]


# --- One's own --------------------------------------------------------------------------------------------------------


def test_a_first_look_is_told_once(member: User, category: Category) -> None:
    story = written_by(member, category)
    assert own_of(member) == []
    publish_post(story, actor=None)
    assert own_of(member) == [(story.public_id, "PUBLISHED")]
    mark_post_seen(Post.objects.get(pk=story.pk), actor=identity_of(member))
    assert own_of(member) == []


def test_what_needs_no_look_is_not_told(trusted_member: User, category: Category) -> None:
    mark_all_seen(_reader(trusted_member), actor=identity_of(trusted_member))
    written_by(trusted_member, category)
    assert own_of(trusted_member) == []


def test_a_post_sent_back_twice_is_told_twice(member: User, moderator: User, category: Category) -> None:
    story = return_post(written_by(member, category), actor=moderator, word="Leave out the street.")
    assert own_of(member) == [(story.public_id, "RETURNED")]
    mark_all_seen(_reader(member), actor=identity_of(member))
    assert own_of(member) == []
    again = edit_post(story, actor=Reader(member), version=story.version, title="A title", text="No street.")
    assert own_of(member) == [], "its author knows that it waits"
    return_post(again, actor=moderator, word="And the town.")
    assert own_of(member) == [(story.public_id, "RETURNED")]


def test_what_is_taken_down_and_put_up_again_is_told_both_times(
    trusted_member: User, moderator: User, category: Category
) -> None:
    mark_all_seen(_reader(trusted_member), actor=identity_of(trusted_member))
    story = hide_post(written_by(trusted_member, category), actor=moderator, word="A name is in it.")
    assert own_of(trusted_member) == [(story.public_id, "HIDDEN")]
    mark_all_seen(_reader(trusted_member), actor=identity_of(trusted_member))
    publish_post(story, actor=moderator)
    assert own_of(trusted_member) == [(story.public_id, "PUBLISHED")]


def test_a_guest_has_an_inbox_behind_their_code(friend: User, category: Category) -> None:
    guest = written_by_guest(category)
    publish_post(guest.post, actor=None)
    answered_by(friend, guest.post)
    inbox = inbox_of(*guests(guest))
    assert [post.id for post in inbox.own] == [guest.post.public_id]
    assert [thread.id for thread in inbox.conversations] == [guest.post.thread.public_id]


def test_an_account_that_adopts_it_is_told_instead_and_what_was_seen_stays_seen(
    trusted_member: User, friend: User, category: Category
) -> None:
    guest = written_by_guest(category)
    publish_post(guest.post, actor=None)
    reader, identity = guests(guest)
    mark_all_seen(reader, actor=identity)
    hand_over_follows(identity, to=identity_of(trusted_member))
    assert guest.post.thread.public_id not in new_for(trusted_member)
    answered_by(friend, guest.post)
    assert guest.post.thread.public_id in new_for(trusted_member)
    forget_follows(identity_of(trusted_member))
    assert new_for(trusted_member) == []


def test_held_again_after_it_was_published_tells_nothing_by_itself(trusted_member: User, category: Category) -> None:
    mark_all_seen(_reader(trusted_member), actor=identity_of(trusted_member))
    hold_post(written_by(trusted_member, category), actor=None)
    assert own_of(trusted_member) == []


# --- The doors --------------------------------------------------------------------------------------------------------


def test_by_page_a_thread_is_followed_read_of_in_the_inbox_and_marked_as_seen(
    trusted_member: User, friend: User, category: Category, client: Client
) -> None:
    story = written_by(friend, category)
    sign_in(client, trusted_member)
    address = f"/t/{story.thread.public_id}/"
    assert f"{address}follow/" in client.get(address).content.decode()
    page = client.get(f"{address}follow/").content
    assert client.post(f"{address}follow/", {"follow": "1"}).headers["Location"] == address
    token = b"csrfmiddlewaretoken"
    assert client.get(f"{address}follow/").content.split(token)[0] == page.split(token)[0], "it does not say so"
    answered_by(friend, story)
    assert client.get("/inbox/").headers["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/?next=/inbox/", {"password": PASSWORD})
    assert [thread.id for thread in client.get("/inbox/").context["inbox"].conversations] == [story.thread.public_id]
    client.get(address)
    assert client.get("/inbox/").context["inbox"].conversations, "reading writes nothing"
    assert client.post("/inbox/seen/", {"thread": story.thread.public_id}).headers["Location"] == "/inbox/"
    assert client.get("/inbox/").context["inbox"].conversations == []
    client.post(f"{address}follow/", {"stop": "1"})
    answered_by(friend, story)
    assert client.get("/inbox/").context["inbox"].conversations == []


def test_by_api_a_guest_with_their_code(friend: User, category: Category, client: Client) -> None:
    guest = written_by_guest(category)
    publish_post(guest.post, actor=None)
    answered_by(friend, guest.post)
    code = {"Authorization": f"Bearer {guest.code}"}
    inbox = client.get("/api/v1/inbox/", headers=code).json()
    assert [post["id"] for post in inbox["own"]] == [guest.post.public_id]
    assert [thread["id"] for thread in inbox["conversations"]] == [guest.post.thread.public_id]
    for body in ({"post_id": guest.post.public_id}, {"thread_id": guest.post.thread.public_id}, {}):
        assert client.put("/api/v1/inbox/seen/", body, headers=code, content_type="application/json").status_code == 204
    assert client.get("/api/v1/inbox/", headers=code).json() == {"conversations": [], "own": []}


def test_nobody_has_no_inbox_and_follows_nothing(friend: User, category: Category, client: Client) -> None:
    thread = written_by(friend, category).thread
    before = SealedRecord.objects.count()
    for answer in (
        client.get("/api/v1/inbox/"),
        client.put("/api/v1/inbox/seen/", {}, content_type="application/json"),
        client.put(f"/api/v1/threads/{thread.public_id}/follow/"),
        client.post(f"/t/{thread.public_id}/follow/", {"follow": "1"}),
        client.post("/inbox/seen/"),
    ):
        assert answer.status_code == 401
    assert SealedRecord.objects.count() == before


def test_for_a_member_the_api_asks_for_a_fresh_password(member: User, client: Client) -> None:
    sign_in(client, member)
    for answer in (
        client.get("/api/v1/inbox/"),
        client.put("/api/v1/inbox/seen/", {}, content_type="application/json"),
    ):
        assert answer.json()["code"] == "fresh-password-needed"


def test_somebody_elses_post_is_not_there_to_be_marked(
    just_signed_in: Client, friend: User, category: Category
) -> None:
    post = written_by(friend, category)
    before = set(SealedRecord.objects.values_list("content", flat=True))
    assert just_signed_in.post("/inbox/seen/", {"post": post.public_id}).status_code == 404
    assert set(SealedRecord.objects.values_list("content", flat=True)) == before


@pytest.fixture
def just_signed_in(client: Client) -> Client:
    """A member who has just signed in."""
    make_member("amber willow")
    client.post("/accounts/login/", {"login": "amber willow", "password": PASSWORD})
    return client
