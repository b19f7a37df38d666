"""A break hides the forum from a moderator, and never the desk: a life may be at risk in their queue."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest
from pytest_django import Settings

from common.days import today
from forum.models import Category, ContentNote, Post
from forum.services.visibility import publish_post
from moderation.models import Case, Level, Seen
from moderation.services.claims import take_next
from moderation.services.decisions import decide
from moderation.services.reports import report_post
from moderation.services.sanctions import Terms, sanction_author
from tests.house.doors import Somebody, in_an_app, signed_in
from tests.personas import written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def life(category: Category) -> Case:
    post = publish_post(written_by_guest(category, text="Sentinel words.").post, actor=None)
    Case.objects.all().delete()
    return report_post(post, actor="guest:1", reason="DANGER").case


@pytest.fixture
def me(moderator: User) -> Somebody:
    """Their break began in this visit."""
    visit = signed_in(moderator)
    until = (today() + dt.timedelta(days=3)).isoformat()
    assert visit.ask("/accounts/break/", "POST", data={"until": until}).status == 302
    return visit


def test_a_life_is_taken_read_and_decided_on_the_page(me: Somebody, life: Case) -> None:
    assert me.ask("/").status == 403
    assert me.ask("/admin/moderation/case/").status == 200
    given = me.ask("/admin/moderation/case/next/", "POST").headers["location"]
    assert "Sentinel words." in me.ask(given).text
    seen = str(Seen.of(Case.objects.select_related("post").get()))
    assert me.ask(given, "POST", data={"seen": seen, "action": "LEAVE"}).status == 302
    assert Case.objects.get().state == "CLOSED"


@pytest.mark.parametrize("is_app", [True, False], ids=["an app", "a browser"])
def test_and_over_the_api(me: Somebody, life: Case, moderator: User, is_app: bool) -> None:
    desk = in_an_app(moderator) if is_app else me
    refused = desk.ask("/api/v1/threads/")
    assert (refused.status, json.loads(refused.text)["code"]) == (403, "on-a-break")
    listed = json.loads(desk.ask("/api/v1/desk/cases/").text)["cases"]
    assert [case["id"] for case in listed] == [life.public_id]
    case = json.loads(desk.ask("/api/v1/desk/cases/next/", "POST").text)
    assert "Sentinel words." in case["post"]["html"]
    place = f"/api/v1/desk/cases/{life.public_id}/"
    assert desk.ask(place).status == 200
    decided = desk.ask(f"{place}decisions/", "POST", data={"action": "LEAVE"}, **{"If-Match": case["etag"]})
    assert decided.status == 201, decided.text


def test_every_other_page_of_the_desk_with_words_on_it_opens(
    me: Somebody, life: Case, second: User, settings: Settings
) -> None:
    settings.SECOND_LOOK_ONE_IN = 1
    other = publish_post(written_by_guest(life.post.thread.category, text="Sentinel words.").post, actor=None)
    case = Case.objects.select_related("post__thread__category").get(post=other)
    decide(case, actor=second, action="PUBLISH", seen=Seen.of(case))
    sanction = sanction_author(life.post, actor=second, terms=Terms(Level.WARNING, "It was cruel."))
    assert "Sentinel words." in me.ask(f"/admin/moderation/sanction/{sanction.pk}/change/").text
    asked = me.ask("/admin/moderation/case/second-look/", "POST")
    assert asked.status == 302, asked.text
    assert "Sentinel words." in me.ask(asked.headers["location"]).text
    conversation = f"/admin/moderation/case/conversation/{other.thread.public_id}/"
    opened = me.ask(conversation, "POST", data={"close": "1"}).headers["location"]
    assert "/admin/moderation/case/" in opened
    assert me.ask(opened).status == 200


def test_what_the_team_puts_on_a_post_can_be_set(me: Somebody, life: Case) -> None:
    note = ContentNote.objects.create(title="court")
    place = f"/api/v1/posts/{life.post.public_id}/team-notes/"
    assert me.ask(place, "PUT", data={"notes": [note.public_id]}).status == 200


def test_of_a_member_nothing_of_it_opens(member: User, life: Case) -> None:
    visit = signed_in(member)
    until = (today() + dt.timedelta(days=3)).isoformat()
    visit.ask("/accounts/break/", "POST", data={"until": until})
    for address in ("/api/v1/desk/cases/", f"/api/v1/desk/cases/{life.public_id}/"):
        answer = visit.ask(address)
        assert (answer.status, "Sentinel" in answer.text) == (403, False)
    assert visit.ask(f"/p/{Post.objects.get().public_id}/").status == 403


def test_the_queue_gives_it_to_them_as_ever(me: Somebody, life: Case, moderator: User) -> None:
    assert take_next(actor=moderator) == life
