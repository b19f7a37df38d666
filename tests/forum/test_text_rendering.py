"""What people write, and what becomes of it on the page."""

from __future__ import annotations

import pytest

from forum import text
from forum.text import LINK_REL, clean_source, clean_title, excerpt, render_post
from tests.forum.test_text_is_made_safe import words


def as_post(source: str) -> str:
    return render_post(clean_source(source))


def link(address: str, shown: str = "") -> str:
    return f'<a href="{address}" rel="{LINK_REL}">{shown or address}</a>'


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("Hello.", "<p>Hello.</p>"),
        ("One.\n\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("One line,\nanother line", "<p>One line,<br>\nanother line</p>"),
        ("One.\n\n\n\n\n\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("*so* **very** ~~happy~~", "<p><em>so</em> <strong>very</strong> <s>happy</s></p>"),
        ("_sad_ __tired__", "<p><em>sad</em> <strong>tired</strong></p>"),
        ("- keys\n- papers", "<ul>\n<li>keys</li>\n<li>papers</li>\n</ul>"),
        ("- a\n  - b", "<ul>\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n</ul>"),
        ("1. call\n2. leave", "<ol>\n<li>call</li>\n<li>leave</li>\n</ol>"),
        ("---", "<hr>"),
        ("`code` here", "<p><code>code</code> here</p>"),
        ("```\na < b\n  c\n```", "<pre><code>a &lt; b\n  c\n</code></pre>"),
        ("> words", "<blockquote>\n<p>words</p>\n</blockquote>"),
        ("“Curly” ‘quotes’ – and … dashes — too", "<p>“Curly” ‘quotes’ – and … dashes — too</p>"),
        ("\"Straight\" 'ones'", "<p>\"Straight\" 'ones'</p>"),
        ("Thank you 💜 👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️", "<p>Thank you 💜 👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️</p>"),
        ("a\xa0b", "<p>a&nbsp;b</p>"),
        ("5 < 6 & 7 > 6 <3 </3", "<p>5 &lt; 6 &amp; 7 &gt; 6 &lt;3 &lt;/3</p>"),
        ("<b>not bold</b>", "<p>&lt;b&gt;not bold&lt;/b&gt;</p>"),
        ("&amp; &lt; &nbsp;", "<p>&amp;amp; &amp;lt; &amp;nbsp;</p>"),
    ],
)
def test_plain_writing_looks_as_it_was_meant(source: str, html: str) -> None:
    assert as_post(source) == html


@pytest.mark.parametrize(
    "source",
    [
        "f**k him, f**k this, and that b*tch too, what a sh*t day",
        "2*3*4 is 24",
        "snake_case_name and another_name_here",
        "M*** told me",
        "~ 5 years ~ ago",
        "#metoo #1 reason",
        "+49 is a prefix, -5 is cold, 1.5 is more",
        "~~~~~",
        "he said:\n~~~~~\nnothing",
        "words\n=====",
        "^^ ^_^ |-| {} $5 % @someone",
        "[name] left [him]",
        "[x] done [ ] not done",
        "he.said this.and that.com",
        "| not | a | table |\n|---|---|---|",
        "Term\n: no definition",
        "a[^1]",
        "==no mark== ++no ins++ H~2~O",
    ],
)
def test_signs_that_are_no_marks_stay_as_typed(source: str) -> None:
    assert as_post(source) == "<p>" + source.replace("\n", "<br>\n") + "</p>"


def test_stars_in_words_of_scripts_without_spaces_are_marks() -> None:
    assert as_post("这是**重点**吧") == "<p>这是<strong>重点</strong>吧</p>"


def test_headings_stand_below_those_of_the_page() -> None:
    html = as_post("# One\n## Two\n### Three\n###### Six")
    assert html == "<h3>One</h3>\n<h3>Two</h3>\n<h4>Three</h4>\n<h4>Six</h4>"


def test_a_line_under_a_text_does_not_make_it_a_heading() -> None:
    assert as_post("That was 2019.\n---\nThis is now.") == "<p>That was 2019.</p>\n<hr>\n<p>This is now.</p>"


def test_an_indented_paragraph_is_a_paragraph() -> None:
    assert as_post("One.\n\n        Two.\n\n\tThree.") == "<p>One.</p>\n<p>Two.</p>\n<p>Three.</p>"


def test_a_line_that_begins_with_a_year_keeps_it() -> None:
    assert as_post("1998. We met.") == '<ol start="1998">\n<li>We met.</li>\n</ol>'


def test_an_answer_right_below_a_quote_is_not_quoted() -> None:
    html = as_post("> You made me do it.\n> It is your fault.\nIt was never my fault.\n> No!\nYes.")
    assert html == (
        "<blockquote>\n<p>You made me do it.<br>\nIt is your fault.</p>\n</blockquote>\n"
        "<p>It was never my fault.</p>\n<blockquote>\n<p>No!</p>\n</blockquote>\n<p>Yes.</p>"
    )


def test_quotes_in_quotes_and_in_lists_end_where_they_should() -> None:
    assert as_post("> a\n>> b\n> c\n\n- d\n  > e\n  f").count("<blockquote>") == 3
    assert words(as_post("- d\n  > e\n  f\n> g")) == "d e f g"


def test_one_pass_of_the_sanitisers_is_enough() -> None:
    """It is most of what a post costs; a second one comes only where the first changed something."""
    source = (
        "\"Straight\" & 'curly’ <3 a\xa0b 💜\n\n> 1. [x](https://good.example/?a=1&b='2')\n\n"
        '```\n"&"\n```\n\n1998. www.a.example'
    )
    once = text._markup(clean_source(source))
    assert text._sanitised_once(once) == once


def test_nothing_is_lost_beyond_the_deepest_level() -> None:
    nested = "*a _b " * 40 + "words" + " b_ a*" * 40
    for source in (">" * 40 + " words", "- " * 40 + "words", "1. " * 40 + "words", nested):
        html = as_post(source)
        assert "words" in words(html)
        assert max(html.count("<blockquote>"), html.count("<ul>"), html.count("<ol>"), html.count("<em>")) <= 12


def test_words_behind_a_fence_are_not_lost() -> None:
    assert as_post("```he said\nthis\n```") == "<pre><code>he said\nthis\n</code></pre>"


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("https://good.example", link("https://good.example")),
        ("www.good.example/x", link("https://www.good.example/x", "www.good.example/x")),
        ("See http://good.example/a_b_c.", "See " + link("http://good.example/a_b_c") + "."),
        ("(https://good.example/a_(b))", "(" + link("https://good.example/a_(b)") + ")"),
        ("“https://good.example”", "“" + link("https://good.example") + "”"),
        ("**https://good.example**", "<strong>" + link("https://good.example") + "</strong>"),
        ("https://good.example/?a=1&b=2!", link("https://good.example/?a=1&amp;b=2") + "!"),
        ("https://good.example/ä", link("https://good.example/%C3%A4", "https://good.example/ä")),
        ("https://good.example请看", link("https://good.example") + "请看"),
        ("https://good.example,https://b.example", link("https://good.example") + "," + link("https://b.example")),
        ("<https://good.example/x>", link("https://good.example/x")),
        ("[good.example](https://good.example)", link("https://good.example", "good.example")),
        ("[www.good.example/x](https://good.example/x)", link("https://good.example/x", "www.good.example/x")),
        ("[words](https://good.example/x)", link("https://good.example/x", "words") + " (good.example)"),
        ("[words]( <https://good.example/x> )", link("https://good.example/x", "words") + " (good.example)"),
        ("[words](https://good.example/a_(b))", link("https://good.example/a_(b)", "words") + " (good.example)"),
        ("[words](www.good.example)", link("https://www.good.example", "words") + " (www.good.example)"),
        ("[a *b* [c]](https://good.example)", link("https://good.example", "a <em>b</em> [c]") + " (good.example)"),
        ("[a\\] b](https://good.example 'title')", link("https://good.example", "a] b") + " (good.example)"),
        (
            '[**b**](https://good.example "a title")',
            link("https://good.example", "<strong>b</strong>") + " (good.example)",
        ),
        (
            "![photo](https://good.example/me.jpg)",
            "!" + link("https://good.example/me.jpg", "photo") + " (good.example)",
        ),
        (
            "[a](https://a.example)[b](https://b.example)",
            link("https://a.example", "a") + " (a.example)" + link("https://b.example", "b") + " (b.example)",
        ),
    ],
)
def test_addresses_become_links_that_say_where_they_lead(source: str, html: str) -> None:
    assert as_post(source) == f"<p>{html}</p>"


@pytest.mark.parametrize(
    "source",
    ["xhttps://good.example", "good.example", "me@www.good.example", "www.", "https://", "www.-", "http://10.0.0.1"],
)
def test_what_only_looks_like_an_address_stays_text(source: str) -> None:
    assert as_post(source) == f"<p>{source}</p>"


def test_addresses_in_code_stay_text() -> None:
    assert as_post("`https://good.example`") == "<p><code>https://good.example</code></p>"
    assert "<a" not in as_post("```\nhttps://good.example\n```")


@pytest.mark.parametrize(
    ("source", "cleaned"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\x0bb\u2028c\u2029d\x85e", "a\nb\nc\nd\ne"),
        (" \n\t words \n\n", "words"),
        ("a\tb", "a\tb"),
        ("a\x00b\x07c\x7fd\x9fe\ufefff", "abcdef"),
        ("a\u202eb\u2066c\u2069d\u202ce", "abcde"),
        ("a\ud800b\udfffc", "abc"),
        ("שלום (a)\u200f!", "שלום (a)\u200f!"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("e\u0301 is é", "e\u0301 is é"),
        ("Z" + "\u0301" * 30, "Z" + "\u0301" * 8),
    ],
)
def test_a_text_is_stored_without_what_cannot_be_seen(source: str, cleaned: str) -> None:
    assert clean_source(source) == cleaned
    assert clean_source(cleaned) == cleaned


@pytest.mark.parametrize(
    ("title", "cleaned"),
    [
        ("  How  do\n you\tleave? ", "How do you leave?"),
        ("a\x00\u202eb", "ab"),
        ("<b>1 & 2</b>", "<b>1 & 2</b>"),
        ("", ""),
        (" \n ", ""),
        ("\u200b\u2060\u3164", ""),
    ],
)
def test_a_title_is_one_line_and_may_be_empty(title: str, cleaned: str) -> None:
    assert clean_title(title) == cleaned


@pytest.mark.parametrize(
    ("source", "short"),
    [
        ("# Hello\n\nI *was* **there**, and ~~no~~ `he`.", "Hello I was there, and no he."),
        ("> - a quote\n> - of points\n\n---\n\n1998. Then", "a quote of points 1998. Then"),
        ("[words](https://good.example/x) f**k snake_case 5 < 6", "words f**k snake_case 5 < 6"),
        ("```\nsomething\n```\n\\*not a mark\\*", "something not a mark"),
        ("one two three four five six seven", "one two three four five six…"),
        ("a" * 50, "a" * 29 + "…"),
        ("-", "-"),
    ],
)
def test_an_excerpt_is_one_short_plain_line(source: str, short: str) -> None:
    assert excerpt(source, max_chars=30) == short
