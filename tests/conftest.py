"""What every test may use. Personas are in tests/personas.py."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from django.core.cache import cache
from django.db import connection

pytest_plugins = ["tests.personas"]
# With requirements.txt alone there is no browser to drive; script/test asks for these tests by their mark.
collect_ignore = [] if find_spec("playwright") else ["browser"]

_append_only = importlib.import_module("moderation.migrations.0002_log_is_append_only")


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    """Rate limits live in the cache and would reach from one test into the next."""
    cache.clear()


@pytest.fixture(autouse=True)
def _append_only_tables(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test with real commits empties all tables at its end, which append-only tables rightly refuse.

    So the triggers are laid anew before each test that uses the database, and lifted only for that emptying.
    """
    if "db" not in request.fixturenames and "transactional_db" not in request.fixturenames:
        marker = request.node.get_closest_marker("django_db")
        if marker is None:
            yield
            return
    request.getfixturevalue("_django_db_helper")
    make, undo = _append_only.statements(connection.vendor)
    with connection.cursor() as cursor:
        for sql in make:
            cursor.execute(sql)
    yield
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            for sql in undo:
                cursor.execute(sql)
