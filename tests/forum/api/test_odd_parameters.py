"""Query parameters and bodies that no page of ours makes."""

from __future__ import annotations

import pytest
from django.test import Client

from forum.models import Category
from tests.personas import written_by_guest

pytestmark = pytest.mark.django_db


def test_an_id_that_is_none_is_nothing_here(client: Client, category: Category) -> None:
    thread = written_by_guest(category).post.thread.public_id
    for address in (
        f"/t/{thread}/?branch=%00",
        f"/api/v1/threads/{thread}/posts/?branch=%00",
        "/api/v1/threads/?category=%00",
        "/new/?category=%00",
    ):
        assert client.get(address).status_code in {200, 404}, address


@pytest.mark.parametrize("body", ["[]", "null", '"words"', "7"])
def test_a_body_that_is_no_object_is_unreadable(client: Client, db: None, body: str) -> None:
    answer = client.post(
        "/api/v1/threads/", body, content_type="application/json", headers={"Idempotency-Key": "a-key-of-our-own-1"}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "body-unreadable")
