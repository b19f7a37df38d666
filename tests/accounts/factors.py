"""A second step, set up and shown over HTTP as a person would."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.house.doors import Answer, Somebody, signed_in
from tests.personas import PASSWORD

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class App:
    """An app for codes (RFC 6238), and what was written down when it was set up."""

    secret: str
    one_time_codes: list[str]

    def code(self) -> str:
        return totp(self.secret)


def totp(secret: str) -> str:
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1)
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place : place + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def give_password_again(somebody: Somebody) -> None:
    assert somebody.ask("/accounts/reauthenticate/", "POST", data={"password": PASSWORD}).status == 302


def set_up_app(somebody: Somebody) -> App:
    give_password_again(somebody)
    secret = re.search(r"<code>(\w+)</code>", somebody.ask("/accounts/second-step/app/").text)
    assert secret
    done = somebody.ask("/accounts/second-step/app/", "POST", data={"code": totp(secret[1])})
    assert done.status == 302, done.text
    page = somebody.ask(done.headers["location"]).text
    return App(secret[1], re.findall(r"<li>(\d{8})</li>", page))


def with_app(user: User) -> App:
    """A member who has set one up, in a visit that is over."""
    somebody = signed_in(user)
    app = set_up_app(somebody)
    somebody.ask("/accounts/logout/", "POST")
    return app


def give_password(name: str, password: str = PASSWORD) -> tuple[Somebody, Answer]:
    somebody = Somebody()
    return somebody, somebody.ask("/accounts/login/", "POST", data={"login": name, "password": password})


def is_signed_in(somebody: Somebody) -> bool:
    return somebody.ask("/accounts/").status == 200
