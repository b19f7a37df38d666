from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from common.rate_limits import Limit
from forum.models import Category, IdempotencyRecord, Post
from forum.pages import answers
from tests.personas import sign_in, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
WORDS = "I am *here*.\n\n> He said so.\n\n<script>"


def previewed(client: Client, address: str, **fields: Any) -> Any:
    return client.post(address, {"text": WORDS, "do": "preview", "form_key": "a-key-of-a-form", **fields})


def test_it_shows_the_words_as_they_would_stand_and_keeps_the_form(client: Client, category: Category) -> None:
    page = previewed(client, "/new/", title="A *title*", category=category.public_id, reply_wish="law")
    html = page.content.decode()
    assert page.status_code == 200
    assert '<div class="words" dir="auto"><p>I am <em>here</em>.</p>' in html
    assert "<blockquote>" in html
    assert "&lt;script&gt;" in html.partition('id="preview"')[2]
    assert "A *title*</p>" in html
    assert "I am *here*." in html
    assert 'value="a-key-of-a-form"' in html
    assert 'role="alert" id="errors"' not in html
    assert not Post.objects.exists()
    assert not IdempotencyRecord.objects.exists()


def test_what_is_still_missing_is_not_asked_for(client: Client) -> None:
    page = previewed(client, "/new/")
    assert (page.status_code, "needs a title" in page.content.decode()) == (200, False)


def test_what_could_not_be_sent_says_why_and_loses_nothing(client: Client, category: Category) -> None:
    for text, said in (("", "no words here yet"), ("long " * 5_000, "shorten it a little")):
        page = previewed(client, "/new/", title="T", text=text)
        assert (page.status_code, said in page.content.decode()) == (400, True)
        assert 'id="preview"' not in page.content.decode()
        assert text.strip() in page.content.decode()


def test_a_reply_and_an_edit(client: Client, trusted_member: User, category: Category) -> None:
    story = written_by(trusted_member, category, text="Before.")
    me = sign_in(client, trusted_member)
    for address in (f"/p/{story.public_id}/reply/", f"/p/{story.public_id}/edit/"):
        page = previewed(me, address, title="T", version=story.version)
        assert (page.status_code, "<em>here</em>" in page.content.decode()) == (200, True)
    assert Post.objects.get(pk=story.pk).source == "Before."
    assert Post.objects.filter(parent=story).count() == 0


def test_nobody_previews_at_what_is_not_theirs_to_read(client: Client, category: Category) -> None:
    waiting = written_by_guest(category).post
    assert previewed(client, f"/p/{waiting.public_id}/reply/").status_code == 404


def test_so_many_in_a_short_time_are_too_many(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "WRITES", Limit("page-writes", quota=0, window=60))
    page = previewed(client, "/new/")
    assert page.status_code == 429
    assert "I am *here*." in page.content.decode()


def test_no_length_cuts_off_what_is_pasted(client: Client) -> None:
    page = client.get("/new/").content.decode()
    textarea = page.partition("<textarea")[2].partition(">")[0]
    assert 'data-most="20000"' in textarea
    assert "maxlength" not in textarea
