"""Whoever may be in danger is shown people who can help, at once and in the same answer; nobody else is shown it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from crisis.services import load_directory
from forum.models import Category, Post
from forum.services.visibility import publish_post
from tests.personas import make_member, sign_in, written_by

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db

DANGER = "He has a knife and he is outside the door now."
HARMLESS = "My sister likes tea."
HEADING = "You are not alone with this"


@pytest.fixture(autouse=True)
def _directory(db: None) -> None:
    load_directory()


def sent(client: Client, category: Category, text: str, **headers: str) -> str:
    form = {"category": category.public_id, "title": "A title", "text": text, "form_key": "k" * 16}
    answer = client.post("/new/", form, follow=True, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def api(client: Client, url: str, body: dict[str, Any], method: str = "post", **headers: str) -> dict[str, Any]:
    headers = {"Idempotency-Key": "a-key-of-sixteen-characters", "If-Match": "*", **headers}
    answer = getattr(client, method)(url, json.dumps(body), content_type="application/json", headers=headers)
    assert answer.status_code in {200, 201}, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_a_guest_in_danger_sees_her_countrys_lines_when_she_sends(client: Client, category: Category) -> None:
    client.post("/help/", {"country": "NZ"})
    page = sent(client, category, DANGER)
    assert HEADING in page
    assert "Your country: New Zealand." in page
    assert 'href="tel:111"' in page
    assert "You can also leave this page quickly" in page
    assert "a day or more" in page
    assert page.index("Go to your six words") < page.index(HEADING)
    assert "Nobody who reads here, and none of the services above." in page
    assert "Nobody else sees that it did" not in page  # the team sees why


@pytest.mark.parametrize(("text", "is_offered"), [(DANGER, True), (HARMLESS, False)])
def test_what_is_refused_offers_it_too(client: Client, category: Category, text: str, is_offered: bool) -> None:
    page = client.post("/new/", {"category": category.public_id, "title": "", "text": text, "form_key": "k" * 16})
    assert (page.status_code, HEADING in page.text, text in page.text) == (400, is_offered, True)


def test_without_a_choice_the_browsers_hint_is_asked_about(client: Client, category: Category) -> None:
    page = sent(client, category, DANGER, **{"Accept-Language": "en-IE,en;q=0.9"})
    assert "Is this your country? Ireland." in page


def test_without_either_lines_from_anywhere(client: Client, category: Category) -> None:
    page = sent(client, category, DANGER)
    assert HEADING in page
    assert "112 works" in page


def test_a_browser_in_german_is_not_taken_for_one_in_america(client: Client, category: Category) -> None:
    page = sent(client, category, DANGER, **{"Accept-Language": "de,en-US;q=0.7,en;q=0.3"})
    assert 'href="tel:911"' not in page
    assert 'href="tel:112"' in page
    assert 'href="tel:116016"' in page


def test_harmless_words_show_no_card(client: Client, category: Category) -> None:
    assert HEADING not in sent(client, category, HARMLESS)


def test_an_edit_shows_it_too(client: Client, category: Category, trusted_member: User) -> None:
    post = written_by(trusted_member, category, text=HARMLESS)
    sign_in(client, trusted_member)
    url = f"/p/{post.public_id}/edit/"
    page = client.post(url, {"title": "A title", "text": DANGER, "version": post.version}, follow=True)
    assert HEADING in page.content.decode()


def test_nobody_else_is_shown_it(client: Client, category: Category) -> None:
    post = publish_post(written_by(make_member("amber willow"), category, text=DANGER), actor=None)
    sign_in(client, make_member("silver birch"))
    for url in (f"/t/{post.thread.public_id}/", f"/p/{post.public_id}/", f"/p/{post.public_id}/reply/"):
        text = client.get(url, follow=True).content.decode()
        assert DANGER in text
        assert HEADING not in text


def test_the_api_gives_it_with_the_answer(client: Client, category: Category) -> None:
    body = {"category_id": category.public_id, "title": "A title", "text": DANGER, "country": "nz"}
    answer = api(client, "/api/v1/threads/", body)
    assert answer["help"]["country"] == "NZ"
    assert answer["help"]["is_chosen"] is True
    assert answer["help"]["resources"][0]["dial"] == "111"
    assert answer["help"]["staffed"]
    replayed = api(client, "/api/v1/threads/", body)
    assert replayed["help"] == answer["help"]
    assert Post.objects.count() == 1
    harmless = {"category_id": category.public_id, "title": "A title", "text": HARMLESS}
    assert api(client, "/api/v1/threads/", harmless, **{"Idempotency-Key": "another-key-of-sixteen"})["help"] is None


def test_the_api_gives_it_with_a_reply_and_an_edit(client: Client, category: Category, trusted_member: User) -> None:
    sign_in(client, trusted_member)
    story = written_by(trusted_member, category, text=HARMLESS)
    reply = api(client, f"/api/v1/threads/{story.thread.public_id}/posts/", {"text": DANGER, "country": "DE"})
    assert reply["help"]["country"] == "DE"
    edited = api(client, f"/api/v1/posts/{reply['post']['id']}/", {"text": HARMLESS}, "patch")
    assert edited["help"] is None
    again = api(client, f"/api/v1/posts/{reply['post']['id']}/", {"text": DANGER}, "patch")
    assert again["help"]["resources"]
    assert "help" not in client.get(f"/api/v1/posts/{reply['post']['id']}/").json()
