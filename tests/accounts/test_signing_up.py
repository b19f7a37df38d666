from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client

from accounts.models import User
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
    assert (user.username, user.pseudonym) == ("quiet harbour", "Quiet Harbour")
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
