"""An article and its comment section, as plain text copied from a page. Nothing here touches a database.

The page, as it comes:

- The first line that is not empty is the title; unindented paragraphs follow. A line alone like `1) Such` is a heading.
- Then the comments: indented `  1. text`. Numbers may have gaps and may start again; a comment's further paragraphs
  are indented deeper than its number, so `2019. Such` or `2) such` inside a comment is the comment's text.
- After an empty line, an indented `• text` answers the comment above it; one further in answers that answer.
- `Liked by 2 people` is a reaction. A commenter's name may stand alone in a comment's first paragraph.

Every line of the comment section is indented, and that is how its beginning is found: an indented numbered list with
article text below it belongs to the article. A page where this cannot be told apart is refused, not guessed at: what
is wrongly taken for the article is not searched for commenters' names.

Names are the dangerous part. Somebody who signed a comment on a blog did not agree to be found here, so where a line
may be a name it is taken for one (`_is_name` says how), and `with_names_replaced` takes names out of every text.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext_lazy as _

from common.errors import Invalid
from forum.importing.markdown import escaped, plain_line
from forum.importing.names import (
    JOINING,
    OPENING,
    PLACE,
    SENTENCE,
    WORD,
    NameSearch,
    count_capitals,
    folded,
    is_capital,
    name_key,
    plain_words,
    words_of,
)

__all__ = ["Article", "Comment", "NotAnArticlePage", "canonical_bytes", "parse_article", "with_names_replaced"]

MAX_TITLE = 200  # a longer first line is a paragraph, so the page has no title
MAX_DEPTH = 30  # replies nested deeper become neighbours; below forum's 32, as opening post and comment count too


class NotAnArticlePage(Invalid):
    code = "not-an-article-page"
    message = _("This does not look like an article followed by numbered comments, so nothing was taken from it.")


@dataclass(frozen=True, slots=True)
class Comment:
    """`text` is Markdown that renders to the words as they stood; `number` and `name` are None where there was none.

    A name that comes again in other capitals or accents has the spelling it had first.
    """

    number: int | None
    name: str | None
    text: str
    replies: tuple[Comment, ...]
    likes: int


@dataclass(frozen=True, slots=True)
class Article:
    """`title` is plain text, `body` Markdown."""

    title: str
    body: str
    comments: tuple[Comment, ...]

    def named(self) -> tuple[str, ...]:
        """The commenters' names, each once, in order of appearance."""
        return tuple(dict.fromkeys(comment.name for comment in _walk(self.comments) if comment.name is not None))


def parse_article(text: str) -> Article:
    """Takes time in proportion to the text's length. Raises `NotAnArticlePage` and nothing else."""
    lines = _lines(text)
    title_at = next((at for at, line in enumerate(lines) if line.words), None)
    if title_at is None:
        raise NotAnArticlePage
    title = lines[title_at].words
    if lines[title_at].number is not None or len(title) > MAX_TITLE or not any(map(str.isalpha, title)):
        raise NotAnArticlePage
    section_at = _comments_begin(lines, title_at + 1)
    body = _article_markdown(lines[title_at + 1 : section_at])
    comments = _comments(lines[section_at:])
    if not body or not comments:
        raise NotAnArticlePage
    return Article(title=title, body=body, comments=comments)


def canonical_bytes(article: Article) -> bytes:
    """What makes two copies of a page the same page: its words and who answers what, in one spelling.

    Spacing, line ends, numbers, likes and commenters' names stay out: the first four differ between copies, and a name
    should not sit even in a digest. Names mentioned in the texts do count: replace them before you keep a digest.
    """

    def plain(markdown: str) -> str:
        return " ".join(markdown.replace("\\", "").split())

    def tree(comments: Sequence[Comment]) -> list[object]:
        return [[plain(comment.text), tree(comment.replies)] for comment in comments]

    content = [plain(article.title), plain(article.body), tree(article.comments)]
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


# --- lines ---------------------------------------------------------------------------------------------------------

_NUMBERED = re.compile(r"([0-9]{1,4})\.(?: (.*))?$")
_BULLET = re.compile(r"[•◦▪‣●○∙] ?(.*)$")
_LIKES = re.compile(r"(?:like *)?liked by ([0-9]{1,6}) (?:person|people)$", re.IGNORECASE)

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# A zero-width space or soft hyphen inside a name would hide the name from the search. The joiners that hold an emoji
# together stay.
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")  # control characters, half characters


@dataclass(slots=True)
class _Line:
    indent: int  # -1 of an empty line
    words: str  # without indentation, with single spaces
    after_blank: bool
    number: int | None  # of an indented "1. text"
    rest: str  # what stands after the number or the bullet
    bullet: bool  # an indented "• text" after an empty line


def _indent(raw: str) -> int:
    return len(raw) - len(raw.lstrip())


def _lines(text: str) -> list[_Line]:
    text = unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", _INVISIBLE.sub("", text)))
    if _NOT_TEXT.search(text):
        raise NotAnArticlePage
    raw_lines = text.expandtabs(4).split("\n")
    margin = min((_indent(raw) for raw in raw_lines if raw.strip()), default=0)  # a page may be indented as a whole
    lines: list[_Line] = []
    after_blank = True
    for raw in raw_lines:
        words = " ".join(raw.split())
        indent = _indent(raw) - margin if words else -1
        numbered = _NUMBERED.match(words) if indent > 0 else None
        bullet = _BULLET.match(words) if indent > 0 and after_blank else None
        lines.append(
            _Line(
                indent=indent,
                words=words,
                after_blank=after_blank,
                number=int(numbered[1]) if numbered else None,
                rest=(numbered[2] or "") if numbered else bullet[1] if bullet else words,
                bullet=bullet is not None,
            )
        )
        after_blank = not words
    return lines


# --- the comment section -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Entry:
    number: int | None
    indent: int
    lines: list[str]
    replies: list[_Entry] = field(default_factory=list)


def _comments_begin(lines: Sequence[_Line], start: int) -> int:
    """Where the last indented numbered list begins that runs to the page's end."""
    begin: int | None = None
    indent = last = 0
    interrupted = many_paragraphs = False
    for at, line in enumerate(lines[start:], start):
        if line.indent == 0:
            interrupted = begin is not None
        elif begin is None or interrupted:
            if line.number is None or not line.after_blank:
                continue
            # A line that lost its indentation does not end the section as long as the numbers go on counting.
            if not (interrupted and last < line.number and _begins_comment(line, indent, last)):
                if many_paragraphs:
                    raise NotAnArticlePage  # two comment sections with prose between them: whose is the prose?
                begin, indent = at, line.indent
            last, interrupted = line.number, False
        elif line.number is not None and _begins_comment(line, indent, last):
            last = line.number
        elif line.words and line.after_blank and not (line.bullet and line.indent <= indent):
            many_paragraphs = True
    if begin is None or interrupted:
        raise NotAnArticlePage
    return begin


def _begins_comment(line: _Line, indent: int, last: int) -> bool:
    """At the section's own indentation a number begins a comment, unless it is a year or sits amid a paragraph."""
    if line.number is None or line.indent > indent:
        return False
    return line.number == last + 1 or (line.after_blank and (line.number < 1000 or last < line.number <= last + 100))


def _comments(lines: Sequence[_Line]) -> tuple[Comment, ...]:
    indent, last = lines[0].indent, -1
    top: list[_Entry] = []
    branch: list[_Entry] = []  # the comment being read and the replies that lead to the one being read
    for line in lines:
        if line.number is not None and (not top or _begins_comment(line, indent, last)):
            branch = [_Entry(line.number, line.indent, [line.rest])]
            top.append(branch[0])
            last = line.number
        elif line.bullet:
            while len(branch) > 1 and (branch[-1].indent >= line.indent or len(branch) > MAX_DEPTH):
                branch.pop()
            reply = _Entry(None, line.indent, [line.rest])
            branch[-1].replies.append(reply)
            branch.append(reply)
        else:
            # A paragraph further out than the reply being read goes on with what stands there. At a bullet's own
            # indentation it goes on with that reply: whatever somebody wrote stands before the answers to it.
            while line.after_blank and len(branch) > 1 and 0 < line.indent < branch[-1].indent:
                branch.pop()
                branch[-1].lines.append("")
            branch[-1].lines.append(line.words)
    spellings: dict[str, str] = {}
    return tuple(comment for entry in top for comment in _finished(entry, spellings))


def _finished(entry: _Entry, spellings: dict[str, str]) -> Iterator[Comment]:
    """`spellings` collects the names, so that one person has one spelling on the whole page: the first."""
    likes = [_LIKES.match(line) for line in entry.lines]
    paragraphs = _paragraphs(["" if like else line for like, line in zip(likes, entry.lines, strict=True)])
    name = None
    if len(paragraphs) > 1 and len(paragraphs[0]) == 1:
        line = _SAYS.sub("", paragraphs[0][0])
        if name_key(line) in _NOBODY:  # two who gave no name are not one person, so they get no name in common
            paragraphs = paragraphs[1:]
        elif _is_name(line):
            name, paragraphs = spellings.setdefault(name_key(line), line), paragraphs[1:]
    replies = tuple(comment for reply in entry.replies for comment in _finished(reply, spellings))
    if paragraphs:
        text = "\n\n".join(map(_markdown, paragraphs))
        yield Comment(entry.number, name, text, replies, sum(int(like[1]) for like in likes if like))
    else:  # nothing was said here; what others answered is kept one level up
        yield from replies


def _walk(comments: Sequence[Comment]) -> Iterator[Comment]:
    for comment in comments:
        yield comment
        yield from _walk(comment.replies)


# --- Markdown ------------------------------------------------------------------------------------------------------

_POINT = re.compile(r"[0-9]{1,3}\) \S")
_MAX_HEADING = 120


def _markdown_line(words: str) -> str:
    bullet = _BULLET.match(words)
    return f"- {plain_line(bullet[1])}" if bullet and bullet[1] else plain_line(words)


def _markdown(paragraph: Sequence[str]) -> str:
    return "\n".join(map(_markdown_line, paragraph))


def _article_markdown(lines: Sequence[_Line]) -> str:
    blocks = []
    for paragraph in _paragraphs([line.words for line in lines]):
        only = paragraph[0]
        # Longer, or ending like a sentence, it is a numbered point in running text.
        if len(paragraph) == 1 and _POINT.match(only) and len(only) <= _MAX_HEADING and only[-1] not in ".,;":
            blocks.append("## " + escaped(only).replace("#", r"\#"))
        else:
            blocks.append(_markdown(paragraph))
    return "\n\n".join(blocks)


def _paragraphs(lines: Sequence[str]) -> list[list[str]]:
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line:
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    return [paragraph for paragraph in paragraphs if paragraph]


# --- names ---------------------------------------------------------------------------------------------------------

_SAYS = re.compile(r" (?:says|said|wrote):$", re.IGNORECASE)
_INITIAL_OR_TITLE = re.compile(r"(?:[^\W\d_]|mr|mrs|ms|dr|st|jr|sr|prof|rev)\.", re.IGNORECASE)
_MAX_NAME = 40
_MAX_NAME_WORDS = 5
_PUNCTUATION = " .,'\u2018\u2019-\u2010_&()@"  # what may stand in a name


_JOINS = JOINING | {""}  # "&"

# How a single word ends that is no name, in lower case or long: "moving", "Heartbreaking". "Irving" is short.
_NOT_A_NAMES_END = ("ing", "ed", "ful", "able", "ible", "ous", "tion", "ness", "less", "ment")
_LONG_WORD = 8
_DECORATION = {"So", "Sk", "Cf", "Mn", "Me"}  # emoji and what colours or joins them
_NOBODY = words_of("anonymous anon guest visitor unknown")


def _is_name(line: str) -> bool:
    """Whether a comment's lonely first line is who wrote it.

    One to five words and at most 40 characters, each word with a capital (or without case), joined perhaps by "of",
    "de", "in": "Given Surname", "Given in Place", "G. Surname". Or one word that looks like a handle: with a digit,
    an underscore or an inner capital, or, since many sign like that, a single lower-case word that is no exclamation.
    Not a name: anything with sentence punctuation ("thanks so much!"), with a pronoun or verb, or that opens like a
    greeting. In doubt it is a name: a heading lost is a smaller harm than a person found.
    """
    line = "".join(char for char in line if char.isascii() or unicodedata.category(char) not in _DECORATION).strip()
    words = line.split()
    if not 1 <= len(words) <= _MAX_NAME_WORDS or len(line) > _MAX_NAME or not any(map(str.isalpha, line)):
        return False
    bare = [folded("".join(WORD.findall(word))) for word in words]
    if _is_sentence(line, words, bare):
        return False
    if len(words) == 1:
        signed_big = is_capital(_first_run(line)) and len(line) <= _LONG_WORD
        return signed_big or _is_handle(line) or not bare[0].endswith(_NOT_A_NAMES_END)
    place = next((at for at, word in enumerate(bare) if word in PLACE), len(words))
    placed = len(words) - place <= 3  # a place may be written small: "Given from the coast"
    return (
        is_capital(_first_run(line))
        and bare[-1] not in JOINING
        and all(
            is_capital(_first_run(word)) or _is_handle(word) or bare[at] in _JOINS or (placed and at > place)
            for at, word in enumerate(words)
        )
    )


def _is_sentence(line: str, words: Sequence[str], bare: Sequence[str]) -> bool:
    return (
        line.endswith(",")
        or not all(char.isalnum() or unicodedata.category(char) == "Mc" or char in _PUNCTUATION for char in line)
        or any(word.endswith(".") and not _INITIAL_OR_TITLE.fullmatch(word) for word in words)
        or bare[0] in OPENING
        # "I." is an initial, "in ME" a state
        or any(
            bare[at] in SENTENCE and not word.endswith(".") and not (word.isupper() and bare[at - 1] in JOINING)
            for at, word in enumerate(words)
        )
    )


def _first_run(word: str) -> str:
    found = WORD.search(word)
    return found[0] if found else ""


def _is_handle(word: str) -> bool:
    return word.isdigit() or (
        word.lstrip("@")[:1].isalpha()
        and (any(char.isdigit() or char in "_@." for char in word) or any(char.isupper() for char in word[1:]))
    )


# --- taking names out ----------------------------------------------------------------------------------------------


def with_names_replaced(article: Article, pseudonyms: Mapping[str, str]) -> Article:
    """The same article with every commenter's name, and every personal part of it, gone from all texts.

    `pseudonyms` needs a name for each of `article.named()` (matched without regard to case); ValueError otherwise,
    because half a replacement is a leak. Of "Given in Place" the part "Given" is personal; single letters are not,
    as a lone "A" would take the articles out of a text. Two people with one given name: the first has it.
    """
    chosen = {name_key(name): pseudonym for name, pseudonym in pseudonyms.items()}
    names = article.named()
    if any(not chosen.get(name_key(name)) for name in names):
        message = "each commenter needs a pseudonym"  # not which one: a traceback may be kept
        raise ValueError(message)
    capitals = Counter[str]()
    count_capitals(capitals, article.body)
    search = NameSearch([(name, name) for name in names], plain_words=plain_words(capitals))

    def replaced(text: str, *, markdown: bool) -> str:
        return search.replaced(text, lambda name: chosen[name_key(name)], markdown=markdown)

    def renamed(comment: Comment) -> Comment:
        return replace(
            comment,
            name=None if comment.name is None else chosen[name_key(comment.name)],
            text=replaced(comment.text, markdown=True),
            replies=tuple(map(renamed, comment.replies)),
        )

    return Article(
        title=replaced(article.title, markdown=False),
        body=replaced(article.body, markdown=True),
        comments=tuple(map(renamed, article.comments)),
    )
