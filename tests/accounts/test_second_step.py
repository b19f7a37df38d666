"""An app for codes and one-time codes: nobody has to, whoever has one is asked, and nothing tells when."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.core.cache import cache
from pytest_django import Settings

from accounts.passkeys import key_of
from accounts.second_factors import MFAAdapter
from tests.accounts.factors import App, give_password, give_password_again, is_signed_in, set_up_app, totp, with_app
from tests.house.doors import Somebody, signed_in, visitor
from tests.personas import PASSWORD

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
NAME = "quiet harbour"
CODE, LOGIN = "/accounts/second-step/code/", "/api/auth/app/v1/auth/login"
HALF_A_MINUTE = 30


@pytest.fixture
def app(member: User, clock: time_machine.Traveller) -> App:
    made = with_app(member)
    clock.shift(HALF_A_MINUTE)
    return made


def test_a_password_alone_signs_in_who_has_no_second_step(member: User) -> None:
    somebody, answer = give_password(NAME)
    assert (answer.status, is_signed_in(somebody)) == (302, True)


def test_whoever_has_an_app_is_asked_for_its_code(app: App) -> None:
    somebody, answer = give_password(NAME)
    assert answer.headers["location"].startswith(CODE)
    assert not is_signed_in(somebody)
    assert "The code from your app" in somebody.ask(CODE).text

    assert somebody.ask(CODE, "POST", data={"code": app.code()}).status == 302
    assert is_signed_in(somebody)


def test_a_code_is_taken_once(app: App) -> None:
    code = app.code()
    first, second = give_password(NAME)[0], give_password(NAME)[0]
    first.ask(CODE, "POST", data={"code": code})
    second.ask(CODE, "POST", data={"code": code})
    assert (is_signed_in(first), is_signed_in(second)) == (True, False)


@pytest.mark.parametrize("late", [-1, 1, 2])
def test_a_code_of_another_half_minute_is_refused(app: App, clock: time_machine.Traveller, late: int) -> None:
    somebody = give_password(NAME)[0]
    code = app.code()
    clock.shift(late * HALF_A_MINUTE)
    assert somebody.ask(CODE, "POST", data={"code": code}).status == 200
    assert not is_signed_in(somebody)


def test_a_one_time_code_is_taken_once(app: App) -> None:
    assert len(set(app.one_time_codes)) == 10
    for code, works in ((app.one_time_codes[3], True), (app.one_time_codes[3], False), (app.one_time_codes[0], True)):
        somebody = give_password(NAME)[0]
        somebody.ask(CODE, "POST", data={"code": code})
        assert is_signed_in(somebody) is works


def test_one_time_codes_are_shown_once(member: User) -> None:
    somebody = signed_in(member)
    app = set_up_app(somebody)
    again = somebody.ask("/accounts/second-step/codes/").text
    assert "10 codes are left" in again
    assert not [code for code in app.one_time_codes if code in again]

    somebody.ask("/accounts/second-step/codes/new/", "POST")
    anew = re.findall(r"<li>(\d{8})</li>", somebody.ask("/accounts/second-step/codes/").text)
    assert len(anew) == 10
    assert set(anew).isdisjoint(app.one_time_codes)


def test_codes_cannot_be_guessed_for_long(app: App) -> None:
    somebody = give_password(NAME)[0]
    for number in range(5):
        somebody.ask(CODE, "POST", data={"code": f"{number:06}"})
    somebody.ask(CODE, "POST", data={"code": app.code()})
    assert not is_signed_in(somebody)


def test_over_the_api(app: App) -> None:
    somebody = Somebody()
    answer = json.loads(somebody.ask(LOGIN, "POST", data={"username": NAME, "password": PASSWORD}).text)
    assert (answer["status"], answer["data"]["flows"][-1]["id"]) == (401, "mfa_authenticate")
    app_client = Somebody(app_token=answer["meta"]["session_token"])
    assert app_client.ask("/api/v1/own-posts/").status == 401

    done = app_client.ask("/api/auth/app/v1/auth/2fa/authenticate", "POST", data={"code": app.code()})
    assert done.status == 200
    app_client.app_token = json.loads(done.text)["meta"].get("session_token", app_client.app_token)
    assert app_client.ask("/api/v1/own-posts/").status == 200


def test_it_is_set_up_over_the_api_too(member: User) -> None:
    somebody = Somebody()
    token = json.loads(somebody.ask(LOGIN, "POST", data={"username": NAME, "password": PASSWORD}).text)["meta"]
    client = Somebody(app_token=token["session_token"])
    place = "/api/auth/app/v1/account/authenticators"
    secret = json.loads(client.ask(f"{place}/totp").text)["meta"]["secret"]
    assert client.ask(f"{place}/totp", "POST", data={"code": totp(secret)}).status == 401  # the password again first
    client.ask("/api/auth/app/v1/auth/reauthenticate", "POST", data={"password": PASSWORD})

    made = json.loads(client.ask(f"{place}/totp", "POST", data={"code": totp(secret)}).text)

    assert made["data"] == {"type": "totp"}
    listed = json.loads(client.ask(place).text)["data"]
    assert listed == [{"type": "totp"}, {"type": "recovery_codes", "total_code_count": 10, "unused_code_count": 10}]


def test_setting_it_up_takes_the_password_again(member: User) -> None:
    somebody = signed_in(member)
    for url in ("/accounts/second-step/app/", "/accounts/passkeys/add/"):
        answer = somebody.ask(url)
        assert answer.status == 302
        assert answer.headers["location"].startswith("/accounts/reauthenticate/")
    assert not Authenticator.objects.exists()


def test_a_wrong_code_sets_nothing_up(member: User) -> None:
    somebody = signed_in(member)
    give_password_again(somebody)
    somebody.ask("/accounts/second-step/app/")
    assert somebody.ask("/accounts/second-step/app/", "POST", data={"code": "000000"}).status == 200
    assert not Authenticator.objects.exists()


def test_switching_it_off_leaves_nothing(member: User) -> None:
    somebody = signed_in(member)
    set_up_app(somebody)
    assert somebody.ask("/accounts/second-step/app/remove/", "POST").status == 302
    assert not Authenticator.objects.exists()
    assert is_signed_in(give_password(NAME)[0])


def test_the_database_holds_no_secret_and_no_time(app: App) -> None:
    somebody = give_password(NAME)[0]
    somebody.ask(CODE, "POST", data={"code": app.code()})
    give_password(NAME)[0].ask(CODE, "POST", data={"code": app.one_time_codes[0]})

    factors = list(Authenticator.objects.all())

    assert len(factors) == 2
    for factor in factors:
        assert (factor.created_at.timestamp(), factor.last_used_at) == (0, None)
        text = json.dumps(factor.data)
        assert app.secret not in text
        assert "1772" not in text  # the seconds of these days begin so
    sealed = next(factor.data["secret"] for factor in factors if factor.type == "totp")
    assert MFAAdapter().decrypt(sealed) == app.secret


def test_the_entry_in_the_app_bears_the_sites_name_alone(member: User, settings: Settings) -> None:
    settings.SITE_NAME = settings.MFA_TOTP_ISSUER = "Notes"
    client = signed_in(member)
    give_password_again(client)
    url = json.loads(client.ask("/api/auth/browser/v1/account/authenticators/totp").text)["meta"]["totp_url"]
    assert url.startswith("otpauth://totp/Notes?secret=")
    assert "harbour" not in url


@pytest.fixture
def passkey(member: User) -> Authenticator:
    """Made in a browser in life (tests/browser/test_passkeys.py)."""
    return Authenticator.objects.create(user=member, type="webauthn", data={"name": "Passkey 1", "credential": {}})


def test_the_api_names_a_passkey_by_no_number(member: User, passkey: Authenticator) -> None:
    place = "/api/auth/browser/v1/account/authenticators"
    Authenticator.objects.filter(pk=passkey.pk).update(id=7_654_321)
    somebody = signed_in_without_code(member)

    answer = somebody.ask(place)

    [listed] = json.loads(answer.text)["data"]
    assert set(listed) == {"type", "id", "name"}
    assert "7654321" not in answer.text
    renamed = somebody.ask(f"{place}/webauthn", "PUT", data={"id": listed["id"], "name": "The blue one"})
    assert json.loads(renamed.text)["data"] == listed | {"name": "The blue one"}
    assert somebody.ask(f"{place}/webauthn", "DELETE", data={"authenticators": [listed["id"]]}).status == 200
    assert not Authenticator.objects.exists()


def test_nobody_touches_another_members_passkey(member: User, other_member: User, passkey: Authenticator) -> None:
    key = key_of(passkey.pk, owner=member)
    stranger = signed_in(other_member)
    give_password_again(stranger)
    place = "/api/auth/browser/v1/account/authenticators/webauthn"
    for an_id in (key, passkey.pk, str(passkey.pk), "", None):
        assert stranger.ask(place, "PUT", data={"id": an_id, "name": "Mine"}).status == 400
        assert stranger.ask(place, "DELETE", data={"authenticators": [an_id]}).status == 400
    for path in (key, str(passkey.pk), "none"):
        assert stranger.ask(f"/accounts/passkeys/{path}/remove/").status == 404
        assert stranger.ask(f"/accounts/passkeys/{path}/remove/", "POST").status == 404
    assert Authenticator.objects.get().data["name"] == "Passkey 1"


NO_PASSKEYS = [
    "{}", "[]", "7", '"text"', "nothing", '{"response": 7}', '{"id": 7, "response": {}}',
    '{"id": "AAAA", "rawId": "AAAA"}',
    '{"id": "AAAA", "response": {"userHandle": "AQ"}, "rawId": "AAAA"}',
    '{"id": "A", "rawId": "A", "type": "public-key", "response": {"clientDataJSON": "e30", "attestationObject": "AA",'
    ' "authenticatorData": "AA", "signature": "AA"}}',
]  # fmt: skip


@pytest.mark.parametrize("sent", NO_PASSKEYS)
def test_what_is_no_passkey_signs_nobody_in(member: User, passkey: Authenticator, sent: str) -> None:
    somebody = visitor()
    somebody.client.get("/accounts/passkeys/sign-in/", headers={"accept": "application/json"})
    answer = somebody.ask("/accounts/passkeys/sign-in/", "POST", data={"credential": sent})
    assert (answer.status, answer.headers["location"]) == (302, "/accounts/login/")
    assert not is_signed_in(somebody)


@pytest.mark.parametrize("sent", NO_PASSKEYS)
@pytest.mark.parametrize("way", ["account/authenticators/webauthn", "auth/webauthn/reauthenticate"])
def test_what_is_no_passkey_is_refused_by_the_api(member: User, way: str, sent: str) -> None:
    somebody = signed_in_without_code(member)
    place = f"/api/auth/browser/v1/{way}"
    assert somebody.ask(place).status == 200
    answer = somebody.ask(place, "POST", data={"name": "Mine", "credential": sent})
    assert answer.status == 400
    assert not Authenticator.objects.exists()


def signed_in_without_code(member: User) -> Somebody:
    """As before the passkey was made, with the password given again."""
    somebody = visitor()
    somebody.client.force_login(member)
    give_password_again(somebody)
    return somebody


def test_no_browser_is_trusted_for_later(app: App) -> None:
    somebody = give_password(NAME)[0]
    somebody.ask(CODE, "POST", data={"code": app.code()})
    assert set(somebody.client.cookies) <= {"s", "c"}
    assert visitor().ask("/accounts/2fa/trust/").status == 404


def test_the_admin_shows_no_factor_and_no_address(db: None) -> None:
    shown = {model._meta.label for model in admin.site._registry}
    assert not shown & {"mfa.Authenticator", "account.EmailAddress", "account.EmailConfirmation"}


def test_no_page_of_the_account_is_allauths_own(app: App) -> None:
    somebody = give_password(NAME)[0]
    pages = [somebody.ask(CODE).text]
    somebody.ask(CODE, "POST", data={"code": app.code()})
    give_password_again(somebody)
    cache.clear()
    for place in (
        "", "second-step/", "second-step/again/", "second-step/app/remove/", "second-step/codes/",
        "second-step/codes/new/", "second-step/desk/", "passkeys/", "passkeys/add/", "recovery-words/",
        "password/change/", "reauthenticate/",
    ):  # fmt: skip
        answer = somebody.ask(f"/accounts/{place}")
        assert answer.status == 200, place
        pages.append(answer.text)
    for page in pages:
        assert 'class="leave"' in page
        assert "Two-Factor" not in page
        assert "Security Key" not in page
