"""What readers are shown, the same for everyone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from django.db.models import F, Q, QuerySet

from common.days import today
from crisis.contacts import NUMBER_FIELDS, SITE_FIELDS, ServiceContacts, contacts_in
from crisis.countries import INTERNATIONAL, country_name, in_order
from crisis.freshness import CHECK_HOLDS
from crisis.languages import language_names
from crisis.models import Kind, Resource, Scope
from crisis.opening_hours import ALWAYS as ALWAYS_OPEN
from crisis.openness import staffed_words
from crisis.traces import Trace

_RANK = {kind: rank for rank, kind in enumerate(Kind.values)}
_NEAREST_FIRST: dict[str | None, int] = {Scope.THREAD: 0, Scope.CATEGORY: 1, Scope.EVERYWHERE: 2}

_ENOUGH, _WITH_REGIONS = 2, 5  # lines of one kind on a card; more where some are for a part of the country only
_AT_FIRST = 4  # lines of a card, before somebody asks for more


@dataclass(frozen=True, slots=True)
class Card:
    """What somebody is shown at once who may be in danger: few lines, and what each way of contact leaves behind.

    `country` is their own choice or their browser's hint, which the card says; None: lines for people anywhere.
    """

    country: str | None
    is_chosen: bool
    resources: list[Resource]
    staffed: str

    @property
    def country_name(self) -> str:
        return country_name(self.country) if self.country else ""

    @property
    def first(self) -> list[Resource]:
        """What fits on a phone."""
        return self.resources[:_AT_FIRST]

    @property
    def more(self) -> list[Resource]:
        return self.resources[_AT_FIRST:]

    @property
    def traces(self) -> list[Trace]:
        """Each sentence once."""
        return list({trace.sentence: trace for resource in self.resources for trace in resource.traces}.values())


def card(country: str | None, kinds: Sequence[str], *, is_chosen: bool = False) -> Card:
    """The country's emergency number, the first line for each of these kinds of help, then the others by turns, then
    what every page pins.

    Two queries. Never empty once a directory is loaded, and never with another country's line.
    """
    wanted = (Kind.EMERGENCY, *kinds)
    found = [one for one in resources_for(country, kinds=wanted) if country is None or one.country == country]
    by_kind = []
    for kind in wanted:
        of_kind = sorted((one for one in found if one.kind == kind), key=_most_general_first)
        everywhere = [one for one in of_kind if not one.region]
        by_kind.append(everywhere[:_ENOUGH] if len(everywhere) >= _ENOUGH else of_kind[:_WITH_REGIONS])
    lines = [one for by_turns in zip_longest(*by_kind) for one in by_turns if one is not None]
    lines += pinned_for(country=country)
    if country is None:  # a pin of one country is right on a page of many, not for somebody who is anywhere
        lines = [one for one in lines if one.country == INTERNATIONAL]
    return Card(country, is_chosen, list({one.pk: one for one in lines}.values()), staffed_words())


ALWAYS = (
    Kind.EMERGENCY,
    Kind.DIRECTORY,
)  # whatever is looked for: nobody should see a helpline without these beside it


def resources_for(
    country: str | None, *, kinds: Iterable[str] = (), language: str = "", open_now: bool = False
) -> list[Resource]:
    """The country's services in the order of `Kind`, then those that answer people from anywhere. One query.

    Within a kind those checked lately come first, then those that are not closed now, then those for the whole
    country, then region by region; and there those that answer day and night, then those that most sources name: a
    line for everybody has more of them than a line for some. `language` ("es") and `open_now` leave out what is known
    to be otherwise, never emergency numbers and directories.
    No other country's line is ever among them. Numbers of the European Union are given only while no country is
    chosen: in a country its own row is right, and abroad such a number reaches nobody.
    """
    wanted = Q(country=INTERNATIONAL)
    if country:
        wanted = Q(country=country) | Q(country=INTERNATIONAL, region="")
    found = _visible().filter(wanted)
    if kinds := list(kinds):
        found = found.filter(kind__in=kinds)
    wanted_now = [one for one in found if one.kind in ALWAYS or _suits(one, language, open_now=open_now)]
    return sorted(wanted_now, key=_order)


def _suits(resource: Resource, language: str, *, open_now: bool) -> bool:
    spoken = {tag.partition("-")[0] for tag in resource.language_tags} | set(resource.language_tags)
    return (not language or language in spoken) and not (open_now and resource.openness.is_open is False)


def _order(resource: Resource) -> tuple[object, ...]:
    is_international = resource.country == INTERNATIONAL
    return (
        is_international,
        is_international and resource.region != "",  # what works everywhere before what works in a union of states
        is_international and resource.kind != Kind.DIRECTORY,
        _RANK[resource.kind],
        not resource.is_fresh,
        resource.openness.is_open is False,
        resource.region,
        *_for_everybody_first(resource),
    )


def _most_general_first(resource: Resource) -> tuple[object, ...]:
    """On a card, where there is room for few: what the whole country can reach day and night, then all others."""
    return (
        not resource.is_fresh,
        resource.openness.is_open is False,
        resource.region != "" or resource.opening != ALWAYS_OPEN,
        *_for_everybody_first(resource),
    )


def _for_everybody_first(resource: Resource) -> tuple[object, ...]:
    return resource.opening != ALWAYS_OPEN, -resource.source_count, resource.region, resource.name


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


def contacts_here() -> ServiceContacts:
    """The numbers and pages of this site's directory; also of what is hidden. One query of some hundred rows."""
    return contacts_in(Resource.objects.order_by().values("country", *NUMBER_FIELDS, *SITE_FIELDS))


def languages(resources: Iterable[Resource]) -> list[tuple[str, str]]:
    """Tags and names of the languages that these speak, by name."""
    tags = {tag.partition("-")[0] for resource in resources for tag in resource.language_tags}
    named = [(tag, language_names([tag])) for tag in tags]
    return sorted(((tag, names[0]) for tag, names in named if names), key=lambda pair: pair[1])


def due_for_checking() -> QuerySet[Resource]:
    """Shown to readers, and not checked by this site for ninety days or ever, or left out of the list it came with:
    these first, then the ones never checked.
    """
    due = Q(verified_on=None) | Q(verified_on__lt=today() - CHECK_HOLDS) | Q(has_left_list=True)
    return _visible().filter(due).order_by("-has_left_list", F("verified_on").asc(nulls_first=True), "country", "slug")


def countries() -> list[tuple[str, str]]:
    """Codes and names of the countries with anything to show, by name. One query."""
    codes = _visible().exclude(country=INTERNATIONAL).order_by().values_list("country", flat=True).distinct()
    return in_order((code, country_name(code)) for code in codes)


def _visible() -> QuerySet[Resource]:
    return Resource.objects.filter(is_hidden=False)
