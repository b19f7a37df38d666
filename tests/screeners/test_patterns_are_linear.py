"""No text, however made, costs more than its length: counted in steps and read from the patterns, never timed."""

from __future__ import annotations

import re
import re._constants as sre
import re._parser as parser
from collections.abc import Iterator
from typing import Any

import pytest

from moderation.screeners import identifying, normalising, patterns, read_post
from moderation.screeners.lexicon import DATA, Lexicon, load, shipped
from moderation.screeners.normalising import read_words
from moderation.screeners.weighing import weigh

_MOST_REPEATS = 310  # of a greedy repeat: what a match may at most take back


def _patterns() -> dict[str, re.Pattern[str]]:
    return {
        f"{module.__name__}.{name}": value
        for module in (patterns, identifying, normalising)
        for name, value in vars(module).items()
        if isinstance(value, re.Pattern)
    }


def _repeats(parsed: Any, inside: int = 1) -> Iterator[tuple[int, int]]:
    """Every repeat that may give back: how often at most, and how often with the repeats around it."""
    for code, told in parsed:
        if code in {sre.MAX_REPEAT, sre.MIN_REPEAT}:
            _least, most, body = told
            yield int(most), int(most) * inside
            yield from _repeats(body, int(most) * inside)
        elif code is sre.POSSESSIVE_REPEAT:
            yield from _repeats(told[2])
        elif code is sre.SUBPATTERN:
            yield from _repeats(told[3], inside)
        elif code is sre.BRANCH:
            for branch in told[1]:
                yield from _repeats(branch, inside)
        elif code in {sre.ASSERT, sre.ASSERT_NOT}:
            yield from _repeats(told[1])
        elif code is sre.ATOMIC_GROUP:
            yield from _repeats(told)


@pytest.mark.parametrize("name", sorted(_patterns()))
def test_a_pattern_takes_back_a_bounded_number_of_characters(name: str) -> None:
    for most, nested in _repeats(parser.parse(_patterns()[name].pattern, _patterns()[name].flags)):
        assert most <= _MOST_REPEATS, "an unbounded repeat must be possessive"
        assert nested <= 2 * _MOST_REPEATS, "repeats in repeats multiply"


def test_the_check_itself_sees_a_bad_pattern() -> None:
    assert max(nested for _most, nested in _repeats(parser.parse(r"(?:a{1,90}){1,90}b"))) > 2 * _MOST_REPEATS
    assert max(most for most, _nested in _repeats(parser.parse(r"a+b"))) > _MOST_REPEATS


_ADVERSARIAL = [
    "a", "a ", "he ", "kill me ", "i want to ", "not ", "he hit me not ", "- ", "1", "1 ", "1.", "0 ", "@", "a@", "a.",
    "A ", "Anna Anna ", "d i e ", "'", "' a", '"a" ', "* ", "k*", "1 Main ", "my ex is A", "www.", "a:", ":", "é",
    "😂 ",
    "aaaaaaaaaa", "lol ", "years ago ", "you should have ", "if you ", ". ", "one two ", "at dot ", "(at) ", "12-",
    "Flat 1 ",
]  # fmt: skip


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    """One of our own: nobody else makes steps in it."""
    return load(DATA)


@pytest.mark.parametrize("piece", _ADVERSARIAL)
def test_twice_the_text_is_at_most_twice_the_steps(lexicon: Lexicon, piece: str) -> None:
    assert _steps(lexicon, piece, 20_000) <= 2.2 * _steps(lexicon, piece, 10_000) + 1_000


def _steps(lexicon: Lexicon, piece: str, length: int) -> int:
    before = lexicon.steps()
    words = read_words((piece * length)[:length], lexicon)
    for group in ("danger", "reply", "wish"):
        weigh(words, group, lexicon)
    return lexicon.steps() - before


@pytest.mark.parametrize("piece", _ADVERSARIAL)
def test_an_adversarial_text_is_read_to_its_end(piece: str) -> None:
    text = (piece * 20_000)[:20_000]
    reading = read_post(text, language="en")
    assert reading.rule_set == shipped().version
    assert all(text[found.start : found.end] == found.text for found in reading.identifying)
