"""The small language that rules are written in, and the machine that finds it in a text.

    <he> ~2 hit|hits|punch* me      a word of the list `he`, up to two words, one of three, `me`
    not ~1 want to live?            `?`: may be missing
    ^ first $                       at the beginning and at the end of a sentence

There is no regular expression behind it. Each phrase is tried only where its rarest word stands, and from there it
walks a few words to both sides: the work grows with the number of words, never faster.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from moderation.screeners.spelling import STOP, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

WIDEST_GAP = 8
_SHORTEST_STEM = 3


class BadPhrase(ValueError):
    """A rule that cannot be read. Found when rules are loaded, never when a text is."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One place of a phrase: single words, beginnings of words, or several words in a row."""

    words: frozenset[str]
    stems: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    optional: bool = False

    def words_of_it(self) -> set[str]:
        return {*self.words, *(word for row in self.rows for word in row)}

    def ends(self, words: Sequence[str], at: int) -> Iterator[int]:
        if at < len(words):
            word = words[at]
            if word in self.words or (self.stems and word.startswith(self.stems)):
                yield at + 1
            for row in self.rows:
                if word == row[0] and tuple(words[at : at + len(row)]) == row:
                    yield at + len(row)

    def begins(self, words: Sequence[str], before: int) -> Iterator[int]:
        if before > 0:
            word = words[before - 1]
            if word in self.words or (self.stems and word.startswith(self.stems)):
                yield before - 1
            for row in self.rows:
                if word == row[-1] and before >= len(row) and tuple(words[before - len(row) : before]) == row:
                    yield before - len(row)


@dataclass(frozen=True, slots=True)
class Gap:
    most: int


@dataclass(frozen=True, slots=True)
class Edge:
    """The beginning or the end of a sentence."""


Part = Choice | Gap | Edge


@dataclass(frozen=True, slots=True)
class Phrase:
    rule: str
    parts: tuple[Part, ...]
    anchor: int
    denies: bool  # one of its words is a negation: "not want to live"
    denying: tuple[tuple[str, ...], ...]  # rows of words it may match that hold a negation


@dataclass(frozen=True, slots=True)
class Found:
    phrase: Phrase
    first: int
    after: int


def read_choice(written: str, lists: Mapping[str, Sequence[str]]) -> Choice:
    optional = written.endswith("?")
    words: set[str] = set()
    stems: list[str] = []
    rows: list[tuple[str, ...]] = []
    for told in _items(written.removesuffix("?"), lists):
        item = fold(told)[0]
        row = tuple(item.split())
        if not row:
            raise BadPhrase(written)
        if len(row) > 1:
            rows.append(row)
        elif item.endswith("*"):
            if len(item) <= _SHORTEST_STEM:
                raise BadPhrase(item)
            stems.append(item[:-1])
        else:
            words.add(item)
    return Choice(frozenset(words), tuple(stems), tuple(rows), optional)


def _items(written: str, lists: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for item in written.split("|"):
        if item.startswith("<") and item.endswith(">"):
            if item[1:-1] not in lists:
                raise BadPhrase(item)
            yield from lists[item[1:-1]]
        else:
            yield item.replace("_", " ")


def read_phrase(
    rule: str, written: str, lists: Mapping[str, Sequence[str]], common: frozenset[str], negations: frozenset[str]
) -> Phrase:
    parts: list[Part] = []
    for piece in written.split():
        if piece in {"^", "$"}:
            parts.append(Edge())
        elif piece.startswith("~"):
            most = int(piece[1:])
            if most > WIDEST_GAP:
                raise BadPhrase(written)
            parts.append(Gap(most))
        else:
            parts.append(read_choice(piece, lists))
    anchors = [
        (_cost(part, common), at) for at, part in enumerate(parts) if isinstance(part, Choice) and not part.optional
    ]
    if not anchors:
        raise BadPhrase(written)
    choices = [part for part in parts if isinstance(part, Choice)]
    denying = tuple(row for choice in choices for row in choice.rows if negations.intersection(row))
    denies = any(negations & choice.words for choice in choices)
    return Phrase(rule, tuple(parts), min(anchors)[1], denies, denying)


def _cost(choice: Choice, common: frozenset[str]) -> int:
    """How often this place will ask for a closer look: everyday words count heavily."""
    rows = sum(1 + 30 * all(word in common for word in row) for row in choice.rows)
    return len(choice.words) + 50 * len(choice.words & common) + 2 * len(choice.stems) + rows


@dataclass(slots=True)
class Finder:
    """All phrases of one language, found in one walk over the words."""

    common: frozenset[str]
    steps: int = 0  # how many places were looked at so far: what the tests of linearity count
    _by_word: dict[str, list[tuple[Phrase, tuple[str, ...], int]]] = field(default_factory=dict)
    _by_stem: dict[str, list[tuple[str, Phrase]]] = field(default_factory=dict)

    def add(self, phrase: Phrase) -> None:
        anchor = phrase.parts[phrase.anchor]
        assert isinstance(anchor, Choice)
        for word in anchor.words:
            self._by_word.setdefault(word, []).append((phrase, (word,), 0))
        for row in anchor.rows:
            rarest = min(range(len(row)), key=lambda at: (row[at] in self.common, -len(row[at])))
            self._by_word.setdefault(row[rarest], []).append((phrase, row, rarest))
        for stem in anchor.stems:
            self._by_stem.setdefault(stem[:_SHORTEST_STEM], []).append((stem, phrase))

    def families(self) -> set[str]:
        phrases = [phrase for told in self._by_word.values() for phrase, *_ in told]
        phrases += [phrase for told in self._by_stem.values() for _stem, phrase in told]
        return {phrase.rule.partition(".")[0] for phrase in phrases}

    def find(self, words: Sequence[str]) -> list[Found]:
        found: dict[Found, None] = {}
        for at, word in enumerate(words):
            for phrase, row, back in self._by_word.get(word, ()):
                first = at - back
                if len(row) == 1 or (first >= 0 and tuple(words[first : first + len(row)]) == row):
                    for hit in self._around(phrase, words, first, first + len(row)):
                        found[hit] = None
            for stem, phrase in self._by_stem.get(word[:_SHORTEST_STEM], ()):
                if word.startswith(stem):
                    for hit in self._around(phrase, words, at, at + 1):
                        found[hit] = None
        return list(found)

    def _around(self, phrase: Phrase, words: Sequence[str], first: int, after: int) -> Iterable[Found]:
        begins = {first}
        for part in reversed(phrase.parts[: phrase.anchor]):
            self.steps += len(begins)
            begins = {end for at in begins for end in _back(part, words, at)}
            if not begins:
                return ()
        ends = {after}
        for part in phrase.parts[phrase.anchor + 1 :]:
            self.steps += len(ends)
            ends = {end for at in ends for end in _on(part, words, at)}
            if not ends:
                return ()
        return (Found(phrase, max(begins), min(ends)),)


def _on(part: Part, words: Sequence[str], at: int) -> Iterator[int]:
    if isinstance(part, Choice):
        yield from part.ends(words, at)
        if part.optional:
            yield at
    elif isinstance(part, Gap):
        yield at
        for far in range(at, min(at + part.most, len(words))):
            if words[far] == STOP:
                return
            yield far + 1
    elif at == len(words) or words[at] == STOP:
        yield at


def _back(part: Part, words: Sequence[str], before: int) -> Iterator[int]:
    if isinstance(part, Choice):
        yield from part.begins(words, before)
        if part.optional:
            yield before
    elif isinstance(part, Gap):
        yield before
        for far in range(before, max(before - part.most, 0), -1):
            if words[far - 1] == STOP:
                return
            yield far - 1
    elif before == 0 or words[before - 1] == STOP:
        yield before
