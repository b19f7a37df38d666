"""What the team says and sets from the desk: notices, pinned conversations, slow ones, closed ones."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client

from common.days import today
from forum.authorship import VISITOR, Reader
from forum.models import Category, Notice, Thread
from forum.queries import MOST_PINNED, notices_for, threads_page
from forum.services.arranging import PinsFull, arrange_thread
from forum.services.visibility import hide_post
from moderation.models import AuditEntry
from tests.personas import sign_in, written_by

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


def pin(thread: Thread, moderator: User) -> Thread:
    return arrange_thread(thread, actor=moderator, is_pinned=True, slow_minutes=0)


# --- Notices ----------------------------------------------------------------------------------------------------------


def test_a_notice_is_shown_from_its_first_day_to_its_last(category: Category) -> None:
    first = today()
    Notice.objects.create(text="We are away.", shown_from=first, shown_until=first + dt.timedelta(days=1))
    for days, is_shown in ((-1, False), (0, True), (1, True), (2, False)):
        with time_machine.travel(dt.datetime.combine(first, dt.time(12), dt.UTC) + dt.timedelta(days=days)):
            assert bool(notices_for(VISITOR)) == is_shown, days


def test_a_notice_that_ends_before_it_begins_is_refused(db: None) -> None:
    with pytest.raises(ValidationError, match="The last day comes before the first"):
        Notice(text="Words", shown_until=today() - dt.timedelta(days=1)).full_clean()


def test_a_notice_stands_where_it_was_put_for_whoever_sees_that(
    category: Category, members_category: Category, member: User
) -> None:
    for place in (None, category, members_category):
        Notice.objects.create(text=f"For {place}", category=place, shown_until=today())
    assert [notice.text for notice in notices_for(VISITOR)] == ["For None"]
    assert [notice.text for notice in notices_for(VISITOR, category)] == ["For Stories"]
    assert notices_for(VISITOR, members_category) == []
    assert [notice.text for notice in notices_for(Reader(member), members_category)] == ["For Among members"]
    client = Client()
    hidden = Notice.objects.get(category=members_category)
    assert client.get(f"/notices/{hidden.public_id}/away/").status_code == 404
    assert client.get("/api/v1/notices/").json()["notices"][0]["text"] == "For None"
    assert client.get(f"/api/v1/notices/?category={members_category.public_id}").status_code == 404


def test_a_notice_is_put_away_for_one_visit_and_reading_it_leaves_no_cookie(category: Category) -> None:
    notice = Notice.objects.create(text="We are away <today>.", shown_until=today())
    client, other = Client(), Client()
    assert "We are away &lt;today&gt;." in client.get("/").content.decode()
    assert not client.cookies
    away = f"/notices/{notice.public_id}/away/"
    assert away in client.get("/").content.decode()
    client.get(away)
    assert client.post(away)["location"] == "/"
    assert "We are away" not in client.get("/").content.decode()
    assert "We are away" in other.get("/").content.decode()


# --- Pinned -----------------------------------------------------------------------------------------------------------


def test_pinned_conversations_stand_above_the_first_page_and_in_no_page(
    trusted_member: User, moderator: User, category: Category
) -> None:
    threads = [written_by(trusted_member, category).thread for _number in range(7)]
    for thread in threads[:2]:
        pin(thread, moderator)
    pinned = [threads[1].public_id, threads[0].public_id]
    rows, cursors, cursor = [], [], None
    while True:
        page = threads_page(VISITOR, category, cursor=cursor, size=2)
        assert [thread.id for thread in page.pinned] == ([] if cursor else pinned)
        rows += [thread.id for thread in page.threads]
        if page.next is None:
            break
        cursor = page.next
        cursors.append(page.next)
    assert len(rows) == len(set(rows)) == Thread.objects.filter(category=category, is_shown=True).count() - 2
    assert not set(rows) & set(pinned)
    second = threads_page(VISITOR, category, cursor=cursors[0], size=2)
    back = threads_page(VISITOR, category, cursor=second.prev, size=2)
    assert [thread.id for thread in back.pinned] == pinned
    everywhere = threads_page(VISITOR, size=50)
    assert everywhere.pinned == []
    assert set(pinned) <= {thread.id for thread in everywhere.threads}


def test_a_pinned_story_that_is_taken_down_is_gone(trusted_member: User, moderator: User, category: Category) -> None:
    story = written_by(trusted_member, category, title="The first night")
    pin(story.thread, moderator)
    assert "The first night" in Client().get(f"/c/{category.public_id}/").content.decode()
    hide_post(story, actor=moderator, word="It names a place.")
    assert threads_page(VISITOR, category).pinned == []
    assert "The first night" not in Client().get(f"/c/{category.public_id}/").content.decode()


def test_few_can_be_pinned_and_unpinning_makes_room(trusted_member: User, moderator: User, category: Category) -> None:
    threads = [written_by(trusted_member, category).thread for _number in range(MOST_PINNED + 1)]
    for thread in threads[:MOST_PINNED]:
        pin(thread, moderator)
        pin(thread, moderator)  # twice is once
    with pytest.raises(PinsFull):
        pin(threads[-1], moderator)
    arrange_thread(threads[0], actor=moderator, is_pinned=False, slow_minutes=0)
    pin(threads[-1], moderator)


# --- At the desk ------------------------------------------------------------------------------------------------------


def test_a_moderator_finds_a_conversation_by_its_address_and_sets_it(
    trusted_member: User, moderator: User, category: Category
) -> None:
    story = written_by(trusted_member, category, title="The first night")
    written_by(trusted_member, category)
    desk = sign_in(Client(), moderator)
    address = f"https://forum.example.org/t/{story.thread.public_id}/?view=flat"
    listed = desk.get("/admin/forum/thread/", {"q": address}).content.decode()
    assert listed.count("field-shown_id") == 1
    assert story.thread.public_id in listed
    place = f"/admin/forum/thread/{story.thread_id}/change/"
    page = desk.get(place).content.decode()
    assert f'href="/t/{story.thread.public_id}/"' in page
    assert "The first night" not in page + listed  # no words on this page

    assert desk.post(place, {"is_pinned": "on", "slow_minutes": "5"}).status_code == 302
    thread = Thread.objects.get(pk=story.thread_id)
    assert (thread.is_pinned, thread.slow_minutes) == (True, 5)
    entry = AuditEntry.objects.latest("number")
    assert (entry.event, entry.moderator) == ("thread_arranged", moderator)
    assert entry.facts == {"thread": thread.public_id, "is_pinned": True, "slow_minutes": 5}

    desk.post(place, {"is_pinned": "on", "slow_minutes": "5"})
    assert AuditEntry.objects.latest("number") == entry  # nothing was changed


def test_one_pin_too_many_is_said_at_the_desk(trusted_member: User, moderator: User, category: Category) -> None:
    threads = [written_by(trusted_member, category).thread for _number in range(MOST_PINNED + 1)]
    for thread in threads[:MOST_PINNED]:
        pin(thread, moderator)
    desk = sign_in(Client(), moderator)
    answer = desk.post(f"/admin/forum/thread/{threads[-1].pk}/change/", {"is_pinned": "on", "slow_minutes": "0"})
    assert "Three conversations are pinned" in answer.content.decode()
    assert not Thread.objects.get(pk=threads[-1].pk).is_pinned


def test_nobody_makes_or_deletes_a_conversation_at_the_desk(
    trusted_member: User, moderator: User, category: Category
) -> None:
    thread = written_by(trusted_member, category).thread
    desk = sign_in(Client(), moderator)
    assert desk.get("/admin/forum/thread/add/").status_code == 403
    assert desk.get(f"/admin/forum/thread/{thread.pk}/delete/").status_code == 403


def test_a_moderator_writes_a_notice(moderator: User, category: Category) -> None:
    desk = sign_in(Client(), moderator)
    said = {"text": "We are away.", "shown_from": today(), "shown_until": today(), "category": ""}
    assert desk.post("/admin/forum/notice/add/", said).status_code == 302
    assert "We are away." in Client().get("/").content.decode()
