"""The composer keeps words by its button and offers them again; the list of drafts asks for the password."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from forum.authorship import Reader
from forum.models import Category, Post
from forum.services.drafts import DRAFT, DRAFTS, NEW, Words, draft_at, keep_draft
from forum.services.visibility import hide_post
from tests.house.doors import Somebody, signed_in, visitor
from tests.personas import written_by
from tests.sealed import kept

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
SECRET = "Sentinel words."


@pytest.fixture
def me(trusted_member: User) -> Somebody:
    return signed_in(trusted_member)


@pytest.fixture
def story(trusted_member: User, category: Category) -> Post:
    return written_by(trusted_member, category)


def keep(me: Somebody, address: str = "/new/", **fields: str) -> Any:
    return me.ask(address, "POST", data={"do": "keep", "text": SECRET, "draft": "", **fields})


def mark_in(answer: Any) -> str:
    found = re.search(r'name="draft" value="([^"]*)"', answer.text)
    assert found
    return found[1]


def test_what_is_kept_is_offered_and_not_shown(me: Somebody, category: Category) -> None:
    assert keep(me, title="Sentinel title", category=category.public_id).status == 302
    assert "Your words are kept for thirty days" in me.ask("/").text
    offered = me.ask("/new/")
    assert "You kept words here" in offered.text
    assert "Sentinel" not in offered.text


def test_taken_up_it_is_there_whole_and_in_its_voice(me: Somebody, category: Category) -> None:
    keep(me, title="Sentinel title", category=category.public_id, speaks_as="thread_pseudonym")
    taken = me.ask("/new/", "POST", data={"do": "take-up"})
    assert taken.status == 200
    assert SECRET in taken.text
    assert 'value="Sentinel title"' in taken.text
    assert re.search(r'value="thread_pseudonym"[^>]* checked', taken.text)
    assert re.search(rf'value="{category.public_id}" selected', taken.text)


def test_taking_it_up_asks_for_the_password_of_who_gave_it_a_while_ago(me: Somebody) -> None:
    keep(me)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=10)):
        asked = me.ask("/new/", "POST", data={"do": "take-up"})
        assert asked.headers["location"] == "/accounts/reauthenticate/?next=%2Fnew%2F"
        assert SECRET not in asked.text
        listed = me.ask("/drafts/")
        assert listed.headers["location"] == "/accounts/reauthenticate/?next=%2Fdrafts%2F"


def test_thrown_away_it_is_gone(me: Somebody) -> None:
    keep(me)
    mark = mark_in(me.ask("/new/"))
    assert me.ask("/new/", "POST", data={"do": "throw-away", "draft": mark}).status == 302
    assert not kept(DRAFT, DRAFTS)
    assert "You kept words here" not in me.ask("/new/").text


def test_something_else_is_written_beside_it_and_never_in_its_place(me: Somebody, trusted_member: User) -> None:
    keep(me)
    beside = me.ask("/new/?anew")
    assert "<textarea" in beside.text
    assert "data-draft" not in beside.text  # it does not keep by itself
    refused = keep(me, text="Quite other words.")
    assert refused.status == 412
    assert "Quite other words." in refused.text
    kept = draft_at(NEW, actor=Reader(trusted_member))
    assert kept is not None
    assert kept.words.text == SECRET


def test_nothing_to_keep_is_refused_and_the_form_is_shown_again(me: Somebody) -> None:
    refused = keep(me, text=" ")
    assert refused.status == 400
    assert "no words here yet to keep" in refused.text
    assert "This field is required" not in refused.text
    assert not kept(DRAFT, DRAFTS)


def test_a_reply_is_kept_where_it_was_written(me: Somebody, story: Post) -> None:
    keep(me, f"/p/{story.public_id}/reply/")
    assert "You kept words here" not in me.ask("/new/").text
    assert "You kept words here" in me.ask(f"/p/{story.public_id}/reply/").text


def test_sending_what_was_taken_up_leaves_no_draft(me: Somebody, story: Post) -> None:
    address = f"/p/{story.public_id}/reply/"
    keep(me, address)
    mark = mark_in(me.ask(address, "POST", data={"do": "take-up"}))
    data = {"text": "Better words.", "speaks_as": "pseudonym", "form_key": "a-key-of-a-form", "draft": mark}
    for _twice in range(2):
        assert me.ask(address, "POST", data=data).status == 302
    assert not kept(DRAFT, DRAFTS)
    assert Post.objects.filter(source="Better words.").count() == 1


def test_a_refused_sending_leaves_the_draft(me: Somebody, trusted_member: User) -> None:
    keep(me)
    mark = mark_in(me.ask("/new/", "POST", data={"do": "take-up"}))
    refused = me.ask("/new/", "POST", data={"text": SECRET, "form_key": "a-key-of-a-form", "draft": mark})
    assert refused.status == 400
    assert mark_in(refused) == mark
    assert draft_at(NEW, actor=Reader(trusted_member)) is not None


def test_the_way_out_loses_no_draft_and_shows_none(me: Somebody, trusted_member: User) -> None:
    keep(me)
    me.ask("/leave/")
    assert draft_at(NEW, actor=Reader(trusted_member)) is not None
    assert SECRET not in visitor().ask("/new/").text
    back = signed_in(trusted_member).ask("/new/")
    assert "You kept words here" in back.text
    assert SECRET not in back.text


def test_the_list_shows_the_words_also_of_an_answer_to_what_is_gone(
    me: Somebody, trusted_member: User, other_member: User, moderator: User, category: Category
) -> None:
    story = written_by(trusted_member, category)
    keep_draft(story.public_id, Words(SECRET), actor=Reader(trusted_member), mark="")
    hide_post(story, actor=moderator, word="A word.")
    listed = me.ask("/drafts/")
    assert SECRET in listed.text
    assert me.ask("/drafts/drop/", "POST", data={"place": story.public_id, "draft": mark_in(listed)}).status == 302
    assert not kept(DRAFT, DRAFTS)
    assert SECRET not in signed_in(other_member).ask("/drafts/").text


def test_who_is_not_signed_in_has_no_list() -> None:
    assert visitor().ask("/drafts/").headers["location"] == "/accounts/login/?next=%2Fdrafts%2F"


def test_who_is_not_signed_in_keeps_nothing_and_has_the_words_back() -> None:
    refused = keep(visitor())
    assert refused.status == 401
    assert SECRET in refused.text
    assert not kept(DRAFT, DRAFTS)
