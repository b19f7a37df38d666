"""Whoever began a conversation flags a reply that is not what they asked for: it waits. Nobody learns whose flag."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from accounts.identity import identity_of
from common.errors import NotFound
from forum.authorship import VISITOR, Reader
from forum.models import Category, Post, Thread
from forum.policies import can_undo_flag
from forum.queries import (
    flaggable_for,
    opening_above,
    post_for,
    posts_page,
    show_post,
    thread_for,
)
from forum.services.anonymity import ClaimForReadingOnly
from forum.services.flagging import CannotFlag, NotYourStory, flag_reply, require_flaggable, undo_flag
from forum.services.following import inbox_of, mark_all_seen
from forum.services.posts import edit_post
from forum.services.reactions import give_reaction
from forum.services.visibility import erase_post, hide_post, publish_post, return_post, withdraw_post
from forum.states import Flag, PostState
from moderation.models import Action, AuditEntry, Case, CaseState, Seen
from moderation.services.decisions import decide
from moderation.services.reports import report_post
from tests.personas import GuestPost, answered_by, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(trusted_member: User, category: Category) -> Post:
    return written_by(trusted_member, category)


@pytest.fixture
def me(trusted_member: User) -> Reader:
    return Reader(trusted_member)


@pytest.fixture
def replier(other_member: User, category: Category) -> Reader:
    publish_post(written_by(other_member, category), actor=None)
    return Reader(other_member)


@pytest.fixture
def reply(story: Post, replier: Reader) -> Post:
    assert replier.member is not None
    return answered_by(replier.member, story, text="You should leave him.")


def now(post: Post) -> tuple[str, str]:
    return Post.objects.values_list("state", "flag").get(pk=post.pk)


def case_of(post: Post) -> Case:
    return Case.objects.get(post_id=post.pk, state=CaseState.OPEN)


def decided(post: Post, action: Action, moderator: User, *, word: str = "", reason: str = "") -> None:
    case = case_of(post)
    decide(case, actor=moderator, action=action, seen=Seen.of(case), word=word, reason=reason)


def test_it_is_held_at_once_and_a_case_opens(me: Reader, story: Post, reply: Post) -> None:
    flag_reply(reply, actor=me)
    assert now(reply) == (PostState.HELD, Flag.WAITS)
    assert case_of(reply).reasons == ["breaks_wish"]
    assert not case_of(reply).is_urgent
    for reader in (VISITOR, me):
        assert [post.id for post in posts_page(reader, thread_for(reader, story.thread.public_id)).posts] == [
            story.public_id
        ]
        with pytest.raises(NotFound):
            post_for(reader, reply.public_id)


def test_twice_is_once(me: Reader, reply: Post) -> None:
    for _twice in range(2):
        flag_reply(flaggable_for(me, reply.public_id), actor=me)
    assert Case.objects.filter(post_id=reply.pk).count() == 1
    assert AuditEntry.objects.filter(event="reply_flagged").count() == 1


def test_whoever_wrote_it_is_told_and_keeps_their_words(me: Reader, replier: Reader, reply: Post) -> None:
    assert replier.member is not None
    mark_all_seen(replier, actor=identity_of(replier.member))
    flag_reply(reply, actor=me)
    shown = show_post(replier, post_for(replier, reply.public_id), None)
    assert (shown.is_flagged, shown.source) == (True, "You should leave him.")
    inbox = inbox_of(replier, identity_of(replier.member))
    assert [post.id for post in inbox.own] == [reply.public_id]
    mark_all_seen(replier, actor=identity_of(replier.member))
    assert not inbox_of(replier, identity_of(replier.member)).own


def test_nobody_else_learns_of_it(me: Reader, moderator: User, trusted_member: User, reply: Post) -> None:
    answered_by(trusted_member, reply)  # so that a placeholder stands
    flag_reply(reply, actor=me)
    for reader, is_told in ((VISITOR, False), (me, False), (Reader(moderator, is_moderator=True), True)):
        assert show_post(reader, post_for(reader, reply.public_id), None).is_flagged == is_told


def test_the_log_does_not_say_whose_or_which(me: Reader, reply: Post) -> None:
    flag_reply(reply, actor=me)
    undo_flag(flaggable_for(me, reply.public_id), actor=me)
    entries = AuditEntry.objects.filter(event__in=["reply_flagged", "flag_undone"])
    assert [(entry.facts, entry.moderator) for entry in entries] == [({}, None)] * 2


def test_only_whoever_began_the_conversation(
    story: Post, reply: Post, replier: Reader, moderator: User, category: Category
) -> None:
    another = written_by_guest(category)
    for reader in (VISITOR, replier, Reader(moderator, is_moderator=True), another.reader):
        with pytest.raises(NotYourStory):
            flag_reply(reply, actor=reader)
        with pytest.raises(NotYourStory):
            undo_flag(reply, actor=reader)
    assert now(reply) == (PostState.PUBLISHED, "")
    assert not Case.objects.filter(post_id=reply.pk).exists()


def guests_story(category: Category, replier: Reader) -> tuple[GuestPost, Post]:
    assert replier.member is not None
    guest = written_by_guest(category)
    publish_post(guest.post, actor=None)
    story = Post.objects.select_related("thread__category").get(pk=guest.post.pk)
    return guest, answered_by(replier.member, story)


def test_a_guest_with_the_code_for_everything(category: Category, replier: Reader) -> None:
    guest, reply = guests_story(category, replier)
    only_reading = Reader(opened=guest.reader.opened, for_reading_only=guest.reader.opened)
    with pytest.raises(ClaimForReadingOnly):
        flag_reply(reply, actor=only_reading)
    assert now(reply) == (PostState.PUBLISHED, "")
    flag_reply(reply, actor=guest.reader)
    assert now(reply) == (PostState.HELD, Flag.WAITS)
    assert not can_undo_flag(only_reading, Post.objects.get(pk=reply.pk), opening_above(reply))


def test_not_the_story_itself_not_ones_own_reply_not_what_waits(
    me: Reader, story: Post, trusted_member: User, other_member: User
) -> None:
    waiting = answered_by(other_member, story)
    assert waiting.state == PostState.HELD
    for post in (story, answered_by(trusted_member, story), waiting):
        before = now(post)
        with pytest.raises(CannotFlag):
            flag_reply(post, actor=me)
        with pytest.raises(CannotFlag):
            require_flaggable(post, me)
        assert now(post) == before


def test_undone_it_stands_as_before_and_the_case_is_gone(me: Reader, story: Post, reply: Post) -> None:
    activity = Thread.objects.values_list("activity", flat=True).get(pk=story.thread_id)
    flag_reply(reply, actor=me)
    for _twice in range(2):
        undo_flag(flaggable_for(me, reply.public_id), actor=me)
    assert now(reply) == (PostState.PUBLISHED, "")
    assert not Case.objects.filter(post_id=reply.pk, state=CaseState.OPEN).exists()
    assert Thread.objects.values_list("activity", flat=True).get(pk=story.thread_id) == activity
    flag_reply(flaggable_for(me, reply.public_id), actor=me)
    assert now(reply) == (PostState.HELD, Flag.WAITS)


def test_undoing_does_not_close_what_is_here_for_another_reason(me: Reader, reply: Post) -> None:
    report_post(reply, actor="member:1", reason="HOSTILE")
    flag_reply(reply, actor=me)
    assert case_of(reply).reasons == ["reported:HOSTILE", "breaks_wish"]
    undo_flag(flaggable_for(me, reply.public_id), actor=me)
    assert case_of(reply).reasons == ["reported:HOSTILE"]


def test_words_that_were_changed_meanwhile_are_not_published_unread(me: Reader, replier: Reader, reply: Post) -> None:
    flag_reply(reply, actor=me)
    held = post_for(replier, reply.public_id)
    edit_post(held, actor=replier, version=held.version, title="", text="I believe you.")
    assert now(reply) == (PostState.HELD, "")
    assert case_of(reply).reasons == ["breaks_wish", "resubmitted"]
    undo_flag(reply, actor=me)
    assert now(reply) == (PostState.HELD, "")
    with pytest.raises(NotFound):
        flaggable_for(me, reply.public_id)


def test_what_a_moderator_published_in_spite_of_it_stays_until_its_words_change(
    me: Reader, replier: Reader, moderator: User, reply: Post
) -> None:
    flag_reply(reply, actor=me)
    decided(reply, Action.PUBLISH, moderator)
    assert now(reply) == (PostState.PUBLISHED, Flag.LEFT)
    with pytest.raises(CannotFlag):
        flag_reply(reply, actor=me)
    assert not show_post(me, flaggable_for(me, reply.public_id), opening_above(reply)).can_flag
    published = post_for(replier, reply.public_id)
    edit_post(published, actor=replier, version=published.version, title="", text="You should leave him now.")
    flag_reply(flaggable_for(me, reply.public_id), actor=me)
    assert now(reply) == (PostState.HELD, Flag.WAITS)


def test_every_other_way_on_takes_the_flag_away(me: Reader, replier: Reader, moderator: User, story: Post) -> None:
    assert replier.member is not None
    ways: dict[PostState, Callable[[Post], Post]] = {
        PostState.HIDDEN: lambda post: hide_post(post, actor=moderator, word="Why."),
        PostState.RETURNED: lambda post: return_post(post, actor=moderator, word="Why."),
        PostState.WITHDRAWN: lambda post: withdraw_post(post, actor=replier),
        PostState.ERASED: lambda post: erase_post(post, actor=replier),
    }
    for state, way in ways.items():
        reply = answered_by(replier.member, story)
        flag_reply(reply, actor=me)
        way(reply)
        assert now(reply) == (state, "")


def test_the_link_is_there_for_whoever_began_it_alone(
    me: Reader, replier: Reader, moderator: User, story: Post, reply: Post
) -> None:
    for reader in (me, replier, VISITOR, Reader(moderator, is_moderator=True)):
        shown = posts_page(reader, thread_for(reader, story.thread.public_id)).posts
        assert [post.can_flag for post in shown] == [False, reader is me]


def test_reactions_on_it_stay(me: Reader, reply: Post) -> None:
    give_reaction(reply, "BELIEVE", actor=me)  # type: ignore[arg-type]  # its value
    flag_reply(reply, actor=me)
    undo_flag(flaggable_for(me, reply.public_id), actor=me)
    assert reply.reactions.count() == 1
