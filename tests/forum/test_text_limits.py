"""What is refused, in which words, and where exactly the line runs."""

from __future__ import annotations

import pytest

from common.errors import Invalid
from forum.text import (
    MAX_POST_CHARS,
    MAX_TAGS,
    MAX_TITLE_CHARS,
    TextEmpty,
    TextTooLong,
    TextTooTangled,
    clean_source,
    clean_title,
    render_post,
)


def sentences(error: Invalid) -> dict[str, list[str]]:
    return {field: [str(sentence) for sentence in texts] for field, texts in error.fields.items()}


@pytest.mark.parametrize(
    ("error", "code"),
    [(TextEmpty, "text-empty"), (TextTooLong, "text-too-long"), (TextTooTangled, "text-too-tangled")],
)
def test_each_refusal_has_a_code_that_stays(error: type[Invalid], code: str) -> None:
    assert issubclass(error, Invalid)
    assert (error.code, error.status) == (code, 400)


@pytest.mark.parametrize(
    "source", ["", " \n\t ", "\x00\x1b", "\u200b\u200d\ufeff", "\u202e\u2069", "\u2800 \u3164\xa0", "\ufe0f\u0301"]
)
def test_a_text_without_anything_to_see_is_empty(source: str) -> None:
    with pytest.raises(TextEmpty) as refusal:
        clean_source(source)
    assert sentences(refusal.value) == {"text": ["There are no words here yet. Please write something first."]}


@pytest.mark.parametrize("source", [".", "💜", "?", "*", "٣", "ﷺ"])
def test_one_sign_is_enough(source: str) -> None:
    assert clean_source(source) == source


def test_the_longest_text_fits_and_one_more_does_not() -> None:
    longest = "a" * MAX_POST_CHARS
    assert clean_source(longest) == longest
    with pytest.raises(TextTooLong) as refusal:
        clean_source(longest + "a")
    assert sentences(refusal.value)["text"][0].startswith("This is 1 character longer than the 20,000 that fit. ")
    with pytest.raises(TextTooLong) as refusal:
        clean_source("a" * 21_500)
    assert sentences(refusal.value)["text"][0].startswith("This is 1,500 characters longer than the 20,000 that fit. ")


def test_only_what_is_kept_is_counted() -> None:
    longest = "a\n" + "b" * (MAX_POST_CHARS - 2)
    assert clean_source(" \x00\u202e" + longest.replace("\n", "\r\n") + "\n\n ") == longest


def test_a_smaller_limit_and_another_field_can_be_named() -> None:
    assert clean_source("abcde", max_chars=5, field="note") == "abcde"
    for source, error in (("abcdef", TextTooLong), (" ", TextEmpty), ("a\n" * MAX_TAGS, TextTooTangled)):
        with pytest.raises(error) as refusal:
            clean_source(source, max_chars=5 if error is TextTooLong else MAX_POST_CHARS, field="note")
        assert list(refusal.value.fields) == ["note"]


def test_the_longest_title_fits_and_one_more_does_not() -> None:
    longest = "a " * (MAX_TITLE_CHARS // 2 - 1) + "bc"
    assert clean_title(f"  {longest}\n") == longest
    with pytest.raises(TextTooLong) as refusal:
        clean_title(longest + "d")
    assert sentences(refusal.value)["title"][0].startswith("This is 1 character longer than the 120 that fit. ")


def test_as_many_tags_as_may_be_and_one_more() -> None:
    lines = "a\n" * (MAX_TAGS - 2) + "a"  # a paragraph begins and ends, and breaks at each line's end
    assert render_post(clean_source(lines)).count("<") == MAX_TAGS
    with pytest.raises(TextTooTangled) as refusal:
        clean_source(lines + "\na")
    assert sentences(refusal.value)["text"][0].startswith("There are more line breaks and signs like * _ > ` in this")


@pytest.mark.parametrize(
    "source",
    [
        "*a* " * 5_000,
        "a\n" * 10_000,
        "- a\n\n* b\n\n" * 2_000,
        ">>>>>>>>a\n\n" * 1_800,
        "- - - - - - a\n\n" * 1_200,
        "<http://a.bc>" * 1_600,
        "www.a.bc " * 2_200,
        "`a` " * 5_000,
        "a1. ---\n> ---\n" * 1_400,
        "```\na\n```\n" * 2_000,
    ],
)
def test_what_is_more_marks_than_words_is_refused(source: str) -> None:
    with pytest.raises(TextTooTangled):
        clean_source(source[:MAX_POST_CHARS])


@pytest.mark.parametrize(
    "source",
    [
        "I did not know what to do.\n" * 740,
        "No.\n\n" * 1_400,
        "- keys, papers, and the number of my sister\n" * 440,
        "> You said this.\n\nI did *not* say **that**, and you know it.\n\n" * 290,
        "[My ex] told [my mother] that I had left the children. " * 250,
        "See https://good.example/a/page/about/leaving and tell me what you think.\n\n" * 260,
        "No! " * 4_999,
        "A" * 8_000,
        "-" * 20_000,
        "💜" * 20_000,
        "?!" * 10_000,
        "[" * 20_000,
        "![[" * 6_000,
        "&" * 20_000,
    ],
)
def test_long_honest_posts_are_not_refused(source: str) -> None:
    assert clean_source(source[:MAX_POST_CHARS]) == source[:MAX_POST_CHARS].strip()


@pytest.mark.parametrize("filler", ["a\n", "*a*", "a", " "])
def test_no_refusal_repeats_what_was_written(filler: str) -> None:
    secret = "Rumpelstilzchen"
    source = f"{secret} {filler * 20_001}" if filler.strip() else "\u202e"
    for deed in (clean_source, clean_title):
        if filler == " " and deed is clean_title:
            continue
        with pytest.raises(Invalid) as refusal:
            deed(source)
        error = refusal.value
        told = f"{error!r} {error} {error.args} {error.text} {sentences(error)}"
        assert secret not in told
        assert "\u202e" not in told
