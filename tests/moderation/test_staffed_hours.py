"""Night mode: what whoever writes is told while nobody of the team is here. Clocks change, and days end, at night."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from crisis.openness import Team, team
from forum.models import Category
from forum.states import PostState
from moderation.models import Duty
from moderation.services.duty import all_back_on, choose_duty
from moderation.services.moderators import create_moderator
from tests.house.doors import visitor
from tests.personas import make_member, sign_in, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
BERLIN = "Europe/Berlin"


def at(moment: str) -> Team:
    with time_machine.travel(dt.datetime.fromisoformat(moment), tick=False):
        return team()


@pytest.mark.parametrize(
    ("moment", "is_here", "back"),
    [
        # Staffed from 22 to 2, over midnight.
        ("2026-03-16T21:59+01:00", False, "2026-03-16T22:00+01:00"),
        ("2026-03-16T22:00+01:00", True, None),
        ("2026-03-17T00:00+01:00", True, None),
        ("2026-03-17T01:59+01:00", True, None),
        ("2026-03-17T02:00+01:00", False, "2026-03-17T22:00+01:00"),
        # The night in which the clocks go forward: two o'clock is three.
        ("2026-03-28T23:00+01:00", True, None),
        ("2026-03-29T01:59+01:00", True, None),
        ("2026-03-29T03:00+02:00", False, "2026-03-29T22:00+02:00"),
        # And back: two o'clock comes twice, and the second time nobody is here either.
        ("2026-10-25T01:59+02:00", True, None),
        ("2026-10-25T02:00+02:00", False, "2026-10-25T22:00+01:00"),
        ("2026-10-25T02:00+01:00", False, "2026-10-25T22:00+01:00"),
    ],
)
def test_the_hours_are_the_wall_clocks_of_the_site(
    settings: Settings, moment: str, is_here: bool, back: str | None
) -> None:
    settings.STAFFED_HOURS, settings.TIME_ZONE = "22:00-02:00", BERLIN
    here = at(moment)
    assert here.is_here is is_here
    assert here.back_at == (dt.datetime.fromisoformat(back) if back else None)


def test_the_words_say_the_hour_by_the_sites_clock_before_and_after_it_changes(settings: Settings) -> None:
    settings.STAFFED_HOURS, settings.TIME_ZONE = "Su 18:00-20:00", BERLIN
    with time_machine.travel("2026-03-28T12:00:00Z", tick=False):  # winter time, the day before
        assert "tomorrow at 18:00 (time zone: Europe/Berlin)" in team().words
        back_at = team().back_at
    assert back_at is not None
    assert back_at.astimezone(dt.UTC) == dt.datetime(2026, 3, 29, 16, tzinfo=dt.UTC)
    with time_machine.travel("2026-10-24T22:30:00Z", tick=False):  # Sunday already, half past midnight
        assert "today at 18:00" in team().words


def off(moderator: User, until: dt.date) -> None:
    choose_duty(moderator, actor=moderator, avoided_notes=(), enough=40, off_until=until)


def test_while_everybody_is_off_duty_nobody_is_here_whatever_the_hours_say(settings: Settings, moderator: User) -> None:
    settings.STAFFED_HOURS, settings.TIME_ZONE = "Mo-Fr 18:00-22:00", BERLIN
    second, _password = create_moderator("desk two")
    with time_machine.travel("2026-03-16T18:30:00Z", tick=False):  # a Monday, 19:30
        off(moderator, dt.date(2026, 3, 18))
        assert team().is_here  # the other one is
        off(second, dt.date(2026, 3, 28))
        assert all_back_on() == dt.date(2026, 3, 18)
        assert "on Wednesday at 18:00" in team().words
        off(moderator, dt.date(2026, 4, 11))  # now the other is back first, on a Saturday
        assert "on March 30, 2026 at 18:00" in team().words
    with time_machine.travel("2026-03-30T16:00:00Z", tick=False):
        assert team().is_here


def test_whoever_keeps_the_machine_and_reads_nothing_does_not_count(settings: Settings, moderator: User) -> None:
    keeper = make_member("machine keeper")
    keeper.is_staff = keeper.is_superuser = True
    keeper.save()
    with time_machine.travel("2026-03-16T18:30:00Z", tick=False):
        off(moderator, dt.date(2026, 3, 18))
        assert all_back_on() == dt.date(2026, 3, 18)


def test_a_site_without_hours_asks_nothing_and_promises_nothing(
    settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.STAFFED_HOURS = ""
    with django_assert_num_queries(0):
        assert team() == Team(is_here=None)


def test_the_composer_says_when_somebody_is_back_and_only_while_nobody_is_here(
    client: Client, settings: Settings, category: Category
) -> None:
    settings.STAFFED_HOURS, settings.TIME_ZONE = "Mo-Fr 18:00-22:00", BERLIN
    with time_machine.travel("2026-03-17T02:00:00Z", tick=False):
        page = client.get("/new/").text
        assert "Somebody will be today at 18:00" in page
        assert "What needs a first look waits until then." in page
    with time_machine.travel("2026-03-17T18:00:00Z", tick=False):
        assert "Somebody will be" not in client.get("/new/").text


def test_at_night_newcomers_wait_and_a_member_who_was_read_before_does_not(
    settings: Settings, trusted_member: User, category: Category
) -> None:
    settings.STAFFED_HOURS, settings.TIME_ZONE = "Mo-Fr 18:00-22:00", BERLIN
    with time_machine.travel("2026-03-17T02:00:00Z", tick=False):
        assert written_by_guest(category).post.state == PostState.HELD
        assert written_by(make_member("new here"), category).state == PostState.HELD
        assert written_by(trusted_member, category).state == PostState.PUBLISHED


def test_whoever_waits_for_a_first_look_is_told_until_when(
    client: Client, settings: Settings, member: User, category: Category
) -> None:
    settings.STAFFED_HOURS, settings.TIME_ZONE = "Mo-Fr 18:00-22:00", BERLIN
    with time_machine.travel("2026-03-17T02:00:00Z", tick=False):
        post = written_by(member, category)
        page = sign_in(client, member).get(f"/p/{post.public_id}/sent/").text
    assert "Somebody will be today at 18:00" in page


def test_over_the_api_without_saying_who(settings: Settings, moderator: User) -> None:
    settings.STAFFED_HOURS, settings.TIME_ZONE = "Mo-Fr 18:00-22:00", BERLIN
    with time_machine.travel("2026-03-17T02:00:00Z", tick=False):
        answer = visitor().ask("/api/v1/team/")
    said = json.loads(answer.text)
    assert (said["is_here"], said["everything_waits"], said["may_sign_up"]) == (False, False, True)
    assert "today at 18:00" in said["words"]
    assert moderator.pseudonym not in answer.text
    assert not Duty.objects.exists()
