"""Some minutes between two replies of one name: nothing typed is lost, and nothing is stored."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from accounts.identity import identity_of
from common.errors import Invalid
from forum.authorship import Speaker, SpeaksAs
from forum.models import Category, Post, Thread
from forum.services.anonymity import new_guest
from forum.services.posts import reply_to
from forum.services.slow_mode import SlowMode
from tests.house.dump import dump_cache, dump_tables
from tests.personas import GUEST, answered_by, sign_in, written_by

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
MINUTES = 5


@pytest.fixture
def slow(trusted_member: User, category: Category) -> Post:
    """A story in a conversation that goes slowly."""
    story = written_by(trusted_member, category)
    Thread.objects.filter(pk=story.thread_id).update(slow_minutes=MINUTES)
    cache.clear()
    return Post.objects.select_related("thread__category").get(pk=story.pk)


def test_the_second_reply_waits_for_the_minutes_and_no_longer(trusted_member: User, slow: Post) -> None:
    with time_machine.travel(dt.datetime(2027, 6, 7, 9, tzinfo=dt.UTC), tick=False) as clock:
        answered_by(trusted_member, slow)
        clock.shift(dt.timedelta(minutes=MINUTES, seconds=-1))
        with pytest.raises(SlowMode) as refused:
            answered_by(trusted_member, slow)
        assert refused.value.retry_after == MINUTES * 60
        clock.shift(dt.timedelta(seconds=2))
        answered_by(trusted_member, slow)
    assert Post.objects.filter(parent=slow).count() == 2


def test_others_other_conversations_and_other_names_do_not_wait(
    trusted_member: User, other_member: User, category: Category, slow: Post
) -> None:
    """By her name nobody learns that she has spoken under another one here a moment ago."""
    answered_by(trusted_member, slow)
    answered_by(other_member, slow)
    answered_by(trusted_member, written_by(trusted_member, category))
    masked = Speaker(SpeaksAs.THREAD_PSEUDONYM, trusted_member)
    reply_to(slow, actor=masked, text="Under another name.")
    with pytest.raises(SlowMode):
        reply_to(slow, actor=masked, text="Again.")


def test_a_guest_waits_by_the_words_that_open_their_posts(slow: Post) -> None:
    guest = Speaker(SpeaksAs.GUEST, guest=new_guest().guest)
    reply_to(slow, actor=guest, text="First.")
    with pytest.raises(SlowMode):
        reply_to(slow, actor=guest, text="Second.")
    reply_to(slow, actor=GUEST, text="Somebody else.")


def test_a_reply_that_failed_counts_for_nothing(trusted_member: User, slow: Post) -> None:
    with pytest.raises(Invalid):
        answered_by(trusted_member, slow, text=" ")
    answered_by(trusted_member, slow)


def test_a_category_can_be_slow_as_a_whole_and_the_longer_pause_holds(
    trusted_member: User, category: Category, slow: Post
) -> None:
    Category.objects.filter(pk=category.pk).update(slow_minutes=MINUTES * 2)
    slow = Post.objects.select_related("thread__category").get(pk=slow.pk)
    answered_by(trusted_member, slow)
    with pytest.raises(SlowMode) as refused:
        answered_by(trusted_member, slow)
    assert refused.value.retry_after == MINUTES * 2 * 60


def test_nothing_of_it_is_in_the_database_and_in_memory_no_name(
    trusted_member: User, category: Category, slow: Post
) -> None:
    masked = Speaker(SpeaksAs.THREAD_PSEUDONYM, trusted_member)

    def tables_written_to(parent: Post) -> set[str]:
        before = dump_tables()
        reply_to(parent, actor=masked, text="Under another name.")
        return {table for table, rows in dump_tables().items() if rows != before[table]}

    fast = tables_written_to(written_by(trusted_member, category))
    assert tables_written_to(slow) == fast

    marks = [row for row in dump_cache() if "slow:" in row["key"]]
    assert len(marks) == 1
    for word in (identity_of(trusted_member), slow.thread.public_id, str(slow.thread_id)):
        assert word not in str(marks)


def test_the_page_says_so_before_and_gives_the_words_back_after(trusted_member: User, slow: Post) -> None:
    client = sign_in(Client(), trusted_member)
    address = f"/p/{slow.public_id}/reply/"
    page = client.get(address).content.decode()
    assert "each waits 5 minutes before the next" in page
    assert "each waits 5 minutes" in client.get(f"/t/{slow.thread.public_id}/").content.decode()
    answered_by(trusted_member, slow)
    form = {"text": "Words I took an hour for.", "speaks_as": "pseudonym", "form_key": "a-key-of-my-own-1"}
    answer = client.post(address, form)
    assert answer.status_code == 429
    text = answer.content.decode()
    assert "Words I took an hour for." in text
    assert "in a few minutes" in text


def test_the_api_says_how_long_a_pause_is(trusted_member: User, slow: Post) -> None:
    client = sign_in(Client(), trusted_member)
    address = f"/api/v1/threads/{slow.thread.public_id}/"
    assert client.get(address).json()["slow_minutes"] == MINUTES
    answered_by(trusted_member, slow)
    answer = client.post(
        f"{address}posts/", {"text": "More."}, content_type="application/json", headers={"Idempotency-Key": "k" * 20}
    )
    assert (answer.status_code, answer.json()["code"]) == (429, "slow-mode")
    assert answer.headers["Retry-After"] == str(MINUTES * 60)
