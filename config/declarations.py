"""What every app declares about people, together (common/personal_data.py), and the page made of it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import find_commands

from accounts.sealed_records import Kind, declared_kinds
from common.personal_data import Chapter, Holds, NobodysTable, Table

APPS = ("forum", "accounts", "moderation", "crisis", "config")


def declared_tables() -> tuple[Table | NobodysTable, ...]:
    return tuple(table for app in APPS for table in import_module(f"{app}.personal_data").TABLES)


def all_kinds() -> list[Kind]:
    """The doors, of which commands are some, lead to every module that keeps sealed records."""
    import_module(settings.ROOT_URLCONF)
    for app in (apps.get_app_config(app) for app in APPS):
        for command in find_commands(str(Path(app.path) / "management")):
            import_module(f"{app.name}.management.commands.{command}")
    return declared_kinds()


def privacy_page() -> str:
    """docs/privacy.md, as `manage.py describe_data` writes it."""
    lines = [_BEGINNING]
    for chapter in Chapter:
        lines += [f"## {chapter}", ""]
        for table in _tables(chapter):
            lines += [*_about(table), ""]
        if chapter == Chapter.ALONE:
            for kind in all_kinds():
                lines += [*_about_kind(kind), ""]
    lines += [*_handing_over(), *_columns()]
    return "\n".join(lines) + "\n"


def _tables(chapter: Chapter) -> list[Table]:
    return [table for table in declared_tables() if isinstance(table, Table) and table.chapter == chapter]


def _about(table: Table) -> Iterator[str]:
    held = [field for field in table.fields.values() if isinstance(field, Holds)]
    yield f"### {table.title}"
    yield ""
    yield f"- What: {'; '.join(field.what for field in held)}."
    yield f"- Whose: {table.whose}."
    for label, name in (
        ("Who can see it", "seen_by"),
        ("How long it stays", "kept"),
        ("In your own copy", "copied"),
        ("When you erase", "erased"),
    ):
        yield f"- {label}: {getattr(table, name)}."
        for field in held:
            if other := getattr(field, name):
                yield f"  - {field.what}: {other}."


def _about_kind(kind: Kind) -> Iterator[str]:
    yield f"- **{kind.what[0].upper()}{kind.what[1:]}.**"
    yield f"  - How long it stays: {kind.kept}."
    yield f"  - In your own copy: {kind.copied}."
    yield f"  - When you erase: {kind.erased}."


def _handing_over() -> Iterator[str]:
    tables = [table for chapter in Chapter for table in _tables(chapter)]
    yield _BEFORE_HANDING_OVER
    yield "### The database alone: a stolen copy, a seized machine, a backup"
    yield ""
    for table in tables:
        yield f"- {table.title}: {table.without_key}."
    yield ""
    yield "### The database and the seal key"
    yield ""
    yield "All of the above, and:"
    yield ""
    for table in tables:
        if not table.with_key.startswith("nothing"):
            yield f"- {table.title}: {table.with_key}."
    for kind in all_kinds():
        yield f"- A sealed record: {kind.what}."
    yield ""
    yield _NOT_KEPT


def _columns() -> Iterator[str]:
    yield "## Every table and column"
    yield ""
    yield "For those who look closely. Where a column says nothing about anybody, it says why."
    for table in sorted(declared_tables(), key=lambda table: table.model):
        goes = f" Rows go {table.goes.days} days after `{table.goes.since}`." if table.goes else ""
        yield ""
        if isinstance(table, NobodysTable):
            yield f"**{table.model}**: {table.why}. `{'`, `'.join(table.fields)}`.{goes}"
            continue
        yield f"**{table.model}**.{goes}"
        yield ""
        for name, field in table.fields.items():
            yield f"- `{name}`: {field.what if isinstance(field, Holds) else f'({field.why})'}"


_BEGINNING = """\
# What is kept

This page is for you who write here, and for whoever wants to check what is promised. It is made from the code by
`manage.py describe_data`, and our tests fail when it and the code differ: nothing is stored that does not stand here.

In short: nobody is asked for an e-mail address, a telephone number or a real name. A post has a day, never a time. No
address of your device, no kind of device and nothing that you read is written down. What is yours alone is sealed, and
what you erase is gone.
"""

_BEFORE_HANDING_OVER = """\
## What we could be made to hand over

A court, the police or a thief gets what there is, so there is little. The *seal key* is a secret that lies beside the
database, never in it, and in none of its backups. With it the server finds your own anonymous posts for you. Without it
a copy of the database does not say who wrote an anonymous post, nor that two of them are one person's.

Words that you erased are in neither. They age out of backups as the people who run this site delete those.
"""

_NOT_KEPT = """\
### What nobody can hand over

Addresses of devices, kinds of devices, e-mail addresses, telephone numbers, times of posts, times of joining or of the
last visit, who read what: they are not written down. Counters against floods live in memory, for minutes, under a key
that lives a day.
"""
