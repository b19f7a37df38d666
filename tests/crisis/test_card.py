"""The card for whoever may be in danger: the right country's lines, what they leave behind, when the team is here."""

from __future__ import annotations

import time_machine
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries, Settings

from crisis.models import Kind
from crisis.openness import staffed_words
from crisis.queries import card
from crisis.visit import SESSION_KEY, card_for

KINDS = (Kind.SUICIDE, Kind.DOMESTIC_ABUSE)


def test_the_emergency_number_first_then_the_kinds_that_were_asked_for(directory: None) -> None:
    lines = card("GB", KINDS).resources
    assert lines[0].kind == Kind.EMERGENCY
    kinds = [Kind(line.kind) for line in lines if line.country == "GB"]
    assert list(dict.fromkeys(kinds)) == [Kind.EMERGENCY, *KINDS]
    assert max(map(kinds.count, kinds)) <= 5
    assert {"", "England", "Scotland"} <= {line.region for line in lines if line.kind == Kind.DOMESTIC_ABUSE}


def test_never_a_line_of_another_country_and_never_none(directory: None) -> None:
    for country in ("GB", "MX", "KE", "ZZ"):
        assert {line.country for line in card(country, KINDS).resources} <= {country, "ZZ"}
        assert card(country, KINDS).resources
    anywhere = card(None, KINDS).resources
    assert anywhere
    assert {line.country for line in anywhere} == {"ZZ"}


def test_few_lines_first_the_most_general_of_each_kind(directory: None) -> None:
    def first(country: str, *kinds: str) -> list[str]:
        return [line.slug for line in card(country, kinds).first]

    assert first("GB", Kind.SUICIDE, Kind.MENTAL_HEALTH, Kind.DOMESTIC_ABUSE) == [
        "gb-emergency",
        "gb-samaritans",  # before the line for people under 35
        "gb-nhs-111",
        "gb-refuge",
    ]
    assert first("US", Kind.DOMESTIC_ABUSE, Kind.SEXUAL_VIOLENCE)[:2] == ["us-emergency", "us-thehotline"]
    assert first("CA", Kind.SUICIDE)[1] == "ca-nine-eight-eight"  # before Quebec's
    shown = card("GB", KINDS)
    assert [*shown.first, *shown.more] == shown.resources
    assert "gb-live-fear-free" in [line.slug for line in shown.more]


def test_every_way_says_once_what_it_leaves_behind(directory: None) -> None:
    sentences = [trace.sentence for trace in card("US", KINDS).traces]
    assert len(sentences) == len(set(sentences))
    assert any("history" in sentence for sentence in sentences)


def test_it_costs_three_queries(
    directory: None, rf: RequestFactory, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    request = rf.get("/", headers={"Accept-Language": "es-MX,es;q=0.9"})
    request.session = {}  # type: ignore[assignment]  # what a session is read like
    with django_assert_num_queries(3):
        shown = card_for(request, KINDS)
    assert (shown.country, shown.is_chosen) == ("MX", False)


def test_what_somebody_chose_goes_before_what_the_browser_hints(directory: None, rf: RequestFactory) -> None:
    request = rf.get("/", headers={"Accept-Language": "es-MX"})
    request.session = {SESSION_KEY: "DE"}  # type: ignore[assignment]
    assert (card_for(request, KINDS).country, card_for(request, KINDS).is_chosen) == ("DE", True)
    assert card_for(request, KINDS, country="FR").country == "FR"
    assert card_for(request, KINDS, country="XX").country == "MX"  # no such list: ask about the hint


def test_when_somebody_of_the_team_is_here(db: None, settings: Settings) -> None:
    settings.STAFFED_HOURS, settings.TIME_ZONE = "Mo-Fr 18:00-22:00; Sa 10:00-12:00", "Europe/Berlin"
    with time_machine.travel("2026-03-16T18:30:00Z", tick=False):  # a Monday, 19:30
        assert "usually here" in staffed_words()
    with time_machine.travel("2026-03-16T11:00:00Z", tick=False):
        assert "today at 18:00 (time zone: Europe/Berlin)" in staffed_words()
    with time_machine.travel("2026-03-16T21:30:00Z", tick=False):
        assert "tomorrow at 18:00" in staffed_words()
    with time_machine.travel("2026-03-21T11:00:00Z", tick=False):  # Saturday, 12:00
        assert "on Monday at 18:00" in staffed_words()


def test_a_site_that_says_nothing_promises_nothing(settings: Settings) -> None:
    settings.STAFFED_HOURS = ""
    assert "a day or more" in staffed_words()
