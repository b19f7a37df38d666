"""A member hides the forum from themselves until a day, and is let back whenever they wish."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest
import time_machine

from accounts.models import SealedRecord
from accounts.services.breaks import BreakUnsuitable, take_break
from common.days import today
from config.tasks import forget_old_rows
from tests.house.doors import Somebody, in_an_app, returning, signed_in, visitor
from tests.house.dump import dump_tables
from tests.personas import PASSWORD, written_by

if TYPE_CHECKING:
    from accounts.models import User
    from forum.models import Category

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2027, 6, 7, 9, tzinfo=dt.UTC)


def day(days: int) -> str:
    return (today() + dt.timedelta(days=days)).isoformat()


def begin(somebody: Somebody, days: int = 7) -> None:
    answer = somebody.ask("/accounts/break/", "POST", data={"until": day(days)})
    assert (answer.status, answer.headers["location"]) == (302, "/accounts/break/")


def test_the_forum_is_closed_in_every_visit_and_the_ways_out_are_not(member: User, category: Category) -> None:
    post = written_by(member, category)
    here, elsewhere = signed_in(member), signed_in(member)
    begin(here)
    later = signed_in(member)
    for visit in (here, later):
        for address in ("/", f"/c/{category.public_id}/", f"/p/{post.public_id}/", "/mine/", "/new/", "/search/"):
            answer = visit.ask(address)
            assert answer.status == 403, address
            assert "You are taking a break" in answer.text
            assert "/accounts/break/" in answer.text
        for address in ("/help/", "/staying-safe/", "/accounts/", "/accounts/erase/", "/rules/"):
            assert visit.ask(address).status in {200, 404}, address
    assert elsewhere.ask("/accounts/").status == 302  # that visit is over
    assert visitor().ask("/").status == 200


def test_its_page_is_kind_and_ending_it_takes_the_password(member: User, category: Category) -> None:
    begin(signed_in(member))
    back = signed_in(member)
    page = back.ask("/accounts/break/").text
    assert "it waits for you" in page
    assert "there are people who can help" in page
    assert "/accounts/break/end/" in page
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=10)):
        asked = back.ask("/accounts/break/end/", "POST")
        assert asked.headers["location"].startswith("/accounts/reauthenticate/")
        assert back.ask("/").status == 403
        back.ask("/accounts/reauthenticate/", "POST", data={"password": PASSWORD})
        assert back.ask("/accounts/break/end/", "POST").headers["location"] == "/"
        assert back.ask("/").status == 200
    assert signed_in(member).ask("/").status == 200


def test_on_its_day_the_forum_is_there_again_and_nothing_is_kept(member: User, category: Category) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        begin(signed_in(member), days=2)
        clock.shift(dt.timedelta(days=1))
        assert signed_in(member).ask("/").status == 403
        clock.shift(dt.timedelta(days=1))
        assert signed_in(member).ask("/").status == 200
        forget_old_rows.func()
        assert not SealedRecord.objects.filter(forget_on__isnull=False).exists()


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_a_day_that_is_over_or_far_away_is_refused(member: User, category: Category, days: int) -> None:
    visit = signed_in(member)
    answer = visit.ask("/accounts/break/", "POST", data={"until": day(days)})
    assert answer.status == 400
    assert "from tomorrow on, within a year" in answer.text
    assert visit.ask("/").status == 200
    with pytest.raises(BreakUnsuitable):
        take_break(member, until=today() + dt.timedelta(days=days), session=visit.client.session)


def test_words_that_were_typed_before_a_break_began_elsewhere_are_given_back(member: User, category: Category) -> None:
    here = signed_in(member)
    begin(here)
    sent = {"category": category.public_id, "title": "A title", "text": "Words I took an hour for.", "form_key": "k"}
    answer = here.ask("/new/", "POST", data=sent)
    assert answer.status == 403
    assert "Words I took an hour for." in answer.text


def test_the_accounts_own_row_says_nothing_of_it(member: User) -> None:
    visit = signed_in(member)
    before = dump_tables()["accounts_user"]
    begin(visit)
    assert dump_tables()["accounts_user"] == before


def test_an_app_takes_a_break_and_ends_it(member: User, category: Category) -> None:
    app = in_an_app(member)
    address = "/api/v1/account/break/"
    assert json.loads(app.ask(address).text) == {"until": None}
    assert app.ask(address, "PUT", data={"until": day(0)}).status == 400
    assert app.ask(address, "PUT", data={"until": "soon"}).status == 400
    assert app.ask(address, "PUT", data={"until": day(3)}).status == 204
    assert json.loads(app.ask(address).text) == {"until": day(3)}
    refused = app.ask("/api/v1/threads/")
    assert refused.status == 403
    assert json.loads(refused.text)["code"] == "on-a-break"
    assert app.ask("/api/v1/crisis-resources/").status == 200
    assert json.loads(in_an_app(member).ask("/api/v1/threads/").text)["code"] == "on-a-break"
    assert app.ask(address, "DELETE").status == 204
    assert app.ask("/api/v1/threads/").status == 200
    assert visitor().ask(address).status == 401
    assert returning(member).ask(address, "DELETE").status == 403
