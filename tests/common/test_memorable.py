"""Codes of words: how strong they are, and how much is forgiven when they are typed again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import memorable
from common.memorable import BITS_PER_WORD, CODE_WORDS, ENTROPY_BITS, CodeUnreadable, new_code, normalise_code

WORDS = [
    line
    for line in Path(memorable.__file__).with_name("memorable_words.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]

_a_word = st.sampled_from(WORDS)
_a_code = st.lists(_a_word, min_size=CODE_WORDS, max_size=CODE_WORDS)


def _one(typed: str) -> str:
    return normalise_code(typed, words=1)


# --- the list --------------------------------------------------------------------------------------------------------


def test_the_list_has_as_many_words_as_its_bits_promise() -> None:
    assert len(WORDS) == 2**BITS_PER_WORD
    assert len(set(WORDS)) == len(WORDS)
    assert ENTROPY_BITS == 66


def test_words_are_plain_sorted_and_short() -> None:
    assert all(re.fullmatch("[a-z]{3,8}", word) for word in WORDS)
    assert sorted(WORDS) == WORDS


def test_four_letters_tell_a_word() -> None:
    assert len({word[:4] for word in WORDS}) == len(WORDS)


def test_no_word_frightens_or_tells_somebody_what_to_do() -> None:
    painful = """
    abandon abuse afraid alone anger army arrest assault attack battle betray blame blood bomb broken brutal
    bullet burden burst chase control crash cruel crush cry damage danger death deny despair destroy divorce enemy
    evil exile expose fatal father fault fear fever fight flee fragile grief guilt gun harm hate horror hospital
    hunt hurt husband injury insane isolate jealous judge kill knife lonely mad marriage mother obey pain panic
    pistol poison police prison punch punish razor regret reject return rifle sad scare secret shame shock shoot
    sick slap slave spy stay strike suffer suspect target threat toxic tragic trap trash trauma trigger ugly upset
    useless vanish vicious victim violence void war warfare weapon whip widow wife witness wound wreck wrong leave
    """

    assert set(WORDS).isdisjoint(painful.split())


# --- making ----------------------------------------------------------------------------------------------------------


def test_a_new_code_is_six_words_of_the_list() -> None:
    words = new_code().split("-")

    assert len(words) == CODE_WORDS
    assert set(words) <= set(WORDS)


def test_a_longer_code_can_be_asked_for() -> None:
    code = new_code(9)

    assert len(code.split("-")) == 9
    assert normalise_code(code, words=9) == code


def test_codes_differ_and_reach_all_over_the_list() -> None:
    codes = {new_code() for _turn in range(1000)}

    assert len(codes) == 1000
    assert len({word for code in codes for word in code.split("-")}) > 1800  # of 2,048 about 1,938 are expected


# --- reading ---------------------------------------------------------------------------------------------------------


@given(_a_code)
def test_a_code_is_read_as_it_was_given(words: list[str]) -> None:
    assert normalise_code("-".join(words)) == "-".join(words)


@pytest.mark.parametrize(
    "written",
    [
        "{} {} {} {} {} {}", "{},{}, {} ,{};{}/{}", "{}\n{}\r\n{}\n\n{}\t{}\u00a0{}", "  {}-{} - {}–{}—{}-{}. ",
        "1. {} 2. {} 3. {} 4. {} 5. {} 6. {}", "1){}\n2){}\n3){}\n4){}\n5){}\n6){}", "“{}” ‘{}’ {} {} {} {}",
        "1{}2{}3{}4{}5{}6{}",
        "{}\u200b-{}-{}-{}-{}-\ufeff{}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("shape", [str.lower, str.upper, str.title])
def test_what_stands_around_the_words_does_not_matter(written: str, shape: object) -> None:
    words = ["amber", "river", "pumpkin", "act", "zoo", "acoustic"]
    assert callable(shape)

    assert normalise_code(shape(written.format(*words))) == "-".join(words)


def test_wide_and_accented_letters_are_read() -> None:
    assert _one("ｒｉｖｅｒ") == "river"
    assert _one("rívèr") == "river"


@given(_a_word, st.integers(4, 8))
def test_four_letters_or_more_are_enough(word: str, letters: int) -> None:
    assert _one(word[:letters]) == word


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("rivver", "river"), ("rivrr", "river"), ("rievr", "river"), ("iriver", "river"), ("colour", "color"),
        ("harbour", "harbor"), ("acustic", "acoustic"), ("pumkpin", "pumpkin"), ("theatre", "theater"),
        ("zebraa", "zebra"),
    ],
)  # fmt: skip
def test_one_slip_is_forgiven(typed: str, word: str) -> None:
    assert _one(typed) == word


@given(_a_word, st.data())
def test_a_slip_never_turns_a_long_word_into_another_by_surprise(word: str, data: st.DataObject) -> None:
    """It is read as the word meant, as a word that is just as near, or not at all."""
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    typed = data.draw(
        st.sampled_from(
            [word[:at] + letter + word[at:], word[:at] + word[at + 1 :], word[:at] + letter + word[at + 1 :]]
        )
    )
    try:
        read = _one(typed)
    except CodeUnreadable:
        return
    assert read == word or read.startswith(typed)


@pytest.mark.parametrize(
    ("typed", "positions"),
    [
        ("amber river xxxxxxx act zoo acoustic", (3,)),
        ("xxxxxxx river pumpkin act zoo yyyyyyy", (1, 6)),
        ("amber river pumpkin a zoo acoustic", (4,)),
        ("amber rivvvver pumpkin act zoo acoustic", (2,)),
    ],
)
def test_an_unknown_word_is_told_by_its_place_and_not_repeated(typed: str, positions: tuple[int, ...]) -> None:
    with pytest.raises(CodeUnreadable) as refused:
        normalise_code(typed)
    assert refused.value.code == "code-unreadable"
    assert refused.value.positions == positions
    said = [str(sentence) for sentence in refused.value.fields["code"]]
    assert [re.findall(r"\d+", sentence) for sentence in said] == [[str(position)] for position in positions]
    everything = " ".join([*said, str(refused.value.text), str(refused.value)])
    assert not any(word in everything for word in typed.split() if len(word) > 3)


def test_a_word_as_near_to_two_is_not_guessed() -> None:
    near = [word for word in WORDS if re.fullmatch(".at", word)]
    assert len(near) > 1

    with pytest.raises(CodeUnreadable):
        _one("qat")


@pytest.mark.parametrize(
    "typed", ["", "   ", "123456", "amber river", "amber " * 7, "amberriverpumpkinactzooacoustic", "?" * 5000]
)
def test_a_wrong_number_of_words_is_told(typed: str) -> None:
    with pytest.raises(CodeUnreadable) as refused:
        normalise_code(typed)
    assert str(CODE_WORDS) in str(refused.value.fields["code"][0])
    assert refused.value.positions == ()


@given(st.text(), st.integers(1, 3))
def test_nothing_typed_makes_it_stumble(typed: str, words: int) -> None:
    try:
        code = normalise_code(typed, words=words)
    except CodeUnreadable:
        return
    assert set(code.split("-")) <= set(WORDS)
    assert normalise_code(code, words=words) == code
