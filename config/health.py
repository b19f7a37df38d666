"""For whoever watches the process: alive, and ready to serve. Two words, no versions, no numbers."""

from __future__ import annotations

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse


def livez(request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """503 while the database is away or migrations wait. The cache holds counters only; it is tried as well."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        cache.get("ready")
    except (DatabaseError, OSError):
        return HttpResponse("not ready\n", status=503, content_type="text/plain")
    if waiting:
        return HttpResponse("not ready\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")
