"""One post from the first word to everybody's page, over HTTP, as docs/life-of-a-post.md tells it."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client

from moderation.models import Case, Seen
from moderation.services.moderators import create_moderator
from tests.personas import sign_in, written_by

if TYPE_CHECKING:
    from accounts.models import User
    from forum.models import Category

pytestmark = pytest.mark.django_db
JSON = "application/json"


def test_a_guests_reply_is_returned_rewritten_and_published(
    clock: time_machine.Traveller, client: Client, trusted_member: User, moderator: User, category: Category
) -> None:
    story = written_by(trusted_member, category, title="A beginning")
    place = f"/api/v1/threads/{story.thread.public_id}/posts/"

    # Noor answers without an account, on her phone.
    answer = client.post(
        place,
        {"text": "I lived in Elm Street with him, and I believe you."},
        content_type=JSON,
        headers={"Idempotency-Key": "noors-first-answer"},
    ).json()
    words, post = answer["claim_code"], answer["post"]["id"]
    assert "Elm Street" not in client.get(place).content.decode()

    # At the desk Mira reads it in its thread, and sends it back with a word and the street marked.
    desk = sign_in(Client(), moderator)
    case = Case.objects.get(post__public_id=post)
    address = f"/admin/moderation/case/{case.pk}/change/"
    page = desk.get(address).content.decode()
    assert "Elm Street" in page
    assert "A beginning" in page
    word = {"word": "Please leave out the street.", "marks": "in Elm Street"}
    sent = {"action": "RETURN", "reason": "", "seen": str(Seen.of(case)), **word}
    assert desk.post(address, sent).status_code == 302

    # Noor comes back on another day, with her six words, and leaves the street out.
    phone = Client(headers={"Authorization": f"Bearer {words}"})
    clock.shift(dt.timedelta(minutes=1))  # the team's words leave some seconds after the decision
    returned = phone.get(f"/api/v1/posts/{post}/")
    assert returned.json()["state"] == "RETURNED"
    assert returned.json()["word_to_author"] == "Please leave out the street."
    assert returned.json()["marks"] == [{"start": 8, "end": 21, "text": "in Elm Street"}]
    rewritten = _changed(phone, post, {"text": "I believe you."}, returned.headers["ETag"])
    assert rewritten["state"] == "HELD"

    # It comes to Mira before anybody else, with what was changed and what she had marked.
    colleague, _password = create_moderator("desk two")
    assert "Elm Street" not in _next(sign_in(Client(), colleague)), "who takes the next case meanwhile takes another"
    page = _next(desk)
    assert '<del><span class="visually-hidden">taken out: </span>' in page
    assert "(marked: </span>in Elm Street<span" in page

    # Mira's old page decides nothing any more; what she reads now does.
    case = Case.objects.get(post__public_id=post, state="OPEN")
    desk.post(
        f"/admin/moderation/case/{case.pk}/change/",
        {"action": "PUBLISH", "word": "", "reason": "", "seen": str(Seen.of(case))},
    )

    # Everybody reads it, below what it answers; nobody reads what it said before.
    shown = client.get(place).json()["posts"]
    assert [(entry["depth"], entry["html"]) for entry in shown][1] == (1, "<p>I believe you.</p>")
    assert client.get(f"/api/v1/posts/{post}/revisions/").status_code == 404
    assert "Elm Street" in phone.get(f"/api/v1/posts/{post}/revisions/").content.decode()


def _next(desk: Client) -> str:
    return desk.post("/admin/moderation/case/next/", follow=True).content.decode()


def _changed(client: Client, post: str, body: dict[str, Any], etag: str) -> Any:
    answer = client.patch(f"/api/v1/posts/{post}/", json.dumps(body), content_type=JSON, headers={"If-Match": etag})
    assert answer.status_code == 200
    return answer.json()
