"""Words and HTML from elsewhere as Markdown that renders to the same words. Nothing here touches a database."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import nh3

_SPECIAL = re.compile(
    r"[\\`*\[\]|]"  # always
    r"|~(?=~)|(?<=~)~"
    r"|<(?=[A-Za-z/!?])"
    r"|&(?=#?[0-9A-Za-z]{1,32};)"
    r"|(?<![^\W_])_|_(?![^\W_])"  # an underscore inside a word means nothing
)
_LINE_START = re.compile(r"[-+=>#~]|[0-9]{1,9}(?=[.)](?: |$))")


def escaped(words: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", words)


def plain_line(words: str) -> str:
    start = _LINE_START.match(words)
    if start is None:
        return escaped(words)
    # "1." becomes "1\.", every other mark is escaped itself.
    head = f"{start[0]}\\{words[start.end()]}" if start[0].isdigit() else f"\\{start[0]}"
    return head + escaped(words[start.end() + start[0].isdigit() :])


# --- HTML ------------------------------------------------------------------------------------------------------------

_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~", "strike": "~~", "code": "`", "a": ""}
_CONTAINERS = frozenset("blockquote ul ol li".split())
_HEADINGS = {"h1": "## ", "h2": "## ", "h3": "## ", "h4": "### ", "h5": "### ", "h6": "### "}
_BLOCKS = frozenset(
    "p div pre hr table caption tr dl dt dd figure figcaption section article header footer center address "
    "details summary fieldset form".split()
)
_NOT_WORDS = frozenset(
    "script style iframe object embed noscript svg math template select textarea video audio".split()
)
_MAX_DEPTH = 5  # of quotes and lists, and of marks; deeper ones go on at that depth
_PARAGRAPHS = re.compile(r"\n[^\S\n]*\n\s*")
_PARAGRAPH_TAG = re.compile(r"<(?=(?:p|br|div|li|h[1-6]|blockquote|pre|tr)\b)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\\]+\Z", re.IGNORECASE)

_CLEANER = nh3.Cleaner(
    tags={*_MARKS, *_CONTAINERS, *_HEADINGS, *_BLOCKS, "br", "td", "th"} - _NOT_WORDS,
    clean_content_tags=set(_NOT_WORDS),
    attributes={"a": {"href"}, "ol": {"start"}},
    url_schemes={"http", "https"},
    url_relative="deny",
    link_rel=None,
)


def markdown_from_html(html: str) -> str:
    """The words of a blog's HTML, whole or broken, with what Markdown has for them; no image, no embed, no raw HTML.

    A blank line ends a paragraph and a line's end is one, as blogs show comments, unless the HTML marks either itself.
    nh3 parses as a browser does, so that here every tag is closed in its order.
    """
    cleaned = _CLEANER.clean(html.replace("\r\n", "\n").replace("\r", "\n"))
    writer = _Writer(keeps_lines="<p>" not in cleaned and "<br>" not in cleaned)
    writer.feed(cleaned)
    writer.close()
    return writer.finished()


def plain_from_html(html: str) -> str:
    """The words alone, in paragraphs: for what has more marks than a post may have."""
    paragraphs = _PARAGRAPHS.split(_text_of(_PARAGRAPH_TAG.sub("\n\n<", html)))
    return "\n\n".join(plain_line(" ".join(paragraph.split())) for paragraph in paragraphs if paragraph.strip())


def line_from_html(html: str) -> str:
    """One line of plain text, not Markdown."""
    return " ".join(_text_of(html).split())


def _text_of(html: str) -> str:
    reader = _Text()
    reader.feed(nh3.clean(html, tags=set(), clean_content_tags=set(_NOT_WORDS)))
    reader.close()
    return "".join(reader.texts)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@dataclass(slots=True)
class _Inline:
    """Words, perhaps marked as a whole. Its parts are words as they are to stand, or marked themselves."""

    tag: str = ""
    href: str = ""
    parts: list[str | _Inline] = field(default_factory=list)

    def written(self, *, plainly: bool = False) -> str:
        pieces = [part if isinstance(part, str) else part.marked(plainly=plainly) for part in self.parts]
        text = ""
        for at, part in enumerate(self.parts):
            if isinstance(part, _Inline) and _is_amid_word(pieces, at):
                pieces[at] = part.marked(plainly=True)
            text += " " * (text.endswith("`") and pieces[at].startswith("`")) + pieces[at]
        return text

    def marked(self, *, plainly: bool) -> str:
        """`plainly`: amid a word, where stars would be stars. Links may stand there."""
        inner = self.written(plainly=plainly)
        words = inner.strip()
        if not words:
            return inner
        start = len(inner) - len(inner.lstrip())
        return inner[:start] + self._around(words, plainly=plainly) + inner[start + len(words) :]

    def _around(self, words: str, *, plainly: bool) -> str:
        if self.tag == "code":
            fence = "`" * (1 + max([0, *map(len, re.findall("`+", words))]))
            space = " " if "`" in words else ""
            return f"{fence}{space}{' '.join(words.split())}{space}{fence}"
        if self.tag == "a" and self.href:
            target = f"<{self.href}>" if re.search(r"[()]", self.href) else self.href
            return f"[{words}]({target})"
        mark = "" if plainly or "~" in (words[0], words[-1]) else _MARKS[self.tag]
        return f"{mark}{words}{mark}"


def _is_amid_word(pieces: list[str], at: int) -> bool:
    """Where marks beside a letter, or beside other marks, would be read as the signs they are."""
    before = next((piece[-1] for piece in reversed(pieces[:at]) if piece), " ")
    after = next((piece[0] for piece in pieces[at + 1 :] if piece), " ")
    before, after = (before if not pieces[at][:1].isspace() else " "), (after if not pieces[at][-1:].isspace() else " ")
    return any(char.isalnum() or char in "*~`" for char in (before, after))


@dataclass(slots=True)
class _Container:
    """The whole, a quote, a list or an item of it: blocks below each other."""

    tag: str
    number: int = 1  # of a list, the next item's
    blocks: list[str] = field(default_factory=list)

    def written(self) -> str:
        if self.tag in {"ul", "ol"}:
            is_loose = any("\n\n" in block for block in self.blocks)
            return ("\n\n" if is_loose else "\n").join(self.blocks)
        text = "\n\n".join(self.blocks)
        return "\n".join(f"> {line}".rstrip() for line in text.split("\n")) if self.tag == "blockquote" else text


class _Writer(HTMLParser):
    def __init__(self, *, keeps_lines: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._keeps_lines = keeps_lines
        self._containers = [_Container("")]
        self._ignored = 0  # containers too deep to have
        self._inlines = [_Inline()]  # the paragraph, and the marks open in it
        self._ignored_marks = 0
        self._heading = ""
        self._verbatim: list[str] | None = None
        self._is_line_start = True

    def finished(self) -> str:
        self._end_block()
        while len(self._containers) > 1:
            self._leave()
        return self._containers[0].written()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if self._verbatim is not None:
            return
        if tag in _MARKS:
            self._begin_mark(tag, values.get("href") or "")
        elif tag == "br":
            self._break_line()
        elif tag in {"td", "th"}:
            self._add(" ")
        else:
            self._end_block()
            if tag in _CONTAINERS:
                self._enter(tag, values.get("start") or "")
            elif tag == "pre":
                self._verbatim = []
            elif tag == "hr":
                self._containers[-1].blocks.append("---")
            self._heading = _HEADINGS.get(tag, "")
            self._is_line_start = not self._heading

    def handle_endtag(self, tag: str) -> None:
        if self._verbatim is not None:
            if tag == "pre":
                self._end_verbatim("".join(self._verbatim).strip("\n"))
        elif tag in _MARKS:
            self._end_mark()
        elif tag not in {"br", "td", "th"}:
            self._end_block()
            self._heading = ""
            if tag in _CONTAINERS:
                self._leave()

    def handle_data(self, data: str) -> None:
        if self._verbatim is not None:
            self._verbatim.append(data)
            return
        for at, paragraph in enumerate(_PARAGRAPHS.split(data)):
            if at:
                self._end_block()
            lines = paragraph.split("\n") if self._keeps_lines else [paragraph.replace("\n", " ")]
            for line, words in enumerate(lines):
                if line:
                    self._break_line()
                self._say(words)

    def _begin_mark(self, tag: str, href: str) -> None:
        is_marked = any(inline.tag == "code" or _MARKS[inline.tag] == _MARKS[tag] for inline in self._inlines[1:])
        if self._ignored_marks or is_marked or len(self._inlines) > _MAX_DEPTH:
            self._ignored_marks += 1
        else:
            self._inlines.append(_Inline(tag, href if _ADDRESS.match(href) else ""))

    def _end_mark(self) -> None:
        if self._ignored_marks:
            self._ignored_marks -= 1
        elif len(self._inlines) > 1:
            inline = self._inlines.pop()
            self._inlines[-1].parts.append(inline)

    def _say(self, words: str) -> None:
        spaced = re.sub(r"\s+", " ", words)
        if self._inlines[-1].tag == "code":
            self._add(spaced)
            return
        if self._is_line_start:
            spaced = spaced.lstrip()
        self._add(plain_line(spaced) if self._is_line_start else escaped(spaced))
        self._is_line_start = self._is_line_start and not spaced

    def _add(self, text: str) -> None:
        self._inlines[-1].parts.append(text)

    def _break_line(self) -> None:
        self._add(" " if self._heading else "\n")
        self._is_line_start = not self._heading

    def _end_block(self) -> None:
        """What was said becomes a paragraph; marks that are open go on in the next."""
        opened = [(inline.tag, inline.href) for inline in self._inlines[1:]]
        while len(self._inlines) > 1:
            inline = self._inlines.pop()
            self._inlines[-1].parts.append(inline)
        lines = [" ".join(line.split()) for line in self._inlines[0].written().strip().split("\n")]
        text = re.sub(r"\n{2,}", "\n\n", "\n".join(lines))
        if text:
            heading = self._heading and self._heading + re.sub("#(?=#*$)", r"\\#", text)  # else they would end it
            self._containers[-1].blocks.append(heading or text)
        self._inlines = [_Inline(), *(_Inline(tag, href) for tag, href in opened)]
        self._is_line_start = True

    def _end_verbatim(self, text: str) -> None:
        fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", text))])
        if text.strip():
            self._containers[-1].blocks.append(f"{fence}\n{text}\n{fence}")
        self._verbatim = None

    def _enter(self, tag: str, start: str) -> None:
        if self._ignored or len(self._containers) > 2 * _MAX_DEPTH:
            self._ignored += 1
        else:
            self._containers.append(_Container(tag, int(start) if re.fullmatch(r"[0-9]{1,6}", start) else 1))

    def _leave(self) -> None:
        if self._ignored:
            self._ignored -= 1
            return
        inner = self._containers.pop()
        outer, text = self._containers[-1], inner.written()
        if not text:
            return
        if inner.tag == "li":
            mark = f"{outer.number}. " if outer.tag == "ol" else "- "
            outer.number += 1
            text = mark + re.sub(r"\n(?=[^\n])", "\n" + " " * len(mark), text)
        outer.blocks.append(text)
