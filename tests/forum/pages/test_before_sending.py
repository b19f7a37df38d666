"""The step before sending: what could help somebody find the author is shown, with a vaguer wording for each."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from crisis.models import Kind, Resource
from forum.models import Category, Post
from tests.house.dump import dump_tables, watched_log
from tests.personas import answered_by, sign_in, written_by

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db

TELLING = "My ex is called Marcus Oyelaran. His number is 07700 900123.\r\n\r\nHe works at Northgate Primary School."
WORDS = ("Marcus", "Oyelaran", "900123", "Northgate")
HARMLESS = "My sister likes tea."
HEADING = "Before it is sent"


def sent(client: Client, address: str = "/new/", **fields: Any) -> Any:
    return client.post(address, {"title": "A title", "text": TELLING, "form_key": "k" * 16, **fields})


def carried(page: str) -> dict[str, str]:
    """The step's form as a browser would send it, without the button."""
    main = page[page.index('class="before-sending"') :]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', main))
    del fields["csrfmiddlewaretoken"]
    return {name: unescape(value).replace("\r\n", "\n").replace("\n", "\r\n") for name, value in fields.items()}


def test_each_passage_is_shown_with_what_it_could_tell(client: Client, category: Category) -> None:
    page = sent(client, category=category.public_id).content.decode()
    assert HEADING in page
    assert "Marcus Oyelaran</h2>" in page
    assert "A number can be called, and looked up." in page
    assert "Say “[a workplace or school]” instead" in page
    assert not Post.objects.exists()


def test_everything_the_form_sent_comes_along(client: Client, category: Category) -> None:
    page = sent(
        client, category=category.public_id, claim_code="", draft="a-mark", of_a_later_day="kept"
    ).content.decode()
    fields = carried(page)
    assert fields["text"] == TELLING
    assert fields["title"] == "A title"
    assert fields["category"] == category.public_id
    assert fields["form_key"] == "k" * 16
    assert fields["draft"] == "a-mark"
    assert fields["of_a_later_day"] == "kept"
    assert "do" not in fields


def test_one_at_a_time_then_sent(client: Client, category: Category) -> None:
    page = sent(client, category=category.public_id).content.decode()
    for _passage in range(3):
        page = client.post("/new/", {**carried(page), "do": "vaguer-0"}).content.decode()
    assert "This is how it reads now" in page
    answer = client.post("/new/", {**carried(page), "do": "as-it-is"})
    assert answer.status_code == 302
    assert Post.objects.get().source == (
        "My ex is called [a name]. His number is [a number].\n\nHe works at [a workplace or school]."
    )


def test_all_at_once(client: Client, category: Category) -> None:
    page = sent(client, category=category.public_id, title="About Marcus Oyelaran").content.decode()
    assert client.post("/new/", {**carried(page), "do": "vaguer-all"}).status_code == 302
    post = Post.objects.get()
    assert not [word for word in WORDS if word in post.title + post.source + post.html]


def test_it_can_always_be_sent_as_it_is(client: Client, category: Category) -> None:
    page = sent(client, category=category.public_id).content.decode()
    assert client.post("/new/", {**carried(page), "do": "as-it-is"}).status_code == 302
    assert Post.objects.get().source == TELLING.replace("\r\n", "\n")


def test_going_back_shows_the_form_with_everything_in_it(client: Client, category: Category) -> None:
    page = sent(client, category=category.public_id).content.decode()
    answer = client.post("/new/", {**carried(page), "do": "go-back"})
    assert answer.status_code == 200
    assert HEADING not in answer.content.decode()
    assert "Marcus Oyelaran" in answer.content.decode()
    assert not Post.objects.exists()


def test_without_anything_to_show_there_is_no_step(client: Client, category: Category) -> None:
    assert sent(client, category=category.public_id, text=HARMLESS).status_code == 302


def test_a_mistake_elsewhere_is_said_first_and_loses_nothing(client: Client, category: Category) -> None:
    answer = sent(client, category=category.public_id, title="")
    assert answer.status_code == 400
    assert "Marcus Oyelaran" in answer.content.decode()


def test_replies_and_edits_have_it_too(client: Client, category: Category, trusted_member: User) -> None:
    sign_in(client, trusted_member)
    story = written_by(trusted_member, category)
    reply = answered_by(trusted_member, story)
    answer = sent(client, f"/p/{story.public_id}/reply/", speaks_as="pseudonym")
    assert HEADING in answer.content.decode()
    edit = f"/p/{reply.public_id}/edit/"
    page = client.post(edit, {"text": TELLING, "version": reply.version}).content.decode()
    assert HEADING in page
    assert TELLING in client.post(edit, {**carried(page), "do": "go-back"}).content.decode()
    assert client.post(edit, {**carried(page), "do": "vaguer-all"}).status_code == 302
    reply.refresh_from_db()
    assert "[a name]" in reply.source


def test_who_may_be_in_danger_is_offered_help_already_here(client: Client, category: Category) -> None:
    Resource.objects.create(slug="zz-a", country="ZZ", name="A", kind=Kind.DIRECTORY, web_url="https://example.org/")
    page = sent(client, category=category.public_id, text=f"He has a knife and he is outside now. {TELLING}")
    assert "You are not alone with this" in page.content.decode()
    assert HEADING in page.content.decode()


def test_nothing_of_what_was_declined_is_kept_anywhere(client: Client, category: Category) -> None:
    with watched_log() as log:
        page = sent(client, category=category.public_id).content.decode()
        client.post("/new/", {**carried(page), "do": "vaguer-0"})
        client.post("/new/", {**carried(page), "do": "go-back"})
    kept = str(dump_tables()) + log.getvalue()
    assert not [word for word in WORDS if word in kept]
