"""What somebody has who copies everything but the keys: every table, the cache, the log. Shared by the tests of it."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache
from django.db import connection

from common.logs import PrivateFormatter

Row = dict[str, str]
Dump = dict[str, list[Row]]

PIECE = 12  # characters that no two random values share
_WORD = re.compile(r"[\w-]{6,}")
_DAY_OR_COUNT = re.compile(r"\d{4}-\d\d-\d\d.*|\d{1,6}")


def dump_tables() -> Dump:
    """Every row of every table, as text, in the order in which the database gives them by itself."""
    tables = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - our own tables' names
            columns = [column[0] for column in cursor.description]
            tables[table] = [
                {name: _as_text(value) for name, value in zip(columns, row, strict=True)} for row in list(cursor)
            ]
    return tables


def _as_text(value: object) -> str:
    return bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)


def rows_of(dump: Dump) -> Iterator[tuple[str, Row]]:
    for table, rows in dump.items():
        for row in rows:
            yield table, row


def dump_cache() -> list[Row]:
    """Keys and values, as they lie in this process's memory: what is text in them can be read."""
    content: dict[str, bytes] = cache._cache  # type: ignore[attr-defined]
    return [{"key": key, "value": value.decode("latin-1")} for key, value in content.items()]


@contextmanager
def watched_log() -> Iterator[io.StringIO]:
    """What the configured handlers would write, whatever they write it to."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(PrivateFormatter())
    loggers = [logging.getLogger(name) for name in ("", "django", "hearth")]  # of settings.LOGGING
    for logger in loggers:
        logger.addHandler(handler)
    yield written
    for logger in loggers:
        logger.removeHandler(handler)


def words_in(text: str) -> set[str]:
    """What could join one row to another: words and numbers that are no flag, day or small count."""
    return {word for word in _WORD.findall(text) if not _DAY_OR_COUNT.fullmatch(word)}


def pieces_of(word: str) -> set[str]:
    return {word[start : start + PIECE] for start in range(max(len(word) - PIECE, 0) + 1)}


def values_in(row: Row) -> set[str]:
    """Words, and the parts of long ones."""
    words = {word for value in row.values() for word in words_in(value)}
    return words | {piece for word in words for piece in pieces_of(word)}
