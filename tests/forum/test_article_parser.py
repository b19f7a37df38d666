"""Reading a page with an article and its comments.

The same questions are asked of every page there is: one written here, Hearth's own example, and, where
HEARTH_SEED_FILE names one, a real page, which stays outside the repository. The answers are counted from the raw text
in a plainer way than the parser's.
"""

from __future__ import annotations

import dataclasses
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from forum.importing import article as article_module
from forum.importing.article import (
    MAX_DEPTH,
    Article,
    Comment,
    NotAnArticlePage,
    canonical_bytes,
    parse_article,
    with_names_replaced,
)

OWN_PAGE = """\
Why do\u00a0evenings feel so long?

The first paragraph says *something* plain, with 2 < 3 & a #tag.


It \u00a0goes on here; as Tilda Farthing once said, a snake_case word is still a word.

1) The kettle\u00a0

# This is no heading. Nor is this_ or _this a trick, [or](this) <b>one</b>.

1. Nor a list: it is a sentence with a number in front.

2) The radio

Ask tilda if you see her. Hope is a good thing to have, and I hope you have some.


  1. One line, and that is all…

  2. Tilda Farthing

    I wrote “two” paragraphs. \U0001f642

    This is the second one.


    • Hope

      A reply with a name, and a *star*.

      2. Its second paragraph begins with a number.


      • A reply to the reply.

    Liked by 1 person

    • A second reply to the comment.


  3. thanks so much for this!

    I am not called that, and neither is FARTHING.

    2019. That was a year.

    2) And this is a point.

    Liked by 12 people

  6. B. O’Malley-Sprocket from the coast

    Tilda’s words helped. So did O'Malley's own.


  10. Sunny_99

    The end \U0001f9d1\u200d\U0001f9b0
"""


@dataclasses.dataclass(frozen=True)
class Page:
    label: str
    text: str
    comments: int
    replies: int
    names: int
    likes: int


def _pages() -> Iterator[Page]:
    yield Page("own", OWN_PAGE, comments=5, replies=3, names=4, likes=13)
    example = Path(article_module.__file__).parent.parent / "seeds" / "no_contact.txt"
    yield Page("example", example.read_text(encoding="utf-8"), comments=14, replies=3, names=3, likes=3)
    if real := os.environ.get("HEARTH_SEED_FILE"):
        yield Page("real", Path(real).read_text(encoding="utf-8"), comments=14, replies=1, names=2, likes=1)


PAGES = [pytest.param(page, id=page.label) for page in _pages()]
every_page = pytest.mark.parametrize("page", PAGES)


# --- plainer ways to look at a page ----------------------------------------------------------------------------------


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)
        self.found.append(" " if tag in {"p", "li", "br", "h3", "ul"} else "")

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def _rendered(markdown: str) -> _Words:
    reader = _Words()
    reader.feed(MarkdownIt("commonmark", {"html": False}).render(markdown))
    reader.close()
    return reader


def _words(markdown: str) -> list[str]:
    return "".join(_rendered(markdown).found).split()


def _flat(comments: Sequence[Comment]) -> list[Comment]:
    return [found for comment in comments for found in (comment, *_flat(comment.replies))]


def _names_in(text: str) -> list[str]:
    """A first line of at most 40 characters, alone, with no mark of a sentence at its end."""
    starts = re.findall(r"^ +(?:\d+\.|•) (.{1,40})\n\n {4,}[^\s•]", text, flags=re.MULTILINE)
    return [start for start in starts if start[-1] not in ".!?…:;,"]


def _words_in(text: str) -> list[str]:
    """All words of the page without numbers, bullets, likes and names."""
    names = _names_in(text)
    kept = []
    for line in text.split("\n"):
        said = re.sub(r"^(?: {2}\d+\.| +•) ", "", line)
        if said not in names and not re.fullmatch(r" +Liked by \d+ (?:person|people)", line):
            kept.append(said)
    return " ".join(kept).split()


def _all_text(article: Article) -> str:
    return "\n".join(
        [article.title, article.body]
        + [said for comment in _flat(article.comments) for said in (comment.name or "", comment.text)]
    )


# --- every page ------------------------------------------------------------------------------------------------------


@every_page
def test_each_comment_and_reply_is_found(page: Page) -> None:
    article = parse_article(page.text)
    everything = _flat(article.comments)

    assert len(article.comments) == page.comments == len(re.findall(r"^ {2}\d+\. ", page.text, flags=re.MULTILINE))
    assert len(everything) - len(article.comments) == page.replies
    assert page.replies == len(re.findall(r"^ +• ", page.text, flags=re.MULTILINE))
    assert [comment.number for comment in article.comments] == [
        int(number) for number in re.findall(r"^ {2}(\d+)\. ", page.text, flags=re.MULTILINE)
    ]
    assert sum(comment.likes for comment in everything) == page.likes
    assert all(comment.text for comment in everything)


@every_page
def test_the_title_is_the_first_line_and_points_become_headings(page: Page) -> None:
    article = parse_article(page.text)

    assert article.title == " ".join(page.text.split("\n", 1)[0].split())
    points = re.findall(r"^\d\) .*$", page.text, flags=re.MULTILINE)
    headings = re.findall(r"^## (.*)$", article.body, flags=re.MULTILINE)
    assert headings == [" ".join(point.split()) for point in points]
    assert _rendered(article.body).tags <= {"p", "h2"}


@every_page
def test_every_word_comes_out_as_it_went_in(page: Page) -> None:
    article = parse_article(page.text)

    texts = [article.body, *(comment.text for comment in _flat(article.comments))]
    assert article.title.split() + [word for text in texts for word in _words(text)] == _words_in(page.text)


@every_page
def test_paragraphs_of_a_comment_stay_apart(page: Page) -> None:
    article = parse_article(page.text)
    section = re.split(r"\n\n+ {2}1\. ", page.text)[1]

    blocks = [block for block in re.split(r"\n\n+", section.strip("\n")) if "Liked by" not in block]
    paragraphs = [part for comment in _flat(article.comments) for part in comment.text.split("\n\n")]
    assert len(paragraphs) == len(blocks) - page.names


@every_page
def test_names_are_known_and_then_gone(page: Page) -> None:
    article = parse_article(page.text)
    names = _names_in(page.text)
    assert len(names) == page.names
    assert list(article.named()) == names

    renamed = with_names_replaced(article, {name: f"Quiet Harbour {at}" for at, name in enumerate(names)})

    left = {word.casefold() for word in re.findall(r"[^\W_]+", _all_text(renamed))}
    for name in names:
        person = re.split(r" (?:in|from|of) ", name)[0]
        parts = {part.casefold() for part in re.findall(r"[^\W\d_]{3,}", person)} - {"hope", "night"}
        assert parts.isdisjoint(left)
        assert name not in _all_text(renamed)
    assert [comment.name for comment in _flat(renamed.comments) if comment.name] == [
        f"Quiet Harbour {at}" for at in range(len(names))
    ]


@every_page
def test_a_second_copy_of_a_page_is_the_same_page(page: Page) -> None:
    canonical = canonical_bytes(parse_article(page.text))

    copies = [
        page.text.replace("\n", "\r\n"),
        page.text.replace("\n", "\r"),
        "\ufeff" + page.text,
        "\n\n" + page.text.rstrip("\n"),
        page.text.replace("\n\n", "\n\n\n\n"),
        re.sub(r"\n\n\n+", "\n\n", page.text),
        page.text.replace("\n", "  \t\n"),
        page.text.replace("    ", "\t"),
        page.text.replace(" ", "\u00a0"),
        unicodedata.normalize("NFD", page.text),
        re.sub(r"Liked by \d+ p\w+", "Liked by 77 people", page.text),
        "\n".join(f"   {line}" for line in page.text.split("\n")),
    ]
    for copy in copies:
        assert canonical_bytes(parse_article(copy)) == canonical
    assert canonical_bytes(parse_article(page.text + "\n    One word more.\n")) != canonical
    assert canonical_bytes(parse_article("Another title\n" + page.text)) != canonical


@every_page
def test_the_canonical_form_holds_no_commenters_name_line(page: Page) -> None:
    article = parse_article(page.text)
    unsigned = dataclasses.replace(article, comments=tuple(dataclasses.replace(c, name=None) for c in article.comments))

    assert canonical_bytes(unsigned) == canonical_bytes(article)


# --- the shape in particular -----------------------------------------------------------------------------------------


def _page(comments: str, *, article: str = "Some words.") -> str:
    return f"A title\n\n{article}\n\n\n{comments}"


def test_replies_nest_by_their_indentation() -> None:
    first, *_others = parse_article(OWN_PAGE).comments[1:]

    assert [reply.text.split("\n\n")[0] for reply in first.replies] == [
        r"A reply with a name, and a \*star\*.",
        "A second reply to the comment.",
    ]
    named = first.replies[0]
    assert (named.name, named.number) == ("Hope", None)
    assert [reply.text for reply in named.replies] == ["A reply to the reply."]


def test_text_below_a_reply_belongs_where_its_indentation_says() -> None:
    page = _page("  1. One.\n\n      • Two.\n\n        Still two.\n\n      And this too.\n\n    But this is one.\n")

    comment = parse_article(page).comments[0]

    assert comment.text == "One.\n\nBut this is one."
    assert comment.replies[0].text == "Two.\n\nStill two.\n\nAnd this too."


def test_replies_stop_nesting_at_a_depth_the_forum_can_hold() -> None:
    deep = "".join(f"{' ' * (4 + depth)}• answer {depth}\n\n" for depth in range(400))

    comment = parse_article(_page(f"  1. One\n\n{deep}")).comments[0]

    assert len(_flat(comment.replies)) == 400
    depth, level = 0, comment.replies
    while level:
        depth, level = depth + 1, level[-1].replies
    assert depth == MAX_DEPTH


def test_many_comments_with_long_numbers_are_read_in_order() -> None:
    page = _page("\n\n".join(f"  {number}. Comment {number}\n\n    in two parts" for number in range(1, 1205)))

    comments = parse_article(page).comments

    assert [comment.number for comment in comments] == list(range(1, 1205))
    assert comments[-1].text == "Comment 1204\n\nin two parts"


def test_numbers_set_flush_right_are_read_too() -> None:
    comments = parse_article(_page("   9. nine\n\n  10. ten\n\n 100. hundred\n")).comments

    assert [(comment.number, comment.text) for comment in comments] == [(9, "nine"), (10, "ten"), (100, "hundred")]


def test_numbers_may_start_again() -> None:
    comments = parse_article(_page("  1. a\n\n  2. b\n\n  1. c\n\n  2. d\n")).comments

    assert [comment.number for comment in comments] == [1, 2, 1, 2]


@pytest.mark.parametrize("line", ["    2. inner", "    2) inner", "  2019. A year", "  2) inner"])
def test_a_number_inside_a_comment_is_its_text(line: str) -> None:
    comments = parse_article(_page(f"  1. One.\n\n{line}\n\n    More.\n\n  2. Two.\n")).comments

    assert [comment.number for comment in comments] == [1, 2]
    assert _words(comments[0].text) == ["One.", *line.split(), "More."]


def test_an_indented_list_in_the_article_is_no_comment() -> None:
    article = parse_article(
        _page("  1. Hello\n", article="Steps:\n\n  1. one\n\n  2. two\n\n  • three\n\nThat was all.")
    )

    assert [comment.text for comment in article.comments] == ["Hello"]
    assert _words(article.body) == ["Steps:", "1.", "one", "2.", "two", "three", "That", "was", "all."]


def test_a_line_that_lost_its_indentation_does_not_tear_the_comments_apart() -> None:
    comments = parse_article(_page("  1. One.\n\nLost.\n\n  2. Two.\n")).comments

    assert [comment.text for comment in comments] == ["One.\n\nLost.", "Two."]


def test_an_empty_comment_leaves_its_replies() -> None:
    comments = parse_article(_page("  1.\n\n    • answer\n\n  2. Two\n\n  3. \n")).comments

    assert [(comment.number, comment.text) for comment in comments] == [(None, "answer"), (2, "Two")]


def test_only_a_line_of_its_own_counts_as_likes() -> None:
    comment = parse_article(_page("  1. My post was\n    Liked by 3 people\n    LikeLiked by 1 person\n")).comments[0]
    assert (comment.text, comment.likes) == ("My post was", 4)

    comment = parse_article(_page("  1. It was Liked by 3 people\n")).comments[0]
    assert (comment.text, comment.likes) == ("It was Liked by 3 people", 0)


@pytest.mark.parametrize(
    "line",
    [
        "# one", "#", "- one", "+ one", "-", "---", "***", "* * *", "___", "===", "> one", "1. one", "1) one",
        "12345. one",
        "```", "~~~", "~~one~~", "`one`", "*one*", "**one**", "_one_", "__one__ two", "[one](two)", "![one](two)",
        "[one]: two", "<b>", "<!-- one -->", "<https://one.example>", "&amp; &#38; &x", "one \\* two", "one\\",
        "a|b", "1.",
        "snake_case _x_y_", "2 * 3 * 4", "a<b", "<3", "one & two", "    deep", "|-|-|", "!", "\\",
        "https://one.example/a_b",
    ],
)  # fmt: skip
def test_what_looks_like_markdown_is_still_words(line: str) -> None:
    article = parse_article(
        _page(f"  1. Said:\n\n    {line}\n\n    before\n    {line}\n", article=f"Said:\n\n{line}\n\nbefore\n{line}")
    )

    for text in (article.body, article.comments[0].text):
        assert _words(text) == ["Said:", *line.split(), "before", *line.split()]
        assert _rendered(text).tags <= ({"p", "h2"} if line == "1) one" else {"p"})


def test_bullets_become_a_list() -> None:
    article = parse_article(_page("  1. Hello\n", article="Bring:\n\n  • bread\n  • 1. tea\n"))

    assert {"ul", "li"} <= _rendered(article.body).tags
    assert _words(article.body) == ["Bring:", "bread", "1.", "tea"]


# --- names -----------------------------------------------------------------------------------------------------------


def _named(line: str) -> str | None:
    return parse_article(_page(f"  1. {line}\n\n    And then some text.\n")).comments[0].name


@pytest.mark.parametrize(
    "line",
    [
        "Tilda", "Tilda Farthing", "TILDA FARTHING", "Tilda in Umbria", "Tilda from the coast", "Tilda of York",
        "Tilda, Umbria",
        "Tilda in ME", "Tilda in the US", "Sunny99", "sunny99", "@sunny", "sunny_girl", "tilda", "T. Farthing",
        "Tilda F.",
        "Dr. Farthing", "Élodie de la Tour", "Ludwig van Farthing", "O’Malley", "Anne-Sophie", "Tilda (Umbria)",
        "Broken in Two",
        "Free At Last", "Тильда Ф", "李明", "नीलम", "Tilda & Bob", "Tilda \U0001f49b", "tilda.farthing",
        "I. Petrova", "Hope",
    ],
)  # fmt: skip
def test_a_line_that_may_be_a_name_is_taken_for_one(line: str) -> None:
    assert _named(line) == line


@pytest.mark.parametrize(
    "line",
    [
        "thanks so much!", "Thank you", "Thank You So Much", "Hi Tilda", "Hello", "Wow", "wow", "Amen", "So true",
        "Yes.", "Why?",
        "Same here…", "My Story", "I agree", "This Is Me", "Great Article", "Great article", "heartbreaking",
        "Heartbreaking",
        "Dear all,", "Tilda, thank you", "It helped: a lot", "Six words are too many here", "1972", "\U0001f642",
        "5 years",
        "Averyveryveryveryveryveryveryveryverylongword", "“Quoted”", "No Contact", "Stuck in my head", "Tilda said",
    ],
)  # fmt: skip
def test_a_line_that_is_a_sentence_stays_text(line: str) -> None:
    assert _named(line) is None
    assert _words(parse_article(_page(f"  1. {line}\n\n    Text.\n")).comments[0].text) == [*line.split(), "Text."]


def test_a_name_needs_text_after_it() -> None:
    assert parse_article(_page("  1. Tilda Farthing\n\n    Liked by 1 person\n")).comments[0] == Comment(
        1, None, "Tilda Farthing", (), 1
    )


def test_one_person_has_one_spelling() -> None:
    article = parse_article(
        _page("  1. Élodie F\n\n    One.\n\n    • ELODIE F\n\n      Two.\n\n  2. élodie_f\n\n    Three.\n")
    )

    assert article.named() == ("Élodie F", "élodie_f")
    assert [comment.name for comment in _flat(article.comments)] == ["Élodie F", "Élodie F", "élodie_f"]


def test_says_is_not_part_of_a_name() -> None:
    assert _named("Tilda Farthing says:") == "Tilda Farthing"


def test_people_without_a_name_do_not_become_one_person() -> None:
    article = parse_article(_page("  1. Anonymous\n\n    One.\n\n  2. anonymous\n\n    Two.\n"))

    assert article.named() == ()
    assert [comment.text for comment in article.comments] == ["One.", "Two."]


def _renamed(name: str, text: str, *, article: str = "Some words.") -> str:
    page = parse_article(_page(f"  1. {name}\n\n    Hello.\n\n  2. {text}\n", article=article))
    return with_names_replaced(page, {name: "Quiet Harbour"}).comments[1].text


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [

        ("Tilda Farthing", "Tilda Farthing, FARTHING’s, tilda", "Quiet Harbour, Quiet Harbour’s, Quiet Harbour"),
        ("Tilda Farthing", "tildafarthing and Tilda  farthing", "Quiet Harbour and Quiet Harbour"),
        ("Tilda Farthing", "_Tilda_ and *Tilda* @tilda", r"\_Quiet Harbour\_ and \*Quiet Harbour\* @Quiet Harbour"),
        ("Tilda Farthing", "Mathilda has farthings", "Mathilda has farthings"),
        ("Tilda Farthing", "Til\u200bda T\u00adilda", "Quiet Harbour Quiet Harbour"),
        ("Tilda Farthing in Umbria", "Tilda Farthing lives in Umbria", "Quiet Harbour lives in Umbria"),
        ("Tilda in Umbria", "In tilda’s place", "In Quiet Harbour’s place"),
        ("Tilda in Umbria", "Tilda in Umbria wrote", "Quiet Harbour wrote"),
        ("Élodie Müller", "elodie muller ELODIE", "Quiet Harbour Quiet Harbour"),
        ("Kate O’Malley", "Mrs O'Malley and the Malleys", "Mrs Quiet Harbour and the Malleys"),
        ("Anne-Sophie", "anne sophie, Sophie", "Quiet Harbour, Quiet Harbour"),
        ("Sunny99", "sunny99 and Sunny on a sunny day", "Quiet Harbour and Quiet Harbour on a sunny day"),
        ("TildaFarthing", "Farthing and tilda", "Quiet Harbour and Quiet Harbour"),
        ("Hope", "I hope Hope will write", "I hope Quiet Harbour will write"),
        ("Will Farthing", "will you, Will", "will you, Quiet Harbour"),
        ("Jo Farthing", "jo Jo", "jo Quiet Harbour"),
        ("A. Farthing", "A day with a dog", "A day with a dog"),
        ("Free At Last", "Free at last Free will", "Quiet Harbour Free will"),
        ("snake_case", "a snake_case and _snake_case_", r"a Quiet Harbour and \_Quiet Harbour\_"),
        ("李明明", "谢谢李明明!", "谢谢Quiet Harbour!"),
    ],
)  # fmt: skip
def test_whatever_somebody_is_called_is_replaced(name: str, text: str, expected: str) -> None:
    assert _renamed(name, text) == expected


def test_what_the_article_writes_small_is_a_word() -> None:
    assert _renamed("Meadowlark", "a meadowlark, Meadowlark") == "a Quiet Harbour, Quiet Harbour"
    text = _renamed("Meadowlark", "a meadowlark, Meadowlark", article="The meadowlark sang.")
    assert text == "a meadowlark, Quiet Harbour"


def test_names_go_from_title_and_article_too_and_whole_names_come_first() -> None:
    page = parse_article(
        "What Tilda knew\n\nTilda Farthing and Bob.\n\n"
        "  1. Tilda in Umbria\n\n    One.\n\n  2. Bob\n\n    Two.\n\n    • Tilda Farthing\n\n      Three.\n"
    )

    renamed = with_names_replaced(
        page, {"tilda IN umbria": "Quiet Harbour", "Bob": "Kind *Heron*", "Tilda Farthing": "Still Lake"}
    )

    assert renamed.title == "What Quiet Harbour knew"
    assert renamed.body == r"Still Lake and Kind \*Heron\*."
    assert renamed.named() == ("Quiet Harbour", "Kind *Heron*", "Still Lake")


def test_half_a_replacement_is_refused() -> None:
    page = parse_article(OWN_PAGE)

    with pytest.raises(ValueError, match="pseudonym") as caught:
        with_names_replaced(page, {"Tilda Farthing": "Quiet Harbour"})
    assert "Hope" not in str(caught.value)


# --- what is no such page --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "", "   \n\n\t\n", "\ufeff", "Only a title", "Title\n\nOnly an article.\n\nMore.",
        "Title\n\n  1. No article.\n",
        "  1. No title.\n\n  2. No article.\n", "\x89PNG\r\n\x1a\n\x00\x00", "Title\n\nText\x00\n\n  1. One\n",
        "Title\n\nText \ud800\n\n  1. One\n", "12345\n\nText.\n\n  1. One\n",
        f"{'word ' * 50}\n\nText.\n\n  1. One\n",
        "Title\n\nText.\n\n1. Not indented\n\n2. Nor this\n",
        "Title\n\nText.\n\n  1. A list\n\n  2. in an article\n\nthat goes on.",
        "Title\n\nText.\n\n  1)  a\n\n  2) b\n", "Title\n\nText.\n\n  1.\n\n  2.\n",
        "Title\n\nText.\n\n  1. Liked by 2 people\n",
        "Title\n\nText.\n\n  1. Tilda\n\n    One.\n\nOlder comments\n\n  1. Two\n",
        '{"title": "Title"}', "<html><body><ol><li>One</li></ol></body></html>",
    ],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(NotAnArticlePage) as caught:
        parse_article(text)
    assert caught.value.code == "not-an-article-page"
    assert str(caught.value.text).count(".") == 1


_PIECES = st.sampled_from(
    [
        "\n", "\n\n", " ", "  ", "    ", "\t", "1. ", "2. ", "  1. ", "  3. ", "    • ", "      • ", "Title", "Tilda",
        "tilda F", "Liked by 2 people", "1) ", "2019. ", "•", "*", "_", "\r\n", "\u00a0", "\ufeff", "\u2028", "\x00",
        "a", "!", ".", "李",
    ]
)  # fmt: skip


@given(st.one_of(st.text(), st.lists(_PIECES, max_size=60).map("".join)))
def test_no_text_makes_it_stumble(text: str) -> None:
    try:
        article = parse_article(text)
    except NotAnArticlePage:
        return
    renamed = with_names_replaced(article, dict.fromkeys(article.named(), "Quiet Harbour"))
    assert canonical_bytes(renamed)
    assert set(renamed.named()) <= {"Quiet Harbour"}


# --- pages built from their shape ------------------------------------------------------------------------------------

_word = st.text("abcdefgXYZ0123456789äßж*_#<>&[]()`~\\|-+=.…’“”\U0001f642", min_size=1, max_size=8)
# The "!" keeps a paragraph from reading as a name, and a last word from being a bare list number.
_paragraph = st.lists(_word, min_size=1, max_size=6).map(lambda words: " ".join([*words, "end!"]))
_paragraphs = st.lists(_paragraph, min_size=1, max_size=3)
_name = st.sampled_from([None, None, "Tilda", "Bob Farthing", "Sunny99", "Élodie in Umbria"])
_Built = tuple[str | None, list[str], int, list["_Built"]]
_built: st.SearchStrategy[_Built] = st.recursive(
    st.tuples(_name, _paragraphs, st.integers(0, 3), st.just([])),
    lambda inner: st.tuples(_name, _paragraphs, st.integers(0, 3), st.lists(inner, max_size=2)),
    max_leaves=6,
)


def _written(built: _Built, mark: str, indent: int, gap: str) -> str:
    name, paragraphs, likes, replies = built
    margin = " " * (indent + 2)
    parts = ([name] if name else []) + paragraphs + ([f"Liked by {likes} people"] if likes else [])
    said = gap.join([f"{' ' * indent}{mark} {parts[0]}", *(margin + part for part in parts[1:])])
    return gap.join([said, *(_written(reply, "•", indent + 2, gap) for reply in replies)])


def _agree(comment: Comment, built: _Built) -> None:
    name, paragraphs, likes, replies = built
    assert (comment.name, comment.likes) == (name, likes)
    assert [_words(part) for part in comment.text.split("\n\n")] == [part.split() for part in paragraphs]
    assert len(comment.replies) == len(replies)
    for reply, built_reply in zip(comment.replies, replies, strict=True):
        _agree(reply, built_reply)


@given(
    st.lists(_word, min_size=1, max_size=8),
    _paragraphs,
    st.lists(st.tuples(_built, st.integers(1, 9)), min_size=1, max_size=5),
    st.sampled_from(["\n\n", "\n\n\n", "\n \n"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_was_built_is_what_is_read(
    title: list[str], body: list[str], built: list[tuple[_Built, int]], gap: str, line_end: str
) -> None:
    numbers = [sum(step for _comment, step in built[: at + 1]) for at in range(len(built))]
    written = [_written(comment, f"{number}.", 2, gap) for (comment, _step), number in zip(built, numbers, strict=True)]
    text = gap.join(["Title " + " ".join(title), *body, *written]).replace("\n", line_end)

    article = parse_article(text)

    assert article.title.split() == ["Title", *title]
    assert [_words(part) for part in article.body.split("\n\n")] == [part.split() for part in body]
    assert [comment.number for comment in article.comments] == numbers
    for comment, (expected, _step) in zip(article.comments, built, strict=True):
        _agree(comment, expected)
