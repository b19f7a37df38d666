"""What a word is, what may be asked, and how a hit is shown. No database."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import HearthError
from forum.search.words import (
    MAX_CHARS,
    MAX_WORDS,
    NothingToLookFor,
    Part,
    Term,
    TooMuchToLookFor,
    _words_in_place,
    excerpt_around,
    marked,
    terms_of,
    words_of,
)
from forum.text import clean_source, render_post, words_as_read

ALIKE = {
    "accents": ("café Zoë naïve", "CAFE zoe NAIVE"),
    "accents of their own": ("cafe\u0301", "café"),
    "sharp s": ("Straße", "STRASSE"),
    "final sigma": ("ὀδός", "οδοσ"),
    "Turkish I": ("İstanbul", "istanbul"),
    "wide letters": ("Ｈｅｌｌｏ", "hello"),
    "ligatures": ("ﬁne", "fine"),
    "French letters": ("Œuvre sœur", "oeuvre soeur"),
    "Nordic and Polish letters": ("Æther, smørbrød, Łódź", "aether smorbrod lodz"),
    "Hebrew points": ("שָׁלוֹם", "שלום"),
    "Arabic harakat": ("سَلَام", "سلام"),
    "Cyrillic": ("ЁЛКА", "елка"),
    "soft hyphens": ("co\u00adoperate", "cooperate"),
    "numbers": ("no. ²", "no 2"),
}
APART = {
    "Hindi vowels": ("की", "का"),
    "hyphens and apostrophes": ("well-being don't", "wellbeing dont"),
    "spaces that are not plain": ("a\u00a0b", "ab"),
}


@pytest.mark.parametrize("case", ALIKE)
def test_words_that_differ_in_marks_alone_are_one(case: str) -> None:
    one, other = ALIKE[case]
    assert words_of(one) == words_of(other) != []


@pytest.mark.parametrize("case", APART)
def test_words_that_differ_in_more_are_two(case: str) -> None:
    one, other = APART[case]
    assert words_of(one) != words_of(other)


def test_a_script_without_spaces_has_a_word_for_each_sign() -> None:
    assert words_of("我很好。") == ["我", "很", "好"]
    assert words_of("ไม่ใช่") == list(unicodedata.normalize("NFKD", "ไมใช"))
    assert words_of("ab我cd") == ["ab", "我", "cd"]


def test_every_character_folds_to_what_folds_no_further() -> None:
    for code in range(sys.maxunicode + 1):
        once = words_of(chr(code))
        assert [word for folded in once for word in words_of(folded)] == once, hex(code)


# --- Asking -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("No Contact", [("no",), ("contact",)]),
        ('"no contact" please', [("no", "contact"), ("please",)]),
        ("„kein Kontakt“ «plus jamais»", [("kein", "kontakt"), ("plus", "jamais")]),
        ('never "ended', [("never",), ("ended",)]),
        ("don't", [("don", "t")]),
        ("我很好", [("我", "很", "好")]),
        ("same same Same", [("same",)]),
        ("words:x AND NOT (y OR z*) -w ^v +u & | ! <-> \\ ' {} NEAR(a b)", None),
    ],
)
def test_a_query_is_words_and_phrases_and_nothing_else(query: str, terms: list[Term] | None) -> None:
    found = terms_of(query)
    if terms is None:
        assert {word for term in found for word in term} == set(words_of(query))
    else:
        assert list(found) == terms


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("", NothingToLookFor),
        ("  \n", NothingToLookFor),
        ('"" *-*', NothingToLookFor),
        ("\x00", NothingToLookFor),
        ("💔", NothingToLookFor),
        ("\u0301", NothingToLookFor),
        ("a" * (MAX_CHARS + 1), TooMuchToLookFor),
        (" ".join(f"w{number}" for number in range(MAX_WORDS + 1)), TooMuchToLookFor),
        ("好" * (MAX_WORDS + 1), TooMuchToLookFor),
    ],
)
def test_a_query_without_words_or_with_too_many_is_refused_at_its_field(query: str, error: type[HearthError]) -> None:
    with pytest.raises(error) as refused:
        terms_of(query)
    assert refused.value.fields == {"words": [error.message]}  # type: ignore[attr-defined]
    assert query not in str(refused.value) or not query


# --- Showing ----------------------------------------------------------------------------------------------------------


def shown(parts: tuple[Part, ...]) -> str:
    return "".join(f"[{part.text}]" if part.is_hit else part.text for part in parts)


@pytest.mark.parametrize(
    ("text", "query", "wanted"),
    [
        ("I left. LEFT!", "left", "I [left]. [LEFT]!"),
        ("a café\u0301 there", "cafe", "a [café\u0301] there"),
        ("no, no contact", '"no contact"', "no, [no contact]"),
        ("no no no", '"no no"', "[no no no]"),
        ("don’t", "don't", "[don’t]"),
        ("我很好。", "很好", "我[很好]。"),
        ("Straße", "strasse", "[Straße]"),
        ("½ of it", "1", "[½] of it"),
        ("nothing here", "else", "nothing here"),
        ("", "else", ""),
    ],
)
def test_what_was_looked_for_is_marked_as_it_was_written(text: str, query: str, wanted: str) -> None:
    assert shown(marked(text, terms_of(query))) == wanted


def test_an_excerpt_begins_a_little_before_the_longest_term() -> None:
    text = " ".join(f"word{number}" for number in range(500))
    parts = excerpt_around(text, terms_of("word1 word321"), max_chars=60)
    assert shown(parts).startswith("… word3")
    assert "[word321]" in shown(parts)
    assert shown(parts).endswith(" …")
    assert "word1 " not in shown(parts)


def test_an_excerpt_of_a_script_without_spaces_has_something_on_both_sides() -> None:
    parts = excerpt_around("あ" * 300 + "好" + "い" * 300, terms_of("好"), max_chars=60)
    assert shown(parts) == "… " + "あ" * 20 + "[好]" + "い" * 39 + " …"


@given(st.text() | st.text(st.sampled_from("aZ09_ \n\x1c\x85\u200b\u00a0é\u0301ß½İ好-")))
def test_the_words_that_are_shown_are_those_that_are_found(text: str) -> None:
    places = list(_words_in_place(text))
    assert [word for word, _start, _end in places] == words_of(text)
    for word, start, end in places:
        assert word in words_of(text[start:end])


TEXTS = st.text(st.sampled_from("ab é\u0301ß好 \n.-\"'İ"), max_size=60)


@given(TEXTS, TEXTS.filter(lambda text: bool(words_of(text))).map(lambda text: text[:20]), st.integers(10, 40))
def test_parts_are_the_text_and_hits_are_terms(text: str, query: str, max_chars: int) -> None:
    if not words_of(query):
        return
    terms = terms_of(query.replace('"', " "))
    assert "".join(part.text for part in marked(text, terms)) == text
    words = {word for term in terms for word in term}
    for part in excerpt_around(text, terms, max_chars=max_chars):
        if part.is_hit:
            assert set(words_of(part.text)) <= words
    longest = max(len(term) for term in terms)
    if longest == 1 and words & set(words_of(text)):
        assert any(part.is_hit for part in excerpt_around(text, terms, max_chars=max_chars))


# --- What is read of a post -------------------------------------------------------------------------------------------


def read(source: str) -> str:
    return words_as_read(render_post(clean_source(source)))


def test_of_a_post_the_words_are_read_and_not_the_marks() -> None:
    assert words_of(read("Un~~bear~~able *<b>*\n\n> he said & left\n- one\n- two")) == words_of(
        "unbearable b he said left one two"
    )


def test_where_a_link_leads_is_found_only_as_far_as_it_is_shown() -> None:
    assert words_of(read("[a page](https://elsewhere.example/secret/path)")) == words_of("a page elsewhere example")


@given(st.text(st.sampled_from("<>&\"'abc /=;#12"), max_size=40))
def test_whatever_is_written_its_words_are_read_again(words: str) -> None:
    source = f"x {words} y"
    assert "<p>" not in read(source)
    assert read(source).split()[0] == "x"
