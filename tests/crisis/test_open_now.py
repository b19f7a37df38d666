"""Open or closed now, as readers meet it: on the page, over the API, in the order, with the filters."""

from __future__ import annotations

import json

import pytest
import time_machine
from django.test import Client

from crisis.models import Kind
from crisis.queries import resources_for
from tests.crisis.conftest import NewResource

pytestmark = pytest.mark.django_db

MONDAY_NOON = "2026-03-16T12:00:00Z"
DAYTIME = {"country": "GB", "kind": Kind.DOMESTIC_ABUSE, "opening": "Mo-Fr 09:00-17:00", "time_zone": "Europe/London"}


@pytest.fixture(autouse=True)
def _services(new_resource: NewResource) -> None:
    new_resource("gb-day", name="A day line", languages="en;pl", **DAYTIME)
    new_resource("gb-eve", name="An evening line", languages="en", **DAYTIME | {"opening": "17:00-23:00"})
    new_resource("gb-some", name="Some line", country="GB", kind=Kind.DOMESTIC_ABUSE, languages="cy")
    new_resource("gb-999", name="Emergency", country="GB", kind=Kind.EMERGENCY, opening="24/7", languages="en")


def names(**options: object) -> list[str]:
    return [resource.name for resource in resources_for("GB", **options)]  # type: ignore[arg-type]


def test_what_is_closed_now_comes_later() -> None:
    with time_machine.travel(MONDAY_NOON, tick=False):
        assert names() == ["Emergency", "A day line", "Some line", "An evening line"]
    with time_machine.travel("2026-03-16T20:00:00Z", tick=False):
        assert names() == ["Emergency", "An evening line", "Some line", "A day line"]


def test_what_is_known_to_be_closed_can_be_left_out() -> None:
    with time_machine.travel(MONDAY_NOON, tick=False):
        assert names(open_now=True) == ["Emergency", "A day line", "Some line"]


def test_a_language_can_be_asked_for_and_emergency_numbers_stay() -> None:
    assert names(language="pl") == ["Emergency", "A day line"]
    assert names(language="cy") == ["Emergency", "Some line"]


def test_the_page_says_it_and_filters_without_javascript(client: Client) -> None:
    with time_machine.travel(MONDAY_NOON, tick=False):
        page = client.get("/help/?country=GB").content.decode()
        assert "Open now, usually until today at 17:00, by its own clock." in page
        assert "Closed now. Usually it opens today at 17:00, by its own clock." in page
        assert "Open now, day and night." in page
        assert '<option value="pl">Polish</option>' in page
        page = client.get("/help/?country=GB&language=pl&open=1").content.decode()
    assert '<option value="pl" selected>' in page
    assert "A day line" in page
    assert "An evening line" not in page
    assert "Some line" not in page


def test_a_language_that_nobody_speaks_is_said(client: Client) -> None:
    page = client.get("/help/?country=GB&language=xx").content.decode()
    assert "Nobody here speaks that language" in page
    assert "A day line" in page


def test_in_summer_the_same_line_opens_an_hour_earlier_for_the_world(client: Client) -> None:
    for moment, is_open in (("2026-01-05T08:30:00Z", False), ("2026-07-06T08:30:00Z", True)):
        with time_machine.travel(moment, tick=False):
            answer = json.loads(client.get("/api/v1/crisis-resources/?country=GB").content)
        day = next(one for one in answer["resources"] if one["slug"] == "gb-day")
        assert day["is_open"] is is_open
        assert day["open_words"]
        assert (day["opening"], day["time_zone"]) == ("Mo-Fr 09:00-17:00", "Europe/London")


def test_the_api_filters(client: Client) -> None:
    with time_machine.travel(MONDAY_NOON, tick=False):
        answer = client.get("/api/v1/crisis-resources/?country=GB&language=en&open_now=true").json()
    assert {one["slug"] for one in answer["resources"]} == {"gb-999", "gb-day"}
