"""One careful reading of the letters, so that every rule may be written in plain words.

What people type is folded once into words: full-width and decorated letters, accents, look-alike letters of other
alphabets, invisible characters, l33t, masked and s p a c e d letters, looong vowels, contractions, and spelling
mistakes in the words that matter. Every word remembers where it stands in the original text, so what a rule found can
be marked.

The work is linear in the length of the text: each character is folded once, each word looked up a bounded number of
times.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from moderation.screeners.spelling import LONGEST_WORD, STOP, fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moderation.screeners.lexicon import Lexicon

_IN_A_WORD = r"'*@$!|"
_PIECES = re.compile(
    rf"(?P<word>\d++(?:[.,:/]\d++)*+|[^\W_]++(?:[{_IN_A_WORD}]++[^\W_]++)*+)"
    r"|(?P<stop>[.!?…\n\r\u2028\u3002]++)"
    r"|(?P<pause>[;:()\[\]—–|]|(?<=\s)-(?=\s))"
    r'|(?P<quote>["“”„«»])'
    r"|(?P<sign>[\u203c-\u3299\U0001f000-\U0001faff])"
)
_SAID = re.compile(r"(?<![\w'])'(?=\w)(?:[^'\n]|(?<=\w)'(?=\w)){3,200}+'(?!\w)")


@dataclass(frozen=True, slots=True)
class Words:
    """The folded words, and where each of them comes from. The lists have one length; a STOP has its own place."""

    text: str
    words: list[str]
    starts: list[int]
    ends: list[int]
    clauses: list[int]
    sentences: list[int]
    quoted: list[bool]
    languages: tuple[str, ...]

    def span(self, first: int, after: int) -> tuple[int, int]:
        """Where the words from `first` to before `after` stand in the original text."""
        return self.starts[first], self.ends[after - 1]


def read_words(
    text: str, lexicon: Lexicon, language: str | None = None, *, languages: tuple[str, ...] | None = None
) -> Words:
    """`language`: a hint. `languages`: those to read it in, instead of those that its words point to."""
    folded, places = fold(text)
    pieces = [(match.lastgroup or "", match[0], match.start(), match.end()) for match in _PIECES.finditer(folded)]
    languages = languages or lexicon.languages_of((word for kind, word, *_ in pieces if kind == "word"), language)
    said = [match.span() for match in _SAID.finditer(folded)] if "'" in folded else []
    quotes = [start for kind, _word, start, _end in pieces if kind == "quote"]
    said += [(a, b) for a, b in pairwise(quotes)][::2]
    return _Reader(text, places, lexicon, languages, sorted(said)).read(pieces)


class _Reader:
    def __init__(
        self, text: str, places: list[int], lexicon: Lexicon, languages: tuple[str, ...], said: list[tuple[int, int]]
    ) -> None:
        self.result = Words(text, [], [], [], [], [], [], languages)
        self.places = places
        self.spelling = lexicon.spelling_of(languages)
        self.breaks = lexicon.breaks_of(languages)
        self.said = said
        self.clause = self.sentence = self.next_said = 0

    def read(self, pieces: list[tuple[str, str, int, int]]) -> Words:
        for kind, piece, start, end in _joined(pieces, self.spelling.known):
            if kind == "stop":
                self._add(STOP, start, end)
                self.sentence += 1
                self.clause += 1
            elif kind == "pause":
                self.clause += 1
            elif kind == "sign":
                self._add(piece, start, end)
            elif kind == "word":
                for word in self.spelling.read(piece):
                    if word in self.breaks:
                        self.clause += 1
                    self._add(word, start, end)
        return self.result

    def _add(self, word: str, start: int, end: int) -> None:
        result = self.result
        while self.next_said < len(self.said) and self.said[self.next_said][1] < start:
            self.next_said += 1
        result.quoted.append(self.next_said < len(self.said) and self.said[self.next_said][0] <= start)
        result.words.append(word)
        result.starts.append(self.places[start])
        result.ends.append(self.places[end - 1] + 1)
        result.clauses.append(self.clause)
        result.sentences.append(self.sentence)


def _joined(pieces: list[tuple[str, str, int, int]], known: frozenset[str]) -> Iterator[tuple[str, str, int, int]]:
    """Letters that were set apart, as in `d i e`, put together again if that makes words we know."""
    at = 0
    while at < len(pieces):
        after = at
        while after < len(pieces) and _stands_alone(pieces, at, after):
            after += 1
        if after - at >= 3:
            letters = [piece for piece in pieces[at:after] if piece[0] == "word"]
            words = _cut("".join(word for _kind, word, *_ in letters), known)
            if words:
                yield from _spread(words, letters)
                at = after
                continue
        yield pieces[at]
        at += 1


def _stands_alone(pieces: list[tuple[str, str, int, int]], first: int, at: int) -> bool:
    kind, word, start, _end = pieces[at]
    if at - first >= LONGEST_WORD or (at > first and start - pieces[at - 1][3] > 3):
        return False
    return (kind == "word" and len(word) == 1) or (kind == "stop" and word == "." and at > first)


def _spread(words: list[str], letters: list[tuple[str, str, int, int]]) -> Iterator[tuple[str, str, int, int]]:
    at = 0
    for word in words:
        yield "word", word, letters[at][2], letters[at + len(word) - 1][3]
        at += len(word)


def _cut(letters: str, known: frozenset[str]) -> list[str] | None:
    """The letters as known words, the longest first; none if some are left over."""
    words: list[str] = []
    at = 0
    while at < len(letters):
        for size in range(min(12, len(letters) - at), 1 if words else 2, -1):
            if letters[at : at + size] in known:
                words.append(letters[at : at + size])
                at += size
                break
        else:
            if letters[at] not in "ia":
                return None
            words.append(letters[at])
            at += 1
    return words if any(len(word) > 2 for word in words) else None
