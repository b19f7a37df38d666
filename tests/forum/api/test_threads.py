"""Doors carry translation only: shapes, statuses, headers, who is turned away. The rules are in the service tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from common import api
from common.rate_limits import Limit
from forum.models import Category, Post, Thread
from tests.personas import answered_by, sign_in, written_by

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
JSON = "application/json"


def post_story(client: Client, category: Category, *, key: str = "a-key-number-of-its-own", **fields: Any) -> Any:
    body = {"category_id": category.public_id, "title": "A title", "text": "Some *words*.", **fields}
    return client.post("/api/v1/threads/", body, content_type=JSON, headers={"Idempotency-Key": key})


def test_a_guest_posts_and_gets_six_words_once(client: Client, category: Category) -> None:
    answer = post_story(client, category)
    assert answer.status_code == 201
    body = answer.json()
    assert len(body["claim_code"].split("-")) == 6
    assert body["post"]["state"] == "HELD"
    assert body["post"]["html"] == "<p>Some <em>words</em>.</p>"
    assert body["post"]["is_own"] is True
    assert not client.cookies


def test_the_same_key_gives_the_same_answer_and_one_post(client: Client, category: Category) -> None:
    first, again = post_story(client, category), post_story(client, category)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Post.objects.count() == 1


def test_the_same_key_with_other_words_is_refused(client: Client, category: Category) -> None:
    post_story(client, category)
    answer = post_story(client, category, text="Other words.")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")
    assert Post.objects.count() == 1


@pytest.mark.parametrize("key", ["", "short", "with a space in it", "x" * 256])
def test_a_create_needs_a_usable_key(client: Client, category: Category, key: str) -> None:
    answer = post_story(client, category, key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")
    assert not Post.objects.exists()


def test_a_visitors_key_must_be_hard_to_guess(client: Client, category: Category) -> None:
    answer = post_story(client, category, key="story-0001")
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-too-short")
    assert not Post.objects.exists()


@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":' * 100_000])
def test_json_without_end_is_no_error(client: Client, db: None, body: str) -> None:
    for address in ("/api/v1/threads/", "/api/auth/app/v1/auth/login"):
        assert client.post(address, body, content_type=JSON).status_code == 400


def test_a_failed_create_can_be_sent_again_under_its_key(client: Client, category: Category) -> None:
    assert post_story(client, category, title="").status_code == 400
    assert post_story(client, category).status_code == 201


def test_a_problem_points_at_the_field_and_repeats_nothing(client: Client, category: Category) -> None:
    answer = post_story(client, category, title="", text="<secret>" + "x" * 20_001)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert {error["pointer"] for error in answer.json()["errors"]} == {"#/title", "#/text"}
    assert b"secret" not in answer.content


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ('{"text":', JSON, 400),
        ("[]", JSON, 400),
        ('"text"', JSON, 400),
        ('{"category_id": 7, "title": {}, "text": []}', JSON, 400),
        ('{"category_id": "x", "title": "T", "text": "W", "state": "PUBLISHED"}', JSON, 400),
        ("text=1", "application/x-www-form-urlencoded", 415),
        ("\xff", JSON, 400),
    ],
)
def test_what_is_no_story_is_a_problem_never_an_error(
    client: Client, category: Category, body: str, content_type: str, status: int
) -> None:
    answer = client.post(
        "/api/v1/threads/",
        body.encode("latin-1"),
        content_type=content_type,
        headers={"Idempotency-Key": "1234567812345678"},
    )
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not Thread.objects.exists()


def test_a_nul_in_the_text_is_no_error(client: Client, category: Category) -> None:
    assert post_story(client, category, text="a\0b").status_code in {201, 400}


def test_a_member_speaks_under_the_name_they_choose(client: Client, trusted_member: User, category: Category) -> None:
    sign_in(client, trusted_member)
    named = post_story(client, category, key="key-named", speaks_as="pseudonym").json()["post"]
    anonymous = post_story(client, category, key="key-anonymous", speaks_as="thread_pseudonym").json()["post"]
    assert (named["name"], named["name_kind"]) == ("quiet harbour", "pseudonym")
    assert anonymous["name_kind"] == "thread_pseudonym"
    assert anonymous["name"] != "quiet harbour"


def test_without_signing_in_there_is_no_pseudonym(client: Client, category: Category) -> None:
    assert post_story(client, category, speaks_as="pseudonym").status_code == 401


def test_a_members_post_by_cookie_needs_the_csrf_token(trusted_member: User, category: Category) -> None:
    strict = sign_in(Client(enforce_csrf_checks=True), trusted_member)
    assert post_story(strict, category).status_code == 403
    assert Post.objects.count() == 1  # the one that made them trusted


def test_lists_page_by_cursor_and_link(client: Client, trusted_member: User, category: Category) -> None:
    for number in range(3):
        written_by(trusted_member, category, title=f"T{number}")
    first = client.get("/api/v1/threads/?page_size=2")
    second = client.get(f"/api/v1/threads/?page_size=2&cursor={first.json()['next']}")
    titles = [thread["title"] for answer in (first, second) for thread in answer.json()["threads"]]
    assert titles == ["T2", "T1", "T0", "A title"]
    assert 'rel="next"' in first.headers["Link"]
    assert 'rel="prev"' in second.headers["Link"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("cursor=nonsense", "cursor-unreadable"),
        ("cursor=" + "A" * 5000, "cursor-unreadable"),
        ("page_size=0", "page-size-unreadable"),
        ("page_size=101", "page-size-unreadable"),
        ("page_size=ten", "page-size-unreadable"),
        ("page_size=-1", "page-size-unreadable"),
        ("order=author", "order-unknown"),
    ],
)
def test_what_does_not_fit_the_list_says_so(client: Client, category: Category, query: str, code: str) -> None:
    answer = client.get(f"/api/v1/threads/?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_a_cursor_of_another_list_does_not_fit(client: Client, trusted_member: User, category: Category) -> None:
    written_by(trusted_member, category)
    cursor = client.get("/api/v1/threads/?page_size=1").json()["next"]
    answer = client.get(f"/api/v1/threads/?category={category.public_id}&cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor-unreadable")


def test_a_thread_is_a_tree_flat_or_a_branch(client: Client, trusted_member: User, category: Category) -> None:
    story = written_by(trusted_member, category)
    one = answered_by(trusted_member, story, text="one")
    answered_by(trusted_member, story, text="two")
    answered_by(trusted_member, one, text="one one")
    place = f"/api/v1/threads/{story.thread.public_id}/posts/"

    def words(query: str) -> list[str]:
        return [post["source"] for post in client.get(place + query).json()["posts"]]

    sign_in(client, trusted_member)
    assert words("") == ["Some words.", "one", "one one", "two"]
    assert words("?view=flat") == ["Some words.", "one", "two", "one one"]
    assert words(f"?branch={one.public_id}") == ["one", "one one"]
    assert client.get(place + "?view=sideways").status_code == 400


def test_an_unchanged_thread_is_not_sent_again(client: Client, trusted_member: User, category: Category) -> None:
    place = f"/api/v1/threads/{written_by(trusted_member, category).thread.public_id}/"
    first = client.get(place)
    again = client.get(place, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.usefixtures("clock")
def test_what_is_sent_too_often_waits(client: Client, category: Category, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "WRITES", Limit("writes", quota=2, window=60))
    answers = [post_story(client, category, key=f"a-key-number-of-its-own-{number}") for number in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 60
    assert answers[0].headers["RateLimit-Policy"] == '"writes";q=2;w=60'
    assert Post.objects.count() == 2


def test_an_address_that_is_none_is_a_problem_too(client: Client, db: None) -> None:
    answer = client.get("/api/v1/nothing/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert client.put("/api/v1/threads/").status_code == 405
