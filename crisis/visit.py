"""What a request says about where somebody is: their own choice, or a hint of their browser to ask about."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from crisis import queries
from crisis.countries import offered_country
from crisis.queries import Card

SESSION_KEY = "country"


def card_for(
    request: HttpRequest, kinds: Sequence[str], *, country: str = "", session: SessionBase | None = None
) -> Card:
    """`country` and `session` where they do not come by cookie. Three queries."""
    codes = {code for code, _name in queries.countries()}
    chosen = country or (session or request.session).get(SESSION_KEY, "")
    if chosen in codes:
        return queries.card(chosen, kinds, is_chosen=True)
    return queries.card(offered_country(request.headers.get("Accept-Language", ""), among=codes), kinds)
