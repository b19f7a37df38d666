"""The index: which published posts hold which words.

Kept by forum's own services, in the transaction that publishes, changes or takes down; by no trigger. Only published
words are in it, for everybody: what waits, was returned, hidden, taken back or erased is found by nobody.

A word stands in it as a short tag under the seal key. What both databases keep of removed rows for a while (segments of
FTS5; PostgreSQL's GIN index never gives up a word it once held) so names nobody to who copies the files, and a word is
letters and digits to both, whatever script it was written in. The price: a new key asks for a new index.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from common.sealing import short_taggers, tag
from forum.models import Post, SearchEntry
from forum.search.words import Term, words_of
from forum.states import PostState
from forum.text import words_as_read

RULES = "2"  # raise it whenever the same post could give other words: `mend` then writes every entry anew
# What a tsvector can hold, kept on both: the first places of each word, and the first words of a text.
MAX_PLACES: Final = 255
MAX_INDEXED: Final = 16_000
_PURPOSE = "search"
_SWEEP_PAGES = 200  # of FTS5's index: some 20 ms under the write lock at a time

_SQLITE = "INSERT OR REPLACE INTO forum_searchentry (rowid, words, made_by) VALUES (%s, %s, %s)"
_POSTGRESQL = (
    "INSERT INTO forum_searchentry (rowid, words, made_by) VALUES (%s, %s::tsvector, %s) "
    "ON CONFLICT (rowid) DO UPDATE SET words = excluded.words, made_by = excluded.made_by"
)


def keep(post: Post) -> None:
    """A published post is found by its words as they are now. One statement, in the transaction that made it so."""
    words = _in_places(post)
    is_postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute(
            _POSTGRESQL if is_postgresql else _SQLITE,
            [post.pk, _as_vector(words) if is_postgresql else " ".join(word or "0" for word in words), made_by()],
        )


def drop(post: Post) -> None:
    """It is found no more. One statement; costs as much as `keep`."""
    SearchEntry.objects.filter(pk=post.pk).delete()


def holding(terms: Sequence[Term]) -> Q:
    """Posts that hold all of the terms, under whichever of the seal keys they were indexed."""
    wanted = tuple(tuple(tuple(tagged(word) for word in term) for term in terms) for tagged in short_taggers(_PURPOSE))
    return Q(search_entry__words__holds=wanted)


def made_by() -> str:
    return tag(_PURPOSE, RULES)


def differing() -> list[int]:
    """Threads whose entries are missing, left over, or made under an older key or older rules. Reads all posts."""
    entries = SearchEntry.objects.filter(post=OuterRef("pk"))
    missing = Q(state=PostState.PUBLISHED) & ~Exists(entries.filter(made_by=made_by()))
    left_over = ~Q(state=PostState.PUBLISHED) & Exists(entries)
    found = Post.objects.filter(missing | left_over).order_by("thread").values_list("thread", flat=True)
    return list(found.distinct())


def sweep() -> None:
    """Takes what was removed out of FTS5's segments, in many short transactions. PostgreSQL's autovacuum does its own.

    https://www.sqlite.org/fts5.html#the_merge_command says when it is done.
    """
    if connection.vendor == "postgresql":
        return
    pages, is_done = -_SWEEP_PAGES, False
    while not is_done:
        with transaction.atomic(), connection.cursor() as cursor:
            before = cursor.connection.total_changes
            cursor.execute("INSERT INTO forum_searchentry (forum_searchentry, rank) VALUES ('merge', %s)", [pages])
            is_done = cursor.connection.total_changes - before < 2
        pages = _SWEEP_PAGES


def settle() -> None:
    """After many entries at once. PostgreSQL plans by what it counted, and would count some time later by itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE forum_searchentry")
    else:
        sweep()


def _in_places(post: Post) -> list[str]:
    """The tag of each word in its place; an empty one where nothing is found. No phrase leads from title to text."""
    title = words_of(post.title)
    words = [*title, *([""] if title else []), *words_of(words_as_read(post.html))][:MAX_INDEXED]
    tagged = short_taggers(_PURPOSE)[0]
    tags = {word: tagged(word) if word else "" for word in set(words)}
    seen: Counter[str] = Counter()
    places = []
    for word in words:
        seen[word] += 1
        places.append(tags[word] if seen[word] <= MAX_PLACES else "")
    return places


def _as_vector(words: list[str]) -> str:
    places: dict[str, list[str]] = {}
    for place, word in enumerate(words, start=1):
        if word:
            places.setdefault(word, []).append(str(place))
    return " ".join(f"{word}:{','.join(at)}" for word, at in places.items())
