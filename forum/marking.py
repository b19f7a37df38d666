"""Passages of a post that its author is shown marked: found by their words, kept by their places.

A passage is quoted as it is written or as it is read: blanks, the signs of Markdown and how an accent is spelled make
no difference. Its places are of the title, a line break and the source, as those of screeners' signals are; no words
are kept, so what erases the post's words leaves nothing of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from forum.text import read_signs

_STARS = frozenset("*_~`")
_SHOWN_BESIDE = re.compile(r"(?<!\S)(?:\d{1,9}[.)]|[-+*•])(?=\s)|\s\((?=[^\s()]*[.@\d])[^\s()]+\)")
_CONTEXT = 80  # signs left around marked words, where all of them would be in the way


class Place(NamedTuple):
    start: int
    end: int


class Marked(NamedTuple):
    """A marked passage of a post, and where it stands."""

    start: int
    end: int
    text: str


class Piece(NamedTuple):
    text: str
    is_marked: bool


def words_together(title: str, source: str) -> str:
    """In which places are counted."""
    return f"{title}\n{source}" if title else source


def places_in(words: str, passages: Sequence[str]) -> list[list[Place]]:
    """Of each passage everywhere it stands, with the stars around it; nowhere, if it has no words.

    As whole words where it does: Ann is not Anna. What a page shows beside the words is no part of them, unless it is
    only found with it.
    """
    if not passages:
        return []
    signs = _on_one_line(words)
    bare = _without_what_is_shown(signs)
    sought = [_on_one_line(passage) for passage in passages]
    return [_places(words, signs, each) or _places(words, bare, _without_what_is_shown(each)) for each in sought]


class _Sign(NamedTuple):
    """One that is read, composed, and where it stands as it is written."""

    start: int
    end: int
    text: str


def _places(words: str, signs: list[_Sign], sought_signs: list[_Sign]) -> list[Place]:
    read, sought = _text(signs), _text(sought_signs)
    if not sought:
        return []
    starts = list(_starts(read, sought, as_words=True)) or list(_starts(read, sought, as_words=False))
    return [_with_stars(words, signs[at].start, signs[at + len(sought) - 1].end) for at in starts]


def _starts(read: str, sought: str, *, as_words: bool) -> Iterator[int]:
    at = read.find(sought)
    while at >= 0:
        end = at + len(sought)
        is_one = not as_words or not (
            _in_word(read[at - 1 : at], read[at]) or _in_word(read[end - 1], read[end : end + 1])
        )
        if is_one:
            yield at
        at = read.find(sought, end if is_one else at + 1)


def _in_word(before: str, after: str) -> bool:
    """Between two signs of one word, in scripts with capitals: in others words may stand without a space (中文)."""
    return all(sign.isdigit() or sign != sign.swapcase() or _is_accent(sign) for sign in (before or " ", after or " "))


def _with_stars(words: str, start: int, end: int) -> Place:
    while words[start - 1 : start] in _STARS:
        start -= 1
    while words[end : end + 1] in _STARS:
        end += 1
    return Place(start, end)


def _on_one_line(words: str) -> list[_Sign]:
    line: list[_Sign] = []
    for place, sign in read_signs(words):
        if line and _is_accent(sign):
            line[-1] = _Sign(line[-1].start, place + 1, line[-1].text + sign)
        else:
            line.append(_Sign(place, place + 1, sign))
    composed = (_Sign(start, end, sign) for start, end, text in line for sign in unicodedata.normalize("NFC", text))
    return _blanks_as_one(composed)


def _is_accent(sign: str) -> bool:
    return sign > "\u02ff" and unicodedata.category(sign)[0] == "M"


def _blanks_as_one(signs: Iterable[_Sign]) -> list[_Sign]:
    line: list[_Sign] = []
    for sign in signs:
        if not sign.text.isspace():
            line.append(sign)
        elif line and line[-1].text != " ":
            line.append(sign._replace(text=" "))
    return line[:-1] if line and line[-1].text == " " else line


def _without_what_is_shown(signs: list[_Sign]) -> list[_Sign]:
    """Numbers and points of lists, and what a named link points at: a selection may have them, and may not."""
    shown: set[int] = set()
    for found in _SHOWN_BESIDE.finditer(_text(signs)):
        shown.update(range(*found.span()))
    return _blanks_as_one(sign for at, sign in enumerate(signs) if at not in shown)


def _text(signs: Iterable[_Sign]) -> str:
    return "".join(sign.text for sign in signs)


def as_read(words: str, marks: Iterable[Marked]) -> list[str]:
    """Each once and on one line, so that `places_in` finds it again."""
    signs = read_signs(words)
    lines = ("".join(sign for at, sign in signs if mark.start <= at < mark.end) for mark in marks)
    return list(dict.fromkeys(" ".join(line.split()) for line in lines))


def joined(places: Iterable[Place]) -> list[Place]:
    """In the order of the text; what overlaps becomes one."""
    together: list[Place] = []
    for place in sorted(places):
        if together and place.start <= together[-1].end:
            together[-1] = Place(together[-1].start, max(together[-1].end, place.end))
        else:
            together.append(place)
    return together


def marked_in(words: str, places: Iterable[Iterable[int]]) -> tuple[Marked, ...]:
    """What stands at these places, which may come from JSON; of words that are gone, nothing."""
    found = (Place(*place) for place in places)
    return tuple(Marked(*place, words[place.start : place.end]) for place in found if place.end <= len(words))


def pieces_of(words: str, marks: Iterable[Marked]) -> tuple[Piece, ...]:
    """All the words, cut where a mark begins or ends."""
    edges = sorted({0, len(words), *(edge for mark in marks for edge in (mark.start, mark.end))})
    starts = {mark.start for mark in marks}
    return tuple(Piece(words[start:end], start in starts) for start, end in pairwise(edges))


def pieces_around(words: str, marks: Iterable[Marked]) -> tuple[Piece, ...]:
    """The same, with no more of what is not marked than leads to it."""
    pieces = pieces_of(words, marks)
    last = len(pieces) - 1
    return tuple(
        piece if piece.is_marked else Piece(_shortened(piece.text, before=n > 0, after=n < last), is_marked=False)
        for n, piece in enumerate(pieces)
    )


def _shortened(text: str, *, before: bool, after: bool) -> str:
    """`before`, `after`: whether marked words stand there."""
    if len(text) <= 2 * _CONTEXT:
        return text
    first, last = text[:_CONTEXT], text[-_CONTEXT:]
    first = (first.rpartition(" ")[0] or first) if before else ""
    last = (last.partition(" ")[2] or last) if after else ""
    return f"{first} … {last}"
