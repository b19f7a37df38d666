from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from common.days import today
from crisis.models import Resource

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("directory")]

URL = "/help/"


def body(client: Client, query: str = "", **headers: str) -> str:
    response = client.get(f"{URL}{query}", headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_without_a_country_it_shows_what_works_anywhere(client: Client) -> None:
    page = body(client)

    assert "https://findahelpline.com/" in page
    assert "In danger right now?" in page
    assert "Samaritans" not in page
    assert page.count("<h1") == 1


def test_a_country_in_the_address_counts_for_this_page_only(client: Client) -> None:
    page = body(client, "?country=GB")

    assert 'href="tel:116123"' in page
    assert 'href="tel:999"' in page
    assert "Samaritans" not in body(client)


def test_reading_sets_no_cookie(client: Client) -> None:
    for query in ("", "?country=GB", "?country=GB&kind=d", "?country=QQ&kind=magic"):
        response = client.get(f"{URL}{query}")
        assert not response.cookies
        assert "Accept-Language" in response.headers["Vary"]


def test_a_country_is_remembered_only_when_asked(client: Client) -> None:
    response = client.post(URL, {"country": "GB"})

    assert response.status_code == 302
    assert response.headers["Location"] == URL
    assert len(response.cookies) == 1
    assert client.session["country"] == "GB"
    assert "Samaritans" in body(client)


def test_a_remembered_country_gives_way_to_another_and_can_be_forgotten(client: Client) -> None:
    client.post(URL, {"country": "GB"})
    assert "988 Suicide" in body(client, "?country=US")

    client.post(URL, {"country": ""})

    assert "country" not in client.session
    assert "Samaritans" not in body(client)


def test_remembering_a_country_we_do_not_have_says_so_and_stores_nothing(client: Client) -> None:
    response = client.post(URL, {"country": "QQ"})

    assert response.status_code == 400
    assert "We have no list for that country yet" in response.content.decode()
    assert not response.cookies


def test_a_form_on_another_site_changes_nothing() -> None:
    client = Client(enforce_csrf_checks=True, headers={"origin": "https://elsewhere.example"})

    response = client.post(URL, {"country": "GB"})

    assert response.status_code == 403
    assert not response.cookies


def test_a_form_on_an_address_that_the_operator_trusts_works(settings: Settings) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://other.example"]
    client = Client(enforce_csrf_checks=True, headers={"origin": "https://other.example"})

    assert client.post(URL, {"country": "GB"}).status_code == 302


def test_the_form_works_without_a_token_or_cookie_of_its_own() -> None:
    client = Client(enforce_csrf_checks=True, headers={"origin": "http://testserver"})

    assert client.post(URL, {"country": "GB"}).status_code == 302


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("?country=QQ", "We have no list for that country yet"),
        ("?country=ZZ", "We have no list for that country yet"),
        ("?kind=magic", "We do not know that kind of help"),
        ("?country=%00&kind=%27", "We have no list for that country yet"),
    ],
)
def test_a_bad_value_is_answered_kindly_and_with_help(client: Client, query: str, message: str) -> None:
    page = body(client, query)

    assert message in page
    assert "https://findahelpline.com/" in page


@pytest.mark.parametrize("kind", ["d", "suicide", "SUICIDE"])
def test_a_kind_is_shown_with_the_emergency_number_and_a_live_directory_beside_it(client: Client, kind: str) -> None:
    page = body(client, f"?country=GB&kind={kind}")

    assert "Samaritans" in page
    assert 'href="tel:999"' in page
    assert "https://findahelpline.com/" in page
    assert "Galop" not in page


def test_the_country_of_the_browser_is_offered_and_not_taken(client: Client) -> None:
    page = body(client, **{"Accept-Language": "en-ES,es-ES;q=0.9"})

    assert re.search(r'<a href="/help/\?country=ES">\s*Is this your country\? Spain', page)
    assert 'href="tel:016"' not in page


def test_addresses_say_nothing_of_what_the_page_is_for(client: Client) -> None:
    page = body(client, "?country=GB")
    own = re.findall(r'(?:href|action|value)="([^":]*)"', page)

    assert not [
        value for value in own if re.search(r"abuse|narciss|survivor|domestic|victim|suicid", value, re.IGNORECASE)
    ]


def test_links_to_services_do_not_tell_them_where_the_reader_comes_from(client: Client) -> None:
    links = re.findall(r'<a href="https?://[^>]*>', body(client, "?country=US"))

    services = [link for link in links if "thehotline.org" in link or "988lifeline.org" in link]
    assert len(services) >= 3
    assert all('rel="noreferrer nofollow noopener"' in link for link in services)


def test_signs_in_a_number_are_written_so_that_a_phone_dials_them(client: Client) -> None:
    assert 'href="tel:%238891"' in body(client, "?country=JP")
    assert 'href="tel:*4141"' in body(client, "?country=CL")
    assert 'href="tel:+254722178177"' in body(client, "?country=KE")


def test_a_card_says_hours_languages_cost_traces_and_when_it_was_checked(client: Client) -> None:
    page = body(client, "?country=GB")
    card = next(part for part in page.split('<li class="resource">') if "Live Fear Free" in part)

    assert re.search(r"for\s+Wales\s+only", card)
    for words in ("24/7", "English, Welsh", "Free of charge", "list of calls", "Not checked by this site yet"):
        assert words in card
    assert "hours not stated" in page


def test_the_number_of_queries_does_not_grow_with_the_list(client: Client) -> None:
    Resource.objects.filter(country="GB").exclude(slug="gb-samaritans").update(country="IE")

    def cost(country: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            body(client, f"?country={country}")
        return len(queries)

    body(client)  # what is prepared once
    assert cost("GB") == cost("IE")


def test_the_sheet_says_what_was_checked_and_what_is_not_free(client: Client) -> None:
    Resource.objects.filter(country="GB").update(free="YES")
    Resource.objects.filter(slug="gb-refuge").update(verified_on=today())
    Resource.objects.filter(slug="gb-samaritans").update(free="NO")
    on_paper = re.findall(
        r'<span class="on-paper">· ([^<]*)</span>', body(client, "?country=GB").partition("From any")[0]
    )
    checked, cost = on_paper
    assert checked.startswith("Checked by this site in ")
    assert cost == "Costs money"
