"""How often the pages take what is sent."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from common.rate_limits import Limit, count, network_of

WRITES = Limit("page-writes", quota=settings.WRITES_A_MINUTE, window=60)
# Taking one's words out is never slowed by what was written before.
REMOVALS = Limit("page-removals", quota=300, window=60)
SEARCHES = Limit("page-search", quota=60, window=60)
FLAGS = Limit("page-flags", quota=20, window=600)
CLAIM_TRIES = Limit("page-claim", quota=10, window=60)

View = Callable[..., HttpResponse]


def limited(limit: Limit) -> Callable[[View], View]:
    """Counts what is sent, never what is read."""

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                count(limit, network_of(request))
            return view(request, *args, **kwargs)

        return counted

    return decorate
