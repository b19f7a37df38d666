"""Where the site asks moderators for a second step, a password alone makes them ordinary members."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.core.checks import CheckMessage, run_checks
from pytest_django import Settings

from accounts.second_factors import has_shown_second_factor
from accounts.sessions import SessionStore
from forum.models import Post
from forum.visit import writer_mark
from moderation.models import Case, Decision, Seen
from moderation.services.decisions import decide
from moderation.services.roles import NotAModerator
from tests.accounts.factors import App, give_password, set_up_app, with_app
from tests.house.doors import Somebody, in_an_app, signed_in, visitor
from tests.personas import PASSWORD, GuestPost, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User
    from forum.models import Category

pytestmark = pytest.mark.django_db
DESK, ASKED = "/admin/", "/accounts/second-step/desk/"
CODE, AGAIN = "/accounts/second-step/code/", "/accounts/second-step/again/"


@pytest.fixture(autouse=True)
def clock(settings: Settings) -> Iterator[time_machine.Traveller]:
    settings.MODERATORS_NEED_SECOND_FACTOR = True
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def guest(category: Category) -> GuestPost:
    return written_by_guest(category, title="The first night", text="Sentinel words.")


@pytest.fixture
def app(moderator: User, clock: time_machine.Traveller) -> App:
    made = with_app(moderator)
    clock.shift(30)
    return made


def desk_opens(somebody: Somebody) -> bool:
    answers = [somebody.ask(place) for place in (DESK, "/admin/moderation/case/")]
    return [answer.status for answer in answers] == [200, 200]


def is_moderator(somebody: Somebody, guest: GuestPost) -> bool:
    """On a page and in the API: a post that waits is shown to its author and to moderators."""
    place = guest.post.public_id
    shown = [somebody.ask(url) for url in (f"/api/v1/posts/{place}/", f"/t/{guest.post.thread.public_id}/")]
    assert len({"Sentinel" in answer.text for answer in shown}) == 1
    return "Sentinel" in shown[0].text


def test_a_password_alone_opens_neither_the_desk_nor_what_waits(moderator: User, guest: GuestPost) -> None:
    somebody = signed_in(moderator)
    case = Case.objects.get()
    for place in (DESK, "/admin/moderation/case/", f"/admin/moderation/case/{case.pk}/change/"):
        assert not somebody.ask(place).text
        assert somebody.ask(f"/admin/login/?next={place}").headers["location"] == ASKED
    sent = somebody.ask(
        f"/admin/moderation/case/{case.pk}/change/", "POST", data={"action": "PUBLISH", "post_version": "1"}
    )
    assert sent.status == 302
    assert not is_moderator(somebody, guest)
    assert (Post.objects.get().state, Decision.objects.count()) == ("HELD", 0)


def test_an_app_with_a_password_alone_is_a_members(moderator: User, guest: GuestPost) -> None:
    app = in_an_app(moderator)
    assert app.ask(f"/api/v1/posts/{guest.post.public_id}/").status == 404


def test_the_page_says_why_and_leads_to_setting_it_up(moderator: User) -> None:
    somebody = signed_in(moderator)
    page = somebody.ask(ASKED).text
    assert "You have none yet" in page
    assert 'href="/accounts/second-step/app/"' in page

    set_up_app(somebody)

    assert "this visit began without it" in somebody.ask(ASKED).text


def test_a_visit_from_before_is_asked_for_it(moderator: User, guest: GuestPost, clock: time_machine.Traveller) -> None:
    before, other = signed_in(moderator), signed_in(moderator)
    app = set_up_app(other)
    clock.shift(30)
    assert not desk_opens(before)
    assert not is_moderator(before, guest)

    before.ask(AGAIN, "POST", data={"code": app.code(), "next": DESK})

    assert desk_opens(before)
    assert is_moderator(before, guest)
    assert not desk_opens(other)  # each visit by itself


def test_with_the_second_step_the_desk_works(moderator: User, app: App, guest: GuestPost) -> None:
    somebody, answer = give_password(moderator.username)
    assert answer.headers["location"].startswith(CODE)
    assert not desk_opens(somebody)

    somebody.ask(CODE, "POST", data={"code": app.code()})

    assert desk_opens(somebody)
    assert is_moderator(somebody, guest)
    case = Case.objects.get()
    sent = somebody.ask(
        f"/admin/moderation/case/{case.pk}/change/",
        "POST",
        data={"action": "PUBLISH", "word": "", "reason": "", "seen": str(Seen.of(case))},
    )
    assert sent.status == 302
    assert Post.objects.get().state == "PUBLISHED"


def test_an_app_that_showed_it_is_a_moderators(moderator: User, app: App, guest: GuestPost) -> None:
    begun = Somebody().ask(
        "/api/auth/app/v1/auth/login", "POST", data={"username": moderator.username, "password": PASSWORD}
    )
    client = Somebody(app_token=json.loads(begun.text)["meta"]["session_token"])
    done = client.ask("/api/auth/app/v1/auth/2fa/authenticate", "POST", data={"code": app.code()})
    client.app_token = json.loads(done.text)["meta"].get("session_token", client.app_token)
    assert "Sentinel" in client.ask(f"/api/v1/posts/{guest.post.public_id}/").text


def test_taking_it_off_shuts_the_desk_at_once(moderator: User, app: App, guest: GuestPost) -> None:
    somebody = give_password(moderator.username)[0]
    somebody.ask(CODE, "POST", data={"code": app.code()})
    somebody.ask("/accounts/reauthenticate/", "POST", data={"password": PASSWORD})
    assert somebody.ask("/accounts/second-step/app/remove/", "POST").status == 302

    assert not desk_opens(somebody)
    assert not is_moderator(somebody, guest)


def test_no_decision_is_taken_for_somebody_without_one(moderator: User, guest: GuestPost) -> None:
    case = Case.objects.get()
    with pytest.raises(NotAModerator):
        decide(case, actor=moderator, action="PUBLISH", seen=Seen.of(case))
    assert (Post.objects.get().state, Decision.objects.count()) == ("HELD", 0)


def test_what_somebody_else_showed_in_a_visit_counts_for_nothing(moderator: User, member: User) -> None:
    session = SessionStore()
    session["account_authentication_methods"] = [{"method": "mfa", "at": 0}]
    session["account_authentication_methods_user"] = str(member.pk)
    session[SESSION_KEY] = str(member.pk)
    assert has_shown_second_factor(session)
    session[SESSION_KEY] = str(moderator.pk)
    assert not has_shown_second_factor(session)


def test_a_member_is_never_asked(member: User) -> None:
    somebody = signed_in(member)
    assert somebody.ask("/").status == 200
    assert somebody.ask("/mine/").status == 200
    assert somebody.ask(DESK).status == 302


def test_at_home_a_password_opens_the_desk(moderator: User, guest: GuestPost, settings: Settings) -> None:
    settings.MODERATORS_NEED_SECOND_FACTOR = False
    somebody = signed_in(moderator)
    assert desk_opens(somebody)
    assert is_moderator(somebody, guest)


# --- the start-up checks ----------------------------------------------------------------------------------------------


def found(name: str) -> list[CheckMessage]:
    return [message for message in run_checks() if message.id == name]


@pytest.mark.parametrize(
    ("hosts", "https", "asked", "warned"),
    [
        (["forum.example.org"], True, False, True),
        (["localhost"], True, False, True),
        (["forum.example.org"], False, False, True),
        (["forum.example.org"], True, True, False),
        (["localhost", "127.0.0.1"], False, False, False),
    ],
)
def test_whoever_switches_it_off_where_others_come_is_warned(
    settings: Settings, hosts: list[str], *, https: bool, asked: bool, warned: bool
) -> None:
    settings.ALLOWED_HOSTS, settings.HTTPS, settings.MODERATORS_NEED_SECOND_FACTOR = hosts, https, asked
    assert bool(found("hearth.W002")) is warned


@pytest.mark.parametrize(
    ("domain", "hosts", "wrong"),
    [
        ("forum.example.org", ["forum.example.org"], False),
        ("example.org", ["forum.example.org", "127.0.0.1"], False),
        ("example.org", [".example.org"], False),
        ("localhost", ["127.0.0.1", "[::1]"], False),
        ("other.example.org", ["forum.example.org"], True),
        ("ample.org", ["forum.example.org"], True),
    ],
)
def test_passkeys_for_another_domain_stop_the_start(
    settings: Settings, domain: str, hosts: list[str], *, wrong: bool
) -> None:
    settings.PASSKEY_DOMAIN, settings.ALLOWED_HOSTS = domain, hosts
    assert bool(found("hearth.E005")) is wrong


def test_a_decision_typed_before_the_visit_ended_comes_back_behind_the_second_step(
    moderator: User, guest: GuestPost, app: App
) -> None:
    place = f"/admin/moderation/case/{Case.objects.get().pk}/change/"
    sent = {"action": "RETURN", "word": "Sentinel word.", "marks": "Sentinel", "writer": writer_mark(moderator)}
    somebody = visitor()
    led = somebody.ask(place, "POST", data=sent).headers["location"]
    asked = somebody.ask(led, "POST", data={"login": "desk one", "password": PASSWORD}).headers["location"]
    assert asked.startswith(CODE)
    assert "Sentinel" not in somebody.ask(asked).text
    assert somebody.ask(asked, "POST", data={"code": app.code()}).headers["location"] == place
    assert "Sentinel word.</textarea>" in somebody.ask(place).text
    assert Decision.objects.count() == 0
