from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from forum.authorship import Reader
from forum.models import Category, Post, Thread
from forum.services.drafts import NEW, Words, draft_at, keep_draft
from tests.personas import PASSWORD, answered_by, sign_in, written_by

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
ASKED = {"reply_wish": "heard", "reply_limits": ["no_leave", "no_advice"]}


def sent(client: Client, category: Category, **fields: Any) -> Any:
    words = {"category": category.public_id, "title": "T", "text": "Words.", "form_key": "a-key-of-a-form"}
    return client.post("/new/", words | {"speaks_as": "pseudonym"} | fields)


@pytest.fixture
def me(client: Client, trusted_member: User) -> Client:
    return sign_in(client, trusted_member)


def test_a_story_goes_without_any(me: Client, category: Category) -> None:
    assert sent(me, category).status_code == 302
    assert "What was asked for here" not in me.get(f"/t/{newest().thread.public_id}/").content.decode()


def test_it_stands_under_the_story_and_above_every_reply(me: Client, category: Category, trusted_member: User) -> None:
    assert sent(me, category, **ASKED).status_code == 302
    story = newest()
    for address in (
        f"/t/{story.thread.public_id}/",
        f"/p/{story.public_id}/reply/",
        f"/p/{answered_by(trusted_member, story).public_id}/reply/",
    ):
        page = Client().get(address).content.decode()
        assert "What was asked for here" in page
        assert [words in page for words in ("just listen", "leave</li>", "no advice", "no religion")] == [1, 1, 1, 0]


def newest() -> Post:
    return Post.objects.select_related("thread").exclude(title="A title").get(parent=None)


def test_a_refusal_keeps_what_was_chosen(me: Client, category: Category) -> None:
    page = sent(me, category, text="", **ASKED)
    assert page.status_code == 400
    for chosen in ("heard", "no_leave", "no_advice"):
        assert has_checked(page, chosen)


def has_checked(page: Any, value: str) -> bool:
    html = page.content.decode()
    inputs = [part.partition(">")[0] for part in html.split("<input")[1:]]
    return any(f'value="{value}"' in each and "checked" in each for each in inputs)


def test_a_draft_keeps_it_and_gives_it_back(client: Client, trusted_member: User, category: Category) -> None:
    me, reader = sign_in(client, trusted_member), Reader(trusted_member)
    sent(me, category, do="keep", **ASKED)
    draft = draft_at(NEW, actor=reader)
    assert draft is not None
    assert (draft.words.reply_wish, draft.words.reply_limits) == ("heard", ["no_leave", "no_advice"])
    # as if kept long ago with what is not offered any more
    keep_draft(NEW, Words("Words.", reply_wish="money", reply_limits=["no_men"]), actor=reader, mark=draft.mark)
    assert me.post("/new/", {"do": "take-up"}).status_code in {200, 302}


def test_a_visit_that_ended_takes_it_through_the_sign_in(
    client: Client, trusted_member: User, category: Category
) -> None:
    client.post("/go-on/", {"address": "/new/", "text": "Words.", "title": "T", **ASKED})
    fields = {"login": trusted_member.username, "password": PASSWORD, "next": "/new/"}
    page = client.post("/accounts/login/", fields, follow=True)
    assert [has_checked(page, value) for value in ("heard", "no_leave", "no_religion", "no_advice")] == [1, 1, 0, 1]


def test_a_form_that_was_open_too_long_sends_it_along(category: Category) -> None:
    page = sent(Client(enforce_csrf_checks=True), category, **ASKED)
    assert page.status_code == 403
    assert page.content.decode().count('type="hidden" name="reply_limits"') == 2


def test_its_author_changes_it_and_nobody_else_finds_the_page(
    me: Client, trusted_member: User, other_member: User, category: Category
) -> None:
    story = written_by(trusted_member, category)
    Thread.objects.update(is_locked=True)
    address = f"/t/{story.thread.public_id}/wish/"
    assert address in me.get(f"/t/{story.thread.public_id}/").content.decode()
    assert me.post(address, ASKED).status_code == 302
    page = me.get(address)
    assert [has_checked(page, value) for value in ("heard", "no_leave", "no_religion", "no_advice")] == [1, 1, 0, 1]
    assert me.post(address, {}).status_code == 302
    assert Thread.objects.get(pk=story.thread_id).reply_wish == ""
    other = sign_in(Client(), other_member)
    assert address not in other.get(f"/t/{story.thread.public_id}/").content.decode()
    assert [other.get(address).status_code, other.post(address, ASKED).status_code] == [404, 404]


def test_what_is_not_offered_is_refused_in_words(me: Client, trusted_member: User, category: Category) -> None:
    story = written_by(trusted_member, category)
    answer = me.post(f"/t/{story.thread.public_id}/wish/", {"reply_limits": ["no_men"]})
    assert answer.status_code == 400
    assert Thread.objects.get(pk=story.thread_id).reply_limits == []
