"""The step before sending: what could help somebody find the author is shown, with a vaguer wording for each."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
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


def pressed(client: Client, address: str, fields: dict[str, Any]) -> Any:
    """The answer; where it leads to the step or back to the form, that."""
    answer = client.post(address, fields)
    way_on = answer.headers.get("Location", "")
    return client.get(way_on) if way_on.startswith(address) else answer


def sent(client: Client, address: str = "/new/", **fields: Any) -> Any:
    return pressed(client, address, {"title": "A title", "text": TELLING, "form_key": "k" * 16, **fields})


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
    page = sent(client, category=category.public_id, claim_code="", draft="a-mark").content.decode()
    fields = carried(page)
    assert fields["text"] == TELLING
    assert fields["title"] == "A title"
    assert fields["category"] == category.public_id
    assert fields["form_key"] == "k" * 16
    assert fields["draft"] == "a-mark"
    assert "do" not in fields


def test_one_at_a_time_then_sent(client: Client, category: Category) -> None:
    page = sent(client, category=category.public_id).content.decode()
    for _passage in range(3):
        page = pressed(client, "/new/", {**carried(page), "do": "vaguer-0"}).content.decode()
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
    answer = pressed(client, "/new/", {**carried(page), "do": "go-back"})
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
    page = pressed(client, edit, {"text": TELLING, "version": reply.version}).content.decode()
    assert HEADING in page
    assert TELLING in pressed(client, edit, {**carried(page), "do": "go-back"}).content.decode()
    assert client.post(edit, {**carried(page), "do": "vaguer-all"}).status_code == 302
    reply.refresh_from_db()
    assert "[a name]" in reply.source


def test_who_may_be_in_danger_is_offered_help_already_here(client: Client, category: Category) -> None:
    Resource.objects.create(slug="zz-a", country="ZZ", name="A", kind=Kind.DIRECTORY, web_url="https://example.org/")
    page = sent(client, category=category.public_id, text=f"He has a knife and he is outside now. {TELLING}")
    text = page.content.decode()
    assert text.count("Nothing has been sent yet.") == 1
    assert text.index("Nothing has been sent yet.") < text.index("You are not alone with this")
    assert HEADING in text


def test_nothing_of_what_was_declined_is_kept_anywhere(client: Client, category: Category) -> None:
    with watched_log() as log:
        page = sent(client, category=category.public_id).content.decode()
        pressed(client, "/new/", {**carried(page), "do": "vaguer-0"})
        pressed(client, "/new/", {**carried(page), "do": "go-back"})
        assert "Northgate" in client.get("/new/").content.decode()
    kept = str(dump_tables()) + log.getvalue()
    assert not [word for word in WORDS if word in kept]


# --- Back, Forward, and again -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_member", [True, False])
def test_back_shows_the_form_with_everything_in_it(
    client: Client, category: Category, trusted_member: User, is_member: bool
) -> None:
    if is_member:
        sign_in(client, trusted_member)
    story = written_by(trusted_member, category)
    for address in ("/new/", f"/p/{story.public_id}/reply/"):
        sent(client, address, category=category.public_id, speaks_as="pseudonym" if is_member else "guest")
        page = client.get(address)
        assert page.status_code == 200
        assert unescape(page.content.decode()).count("Marcus Oyelaran") == 1
        assert "These words have not been sent." in page.content.decode()
        assert HEADING in client.get(f"{address}?look").content.decode()  # and Forward


def test_a_wording_that_was_given_up_is_kept_nowhere(client: Client, category: Category) -> None:
    page = sent(client, category=category.public_id).content.decode()
    pressed(client, "/new/", {**carried(page), "do": "vaguer-0"})
    for address in ("/new/", "/new/?look"):
        assert "[a name]" in client.get(address).content.decode()
    assert "Oyelaran" not in str(dict(client.session))


def test_what_was_sent_waits_no_more(client: Client, category: Category) -> None:
    page = sent(client, category=category.public_id).content.decode()
    client.post("/new/", {**carried(page), "do": "as-it-is"})
    assert "unsent" not in client.session or "/new/" not in client.session["unsent"]
    back = client.get("/new/?look", follow=True)
    assert back.redirect_chain == [("/new/", 302)]
    assert "What has arrived stands under" in back.content.decode()
    assert "Oyelaran" not in back.content.decode()


def test_it_can_be_forgotten_at_once(client: Client, category: Category) -> None:
    sent(client, category=category.public_id)
    assert "Oyelaran" not in pressed(client, "/new/", {"do": "forget"}).content.decode()


def test_it_is_kept_for_ten_minutes_only(client: Client, category: Category) -> None:
    with time_machine.travel("2026-03-16T18:00:00Z", tick=False) as clock:
        page = sent(client, category=category.public_id).content.decode()
        clock.shift(599)
        assert "Oyelaran" in client.get("/new/").content.decode()
        clock.shift(2)
        client.get("/")  # whatever page is asked for
        assert "Oyelaran" not in str(dict(client.session))
        assert "Oyelaran" not in client.get("/new/").content.decode()
        assert HEADING in pressed(client, "/new/", {**carried(page), "do": "vaguer-0"}).content.decode()


def test_nobody_else_in_the_same_visit_is_shown_it(client: Client, category: Category, trusted_member: User) -> None:
    sent(client, category=category.public_id)
    sign_in(client, trusted_member)
    assert "Oyelaran" not in client.get("/new/").content.decode()


def test_the_forms_of_many_conversations_do_not_fill_a_visit(
    client: Client, category: Category, trusted_member: User
) -> None:
    for _number in range(4):
        sent(client, f"/p/{written_by(trusted_member, category).public_id}/reply/")
    assert len(client.session["unsent"]) == 3


# --- Old copies -------------------------------------------------------------------------------------------------------


def test_an_old_copy_of_the_step_says_that_it_has_arrived(client: Client, category: Category) -> None:
    page = sent(client, category=category.public_id).content.decode()
    client.post("/new/", {**carried(page), "do": "vaguer-all"})
    told = client.post("/new/", {**carried(page), "do": "as-it-is"}).content.decode()
    post = Post.objects.get()
    assert "It has arrived already" in told
    assert f'href="/p/{post.public_id}/sent/"' in told
    assert "Idempotency" not in told
    assert "Marcus Oyelaran" in told  # nothing typed is lost
    assert client.get(f"/p/{post.public_id}/sent/").status_code == 200


def test_it_is_told_but_not_shown_where_the_visit_does_not_hold_it(client: Client, category: Category) -> None:
    page = sent(client, category=category.public_id).content.decode()
    client.post("/new/", {**carried(page), "do": "vaguer-all"})
    told = Client().post("/new/", {**carried(page), "do": "as-it-is"}).content.decode()
    assert "It has arrived already" in told
    assert Post.objects.get().public_id not in told
