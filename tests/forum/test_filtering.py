"""What a reader would rather not meet: both forms of the rule agree, and lists, search and inbox leave it out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.identity import identity_of
from forum.authorship import VISITOR, Reader, Speaker, SpeaksAs
from forum.filters import is_filtered, unfiltered_posts, unfiltered_threads
from forum.models import CarriedNote, Category, ContentNote, Post, Thread
from forum.queries import posts_page, search_page, thread_for, threads_page
from forum.services.content_notes import create_first_notes, put_notes
from forum.services.following import follow_thread, inbox_of
from forum.services.posts import reply_to, start_thread
from forum.services.visibility import publish_post
from tests.forum.building import grow, wide
from tests.personas import written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def notes(db: None) -> list[ContentNote]:
    create_first_notes()
    return list(ContentNote.objects.all())


@pytest.fixture
def careful(notes: list[ContentNote]) -> Reader:
    """Leaves out the first two of the list."""
    return replace(VISITOR, filtered=frozenset({notes[0].pk, notes[1].pk}))


def noted(post: Post, *notes: ContentNote) -> Post:
    put_notes(post, notes, is_by_moderator=False)
    return post


def test_both_forms_of_the_rule_agree(
    trusted_member: User, other_member: User, category: Category, notes: list[ContentNote], careful: Reader
) -> None:
    guest = written_by_guest(category)
    publish_post(guest.post, actor=None)
    stories = [guest.post, *(written_by(trusted_member, category) for _ in range(4))]
    for story, carries in zip(stories, [notes[:1], [], notes[2:], notes[:2], notes[1:3]], strict=True):
        noted(story, *carries)
        noted(reply_to(story, actor=Speaker(SpeaksAs.PSEUDONYM, trusted_member), text="Words.").post, *carries[:1])
    readers = {
        "visitor without a filter": VISITOR,
        "visitor": careful,
        "other member": replace(careful, member=other_member),
        "author": replace(careful, member=trusted_member),
        "guest": replace(guest.reader, filtered=careful.filtered),
        "member who opened a code too": replace(guest.reader, member=other_member, filtered=careful.filtered),
        "moderator": replace(careful, member=other_member, is_moderator=True),
        "one who asks for one post": replace(careful, asked_for=stories[3].public_id),
    }
    openings = {post.pk: post for post in Post.objects.filter(parent=None)}
    left_out = {}
    for name, reader in readers.items():
        met = set(Post.objects.filter(unfiltered_posts(reader)))
        assert met == {post for post in Post.objects.all() if not is_filtered(reader, post)}, name
        threads = set(Thread.objects.filter(unfiltered_threads(reader)))
        assert threads == {post.thread for post in openings.values() if not is_filtered(reader, post)}, name
        below = set(Post.objects.filter(unfiltered_threads(reader, "thread")).values_list("thread", flat=True))
        assert below == {thread.pk for thread in threads}, name
        left_out[name] = (Post.objects.count() - len(met), len(openings) - len(threads))
    assert left_out == {
        "visitor without a filter": (0, 0),
        "visitor": (6, 3),
        "other member": (6, 3),
        "author": (1, 1),
        "guest": (5, 2),
        "member who opened a code too": (5, 2),
        "moderator": (6, 3),
        "one who asks for one post": (5, 2),
    }


def test_pages_of_a_list_are_full_and_nothing_is_lost(
    category: Category, notes: list[ContentNote], careful: Reader
) -> None:
    grown = [grow(category, wide(1)) for _ in range(30)]
    for number, each in enumerate(grown):
        noted(each.posts[0], *notes[number % 3 : number % 3 + 1])  # two of three are left out
    seen, cursor = [], None
    while True:
        page = threads_page(careful, cursor=cursor, size=4)
        seen += [thread.id for thread in page.threads]
        cursor = page.next
        if cursor is None:
            break
        assert len(page.threads) == 4
    assert sorted(seen) == sorted(each.thread.public_id for each in grown[2::3])


def test_a_thread_shows_a_placeholder_and_all_that_is_below(
    category: Category, notes: list[ContentNote], careful: Reader
) -> None:
    grown = grow(category, wide(3))
    noted(grown.posts[1], notes[0])
    page = posts_page(careful, thread_for(careful, grown.thread.public_id))
    assert [post.is_filtered for post in page.posts] == [False, True, False, False]
    filtered = page.posts[1]
    assert (filtered.html, filtered.title, filtered.source) == ("", "", "")
    assert [str(note) for note in filtered.notes] == ["violence"]
    on_purpose = replace(careful, asked_for=filtered.id)
    assert posts_page(on_purpose, thread_for(careful, grown.thread.public_id)).posts[1].html


def test_search_finds_nothing_under_such_a_note_nor_below_such_a_story(
    trusted_member: User, category: Category, notes: list[ContentNote], careful: Reader
) -> None:
    speaker = Speaker(SpeaksAs.PSEUDONYM, trusted_member)
    story = start_thread(category, actor=speaker, title="T", text="Sentinel.", notes=notes[:1]).post
    reply_to(story, actor=speaker, text="Sentinel below.")
    other = written_by(trusted_member, category, text="Sentinel elsewhere.")
    noted(reply_to(other, actor=speaker, text="Sentinel again.").post, notes[1])
    assert len(search_page(VISITOR, "sentinel").hits) == 4
    assert [hit.id for hit in search_page(careful, "sentinel").hits] == [other.public_id]
    assert search_page(careful, "below").hits == []


def test_the_inbox_does_not_tell_of_it(
    trusted_member: User, other_member: User, category: Category, notes: list[ContentNote], careful: Reader
) -> None:
    reader = replace(careful, member=other_member)
    me = identity_of(other_member)
    speaker = Speaker(SpeaksAs.PSEUDONYM, trusted_member)
    stories = [written_by(trusted_member, category) for _ in range(3)]
    for story in stories:
        follow_thread(story.thread, actor=me)
        reply_to(story, actor=speaker, text="Words.")
    noted(Post.objects.get(pk=stories[0].pk), notes[0])
    noted(Post.objects.get(parent=stories[1]), notes[1])
    assert len(inbox_of(Reader(other_member), me).conversations) == 3
    assert [thread.id for thread in inbox_of(reader, me).conversations] == [stories[2].thread.public_id]


def test_notes_cost_one_query_however_many_carry_some(
    category: Category, notes: list[ContentNote], careful: Reader
) -> None:
    quiet, some, many = (grow(category, wide(20)) for _ in range(3))
    noted(some.posts[3], *notes)
    for post in many.posts:
        noted(post, *notes[2:])

    def asked(reader: Reader, thread: Thread) -> int:
        with CaptureQueriesContext(connection) as queries:
            posts_page(reader, thread_for(reader, thread.public_id))
        return len(queries)

    for reader in (VISITOR, careful):
        assert [asked(reader, each.thread) for each in (quiet, some, many)] == [2, 3, 3]
    with CaptureQueriesContext(connection) as queries:
        page = threads_page(careful)
    assert (len(page.threads), len(queries)) == (3, 3)
    assert CarriedNote.objects.count() == len(notes) + 21 * len(notes[2:])
