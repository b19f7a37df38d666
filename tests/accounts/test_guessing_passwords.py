"""A flood of wrong passwords: guessing is bounded, the owner is not locked out, and no name is told (safety.md A4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import time_machine

from tests.house.doors import Answer, Somebody, visitor
from tests.personas import PASSWORD

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
NAME = "quiet harbour"  # the fixture `member`
WRONG = "a wrong guess at it"
SignIn = Callable[..., Answer]


class At:
    """Somebody whose requests all come from one network."""

    def __init__(self, network: str) -> None:
        self.network = network

    def page(self, name: str, password: str) -> Answer:
        return self._send("/accounts/login/", {"login": name, "password": password})

    def api(self, name: str, password: str) -> Answer:
        return self._send("/api/auth/app/v1/auth/login", {"username": name, "password": password})

    def _send(self, url: str, data: dict[str, str]) -> Answer:
        return Somebody().ask(url, "POST", data=data, network=self.network)


@pytest.fixture(params=["page", "api"])
def sign_in(request: pytest.FixtureRequest) -> SignIn:
    def send(network: str, name: str = NAME, password: str = WRONG) -> Answer:
        return getattr(At(network), request.param)(name, password)  # type: ignore[no-any-return]

    return send


def is_in(answer: Answer) -> bool:
    """The page leads on, the API answers 200."""
    return answer.status == 302 or (answer.status == 200 and not answer.is_html)


def flood(sign_in: SignIn, name: str = NAME, networks: int = 40) -> None:
    for number in range(networks):
        assert not is_in(sign_in(f"203.0.113.{number}", name))


def test_the_owner_gets_in_while_others_guess(sign_in: SignIn, member: User) -> None:
    flood(sign_in)
    for _try in range(20):
        assert not is_in(sign_in("192.0.2.7"))

    assert is_in(sign_in("198.51.100.1", password=PASSWORD))
    assert is_in(sign_in("198.51.100.1", password=PASSWORD))


def test_the_owner_may_err_twice_while_others_guess(sign_in: SignIn, member: User) -> None:
    flood(sign_in)

    for _try in range(2):
        assert not is_in(sign_in("198.51.100.1"))
    assert is_in(sign_in("198.51.100.1", password=PASSWORD))


def test_a_network_gets_five_tries_at_a_name(sign_in: SignIn, member: User, clock: time_machine.Traveller) -> None:
    for _try in range(5):
        assert not is_in(sign_in("192.0.2.7"))
    assert not is_in(sign_in("192.0.2.7", password=PASSWORD))
    clock.shift(5 * 60)
    assert is_in(sign_in("192.0.2.7", password=PASSWORD))


def test_in_a_flood_a_network_gets_three_tries_at_the_name(
    sign_in: SignIn, member: User, clock: time_machine.Traveller
) -> None:
    flood(sign_in)
    for _try in range(3):
        assert not is_in(sign_in("192.0.2.7"))
    clock.shift(5 * 60)
    assert not is_in(sign_in("192.0.2.7", password=PASSWORD))
    clock.shift(10 * 60)
    assert is_in(sign_in("192.0.2.7", password=PASSWORD))


def test_a_network_gets_ten_tries_a_minute_at_all_names(sign_in: SignIn, member: User) -> None:
    for number in range(10):
        assert not is_in(sign_in("192.0.2.7", f"somebody number {number}"))
    assert not is_in(sign_in("192.0.2.7", password=PASSWORD))


def test_a_network_is_all_of_a_sixty_four(sign_in: SignIn, member: User) -> None:
    for number in range(5):
        assert not is_in(sign_in(f"2001:db8::{number + 1}"))
    assert not is_in(sign_in("2001:db8::77", password=PASSWORD))
    assert is_in(sign_in("2001:db8:0:1::77", password=PASSWORD))


def test_signing_in_rightly_is_not_counted(sign_in: SignIn, member: User) -> None:
    for _time in range(12):
        assert is_in(sign_in("192.0.2.7", password=PASSWORD))


@pytest.mark.parametrize("door", ["page", "api"])
def test_a_missing_name_is_answered_alike_all_the_way(member: User, door: str, clock: time_machine.Traveller) -> None:
    def story(name: str) -> list[tuple[int, bytes]]:
        places = [*["192.0.2.7"] * 7, *(f"203.0.113.{number}" for number in range(31)), *["192.0.2.8"] * 5]
        answers = [getattr(At(place), door)(name, WRONG) for place in places]
        typed = name.encode()  # the page shows it again
        return [(answer.comparable[0], answer.comparable[2].replace(typed, b"")) for answer in answers]

    existing = story(NAME)
    clock.shift(2 * 60 * 60)
    missing = story("nobody at all")

    assert existing == missing
    assert len(set(missing)) == 2  # not right, and wait


def test_the_password_once_more_is_counted_too(member: User) -> None:
    somebody = visitor()
    somebody.client.force_login(member)

    def again(password: str) -> int:
        return somebody.ask(
            "/accounts/reauthenticate/", "POST", data={"password": password}, network="192.0.2.7"
        ).status

    assert [again(WRONG) for _try in range(5)] == [200] * 5
    assert again(PASSWORD) == 200
    assert is_in(At("192.0.2.8").page(NAME, PASSWORD))
    assert json.loads(At("192.0.2.9").api(NAME, PASSWORD).text)["status"] == 200
