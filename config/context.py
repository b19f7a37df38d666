"""What every template may name."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from crisis.queries import pinned_for
from crisis.visit import SESSION_KEY
from forum.services.house_rules import current_rules


def site(request: HttpRequest) -> dict[str, object]:
    """`pinned`: help for every page (safety.md M4), one query where it is shown. A page about a place gives its own.
    `house_rules`: the current ones, one query where a page shows them.
    """
    return {
        "site_name": settings.SITE_NAME,
        "site_languages": settings.LANGUAGES,
        "house_rules": SimpleLazyObject(current_rules),
        "pinned": SimpleLazyObject(lambda: pinned_for(country=request.session.get(SESSION_KEY))),
    }
