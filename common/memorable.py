"""Codes made of words, for people to remember or to copy by hand: "amber-river-…".

A code is the only key to what a guest wrote, so its words are drawn from the system's randomness and forgiven when
they are typed again: by their first four letters, or with one slip. Forgiving costs no strength, since each typed word
still stands for one word of the list. `memorable_words.txt` says where the words come from.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.errors import Invalid

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

BITS_PER_WORD = 11  # 2,048 words
CODE_WORDS = 6
ENTROPY_BITS = BITS_PER_WORD * CODE_WORDS  # 66: no guessing through a rate limit, and years against a slow hash

_DISTINCT_LETTERS = 4  # no two words share their first four


class CodeUnreadable(Invalid):
    """`positions` counts from one; the words themselves are not repeated, as a log or a screen may keep them."""

    code = "code-unreadable"
    message = _("We could not read this code. Please compare it with what you wrote down and try again.")

    def __init__(self, field: str, *reasons: _StrOrPromise, positions: tuple[int, ...] = ()) -> None:
        super().__init__(fields={field: reasons})
        self.positions = positions


def new_code(words: int = CODE_WORDS) -> str:
    """`words` words with hyphens between, `BITS_PER_WORD` bits of chance in each."""
    return "-".join(secrets.choice(_words()) for _turn in range(words))


def normalise_code(typed: str, words: int = CODE_WORDS, *, field: str = "code") -> str:
    """What was typed, as `new_code` gave it. Says nothing about whether such a code exists. Errors name `field`.

    Case, accents, numbering and whatever stands between the words do not matter.
    """
    tokens = _tokens(typed)
    if len(tokens) != words:
        raise CodeUnreadable(
            field, format_lazy(_("A code has {words} words. We found {found}."), words=words, found=len(tokens))
        )
    meant = [_meant(token) for token in tokens]
    unknown = tuple(position for position, word in enumerate(meant, start=1) if word is None)
    if unknown:
        raise CodeUnreadable(
            field,
            *(format_lazy(_("Word {position} is not one of ours."), position=position) for position in unknown),
            positions=unknown,
        )
    return "-".join(word for word in meant if word is not None)


def _tokens(typed: str) -> list[str]:
    shown = (
        char
        for char in unicodedata.normalize("NFKD", typed.casefold())
        if unicodedata.category(char) not in {"Mn", "Cf"}
    )
    return re.findall("[a-z]+", "".join(shown))


@cache
def _words() -> tuple[str, ...]:
    lines = (Path(__file__).parent / "memorable_words.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


@cache
def _by_first_letters() -> dict[str, str]:
    return {word[:_DISTINCT_LETTERS]: word for word in _words()}


def _meant(token: str) -> str | None:
    """The word itself, the one word that begins so, or the one word that is a single slip away; in this order."""
    beginning = _by_first_letters().get(token[:_DISTINCT_LETTERS])
    if beginning is not None and beginning.startswith(token):
        return beginning
    near = [word for word in _words() if _is_one_slip_away(token, word)]
    return near[0] if len(near) == 1 else None


def _is_one_slip_away(typed: str, word: str) -> bool:
    """One letter too many, missing or wrong, or two neighbours swapped."""
    if abs(len(typed) - len(word)) > 1:
        return False
    shorter = min(len(typed), len(word))
    start = 0
    while start < shorter and typed[start] == word[start]:
        start += 1
    end = 0
    while end < shorter - start and typed[-1 - end] == word[-1 - end]:
        end += 1
    one, other = typed[start : len(typed) - end], word[start : len(word) - end]
    return (len(one) <= 1 and len(other) <= 1) or (len(one) == 2 and one == other[::-1])
