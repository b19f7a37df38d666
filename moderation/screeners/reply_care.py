"""Reply care: does this answer need somebody's look before it hurts? It never decides, it asks for eyes."""

from __future__ import annotations

from dataclasses import dataclass

from moderation.screeners.lexicon import Lexicon
from moderation.screeners.normalising import Words
from moderation.screeners.weighing import FLAGGED, Cue, together, weigh

SUPPORTIVE = "supportive"
LABELS = ("contact_solicitation", "hostile", "victim_blaming", "spam", "offtopic")  # the first wins a tie


@dataclass(frozen=True, slots=True)
class ReplyCare:
    label: str
    score: float
    cues: tuple[Cue, ...]

    @property
    def is_flagged(self) -> bool:
        return self.label != SUPPORTIVE


def read_reply_care(words: Words, lexicon: Lexicon) -> ReplyCare:
    cues = weigh(words, "reply", lexicon)
    scores = {label: together(cue for cue in cues if cue.family.label == label) for label in LABELS}
    label = max(LABELS, key=lambda one: scores[one])
    if scores[label] < FLAGGED:
        return ReplyCare(SUPPORTIVE, scores[label], tuple(cues))
    return ReplyCare(label, scores[label], tuple(cue for cue in cues if cue.family.label == label))
