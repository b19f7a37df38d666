"""What the author of a story asks of replies: chosen with it or later, read by whoever reads it, gone with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.identity import identity_of
from forum.authorship import VISITOR, Reader, Speaker, SpeaksAs
from forum.models import Category, Post, ReplyLimit, ReplyWish, Thread
from forum.queries import ShownWish, post_for, thread_for, wish_above, wish_of
from forum.services.anonymity import ClaimForReadingOnly, read_claim
from forum.services.burning import burn_name
from forum.services.own_data import archive_of, erase, export_of, restore
from forum.services.posts import start_thread
from forum.services.visibility import NotYourPost, erase_post, hide_post, hold_post, publish_post, withdraw_post
from forum.services.wishes import WishUnknown, change_wish
from forum.states import PostState
from moderation.screeners.wishes import _ASKS_NOT_TO_READ
from tests.personas import GuestPost, answered_by, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
LISTEN = ShownWish("heard", ("no_leave", "no_religion"))


@pytest.fixture
def story(trusted_member: User, category: Category) -> Post:
    speaker = Speaker(SpeaksAs.PSEUDONYM, trusted_member)
    limits = ["no_religion", "no_leave", "no_religion"]
    return start_thread(
        category, actor=speaker, title="A title", text="Words.", reply_wish="heard", reply_limits=limits
    ).post


def asked_in(story: Post) -> tuple[str, list[str]]:
    return Thread.objects.values_list("reply_wish", "reply_limits").get(pk=story.thread_id)


def test_each_limit_is_kept_once_in_the_order_in_which_it_is_offered(story: Post) -> None:
    assert asked_in(story) == ("heard", ["no_leave", "no_religion"])
    assert LISTEN.words == ["just listen", "don't tell me to leave", "no religion"]


@pytest.mark.parametrize(("wish", "limits", "field"), [("money", [], "reply_wish"), ("", ["no_men"], "reply_limits")])
def test_what_is_not_offered_is_refused_and_nothing_is_written(
    trusted_member: User, category: Category, wish: str, limits: list[str], field: str
) -> None:
    before = Thread.objects.count()
    with pytest.raises(WishUnknown) as refused:
        start_thread(
            category,
            actor=Speaker(SpeaksAs.PSEUDONYM, trusted_member),
            title="A title",
            text="Words.",
            reply_wish=wish,
            reply_limits=limits,
        )
    assert (refused.value.code, list(refused.value.fields)) == ("reply-wish-unknown", [field])
    assert Thread.objects.count() == before


def test_a_story_need_not_ask_for_anything(trusted_member: User, category: Category) -> None:
    story = written_by(trusted_member, category)
    assert asked_in(story) == ("", [])
    assert wish_of(VISITOR, thread_for(VISITOR, story.thread.public_id)).words == []


def test_its_author_changes_it_whenever_they_like_in_a_locked_thread_too(trusted_member: User, story: Post) -> None:
    Thread.objects.update(is_locked=True)
    me = Reader(trusted_member)
    for _twice in range(2):
        change_wish(thread_for(me, story.thread.public_id), actor=me, wish="law", limits=["no_advice"])
    assert asked_in(story) == ("law", ["no_advice"])
    change_wish(thread_for(me, story.thread.public_id), actor=me, wish="", limits=[])
    assert asked_in(story) == ("", [])


def test_a_guest_changes_it_with_the_code_for_everything_only(category: Category) -> None:
    guest = written_by_guest(category)
    thread = thread_for(guest.reader, guest.post.thread.public_id)
    change_wish(thread, actor=guest.reader, wish="believed", limits=[])
    only_reading = Reader(opened=guest.reader.opened, for_reading_only=guest.reader.opened)
    with pytest.raises(ClaimForReadingOnly):
        change_wish(thread, actor=only_reading, wish="", limits=[])
    assert asked_in(guest.post) == ("believed", [])


def test_nobody_else_changes_it(trusted_member: User, other_member: User, moderator: User, story: Post) -> None:
    answered_by(other_member, story)
    for stranger in (VISITOR, Reader(other_member), Reader(moderator, is_moderator=True)):
        with pytest.raises(NotYourPost):
            change_wish(thread_for(stranger, story.thread.public_id), actor=stranger, wish="", limits=[])
    assert asked_in(story) == ("heard", ["no_leave", "no_religion"])


def test_of_a_name_that_was_let_go_it_is_nobodys_to_change(category: Category) -> None:
    guest = written_by_guest(category)
    publish_post(guest.post, actor=None)
    me = guest.reader
    thread = thread_for(me, guest.post.thread.public_id)
    burn_name(Post.objects.get(pk=guest.post.pk), actor=me, owners={read_claim(guest.code).guest})
    with pytest.raises(NotYourPost):
        change_wish(thread, actor=guest.reader, wish="heard", limits=[])
    assert asked_in(guest.post) == ("", [])


_MOVES: dict[PostState, Callable[[Post, Reader, User], object]] = {
    PostState.HELD: lambda post, _author, _moderator: hold_post(post, actor=None),
    PostState.PUBLISHED: lambda post, _author, _moderator: post,
    PostState.HIDDEN: lambda post, _author, moderator: hide_post(post, actor=moderator, word="Why."),
    PostState.WITHDRAWN: lambda post, author, _moderator: withdraw_post(post, actor=author),
    PostState.ERASED: lambda post, author, _moderator: erase_post(post, actor=author),
}


@pytest.mark.parametrize("state", _MOVES)
def test_whoever_reads_the_story_is_told_in_the_thread_and_above_a_reply_and_everybody_while_it_waits(
    trusted_member: User, other_member: User, moderator: User, story: Post, state: PostState
) -> None:
    reply = answered_by(trusted_member, story)
    _MOVES[state](story, Reader(trusted_member), moderator)
    is_there, is_kept = state in {PostState.PUBLISHED, PostState.HELD}, state != PostState.ERASED
    readers = {
        VISITOR: is_there,
        Reader(other_member): is_there,
        Reader(trusted_member): is_kept,
        Reader(moderator, is_moderator=True): is_kept,
    }
    for reader, is_told in readers.items():
        right = LISTEN if is_told else ShownWish()
        assert wish_of(reader, thread_for(reader, story.thread.public_id)) == right
        assert wish_above(reader, post_for(reader, story.public_id)) == right
        assert wish_above(reader, post_for(reader, reply.public_id)) == right


def test_asking_for_it_costs_one_query_and_none_above_the_story(trusted_member: User, story: Post) -> None:
    reply = answered_by(trusted_member, story)
    for post, costs in ((story, 0), (reply, 1)):
        loaded = post_for(VISITOR, post.public_id)
        with CaptureQueriesContext(connection) as queries:
            wish_above(VISITOR, loaded)
        assert len(queries) == costs


def test_it_is_erased_with_the_story_and_stays_when_a_reply_is(trusted_member: User, story: Post) -> None:
    me = Reader(trusted_member)
    erase_post(answered_by(trusted_member, story), actor=me)
    assert asked_in(story) == ("heard", ["no_leave", "no_religion"])
    erase_post(story, actor=me)
    assert asked_in(story) == ("", [])


def test_it_goes_with_the_account_and_comes_back_with_it(trusted_member: User, story: Post) -> None:
    me = identity_of(trusted_member)
    archive = json.loads(json.dumps(archive_of(me, [])))
    for _step in erase(me, keep_words=False):
        pass
    assert asked_in(story) == ("", [])
    restore(me, archive)
    assert asked_in(story) == ("heard", ["no_leave", "no_religion"])


def test_ones_own_copy_says_it(trusted_member: User, story: Post) -> None:
    answered_by(trusted_member, story)
    facts = [own.facts for own in export_of(identity_of(trusted_member))]
    asked = [each["What you asked of replies"] for each in facts if "What you asked of replies" in each]
    assert asked == ["just listen, don't tell me to leave, no religion"]


def test_the_screener_knows_every_limit() -> None:
    """Its codes are written there a second time: it is asked with plain words."""
    assert set(ReplyLimit.values) <= _ASKS_NOT_TO_READ.keys()
    assert _ASKS_NOT_TO_READ.keys() <= {*ReplyLimit.values, *ReplyWish.values}


def test_guests_choose_it_with_their_story(category: Category) -> None:
    written = start_thread(
        category, actor=Speaker(SpeaksAs.GUEST), title="A title", text="Words.", reply_wish="practical"
    )
    guest = GuestPost(written.post, written.claim_code)
    assert wish_of(guest.reader, thread_for(guest.reader, written.post.thread.public_id)) == ShownWish("practical")
