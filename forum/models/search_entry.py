from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Lookup

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler

Phrase = tuple[str, ...]
AllOf = tuple[Phrase, ...]


class IndexedWords(models.Field[Any, Any]):
    """A column that is looked in for words, never read back."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "tsvector" if connection.vendor == "postgresql" else "text"


@IndexedWords.register_lookup
class Holds(Lookup[Any]):
    """`words__holds=(a, b)`: everything in `a`, or everything in `b`. Only where the join is an inner one.

    Words are of letters and digits alone: no operator of either language can be in one.
    """

    lookup_name = "holds"
    prepare_rhs = False
    rhs: tuple[AllOf, ...]

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[str | int, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} MATCH %s", (*params, _any_of(self.rhs, " OR ", " AND ", '"{}"', " "))

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[str | int, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} @@ %s::tsquery", (*params, _any_of(self.rhs, " | ", " & ", "({})", " <-> "))


def _any_of(alternatives: Iterable[AllOf], either: str, both: str, phrase: str, then: str) -> str:
    return either.join(f"({both.join(phrase.format(then.join(words)) for words in all_of)})" for all_of in alternatives)


class SearchEntry(models.Model):
    """The words of one published post, each as a tag, for forum/search/index.py alone.

    On SQLite a virtual table of FTS5, whose key is always named "rowid"; on PostgreSQL a tsvector under a GIN index.
    `made_by` names the key and the rules it was made by.
    """

    post = models.OneToOneField(
        "forum.Post",
        models.CASCADE,
        primary_key=True,
        db_column="rowid",
        db_constraint=False,  # a virtual table can have none
        related_name="search_entry",
    )
    words = IndexedWords()
    made_by = models.CharField(max_length=43)

    def __str__(self) -> str:
        return "search entry"
