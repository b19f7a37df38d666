"""What every test may use. Personas are in tests/personas.py."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from importlib.util import find_spec

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection

from moderation import append_only

pytest_plugins = ["tests.personas"]
# With requirements.txt alone there is no browser to drive; script/test asks for these tests by their mark.
collect_ignore = [] if find_spec("playwright") else ["browser"]

_RUNS = ("browser", "faults", "postgres", "redis")  # that choose their databases themselves


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


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Stands still, and can be shifted.

    A rate limit counts within windows of the clock: while it runs, one may end between two tries of a test.
    """
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False) as traveller:
        yield traveller


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
    make, undo = append_only.statements()
    if _lifted:
        _run(make)
    yield
    if not connection.in_atomic_block:
        _run(undo)
        _lifted[:] = [connection.alias]


def lift_append_only() -> None:
    """For a test that plays whoever has the database's own password."""
    _run(append_only.statements()[1])


def lay_append_only() -> None:
    """And puts them back when it is done."""
    connection.check_constraints()  # PostgreSQL lays none on a table of which something is still to check
    _run(append_only.statements()[0])


def _run(statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
