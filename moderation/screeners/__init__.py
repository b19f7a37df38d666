"""Three careful readers of every post: danger, identifying details, reply care.

They read locally, in milliseconds, and explain themselves rule by rule. They never publish, hide or delete, and their
scores are never shown to members. No database, no network, nothing kept: a text goes in, a `Reading` comes out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from moderation.screeners.danger import Danger, read_danger
from moderation.screeners.identifying import Finding, find_identifying
from moderation.screeners.lexicon import LANGUAGES, Lexicon, shipped
from moderation.screeners.normalising import read_words
from moderation.screeners.reply_care import ReplyCare, read_reply_care
from moderation.screeners.wishes import Breach, find_breaches

__all__ = [
    "Breach",
    "Danger",
    "Finding",
    "Reading",
    "ReplyCare",
    "breaks_wish",
    "find_identifying",
    "read_post",
    "read_reply",
]

_TOO_FEW_WORDS = 12  # to tell their language from: "Déjalo." is read in all, whatever the page was in


@dataclass(frozen=True, slots=True)
class Reading:
    """Offsets are of `text`: what was given, with its title and a line break before it where there was one."""

    text: str
    danger: Danger
    identifying: tuple[Finding, ...]
    reply: ReplyCare
    rule_set: str


def read_post(text: str, title: str = "", language: str | None = None, *, rules: Lexicon | None = None) -> Reading:
    """Read a story. `language` is what the page was in: a hint, people write in others too. `rules`: to try others."""
    return _read(f"{title}\n{text}" if title else text, language, rules or shipped())


def read_reply(text: str, language: str | None = None, *, rules: Lexicon | None = None) -> Reading:
    """Read an answer. Whoever answers may be in danger too, so the three look here as well."""
    return _read(text, language, rules or shipped())


def breaks_wish(text: str, wish: str, limits: Iterable[str] = (), language: str | None = None) -> tuple[Breach, ...]:
    """What in this reply goes against the wish and the limits of its thread (`wishes.py` knows the codes)."""
    lexicon = shipped()
    languages = LANGUAGES if len(text.split(maxsplit=_TOO_FEW_WORDS)) <= _TOO_FEW_WORDS else None
    return find_breaches(read_words(text, lexicon, language, languages=languages), wish, limits, lexicon)


def _read(text: str, language: str | None, lexicon: Lexicon) -> Reading:
    words = read_words(text, lexicon, language)
    return Reading(
        text=text,
        danger=read_danger(words, lexicon),
        identifying=tuple(find_identifying(text)),
        reply=read_reply_care(words, lexicon),
        rule_set=lexicon.version,
    )
