"""What a moderator sets on a conversation and a category, over the API as at the desk."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from forum.models import Category, Post, Thread
from moderation.models import AuditEntry
from tests.house.doors import Answer, Somebody, signed_in
from tests.personas import sign_in, written_by

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(trusted_member: User, category: Category) -> Post:
    return written_by(trusted_member, category)


def put(who: Somebody, address: str, **body: object) -> Answer:
    return who.ask(address, "PUT", data=body)


def newest() -> tuple[str, dict[str, object]]:
    entry = AuditEntry.objects.latest("number")
    return entry.event, entry.facts


def test_a_conversation_is_pinned_and_slow_and_it_is_logged_once(story: Post, moderator: User) -> None:
    desk, address = signed_in(moderator), f"/api/v1/desk/threads/{story.thread.public_id}/"
    assert json.loads(desk.ask(address).text) == {"is_pinned": False, "slow_minutes": 0}
    for _time in range(2):
        told = put(desk, address, is_pinned=True, slow_minutes=5)
        assert (told.status, json.loads(told.text)) == (200, {"is_pinned": True, "slow_minutes": 5})
    thread = Thread.objects.get(pk=story.thread_id)
    assert (thread.is_pinned, thread.slow_minutes) == (True, 5)
    assert newest() == ("thread_arranged", {"thread": thread.public_id, "is_pinned": True, "slow_minutes": 5})
    assert AuditEntry.objects.filter(event="thread_arranged").count() == 1


def test_a_category_is_slow_or_waits_and_it_is_logged(story: Post, moderator: User) -> None:
    desk, address = signed_in(moderator), f"/api/v1/desk/categories/{story.thread.category.public_id}/"
    told = put(desk, address, is_premoderated=True, slow_minutes=10)
    assert (told.status, json.loads(told.text)) == (200, {"is_premoderated": True, "slow_minutes": 10})
    category = Category.objects.get()
    assert (category.is_premoderated, category.slow_minutes) == (True, 10)
    facts = {"category": category.public_id, "is_premoderated": True, "slow_minutes": 10}
    assert newest() == ("category_arranged", facts)


def test_at_the_desk_a_category_is_logged_by_the_same_verb(story: Post, moderator: User) -> None:
    category = story.thread.category
    form = {"title": "Other stories", "description": "", "position": "0", "slow_minutes": "10"}
    assert sign_in(Client(), moderator).post(f"/admin/forum/category/{category.pk}/change/", form).status_code == 302
    category.refresh_from_db()
    assert (category.title, category.slow_minutes) == ("Other stories", 10)
    assert newest() == ("category_arranged", {"category": category.public_id, "slow_minutes": 10})


@pytest.mark.parametrize("minutes", [-1, 1_441])
def test_how_slow_is_bounded(story: Post, moderator: User, minutes: int) -> None:
    desk = signed_in(moderator)
    for address, body in (
        (f"/api/v1/desk/threads/{story.thread.public_id}/", {"is_pinned": False}),
        (f"/api/v1/desk/categories/{story.thread.category.public_id}/", {"is_premoderated": False}),
    ):
        told = put(desk, address, slow_minutes=minutes, **body)
        answer = json.loads(told.text)
        assert (told.status, answer["code"], answer["errors"][0]["pointer"]) == (
            400, "slow-minutes-unfit", "#/slow_minutes",
        )  # fmt: skip
    assert not Thread.objects.exclude(slow_minutes=0).exists()


def test_members_set_nothing(story: Post, other_member: User) -> None:
    for address in (
        f"/api/v1/desk/threads/{story.thread.public_id}/",
        f"/api/v1/desk/categories/{story.thread.category.public_id}/",
    ):
        assert put(signed_in(other_member), address, is_pinned=True, slow_minutes=5).status == 403
    assert not Thread.objects.filter(is_pinned=True).exists()
