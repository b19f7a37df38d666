from __future__ import annotations

import re

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import translation

from config.env import languages
from tests.house.doors import visitor
from tests.personas import PASSWORD, make_member

pytestmark = pytest.mark.django_db

KNOWN = {"en": "English", "es": "Español", "fr": "Français", "de": "Deutsch"}


def language_of(client: Client, url: str = "/", **headers: str) -> str:
    response = client.get(url, headers=headers)
    found = re.search(r'<html lang="([\w-]+)" dir="ltr">', response.content.decode())
    assert found, response.content
    assert response.headers["Content-Language"] == found[1]
    assert "Accept-Language" in response.headers["Vary"]
    return found[1]


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("", "en"),
        ("de", "de"),
        ("es-MX,es;q=0.9", "es"),
        ("fr-CA;q=0.7,de;q=0.8", "de"),
        ("tlh, *;q=0.5", "en"),
        ("ja,fr;q=0.1", "fr"),
        (";;;,=q", "en"),
        ("de" * 5000, "en"),
    ],
)
def test_it_is_the_one_that_the_browser_asks_for(client: Client, asked: str, spoken: str) -> None:
    assert language_of(client, **{"accept-language": asked}) == spoken
    assert not client.cookies


def test_what_is_chosen_by_hand_wins_until_the_visit_ends(client: Client) -> None:
    response = client.post("/language/", {"language": "fr"})

    assert response.status_code == 302
    assert set(response.cookies) == {"s"}
    assert not response.cookies["s"]["max-age"]  # gone with the browser
    assert language_of(client, "/help/", **{"accept-language": "de"}) == "fr"
    client.get("/leave/")
    client.cookies.clear()
    assert language_of(client, **{"accept-language": "de"}) == "de"
    assert not Session.objects.exists()


def test_it_stays_when_somebody_signs_in(client: Client) -> None:
    make_member("sunny quokka")
    client.post("/language/", {"language": "es"})

    client.post("/accounts/login/", {"login": "sunny quokka", "password": PASSWORD})

    assert language_of(client, "/inbox/") == "es"


@pytest.mark.parametrize("page", ["http://testserver/help/?country=GB", "http://testserver/"])
def test_it_leads_back_to_the_page_it_was_chosen_on(client: Client, page: str) -> None:
    assert client.post("/language/", {"language": "fr"}, headers={"referer": page}).headers["Location"] == page


@pytest.mark.parametrize("page", ["", "https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_it_leads_nowhere_else(client: Client, page: str) -> None:
    assert client.post("/language/", {"language": "fr"}, headers={"referer": page}).headers["Location"] == "/"


def test_a_page_whose_path_is_an_address_leads_back_to_itself(client: Client) -> None:
    page = "http://testserver//elsewhere.example/"
    assert client.post("/language/", {"language": "fr"}, headers={"referer": page}).headers["Location"] == page


@pytest.mark.parametrize("language", ["", "tlh", "en-gb", "../en"])
def test_one_that_is_not_offered_is_refused_and_nothing_is_kept(client: Client, language: str) -> None:
    response = client.post("/language/", {"language": language})

    assert response.status_code == 400
    assert not response.cookies
    assert not Session.objects.exists()


def test_another_site_cannot_choose(client: Client) -> None:
    response = client.post("/language/", {"language": "fr"}, headers={"origin": "https://elsewhere.example"})

    assert response.status_code == 403
    assert not response.cookies


def test_the_form_needs_no_token_and_stands_on_every_page() -> None:
    client = Client(enforce_csrf_checks=True)
    for url in ("/", "/help/", "/accounts/login/", "/nowhere/"):
        page = client.get(url).content.decode()
        form = page[page.index('<form class="languages"') :].partition("</form>")[0]
        assert re.findall(r'value="(\w+)" lang="(\w+)"', form) == [(code, code) for code in KNOWN]
        assert [name in form for name in KNOWN.values()] == [True] * 4
        assert form.count("aria-current") == 1
    assert client.post("/language/", {"language": "fr"}, headers={"origin": "http://testserver"}).status_code == 302


def test_the_api_speaks_as_it_is_asked_each_time(client: Client) -> None:
    client.post("/language/", {"language": "fr"})
    titles = set()
    for asked in ("en", "es", "de"):
        answer = client.get("/api/v1/posts/00000000000000/", headers={"accept-language": asked})
        assert answer.status_code == 404
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Content-Language"] == asked
        titles.add(answer.json()["title"])
    assert len(titles) == 3


def test_the_empty_page_after_leaving_asks_the_browser_too() -> None:
    somebody = visitor()
    somebody.client.get("/away/")

    assert 'lang="de"' in somebody.client.get("/", headers={"accept-language": "de"}).content.decode()
    assert 'lang="en"' in somebody.client.get("/").content.decode()


def test_an_answer_leaves_no_language_behind(client: Client) -> None:
    before = translation.get_language()
    client.get("/", headers={"accept-language": "de"})
    assert translation.get_language() == before


def test_an_operator_chooses_which_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    assert languages("LANGUAGES", known=KNOWN) == list(KNOWN.items())
    monkeypatch.setenv("LANGUAGES", "de, en")
    assert languages("LANGUAGES", known=KNOWN) == [("de", "Deutsch"), ("en", "English")]


@pytest.mark.parametrize("value", ["", "de,tlh", "de,de", "de en"])
def test_a_wrong_choice_of_languages_is_told(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("LANGUAGES", value)
    with pytest.raises(ImproperlyConfigured, match="LANGUAGES must be some of en, es, fr, de"):
        languages("LANGUAGES", known=KNOWN)
