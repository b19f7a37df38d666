"""Which threads stand in which list, in which order, and what that order says of hours: nothing."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from io import StringIO
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import User
from forum.authorship import VISITOR, Reader, Speaker, SpeaksAs
from forum.models import Category, Post, Thread
from forum.queries import SortingUnknown, ThreadsPage, threads_page, unanswered_page
from forum.services.anonymity import new_guest
from forum.services.bringing_in import arrival, bring_in_posts, bring_in_thread, strangers_in
from forum.services.posts import put_back_post, reply_to, start_thread
from forum.services.visibility import (
    erase_with_account,
    hide_post,
    publish_post,
    rebuild_unanswered,
    take_author_off,
    withdraw_post,
)
from tests.forum.building import grow, wide
from tests.personas import answered_by, make_member, written_by, written_by_guest

if TYPE_CHECKING:
    from forum.queries import ShownThread

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2027, 6, 7, 9, tzinfo=dt.UTC)  # later than what fixtures wrote


def ids(threads: list[ShownThread]) -> list[str]:
    return [thread.id for thread in threads]


def unanswered(reader: Reader = VISITOR) -> list[str]:
    return ids(unanswered_page(reader).threads)


def walked(page_of: Callable[[str | None], ThreadsPage]) -> list[str]:
    found, cursor = [], None
    while True:
        page = page_of(cursor)
        found += ids(page.threads)
        if (cursor := page.next) is None:
            return found


# --- Newest story -----------------------------------------------------------------------------------------------------


def test_the_newest_story_is_the_one_that_was_published_last_whenever_it_was_written(
    trusted_member: User, category: Category
) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        waiting = written_by_guest(category).post
        clock.shift(dt.timedelta(days=1))
        first = written_by(trusted_member, category)
        clock.shift(dt.timedelta(days=1))
        publish_post(waiting, actor=None)
        clock.shift(dt.timedelta(days=1))
        answered_by(trusted_member, first)

        by_story = threads_page(VISITOR, category, order="story").threads
        by_activity = threads_page(VISITOR, category).threads

    assert ids(by_story)[:2] == [waiting.thread.public_id, first.thread.public_id]
    assert ids(by_activity)[:2] == [first.thread.public_id, waiting.thread.public_id]
    assert (by_story[1].when, by_activity[0].when) == ("this week", "today")


def test_what_is_taken_back_and_shown_again_stands_where_it_stood(trusted_member: User, category: Category) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        post = written_by(trusted_member, category)
        clock.shift(dt.timedelta(days=3))
        withdraw_post(post, actor=Reader(trusted_member))
        publish_post(put_back_post(Post.objects.select_related("thread__category").get(pk=post.pk),
                                   actor=Reader(trusted_member)), actor=None)  # fmt: skip

    assert Thread.objects.get(pk=post.thread_id).story_on == MONDAY.date()


def test_the_order_of_stories_says_nothing_of_what_was_published_before_what_on_one_day(
    trusted_member: User, category: Category
) -> None:
    """Of forty stories in a row, in none but their drawn numbers' order (safety.md D1)."""
    written = [written_by(trusted_member, category).thread for _story in range(40)]

    listed = walked(lambda cursor: threads_page(VISITOR, category, order="story", cursor=cursor, size=7))

    mine = [public_id for public_id in listed if public_id in {thread.public_id for thread in written}]
    by_number = sorted(written, key=lambda thread: thread.pk, reverse=True)
    assert mine == [thread.public_id for thread in by_number]
    assert mine not in ([thread.public_id for thread in written], [thread.public_id for thread in written][::-1])


def test_pages_by_story_neither_lose_nor_repeat_while_others_write(trusted_member: User, category: Category) -> None:
    before = [grow(category, wide(1), author=trusted_member).thread for _thread in range(11)]
    days = random.Random(3)  # noqa: S311 - the same days every time
    for thread in before:
        Thread.objects.filter(pk=thread.pk).update(story_on=MONDAY.date() - dt.timedelta(days=days.randrange(4)))

    def page_of(cursor: str | None) -> ThreadsPage:
        page = threads_page(VISITOR, category, order="story", cursor=cursor, size=3)
        written_by(trusted_member, category)
        return page

    listed = walked(page_of)
    assert [public_id for public_id in listed if listed.count(public_id) > 1] == []
    assert {thread.public_id for thread in before} <= set(listed)


def test_an_order_that_is_not_known_is_refused(client: Client, category: Category) -> None:
    with pytest.raises(SortingUnknown):
        threads_page(VISITOR, order="votes")
    assert client.get("/?order=votes").status_code == 400
    answer = client.get("/api/v1/threads/?order=votes")
    assert (answer.status_code, answer.json()["code"]) == (400, "order-unknown")


def test_a_cursor_of_one_order_is_refused_in_the_other(trusted_member: User, category: Category) -> None:
    for _story in range(3):
        written_by(trusted_member, category)
    client = Client()
    first = client.get("/api/v1/threads/?order=story&page_size=1").json()
    assert client.get(f"/api/v1/threads/?page_size=1&cursor={first['next']}").json()["code"] == "cursor-unreadable"
    again = client.get(f"/api/v1/threads/?order=story&page_size=1&cursor={first['next']}")
    assert again.json()["threads"] != first["threads"]


def test_the_pages_lead_on_in_their_order(trusted_member: User, category: Category, settings: Settings) -> None:
    settings.FORUM_PAGE_SIZE = 1
    for _story in range(2):
        written_by(trusted_member, category)
    page = Client().get("/?order=story").content.decode()
    assert "order=activity" in page
    assert "&amp;order=story" in page
    assert "&amp;order=story" not in Client().get("/").content.decode()


# --- Nobody has answered yet ------------------------------------------------------------------------------------------


def test_stories_wait_from_the_first_look_to_the_first_answer_of_somebody_else(
    trusted_member: User, other_member: User, category: Category
) -> None:
    story = written_by_guest(category)
    there = story.post.thread.public_id
    assert there not in unanswered()
    publish_post(story.post, actor=None)
    assert there in unanswered()

    held = answered_by(other_member, story.post)
    assert there in unanswered()  # a reply that waits is not there yet
    publish_post(held, actor=None)
    assert there not in unanswered()
    withdraw_post(held, actor=Reader(other_member))
    assert there in unanswered()  # and alone again


def test_its_own_author_is_no_answer_and_another_name_always_is(trusted_member: User, category: Category) -> None:
    """Even where both names are one person's: a list that knew would say so."""
    guest = new_guest()
    speaker = Speaker(SpeaksAs.GUEST, guest=guest.guest)
    story = start_thread(category, actor=speaker, title="A title", text="Words.").post
    publish_post(story, actor=None)
    more = reply_to(story, actor=speaker, text="More words.").post
    publish_post(more, actor=None)
    assert story.thread.public_id in unanswered()

    by_name = written_by(trusted_member, category)
    answered_by(trusted_member, by_name)
    assert by_name.thread.public_id in unanswered()
    reply_to(by_name, actor=Speaker(SpeaksAs.THREAD_PSEUDONYM, trusted_member), text="I am with you.")
    assert by_name.thread.public_id not in unanswered()


def test_an_answer_whose_author_left_is_still_an_answer_until_its_words_go(
    trusted_member: User, category: Category
) -> None:
    kind = make_member("kind person")
    story = written_by(trusted_member, category)
    answer = answered_by(kind, story)
    publish_post(answer, actor=None)
    take_author_off(answer)
    assert story.thread.public_id not in unanswered()
    erase_with_account(Post.objects.select_related("thread__category").get(pk=answer.pk))
    assert story.thread.public_id in unanswered()


def test_a_story_that_is_nobodys_waits_no_more(trusted_member: User, category: Category) -> None:
    story = written_by(trusted_member, category)
    assert story.thread.public_id in unanswered()
    take_author_off(story)
    assert story.thread.public_id not in unanswered()
    assert rebuild_unanswered(check_only=True) == 0


def test_a_story_that_was_taken_down_does_not_wait(trusted_member: User, moderator: User, category: Category) -> None:
    story = written_by(trusted_member, category)
    hide_post(story, actor=moderator, word="It names a place.")
    assert story.thread.public_id not in unanswered()


@pytest.mark.parametrize("closed", ["is_locked", "is_paused"])
def test_nobody_is_sent_to_a_story_that_takes_no_answer(trusted_member: User, category: Category, closed: str) -> None:
    story = written_by(trusted_member, category)
    Thread.objects.filter(pk=story.thread_id).update(**{closed: True})
    assert story.thread.public_id not in unanswered()


def test_whoever_has_waited_longest_stands_first(trusted_member: User, category: Category) -> None:
    written = []
    with time_machine.travel(MONDAY, tick=False) as clock:
        for _day in range(5):
            clock.shift(dt.timedelta(days=1))
            written.append(written_by(trusted_member, category).thread.public_id)

        listed = walked(lambda cursor: unanswered_page(VISITOR, cursor=cursor, size=2))

    assert [public_id for public_id in listed if public_id in written] == written


def test_a_page_that_began_elsewhere_waits_for_nobody(category: Category) -> None:
    thread = bring_in_thread(category, active_on=MONDAY.date(), began_elsewhere=True)
    (person,) = strangers_in(thread, 1)
    bring_in_posts(
        thread, [arrival("An article.", answers=None, person=person, written_on=MONDAY.date(), title="A page")]
    )
    assert thread.public_id not in unanswered()
    assert thread.public_id in ids(threads_page(VISITOR, order="story").threads)


def test_the_command_finds_and_mends_what_was_said_wrongly(trusted_member: User, category: Category) -> None:
    story, other = written_by(trusted_member, category), written_by(trusted_member, category)
    answered_by(trusted_member, other)
    Thread.objects.filter(pk=story.thread_id).update(is_unanswered=False)
    grown = grow(category, wide(1)).thread
    Thread.objects.filter(pk=grown.pk).update(is_unanswered=True)

    with pytest.raises(CommandError):
        call_command("rebuild_unanswered", "--check", stdout=StringIO())
    said = StringIO()
    call_command("rebuild_unanswered", stdout=said)

    assert said.getvalue().startswith("Of 2 stories")
    assert story.thread.public_id in unanswered()
    assert grown.public_id not in unanswered()
    call_command("rebuild_unanswered", "--check", stdout=StringIO())


def test_the_page_invites_and_says_when_all_are_answered(trusted_member: User, category: Category) -> None:
    client = Client()
    assert "A few of yours are enough" in client.get("/unanswered/").content.decode()
    assert '"/unanswered/"' in client.get("/").content.decode()
    Thread.objects.update(is_unanswered=False)
    page = client.get("/unanswered/").content.decode()
    assert "Every story here has been answered" in page
    assert "A few of yours" not in page
    assert not client.cookies


def test_the_api_lists_them_by_category(trusted_member: User, category: Category) -> None:
    other = Category.objects.create(title="Another")
    here, there = written_by(trusted_member, category), written_by(trusted_member, other)
    listed = Client().get(f"/api/v1/threads/unanswered/?category={other.public_id}").json()["threads"]
    assert [thread["id"] for thread in listed] == [there.thread.public_id]
    assert here.thread.public_id in [
        thread["id"] for thread in Client().get("/api/v1/threads/unanswered/").json()["threads"]
    ]
    assert Client().get("/api/v1/threads/unanswered/?order=story").status_code == 400


# --- By an index ------------------------------------------------------------------------------------------------------

LISTS: dict[str, Callable[[Category, str | None], ThreadsPage]] = {
    "thread_activity": lambda _category, cursor: threads_page(VISITOR, cursor=cursor, size=5),
    "thread_in_category": lambda category, cursor: threads_page(VISITOR, category, cursor=cursor, size=5),
    "thread_story": lambda _category, cursor: threads_page(VISITOR, order="story", cursor=cursor, size=5),
    "thread_story_in_category": lambda category, cursor: threads_page(
        VISITOR, category, order="story", cursor=cursor, size=5
    ),
    "thread_unanswered": lambda _category, cursor: unanswered_page(VISITOR, cursor=cursor, size=5),
}


@pytest.mark.parametrize("index", LISTS)
def test_each_list_is_read_from_its_index_in_its_order(index: str, category: Category) -> None:
    """Without sorting, the first page and a later one: what a page costs does not grow with the forum."""
    author = make_member("quiet river")
    others = Category.objects.create(title="Another")
    for number in range(60):
        grow(others if number % 2 else category, [], author=author)
    rows = list(Thread.objects.order_by("pk"))
    for number, thread in enumerate(rows):
        thread.activity, thread.story_on = number, MONDAY.date() - dt.timedelta(days=number % 30)
        thread.is_unanswered = number % 4 == 0  # fewer than there are: else another index is as good
    Thread.objects.bulk_update(rows, ["activity", "story_on", "is_unanswered"])

    first = LISTS[index](category, None)
    for cursor in (None, first.next):
        with CaptureQueriesContext(connection) as asked:
            LISTS[index](category, cursor)
        plan = plan_of(asked[0]["sql"])
        assert index in plan, plan
        assert "TEMP B-TREE" not in plan, plan
        assert "Sort" not in plan, plan


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE forum_thread")
            for way in ("seqscan", "bitmapscan", "sort"):  # a small table it would rather read whole
                cursor.execute(f"SET LOCAL enable_{way} = off")
        explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        cursor.execute(f"{explain} {sql.replace('%', '%%')}")
        return "\n".join(str(row[-1]) for row in cursor)


def test_nothing_but_days_leaves(category: Category) -> None:
    """No number of an order is in a page, an address or the API."""
    written = written_by_guest(category)
    publish_post(written.post, actor=None)
    thread = Thread.objects.get(pk=written.post.thread_id)
    for address in ("/?order=story", "/unanswered/", "/api/v1/threads/?order=story"):
        body = Client().get(address).content.decode()
        assert str(thread.pk) not in body
        assert str(thread.activity) not in body
        assert thread.story_on is not None
        assert thread.story_on.isoformat() not in body
    assert thread.story_on == written.post.written_on
