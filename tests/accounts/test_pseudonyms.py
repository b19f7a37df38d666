"""Offered names, and what a chosen name may not give away."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import pseudonyms
from accounts.pseudonyms import (
    NameRevealing,
    NameUnsuitable,
    clean_pseudonym,
    normalise_name,
    refuse_revealing_name,
    suggest_pseudonym,
    suggest_pseudonyms,
)


def _word_list(name: str) -> list[str]:
    lines = (Path(pseudonyms.__file__).parent / "wordlists" / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


ADJECTIVES = _word_list("adjectives.txt")
NOUNS = _word_list("nouns.txt")


# --- offering --------------------------------------------------------------------------------------------------------


def test_an_offered_name_is_two_words_of_the_lists() -> None:
    first, second = suggest_pseudonym().split()

    assert first.lower() in ADJECTIVES
    assert second.lower() in NOUNS


def test_names_are_offered_until_one_is_free() -> None:
    asked: list[str] = []

    def is_taken(name: str) -> bool:
        asked.append(name)
        return len(asked) < 5

    assert suggest_pseudonym(is_taken) == asked[-1]
    assert len(asked) == 5


def test_a_third_word_is_added_when_two_are_not_enough() -> None:
    name = suggest_pseudonym(lambda name: name.count(" ") == 1)

    first, second, third = name.split()
    assert first != second
    assert {first.lower(), second.lower()} <= set(ADJECTIVES)
    assert third.lower() in NOUNS
    assert clean_pseudonym(name) == name


def test_the_search_ends_when_everything_is_taken() -> None:
    asked: list[str] = []

    def is_taken(name: str) -> bool:
        asked.append(name)
        return True

    with pytest.raises(LookupError):
        suggest_pseudonym(is_taken)
    assert len(asked) == 60


def test_several_names_are_all_different_and_free() -> None:
    names = suggest_pseudonyms(200, lambda name: name.startswith("Q"))

    assert len(set(names)) == 200
    assert not any(name.startswith("Q") for name in names)
    assert suggest_pseudonyms(0) == []


@pytest.mark.parametrize("words", [pytest.param(ADJECTIVES, id="adjectives"), pytest.param(NOUNS, id="nouns")])
def test_the_lists_are_long_sorted_and_plain(words: list[str]) -> None:
    assert 250 <= len(words) <= 300
    assert words == sorted(set(words))
    assert all(re.fullmatch("[a-z]{3,13}", word) for word in words)


def test_the_lists_share_no_word() -> None:
    assert set(ADJECTIVES).isdisjoint(NOUNS)


def test_every_word_makes_a_name_that_is_let_through() -> None:
    for name in [f"{word.title()} Harbour" for word in ADJECTIVES] + [f"Quiet {word.title()}" for word in NOUNS]:
        assert clean_pseudonym(name) == name
    longest = [*sorted(ADJECTIVES, key=len)[-2:], max(NOUNS, key=len)]
    assert len(" ".join(longest)) <= pseudonyms.MAX_LENGTH


def test_no_word_is_a_given_name_or_hurts() -> None:
    given = (
        "amber autumn brook coral dawn daisy echo fern forest hazel heather holly iris ivy jasmine juniper lily maple"
    )
    given += " olive pearl poppy robin rose rowan ruby sage sandy skye summer sunny violet willow winter wren"
    hurting = (
        "blade broken cliff cold cruel dark dead fat fell gun hunter knife lost mad narcissus daffodil pale poor prey"
    )
    hurting += " sad shadow sick slim storm thin timid trap ugly victim weak wound"

    assert set(ADJECTIVES + NOUNS).isdisjoint(f"{given} {hurting}".split())


# --- one spelling ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["Quiet Harbour", "quiet harbour", " QUIET \u00a0 Harbour\n", "Ｑｕｉｅｔ Ｈａｒｂｏｕｒ", "quiet\u2003harbour"],
)
def test_a_name_is_found_however_it_is_typed(typed: str) -> None:
    assert normalise_name(typed) == "quiet harbour"


@given(st.text())
def test_a_spelling_once_found_does_not_change(name: str) -> None:
    assert normalise_name(normalise_name(name)) == normalise_name(name)


@given(st.text())
def test_a_name_is_let_through_or_refused_and_nothing_else(name: str) -> None:
    try:
        clean = clean_pseudonym(name)
    except (NameRevealing, NameUnsuitable):
        return
    assert clean_pseudonym(clean) == clean
    assert normalise_name(clean) == normalise_name(name)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  Quiet   Harbour ", "Quiet Harbour"), ("quiet-harbour", "quiet-harbour"), ("Ｍｏｓｓ", "Moss"),
        ("Moss 7", "Moss 7"),
        ("Moss 700", "Moss 700"), ("Moss 1066", "Moss 1066"), ("Moss 9999", "Moss 9999"),
        ("Élan Tranquille", "Élan Tranquille"),
        ("Тихая Гавань", "Тихая Гавань"), ("静かな港ノート", "静かな港ノート"), ("शांत नदी", "शांत नदी"),
        ("ميناء هادئ", "ميناء هادئ"),
        ("Two Rivers", "Two Rivers"), ("Badminton", "Badminton"), ("Model Boat", "Model Boat"),
        ("Dotted Reed", "Dotted Reed"),
        ("Sunny at Heart", "Sunny at Heart"),
    ],
)  # fmt: skip
def test_an_ordinary_name_is_let_through(typed: str, shown: str) -> None:
    assert clean_pseudonym(typed) == shown


# --- what gives somebody away ----------------------------------------------------------------------------------------

REVEALING = [
    "moss@post.example", "moss＠post", "moss at post dot com", "moss(at)post", "moss [dot] net", "post.example",
    "dot com", "Dot-Com",
    "www moss", "https moss", "a://b", "gmailmoss", "Moss Hotmail", "@moss", "insta moss", "MossInstagram",
    "whatsapp me",
    "moss 555 1234", "07700900123", "0-7-7-0-0", "+44 (7700) 9", "Moss 1 2 3 4 5", "five five five one two",
    "555 one two moss", "٠٧٧٠٠",
    "moss1985", "1985", "Moss 1920", "19 85 moss", "1 9 8 5", "Moss 85", "moss85", "’85 moss", "85 moss",
    "Moss 34", "born 2001",
    "١٩٨٥", "mo\u200bss 19\u200b85", "Moss 8-5",
]  # fmt: skip


@pytest.mark.parametrize("name", REVEALING)
def test_a_name_that_helps_to_find_somebody_is_refused(name: str) -> None:
    with pytest.raises(NameRevealing) as refused:
        refuse_revealing_name(name)
    assert refused.value.code == "name-revealing"
    assert list(refused.value.fields) == ["username"]

    with pytest.raises(NameRevealing):
        clean_pseudonym(name)


@pytest.mark.parametrize("name", ["moss@post.example", "07700900123", "moss1985"])
def test_a_refusal_is_kind_and_repeats_nothing(name: str) -> None:
    with pytest.raises(NameRevealing) as refused:
        refuse_revealing_name(name)
    said = f"{refused.value.text} {refused.value.fields['username'][0]} {refused.value}"
    assert "Please" in said
    assert "moss" not in said.lower()
    assert not re.search(r"\d", said)


@pytest.mark.parametrize("year", [1919, 2999])
def test_a_year_in_which_nobody_here_was_born_is_a_number(year: int) -> None:
    assert clean_pseudonym(f"Moss {year}") == f"Moss {year}"


# --- who a name could pass for ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "", "  ", "Mo", "M" * 41, "---", "-Moss", "Moss-", "Moss--Reed", "Moss - Reed", "7 Moss", "777", "Moss!",
        "Moss_Reed", "Moss\x00",
        "Mo\u200bss", "Mo\u202ess", "Mo\u00adss", "Moss\ufe0f", "Moss\u3164", "Mo\u034fss", "\u0301Moss",
        "M\u0329\u0353\u0332oss", "Moss \U0001f33f", "Mоss",
        "Μoss", "Moss Гавань", "Moss 港", "Moss ٧", "Ma\u02bbo", "\ud800\ud800\ud800", "<b>Moss", "M0ss/Reed",
        "Moss\u2019s",
    ],
)  # fmt: skip
def test_a_name_that_could_deceive_the_eye_is_refused(name: str) -> None:
    with pytest.raises(NameUnsuitable) as refused:
        clean_pseudonym(name)
    assert refused.value.code == "name-unsuitable"
    assert list(refused.value.fields) == ["username"]
    assert str(refused.value.fields["username"][0])


@pytest.mark.parametrize(
    "name",
    [
        "Moderator", "moderator", "ＭＯＤＥＲＡＴＯＲ", "Mod", "The Moderator", "TheModerator", "M0derator",
        "Adm1n", "Ad min", "A-D-M-I-N",
        "Admin7", "Hearth", "Hearth Team", "HearthTeam", "Kind Staff", "System", "Support", "Crisis Helpline",
        "Police", "Therapist",
        "Anonymous", "Deleted", "Guest",
    ],
)  # fmt: skip
def test_a_name_that_speaks_for_this_place_is_refused(name: str) -> None:
    with pytest.raises(NameUnsuitable):
        clean_pseudonym(name)
