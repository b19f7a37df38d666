"""Danger: may somebody be at risk? A label, how severe, and the rules that say so; never a verdict about a person."""

from __future__ import annotations

from dataclasses import dataclass, field

from moderation.screeners.lexicon import Lexicon
from moderation.screeners.normalising import Words
from moderation.screeners.weighing import FLAGGED, MOST_SEVERE, Cue, together, weigh

LABELS = ("self_harm", "imminent_danger", "child_risk", "stalking")
NONE = "none"
_SUPPORTING = "supporting"  # families that say when and how, and count only beside another


@dataclass(frozen=True, slots=True)
class Danger:
    label: str
    severity: int
    score: float
    cues: tuple[Cue, ...]
    signs: tuple[str, ...]
    severities: dict[str, int] = field(default_factory=dict)  # of every label that was flagged

    def said_by(self, cue: Cue) -> tuple[str, int]:
        """What this one rule speaks for, and how severe: its own label, or what it only helped to find."""
        label = cue.family.label if cue.family.label in self.severities else self.label
        return label, self.severities.get(label, self.severity)

    @property
    def is_flagged(self) -> bool:
        return self.label != NONE


def read_danger(words: Words, lexicon: Lexicon) -> Danger:
    cues = weigh(words, "danger", lexicon)
    beside = [cue for cue in cues if cue.family.label == _SUPPORTING]
    said = {cue.family.part for cue in beside if _stands(cue)}
    cues = [cue for cue in cues if not cue.family.needs or cue.family.needs in said]
    by_label = {label: [cue for cue in cues if cue.family.label == label] for label in LABELS}
    if "minor" in said:
        by_label["child_risk"] += by_label["imminent_danger"]  # the author is a child
        by_label["imminent_danger"] = []
    scores = {label: together(found) for label, found in by_label.items()}
    severities = {label: _severity(by_label[label], beside) for label in LABELS if scores[label] >= FLAGGED}
    if not severities:
        return Danger(NONE, 0, max(scores.values()), tuple(cues), ())
    label = max(severities, key=lambda one: (severities[one], scores[one], _rank(one)))
    signs = {cue.family.sign for cue in cues if cue.family.sign and _stands(cue)}
    told = [*(cue for flagged in severities for cue in by_label[flagged]), *beside]
    return Danger(
        label,
        severities[label],
        scores[label],
        tuple(sorted(told, key=lambda cue: cue.start)),
        tuple(sorted(signs)),
        severities,
    )


def _rank(label: str) -> int:
    """A child goes before everybody, then whoever is in danger from somebody else."""
    return {"child_risk": 3, "imminent_danger": 2, "self_harm": 1, "stalking": 0}[label]


def _severity(cues: list[Cue], beside: list[Cue]) -> int:
    """The four-part rule (desire, plan, means, time), and "now" beside an attacker."""
    standing = [cue for cue in cues if _stands(cue)]
    severity = max((cue.family.severity for cue in standing), default=1)
    beside = [cue for cue in beside if _stands(cue)]
    parts = {cue.family.part for cue in [*standing, *beside] if cue.family.part}
    if any(cue.family.label == "self_harm" for cue in standing):
        if "desire" in parts and "time" in parts and parts & {"plan", "means"}:
            return MOST_SEVERE
    elif severity == 2 and any(_is_now(cue, beside) for cue in standing if cue.family.severity == 2):
        return MOST_SEVERE
    return severity


def _is_now(cue: Cue, beside: list[Cue]) -> bool:
    times = {"time", "recent"} if cue.family.lasts else {"time"}
    return any(other.family.part in times and other.sentence == cue.sentence for other in beside)


def _stands(cue: Cue) -> bool:
    return cue.weight >= FLAGGED * cue.family.weight
