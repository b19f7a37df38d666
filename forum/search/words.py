"""Words as they are compared: without case, accents or marks, the same whatever database stands behind.

`words_of` is the only tokeniser there is. Neither database is asked what a word is: they would not agree, least of all
outside Latin letters. A letter of a script that is written without spaces is a word of its own, so that any piece of a
sentence is found as a phrase.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final

from django.utils.translation import gettext_lazy as _

from common.errors import Invalid

MAX_CHARS: Final = 200
MAX_WORDS: Final = 20

Term = tuple[str, ...]  # one word, or several that follow each other

_CHUNK = re.compile(r"\S+")
_ASCII_WORD = re.compile(r"[A-Za-z0-9]+")
_QUOTES = re.compile('["\u201c\u201d\u201e\u00ab\u00bb]')
_UNSPACED = ("CJK", "HIRAGANA", "IDEOGRAPHIC", "KATAKANA", "KHMER", "LAO", "MYANMAR", "THAI")


class NothingToLookFor(Invalid):
    code = "search-without-words"
    message = _("Type a word or two to look for. Signs alone cannot be found.")


class TooMuchToLookFor(Invalid):
    code = "search-too-long"
    message = _("That is a lot to look for at once. A few words find more.")


def words_of(text: str) -> list[str]:
    return text.translate(_FOLDING).split()


def terms_of(query: str) -> tuple[Term, ...]:
    """What must all be there. Words between quotation marks follow each other; no other sign means anything.

    Raises NothingToLookFor or TooMuchToLookFor, naming the field "words".
    """
    if len(query) > MAX_CHARS:
        raise _refused(TooMuchToLookFor)
    terms: dict[Term, None] = {}
    for number, part in enumerate(_QUOTES.split(query)):
        is_quoted = number % 2 == 1
        for piece in [part] if is_quoted else part.split():
            if term := tuple(words_of(piece)):
                terms[term] = None
    if not terms:
        raise _refused(NothingToLookFor)
    if sum(map(len, terms)) > MAX_WORDS:
        raise _refused(TooMuchToLookFor)
    return tuple(terms)


def _refused(error: type[Invalid]) -> Invalid:
    return error(fields={"words": [error.message]})


# --- Folding ----------------------------------------------------------------------------------------------------------


class _Folding:
    """What `str.translate` asks for each character."""

    def __getitem__(self, code: int) -> str:
        return _folded(code)


_FOLDING = _Folding()


# Letters that Unicode takes for letters of their own, and a keyboard without them writes so.
_WRITTEN_AS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h"})


@lru_cache(maxsize=8192)
def _folded(code: int) -> str:
    """Nothing, a space, or the letters that stand for it. Folding what is folded changes nothing."""
    text = chr(code)
    for _round in range(3):  # what is folded may come apart further
        text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
        text = text.casefold().translate(_WRITTEN_AS)
    return "".join(map(_placed, text))


def _placed(char: str) -> str:
    kind = unicodedata.category(char)
    if kind == "Cf":  # soft hyphens and joiners stand inside words
        return ""
    if kind[0] not in "LMN":  # marks that are left are vowels of Indian scripts
        return " "
    return f" {char} " if unicodedata.name(char, "").startswith(_UNSPACED) else char


# --- Showing where ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of plain text; `is_hit` where it is what was looked for."""

    text: str
    is_hit: bool


_Place = tuple[int, int]  # where something begins in a text, and where it has ended


def marked(text: str, terms: Sequence[Term]) -> tuple[Part, ...]:
    """All of `text`, in order."""
    hits: list[_Place] = []
    for start, end in _hits(text, terms):
        begun = start
        while hits and start < hits[-1][1]:  # those that overlap are shown as one
            begun = min(begun, hits.pop()[0])
        hits.append((begun, end))
    parts, done = [], 0
    for start, end in hits:
        parts += [Part(text[done:start], is_hit=False), Part(text[start:end], is_hit=True)]
        done = end
    parts.append(Part(text[done:], is_hit=False))
    return tuple(part for part in parts if part.text)


def excerpt_around(text: str, terms: Sequence[Term], *, max_chars: int) -> tuple[Part, ...]:
    """Some words before and after the first hit of the longest term; the first words of all where there is none."""
    text = " ".join(text.split())
    longest_first = sorted(terms, key=lambda term: -sum(map(len, term)))
    hit, hit_end = next((place for term in longest_first for place in islice(_hits(text, [term]), 1)), (0, 0))
    start, end = max(hit - max_chars // 3, 0), len(text)
    if start:  # not in the middle of a word, where there is a space near
        start = text.find(" ", start, hit) + 1 or start
    if start + max_chars < end:
        space = text.rfind(" ", max(hit_end, start + 1), start + max_chars)
        end = space if space > 0 else max(start + max_chars, hit_end)
    before = [Part("… ", is_hit=False)] if start else []
    after = [Part(" …", is_hit=False)] if end < len(text) else []
    return (*before, *marked(text[start:end], terms), *after)


def _hits(text: str, terms: Sequence[Term]) -> Iterator[_Place]:
    """In the order in which they end. Reads no further than it is asked."""
    by_last_word: dict[str, list[Term]] = defaultdict(list)
    for term in terms:
        by_last_word[term[-1]].append(term)
    recent: deque[tuple[str, int, int]] = deque(maxlen=max(map(len, terms)))
    for found in _words_in_place(text):
        recent.append(found)
        for term in by_last_word.get(found[0], ()):
            tail = list(recent)[-len(term) :]
            if tuple(word for word, _start, _end in tail) == term:
                yield tail[0][1], found[2]


def _words_in_place(text: str) -> Iterator[tuple[str, int, int]]:
    """The same words as `words_of`, and where in the text each stands."""
    for chunk in _CHUNK.finditer(text):
        if chunk[0].isascii():  # most are, and need no look at each letter
            for word in _ASCII_WORD.finditer(text, chunk.start(), chunk.end()):
                yield word[0].lower(), word.start(), word.end()
        else:
            yield from _folded_in_place(chunk[0], chunk.start())


def _folded_in_place(chunk: str, offset: int) -> Iterator[tuple[str, int, int]]:
    word, start, end = "", 0, 0
    for at, char in enumerate(chunk, start=offset):
        folded = _folded(ord(char))
        if word and not folded:
            end = at + 1  # an accent of its own
        for letter in folded:
            if letter != " ":
                start = start if word else at
                word, end = word + letter, at + 1
            elif word:
                yield word, start, end
                word = ""
    if word:
        yield word, start, end
