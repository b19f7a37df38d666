"""Nothing that was typed is lost: every refusal on the way gives the words back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from common.rate_limits import Limit
from forum.models import Category, Post, Thread
from forum.pages import limits
from forum.services.visibility import hide_post
from tests.house.doors import in_german
from tests.personas import sign_in, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
KEY = "a-key-that-a-form-was-given"


def sent(client: Client, address: str, **fields: str) -> Any:
    return client.post(address, {"text": "Sentinel words.", "title": "T", "form_key": KEY, **fields})


def test_sending_twice_leads_to_the_same_post(client: Client, category: Category) -> None:
    answers = [sent(client, "/new/", category=category.public_id) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url
    assert Post.objects.count() == 1


def test_other_words_under_a_used_key_come_back_with_a_new_one(client: Client, category: Category) -> None:
    sent(client, "/new/", category=category.public_id)
    answer = sent(client, "/new/", category=category.public_id, text="Sentinel words, more of them.")
    assert "Sentinel words, more of them." in answer.content.decode()
    assert KEY not in answer.content.decode()


def test_a_claim_code_that_opens_nothing(client: Client, category: Category) -> None:
    code = "-".join(reversed(written_by_guest(category).code.split("-")))
    answer = sent(client, "/new/", category=category.public_id, claim_code=code)
    assert "Sentinel words." in answer.content.decode()
    assert "These words open nothing here" in answer.content.decode()


def test_too_many_in_a_short_time(client: Client, category: Category, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WRITES", Limit("page-writes", quota=0, window=60))
    answer = sent(client, "/new/", category=category.public_id)
    assert answer.status_code == 429
    assert "Sentinel words." in answer.content.decode()
    assert not Post.objects.exists()


def test_a_form_that_was_open_too_long(category: Category) -> None:
    answer = sent(Client(enforce_csrf_checks=True), "/new/", category=category.public_id)
    assert answer.status_code == 403
    assert "Sentinel words." in answer.content.decode()


def test_what_was_answered_is_gone(client: Client, trusted_member: User, moderator: User, category: Category) -> None:
    story = written_by(trusted_member, category)
    hide_post(story, actor=moderator, word="A reason.")
    answer = sent(client, f"/p/{story.public_id}/reply/")
    assert answer.status_code == 404
    assert "Sentinel words." in answer.content.decode()


def test_the_conversation_was_closed(client: Client, trusted_member: User, category: Category) -> None:
    story = written_by(trusted_member, category)
    Thread.objects.update(is_locked=True)
    answer = sent(client, f"/p/{story.public_id}/reply/")
    assert answer.status_code == 409
    assert "Sentinel words." in answer.content.decode()


def test_a_visit_ended_while_somebody_edited(client: Client, trusted_member: User, category: Category) -> None:
    story = written_by(trusted_member, category)
    answer = client.post(f"/p/{story.public_id}/edit/", {"title": "T", "text": "Sentinel words.", "version": "2"})
    assert answer.status_code == 404
    assert "Sentinel words." in answer.content.decode()


def test_who_is_signed_out_meanwhile_is_asked_before_they_become_a_guest(
    client: Client, trusted_member: User, category: Category
) -> None:
    answer = sent(client, "/new/", category=category.public_id, speaks_as="pseudonym")
    assert answer.status_code == 400
    assert "not signed in any more" in answer.content.decode()
    assert Post.objects.count() == 1


def test_words_that_open_nothing_stay_in_their_field(client: Client, category: Category) -> None:
    code = " ".join(reversed(written_by_guest(category).code.split("-")))
    answer = client.post("/claim/", {"code": code})
    assert code in answer.content.decode()


def test_a_member_speaks_anonymously(client: Client, trusted_member: User, category: Category) -> None:
    sign_in(client, trusted_member)
    answer = sent(client, "/new/", category=category.public_id, speaks_as="thread_pseudonym")
    post = Post.objects.get(author=None)
    assert answer.url == f"/p/{post.public_id}/sent/"


def test_more_than_can_be_sent_is_told_as_that(client: Client, category: Category) -> None:
    answer = sent(client, "/new/", category=category.public_id, text="x" * 600_000)
    assert answer.status_code == 413
    assert "more than can be sent at once" in answer.content.decode()


def test_six_words_are_shown_only_with_what_they_open(client: Client, member: User, category: Category) -> None:
    sign_in(client, member)
    as_guest = sent(client, "/new/", category=category.public_id, speaks_as="guest")
    assert "Your six words" in client.get(as_guest.url).content.decode()
    masked = sent(client, "/new/", category=category.public_id, speaks_as="thread_pseudonym", form_key=f"{KEY}-again")
    assert "Your six words" not in client.get(masked.url).content.decode()


def test_what_happens_next_is_said_before_and_after(client: Client, trusted_member: User, category: Category) -> None:
    assert "What happens next" in client.get("/new/").content.decode()
    waits = client.get(sent(client, "/new/", category=category.public_id).url).content.decode()
    assert "Then it is shown, and others can answer" in waits
    assert "/unanswered/" not in waits
    member = sign_in(Client(), trusted_member)
    there = sent(member, "/new/", category=category.public_id, speaks_as="pseudonym").url
    story = member.get(there).content.decode()
    assert "People answer when they find the words" in story
    assert "/unanswered/" in story
    parent = written_by(trusted_member, category).public_id
    reply = member.get(sent(member, f"/p/{parent}/reply/", speaks_as="pseudonym").url).content.decode()
    assert "Whoever you answered finds it" in reply


# --- Another language -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", ["new", "reply", "edit"])
def test_another_language_shows_the_same_form_with_all_that_was_typed_and_chosen(
    client: Client, trusted_member: User, category: Category, at: str
) -> None:
    story = written_by(trusted_member, category)
    if at == "edit":
        sign_in(client, trusted_member)
    address = "/new/" if at == "new" else f"/p/{story.public_id}/{at}/"
    sources = {post.source for post in Post.objects.all()}
    typed = {"title": "Sentinel title", "text": "Sentinel words.", "category": category.public_id, "form_key": KEY}
    typed |= {"delay_hours": "24", "reply_wish": "heard", "claim_code": "not yet", "version": str(story.version)}
    shown = in_german(client, client.get(address), address, typed)
    assert '<html lang="de"' in shown
    assert "Sentinel words." in shown
    assert 'class="error"' not in shown
    if at != "edit":
        assert 'value="24" selected' in shown
        assert 'value="not yet"' in shown
    if at == "new":
        assert 'value="heard" checked' in re.sub(r'" (?:id|class)="[^"]*"', '"', shown)
        assert 'value="Sentinel title"' in shown
    assert {post.source for post in Post.objects.all()} == sources


def test_another_language_before_it_is_sent_and_after_the_visit_ended_keeps_the_words(
    client: Client, category: Category
) -> None:
    typed = {"title": "T", "text": "My number is 0170 1234567.", "category": category.public_id, "form_key": KEY}
    step = client.post("/new/", typed, follow=True)
    assert "Before it is sent" in step.content.decode()
    assert "0170 1234567" in in_german(client, step, "/new/", typed)
    expired = Client(enforce_csrf_checks=True).post("/new/", typed)
    assert "0170 1234567" in in_german(Client(), expired, "/new/", typed)
    assert not Post.objects.exists()


@pytest.mark.parametrize("back", ["https://elsewhere.example/new/", "//elsewhere.example/new/"])
def test_the_words_go_to_no_other_site(client: Client, back: str) -> None:
    assert client.post(f"/language/?back={back}", {"language": "de", "text": "Words."}).status_code == 400
