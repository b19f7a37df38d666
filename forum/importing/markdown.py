"""Words and HTML from elsewhere as Markdown that renders to the same words. Nothing here touches a database."""

from __future__ import annotations

import re

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
