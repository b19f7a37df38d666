"""What somebody puts off is there for nobody else until its day, and then as if it were written on it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.identity import identity_of
from forum.authorship import VISITOR, Reader, Speaker, SpeaksAs
from forum.delays import HOUR, DelayUnsuitable, due_after, moment_of
from forum.models import Category, Post, Revision, Thread
from forum.queries import posts_page, search_page, show_post, thread_for, threads_page
from forum.services import own_data
from forum.services.anonymity import open_own, read_claim
from forum.services.drafts import NEW, Words, draft_for, keep_draft
from forum.services.exchange import export_forum
from forum.services.exchange_import import import_forum
from forum.services.following import inbox_of, mark_all_seen
from forum.services.pausing import RepliesPaused, end_pause, pause_replies
from forum.services.posts import CannotReply, ThreadLocked, edit_post, put_back_post, reply_to, start_thread
from forum.services.restricting import Effect, Restriction, WritingPaused, restrict_author
from forum.services.scheduling import NotPutOff, let_appear_now, publish_due, put_off_post
from forum.services.visibility import NotYourPost, erase_post, hide_post, publish_post, withdraw_post
from forum.states import PostState
from moderation.models import Action, AuditEntry, Case, CaseState, Seen, UnansweredStory
from moderation.services.decisions import decide
from moderation.services.sanctions import Terms, sanction_author
from tests.house.doors import guest, signed_in
from tests.house.dump import dump_tables
from tests.personas import answered_by, sign_in, written_by

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
EVENING = dt.datetime(2026, 3, 10, 21, 40, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(EVENING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def story(trusted_member: User, category: Category) -> Post:
    return written_by(trusted_member, category, title="Answered later", text="The first words.")


def put_off(parent: Post, member: User, *, hours: int = 24, text: str = "Sentinel words.") -> Post:
    speaker = Speaker(SpeaksAs.PSEUDONYM, member)
    return again(reply_to(parent, actor=speaker, text=text, delay_hours=hours).post)


def again(post: Post) -> Post:
    return Post.objects.select_related("thread__category", "thread_pseudonym", "author").get(pk=post.pk)


def wait(clock: time_machine.Traveller, post: Post, *, less: dt.timedelta = dt.timedelta()) -> None:
    """Until its very moment."""
    due_at = again(post).due_at
    assert due_at is not None
    clock.move_to(moment_of(due_at, post.public_id) - less)


def replies_of(story: Post, reader: Reader = VISITOR, *, view: str = "tree") -> list[str]:
    page = posts_page(reader, thread_for(reader, story.thread.public_id), view=view)
    return [post.id for post in page.posts[1:]]


# --- Until then -------------------------------------------------------------------------------------------------------


def test_for_everybody_else_it_is_not_there(story: Post, trusted_member: User, other_member: User) -> None:
    activity = Thread.objects.get(pk=story.thread_id).activity
    reply = put_off(story, trusted_member)
    assert reply.state == PostState.SCHEDULED
    for reader in (VISITOR, Reader(other_member)):
        assert replies_of(story, reader) == []
        assert search_page(reader, "sentinel").hits == []
    thread = Thread.objects.get(pk=story.thread_id)
    assert (thread.activity, thread.last_seq) == (activity, 1)
    assert Post.objects.get(pk=story.pk).children == 0
    assert not Case.objects.filter(post_id=reply.pk).exists()


def test_its_author_and_the_team_see_it_where_it_will_stand(story: Post, trusted_member: User, moderator: User) -> None:
    first = answered_by(trusted_member, story)
    reply = put_off(first, trusted_member)
    second = answered_by(trusted_member, story)
    for reader in (Reader(trusted_member), Reader(moderator, is_moderator=True)):
        assert replies_of(story, reader) == [first.public_id, reply.public_id, second.public_id]
        assert replies_of(story, reader, view="flat") == [first.public_id, second.public_id, reply.public_id]
        assert show_post(reader, reply, None).waits_until in {"tomorrow", "on Thursday"}
    assert again(reply).depth == 2


def test_a_story_that_waits_is_in_no_list(trusted_member: User, category: Category) -> None:
    speaker = Speaker(SpeaksAs.PSEUDONYM, trusted_member)
    start_thread(category, actor=speaker, title="Later", text="Sentinel words.", delay_hours=48)
    for reader in (VISITOR, Reader(trusted_member)):
        assert "Later" not in [thread.title for thread in threads_page(reader).threads]


def test_nobody_answers_or_reacts_to_what_is_not_there(story: Post, trusted_member: User) -> None:
    reply = put_off(story, trusted_member)
    with pytest.raises(CannotReply):
        answered_by(trusted_member, reply)


# --- Its day ----------------------------------------------------------------------------------------------------------


def test_it_appears_at_its_moment_and_not_before_as_if_written_then(
    clock: time_machine.Traveller, story: Post, trusted_member: User, other_member: User
) -> None:
    reply = put_off(story, trusted_member)
    later = answered_by(trusted_member, story)
    wait(clock, reply, less=dt.timedelta(seconds=1))
    publish_due()
    assert again(reply).state == PostState.SCHEDULED
    wait(clock, reply)
    for _twice in range(2):
        publish_due()
    reply = again(reply)
    assert (reply.state, reply.due_at) == (PostState.PUBLISHED, None)
    assert reply.written_on > later.written_on
    assert (reply.seq, reply.path > later.path) == (3, True)
    assert replies_of(story, view="flat") == [later.public_id, reply.public_id]
    assert [hit.id for hit in search_page(VISITOR, "sentinel").hits] == [reply.public_id]
    assert Thread.objects.get(pk=story.thread_id).active_on == reply.written_on
    call_command("rebuild_paths", "--check")


def test_a_story_appears_in_the_lists_of_its_day(
    clock: time_machine.Traveller, story: Post, trusted_member: User, category: Category
) -> None:
    speaker = Speaker(SpeaksAs.PSEUDONYM, trusted_member)
    later = start_thread(category, actor=speaker, title="Later", text="Words.", delay_hours=48).post
    clock.shift(DAY)
    written_by(trusted_member, category, title="Between")
    wait(clock, later)
    publish_due()
    listed = threads_page(VISITOR).threads
    assert [thread.title for thread in listed][:2] == ["Later", "Between"]
    later = again(later)
    assert (later.seq, later.path, later.thread.last_seq) == (1, "0000", 1)
    assert later.thread.active_on == later.written_on


def test_a_story_counts_as_unanswered_from_the_day_it_appears(
    clock: time_machine.Traveller, trusted_member: User, category: Category
) -> None:
    speaker = Speaker(SpeaksAs.PSEUDONYM, trusted_member)
    later = start_thread(category, actor=speaker, title="Later", text="Words.", delay_hours=48).post
    assert not UnansweredStory.objects.filter(post=later.pk).exists()
    wait(clock, later)
    publish_due()
    assert UnansweredStory.objects.get(post=later.pk).due_at > timezone.now()


def test_its_moment_is_drawn_and_never_earlier_than_chosen() -> None:
    drawn = {due_after(24) for _time in range(200)}
    assert all(24 * HOUR <= due - EVENING <= 31 * HOUR for due in drawn)
    assert all(due.minute == due.second == due.microsecond == 0 for due in drawn)
    assert len(drawn) >= 6
    minutes = {moment_of(EVENING, f"post {number}").minute for number in range(500)}
    assert len(minutes) > 40  # most things do not appear at a full hour


@pytest.mark.parametrize("hours", [-1, 337, 10**9])
def test_a_delay_that_cannot_be(trusted_member: User, category: Category, hours: int) -> None:
    speaker = Speaker(SpeaksAs.PSEUDONYM, trusted_member)
    posts = Post.objects.count()
    with pytest.raises(DelayUnsuitable):
        start_thread(category, actor=speaker, title="T", text="Words.", delay_hours=hours)
    assert Post.objects.count() == posts


def test_what_needs_a_first_look_appears_after_both(
    clock: time_machine.Traveller, category: Category, moderator: User
) -> None:
    """Looked at early it waits for its day, looked at late it appears then; its day is the one on which it appears."""
    early, late = (
        start_thread(category, actor=Speaker(SpeaksAs.GUEST), title="T", text="Words.", delay_hours=24).post
        for _story in range(2)
    )
    assert again(early).state == PostState.HELD
    case = Case.objects.get(post_id=early.pk, state=CaseState.OPEN)
    decide(case, actor=moderator, action=Action.PUBLISH, seen=Seen.of(case))
    assert again(early).state == PostState.SCHEDULED
    clock.shift(3 * DAY)
    publish_due()
    assert again(early).state == PostState.PUBLISHED
    assert (again(late).state, again(late).due_at) == (PostState.HELD, None)
    clock.shift(DAY)
    late = publish_post(late, actor=moderator)
    assert (late.state, late.written_on) == (PostState.PUBLISHED, (EVENING + 4 * DAY).date())


def test_the_inbox_says_so_only_then(
    clock: time_machine.Traveller, story: Post, trusted_member: User, other_member: User
) -> None:
    publish_post(written_by(other_member, story.thread.category), actor=None)
    reply = put_off(story, other_member)
    of_story, of_reply = identity_of(trusted_member), identity_of(other_member)
    mark_all_seen(Reader(trusted_member), actor=of_story)
    assert inbox_of(Reader(trusted_member), of_story).conversations == []
    answered_by(other_member, story)
    mark_all_seen(Reader(trusted_member), actor=of_story)
    wait(clock, reply)
    publish_due()
    assert [thread.id for thread in inbox_of(Reader(trusted_member), of_story).conversations] == [
        story.thread.public_id
    ]
    assert reply.public_id in [post.id for post in inbox_of(Reader(other_member), of_reply).own]


# --- What keeps it away -----------------------------------------------------------------------------------------------


def test_a_reply_comes_neither_into_a_pause_nor_into_a_closed_thread(
    clock: time_machine.Traveller, story: Post, trusted_member: User
) -> None:
    reply = put_off(story, trusted_member)
    wait(clock, reply)
    pause_replies(story, actor=Reader(trusted_member))
    publish_due()
    assert again(reply).state == PostState.SCHEDULED
    with pytest.raises(RepliesPaused):
        let_appear_now(reply, actor=Reader(trusted_member), owners={identity_of(trusted_member)})
    end_pause(story, actor=Reader(trusted_member))
    Thread.objects.update(is_locked=True)
    clock.shift(DAY)
    publish_due()
    with pytest.raises(ThreadLocked):
        let_appear_now(reply, actor=Reader(trusted_member), owners={identity_of(trusted_member)})
    Thread.objects.update(is_locked=False)
    wait(clock, reply)
    publish_due()
    assert again(reply).state == PostState.PUBLISHED


def test_what_it_answers_was_taken_back(clock: time_machine.Traveller, story: Post, trusted_member: User) -> None:
    reply = put_off(story, trusted_member)
    withdraw_post(story, actor=Reader(trusted_member))
    wait(clock, reply)
    publish_due()
    assert again(reply).state == PostState.SCHEDULED
    assert not Thread.objects.get(pk=story.thread_id).is_shown


@pytest.mark.parametrize("leave", [withdraw_post, erase_post])
def test_its_author_takes_it_back_and_no_hour_is_left(
    clock: time_machine.Traveller, story: Post, trusted_member: User, leave: object
) -> None:
    reply = put_off(story, trusted_member)
    leave(reply, actor=Reader(trusted_member))  # type: ignore[operator]
    assert again(reply).due_at is None
    clock.shift(9 * DAY)
    publish_due()
    assert again(reply).state in {PostState.WITHDRAWN, PostState.ERASED}
    assert replies_of(story) == []


def test_put_back_it_waits_for_a_look_and_appears_at_its_end(
    story: Post, trusted_member: User, moderator: User
) -> None:
    reply = withdraw_post(put_off(story, trusted_member), actor=Reader(trusted_member))
    assert put_back_post(reply, actor=Reader(trusted_member)).state == PostState.HELD
    later = answered_by(trusted_member, story)
    publish_post(reply, actor=moderator)
    assert replies_of(story) == [later.public_id, reply.public_id]


def test_a_moderator_takes_it_down_before_its_day(
    clock: time_machine.Traveller, story: Post, trusted_member: User, moderator: User
) -> None:
    reply = hide_post(put_off(story, trusted_member), actor=moderator, word="It names a place.")
    clock.shift(9 * DAY)
    publish_due()
    assert (again(reply).state, again(reply).due_at) == (PostState.HIDDEN, None)


def test_what_stands_against_its_name_meanwhile_has_somebody_look_first(
    clock: time_machine.Traveller, story: Post, trusted_member: User, moderator: User
) -> None:
    reply = put_off(story, trusted_member)
    sanction_author(story, actor=moderator, terms=Terms("SUSPENSION", "It names a street.", days=30))
    wait(clock, reply)
    publish_due()
    assert (again(reply).state, again(reply).due_at) == (PostState.HELD, None)
    assert Case.objects.get(post_id=reply.pk).reasons == ["watched"]
    assert replies_of(story) == []


# --- Its author decides -----------------------------------------------------------------------------------------------


def test_it_is_changed_given_another_day_and_let_appear_now(
    clock: time_machine.Traveller, story: Post, trusted_member: User
) -> None:
    me = Reader(trusted_member)
    reply = put_off(story, trusted_member, hours=168)
    reply = edit_post(reply, actor=me, version=reply.version, title="", text="Other words.")
    assert (reply.state, Revision.objects.get().source) == (PostState.SCHEDULED, "Sentinel words.")
    put_off_post(reply, actor=me, hours=6)
    due_at = again(reply).due_at
    assert due_at is not None
    assert due_at - EVENING <= 13 * HOUR
    for _twice in range(2):
        assert let_appear_now(again(reply), actor=me, owners={identity_of(trusted_member)}).state == PostState.PUBLISHED
    assert replies_of(story) == [reply.public_id]
    with pytest.raises(NotPutOff):
        put_off_post(again(reply), actor=me, hours=6)


def test_what_waits_for_a_look_goes_on_waiting_for_it(category: Category) -> None:
    written = start_thread(category, actor=Speaker(SpeaksAs.GUEST), title="T", text="Words.", delay_hours=24)
    guest = read_claim(written.claim_code).guest
    me = Reader(opened=open_own(guest).pseudonyms)
    waiting = let_appear_now(again(written.post), actor=me, owners={guest})
    assert (waiting.state, waiting.due_at) == (PostState.HELD, None)
    put_off_post(waiting, actor=me, hours=6)
    assert publish_post(waiting, actor=None).state == PostState.SCHEDULED


def test_a_guest_who_is_paused_under_another_name_lets_nothing_appear(category: Category, moderator: User) -> None:
    first = start_thread(category, actor=Speaker(SpeaksAs.GUEST), title="T", text="Words.")
    guest = read_claim(first.claim_code).guest
    other = start_thread(category, actor=Speaker(SpeaksAs.GUEST, guest=guest), title="T", text="Words.", delay_hours=24)
    publish_post(again(other.post), actor=None)
    ban = Restriction("id", Effect.NOTHING_NEW)
    restrict_author(again(first.post), ban)
    me = Reader(opened=open_own(guest).pseudonyms)
    with pytest.raises(WritingPaused):
        let_appear_now(again(other.post), actor=me, owners={guest})
    assert again(other.post).state == PostState.SCHEDULED


def test_nobody_else_decides_not_even_a_moderator(
    story: Post, trusted_member: User, other_member: User, moderator: User
) -> None:
    reply = put_off(story, trusted_member)
    due_at = reply.due_at
    for reader in (VISITOR, Reader(other_member), Reader(moderator, is_moderator=True)):
        with pytest.raises(NotYourPost):
            put_off_post(reply, actor=reader, hours=1)
        with pytest.raises(NotYourPost):
            let_appear_now(reply, actor=reader, owners=set())
    assert (again(reply).due_at, again(reply).state) == (due_at, PostState.SCHEDULED)


def test_what_was_not_put_off_is_not_given_a_day(story: Post, trusted_member: User) -> None:
    with pytest.raises(NotPutOff):
        put_off_post(story, actor=Reader(trusted_member), hours=6)
    assert again(story).state == PostState.PUBLISHED


# --- What is kept -----------------------------------------------------------------------------------------------------


def test_its_hour_is_gone_when_it_has_appeared_and_nothing_says_that_it_waited(
    clock: time_machine.Traveller, story: Post, trusted_member: User
) -> None:
    def rows(post: Post) -> list[str]:
        """Every row that names it, and its thread."""
        names = {str(post.pk), post.public_id, str(post.thread_id)}
        return [
            f"{table} {row}"
            for table, found in dump_tables().items()
            for row in found
            if any(name in str(value) for name in names for value in row.values())
        ]

    reply = put_off(story, trusted_member)
    hour = f"{reply.due_at:%Y-%m-%d %H:00}"
    assert [row for row in rows(reply) if hour in row]
    wait(clock, reply)
    publish_due()
    answered_by(trusted_member, story)
    own = rows(reply)
    assert not [row for row in own if hour in row]
    told = [row for row in own if reply.public_id in row]
    assert not [row for row in told if str(EVENING.date()) in row]
    assert not [entry for entry in AuditEntry.objects.all() if reply.public_id in str(entry.facts)]
    numbers = sorted(Post.objects.filter(thread=story.thread_id).values_list("seq", flat=True))
    assert numbers == [1, 2, 3]  # and no gap where it was written


def test_a_closed_account_publishes_nothing_more(
    clock: time_machine.Traveller, story: Post, trusted_member: User
) -> None:
    reply = put_off(story, trusted_member)
    mine = identity_of(trusted_member)
    own_data.close(mine, keep_words=True)
    clock.shift(9 * DAY)
    publish_due()
    assert again(reply).state == PostState.WITHDRAWN
    archive = own_data.archive_of(mine, [])
    for _step in own_data.erase(mine, keep_words=True):
        pass
    assert again(reply).source == ""
    own_data.restore(mine, archive)
    assert (again(reply).state, again(reply).source) == (PostState.WITHDRAWN, "Sentinel words.")


def test_it_moves_without_its_hour_and_without_its_day(
    clock: time_machine.Traveller, story: Post, trusted_member: User
) -> None:
    reply = put_off(story, trusted_member, hours=72)
    clock.shift(DAY)
    lines = list(export_forum())
    assert not [line for line in lines if "SCHEDULED" in line or "21:" in line]
    line = next(line for line in lines if reply.public_id in line)
    assert '"state":"HELD"' in line
    assert f'"day":"{(EVENING + DAY).date()}"' in line
    assert import_forum(lines, actor=None).here_already == Post.objects.count()


# --- Doors ------------------------------------------------------------------------------------------------------------


def test_the_composer_offers_it_and_its_page_says_when(
    client: Client, clock: time_machine.Traveller, story: Post, trusted_member: User
) -> None:
    sign_in(client, trusted_member)
    composer = reverse("forum:post-reply", args=[story.public_id])
    assert "When should it appear?" in client.get(composer).content.decode()
    sent = client.post(
        composer,
        {"text": "Sentinel words.", "form_key": "a-key-of-a-form", "speaks_as": "pseudonym", "delay_hours": "24"},
        follow=True,
    )
    assert "waiting for the day you chose" in sent.content.decode()
    reply = Post.objects.get(source="Sentinel words.")
    page = reverse("forum:post-detail", args=[reply.public_id])
    assert "at a moment drawn by lot, and not before" in client.get(page).content.decode()
    thread = reverse("forum:thread-detail", args=[story.thread.public_id])
    assert "waiting for its day" in client.get(thread).content.decode()
    delay = reverse("forum:post-delay", args=[reply.public_id])
    assert delay in client.get(page).content.decode()
    assert client.post(delay, {"delay_hours": "168"}).status_code == 302
    assert re.search(r"in [789] days", client.get(page).content.decode())
    assert client.post(delay, {"delay_hours": "5"}).status_code == 400
    assert client.post(delay, {"delay_hours": ""}).status_code == 302
    assert again(reply).state == PostState.PUBLISHED


def test_a_delay_that_the_form_does_not_offer_loses_no_words(client: Client, story: Post, trusted_member: User) -> None:
    sign_in(client, trusted_member)
    sent = client.post(
        reverse("forum:post-reply", args=[story.public_id]),
        {"text": "Sentinel words.", "form_key": "a-key-of-a-form", "speaks_as": "pseudonym", "delay_hours": "9999"},
    )
    assert sent.status_code == 400
    assert "Sentinel words." in sent.content.decode()
    assert not Post.objects.filter(source="Sentinel words.").exists()


def test_a_draft_keeps_it(trusted_member: User) -> None:
    """Whoever put something off and goes on later must not send it at once unawares."""
    keep_draft(NEW, Words("Words.", delay_hours=48), actor=Reader(trusted_member), mark="")
    somebody = signed_in(trusted_member)
    assert draft_for(NEW, actor=Reader(trusted_member)).words.delay_hours == 48
    assert '<option value="48" selected>' in somebody.ask("/new/", "POST", data={"do": "take-up"}).text


def test_the_api_puts_off_changes_and_lets_appear(story: Post, trusted_member: User, other_member: User) -> None:
    author, other = signed_in(trusted_member), signed_in(other_member)
    posts = reverse("api:thread-posts", args=[story.thread.public_id])
    refused = author.ask(posts, "POST", data={"text": "Sentinel words.", "delay_hours": 999})
    assert (refused.status, Post.objects.filter(source="Sentinel words.").count()) == (400, 0)
    sent = author.ask(posts, "POST", data={"text": "Sentinel words.", "delay_hours": 24})
    assert (sent.status, '"state":"SCHEDULED"' in sent.text) == (201, True)
    reply = Post.objects.get(source="Sentinel words.")
    delay = reverse("api:post-delay", args=[reply.public_id])
    assert other.ask(delay, "PUT", data={"delay_hours": 6}).status == 404
    assert author.ask(delay, "PUT", data={"delay_hours": 0}).status == 400
    moved = author.ask(delay, "PUT", data={"delay_hours": 300})
    assert ('"can_put_off":true' in moved.text, "days" in moved.text) == (True, True)
    assert '"state":"PUBLISHED"' in author.ask(delay, "DELETE").text
    assert other.ask(reverse("api:post", args=[reply.public_id])).status == 200
    assert author.ask(delay, "PUT", data={"delay_hours": 6}).status == 409


def test_the_api_for_a_guest(category: Category) -> None:
    written = start_thread(category, actor=Speaker(SpeaksAs.GUEST), title="T", text="Words.", delay_hours=24)
    shown = guest(written.claim_code).ask(reverse("api:own-posts")).text
    assert '"waits_until":"' in shown
    assert '"waits_until":""' not in shown
