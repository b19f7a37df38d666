"""Into the desk, out of it and to another password leads the members' own way: Django's pages bear the host's name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from pytest_django import Settings

from tests.house.doors import Answer, Somebody, url_names
from tests.personas import PASSWORD

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
HOST = "forum.example.org"


@pytest.fixture
def desk(moderator: User, settings: Settings) -> Somebody:
    moderator.is_superuser = True  # every page there is
    moderator.save()
    settings.ALLOWED_HOSTS = [HOST]
    somebody = Somebody(Client(headers={"host": HOST}))
    somebody.ask("/accounts/login/", "POST", data={"login": "desk one", "password": PASSWORD})
    return somebody


def title(answer: Answer) -> str:
    return " ".join(re.findall(r"<title>(.*?)</title>", answer.text, re.DOTALL))


def addresses() -> list[str]:
    found = []
    for name in url_names():
        if name.startswith("admin:"):
            for arguments in ([], [1], ["moderation"]):
                try:
                    found.append(reverse(name, args=arguments))
                except NoReverseMatch:
                    continue
    return found


def test_no_page_of_the_desk_is_titled_with_the_host(desk: Somebody) -> None:
    answers = [desk.again().ask(address, host=HOST) for address in [*addresses(), "/admin/nowhere/"]]
    pages = [answer for answer in answers if answer.is_html and answer.text]
    assert len([page for page in pages if page.status == 200]) > 20
    assert {title(page) for page in pages} == {"Hearth"}
    assert [page for page in pages if HOST in page.text] == []


def test_signing_out_leads_where_it_leads_a_member(desk: Somebody) -> None:
    form = re.search(r'id="logout-form" method="post" action="([^"]+)"', desk.ask("/admin/").text)
    assert form
    for address in (form[1], "/admin/logout/"):
        visit, answer = desk.again(), desk.ask(address, "POST")
        assert (answer.status, answer.headers["location"]) == (302, "/")
        assert answer.headers["clear-site-data"]
        assert visit.ask("/admin/", host=HOST).status == 302, "what it opened is over"
        desk.ask("/accounts/login/", "POST", data={"login": "desk one", "password": PASSWORD})


def test_the_form_of_django_signs_nobody_in(desk: Somebody, member: User) -> None:
    """It would count no wrong guesses, and ask for no second step."""
    for method in ("GET", "POST"):
        answer = desk.ask("/admin/login/", method, data={"username": "quiet harbour", "password": PASSWORD})
        assert (answer.status, answer.headers["location"]) == (302, "/admin/")
    assert "quiet harbour" not in desk.ask("/").text


@pytest.mark.parametrize("address", ["/admin/password_change/", "/admin/password_change/done/"])
def test_a_password_is_changed_where_members_change_theirs(desk: Somebody, moderator: User, address: str) -> None:
    sent = {"old_password": PASSWORD, "new_password1": "nine slow boats", "new_password2": "nine slow boats"}
    for method in ("GET", "POST"):
        answer = desk.ask(address, method, data=sent)
        assert (answer.status, answer.headers["location"]) == (302, "/accounts/password/change/")
    moderator.refresh_from_db()
    assert moderator.check_password(PASSWORD)
