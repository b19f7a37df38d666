from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client

from forum.models import Category, Post, Reaction
from forum.services.visibility import publish_post
from forum.states import PostState
from moderation.models import Report
from tests.personas import PASSWORD, GuestPost, sign_in, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def guest(category: Category) -> GuestPost:
    return written_by_guest(category)


class Guest:
    """A client that holds a claim code and reads versions before it writes."""

    def __init__(self, client: Client, guest: GuestPost) -> None:
        self.client, self.place = client, f"/api/v1/posts/{guest.post.public_id}/"
        self.code = {"Authorization": f"Bearer {guest.code}"}

    def get(self) -> Any:
        return self.client.get(self.place, headers=self.code)

    def send(self, method: str, path: str = "", body: Any = None, **headers: str) -> Any:
        headers = {"If-Match": self.get().headers.get("ETag", '"gone"'), **headers, **self.code}
        return self.client.generic(method, self.place + path, _json(body), content_type=JSON, headers=headers)


def _json(body: Any) -> str:
    import json

    return json.dumps(body) if body is not None else ""


def test_the_code_opens_edits_withdraws_puts_back_and_erases(client: Client, guest: GuestPost) -> None:
    me = Guest(client, guest)
    assert me.get().json()["source"] == "Some words."
    edited = me.send("PATCH", body={"text": "Better words."})
    assert (edited.status_code, edited.json()["html"]) == (200, "<p>Better words.</p>")
    assert edited.json()["title"] == "A title"
    assert me.send("PUT", "withdrawal/").json()["state"] == "WITHDRAWN"
    assert me.send("DELETE", "withdrawal/").json()["state"] == "HELD"
    assert me.send("DELETE").status_code == 204
    assert Post.objects.get().source == ""
    listed = client.get("/api/v1/own-posts/", headers=me.code)
    assert (listed.status_code, listed.json()["posts"]) == (200, [])


def test_without_the_code_there_is_nothing_to_see_or_do(client: Client, guest: GuestPost) -> None:
    place = f"/api/v1/posts/{guest.post.public_id}/"
    absent = "/api/v1/posts/00000000000000/"
    for method in ("get", "patch", "delete"):
        answers = [getattr(client, method)(path, headers={"If-Match": "*"}) for path in (place, absent)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content
    assert Post.objects.get().state == PostState.HELD


def test_a_wrong_code_is_refused_not_ignored(client: Client, guest: GuestPost) -> None:
    wrong = "-".join(reversed(guest.code.split("-")))
    answer = client.get("/api/v1/threads/", headers={"Authorization": f"Bearer {wrong}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "claim-unknown")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_change_names_the_version_it_means(client: Client, guest: GuestPost, method: str) -> None:
    place = f"/api/v1/posts/{guest.post.public_id}/"
    code = {"Authorization": f"Bearer {guest.code}"}
    assert client.generic(method, place, "{}", content_type=JSON, headers=code).status_code == 428
    stale = client.generic(method, place, "{}", content_type=JSON, headers={**code, "If-Match": '"old"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert Post.objects.get().version == 1


def test_an_etag_says_nothing_and_is_shared_with_nobody(client: Client, guest: GuestPost, moderator: User) -> None:
    publish_post(guest.post, actor=None)
    mine = Guest(client, guest).get().headers["ETag"]
    everybodys = client.get(f"/api/v1/posts/{guest.post.public_id}/").headers["ETag"]
    theirs = sign_in(Client(), moderator).get(f"/api/v1/posts/{guest.post.public_id}/").headers["ETag"]
    assert len({mine, everybodys, theirs}) == 3


def test_a_members_anonymous_posts_are_behind_a_fresh_password(
    client: Client, trusted_member: User, category: Category
) -> None:
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False) as clock:
        token = _app_token(client, trusted_member)
        post = client.post(
            "/api/v1/threads/",
            {"category_id": category.public_id, "title": "T", "text": "Sealed.", "speaks_as": "thread_pseudonym"},
            content_type=JSON,
            headers={**token, "Idempotency-Key": "anonymous-1"},
        ).json()["post"]
        fresh = client.get("/api/v1/own-posts/", headers=token)
        assert post["id"] in {listed["id"] for listed in fresh.json()["posts"]}
        clock.shift(301)
        later = client.get("/api/v1/own-posts/", headers=token)
        assert (later.status_code, later.json()["code"]) == (403, "fresh-password-needed")
        assert client.get(f"/api/v1/posts/{post['id']}/", headers=token).json()["is_own"] is False


def test_a_dead_token_is_refused_not_ignored(client: Client, db: None) -> None:
    assert client.get("/api/v1/threads/", headers={"X-Session-Token": "nobodys"}).status_code == 401


def test_reacting(client: Client, other_member: User, guest: GuestPost) -> None:
    publish_post(guest.post, actor=None)
    place = f"/api/v1/posts/{guest.post.public_id}/reactions/"
    assert client.put(place + "BELIEVE/").status_code == 401
    sign_in(client, other_member)
    assert client.put(place + "BELIEVE/").status_code == 204
    assert client.put(place + "APPLAUSE/").status_code == 404
    assert client.delete(place + "BELIEVE/").status_code == 204
    assert not Reaction.objects.exists()


def test_reporting_answers_the_same_the_first_time_and_the_next(client: Client, guest: GuestPost) -> None:
    publish_post(guest.post, actor=None)
    place = f"/api/v1/posts/{guest.post.public_id}/reports/"
    answers = [
        client.post(
            place, {"reason": "BLAMES"}, content_type=JSON, headers={"Idempotency-Key": f"a-report-of-a-reader-{n}"}
        )
        for n in range(2)
    ]
    said = {"received": True, "reference": Report.objects.get().reference, "hidden": "nothing", "rest_needs": ""}
    said |= {"is_held": False, "help": None}
    assert [(answer.status_code, answer.json()) for answer in answers] == [(201, said)] * 2


def _app_token(client: Client, member: User) -> dict[str, str]:
    answer = client.post(
        "/api/auth/app/v1/auth/login", {"username": member.pseudonym, "password": PASSWORD}, content_type=JSON
    )
    return {"X-Session-Token": answer.json()["meta"]["session_token"]}
