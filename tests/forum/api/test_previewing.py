from __future__ import annotations

import pytest
from django.test import Client

from forum.models import Post

pytestmark = pytest.mark.django_db


def test_html_as_it_would_stand_and_nothing_stored(client: Client) -> None:
    body = {"title": " A  title ", "text": "I am *here*. <b>"}
    answer = client.post("/api/v1/previews/", body, content_type="application/json")
    assert answer.status_code == 200
    assert answer.json() == {"title": "A title", "html": "<p>I am <em>here</em>. &lt;b&gt;</p>"}
    assert not Post.objects.exists()


def test_what_could_not_be_sent_is_refused_at_its_field(client: Client) -> None:
    body = {"text": "x" * 20_001, "title": "x" * 121}
    answer = client.post("/api/v1/previews/", body, content_type="application/json")
    assert answer.status_code == 400
    assert {error["pointer"] for error in answer.json()["errors"]} == {"#/text", "#/title"}
