"""Both databases find what a few lines of plain Python find, in any script. Run on each of them."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum.authorship import VISITOR
from forum.models import Category
from forum.queries import search_page
from forum.search import index
from forum.search.words import MAX_CHARS, MAX_WORDS, NothingToLookFor, TooMuchToLookFor, words_of
from tests.forum.building import grow, taken_back, wide

pytestmark = pytest.mark.django_db

# Few words, so that they meet; each in more than one spelling.
SPELLINGS = (
    *("cafe", "Café", "CAFE\u0301", "strasse", "Straße", "no", "NO", "nó", "contact", "no-contact", "don't", "don’t"),
    *("ПРИВЕТ", "привет", "ёлка", "елка", "οδός", "ΟΔΟΣ", "שָׁלוֹם", "שלום", "سَلَام", "سلام", "की", "का", "हिन्दी"),
    *(
        "我很好",
        "很",
        "好我",
        "ありがとう",
        "がと",
        "ไม่ใช่",
        "한국어",
        "İstanbul",
        "ﬁne",
        "fine",
        "²",
        "2",
        "💔",
        "co\u00adop",
    ),
)
SIGNS = (
    " ",
    " ",
    " ",
    "\n",
    ", ",
    "-",
    "'",
    '"',
    "*",
    ":",
    "(",
    ")",
    " AND ",
    " OR ",
    " NOT ",
    "&",
    "|",
    "!",
    "<->",
    "\\",
    "\x00",
)
PIECES = st.sampled_from(SPELLINGS) | st.sampled_from(SIGNS) | st.text(max_size=3)
TEXTS = st.lists(PIECES, max_size=14).map("".join)
QUERIES = st.lists(PIECES, min_size=1, max_size=7).map("".join).filter(lambda query: len(query) <= MAX_CHARS)


@dataclass(frozen=True, slots=True)
class Written:
    title: str
    text: str

    def holds(self, query: str) -> bool:
        """Said once more: outside quotation marks each piece between spaces is looked for, inside them the whole."""
        parts = (
            query.replace("“", '"').replace("”", '"').replace("„", '"').replace("«", '"').replace("»", '"').split('"')
        )
        pieces = [piece for at, part in enumerate(parts) for piece in ([part] if at % 2 else part.split())]
        return all(any(_within(piece, whole) for whole in (self.title, self.text)) for piece in pieces)


def _within(piece: str, whole: str) -> bool:
    return f" {' '.join(words_of(piece))} ".replace("  ", " ") in f" {' '.join(words_of(whole))} "


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=st.lists(st.builds(Written, TEXTS, TEXTS), min_size=1, max_size=6), query=QUERIES)
def test_what_is_found_is_what_holds_the_words(category: Category, written: list[Written], query: str) -> None:
    with taken_back():
        posts = grow(category, wide(len(written) - 1)).posts
        for post, words in zip(posts, written, strict=True):
            post.title, post.html = words.title, f"<p>{escape(words.text)}</p>"
            index.keep(post)
        if not 0 < len(words_of(query)) <= MAX_WORDS:
            with pytest.raises((NothingToLookFor, TooMuchToLookFor)):
                search_page(VISITOR, query)
            return
        found = [hit.id for hit in search_page(VISITOR, query).hits]
        right = [post for post, words in zip(posts, written, strict=True) if words.holds(query)]
        assert found == [post.public_id for post in sorted(right, key=lambda post: -post.pk)]
