from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client

from accounts.models import User
from accounts.pseudonyms import clean_pseudonym, name_key
from tests.house.doors import signed_in, visitor
from tests.personas import PASSWORD, make_member

pytestmark = pytest.mark.django_db
JSON = "application/json"
SIGN_UP, SIGN_IN = "/api/auth/app/v1/auth/signup", "/api/auth/app/v1/auth/login"


def sent(client: Client, place: str, username: str, password: str = PASSWORD) -> Any:
    return client.post(place, {"username": username, "password": password}, content_type=JSON)


def test_a_name_and_a_password_are_all_it_takes(client: Client) -> None:
    answer = sent(client, SIGN_UP, "Quiet Harbour")
    assert answer.status_code == 200
    assert answer.json()["data"]["user"] == {"display": "Quiet Harbour", "has_usable_password": True}
    user = User.objects.get()
    assert (user.username, user.pseudonym) == (name_key("quiet-harbour"), "Quiet Harbour")
    assert mail.outbox == []


def test_no_row_tells_when_somebody_joined_or_was_here(client: Client) -> None:
    sent(client, SIGN_UP, "Quiet Harbour")
    assert not {field.name for field in User._meta.get_fields()} & {"date_joined", "last_login", "email", "first_name"}
    assert Session.objects.get().expire_date.minute == 0


@pytest.mark.parametrize("typed", ["Quiet Harbour", "quiet harbour", "  QUIET   harbour "])
def test_signing_in_is_kind_about_case_and_spaces(client: Client, typed: str) -> None:
    make_member("Quiet Harbour")
    assert sent(client, SIGN_IN, typed).status_code == 200


@pytest.mark.parametrize("name", ["someone@example.org", "Tom 1985", "0049 170 1234567", "moderator", "ab"])
def test_a_name_that_gives_somebody_away_is_refused_kindly(client: Client, name: str) -> None:
    answer = sent(client, SIGN_UP, name)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["param"] == "username"
    assert not User.objects.exists()


def test_a_wrong_password_and_a_missing_name_look_the_same(client: Client) -> None:
    make_member("quiet harbour")
    wrong, missing = sent(client, SIGN_IN, "quiet harbour", "x" * 12), sent(client, SIGN_IN, "copper fox", "x" * 12)
    assert (wrong.status_code, wrong.content) == (missing.status_code, missing.content)


@pytest.mark.parametrize(
    "place",
    [
        "/accounts/email/",
        "/accounts/password/reset/",
        "/api/auth/app/v1/account/email",
        "/api/auth/browser/v1/auth/code/request",
    ],
)
def test_there_is_no_door_for_e_mail(client: Client, place: str) -> None:
    assert client.get(place).status_code == 404
    assert client.post(place, {}, content_type=JSON).status_code == 404


# --- choosing a name --------------------------------------------------------------------------------------------------

SIGN_UP_PAGE, MORE = "/accounts/signup/", "/accounts/signup/names/"


def offered(page: str) -> set[str]:
    found = re.search(r'<ul class="names".*?</ul>', page, re.DOTALL)
    assert found
    return set(re.findall(r"<li>([^<]+)</li>", found[0]))


def test_other_names_are_offered_on_request_and_what_was_typed_stays() -> None:
    somebody = visitor()
    before = offered(somebody.ask(SIGN_UP_PAGE).text)
    data = {"username": "Misty Quokka", "password1": "nine slow turtles sing", "next": "/help/"}

    page = somebody.ask(MORE, "POST", data=data).text

    assert len(offered(page)) == 3
    assert offered(page) != before
    assert 'value="Misty Quokka"' in page
    assert 'value="/help/"' in page
    assert "turtles" not in page
    assert "This field is required" not in page
    assert f'action="{SIGN_UP_PAGE}"' in page
    assert not User.objects.exists()


@pytest.mark.parametrize("place", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example/"])
def test_signing_up_leads_to_no_other_site(place: str) -> None:
    somebody = visitor()
    data = {"username": "Misty Quokka", "password1": "nine slow turtles sing", "next": place}
    assert somebody.ask(SIGN_UP_PAGE, "POST", data=data).headers["location"] == "/accounts/recovery-words/"
    assert somebody.ask("/accounts/recovery-words/kept/", "POST").headers["location"] == "/"


def test_asking_for_names_does_not_use_up_signing_up() -> None:
    network = "192.0.2.7"
    for _time in range(25):
        assert visitor().ask(MORE, "POST", network=network).status == 200
    data = {"username": "Misty Quokka", "password1": "nine slow turtles sing"}
    assert visitor().ask(SIGN_UP_PAGE, "POST", data=data, network=network).status == 302


def test_a_full_name_is_refused_on_the_page_too() -> None:
    data = {"username": "Anna Smith", "password1": "nine slow turtles sing"}
    answer = visitor().ask(SIGN_UP_PAGE, "POST", data=data)
    assert "looks like somebody&#x27;s full name" in answer.text
    assert not User.objects.exists()


def test_the_api_offers_names_that_nobody_has() -> None:
    answer = visitor().ask("/api/v1/account/name-suggestions/")
    names = json.loads(answer.text)["names"]
    assert len(set(names)) == 5
    assert [clean_pseudonym(name) for name in names] == names
    assert "set-cookie s" not in answer.cookies
    assert visitor().ask("/api/v1/account/name-suggestions/?count=9").status == 400


def test_the_account_page_is_for_whoever_is_signed_in(member: User) -> None:
    assert visitor().ask("/accounts/").headers["location"].startswith("/accounts/login/")
    page = signed_in(member).ask("/accounts/").text
    for place in ("password/change/", "recovery-words/", "second-step/", "passkeys/"):
        assert f'href="/accounts/{place}"' in page
    assert 'href="/accounts/"' in signed_in(member).ask("/").text


@pytest.mark.parametrize("again", ["Quiet Harbour", "quiet-harbour", "QUIETHARBOUR", "Quiet Harb0ur"])
def test_a_name_that_looks_like_one_that_is_here_is_refused_in_a_sentence(client: Client, again: str) -> None:
    body = {"username": "Quiet Harbour", "password": PASSWORD}
    assert client.post("/api/auth/app/v1/auth/signup", body, content_type="application/json").status_code == 200
    sent = Client().post("/api/auth/app/v1/auth/signup", {**body, "username": again}, content_type="application/json")
    assert (sent.status_code, sent.json()["errors"][0]["code"]) == (400, "username_taken")
    page = Client().post("/accounts/signup/", {"username": again, "password1": PASSWORD})
    assert "or one that looks like it" in page.content.decode()
    assert User.objects.count() == 1


def test_an_answer_is_as_long_as_it_says(client: Client) -> None:
    body = {"username": "Quiet Harbour", "password": PASSWORD}
    answer = client.post("/api/auth/app/v1/auth/signup", body, content_type="application/json")
    assert int(answer.headers["Content-Length"]) == len(answer.content)
