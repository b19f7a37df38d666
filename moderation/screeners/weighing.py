"""What was found, weighed in its context.

A finding keeps its weight unless something around it takes some away: a negation before it, a frame (it is over, it is
a figure of speech, it is told in a film, it is said to help others), quotation marks. A frame works where it stands.
One that speaks for the whole text ("I have been free for years") never touches what is most severe.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from moderation.screeners.lexicon import Family, Frame, Hit, Lexicon
from moderation.screeners.normalising import Words
from moderation.screeners.spelling import STOP

FLAGGED = 0.5  # from this score on somebody looks at it
MOST_SEVERE = 3
_NEAR = 12  # words between a frame and what it frames, in texts without punctuation
_LONGEST = 40  # words of the longest frame
_BEFORE = 3  # words before a finding in which a negation denies it
_DENIED = 0.15
_QUOTED = 0.3


@dataclass(frozen=True, slots=True)
class Cue:
    """One finding: which rule, where in the original text, what it weighs here, and what took weight from it."""

    family: Family
    rule: str
    start: int
    end: int
    sentence: int
    weight: float
    frames: tuple[str, ...] = ()

    @property
    def counts_as(self) -> str:
        """What is counted once in a text: a family, or a single hint."""
        return self.rule if self.family.adds else self.family.name


def weigh(words: Words, group: str, lexicon: Lexicon) -> list[Cue]:
    """The cues in the order of the text; of one family in one clause only the heaviest."""
    hits = lexicon.find(group, words.words, words.languages)
    families = lexicon.families[group]
    frames = _Frames(hits, group, lexicon)
    denied = _denied_places(words, hits, lexicon.negations_of(words.languages))
    now = {words.sentences[hit.first] for hit in hits if hit.family == "still"}
    heaviest: dict[tuple[str, int], Cue] = {}
    for hit in hits:
        if hit.family not in families:
            continue
        family = families[hit.family]
        weight, reasons = family.weight, []
        for name, factor in _what_takes_weight(hit, family, words=words, frames=frames, denied=denied, now=now):
            weight *= factor
            reasons.append(name)
        start, end = words.span(hit.first, hit.after)
        cue = Cue(family, hit.rule, start, end, words.sentences[hit.first], weight, tuple(reasons))
        place = (cue.counts_as, words.clauses[hit.first])
        if place not in heaviest or heaviest[place].weight < weight:
            heaviest[place] = cue
    return sorted(heaviest.values(), key=lambda cue: (cue.start, cue.rule))


class _Frames:
    """The frames of a text, asked for by place, so that a long text of many frames is read in linear time."""

    def __init__(self, hits: Iterable[Hit], group: str, lexicon: Lexicon) -> None:
        frames = [(lexicon.frames[hit.family], hit) for hit in hits if hit.family in lexicon.frames]
        frames = [(frame, hit) for frame, hit in frames if frame.only in {"", group}]
        self._everywhere = list({frame.name: (frame, hit) for frame, hit in frames if frame.scope == "text"}.values())
        self._placed = sorted(
            ((frame, hit) for frame, hit in frames if frame.scope != "text"), key=lambda placed: placed[1].first
        )
        self._firsts = [hit.first for _frame, hit in self._placed]

    def around(self, hit: Hit) -> list[tuple[Frame, Hit]]:
        begin = bisect_left(self._firsts, hit.first - 2 * _NEAR - _LONGEST)
        end = bisect_right(self._firsts, hit.after + 2 * _NEAR)
        return [*self._placed[begin:end], *self._everywhere]


def _denied_places(words: Words, hits: Iterable[Hit], negations: frozenset[str]) -> frozenset[int]:
    """Where a negation stands that denies: "not only", "can not", "not going to lie" do not."""
    harmless = {at for hit in hits if hit.family == "not_a_negation" for at in range(hit.first, hit.after)}
    return frozenset(at for at, word in enumerate(words.words) if word in negations and at not in harmless)


def _what_takes_weight(
    hit: Hit, family: Family, *, words: Words, frames: _Frames, denied: frozenset[int], now: set[int]
) -> Iterable[tuple[str, float]]:
    if any(at in denied for at in _places_of_negation(words, hit)):
        yield "negated", _DENIED
    if not family.quoted and words.quoted[hit.first]:
        yield "quoted", _QUOTED
    seen: set[str] = set()
    for frame, around in frames.around(hit) if family.framed else ():
        if frame.name in seen or not _reaches(frame, around, hit, words):
            continue
        if frame.name in {"past", "closed"} and (family.past or words.sentences[hit.first] in now):
            continue
        if frame.scope == "text" and family.severity == MOST_SEVERE:
            continue
        if frame.label not in {"", family.label}:
            continue
        if frame.name == "idiom" and family.weight == 1:
            continue
        if frame.factor < 1:
            seen.add(frame.name)
            yield frame.name, frame.factor


def _places_of_negation(words: Words, hit: Hit) -> Iterable[int]:
    for at in range(hit.first - 1, max(hit.first - 1 - _BEFORE, -1), -1):
        if words.words[at] == STOP or words.clauses[at] != words.clauses[hit.first]:
            break
        yield at
    if not hit.phrase.denies:
        own = {
            at + place
            for row in hit.phrase.denying
            for at in range(hit.first, hit.after - len(row) + 1)
            if tuple(words.words[at : at + len(row)]) == row
            for place in range(len(row))
        }
        yield from (at for at in range(hit.first, hit.after) if at not in own)


def _reaches(frame: Frame, around: Hit, hit: Hit, words: Words) -> bool:
    if frame.scope == "text":
        return True
    if words.sentences[around.first] != words.sentences[hit.first]:
        return False
    if frame.scope == "span":
        return around.first < hit.after and hit.first < around.after
    apart = max(around.first - hit.after, hit.first - around.after)
    if frame.scope == "near":
        return words.clauses[around.first] == words.clauses[hit.first] and apart <= _NEAR
    return apart <= 2 * _NEAR


def together(cues: Iterable[Cue]) -> float:
    """Several weak findings add up, each thing counted once, and never reach certainty."""
    strongest: dict[str, float] = {}
    for cue in cues:
        strongest[cue.counts_as] = max(strongest.get(cue.counts_as, 0), cue.weight)
    rest = 1.0
    for weight in strongest.values():
        rest *= 1 - min(weight, 0.97)
    return round(1 - rest, 3)
