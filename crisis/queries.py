"""What readers are shown, the same for everyone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import F, Q, QuerySet

from crisis.countries import INTERNATIONAL, country_name, in_order
from crisis.models import Kind, Resource, Scope

_RANK = {kind: rank for rank, kind in enumerate(Kind.values)}
_NEAREST_FIRST: dict[str | None, int] = {Scope.THREAD: 0, Scope.CATEGORY: 1, Scope.EVERYWHERE: 2}


def resources_for(country: str | None, *, kinds: Iterable[str] = ()) -> list[Resource]:
    """The country's services in the order of `Kind`, then those that answer people from anywhere. One query.

    Within a kind those checked lately come first, then those for the whole country, then region by region.
    No other country's line is ever among them. Numbers of the European Union are given only while no country is
    chosen: in a country its own row is right, and abroad such a number reaches nobody.
    """
    wanted = Q(country=INTERNATIONAL)
    if country:
        wanted = Q(country=country) | Q(country=INTERNATIONAL, region="")
    found = _visible().filter(wanted)
    if kinds := list(kinds):
        found = found.filter(kind__in=kinds)
    return sorted(found, key=_order)


def _order(resource: Resource) -> tuple[object, ...]:
    is_international = resource.country == INTERNATIONAL
    return (
        is_international,
        is_international and resource.region != "",  # what works everywhere before what works in a union of states
        is_international and resource.kind != Kind.DIRECTORY,
        _RANK[resource.kind],
        not resource.is_fresh,
        resource.region,
        resource.name,
    )


def pinned_for(places: Sequence[tuple[str, str]] = (), *, country: str | None = None) -> list[Resource]:
    """What is pinned to every page and to these places (scope, public id), the nearest place first. One query.

    For a reader who chose a country its emergency numbers come first, and pins of other countries are left out.
    Never empty once a directory is loaded: should all pins be gone, a second query finds the international ones.
    """
    here = Q(pin_scope=Scope.EVERYWHERE)
    for scope, place in places:
        here |= Q(pin_scope=scope, pin_place=place)
    if country:
        here = Q(country=country, kind=Kind.EMERGENCY) | here & Q(country__in=(country, INTERNATIONAL))
    rows = (
        _visible()
        .annotate(pin_scope=F("pins__scope"), pin_place=F("pins__place"), pin_position=F("pins__position"))
        .filter(here)
        .order_by()
    )
    nearest_first = sorted(
        rows,
        key=lambda row: (
            row.country != country or row.kind != Kind.EMERGENCY,
            _NEAREST_FIRST.get(row.pin_scope, 0),
            row.pin_position or 0,
            row.slug,
        ),
    )
    unique: dict[int, Resource] = {}
    for row in nearest_first:  # a service pinned here and to every page is one service
        unique.setdefault(row.pk, row)
    return list(unique.values()) or list(_visible().filter(country=INTERNATIONAL, kind=Kind.DIRECTORY))


def countries() -> list[tuple[str, str]]:
    """Codes and names of the countries with anything to show, by name. One query."""
    codes = _visible().exclude(country=INTERNATIONAL).order_by().values_list("country", flat=True).distinct()
    return in_order((code, country_name(code)) for code in codes)


def _visible() -> QuerySet[Resource]:
    return Resource.objects.filter(is_hidden=False)
