"""What holds for every text, not just for those somebody thought of; and how the work grows with its length."""

from __future__ import annotations

import gc
import re
import sys
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from common.errors import Invalid
from forum import text
from forum.text import clean_source, clean_title, excerpt, render_post, sanitise
from tests.forum.test_text_is_made_safe import ADDRESSES, HANDLERS, MARKUP, assert_is_safe, words

# A busy machine is no failure.
calmly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

anything = st.text(st.characters(exclude_categories=()), max_size=300)  # lone surrogates too

# fmt: off - alphabets, not lists to read down
MARKS = [
    "*",
    "**",
    "_",
    "__",
    "~~",
    "`",
    "``",
    "```",
    "~~~",
    "# ",
    "## ",
    "> ",
    ">",
    "- ",
    "* ",
    "+ ",
    "1. ",
    "2) ",
    "---",
    "\\",
]
SPACES = [" ", "  ", "    ", "\t", "\n", "\n\n", "  \n", "\xa0", "\u200b", "\u2028", "\u202e"]
LINKS = [
    "[",
    "]",
    "(",
    ")",
    "](",
    "[a](",
    "![",
    "<",
    ">",
    "<http://",
    "https://",
    "www.",
    "a.example",
    '"',
    "'",
    ":",
    "//",
    "@",
    "&#x3a;",
    "(//",
    "\\]",
]
LETTERS = ["a", "word", "é", "ß", "中", "א", "💜", "\u0301", "0", "99"]
TAGS = [
    "<",
    "</",
    ">",
    "/>",
    "<a ",
    "<a href=",
    "</a>",
    "<p>",
    "</p>",
    "<em>",
    "</em>",
    "<pre>",
    "<code>",
    "<li>",
    "<ul>",
    "<ol start=",
    "<svg>",
    "<math>",
    "<mtext>",
    "<style>",
    "</style>",
    "<script>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<table>",
    "<td>",
    "<img ",
    "<br>",
    "<h3>",
    "<h4>",
    "<select>",
    "<template>",
    "<textarea>",
    "<noscript>",
    "<form>",
    "<plaintext>",
    "<blockquote>",
    "=",
    "'",
    '"',
    "&",
    ";",
    "&lt;",
    "&quot;",
    "&#",
    "href",
    "id=",
    "onclick=",
    "rel=",
    "javascript:",
    "https://a.example",
    "\n",
    " ",
    "\x00",
    "\x0c",
    "\u202e",
]
# fmt: on


def strung(*parts: list[str]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(sum(parts, [])), max_size=60).map("".join)


markdown = strung(MARKS, SPACES, LINKS, LETTERS)
html = strung(TAGS, LETTERS, ADDRESSES[:40], HANDLERS[:20], MARKUP[:60])


def cleaned(source: str) -> str:
    try:
        return clean_source(source)
    except Invalid:
        return "nothing to see, or too much"


@calmly
@given(html | anything)
def test_whatever_is_sanitised_is_safe_and_stays_as_it_is(source: str) -> None:
    once = sanitise(source)
    assert_is_safe(once)
    assert sanitise(once) == once


@calmly
@given(markdown | html | anything)
def test_whatever_is_posted_is_safe_and_stays_as_it_is(source: str) -> None:
    rendered = render_post(cleaned(source))
    assert_is_safe(rendered)
    assert sanitise(rendered) == rendered


@calmly
@given(markdown | anything)
def test_cleaning_twice_is_cleaning_once(source: str) -> None:
    once = cleaned(source)
    assert clean_source(once) == once
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", once)


@calmly
@given(anything.map(lambda title: title[:120]))
def test_a_title_cleaned_twice_is_one_line(title: str) -> None:
    once = clean_title(title)
    assert clean_title(once) == once
    assert once.splitlines() in ([once], [])


@calmly
@given(markdown, st.integers(min_value=1, max_value=80))
def test_an_excerpt_is_one_line_and_fits(source: str, max_chars: int) -> None:
    short = excerpt(cleaned(source), max_chars=max_chars)
    assert len(short) <= max_chars
    assert short == " ".join(short.split())


@calmly
@given(st.lists(st.sampled_from(MARKS + SPACES + ["#", "[", "]", "(", "<", "&", "WORD"]), max_size=60))
@example(["```", "WORD", "\n", "WORD"])
@example([*["> "] * 30, "WORD"])
@example([*["- "] * 30, "WORD"])
@example([*["*", "WORD", " "] * 30, *["WORD", "*"] * 30])
def test_no_word_is_lost_or_moved(parts: list[str]) -> None:
    numbers = iter(range(len(parts)))
    source = cleaned("".join(f"w{next(numbers)}w" if part == "WORD" else part for part in parts))
    assert re.findall(r"w[0-9]+w", words(render_post(source))) == re.findall(r"w[0-9]+w", source)


@given(strung(MARKS, LINKS, LETTERS, ["\n", "\n\n", " ", "- a\n\n* b\n\n", ">>a\n\n", "www.a.bc ", "1. 1. ", "1) "]))
@example("* 2) " * 6)
@settings(calmly, max_examples=300)
def test_counting_signs_never_promises_fewer_tags_than_there_are(source: str) -> None:
    """The short cut in `_is_tangled`: were it too low, a tangle would get past it uncounted."""
    source = cleaned(source)
    assert text._markup(source).count("<") <= text._TAGS_PER_SIGN * len(text._SIGNS.findall(source)) + 2


# How much work: lines of Python run, in all libraries. The same on every machine, and in the loops that no call shows.


def lines_run(source: str) -> int:
    count = 0

    def trace(_frame: FrameType, event: str, _arg: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    render_post(source)  # what is only done once, is done now
    before = sys.gettrace()
    gc.disable()  # it would run what other tests left to be tidied up
    sys.settrace(trace)
    try:
        render_post(source)
    finally:
        sys.settrace(before)
        gc.enable()
    return count


# fmt: off - an alphabet, not a list to read down
UNITS = [
    "a",
    "a ",
    "💜",
    "[",
    "[a](",
    "[[a]",
    "](",
    "![[",
    "[a](b\\(",
    "[a](<",
    '[a](b "',
    "*a ",
    "*a* ",
    "**a _b ",
    "_a",
    "*_",
    "a**b",
    "***a*",
    "`a",
    "` ``",
    "<",
    "<a",
    "<http:",
    "<http://a.bc>",
    "<!--",
    "<![CDATA[",
    "&",
    "&a;",
    "&#",
    "\\",
    "~~a",
    "~~a~~ ",
    "a\n",
    "a\n\n",
    "- a\n",
    "- a\n\n* b\n\n",
    "1. a\n",
    "1. a\n1) a\n",
    "- - - - - - a\n\n",
    ">a\n",
    "> a\nb\n",
    "> - a\n",
    "* a\n> b\n",
    ">>>>>>>>a\n\n",
    "a1. ---\n> ---\n",
    "# a\n",
    "#",
    "---\n",
    "```\na\n",
    "```\n",
    "~~~\n",
    "a    \n",
    "https://",
    "www.",
    "www.a.bc ",
    "https://a.bc/(",
    "https://a.bc/)",
    "https://a.",
    "https://a-",
    "https://[",
    "a@b.cc ",
    "\xa0",
    '"',
    "'",
    "| a |\n|---|\n",
    "<em>",
    "</a>",
    "[^1]",
    ": ",
    "=",
]
# fmt: on


@pytest.mark.parametrize("unit", UNITS)
def test_work_grows_no_faster_than_the_text(unit: str) -> None:
    once, twice = (("x" + unit * chars)[:chars] for chars in (400, 800))
    assert lines_run(twice) <= 2.1 * lines_run(once) + 1_000


@pytest.mark.parametrize("ending", ["](https://a.bc)", "](((", "_", "&", "a\n", "` "])
@pytest.mark.parametrize("opening", ["[", "[a](", "> ", "- ", "*a "])
def test_work_grows_no_faster_with_many_openings_before_what_closes_none(opening: str, ending: str) -> None:
    once, twice = ((opening * (chars // 20) + ending * chars)[:chars] for chars in (400, 800))
    assert lines_run(twice) <= 2.1 * lines_run(once) + 1_000
