"""Reading a blog's export as it comes, in a memory that does not grow with the file.

Expat reads, and nothing else: a document type is refused before any of it is looked at, so there are no entities to
expand, from inside the file or from outside. Real exports hold what XML forbids: control characters, bytes of another
encoding, `&nbsp;`. These are put right on the way, line by line as the file has them.
"""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from html.entities import html5
from typing import BinaryIO
from xml.parsers import expat
from xml.sax.saxutils import escape

from django.utils.translation import gettext_lazy as _

from forum.importing.blog import BlogFileBroken

MAX_TEXT = 5_000_000  # characters between two tags: a whole book
_CHUNK = 64 * 1024
_MAX_DEPTH = 50

_DECLARED = re.compile(rb"""<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["']""")
_ENCODINGS = re.compile(r"utf-?8|us-ascii|iso-8859-[0-9]+|windows-125[0-9]|latin-?1", re.IGNORECASE)
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE = re.compile(r"&(?:#[xX]([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-zA-Z][a-zA-Z0-9]{1,31}));")
_LONGEST_REFERENCE = 34
_OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})  # those that XML knows itself


@dataclass(slots=True)
class Element:
    """`texts` and `ids` are of the elements right inside it: what they say, and their `id`; `inner` of those that hold
    others: the texts of these. Of several with one tag it has the last. While it is open it has what came so far.
    """

    tag: str
    line: int
    id: str
    outer: Element | None
    texts: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    inner: dict[str, dict[str, str]] = field(default_factory=dict)


def elements(file: BinaryIO, *, root: str, wanted: Collection[str]) -> Iterator[Element]:
    """Those of the `wanted` tags as they end. Raises BlogFileBroken, also where the file's first tag is not `root`.

    Tags are told by the short names that every such export uses: plugins write tags without saying whose they are.
    """
    reader = _Reader(root, wanted)
    try:
        for text in _texts_of(file):
            yield from reader.read(text)
        yield from reader.read("", is_last=True)
    except expat.ExpatError as error:
        raise BlogFileBroken(_("The file is damaged or cut off here."), line=error.lineno) from error
    except (OSError, EOFError, zlib.error) as error:
        raise BlogFileBroken(_("The file cannot be read any further."), line=reader.line) from error
    except LookupError as error:
        raise BlogFileBroken(_("The file is in an encoding that is not known here."), line=1) from error


class _Reader:
    def __init__(self, root: str, wanted: Collection[str]) -> None:
        self._root = root
        self._wanted = wanted
        self._open: list[Element] = []
        self._ended: list[Element] = []
        self._pieces: list[str] = []
        self._size = 0
        self._is_leaf = False
        self._expat = expat.ParserCreate("utf-8")
        self._expat.buffer_text = True
        self._expat.StartDoctypeDeclHandler = self._refuse_document_type
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._say

    @property
    def line(self) -> int:
        return self._expat.CurrentLineNumber

    def read(self, text: str, *, is_last: bool = False) -> list[Element]:
        self._ended = []
        self._expat.Parse(text, is_last)
        return self._ended

    def _refuse_document_type(self, *_declared: object) -> None:
        raise BlogFileBroken(_("No blog's export begins with a document type."), line=self.line)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._open and tag != self._root:
            raise BlogFileBroken(_("This is not an export of that kind."), line=self.line)
        if len(self._open) >= _MAX_DEPTH:
            raise BlogFileBroken(_("There are more tags inside each other here than any blog writes."), line=self.line)
        outer = self._open[-1] if self._open else None
        self._open.append(Element(tag, self.line, attributes.get("dsq:id", "").strip(), outer))
        self._forget_text()
        self._is_leaf = True

    def _end(self, _tag: str) -> None:
        element = self._open.pop()
        if element.outer is not None:
            element.outer.ids[element.tag] = element.id
            if self._is_leaf:
                element.outer.texts[element.tag] = "".join(self._pieces)
            else:
                element.outer.inner[element.tag] = element.texts
        if element.tag in self._wanted:
            self._ended.append(element)
        self._forget_text()
        self._is_leaf = False

    def _say(self, text: str) -> None:
        self._size += len(text)
        if self._size > MAX_TEXT:
            raise BlogFileBroken(_("There is more text in one place here than any blog holds."), line=self.line)
        self._pieces.append(text)

    def _forget_text(self) -> None:
        self._pieces.clear()
        self._size = 0


def _texts_of(file: BinaryIO) -> Iterator[str]:
    """The file in pieces of well-formed characters; no piece ends inside `&nbsp;`."""
    chunk = file.read(_CHUNK)
    decoder = codecs.getincrementaldecoder(_encoding_of(chunk))(errors="replace")
    kept = ""
    while chunk:
        text = kept + decoder.decode(chunk)
        end = text.rfind("&", max(0, len(text) - _LONGEST_REFERENCE))
        if end == -1 or ";" in text[end:]:
            end = len(text)
        kept = text[end:]
        yield _put_right(text[:end])
        chunk = file.read(_CHUNK)
    yield _put_right(kept + decoder.decode(b"", final=True))


def _encoding_of(start: bytes) -> str:
    """Raises LookupError for what is not an encoding of text that blogs have."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    declared = _DECLARED.search(start[:200])
    name = declared[1].decode("ascii") if declared else "utf-8"
    if not _ENCODINGS.fullmatch(name):
        raise LookupError
    return "utf-8-sig" if name.lower().startswith("utf") else name


def _put_right(text: str) -> str:
    return _FORBIDDEN.sub("", _REFERENCE.sub(_known_reference, text))


def _known_reference(reference: re.Match[str]) -> str:
    hexadecimal, decimal, name = reference.groups()
    if name:
        # Inside CDATA, where it is a blog's HTML, it means the same either way.
        return reference[0] if name in _OWN else escape(html5.get(f"{name};", reference[0]))
    number = int(hexadecimal, 16) if hexadecimal else int(decimal)
    is_allowed = number < 0x110000 and not _FORBIDDEN.match(chr(number))
    return reference[0] if is_allowed else ""
