"""A list of one's own visits, and ending them: by page, by API, in a browser and in an app (safety.md A5)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.models import SealedRecord
from accounts.services.visits import end_every_visit, visits_of
from common.public_id import new_public_id
from tests.house.doors import Somebody, in_an_app, signed_in
from tests.personas import PASSWORD

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
PAGE = "/accounts/visits/"
LIST = "/api/v1/account/visits/"


def is_signed_in(somebody: Somebody) -> bool:
    return somebody.ask(LIST).status == 200


def listed(somebody: Somebody) -> list[dict[str, object]]:
    visits: list[dict[str, object]] = json.loads(somebody.ask(LIST).text)["visits"]
    return visits


def test_each_visit_is_listed_to_the_day_and_this_one_first(member: User, other_member: User) -> None:
    with time_machine.travel("2026-03-11T10:00:00Z", tick=False) as clock:
        signed_in(other_member)
        in_an_app(member)
        clock.move_to("2026-03-11T10:10:00Z")
        here = signed_in(member)
        visits = listed(here)
        assert [visit["words"] for visit in visits] == ["This visit", "Another visit, begun today"]
        assert [visit["is_this"] for visit in visits] == [True, False]
        assert "Another visit, begun today" in here.ask(PAGE).text


def test_the_list_holds_no_key_no_place_and_no_device(member: User) -> None:
    somebody = Somebody()
    data = {"username": member.username, "password": PASSWORD}
    somebody.client.defaults |= {"HTTP_USER_AGENT": "Sentinel/7"}
    assert somebody.ask("/api/auth/browser/v1/auth/login", "POST", data=data).status == 200
    keys = list(Session.objects.values_list("session_key", flat=True))
    for answer in (somebody.ask(PAGE), somebody.ask(LIST)):
        assert not any(key in answer.text for key in keys)
        assert "Sentinel" not in answer.text
    assert not any(key.encode() in bytes(row.content) for row in SealedRecord.objects.all() for key in keys)


def test_one_visit_is_ended_by_its_id(member: User) -> None:
    there, here = signed_in(member), signed_in(member)
    other = next(visit["id"] for visit in listed(here) if not visit["is_this"])
    assert here.ask(f"{LIST}{other}/", "DELETE").status == 204
    assert not is_signed_in(there)
    assert [visit["is_this"] for visit in listed(here)] == [True]


def test_one_visit_is_ended_on_the_page(member: User) -> None:
    there, here = signed_in(member), signed_in(member)
    other = next(visit["id"] for visit in listed(here) if not visit["is_this"])
    assert here.ask(reverse("accounts:visit-end", args=[other]), "POST").status == 302
    assert "That visit is over." in here.ask(PAGE).text
    assert not is_signed_in(there)


@pytest.mark.parametrize(
    ("url", "method", "status"), [(LIST, "DELETE", 204), ("/accounts/visits/others/end/", "POST", 302)]
)
def test_all_others_are_ended_at_once_without_a_password(member: User, url: str, method: str, status: int) -> None:
    browser, app = signed_in(member), in_an_app(member)
    here = Somebody()
    here.client.force_login(member)  # it is a while since the password was given
    assert here.ask(url, method).status == status
    assert not is_signed_in(browser)
    assert not is_signed_in(app)
    assert is_signed_in(here)


def test_an_app_ends_the_browsers_visit(member: User) -> None:
    browser, app = signed_in(member), in_an_app(member)
    assert app.ask(LIST, "DELETE").status == 204
    assert not is_signed_in(browser)
    assert is_signed_in(app)


def test_another_members_visit_looks_like_none(member: User, other_member: User) -> None:
    theirs, mine = signed_in(other_member), signed_in(member)
    their_id = str(listed(theirs)[0]["id"])
    refused, absent = (mine.ask(f"{LIST}{an_id}/", "DELETE") for an_id in (their_id, new_public_id()))
    assert (refused.status, refused.body) == (404, absent.body)
    assert is_signed_in(theirs)


def test_who_is_not_signed_in_is_told_so(client: Client) -> None:
    assert client.get(PAGE).headers["Location"] == f"/accounts/login/?next={PAGE}"
    assert client.get(LIST).json()["code"] == "sign-in-needed"
    assert client.delete(LIST).json()["code"] == "sign-in-needed"
    assert client.post("/accounts/visits/others/end/").status_code == 302


def test_a_new_password_ends_every_other_visit_and_keeps_this_one_in_the_list(member: User) -> None:
    there, here = signed_in(member), signed_in(member)
    new = {"current_password": PASSWORD, "new_password": "nine slow rivers bend"}
    assert here.ask("/api/auth/browser/v1/account/password/change", "POST", data=new).status == 200
    assert not is_signed_in(there)
    assert [visit["is_this"] for visit in listed(here)] == [True]
    later = Somebody()
    data = {"username": member.username, "password": "nine slow rivers bend"}
    assert later.ask("/api/auth/browser/v1/auth/login", "POST", data=data).status == 200
    assert later.ask(LIST, "DELETE").status == 204
    assert not is_signed_in(here), "its key changed with the password"


def test_a_visit_that_was_left_or_forgotten_is_not_listed(member: User) -> None:
    with time_machine.travel("2026-03-11T10:00:00Z", tick=False) as clock:
        left, forgotten = signed_in(member), signed_in(member)
        is_signed_in(forgotten)
        left.ask("/leave/")
        here = signed_in(member)
        assert len(listed(here)) == 2
        clock.shift(20 * 60)
        listed(here)
        clock.shift(20 * 60)
        assert [visit["is_this"] for visit in listed(here)] == [True]


def test_the_list_does_not_grow_with_visits_that_are_over(member: User) -> None:
    for _visit in range(3):
        signed_in(member).ask("/leave/")
    end_every_visit(member)
    assert visits_of(member, this=None) == []
    assert SealedRecord.objects.count() == 0
