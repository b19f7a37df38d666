"""The API's door to search: shapes, statuses, who is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from common.rate_limits import Limit
from forum.api.views.searching import SearchView
from forum.models import Category
from tests.personas import sign_in, written_by

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


def search(client: Client, **body: Any) -> Any:
    return client.post("/api/v1/search/", body, content_type="application/json")


def test_hits_come_in_parts_of_plain_text(client: Client, trusted_member: User, category: Category) -> None:
    post = written_by(trusted_member, category, title="One <b>", text="A <script> of needles.")
    answer = search(client, words="needles one")
    assert answer.status_code == 200
    assert answer.json() == {
        "hits": [
            {
                "id": post.public_id,
                "thread_id": post.thread.public_id,
                "category_id": category.public_id,
                "category_title": "Stories",
                "title": [{"text": "One", "is_hit": True}, {"text": " <b>", "is_hit": False}],
                "excerpt": [
                    {"text": "A <script> of ", "is_hit": False},
                    {"text": "needles", "is_hit": True},
                    {"text": ".", "is_hit": False},
                ],
                "notes": [],
                "name": "quiet harbour",
                "name_kind": "pseudonym",
                "when": "today",
                "is_reply": False,
            }
        ],
        "next": None,
        "prev": None,
    }
    assert not client.cookies


def test_pages_and_a_category_are_asked_for_in_the_body(
    client: Client, trusted_member: User, category: Category, members_category: Category
) -> None:
    for where in (category, category, members_category):
        written_by(trusted_member, where, text="Needle.")
    sign_in(client, trusted_member)
    first = search(client, words="needle", category_id=category.public_id, page_size=1).json()
    rest = search(client, words="needle", category_id=category.public_id, cursor=first["next"]).json()
    assert [len(first["hits"]), len(rest["hits"]), rest["next"]] == [1, 1, None]
    assert first["hits"] != rest["hits"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "invalid"),
        ({"words": "***"}, 400, "search-without-words"),
        ({"words": "word " * 50}, 400, "search-too-long"),
        ({"words": "word", "author": "somebody"}, 400, "invalid"),
        ({"words": "word", "cursor": "abc"}, 400, "cursor-unreadable"),
        ({"words": "word", "page_size": 101}, 400, "page-size-unreadable"),
        ({"words": "word", "category_id": "0" * 14}, 404, "not-found"),
    ],
)
def test_a_refusal_repeats_no_word(client: Client, db: None, body: dict[str, Any], status: int, code: str) -> None:
    answer = search(client, **body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "somebody" not in answer.content.decode()


def test_a_category_that_is_not_theirs_looks_like_none(client: Client, members_category: Category) -> None:
    absent = search(client, words="word", category_id="0" * 14)
    hidden = search(client, words="word", category_id=members_category.public_id)
    assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content)


def test_it_is_not_asked_by_get(client: Client, db: None) -> None:
    assert client.get("/api/v1/search/?words=needle").status_code == 405


@pytest.mark.usefixtures("clock")
def test_searching_has_a_limit_of_its_own(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SearchView, "limit", Limit("searches", quota=2, window=60))
    answers = [search(client, words="needle") for _time in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0].headers["RateLimit"].startswith('"searches";r=1')
