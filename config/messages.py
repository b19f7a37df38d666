"""What is said on screen, gathered from the code, and its translations in locale/ (docs/decisions/0013-languages.md).

Pure Python, with Babel, which only developing needs. A .po file is what people write, one message after the other in
the order of the files, without line numbers: a change of code elsewhere is no change of it. The .mo file beside it is
what a program reads; both are committed, because a fresh machine could not make one.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from config.env import BASE_DIR

LOCALE = BASE_DIR / "locale"
FOLDERS = ("common", "crisis", "accounts", "forum", "moderation", "config", "templates")
_KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "_now", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
_TRANSLATORS = ["Translators:"]
# What a translation must hold as often as the message does.
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|\{\w*\}")
_TAG = re.compile(r"</?\w+[^>]*>|&\w+;")


class Languages:
    """All of locale/. Making one reads the code once."""

    def __init__(self) -> None:
        self._said = messages_in_the_code()
        self._folders = sorted(path.parent for path in LOCALE.glob("*/LC_MESSAGES/django.po"))

    def write(self) -> None:
        for folder in self._folders:
            catalog = self._brought_up_to_date(folder)
            (folder / "django.po").write_bytes(_po(catalog))
            (folder / "django.mo").write_bytes(compiled(catalog))

    def wrong(self) -> list[str]:
        """A line for each thing that is not as it should be."""
        return [line for folder in self._folders for line in self._wrong_in(folder)]

    def _wrong_in(self, folder: Path) -> Iterator[str]:
        name = folder.parent.name
        catalog = self._brought_up_to_date(folder)
        po, mo = folder / "django.po", folder / "django.mo"
        if po.read_bytes() != _po(catalog):
            yield f"{name}: {po.relative_to(BASE_DIR)} is not what the code says: run script/messages"
        elif not mo.is_file() or mo.read_bytes() != compiled(catalog):
            yield f"{name}: {mo.relative_to(BASE_DIR)} is not what the .po says: run script/messages"
        for message in each(catalog):
            yield from (f"{name}: {flaw}: {message.id!r}" for flaw in flaws_of(message, catalog.num_plurals))

    def _brought_up_to_date(self, folder: Path) -> Catalog:
        """What the code says, with the translations that are there. What the code says no more is dropped."""
        with (folder / "django.po").open("rb") as file:
            there = read_po(file, abort_invalid=True)
        catalog = Messages(folder.parent.name)
        for said in each(self._said):
            had = there.get(said.id, said.context)
            catalog.add(
                said.id,
                had.string if had else None,
                locations=said.locations,
                flags=(had.flags if had else set()) & {"fuzzy"},
                auto_comments=said.auto_comments,
                user_comments=had.user_comments if had else (),
                context=said.context,
            )
        return catalog


def messages_in_the_code() -> Catalog:
    catalog = Messages()
    for path in _files():
        where = path.relative_to(BASE_DIR).as_posix()
        source = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # Lines of a template are indented as no program would be.
            source = "\n".join(line.strip() for line in templatize(source, origin=where).splitlines())
        found = extract("python", BytesIO(source.encode()), _KEYWORDS, _TRANSLATORS)
        for _line, said, comments, context in found:
            catalog.add(said, locations=[(where, 0)], auto_comments=comments, context=context)
    return catalog


def flaws_of(message: Message, num_plurals: int) -> Iterator[str]:
    ids, texts = _each(message.id), _each(message.string)
    if message.fuzzy:
        yield "only guessed (fuzzy)"
    if not all(texts) or len(texts) != (num_plurals if len(ids) > 1 else 1):
        yield "not translated"
        return
    marks = [_marks(text) for text in ids]  # a singular may say "one" where the plural says how many
    for text in texts:
        if _marks(text) not in marks:
            yield "other placeholders or tags than the message has"
        if _edges(text) != _edges(ids[0]):
            yield "begins or ends with another space or line break"


def _each(text: str | list[str] | tuple[str, ...] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def _edges(text: str) -> tuple[bool, bool]:
    return text[:1].isspace(), text[-1:].isspace()


def _marks(text: str) -> Counter[str]:
    return Counter(_PLACEHOLDER.findall(text)) + Counter(_TAG.findall(text))


def _files() -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((BASE_DIR / folder).rglob("*")):
            if path.suffix == ".py" or (folder == "templates" and path.is_file()):
                yield path


def each(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


class Messages(Catalog):
    """Its header holds no date and no tool: two who write the same translations have the same file."""

    def __init__(self, language: str | None = None) -> None:
        super().__init__(language, header_comment="", fuzzy=False)

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", str(self.locale_identifier or "")),
            ("Plural-Forms", self.plural_forms),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
        ]


def _po(catalog: Catalog) -> bytes:
    file = BytesIO()
    write_po(file, catalog, width=120, include_lineno=False)
    return file.getvalue().lstrip(b"\n")  # where a comment would stand


def compiled(catalog: Catalog) -> bytes:
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def main() -> None:
    languages = Languages()
    if "--check" not in sys.argv:
        languages.write()
    wrong = languages.wrong()
    if wrong:
        sys.exit("\n".join([*wrong, f"{len(wrong)} to do in locale/, then run script/messages again."]))
    print("Every message has its translations.")


if __name__ == "__main__":
    main()
