"""Offered names, and what a chosen name may not give away."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from accounts import pseudonyms
from accounts.full_names import looks_like_full_name
from accounts.pseudonyms import (
    NameRevealing,
    NameUnsuitable,
    clean_pseudonym,
    name_key,
    normalise_name,
    refuse_revealing_name,
    suggest_pseudonym,
    suggest_pseudonyms,
)

WORD_LISTS = Path(pseudonyms.__file__).parent / "wordlists"
LANGUAGES = sorted(folder.name for folder in WORD_LISTS.iterdir() if folder.is_dir())


def _word_list(language: str, name: str) -> list[str]:
    lines = (WORD_LISTS / language / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


ADJECTIVES = _word_list("en", "first.txt")
NOUNS = _word_list("en", "last.txt")


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


@pytest.mark.parametrize("name", ["first.txt", "last.txt"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lists_are_long_sorted_and_plain(language: str, name: str) -> None:
    words = _word_list(language, name)

    assert 250 <= len(words) <= 300
    assert words == sorted(set(words))
    assert all(3 <= len(word) <= 13 and word.isalpha() and word == word.lower() for word in words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lists_share_no_word(language: str) -> None:
    assert set(_word_list(language, "first.txt")).isdisjoint(_word_list(language, "last.txt"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_makes_a_name_that_is_let_through(language: str) -> None:
    first, last = (_word_list(language, name) for name in ("first.txt", "last.txt"))
    for name in [f"{word.title()} {last[0].title()}" for word in first] + [
        f"{first[0].title()} {w.title()}" for w in last
    ]:
        assert clean_pseudonym(name) == name
    longest = [*sorted(first, key=len)[-2:], max(last, key=len)]
    assert len(" ".join(longest)) <= pseudonyms.MAX_LENGTH


def test_no_two_offered_words_together_look_like_a_full_name() -> None:
    offered = pseudonyms.offered_words()
    assert [(a, b) for a in ADJECTIVES for b in NOUNS if looks_like_full_name(f"{a} {b}", offered=offered)] == []


@pytest.fixture
def harbours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Word lists of a language of ours, beside the English."""
    (tmp_path / "en").symlink_to(WORD_LISTS / "en")
    (tmp_path / "pt").mkdir()
    (tmp_path / "pt" / "first.txt").write_text("# calm words\nporto\nmar\n", encoding="utf-8")
    (tmp_path / "pt" / "last.txt").write_text("tranquilo\n", encoding="utf-8")
    monkeypatch.setattr(pseudonyms, "_WORD_LISTS", tmp_path)


@pytest.mark.usefixtures("harbours")
@pytest.mark.parametrize("language", ["pt", "pt-br", "PT-BR"])
def test_names_are_offered_in_the_language_somebody_reads(language: str) -> None:
    assert suggest_pseudonym(language=language) in {"Porto Tranquilo", "Mar Tranquilo"}


@pytest.mark.usefixtures("harbours")
@pytest.mark.parametrize("language", ["en", "en-gb", "xx", None])
def test_without_lists_of_a_language_the_names_are_english(language: str | None) -> None:
    with translation.override("pt"):  # a name that is given unasked does not tell what its bearer reads
        first, last = suggest_pseudonym(language=language).lower().split()
    assert (first in ADJECTIVES, last in NOUNS) == (True, True)


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


@pytest.mark.parametrize(
    "other",
    ["Hollow-Ridge", "HollowRidge", "Hollow Rídge", "HoIlow Ridge", "Hollow R1dge", "hollow  ridge", "H0llow Ridge"],
)
def test_no_two_names_look_alike(other: str) -> None:
    assert name_key(other) == name_key("Hollow Ridge")


@pytest.mark.parametrize("other", ["Hollow Bridge", "Hollow Ridges", "Hallow Ridge", "शांत नदी"])
def test_other_names_are_others(other: str) -> None:
    assert name_key(other) != name_key("Hollow Ridge")


@given(st.text())
def test_a_key_once_found_does_not_change(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


@pytest.mark.parametrize("name", ["Slut", "quiet whore", "Big-Nigger", "S l u t", "Nigg3r", "putain douce"])
def test_a_name_that_hurts_is_refused(name: str) -> None:
    with pytest.raises(NameUnsuitable):
        clean_pseudonym(name)


@pytest.mark.parametrize("name", ["Scunthorpe Walk", "Drapery", "Grape Vine", "Shoemaker", "Pussywillow", "Spicy Reed"])
def test_a_name_that_only_holds_such_letters_is_not(name: str) -> None:
    assert clean_pseudonym(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "nineteen eighty seven",
        "Rose one nine eight seven",
        "Siobhan Murphy",
        "Kasia Nowak",
        "Aoife Byrne",
        "two thousand one",
    ],
)
def test_years_in_words_and_more_full_names_are_refused(name: str) -> None:
    with pytest.raises(NameRevealing):
        clean_pseudonym(name)


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


FULL_NAMES = [
    "Anna Smith", "maria garcia", "Smith Anna", "AnnaSmith", "annasmith", "ANNA SMITH", "Anna-Maria Kowalczyk",
    "A Smith", "anna s", "Anna Unheardof", "Rose Smith", "Anna Brown", "anna smith 7", "María García López",
    "Jürgen Großmann", "priya patel", "Olga Petrenko", "Anna Maria Smith", "Mohammed Khan",
    "an\u200bna smith", "Anna Żółkiewska",
]  # fmt: skip


@pytest.mark.parametrize("name", FULL_NAMES)
def test_what_looks_like_a_full_name_is_refused(name: str) -> None:
    with pytest.raises(NameRevealing) as refused:
        clean_pseudonym(name)
    said = str(refused.value.fields["username"][0])
    assert "Please" in said
    assert "smith" not in said.lower()


@pytest.mark.parametrize(
    "name",
    [
        "Anna", "Rose Hill", "Hope Floats", "Robin Hood", "Green River", "Young at Heart", "Joy Division", "Tall Pine",
        "Grace Alone", "Anna River",
    ],
)  # fmt: skip
def test_what_may_be_two_words_is_let_through(name: str) -> None:
    assert clean_pseudonym(name) == name


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
