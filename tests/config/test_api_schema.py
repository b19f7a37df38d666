"""The OpenAPI document holds allauth's operations, as this site answers them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import resolve

from tests.personas import PASSWORD

DOCUMENT = json.loads((Path(__file__).resolve().parents[2] / "docs/openapi.json").read_text())
SIGNING_IN = [path for path in DOCUMENT["paths"] if path.startswith("/api/auth/")]


@pytest.mark.parametrize("path", SIGNING_IN)
@pytest.mark.parametrize("client", ["app", "browser"])
def test_what_is_described_is_there(path: str, client: str) -> None:
    assert resolve(path.format(client=client)).route


def test_nothing_that_is_referred_to_is_missing() -> None:
    names = {f"#/components/{kind}/{name}" for kind, parts in DOCUMENT["components"].items() for name in parts}
    referred = {part.split('"')[0] for part in json.dumps(DOCUMENT["paths"]).split('"$ref": "')[1:]}
    referred |= {part.split('"')[0] for part in json.dumps(DOCUMENT["components"]).split('"$ref": "')[1:]}
    assert referred <= names


@pytest.mark.django_db
def test_no_answer_to_signing_in_holds_a_time_or_the_name_to_sign_in_with(client: Client) -> None:
    body = {"username": "Quiet Harbour", "password": PASSWORD}
    made = client.post("/api/auth/app/v1/auth/signup", body, content_type="application/json")
    token = made.json()["meta"]["session_token"]
    session = client.get("/api/auth/app/v1/auth/session", headers={"X-Session-Token": token})
    for answer in (made, session):
        assert answer.status_code == 200
        assert answer.json()["data"]["methods"] == [{"method": "password"}]
        assert set(answer.json()["data"]["user"]) == {"display", "has_usable_password"}
