"""Recovery words: the way back in, for whoever holds them and nobody else."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from accounts.models import RecoveryWords, User
from accounts.services.recovery import renew_recovery_words
from common.errors import NotAllowed
from tests.accounts.factors import App, give_password, is_signed_in, with_app
from tests.house.doors import Answer, Somebody, in_an_app, returning, signed_in, visitor
from tests.personas import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
NAME, NEW = "quiet harbour", "nine slow turtles sing"
API, PAGE = "/api/v1/account/recovery/", "/accounts/recover/"
OTHER_WORDS = "pebble-same-keen-auction-era-leg"


@pytest.fixture
def words(member: User) -> str:
    return renew_recovery_words(member, actor=member)


Recover = Callable[..., Answer]


@pytest.fixture(params=[API, PAGE])
def recover(request: pytest.FixtureRequest) -> Recover:
    def send(words: str, name: str = NAME, network: str = "", **more: Any) -> Answer:
        data = {"name": name, "words": words, "new_password": NEW, **more}
        return visitor().ask(request.param, "POST", data=data, network=network)

    return send


def worked(answer: Answer) -> bool:
    return answer.status == 302 if "location" in answer.headers else answer.status == 200


def password_is(password: str) -> bool:
    return User.objects.get(pseudonym=NAME).check_password(password)


def api(words: str, name: str = NAME, network: str = "", **more: Any) -> Answer:
    return visitor().ask(API, "POST", data={"name": name, "words": words, "new_password": NEW, **more}, network=network)


# --- being given them -------------------------------------------------------------------------------------------------


def words_on(page: str) -> str:
    found = re.search(r'<ol class="claim-code">(.*?)</ol>', page, re.DOTALL)
    assert found
    return "-".join(re.findall(r"<li>(\w+)</li>", found[1]))


def test_they_are_shown_right_after_signing_up_and_then_it_goes_on(db: None) -> None:
    somebody = visitor()
    data = {"username": "Copper Lantern", "password1": PASSWORD, "next": "/help/"}
    assert somebody.ask("/accounts/signup/", "POST", data=data).headers["location"] == "/accounts/recovery-words/"
    shown = words_on(somebody.ask("/accounts/recovery-words/").text)
    assert words_on(somebody.ask("/accounts/recovery-words/").text) == shown  # a page loaded again loses nothing

    assert somebody.ask("/accounts/recovery-words/kept/", "POST").headers["location"] == "/help/"
    assert 'class="claim-code"' not in somebody.ask("/accounts/recovery-words/").text
    assert worked(api(shown, "copper lantern"))


def test_an_app_asks_for_them(client: Client) -> None:
    made = client.post(
        "/api/auth/app/v1/auth/signup", {"username": "Copper Lantern", "password": PASSWORD}, "application/json"
    )
    app = Somebody(app_token=made.json()["meta"]["session_token"])
    place = "/api/v1/account/recovery-words/"
    assert json.loads(app.ask(place).text) == {"exist": False}

    answer = app.ask(place, "POST")

    assert answer.status == 201
    assert json.loads(app.ask(place).text) == {"exist": True}
    assert worked(api(json.loads(answer.text)["recovery_words"], "Copper Lantern"))


def test_new_words_end_the_old_ones(member: User, words: str) -> None:
    somebody = signed_in(member)
    assert somebody.ask("/accounts/recovery-words/", "POST").status == 302
    newer = words_on(somebody.ask("/accounts/recovery-words/").text)

    assert not worked(api(words))
    assert worked(api(newer))


def test_they_take_a_fresh_password(member: User) -> None:
    for method in ("GET", "POST"):
        answer = returning(member).ask("/accounts/recovery-words/", method)
        assert answer.headers["location"].startswith("/accounts/reauthenticate/")
    refused = returning(member).ask("/api/v1/account/recovery-words/", "POST")
    assert (refused.status, json.loads(refused.text)["code"]) == (403, "fresh-password-needed")
    assert visitor().ask("/api/v1/account/recovery-words/", "POST").status == 401
    assert not RecoveryWords.objects.exists()


def test_nobody_makes_them_for_somebody_else(member: User, other_member: User) -> None:
    with pytest.raises(NotAllowed):
        renew_recovery_words(member, actor=other_member)
    assert not RecoveryWords.objects.exists()


def test_the_database_holds_a_hash_and_no_time(words: str) -> None:
    row = RecoveryWords.objects.values().get()
    assert set(row) == {"member_id", "digest", "second_factor_ends_on"}
    assert words not in row["digest"]
    assert row["second_factor_ends_on"] is None


# --- coming back ------------------------------------------------------------------------------------------------------


def test_the_words_set_a_new_password(recover: Recover, words: str) -> None:
    assert worked(recover(words))
    assert password_is(NEW)
    assert not worked(recover(words))  # once


def test_words_are_forgiven_small_slips(recover: Recover, words: str) -> None:
    assert worked(recover(f"  {words.upper().replace('-', ', ')} ", "QUIET  Harbour"))


def test_on_the_page_one_is_signed_in_and_shown_new_words(words: str) -> None:
    somebody = visitor()
    sent = somebody.ask(PAGE, "POST", data={"name": NAME, "words": words, "new_password": NEW})
    assert sent.headers["location"] == "/accounts/recovery-words/"
    newer = words_on(somebody.ask("/accounts/recovery-words/").text)
    assert newer != words
    assert is_signed_in(somebody)
    assert worked(api(newer))


def test_every_other_visit_ends(member: User, words: str) -> None:
    browser, app = signed_in(member), in_an_app(member)
    assert is_signed_in(browser)
    assert app.ask("/api/v1/own-posts/").status == 200

    assert worked(api(words))

    assert not is_signed_in(browser)
    assert app.ask("/api/v1/own-posts/").status == 401


@pytest.mark.parametrize("password", ["short", "password123", "quiet harbour", "x" * 1001])
def test_a_password_that_would_not_do_at_sign_up_is_refused(recover: Recover, words: str, password: str) -> None:
    for name in (NAME, "nobody at all"):
        data_words = words if name == NAME else OTHER_WORDS
        assert recover(data_words, name, new_password=password).status == 400
    assert password_is(PASSWORD)


def test_a_closed_account_stays_closed(member: User, words: str) -> None:
    member.is_active = False
    member.save()
    assert json.loads(api(words).text)["code"] == "recovery-refused"
    assert password_is(PASSWORD)


# --- who does not hold them -------------------------------------------------------------------------------------------


def test_wrong_words_and_a_wrong_name_look_alike(recover: Recover, words: str) -> None:
    def shown(answer: Answer, name: str) -> tuple[int, bytes]:
        return answer.comparable[0], answer.comparable[2].replace(name.encode(), b"")

    wrong = shown(recover(OTHER_WORDS), NAME)
    missing = shown(recover(OTHER_WORDS, "copper lantern"), "copper lantern")

    assert wrong == missing
    assert wrong[0] == 400
    assert password_is(PASSWORD)


@pytest.mark.parametrize("name", [NAME, "copper lantern"])
def test_one_hash_is_made_whether_there_is_such_a_name_or_not(words: str, name: str) -> None:
    with patch.object(MD5PasswordHasher, "encode", autospec=True, side_effect=MD5PasswordHasher.encode) as made:
        api(OTHER_WORDS, name)
    assert made.call_count == 1


def test_what_are_no_words_of_ours_is_said_before_any_name_is_looked_at(recover: Recover, words: str) -> None:
    answers = [recover("one two three four five zzzzz", name) for name in (NAME, "copper lantern")]
    assert [answer.status for answer in answers] == [400, 400]


def test_the_api_points_at_the_field_the_words_were_sent_in(words: str) -> None:
    errors = json.loads(api("one two three four five zzzzz").text)["errors"]
    assert {error["pointer"] for error in errors} == {"#/words"}


def test_a_network_gets_ten_tries(recover: Recover, words: str) -> None:
    for _try in range(10):
        assert recover(OTHER_WORDS, network="192.0.2.7").status == 400
    assert recover(words, network="192.0.2.7").status == 429
    assert password_is(PASSWORD)


def test_the_owner_gets_in_while_others_guess(recover: Recover, words: str) -> None:
    answers = [recover(OTHER_WORDS).status for _guess in range(25)]  # each from another network
    assert answers == [400] * 20 + [429] * 5

    assert worked(recover(words))
    assert password_is(NEW)


def test_a_flood_looks_alike_at_a_name_that_nobody_has(words: str) -> None:
    def flood(name: str) -> list[tuple[int, bytes]]:
        answers = [api(OTHER_WORDS, name) for _guess in range(22)]
        return [(answer.status, answer.body) for answer in answers]

    assert flood(NAME) == flood("copper lantern")


# --- and the second step ----------------------------------------------------------------------------------------------


@pytest.fixture
def app(member: User, words: str, clock: time_machine.Traveller) -> App:
    made = with_app(member)
    clock.shift(30)
    return made


def refused(answer: Answer) -> tuple[int, str]:
    return answer.status, json.loads(answer.text)["code"]


def nothing_changed(words: str) -> bool:
    return password_is(PASSWORD) and Authenticator.objects.count() == 2 and RecoveryWords.objects.count() == 1


def test_words_alone_do_not_pass_the_second_step(app: App, words: str) -> None:
    assert refused(api(words)) == (403, "second-factor-needed")
    assert refused(api(words, code="000000")) == (400, "invalid")
    assert nothing_changed(words)


def test_words_and_a_code_set_a_new_password_and_keep_the_second_step(recover: Recover, app: App, words: str) -> None:
    assert worked(recover(words, code=app.code()))
    assert password_is(NEW)
    assert Authenticator.objects.count() == 2


def test_a_one_time_code_does_too(app: App, words: str) -> None:
    assert worked(api(words, code=app.one_time_codes[0]))
    assert give_password(NAME, NEW)[1].headers["location"].startswith("/accounts/second-step/code/")


def test_codes_cannot_be_guessed_with_the_words_in_hand(app: App, words: str) -> None:
    for number in range(5):
        assert refused(api(words, code=f"{number:06}")) == (400, "invalid")
    assert refused(api(words, code=app.code())) == (429, "too-many-requests")
    assert nothing_changed(words)


def test_a_lost_second_step_takes_three_days(app: App, words: str, clock: time_machine.Traveller) -> None:
    for _ask in range(2):
        assert refused(api(words, is_second_factor_lost=True)) == (409, "second-factor-waits")
    assert nothing_changed(words)
    clock.shift(dt.timedelta(days=2))
    assert refused(api(words, is_second_factor_lost=True)) == (409, "second-factor-waits")
    clock.shift(dt.timedelta(days=1))
    assert refused(api(words)) == (403, "second-factor-needed")  # nobody said that it is lost

    assert worked(api(words, is_second_factor_lost=True))

    assert password_is(NEW)
    assert not Authenticator.objects.exists()


def test_who_still_knows_the_password_does_not_wait(recover: Recover, app: App, words: str) -> None:
    assert worked(recover(words, new_password=PASSWORD, is_second_factor_lost=True))
    assert not Authenticator.objects.exists()
    assert is_signed_in(give_password(NAME)[0])


def test_whoever_has_it_keeps_it_and_is_told(app: App, words: str, clock: time_machine.Traveller) -> None:
    api(words, is_second_factor_lost=True)
    clock.shift(dt.timedelta(days=2))
    owner = give_password(NAME)[0]
    owner.ask("/accounts/second-step/code/", "POST", data={"code": app.code()})
    assert "Somebody with your recovery words" in owner.ask("/").text
    clock.shift(dt.timedelta(days=2))

    assert refused(api(words, is_second_factor_lost=True)) == (409, "second-factor-waits")
    assert nothing_changed(words)


def test_an_open_visit_is_told_and_new_words_end_it(member: User, app: App, words: str) -> None:
    owner = signed_in_with_app(member, app)
    assert "second step is lost" not in owner.ask("/accounts/").text
    api(words, is_second_factor_lost=True)
    assert "second step is lost" in owner.ask("/accounts/").text

    owner.ask("/accounts/recovery-words/", "POST")

    assert "second step is lost" not in owner.ask("/accounts/").text
    assert RecoveryWords.objects.get().second_factor_ends_on is None


def signed_in_with_app(member: User, app: App) -> Somebody:
    somebody = give_password(member.username)[0]
    somebody.ask("/accounts/second-step/code/", "POST", data={"code": app.code()})
    return somebody


def test_wrong_words_start_no_wait(app: App, words: str) -> None:
    assert refused(api(OTHER_WORDS, is_second_factor_lost=True)) == (400, "recovery-refused")
    assert RecoveryWords.objects.get().second_factor_ends_on is None
