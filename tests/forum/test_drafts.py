"""Keeping words for later: nothing that was kept is replaced or shown unasked, nothing is kept longer than said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine

from accounts.models import SealedRecord
from common.errors import NotFound
from common.public_id import new_public_id
from config.tasks import forget_old_rows
from forum.authorship import VISITOR, Reader
from forum.models import Category
from forum.services.drafts import (
    DRAFT,
    DRAFTS,
    MAX_DRAFT_CHARS,
    MAX_DRAFTS,
    NEW,
    DraftChanged,
    DraftEmpty,
    DraftsForMembers,
    DraftsFull,
    DraftTooLong,
    Words,
    draft_at,
    draft_for,
    drafts_of,
    drop_draft,
    forget_sent,
    keep_draft,
)
from forum.services.visibility import publish_post
from tests.forum.building import grow, wide
from tests.personas import written_by
from tests.sealed import kept

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db

WORDS = Words("Some words.", "A title", "thread_pseudonym", "somewhere")


@pytest.fixture
def me(member: User) -> Reader:
    return Reader(member)


def test_what_was_kept_is_found_again_whole(me: Reader) -> None:
    kept = keep_draft(NEW, WORDS, actor=me, mark="")
    assert draft_at(NEW, actor=me) == kept
    assert kept.words == WORDS
    assert kept.when == "today"


def test_one_place_has_one_draft_and_keeping_again_replaces_the_one_known(me: Reader) -> None:
    first = keep_draft(NEW, WORDS, actor=me, mark="")
    keep_draft(NEW, Words("Other words."), actor=me, mark=first.mark)
    assert [draft.words.text for draft in drafts_of(me)] == ["Other words."]


@pytest.mark.parametrize("mark", ["", "another"])
def test_what_was_kept_is_not_replaced_by_who_does_not_know_it(me: Reader, mark: str) -> None:
    kept = keep_draft(NEW, WORDS, actor=me, mark="")
    with pytest.raises(DraftChanged):
        keep_draft(NEW, Words("Other words."), actor=me, mark=mark)
    with pytest.raises(DraftChanged):
        drop_draft(NEW, actor=me, mark=mark)
    assert drafts_of(me) == [kept]


def test_who_knows_a_draft_that_is_gone_is_told_and_nothing_is_kept(me: Reader) -> None:
    with pytest.raises(DraftChanged):
        keep_draft(NEW, WORDS, actor=me, mark="gone")
    assert not kept(DRAFT, DRAFTS)


def test_thrown_away_it_leaves_nothing(me: Reader) -> None:
    drop_draft(NEW, actor=me, mark=keep_draft(NEW, WORDS, actor=me, mark="").mark)
    assert not kept(DRAFT, DRAFTS)
    with pytest.raises(NotFound):
        drop_draft(NEW, actor=me, mark="")


def test_nobody_else_has_it(me: Reader, other_member: User) -> None:
    keep_draft(NEW, WORDS, actor=me, mark="")
    assert draft_at(NEW, actor=Reader(other_member)) is None
    assert drafts_of(Reader(other_member)) == []
    with pytest.raises(NotFound):
        draft_for(NEW, actor=Reader(other_member))


def test_who_has_no_account_keeps_nothing() -> None:
    for refused in (
        lambda: keep_draft(NEW, WORDS, actor=VISITOR, mark=""),
        lambda: drop_draft(NEW, actor=VISITOR, mark=""),
        lambda: drafts_of(VISITOR),
    ):
        with pytest.raises(DraftsForMembers):
            refused()
    assert draft_at(NEW, actor=VISITOR) is None
    assert not kept(DRAFT, DRAFTS)


def test_an_answer_is_kept_where_there_is_something_to_answer(
    me: Reader, other_member: User, category: Category
) -> None:
    held = written_by(other_member, category)
    for place in (held.public_id, new_public_id(), "nowhere"):
        with pytest.raises(NotFound):
            keep_draft(place, WORDS, actor=me, mark="")
    assert not kept(DRAFT, DRAFTS)
    story = publish_post(held, actor=None)
    assert keep_draft(story.public_id, WORDS, actor=me, mark="").place == story.public_id


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (Words(" \n"), DraftEmpty),
        (Words("x" * (MAX_DRAFT_CHARS + 1)), DraftTooLong),
        (Words("x", "x" * (MAX_DRAFT_CHARS + 1)), DraftTooLong),
    ],
    ids=["nothing", "too long", "too long a title"],
)
def test_what_cannot_be_kept_is_refused(me: Reader, words: Words, error: type[Exception]) -> None:
    with pytest.raises(error):
        keep_draft(NEW, words, actor=me, mark="")
    assert not kept(DRAFT, DRAFTS)


def test_what_is_too_long_to_send_can_be_kept(me: Reader) -> None:
    assert keep_draft(NEW, Words("word " * 10_000), actor=me, mark="").mark


def test_there_are_twenty_at_most(me: Reader, category: Category) -> None:
    stories = grow(category, wide(MAX_DRAFTS - 1)).posts
    for story in stories:
        keep_draft(story.public_id, WORDS, actor=me, mark="")
    with pytest.raises(DraftsFull):
        keep_draft(NEW, WORDS, actor=me, mark="")
    assert draft_at(NEW, actor=me) is None
    assert [draft.place for draft in drafts_of(me)] == [story.public_id for story in reversed(stories)]


def test_after_thirty_days_it_is_gone_and_its_place_is_free(me: Reader, category: Category) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        stories = grow(category, wide(MAX_DRAFTS - 1)).posts
        for story in stories[1:]:
            keep_draft(story.public_id, WORDS, actor=me, mark="")
        clock.move_to("2026-03-20T12:00:00Z")
        late = keep_draft(NEW, WORDS, actor=me, mark="")
        clock.move_to("2026-03-30T12:00:00Z")
        forget_old_rows.call()
        assert len(drafts_of(me)) == MAX_DRAFTS
        clock.move_to("2026-03-31T12:00:00Z")
        forget_old_rows.call()
        assert drafts_of(me) == [late]
        keep_draft(stories[0].public_id, WORDS, actor=me, mark="")
        clock.move_to("2026-05-01T12:00:00Z")
        forget_old_rows.call()
        assert not kept(DRAFT, DRAFTS)


def test_sending_takes_the_draft_that_was_taken_up_though_it_was_changed(me: Reader) -> None:
    draft = keep_draft(NEW, WORDS, actor=me, mark="")
    forget_sent(NEW, "Quite other words.", actor=me, mark=draft.mark)
    assert not kept(DRAFT, DRAFTS)


def test_sending_takes_the_very_words_whoever_kept_them(me: Reader) -> None:
    """Kept by the page itself a moment before."""
    keep_draft(NEW, Words("Some words.\r\n\r\nAnd more."), actor=me, mark="")
    forget_sent(NEW, "Some words.\n\nAnd more.", actor=me)
    assert not kept(DRAFT, DRAFTS)


def test_sending_other_words_leaves_what_was_kept(me: Reader) -> None:
    kept = keep_draft(NEW, WORDS, actor=me, mark="")
    forget_sent(NEW, "Quite other words.", actor=me)
    forget_sent(NEW, "Quite other words.", actor=VISITOR)
    assert drafts_of(me) == [kept]


def test_a_record_shows_neither_words_nor_whose_they_are(me: Reader, member: User) -> None:
    keep_draft(NEW, WORDS, actor=me, mark="")
    for row in SealedRecord.objects.values():
        shown = str({**row, "content": bytes(row["content"])})
        assert "words" not in shown
        assert member.username not in shown
