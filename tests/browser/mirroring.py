"""A language that nobody speaks: English in Hebrew letters, and longer. It shows what a page takes for granted."""

from __future__ import annotations

import re
from pathlib import Path

from config.messages import Messages, compiled, each, messages_in_the_code

_LETTERS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "אבגדהוזחטיכלמנסעפצקרשתםןףץ")
_KEPT = re.compile(r"(%\(\w+\)[a-z]|%[a-z%]|\{\w*\}|</?\w+[^>]*>|&\w+;)")


def write_mirrored_language(locale: Path) -> None:
    catalog = Messages("he")
    for message in each(messages_in_the_code()):
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        texts = [mirrored(text) for text in ids]
        catalog.add(
            message.id,
            texts[0] if len(ids) == 1 else tuple(texts[min(n, 1)] for n in range(catalog.num_plurals)),
            context=message.context,
        )
    folder = locale / "he" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.mo").write_bytes(compiled(catalog))


def mirrored(text: str) -> str:
    parts = _KEPT.split(text)
    words = [part if place % 2 else part.lower().translate(_LETTERS) for place, part in enumerate(parts)]
    more = " אבגד" * (len("".join(parts[::2])) // 10)
    return "".join(words) + more
