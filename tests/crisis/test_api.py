from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("directory")]


def ask(client: Client, query: str = "", status: int = 200) -> dict[str, Any]:
    response = client.get(f"{reverse('api:crisis-resources')}{query}")
    assert response.status_code == status
    assert not response.cookies
    content: dict[str, Any] = response.json()
    return content


def test_without_a_country_it_gives_what_works_anywhere(client: Client) -> None:
    answer = ask(client)

    assert answer["country"] is None
    assert {resource["country"] for resource in answer["resources"]} == {"ZZ"}
    assert [resource["slug"] for resource in answer["pinned"]] == ["zz-find-a-helpline", "zz-lila-help"]


def test_a_country_and_a_kind_narrow_the_list(client: Client) -> None:
    answer = ask(client, "?country=gb&kind=SUICIDE")

    assert answer["country"] == "GB"
    assert [resource["slug"] for resource in answer["resources"]] == [
        "gb-samaritans",
        "gb-papyrus",
    ]  # for everybody first
    assert answer["pinned"][0]["slug"] == "gb-emergency"


@pytest.mark.parametrize(("asked", "status"), [("true", 200), ("0", 200), ("", 200), ("maybe", 400), ("yes", 400)])
def test_open_now_is_yes_or_no(client: Client, asked: str, status: int) -> None:
    answer = ask(client, f"?country=gb&open_now={asked}", status)
    assert status == 200 or answer["errors"] == [{"pointer": "#/open_now", "detail": "Say true or false."}]


def test_several_kinds(client: Client) -> None:
    kinds = {resource["kind"] for resource in ask(client, "?country=GB&kind=men&kind=ELDER")["resources"]}

    assert kinds == {"MEN", "ELDER"}


def test_an_entry_says_all_that_a_card_needs(client: Client) -> None:
    (samaritans,) = (r for r in ask(client, "?country=GB")["resources"] if r["slug"] == "gb-samaritans")

    assert samaritans["dial"] == "116123"
    assert samaritans["phone"] == "116 123"
    assert samaritans["languages"] == ["en"]
    assert samaritans["free"] == "YES"
    assert [trace["way"] for trace in samaritans["traces"]] == ["phone", "web"]
    assert samaritans["last_checked"].startswith("Not checked by this site yet")
    assert not {"id", "pk", "sources", "verified_on", "is_hidden"} & set(samaritans)


@pytest.mark.parametrize(
    ("query", "pointers"),
    [
        ("?country=QQ", ["#/country"]),
        ("?country=ZZ", ["#/country"]),
        ("?kind=magic", ["#/kind"]),
        ("?country=QQ&kind=magic", ["#/country", "#/kind"]),
    ],
)
def test_a_value_we_do_not_know_is_refused_by_name(client: Client, query: str, pointers: list[str]) -> None:
    answer = ask(client, query, status=400)

    assert answer["code"] == "invalid"
    assert [error["pointer"] for error in answer["errors"]] == pointers
    assert "magic" not in str(answer)
