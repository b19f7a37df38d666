"""A visit that ended while somebody wrote loses nothing: the words come along through the sign-in, once."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.sessions.models import Session
from django.forms import Form
from django.test import Client

from forum.models import Category, Post
from forum.pages.forms import AnswerForm, EditForm, StoryForm
from moderation.pages.views import ReportForm
from tests.personas import PASSWORD, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
FIELDS = {"title": "Sentinel title", "text": "Sentinel words.\n\n> & more", "speaks_as": "thread_pseudonym"}


def sign_in(client: Client, user: User, next_address: str = "/") -> Any:
    return client.post(
        "/accounts/login/", {"login": user.username, "password": PASSWORD, "next": next_address}, follow=True
    )


@pytest.fixture
def ended(client: Client, trusted_member: User) -> Client:
    """Signed in, then over on the server, while the browser still has its cookies."""
    sign_in(client, trusted_member)
    Session.objects.all().delete()
    return client


def test_the_words_come_along_through_the_sign_in_and_are_shown_once(
    ended: Client, trusted_member: User, category: Category
) -> None:
    refused = ended.post("/new/", {**FIELDS, "category": category.public_id, "form_key": "a-key-of-a-form"})
    assert refused.status_code == 400
    assert "Sign in and go on" in refused.content.decode()
    assert Post.objects.count() == 1

    led = ended.post("/go-on/", {**FIELDS, "category": category.public_id, "address": "/new/"})
    assert led.headers["Location"] == "/accounts/login/?next=%2Fnew%2F"
    key = ended.cookies["s"].value
    page = sign_in(ended, trusted_member, "/new/").content.decode()

    assert ended.cookies["s"].value != key  # another session, with the same words
    assert "Sentinel words." in page
    assert 'value="Sentinel title"' in page
    assert re.search(r'value="thread_pseudonym"[^>]* checked', page)
    assert re.search(rf'value="{category.public_id}" selected', page)
    assert "Sentinel" not in ended.get("/new/").content.decode()


def test_a_reply_and_a_change_come_along_as_well(ended: Client, trusted_member: User, category: Category) -> None:
    story = written_by(trusted_member, category)
    for address in (f"/p/{story.public_id}/reply/", f"/p/{story.public_id}/edit/"):
        ended.post("/go-on/", {**FIELDS, "address": address})
        page = sign_in(ended, trusted_member, address).content.decode()
        assert "Sentinel words." in page, address
        ended.post("/accounts/logout/")
    assert Post.objects.get(pk=story.pk).source == "Some words."


def test_other_forms_do_not_show_them(ended: Client, trusted_member: User, category: Category) -> None:
    story = written_by(trusted_member, category)
    ended.post("/go-on/", {**FIELDS, "address": "/new/"})
    sign_in(ended, trusted_member)
    assert "Sentinel" not in ended.get(f"/p/{story.public_id}/reply/").content.decode()
    assert "Sentinel" in ended.get("/new/").content.decode()


def test_the_session_holds_them_sealed(client: Client) -> None:
    client.post("/go-on/", {**FIELDS, "address": "/new/"})
    row = Session.objects.get()
    assert "entinel" not in row.session_data


@pytest.mark.parametrize("address", ["", "/nowhere/", "https://elsewhere.example/new/", "/accounts/login/", "//x/new/"])
def test_they_lead_to_our_own_forms_only_and_are_not_lost(client: Client, address: str) -> None:
    answer = client.post("/go-on/", {**FIELDS, "address": address})
    assert answer.status_code == 404
    assert "Sentinel words." in answer.content.decode()
    assert not Session.objects.exists()


def test_leaving_forgets_them(client: Client, trusted_member: User) -> None:
    client.post("/go-on/", {**FIELDS, "address": "/new/"})
    client.get("/leave/")
    assert "Sentinel" not in sign_in(client, trusted_member, "/new/").content.decode()


# --- Whose words they are -------------------------------------------------------------------------------------------


def written_in(client: Client, address: str) -> dict[str, str]:
    """The fields of a form as it stands open, with words typed into it."""
    found = re.findall(r'<input[^>]* name="(\w+)" value="([^"]*)"', client.get(address).content.decode())
    return {**dict(found), **FIELDS, "address": address}


def test_who_does_not_sign_in_is_not_shown_them(client: Client, category: Category) -> None:
    client.post("/go-on/", {**FIELDS, "address": "/new/"})
    assert "Sentinel" not in client.get("/new/").content.decode()


def test_what_a_member_wrote_comes_back_to_no_other(
    client: Client, trusted_member: User, other_member: User, category: Category
) -> None:
    sign_in(client, trusted_member)
    fields = written_in(client, "/new/")
    Session.objects.all().delete()
    client.post("/go-on/", fields)
    assert "Sentinel" not in sign_in(client, other_member, "/new/").content.decode()


def test_what_a_member_wrote_comes_back_to_them(client: Client, trusted_member: User, category: Category) -> None:
    sign_in(client, trusted_member)
    fields = written_in(client, "/new/")
    assert trusted_member.username not in fields["writer"]
    Session.objects.all().delete()
    refused = client.post("/new/", {**fields, "category": category.public_id})
    again = form_of(refused.content.decode())
    assert again["writer"] == fields["writer"], "the mark outlives a form that was sent in vain"
    client.post("/go-on/", {**fields, **again})
    assert "Sentinel words." in sign_in(client, trusted_member, "/new/").content.decode()


@pytest.mark.parametrize("mark", ["x", "Zm9v", "é", "=" * 9])
def test_a_mark_that_is_none_of_ours_is_as_if_it_were_not_there(
    client: Client, trusted_member: User, category: Category, mark: str
) -> None:
    client.post("/go-on/", {**FIELDS, "address": "/new/", "writer": mark})
    assert "Sentinel words." in sign_in(client, trusted_member, "/new/").content.decode()


def test_who_signs_up_instead_is_shown_them(client: Client, category: Category) -> None:
    client.post("/go-on/", {**FIELDS, "address": "/new/"})
    client.post("/accounts/signup/", {"username": "amber meadow", "password1": PASSWORD, "next": "/new/"})
    assert "Sentinel words." in client.get("/new/").content.decode()


# --- When the cookies went --------------------------------------------------------------------------------------------


def form_of(page: str) -> dict[str, str]:
    """The form on the page that says so, as a browser sends it."""
    inside = page[page.index("<main") :]
    fields = re.findall(r'<input[^>]* name="(\w+)" value="([^"]*)"', inside)
    text = re.search(r'<textarea[^>]* name="text"[^>]*>(.*?)</textarea>', inside, re.DOTALL)
    assert text
    return {name: unescape(value) for name, value in fields} | {"text": unescape(text[1])}


def test_a_form_whose_cookies_went_comes_back_whole_and_can_be_sent_again(category: Category) -> None:
    client = Client(enforce_csrf_checks=True)
    fields = {**FIELDS, "speaks_as": "guest", "category": category.public_id, "form_key": "a-key-of-a-form"}
    refused = client.post("/new/", fields)
    assert refused.status_code == 403
    assert Post.objects.count() == 0

    again = form_of(refused.content.decode())

    assert {name: again[name] for name in fields} == fields
    for _twice in range(2):
        assert client.post("/new/", again).status_code == 302
    assert Post.objects.get().title == "Sentinel title"


def test_who_was_a_member_then_is_led_on_to_sign_in(trusted_member: User, category: Category) -> None:
    client = Client(enforce_csrf_checks=True)
    fields = {**FIELDS, "category": category.public_id, "form_key": "a-key-of-a-form"}
    again = form_of(client.post("/new/", fields).content.decode())
    asked = client.post("/new/", again).content.decode()
    assert "You are not signed in any more" in asked
    assert Post.objects.count() == 1
    led = client.post("/go-on/", {**again, "address": "/new/"})
    assert led.status_code == 302


def test_a_word_that_opens_something_is_never_given_back(category: Category) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.post("/new/", {**FIELDS, "claim_code": "zq-secret", "password": "zq-secret"}).content.decode()
    assert "zq-secret" not in page


def test_a_reply_in_a_part_for_members_is_led_on_to_sign_in(
    ended: Client, trusted_member: User, members_category: Category
) -> None:
    story = written_by(trusted_member, members_category)
    address = f"/p/{story.public_id}/reply/"
    refused = ended.post(address, {**FIELDS, "form_key": "a-key-of-a-form"})
    page = refused.content.decode()
    assert refused.status_code == 404
    assert "Sentinel words." in page
    assert "Sign in and go on" in page
    ended.post("/go-on/", {**form_of(page), "address": address})
    assert "Sentinel words." in sign_in(ended, trusted_member, address).content.decode()


# --- What was chosen beside the words ---------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [StoryForm, AnswerForm, EditForm, ReportForm], ids=lambda form: form.__name__)
def test_the_page_that_gives_words_back_carries_every_field_of_the_form_but_a_secret(form: type[Form]) -> None:
    fields = {name: f"sentinel-{name}" for name in form.base_fields}
    page = Client(enforce_csrf_checks=True).post("/new/", fields).content.decode()
    assert set(re.findall(r"sentinel-(\w+)", page)) == set(fields) - {"claim_code"}
    assert ('name="claim_code" required' in page) == ("claim_code" in fields)


def test_words_put_off_stay_put_off_when_they_are_sent_again(category: Category) -> None:
    visitor = Client(enforce_csrf_checks=True)
    fields = {**FIELDS, "speaks_as": "", "category": category.public_id, "form_key": "a-key-of-a-form"}
    fields |= {"delay_hours": "24", "reply_wish": "heard", "reply_limits": "no_advice"}
    page = visitor.post("/new/", fields).content.decode()
    again = {name: unescape(value) for name, value in re.findall(r'<input[^>]* name="(\w+)" value="([^"]*)"', page)}
    visitor.post("/new/", {**again, "text": FIELDS["text"]})
    post = Post.objects.select_related("thread").get()
    assert post.due_at is not None
    assert (post.thread.reply_wish, post.thread.reply_limits) == ("heard", ["no_advice"])


def test_the_first_button_is_about_the_words(category: Category) -> None:
    page = Client(enforce_csrf_checks=True).post("/new/", {**FIELDS, "speaks_as": ""}).content.decode()
    main = page[page.index("<main") :]
    assert main.index("Send it again") < main.index("To the first page")
    assert 'class="button" href="/"' not in main


def test_what_another_site_sent_is_not_laid_out_to_be_sent_again() -> None:
    page = Client(enforce_csrf_checks=True).post("/new/", FIELDS, headers={"Sec-Fetch-Site": "cross-site"})
    assert "Sentinel" not in page.content.decode()


def test_who_wrote_under_six_words_that_closed_is_asked_for_them_before_they_get_new_ones(
    client: Client, category: Category
) -> None:
    code = written_by_guest(category).code
    client.post("/claim/", {"code": code})
    fields = {**written_in(client, "/new/"), "category": category.public_id, "speaks_as": ""}
    Session.objects.all().delete()
    asked = client.post("/new/", fields)
    assert asked.status_code == 400
    assert "Type them again" in asked.content.decode()
    assert Post.objects.count() == 1
    form = re.findall(r'<input[^>]* name="(\w+)" value="([^"]*)"', asked.content.decode())
    assert not dict(form).get("under_words")
    client.post("/new/", {**fields, "claim_code": code})
    first, second = Post.objects.order_by("pk")
    assert first.thread_pseudonym != second.thread_pseudonym
    assert "/sent/" not in client.get("/mine/").content.decode()
    assert client.get("/mine/").content.decode().count('<h2 dir="auto">') == 2
