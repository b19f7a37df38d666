"""A case about a life that is given to somebody else goes to somebody else, and is never lost on the way."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from common.days import today
from forum.models import Category
from forum.services.visibility import publish_post
from moderation.models import Case, CaseState, Duty, DutyDay, HandedOver, Lane, Seen
from moderation.services.appeals import appeal_statement
from moderation.services.cases import pass_on
from moderation.services.claims import hand_over, life_left_to_choose, take_next
from moderation.services.decisions import decide
from moderation.services.duty import duty_of
from moderation.services.moderators import create_moderator, leads
from moderation.services.reports import report_post
from moderation.services.undoing import undo_decision
from tests.personas import let_words_leave, sign_in, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def life(category: Category) -> Case:
    post = written_by_guest(category).post
    report_post(post, actor="a reader", reason="DANGER")
    return Case.objects.get(post=post)


def given_back(case: Case, *moderators: User) -> None:
    for moderator in moderators:
        assert take_next(actor=moderator) == case
        hand_over(case, actor=moderator)


def test_it_goes_to_somebody_else_and_not_back(life: Case, category: Category, moderator: User, second: User) -> None:
    other = written_by_guest(category).post
    given_back(life, moderator)
    next_one = take_next(actor=moderator)
    assert (next_one and next_one.post) == other
    assert take_next(actor=second) == life


def test_until_somebody_has_it_whoever_gave_it_is_told_that_it_waits(
    client: Client, life: Case, moderator: User, second: User
) -> None:
    desk = sign_in(client, moderator)
    given_back(life, moderator)
    page = desk.post("/admin/moderation/case/next/", follow=True).content.decode()
    assert "A case about a life waits" in page
    assert f"/admin/moderation/case/{life.pk}/change/" in page, "it stands in the list"
    assert desk.post("/api/v1/desk/cases/next/", {}, "application/json").status_code == 204
    assert desk.get("/api/v1/desk/duty/").json()["life_waits"] is True
    assert desk.get("/api/v1/desk/cases/").json()["cases"][0]["id"] == life.public_id

    assert take_next(actor=second) == life
    assert "A case about a life waits" not in desk.get("/admin/moderation/case/").content.decode()


def test_it_comes_back_once_something_new_came_in(life: Case, moderator: User, second: User) -> None:
    given_back(life, moderator)
    assert take_next(actor=moderator) is None
    report_post(life.post, actor="another reader", reason="OTHER")
    assert take_next(actor=moderator) == life
    hand_over(life, actor=moderator)
    assert take_next(actor=moderator) is None, "as it is now"


def test_it_comes_back_where_everybody_else_gave_it_back(life: Case, moderator: User, second: User) -> None:
    given_back(life, moderator, second)
    for somebody in (moderator, second):
        assert not life_left_to_choose(somebody, duty_of(somebody)), "it would be given"
        assert take_next(actor=somebody) == life
        hand_over(life, actor=somebody)


def test_it_comes_back_where_there_is_nobody_else(life: Case, moderator: User) -> None:
    given_back(life, moderator)
    assert take_next(actor=moderator) == life


@pytest.mark.parametrize("why", ["off duty", "enough for today", "as many as everybody begins with", "left", "demoted"])
def test_it_comes_back_while_nobody_else_is_there(life: Case, moderator: User, second: User, why: str) -> None:
    given_back(life, moderator)
    assert take_next(actor=moderator) is None
    match why:
        case "off duty":
            Duty.objects.create(moderator=second, off_until=today() + dt.timedelta(days=1))
        case "enough for today":
            Duty.objects.create(moderator=second, enough=3)
            DutyDay.objects.create(moderator=second, day=today(), cases=3)
        case "as many as everybody begins with":
            DutyDay.objects.create(moderator=second, day=today(), cases=40)
        case "left":
            second.is_active = False
            second.save()
        case _:
            second.groups.clear()
    assert take_next(actor=moderator) == life


def test_a_third_one_gets_it_when_two_gave_it_back(life: Case, moderator: User, second: User) -> None:
    third, _password = create_moderator("desk three")
    given_back(life, moderator, second)
    assert take_next(actor=moderator) is None
    assert take_next(actor=third) == life


def test_whoever_wrote_it_is_nobody_to_give_it_to(category: Category, moderator: User, second: User) -> None:
    post = publish_post(written_by(second, category), actor=None)
    report_post(post, actor="a reader", reason="DANGER")
    life = Case.objects.get(post=post, state=CaseState.OPEN)
    given_back(life, moderator)
    assert take_next(actor=moderator) == life


def test_nor_is_whoever_decided_what_an_appeal_is_about(category: Category, moderator: User, second: User) -> None:
    guest = written_by_guest(category)
    case = Case.objects.select_related("post").get(post=guest.post)
    statement = decide(case, actor=second, action="HIDE", seen=Seen.of(case), reason="A reason.").statement
    assert statement is not None
    let_words_leave()
    text = "I am going to kill myself tonight. I have the pills in my hand."
    life = appeal_statement(statement, actor=guest.reader, text=text).case
    assert life.lane == Lane.LIFE
    given_back(life, moderator)
    assert take_next(actor=moderator) == life


def test_what_lies_with_a_lead_goes_to_another_lead(life: Case, moderator: User, second: User) -> None:
    moderator.groups.add(leads())
    moderator = type(moderator).objects.get(pk=moderator.pk)
    life = Case.objects.select_related("post").get(pk=life.pk)
    pass_on(life, actor=second, seen=Seen.of(life))
    given_back(life, moderator)
    assert take_next(actor=moderator) == life, "nobody else leads"
    hand_over(life, actor=moderator)
    second.groups.add(leads())
    assert take_next(actor=moderator) is None
    assert take_next(actor=type(second).objects.get(pk=second.pk)) == life


def test_what_was_decided_and_undone_is_given_back_as_it_was(life: Case, moderator: User, second: User) -> None:
    third, _password = create_moderator("desk three")
    given_back(life, moderator)
    report_post(life.post, actor="another reader", reason="OTHER")
    given_back(life, second)
    case = Case.objects.select_related("post__thread__category").get(pk=life.pk)
    decide(case, actor=third, action="PUBLISH", seen=Seen.of(case))
    assert not HandedOver.objects.exists()
    case = Case.objects.select_related("post__thread__category").get(pk=life.pk)
    hand_over(undo_decision(case, actor=third, seen=Seen.of(case)), actor=third)
    assert take_next(actor=second) is None
    assert take_next(actor=moderator) == life, "new to them: it changed after they had it"


def test_of_other_lanes_nothing_comes_back_all_the_same(category: Category, moderator: User) -> None:
    written_by_guest(category)
    case = take_next(actor=moderator)
    assert case is not None
    hand_over(case, actor=moderator)
    report_post(case.post, actor="a reader", reason="SPAM")
    assert take_next(actor=moderator) is None
