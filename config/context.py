"""What every template may name."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from crisis.openness import team
from crisis.queries import pinned_for
from crisis.visit import SESSION_KEY
from forum.services.house_rules import current_rules
from moderation.services.raid import everything_waits


def site(request: HttpRequest) -> dict[str, object]:
    """`pinned`: help for every page (safety.md M4), one query where it is shown. A page about a place gives its own.
    `house_rules`: the current ones, one query where a page shows them. `team`: whether somebody of it is here, and
    `everything_waits`: under a raid; each a query or two where it is shown.
    """
    return {
        "team": SimpleLazyObject(team),
        "everything_waits": SimpleLazyObject(everything_waits),
        "site_name": settings.SITE_NAME,
        "site_languages": settings.LANGUAGES,
        "house_rules": SimpleLazyObject(current_rules),
        "pinned": SimpleLazyObject(lambda: pinned_for(country=_session_of(request).get(SESSION_KEY))),
    }


def _session_of(request: HttpRequest) -> Mapping[str, str]:
    """None yet where a request was refused before there could be one: of a host that is not ours."""
    return getattr(request, "session", {})
