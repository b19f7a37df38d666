"""Blind double review: what is given, to whom, what they see, and what alone is left of it."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client
from pytest_django import Settings

from common.days import today
from forum.models import Category, Post
from forum.queries import notes_offered
from forum.services.content_notes import create_first_notes, put_notes
from forum.services.posts import edit_post
from forum.services.visibility import erase_post
from moderation.models import Agreement, AuditEntry, Case, Decision, Duty, DutyDay, SecondLook, Seen
from moderation.services.batches import BulkAct, Chosen, carry_out, preview, undo_batch
from moderation.services.decisions import decide
from moderation.services.duty import EnoughForToday, OffDuty
from moderation.services.moderators import GROUP
from moderation.services.reports import report_post
from moderation.services.roles import NotAModerator
from moderation.services.second_looks import (
    KEPT_DAYS,
    LookOver,
    VerdictUnknown,
    say_second,
    second_look_of,
    take_second_look,
)
from moderation.services.undoing import undo_decision
from moderation.states import LEASE
from tests.personas import PASSWORD, GuestPost, sign_in, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _every_decision(settings: Settings) -> None:
    settings.SECOND_LOOK_ONE_IN = 1


@pytest.fixture
def second(moderator: User) -> User:
    user = type(moderator).objects.create_user("desk two", PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name=GROUP))
    return user


@pytest.fixture
def guest(category: Category) -> GuestPost:
    return written_by_guest(category, title="The first night", text="Sentinel words.")


def decided(post: Post, by: User, action: str = "HIDE") -> Decision:
    case = Case.objects.select_related("post").get(post=post)
    return decide(case, actor=by, action=action, seen=Seen.of(case), word="A word of hers.", reason="Her reason.")


def given(to: User) -> SecondLook:
    look = take_second_look(actor=to)
    assert look is not None
    return look


@pytest.mark.parametrize(
    ("action", "verdict", "first"),
    [("HIDE", "HIDDEN", "HIDDEN"), ("PUBLISH", "HIDDEN", "STAYS"), ("RETURN", "RETURNED", "RETURNED")],
)
def test_what_both_came_to_is_counted_and_nothing_else_is_left(
    guest: GuestPost, moderator: User, second: User, action: str, verdict: str, first: str
) -> None:
    decided(guest.post, moderator, action)
    entries, state = AuditEntry.objects.count(), Post.objects.get().state
    say_second(given(second).public_id, actor=second, verdict=verdict)
    counted = Agreement.objects.get()
    assert (counted.first, counted.second, counted.looks) == (first, verdict, 1)
    assert counted.month == today().replace(day=1)
    assert not SecondLook.objects.exists()
    assert (AuditEntry.objects.count(), Post.objects.get().state) == (entries, state)
    fields = {field.name for field in Agreement._meta.concrete_fields}
    assert fields == {"id", "month", "first", "second", "looks"}, "of nobody in particular"


def test_whoever_decided_is_never_the_second(guest: GuestPost, moderator: User, second: User) -> None:
    decided(guest.post, moderator)
    assert take_second_look(actor=moderator) is None
    look = given(second)
    SecondLook.objects.update(lent_to=None, lent_until=None)
    with pytest.raises(LookOver):
        say_second(look.public_id, actor=moderator, verdict="HIDDEN")
    assert not Agreement.objects.exists()


def test_where_a_life_may_be_at_risk_nothing_is_read_again(guest: GuestPost, moderator: User) -> None:
    report_post(guest.post, actor="member:1", reason="DANGER")
    decided(guest.post, moderator)
    assert not SecondLook.objects.exists()


def test_none_is_drawn_where_the_setting_says_none(guest: GuestPost, moderator: User, settings: Settings) -> None:
    settings.SECOND_LOOK_ONE_IN = 0
    decided(guest.post, moderator)
    assert not SecondLook.objects.exists()


def test_one_in_so_many_is_drawn(
    category: Category, moderator: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SECOND_LOOK_ONE_IN = 3
    drawn = iter([1, 0, 2, 0])
    monkeypatch.setattr("secrets.randbelow", lambda most: {3: next(drawn)}[most])
    for _number in range(4):
        decided(written_by_guest(category).post, moderator)
    assert SecondLook.objects.count() == 2


def test_rather_not_is_an_answer_that_counts_nothing_and_it_does_not_come_again(
    guest: GuestPost, moderator: User, second: User
) -> None:
    decided(guest.post, moderator)
    say_second(given(second).public_id, actor=second, verdict="")
    assert take_second_look(actor=second) is None
    assert not Agreement.objects.exists()


def test_what_was_changed_since_is_compared_with_nothing(guest: GuestPost, moderator: User, second: User) -> None:
    decided(guest.post, moderator, "PUBLISH")
    look = given(second)
    version = Post.objects.get().version
    edit_post(guest.post, actor=guest.reader, version=version, title="T", text="Other words.")
    say_second(look.public_id, actor=second, verdict="HIDDEN")
    assert not Agreement.objects.exists()
    assert not SecondLook.objects.exists()


def test_erased_words_are_given_to_nobody(guest: GuestPost, moderator: User, second: User) -> None:
    decided(guest.post, moderator, "PUBLISH")
    erase_post(guest.post, actor=guest.reader)
    assert take_second_look(actor=second) is None
    assert not SecondLook.objects.exists()


def test_a_decision_that_was_undone_is_not_read_again(guest: GuestPost, moderator: User, second: User) -> None:
    decision = decided(guest.post, moderator, "PUBLISH")
    undo_decision(decision.case, actor=moderator, seen=Seen.of(Case.objects.select_related("post").get()))
    assert take_second_look(actor=second) is None


def test_a_decision_of_a_batch_that_was_taken_back_is_not_read_again(
    guest: GuestPost, moderator: User, second: User
) -> None:
    act = BulkAct("PUBLISH")
    seen = preview(act, actor=moderator, cases=[Case.objects.get().public_id])
    chosen = [Chosen(line.case.public_id, line.seen) for line in seen.lines]
    undo_batch(carry_out(seen.batch, act, actor=moderator, chosen=chosen), actor=moderator)
    assert take_second_look(actor=second) is None


def test_it_is_lent_for_some_minutes_and_then_to_somebody_else(guest: GuestPost, moderator: User, second: User) -> None:
    third = type(second).objects.create_user("desk three", PASSWORD, is_staff=True)
    third.groups.set(second.groups.all())
    with time_machine.travel(NOW, tick=False) as clock:
        decided(guest.post, moderator)
        look = given(second)
        assert given(second) == look, "pressing twice is once"
        assert take_second_look(actor=third) is None
        clock.shift(LEASE)
        assert given(third) == look
        with pytest.raises(LookOver):
            say_second(look.public_id, actor=second, verdict="HIDDEN")
        with pytest.raises(LookOver):
            second_look_of(second, look.public_id)
    assert not Agreement.objects.exists()


def test_after_two_weeks_it_is_given_to_nobody(guest: GuestPost, moderator: User, second: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        decided(guest.post, moderator)
        clock.shift(dt.timedelta(days=KEPT_DAYS))
        assert take_second_look(actor=second) is None


def test_it_keeps_to_how_they_want_to_work(guest: GuestPost, moderator: User, second: User) -> None:
    create_first_notes()
    note = notes_offered()[0]
    put_notes(guest.post, [note], is_by_moderator=False)
    decided(guest.post, moderator)
    duty = Duty.objects.create(moderator=second, avoided_notes=[note.public_id])
    assert take_second_look(actor=second) is None
    Duty.objects.update(avoided_notes=[], enough=1)
    given(second)
    assert DutyDay.objects.get(moderator=second).cases == 1
    with pytest.raises(EnoughForToday):
        take_second_look(actor=second)
    assert take_second_look(actor=second, goes_on=True) is not None
    Duty.objects.filter(pk=duty.pk).update(off_until=today() + dt.timedelta(days=1))
    with pytest.raises(OffDuty):
        take_second_look(actor=second, goes_on=True)


def test_members_read_nothing_and_a_verdict_is_one_of_three(
    guest: GuestPost, moderator: User, second: User, member: User
) -> None:
    decided(guest.post, moderator)
    with pytest.raises(NotAModerator):
        take_second_look(actor=member)
    look = given(second)
    with pytest.raises(VerdictUnknown):
        say_second(look.public_id, actor=second, verdict="PUBLISH")
    with pytest.raises(NotAModerator):
        say_second(look.public_id, actor=member, verdict="STAYS")
    assert SecondLook.objects.filter(pk=look.pk).exists()


# --- Its doors: blind ------------------------------------------------------------------------------------------------


def page_of(client: Client, who: User) -> str:
    """As they get it, without what differs between any two pages: a look's id, the form's token and mark."""
    sign_in(client, who)
    answer = client.post("/admin/moderation/case/second-look/", follow=True)
    assert "Sentinel words." in answer.content.decode()
    text = re.sub(r'name="(?:csrfmiddlewaretoken|writer)" value="[^"]*"', "", answer.content.decode())
    return re.sub(r"second-look/\w{14}/", "", text)


def test_the_page_is_the_same_whatever_was_decided(category: Category, moderator: User, second: User) -> None:
    pages = []
    for action in ("PUBLISH", "HIDE", "RETURN"):
        post = written_by_guest(category, title="The first night", text="Sentinel words.").post
        report_post(post, actor="member:1", reason="BLAMES", text="Sentinel report.")
        decided(post, moderator, action)
        pages.append(page_of(Client(), second))
        SecondLook.objects.all().delete()
    assert pages[0] == pages[1] == pages[2]
    assert "Sentinel report." in pages[0]
    for told in ("Her reason.", "A word of hers.", moderator.pseudonym):
        assert told not in pages[0]


def test_the_api_tells_the_same_whatever_was_decided(category: Category, moderator: User, second: User) -> None:
    told = []
    desk = sign_in(Client(), second)
    for action in ("PUBLISH", "HIDE"):
        decided(written_by_guest(category, title="The first night", text="Sentinel words.").post, moderator, action)
        answer = desk.post("/api/v1/desk/second-looks/next/", {}, content_type="application/json")
        body = answer.json()
        verdict = f"/api/v1/desk/second-looks/{body.pop('id')}/verdict/"
        assert desk.put(verdict, {"verdict": "HIDDEN"}, content_type="application/json").status_code == 204
        assert desk.put(verdict, {"verdict": "HIDDEN"}, content_type="application/json").status_code == 409
        told.append(body)
    assert told[0] == told[1]
    assert set(told[0]) == {"category", "reasons", "before_words", "title", "html", "above", "reports"}
    assert desk.post("/api/v1/desk/second-looks/next/", {}, content_type="application/json").status_code == 204
    assert sorted(Agreement.objects.values_list("first", "second")) == [("HIDDEN", "HIDDEN"), ("STAYS", "HIDDEN")]


def test_saying_it_at_the_desk(client: Client, guest: GuestPost, moderator: User, second: User) -> None:
    decided(guest.post, moderator)
    sign_in(client, second)
    assert "drawn by chance" in client.get("/admin/moderation/case/second-look/").content.decode()
    place = client.post("/admin/moderation/case/second-look/").headers["Location"]
    nothing_said = client.post(place, {"verdict": ""})
    assert (nothing_said.status_code, "Sentinel words." in nothing_said.content.decode()) == (400, True)
    answer = client.post(place, {"verdict": "HIDDEN"}, follow=True)
    assert "It is counted, and not with your name." in answer.content.decode()
    assert Agreement.objects.get().looks == 1
    assert "This look is over" in client.get(place, follow=True).content.decode()
    nothing = client.post("/admin/moderation/case/second-look/", follow=True).content.decode()
    assert "There is nothing to look at a second time." in nothing


def test_nobody_else_comes_in(client: Client, guest: GuestPost, moderator: User, member: User) -> None:
    decided(guest.post, moderator)
    sign_in(client, member)
    for address in ("/admin/moderation/case/second-look/", "/admin/moderation/case/second-look/00000000000000/"):
        assert "Sentinel" not in client.post(address, follow=True).content.decode()
    assert client.post("/api/v1/desk/second-looks/next/", {}, content_type="application/json").status_code == 403
    assert SecondLook.objects.get().lent_to is None
