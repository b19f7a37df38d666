"""A blog's HTML becomes Markdown that renders to the same words, and to nothing but words."""

from __future__ import annotations

import re

import html5lib
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from forum.importing.markdown import line_from_html, markdown_from_html, plain_from_html
from forum.text import TAGS, render_post


def words(html: str) -> list[str]:
    """As a browser would show them, blocks apart."""
    html = re.sub(r"<(/?(?:p|br|div|li|ul|ol|blockquote|h\d|hr|pre|td|tr|table)\b)", r" <\1", html)
    document = html5lib.parseFragment(html, namespaceHTMLElements=False)
    return "".join(document.itertext()).split()


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("One line\nand another\n\nNext", "One line\nand another\n\nNext"),
        ("<p>One\nline</p><p>Next<br>line</p>", "One line\n\nNext\nline"),
        ("<!-- wp:paragraph -->\n<p>One</p>\n<!-- /wp:paragraph -->\n\n<p>Two</p>", "One\n\nTwo"),
        ("<b>bold </b>and <em>it</em>, <del>gone</del>", "**bold** and *it*, ~~gone~~"),
        ("in<b>ward</b> <b>a</b><i>b</i>", "inward ab"),
        ("<b>one<p>two</p>three</b>", "**one**\n\n**two**\n\n**three**"),
        ('<a href="https://x.example/a">there</a>', "[there](https://x.example/a)"),
        ('<a href="https://x.example/a_(b)">there</a>', "[there](<https://x.example/a_(b)>)"),
        ('<a href="/a">a</a> <a href="javascript:x">b</a> <a href="mailto:t@x.example">c</a>', "a b c"),
        ("<ul><li>a<li>b</ul><ol start=3><li>c</ol>", "- a\n- b\n\n3. c"),
        ("<blockquote>said<blockquote>before</blockquote></blockquote>so", "> said\n>\n> > before\n\nso"),
        ("<h1>Head</h1>text<h4>less</h4>", "## Head\n\ntext\n\n### less"),
        ("<pre>a\n  b</pre><code>c*d</code><hr>", "```\na\n  b\n```\n\n`c*d`\n\n---"),
        ("<pre>``` <b>x</b></pre>", "````\n``` x\n````"),
        ("1. one\n- two\n# three\n> four\n*five*", "1\\. one\n\\- two\n\\# three\n\\> four\n\\*five\\*"),
        ("a &lt;b&gt; &amp;amp; &#8217; 2 < 3", "a \\<b> \\&amp; ’ 2 < 3"),
        ("<script>x</script><style>y</style><iframe>z</iframe><img src=a alt=b>left", "left"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a b\n\nc"),
        ("", ""),
        ("<p>&nbsp;</p><b> </b>", ""),
    ],
)
def test_html_becomes_markdown(html: str, markdown: str) -> None:
    assert markdown_from_html(html) == markdown


def test_what_is_nested_without_end_ends() -> None:
    html = "<blockquote><ul><li>" * 3_000 + "deep" + "<b>" * 3_000 + " bold"
    assert words(render_post(markdown_from_html(html)))[-2:] == ["deep", "bold"]


_TAGS = st.sampled_from("p br div b i em strong del code a ul ol li blockquote h1 h3 hr span font".split())
_WORDS = st.text("abcXYZ019äßж*_#<>&[]()`~\\|-+=.!\n ", max_size=12)
_pieces = st.lists(
    st.one_of(
        _WORDS.map(lambda text: text.replace("<", "&lt;").replace("&", "&amp;")),
        _TAGS.map(lambda tag: f"<{tag}>"),
        _TAGS.map(lambda tag: f"</{tag}>"),
    ),
    max_size=25,
)


@given(_pieces.map("".join))
@example("a<b><i>b</i></b><code>`</code> <code>c</code>d")
@example("<code>a</code><code>b</code>")
@example("<b>a</b><i>b</i><b>c</b>")
def test_no_word_is_lost_and_none_is_added(html: str) -> None:
    rendered = render_post(markdown_from_html(html))

    assert "".join(words(rendered)) == "".join(words(html))
    assert set(re.findall(r"</?([a-z0-9]+)", rendered)) <= TAGS
    assert "".join(words(render_post(plain_from_html(html)))) == "".join(words(html))


@given(st.text(max_size=200))
def test_no_html_makes_it_stumble(html: str) -> None:
    assert isinstance(render_post(markdown_from_html(html)), str)


def test_a_title_is_one_line_of_words() -> None:
    assert line_from_html(" Why &#8220;<i>no</i>&#8221;\n *takes* & so on ") == "Why “no” *takes* & so on"
