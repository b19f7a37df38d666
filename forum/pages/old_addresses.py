"""What is asked for at an address that this site does not have: perhaps a page's that was brought in from elsewhere."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404

from common import problems
from common.errors import NotFound
from forum import queries
from forum.visit import reader_of


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Leads to the thread for whoever sees it; to everybody else the address is as unknown as any other.

    Asked only when no address of ours fits, so no old one can stand in front of them; and it leads to ours alone.
    """
    if isinstance(exception, Resolver404) and request.method in {"GET", "HEAD"}:
        try:
            thread = queries.thread_at_old_address(reader_of(request), request.get_full_path())
        except NotFound:
            return problems.not_found(request, exception)
        return redirect("forum:thread-detail", thread.public_id, permanent=True)
    return problems.not_found(request, exception)
