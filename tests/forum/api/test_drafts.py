from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client

from accounts.models import SealedRecord
from common.public_id import new_public_id
from common.rate_limits import Limit
from forum.api.views import drafts as views
from forum.authorship import Reader
from forum.models import Category, Post
from forum.services.drafts import DRAFT, DRAFTS, draft_for
from forum.services.visibility import publish_post
from tests.house.doors import Answer, in_an_app
from tests.personas import sign_in, written_by, written_by_guest
from tests.sealed import kept

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
JSON = "application/json"
NEW = "/api/v1/drafts/new/"
NONE_YET = {"If-None-Match": "*"}


@pytest.fixture
def me(client: Client, trusted_member: User) -> Client:
    return sign_in(client, trusted_member)


def put(client: Client, headers: dict[str, str], address: str = NEW, **body: Any) -> Any:
    return client.put(address, {"text": "Some words.", **body}, content_type=JSON, headers=headers)


def match(answer: Answer) -> dict[str, Any]:
    return {"If-Match": answer.headers["etag"]}


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_an_app_keeps_reads_changes_and_throws_away(trusted_member: User) -> None:
    app = in_an_app(trusted_member)
    none_yet: dict[str, Any] = dict(NONE_YET)
    kept = app.ask(NEW, "PUT", data={"text": "Some words.", "title": "T"}, **none_yet)
    assert (kept.status, kept.body) == (204, b"")
    found = app.ask(NEW)
    assert found.headers["etag"] == kept.headers["etag"]
    assert '"text":"Some words."' in found.text
    changed = app.ask(NEW, "PUT", data={"text": "Others."}, **match(kept))
    assert changed.headers["etag"] != kept.headers["etag"]
    assert '"text":"Others."' in app.ask("/api/v1/drafts/").text
    assert app.ask(NEW, "DELETE", **match(changed)).status == 204
    assert app.ask(NEW).status == 404


def test_what_is_there_already_is_not_replaced_unseen(me: Client, trusted_member: User) -> None:
    put(me, NONE_YET)
    before = set(SealedRecord.objects.values_list("pk", "lookup"))
    assert code(put(me, NONE_YET, text="Others.")) == (412, "draft-changed")
    assert code(put(me, {"If-Match": '"old"'}, text="Others.")) == (412, "draft-changed")
    assert code(put(me, {}, text="Others.")) == (428, "precondition-needed")
    assert code(me.delete(NEW)) == (428, "precondition-needed")
    assert code(me.delete(NEW, headers={"If-Match": '"old"'})) == (412, "draft-changed")
    assert set(SealedRecord.objects.values_list("pk", "lookup")) == before
    assert draft_for("new", actor=Reader(trusted_member)).words.text == "Some words."


def test_any_version_may_be_meant(me: Client) -> None:
    assert code(put(me, {"If-Match": "*"})) == (412, "stale")
    put(me, NONE_YET)
    assert put(me, {"If-Match": "*"}).status_code == 204
    assert me.delete(NEW, headers={"If-Match": "*"}).status_code == 204
    assert not kept(DRAFT, DRAFTS)


def test_reading_asks_for_the_password_and_keeping_does_not(client: Client, trusted_member: User) -> None:
    me = sign_in(client, trusted_member)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=10)):
        assert put(me, NONE_YET).status_code == 204
        for address in (NEW, "/api/v1/drafts/"):
            assert code(me.get(address)) == (403, "fresh-password-needed")


def test_who_is_not_signed_in_has_none(client: Client, category: Category) -> None:
    guest = {"Authorization": f"Bearer {written_by_guest(category).code}"}
    before = SealedRecord.objects.count()
    assert code(put(client, NONE_YET)) == (401, "drafts-for-members")
    assert code(put(client, {**NONE_YET, **guest})) == (401, "drafts-for-members")
    for address in (NEW, "/api/v1/drafts/"):
        assert code(client.get(address)) == (401, "sign-in-needed")
    assert SealedRecord.objects.count() == before


def test_a_post_that_cannot_be_seen_looks_like_none(me: Client, other_member: User, category: Category) -> None:
    held = written_by(other_member, category)
    answers = [put(me, NONE_YET, f"/api/v1/drafts/{place}/") for place in (held.public_id, new_public_id(), "nowhere")]
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}
    assert not kept(DRAFT, DRAFTS)


def test_sending_the_words_takes_the_draft(me: Client, other_member: User, category: Category) -> None:
    story = publish_post(written_by(other_member, category), actor=None)
    put(me, NONE_YET, f"/api/v1/drafts/{story.public_id}/")
    put(me, NONE_YET)
    for address, body in (
        (f"/api/v1/threads/{story.thread.public_id}/posts/", {}),
        ("/api/v1/threads/", {"category_id": category.public_id, "title": "T"}),
    ):
        headers = {"Idempotency-Key": new_public_id()}
        sent = me.post(address, {"text": "Some words.", **body}, content_type=JSON, headers=headers)
        assert sent.status_code == 201
    assert not kept(DRAFT, DRAFTS)
    assert Post.objects.filter(source="Some words.").count() >= 2


@pytest.mark.usefixtures("clock")
def test_keeping_too_often_waits(me: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views.DraftView, "writes", Limit("drafts", quota=1, window=60))
    put(me, NONE_YET)
    assert code(put(me, {"If-Match": "*"}, text="Others.")) == (429, "too-many-requests")


@pytest.mark.parametrize("body", [{"text": ""}, {"text": "x", "more": "y"}, {"text": "x", "speaks_as": "somebody"}])
def test_a_body_of_another_shape_is_refused(me: Client, body: dict[str, str]) -> None:
    assert put(me, NONE_YET, **body).status_code == 400
    assert not kept(DRAFT, DRAFTS)
