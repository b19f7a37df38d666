"""The one place where what somebody wrote becomes safe HTML. No other module may mark anybody's words as safe.

`clean_source` makes the text that is stored, `render_post` the HTML that is stored beside it with RENDERER_VERSION;
nothing is rendered while a page is read. In between: Markdown with raw HTML off, then bleach, then nh3. bleach was
chosen by the owner and ended upstream with 6.4.0 (no further releases, security fixes included), so a hole in it must
not be fatal: Markdown never hands it raw HTML, and nh3, which is maintained and shares no code with it, goes over
the result by the same rules. `tests/forum/test_text_is_made_safe.py` holds whatever stands behind `sanitise` to them:

- Words, not media: no image, embed, class, id, style or table. An image would tell its owner who reads here.
- A link is an absolute http(s) address with a host *name*, carries LINK_REL always (rule B2: nobody learns where the
  reader came from), and shows where it leads unless its text already is that address.
- No telephone and mail links: `[Helpline](tel:…)` could ring an abuser from the reader's own number. What such a link
  points at is shown as text instead; numbers to tap come from the checked crisis list alone.
- A heading starts at h3, below a page's own outline. No script is needed to read any of it (M3).
- People write as in a chat: a line break is a break, indenting and underlining mean nothing, `&#x202e;` is not decoded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from html import unescape
from typing import TYPE_CHECKING, Any, Final

import nh3
from bleach.sanitizer import Cleaner
from django.utils.formats import number_format
from django.utils.functional import lazy
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.rules_block import blockquote, list_block
from markdown_it.rules_block.fence import make_fence_rule
from markdown_it.rules_inline import emphasis
from markdown_it.token import Token

from common.errors import Invalid

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline

RENDERER_VERSION: int = 1  # raise it whenever the same source could give other HTML: a command then renders again
MAX_POST_CHARS: Final = 20_000
MAX_TITLE_CHARS: Final = 120
MAX_TAGS: Final = 3_000  # a long story in short lines has some hundred; bleach needs about 0.05 ms for each
MAX_LEVEL: Final = 12  # a quote is one level, a list two; deeper signs stay as they were typed, nothing is lost
MAX_ADDRESS_CHARS: Final = 2_000

LINK_REL: Final = "noreferrer nofollow noopener ugc"
TAGS: Final = frozenset("a blockquote br code del em h3 h4 hr li ol p pre s strong ul".split())


class TextEmpty(Invalid):
    code = "text-empty"
    message = _("There are no words here yet. Please write something first.")


class TextTooLong(Invalid):
    code = "text-too-long"
    message = _("This is too long. Nothing you wrote is lost: please shorten it a little.")


class TextTooTangled(Invalid):
    code = "text-too-tangled"
    message = _(
        "There are more line breaks and signs like * _ > ` in this than can be shown. "
        "Nothing you wrote is lost: please take some out, or send it in two parts."
    )


def _refused(error: type[Invalid], field: str, message: _StrOrPromise | None = None) -> Invalid:
    text = error.message if message is None else message
    return error(text, fields={field: [text]})


def _digits(number: int) -> str:
    return number_format(number, force_grouping=True)


_lazy_digits = lazy(_digits, str)
_NEWLINES = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Controls, lone surrogates, and what turns the reading direction of all that follows: with it "moc.live" can be made
# to look like another address. The marks U+200E and U+200F stay: Hebrew and Arabic need them beside punctuation, and
# they only count as one more letter of their direction. So do the joiners U+200C and U+200D (Persian, emoji).
_UNWANTED = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_ACCENT = r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_ACCENT_TOWERS = re.compile(f"({_ACCENT}{{8}}){_ACCENT}+")  # high enough, they cover other people's posts
_HOLLOW = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and signs without any ink


def _plain(text: str) -> str:
    return _ACCENT_TOWERS.sub(r"\1", _UNWANTED.sub("", _NEWLINES.sub("\n", text)))


def _is_visible(text: str) -> bool:
    return any(unicodedata.category(char)[0] in "LNPS" and char not in _HOLLOW for char in text)


# Any sign that can begin a tag in the HTML. None gives more tags than this (a test knows), so few signs spare a parse.
_TAGS_PER_SIGN: Final = 6
_SIGNS = re.compile(r"[\n*_~`\[<>#+-]|[0-9][.)]|://|www\.", re.IGNORECASE)


def _is_tangled(source: str) -> bool:
    return _TAGS_PER_SIGN * len(_SIGNS.findall(source)) + 2 > MAX_TAGS and _markup(source).count("<") > MAX_TAGS


def _fitting(text: str, max_chars: int, field: str) -> str:
    if (over := len(text) - max_chars) <= 0:
        return text
    message = ngettext_lazy(
        "This is {over} character longer than the {limit} that fit. "
        "Nothing you wrote is lost: please shorten it a little, or move the rest into another post.",
        "This is {over} characters longer than the {limit} that fit. "
        "Nothing you wrote is lost: please shorten it a little, or move the rest into another post.",
        over,
    )
    raise _refused(TextTooLong, field, format_lazy(message, over=_lazy_digits(over), limit=_lazy_digits(max_chars)))


def clean_source(source: str, *, max_chars: int = MAX_POST_CHARS, field: str = "text") -> str:
    """The text as it is stored and as `render_post` wants it. Cleaning it again changes nothing.

    Raises TextEmpty, TextTooLong or TextTooTangled, each naming `field`. What passes is rendered in bounded time.
    """
    text = _fitting(_plain(source).strip(), max_chars, field)
    if not _is_visible(text):
        raise _refused(TextEmpty, field)
    if _is_tangled(text):
        raise _refused(TextTooTangled, field)
    return text


def said(words: str) -> str:
    """Words of a form that are kept as they were typed, without the blanks around them; "" where nobody would see
    anything of them. Not HTML: templates escape it.
    """
    words = words.replace("\0", "").strip()
    return words if _is_visible(words) else ""


def clean_title(title: str) -> str:
    return clean_line(title, max_chars=MAX_TITLE_CHARS, field="title")


def clean_line(words: str, *, max_chars: int, field: str) -> str:
    """One line of plain text, not HTML: templates escape it. May be empty. Raises TextTooLong for the field."""
    text = _fitting(" ".join(_plain(words).split()), max_chars, field)
    return text if _is_visible(text) else ""


def render_post(source: str) -> SafeString:
    """HTML for the body of a post, from a source that `clean_source` returned: its cost is bounded only for those.

    For text context only: never into an attribute or a script, and not to be cut or marked up afterwards.
    """
    return mark_safe(sanitise(_markup(source)))  # noqa: S308 - this line is what the module is for


_INLINE_TAG = re.compile(r"</?(?:a|code|del|em|s|strong)(?: [^>]*)?>")
_TAG = re.compile(r"<[^>]*>")


def words_as_read(html: str) -> str:
    """What `render_post` made, as it is read: no marks, and a line for each block. Plain text, not HTML."""
    return unescape(_TAG.sub("\n", _INLINE_TAG.sub("", html)))


_LINE_MARKS = re.compile(r"^(?:[ \t]*(?:>|[-+*](?=\s)|#{1,6}(?=\s)))+|^[ \t]*(?:`{3,}|[-*_]{3,}[ \t]*$)", re.MULTILINE)
_WRITTEN_LINK = re.compile(r"\[([^\[\]\n]*)\]\([^()\s]*\)")
_WORD_MARKS = re.compile(r"[*_~`]+|\\(?=[!-/:-@\[-`{-~])")


def _unless_in_word(marks: re.Match[str]) -> str:
    before, after = marks.string[max(marks.start() - 1, 0) : marks.start()], marks.string[marks.end() : marks.end() + 1]
    return marks[0] if before.isalnum() and after.isalnum() else ""


def read_signs(source: str) -> list[tuple[int, str]]:
    """The signs of a source that are read, and where each stands: most marks left out, as in `excerpt`."""
    unread: set[int] = set()
    for marks in _LINE_MARKS.finditer(source):
        unread.update(range(*marks.span()))
    for link in _WRITTEN_LINK.finditer(source):
        unread.update(range(*link.span()))
        unread.difference_update(range(*link.span(1)))
    for marks in _WORD_MARKS.finditer(source):
        if not _unless_in_word(marks):
            unread.update(range(*marks.span()))
    return [(place, sign) for place, sign in enumerate(source) if place not in unread]


def excerpt(source: str, *, max_chars: int) -> str:
    """The first words of a post on one line, most marks gone. Plain text, not HTML: templates escape it.

    Made while lists are read, so it does without the parser, which takes many times as long and is exact.
    """
    text = _WRITTEN_LINK.sub(r"\1", _LINE_MARKS.sub("", source[: 2 * max_chars]))
    text = " ".join(_WORD_MARKS.sub(_unless_in_word, text).split())
    if len(text) <= max_chars:
        return text
    kept, space, _half_word = text[:max_chars].rpartition(" ")
    return (kept if space else text[: max_chars - 1]) + "…"


# Markdown


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


# No IP address in any spelling: a last label that begins with a letter is never read as a number. No user:password@.
_ADDRESS = re.compile(
    r"https?://((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9]))"
    r"(?::[0-9]{1,5})?(?:[/?#][!#-;=?-\[\]_a-z~]*)?",
    re.IGNORECASE | re.ASCII,
)
_WRITTEN_ADDRESS = re.compile(r"(?<![\w@])(?:https?://|www\.)[a-z0-9.:-]+(?:[/?#][\w!#-;=?-\[\]~]*)?", re.IGNORECASE)
_BRACKETS = re.compile(r"\\.|[\[\]]", re.DOTALL)
_TARGET = re.compile(
    r"\]\(\s*(?:<([^<>\n]*)>|((?!<)[^\s()]*(?:\([^\s()]*\)[^\s()]*)*))"
    r"""(?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?\s*\)"""
)
_STARS = re.compile(r"\*+")
_BEFORE_HOST = re.compile(r"(?:https?://)?(?:www\.)?")


def _host(address: str) -> str | None:
    """The host of an address that may be linked, None for all others. Takes raw values; decodes nothing."""
    match = _ADDRESS.fullmatch(address) if len(address) <= MAX_ADDRESS_CHARS else None
    return match[1].lower() if match else None


def _link(href: str, label: list[Token]) -> list[Token]:
    """One link, written or found; or only its words, where it must not be one."""
    if href[:4].lower() == "www.":
        href = "https://" + href
    words = "".join(token.content for token in label)
    if (host := _host(href)) is None:
        scheme, _colon, target = href.partition(":")
        target = target.partition("?")[0]
        lost = scheme.lower() in ("tel", "sms", "mailto") and target and target not in words
        return [*label, _text(f" ({target})")] if lost else label
    opening = Token("link_open", "a", 1, attrs={"href": href, "rel": LINK_REL})
    closing = Token("link_close", "a", -1)
    if not _is_visible(words):
        return [opening, _text(host), closing]
    shown, bare = _BEFORE_HOST.sub("", words.lower(), count=1), host.removeprefix("www.")
    is_address = shown == bare or shown.startswith((bare + "/", bare + "?", bare + "#"))
    if is_address and not any(unicodedata.bidirectional(char) in ("R", "AL") for char in shown):
        return [opening, *label, closing]
    return [opening, *label, closing, _text(f" ({host})")]  # also where letters run leftwards and may change places


def _trimmed(address: str) -> str:
    """Without the full stop, quote or bracket that belongs to the sentence around it. One walk, whatever the input."""
    end, unopened = len(address), address.count(")") - address.count("(")
    while end and (char := address[end - 1]) in ".,;:!?'*_~()]":
        if char == ")":
            if unopened <= 0:
                break
            unopened -= 1
        elif char == "(":
            unopened += 1
        end -= 1
    return address[:end]


def _with_links(text: str) -> Iterator[Token]:
    """Plain text in which addresses became links. Only with scheme or www: a name with a dot may be just a typo."""
    done = 0
    for match in _WRITTEN_ADDRESS.finditer(text):
        address = _trimmed(match[0])
        if len(address) > MAX_ADDRESS_CHARS:
            continue
        yield _text(text[done : match.start()])
        yield from _link(_MARKDOWN.normalizeLink(address), [_text(address)])
        done = match.start() + len(address)
    yield _text(text[done:])


def _relinked(tokens: Iterable[Token]) -> list[Token]:
    done: list[Token] = []
    opened, start, level = None, 0, 0
    for token in tokens:
        level += token.nesting
        if token.nesting and level + (token.nesting < 0) > MAX_LEVEL and token.tag != "a":
            continue  # bold in italics in bold …: closing one costs bleach a walk over all that are open
        if token.type == "link_open":
            opened, start = token, len(done)
        elif token.type == "link_close" and opened:
            done[start:] = _link(str(opened.attrGet("href") or ""), done[start:])
            opened = None
        elif token.type == "text" and not opened:
            done += _with_links(token.content)
        else:
            done.append(token)
    return done


def _tame(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h3" if token.tag in ("h1", "h2") else "h4"
        elif token.type == "fence":
            words, token.info = token.info.strip(), ""  # they would become a class; "```he said" are words
            token.content = f"{words}\n{token.content}" if words else token.content
        elif token.children:
            token.children = _relinked(token.children)


def _targets(state: StateInline) -> dict[int, re.Match[str]]:
    """Where in a paragraph a written link begins, and what follows its words. Found in one walk, and kept.

    markdown-it looks for the end of each bracket anew, through all that follows: 500 brackets took it seconds.
    """
    if state.env.get("source") is not state.src:
        begun: list[int] = []
        newest, found = -1, {}
        for sign in _BRACKETS.finditer(state.src):
            if sign[0] == "[":
                begun.append(sign.start())
            elif sign[0] == "]" and begun:
                start = begun.pop()
                if newest < start and (target := _TARGET.match(state.src, sign.start())):  # no link in a link
                    found[start], newest = target, start
        state.env.update(source=state.src, targets=found)
    targets: dict[int, re.Match[str]] = state.env["targets"]
    return targets


def _written_link(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - theirs
    target = _targets(state).get(state.pos) if state.src[state.pos] == "[" else None
    if target is None:
        return False
    if not silent:
        href = state.md.normalizeLink(unescapeAll(target[1] or target[2] or ""))
        state.push("link_open", "a", 1).attrs = {"href": href}
        outer, state.pos, state.posMax = state.posMax, state.pos + 1, target.start()
        state.md.inline.tokenize(state)
        state.posMax = outer
        state.push("link_close", "a", -1)
    state.pos = target.end()
    return True


def _emphasis(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - theirs
    """Stars between two letters are a word somebody did not want to spell out (f**k, b*tch), not marks.

    Letters that have a case, that is: scripts without spaces between words (中文) do put marks there.
    """
    stars = _STARS.match(state.src, state.pos)
    around = state.src[state.pos - 1] + state.src[stars.end() : stars.end() + 1] if stars and state.pos else ""
    if stars is None or silent or len(around) != 2 or not all(c.isdigit() or c != c.swapcase() for c in around):
        return emphasis.tokenize(state, silent)
    state.append_pending(stars[0])
    state.pos = stars.end()
    return True


def _list(state: StateBlock, line: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - theirs
    return state.level < MAX_LEVEL and list_block(state, line, end, silent)


def _quote(state: StateBlock, line: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - theirs
    """A quote ends where the > end. CommonMark would put the answer typed right below into the other's mouth,
    and markdown-it, looking for such lines, goes over the whole post again for every quote in it.
    """

    def is_quoted(number: int) -> bool:
        return state.src.startswith(">", state.bMarks[number] + state.tShift[number])

    if state.level >= MAX_LEVEL or not is_quoted(line):
        return False
    last = line + 1
    while not silent and last < end and is_quoted(last):
        last += 1
    outer, state.lineMax = state.lineMax, last
    matched = blockquote(state, line, last, silent)
    state.lineMax = outer
    return matched


def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "xhtmlOut": False, "maxNesting": 20})
    parser.enable("strikethrough")
    # `reference`: one long address used by 5,000 short links makes a post of megabytes, and `[x]: # (…)` hides words.
    # `entity`: would bring back what `clean_source` took out.
    parser.disable(["image", "reference", "entity", "html_block", "html_inline", "code", "lheading"])
    # Beyond maxNesting markdown-it drops what follows without a word; our own limit comes first and keeps it.
    parser.block.ruler.at("blockquote", _quote, {"alt": ["paragraph", "blockquote", "list"]})
    parser.block.ruler.at("list", _list, {"alt": ["paragraph", "blockquote"]})
    # ~~~~~ between two parts of a story is a line, not the beginning of code that never ends.
    parser.block.ruler.at("fence", make_fence_rule(markers=("`",)), {"alt": ["paragraph", "blockquote", "list"]})
    parser.inline.ruler.at("link", _written_link)
    parser.inline.ruler.at("emphasis", _emphasis)
    parser.core.ruler.push("tame", _tame)
    parser.render("x")  # fills its caches of rules now: two threads doing so at once could see an empty one
    return parser


_MARKDOWN = _markdown()


def _markup(source: str) -> str:
    # Spelled as nh3 spells it, so that one pass of `sanitise` is enough. No attribute of ours can hold a quote.
    return str(_MARKDOWN.render(source)).replace("&quot;", '"').replace("\xa0", "&nbsp;").rstrip("\n")


# Sanitising


def _may_stay(tag: str, name: str, value: str) -> bool:
    """Asked by both sanitisers. bleach's own check of addresses is no use: it passes `//x` and `javascript:1`."""
    if (tag, name) == ("a", "href"):
        return _host(value) is not None
    if (tag, name) == ("ol", "start"):  # "1998. We met" begins a list in Markdown; it should still say 1998
        return value.isascii() and value.isdigit() and len(value) <= 9
    return (tag, name, value) == ("a", "rel", LINK_REL)


def _whole_links(source: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A filter for bleach: links that lost their address lose their tags too, the others get their rel."""
    kept: list[bool] = []
    for token in source:
        if token.get("name") == "a" and token["type"] == "StartTag":
            href = token["data"].get((None, "href"))
            kept.append(href is not None)
            token["data"] = {(None, "href"): href, (None, "rel"): LINK_REL}
        if token.get("name") != "a" or (kept.pop() if token["type"] == "EndTag" else kept[-1]):
            yield token


_NH3 = nh3.Cleaner(
    tags=set(TAGS),
    attributes={"a": {"href"}, "ol": {"start"}},
    attribute_filter=lambda tag, name, value: value if _may_stay(tag, name, value) else None,
    link_rel=LINK_REL,
    url_schemes={"http", "https"},
    url_relative="deny",
)


def _sanitised_once(html: str) -> str:
    # A new Cleaner each time: it keeps the state of its parser, and threads must not share that.
    cleaner = Cleaner(
        tags=TAGS,
        attributes=_may_stay,
        protocols=("http", "https"),
        strip=True,
        filters=[_whole_links],  # type: ignore[list-item]  # any callable over the stream will do
    )
    return _NH3.clean(cleaner.clean(_plain(html)))


def sanitise(html: str) -> str:
    """Any HTML down to what posts may hold. Whatever it returns, it returns unchanged when asked again.

    Costs one pass for what `render_post` gives it. Markup that will not settle is shown as the text it is.
    """
    for _attempt in range(4):
        cleaned = _sanitised_once(html)
        if cleaned == html:
            return html
        html = cleaned
    escaped = html.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _sanitised_once(f"<p>{escaped}</p>")
