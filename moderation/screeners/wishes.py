"""Does a reply go against what the author of the thread asked for?

Said kindly to whoever is about to send it, before it is sent. The wishes and limits come as plain codes; one that is
not known here is nobody's breach.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from moderation.screeners.lexicon import Lexicon
from moderation.screeners.normalising import Words
from moderation.screeners.weighing import FLAGGED, Cue, weigh

# What each code of a wish or a limit asks not to read. "To be heard" and "to be believed" ask for no advice.
_ASKS_NOT_TO_READ = {
    "no_leave": ("no_leave",),
    "no_religion": ("no_religion",),
    "no_advice": ("no_advice", "no_leave"),
    "heard": ("no_advice", "no_leave"),
    "believed": ("no_advice", "no_leave"),
}


@dataclass(frozen=True, slots=True)
class Breach:
    code: str  # the wish or the limit that asked
    start: int
    end: int


def find_breaches(words: Words, wish: str, limits: Iterable[str], lexicon: Lexicon) -> tuple[Breach, ...]:
    cues = [cue for cue in weigh(words, "wish", lexicon) if cue.weight >= FLAGGED]
    return tuple(
        Breach(code, cue.start, cue.end) for code in dict.fromkeys((*limits, wish)) for cue in _against(code, cues)
    )


def _against(code: str, cues: list[Cue]) -> list[Cue]:
    unwanted = _ASKS_NOT_TO_READ.get(code, ())
    return [cue for cue in cues if cue.family.label in unwanted]
