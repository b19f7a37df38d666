from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.sessions import SessionStore
from tests.house.doors import in_an_app
from tests.personas import sign_in

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


def is_signed_in(client: Client) -> bool:
    return bool(client.get("/api/v1/own-posts/").json().get("code") != "sign-in-needed")


def test_a_visit_ends_after_half_an_hour_without_a_request(client: Client, member: User) -> None:
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False) as clock:
        sign_in(client, member)
        assert is_signed_in(client)
        for _ in range(4):
            clock.shift(20 * 60)
            assert is_signed_in(client)
        clock.shift(31 * 60)
        assert not is_signed_in(client)


def test_an_app_s_visit_ends_as_a_browser_s_does(member: User) -> None:
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False) as clock:
        app = in_an_app(member)
        for _ in range(4):
            clock.shift(20 * 60)
            assert app.ask("/api/v1/own-posts/").status == 403  # signed in; the password is not fresh any more
        clock.shift(31 * 60)
        assert app.ask("/api/v1/own-posts/").status == 401
        assert app.ask("/api/auth/app/v1/auth/session").status in {401, 410}


def test_no_visit_lasts_longer_than_half_a_day(client: Client, member: User) -> None:
    with time_machine.travel("2026-03-02T06:00:00Z", tick=False) as clock:
        sign_in(client, member)
        is_signed_in(client)
        for _ in range(36):
            clock.shift(20 * 60)
            is_signed_in(client)
        clock.shift(20 * 60)
        assert not is_signed_in(client)


def test_a_row_tells_neither_who_nor_when(client: Client, member: User) -> None:
    sign_in(client, member)
    row = Session.objects.get()
    assert (row.expire_date.minute, row.expire_date.second) == (0, 0)
    assert SessionStore().decode(row.session_data)["_auth_user_id"] == str(member.pk)
    assert "auth" not in row.session_data


def test_a_copy_of_the_database_opens_no_visit(client: Client, member: User) -> None:
    sign_in(client, member)
    row = Session.objects.get()
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != row.session_key
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = row.session_key
    assert not is_signed_in(thief)
    assert is_signed_in(client)


def test_a_visit_that_was_left_leaves_no_row(client: Client, member: User) -> None:
    sign_in(client, member)
    client.get("/leave/")
    assert not Session.objects.exists()


def test_what_somebody_changed_in_a_row_opens_nothing(client: Client, member: User) -> None:
    sign_in(client, member)
    Session.objects.update(session_data="AAAA")
    assert not is_signed_in(client)


def test_the_cookie_goes_with_the_browser(client: Client, member: User) -> None:
    sign_in(client, member)
    is_signed_in(client)
    cookie = client.cookies["s"]
    assert (cookie["max-age"], cookie["expires"]) == ("", "")
