"""What changed between two versions, in words: all of both, and never for long."""

from __future__ import annotations

import random
import re
from difflib import SequenceMatcher
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum import comparing
from forum.comparing import MOST_EDITS, Change, Kind, changes_between

SAME, REMOVED, ADDED = Kind
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")

words = st.lists(st.sampled_from(["he", "came", "home", "she", "said", "nothing", ",", "\n\n", "é", "家"]), max_size=40)
texts = st.one_of(st.text(max_size=120), words.map(" ".join))


def before_of(changes: tuple[Change, ...]) -> str:
    return "".join(change.text for change in changes if change.kind is not ADDED)


def after_of(changes: tuple[Change, ...]) -> str:
    return "".join(change.text for change in changes if change.kind is not REMOVED)


@given(before=texts, after=texts)
def test_both_versions_can_be_read_from_it(before: str, after: str) -> None:
    changes = changes_between(before, after)
    assert (before_of(changes), after_of(changes)) == (before, after)


@given(before=texts, after=texts)
def test_nothing_is_empty_and_what_stayed_is_said_once(before: str, after: str) -> None:
    changes = changes_between(before, after)
    assert all(change.text for change in changes)
    kinds = [change.kind for change in changes]
    assert all(one is not other for one, other in pairwise(kinds))


@given(old=words, new=words)
def test_no_less_stays_than_another_way_finds(old: list[str], new: list[str]) -> None:
    """Held against difflib: of words that stay, this finds as many or more. Blanks may be given up for a phrase."""
    changes = changes_between("|".join(old), "|".join(new))
    stayed = sum(len(_WORDS.findall(change.text)) for change in changes if change.kind is SAME)
    one, other = _WORDS.findall("|".join(old)), _WORDS.findall("|".join(new))
    found = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    assert stayed >= sum(block.size for block in found) - sum(map(str.isspace, one))


def test_a_word_is_taken_out_and_another_put_in() -> None:
    assert changes_between("I went to the blue house.", "I went to a red house, alone.") == (
        (SAME, "I went to "),
        (REMOVED, "the blue"),
        (ADDED, "a red"),
        (SAME, " house"),
        (ADDED, ", alone"),
        (SAME, "."),
    )


def test_what_was_written_anew_is_shown_whole_between_what_stayed() -> None:
    old = " ".join(f"old{number}" for number in range(MOST_EDITS))
    new = " ".join(f"new{number}" for number in range(MOST_EDITS))
    changes = changes_between(f"It began so. {old} The end.", f"It began so. {new} The end.")
    assert changes == ((SAME, "It began so. "), (REMOVED, old), (ADDED, new), (SAME, " The end."))


def test_a_change_in_the_middle_of_the_longest_text_is_found() -> None:
    old = "word " * 4_000
    new = old[:10_000] + "other " + old[10_000:]
    assert [kind for kind, _text in changes_between(old, new)] == [SAME, ADDED, SAME]


def test_its_cost_is_bounded_whatever_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted in comparisons, not in seconds: two texts of two signs in any order make difflib compare 100 million."""
    compared = 0

    class Counted(str):
        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            nonlocal compared
            compared += 1
            return str.__eq__(self, other)

    class Words:
        def findall(self, text: str) -> list[str]:
            return [Counted(sign) for sign in text]

    chance = random.Random(7)  # noqa: S311 - the same texts every time
    monkeypatch.setattr(comparing, "_WORDS", Words())
    old, new = ("".join(chance.choice("!?") for _ in range(20_000)) for _ in range(2))
    changes = changes_between(old, new)
    assert (before_of(changes), after_of(changes)) == (old, new)
    assert compared < 2 * MOST_EDITS**2
