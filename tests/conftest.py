"""What every test may use. Personas are in tests/personas.py."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterable, Iterator
from importlib.util import find_spec

import pytest
from django.core.cache import cache
from django.db import connection

pytest_plugins = ["tests.personas"]
# With requirements.txt alone there is no browser to drive; script/test asks for these tests by their mark.
collect_ignore = [] if find_spec("playwright") else ["browser"]

_RUNS = ("browser", "faults", "postgres", "redis")  # that choose their databases themselves
_append_only = importlib.import_module("moderation.migrations.0014_words_are_forgotten")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What asks no database says the same on each: a second run with the same Python leaves it out (script/test).

    Of the two large tables of doors one run is enough: that each database keeps the rules shows in
    test_policies_agree.py, in lists and in the search.
    """
    left_out = set()
    if connection.vendor != "sqlite":
        left_out = {item for item in items if item.get_closest_marker("doors")}
    if os.environ.get("TESTS_THAT_ASK") == "database":
        asks_none = (item for item in items if not _asks_database(item))
        left_out |= {item for item in asks_none if not any(map(item.get_closest_marker, _RUNS))}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def _asks_database(item: pytest.Item) -> bool:
    names: list[str] = getattr(item, "fixturenames", [])
    return bool({"db", "transactional_db"} & {*names}) or item.get_closest_marker("django_db") is not None


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    """Rate limits live in the cache and would reach from one test into the next."""
    cache.clear()


_lifted: list[str] = []  # databases whose append-only tables are so no more


@pytest.fixture(autouse=True)
def _append_only_tables(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test with real commits empties all tables at its end, which append-only tables rightly refuse.

    So their triggers are lifted for that emptying, and from then on laid anew for each test that uses the database.
    """
    if not _asks_database(request.node):
        yield
        return
    request.getfixturevalue("_django_db_helper")
    make, undo = _append_only.statements(connection.vendor)
    if _lifted:
        _run(make)
    yield
    if not connection.in_atomic_block:
        _run(undo)
        _lifted[:] = [connection.alias]


def lift_append_only() -> None:
    """For a test that plays whoever has the database's own password."""
    _run(_append_only.statements(connection.vendor)[1])


def _run(statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
