"""The index on real connections: what is removed leaves the files, and it can be made anew while people write."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.db import connection

from common.errors import HearthError
from common.sealing import short_taggers
from forum.authorship import VISITOR, Reader
from forum.models import Category, Post, SearchEntry
from forum.queries import search_page
from forum.search import index
from forum.services.posts import edit_post, put_back_post
from forum.services.searching import mend_search_index
from forum.services.visibility import erase_post, hold_post, publish_post, withdraw_post
from forum.states import PostState
from tests.forum.building import grow, wide
from tests.forum.test_concurrent_writing import all_well, at_once, loaded
from tests.personas import written_by

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)

PRIVATE = "zqkestrel zqmarigold zqvalerian"


def in_the_files(pieces: list[str]) -> list[str]:
    """Of SQLite's files, its log written back; of PostgreSQL's tables."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT words::text FROM forum_searchentry")
            kept = "\n".join(row[0] for row in cursor).encode()
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            files = Path(str(connection.settings_dict["NAME"]))
            kept = b"".join(path.read_bytes() for path in files.parent.glob(files.name + "*"))
    return [piece for piece in pieces if piece.encode() in kept]


def tails(words: str) -> list[str]:
    """Of the words' tags: FTS5 writes a word's beginning only where it differs from the one before."""
    return [tagged(word)[5:] for tagged in short_taggers("search") for word in words.split()]


def found(words: str) -> set[str]:
    return {hit.id for hit in search_page(VISITOR, words, size=100).hits}


def the_index_is_right() -> None:
    published = Post.objects.filter(state=PostState.PUBLISHED)
    assert set(SearchEntry.objects.values_list("pk", flat=True)) == set(published.values_list("pk", flat=True))
    assert index.differing() == []


# --- Forgetting -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["erased", "edited"])
def test_what_is_taken_out_leaves_the_files_with_the_next_sweep(
    trusted_member: User, category: Category, way: str
) -> None:
    for number in range(40):
        written_by(trusted_member, category, text=f"Something else {number}.")
    post = written_by(trusted_member, category, text=f"I know {PRIVATE}.")
    written_by(trusted_member, category, text="Something after.")
    assert found(PRIVATE) == {post.public_id}
    assert len(in_the_files(tails(PRIVATE))) == 3
    if way == "erased":
        erase_post(post, actor=Reader(trusted_member))
    else:
        edit_post(post, actor=Reader(trusted_member), version=post.version, title="A title", text="Other words.")
        post.revisions.all().delete()
    assert in_the_files(PRIVATE.split()) == []  # at once: no word in the index itself
    index.sweep()
    assert in_the_files(tails(PRIVATE)) == []
    assert len(found("something")) == 41


def test_a_sweep_with_nothing_to_do_changes_nothing(trusted_member: User, category: Category) -> None:
    post = written_by(trusted_member, category, text=PRIVATE)
    for _time in range(2):
        index.sweep()
        assert found(PRIVATE) == {post.public_id}
    SearchEntry.objects.all().delete()
    index.sweep()
    assert found(PRIVATE) == set()


# --- Making anew ------------------------------------------------------------------------------------------------------


def rebuilt(*options: str) -> str:
    said = StringIO()
    call_command("rebuild_search", *options, stdout=said)
    return said.getvalue().strip()


def test_an_index_that_is_missing_is_made_and_one_that_is_right_is_left(category: Category) -> None:
    grow(category, wide(3))
    assert found("words") == set()
    assert rebuilt() == "4 posts in 1 threads were indexed anew."
    assert len(found("words")) == 4
    assert rebuilt() == "0 posts in 0 threads were indexed anew."
    assert rebuilt("--all") == "4 posts in 1 threads were indexed anew."
    the_index_is_right()


def test_what_is_left_over_is_taken_out(category: Category) -> None:
    posts = grow(category, wide(3)).posts
    mend_search_index()
    Post.objects.filter(pk=posts[2].pk).update(state=PostState.HIDDEN)  # behind the back of the services
    assert mend_search_index() == 3
    the_index_is_right()


def test_it_goes_on_where_it_was_stopped(category: Category) -> None:
    threads = [grow(category, wide(1)).thread for _number in range(3)]
    call_command("rebuild_search", stdout=StringIO())
    SearchEntry.objects.filter(post__thread__in=threads[1:]).delete()
    assert rebuilt() == "4 posts in 2 threads were indexed anew."


def test_a_new_key_asks_for_a_new_index(category: Category, settings: Any) -> None:
    grow(category, wide(1))
    mend_search_index()
    settings.SEAL_KEYS = ["a newer key than that", *settings.SEAL_KEYS]
    assert len(found("words")) == 2
    assert mend_search_index() == 2
    settings.SEAL_KEYS = settings.SEAL_KEYS[:1]
    assert len(found("words")) == 2
    the_index_is_right()


# --- At once ----------------------------------------------------------------------------------------------------------


def do(deed: str, post: Post, author: Reader, words: str) -> None:
    match deed:
        case "withdraw":
            withdraw_post(post, actor=author)
        case "put back":
            put_back_post(post, actor=author)
        case "hold":
            hold_post(post, actor=None)
        case "publish":
            publish_post(post, actor=None)
        case _:
            edit_post(post, actor=author, version=post.version, title="T", text=words)


def test_while_people_write_and_take_back_the_index_made_anew_stays_true(
    category: Category, trusted_member: User
) -> None:
    posts = [post for _number in range(3) for post in grow(category, wide(3), author=trusted_member).posts]
    author = Reader(trusted_member)

    def somebody(number: int) -> None:
        chance = random.Random(number)  # noqa: S311 - the same plan every time; the database shuffles
        for turn in range(12):
            deed = chance.choice(["withdraw", "put back", "hold", "publish", "edit"])
            try:
                do(deed, loaded(chance.choice(posts)), author, f"Needle{number} {turn}.")
            except HearthError:
                continue  # somebody was quicker

    def make_anew() -> None:
        for _time in range(6):
            call_command("rebuild_search", "--all", stdout=StringIO())

    deeds: list[Callable[[], object]] = [partial(somebody, number) for number in range(5)]
    all_well(at_once([make_anew, *deeds]))
    the_index_is_right()
    for post in Post.objects.all():
        assert (post.public_id in found(f'"{post.source}"')) == (post.state == PostState.PUBLISHED)
