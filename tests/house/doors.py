"""Every URL of the site, and somebody who asks at it. Shared by the tests of leaks and of traces."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from itertools import count
from typing import Any

from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import User
from tests.personas import PASSWORD

_networks = count(1)
_keys = count(1)
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')


def url_names(resolver: URLResolver | None = None, prefix: str = "", spaces: tuple[str, ...] = ()) -> Iterator[str]:
    """The full name of each URL in config/urls.py and below; of one without a name, its route."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield ":".join((*spaces, entry.name)) if entry.name else route
        else:
            yield from url_names(entry, route, (*spaces, entry.namespace) if entry.namespace else spaces)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, as bytes. `headers` are all that a client sees, `Date` and what proxies add apart."""

    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    body: bytes

    @property
    def is_html(self) -> bool:
        return self.headers.get("content-type", "").startswith("text/html")

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def everything(self) -> str:
        """Body, headers and cookies in one text, to search for what must not be there."""
        lines = [f"{name}: {value}" for name, value in (self.headers | self.cookies).items()]
        return "\n".join([*lines, self.text])

    @property
    def comparable(self) -> tuple[int, dict[str, str], bytes]:
        """Without what differs between two equal requests: the form token and the count of requests left."""
        headers = {name: value for name, value in self.headers.items() if not name.startswith("ratelimit")}
        return self.status, headers, _TOKEN.sub(b"", self.body)


def answer_of(response: HttpResponseBase) -> Answer:
    body = b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined]
    return Answer(
        status=response.status_code,
        headers={name.lower(): value for name, value in response.items()},
        cookies={f"set-cookie {name}": morsel.OutputString() for name, morsel in response.cookies.items()},
        body=body,
    )


@dataclass(slots=True)
class Somebody:
    """A persona at a browser, or with an API client that holds a claim code. Every request comes from a new network."""

    client: Client = field(default_factory=lambda: Client(raise_request_exception=True))
    claim_code: str = ""
    app_token: str = ""

    def ask(
        self, url: str, method: str = "GET", *, data: dict[str, Any] | None = None, network: str = "", **headers: str
    ) -> Answer:
        """Forms to pages, JSON to the API, with an Idempotency-Key and any version matched. Else from a new network."""
        extra: dict[str, Any] = {"headers": headers, "REMOTE_ADDR": network or _network()}
        if url.startswith("/api/"):
            extra["headers"] = {"Idempotency-Key": f"a-key-of-our-own-{next(_keys):08}", "If-Match": "*", **headers}
            if self.claim_code and url.startswith("/api/v1/"):
                extra["headers"]["Authorization"] = f"Bearer {self.claim_code}"
            if self.app_token:
                extra["headers"]["X-Session-Token"] = self.app_token
            if method in {"POST", "PUT", "PATCH"} or data is not None:
                extra |= {"data": json.dumps(data or {}), "content_type": "application/json"}
        elif method == "POST":
            extra["data"] = data or {}
        answer = answer_of(getattr(self.client, method.lower())(url, **extra))
        for name in [name for name, morsel in self.client.cookies.items() if morsel["max-age"] == 0]:
            del self.client.cookies[name]  # as a browser does
        return answer

    def again(self) -> Somebody:
        """The same visit in a browser of its own, so that what one request does to its cookies is forgotten."""
        copied = Client(raise_request_exception=self.client.raise_request_exception)
        copied.cookies = SimpleCookie(self.client.cookies.output(header="", sep=";"))
        return Somebody(copied, self.claim_code, self.app_token)


def _network() -> str:
    number = next(_networks)
    return f"198.{18 + (number >> 16)}.{number >> 8 & 255}.{number & 255}"


def visitor() -> Somebody:
    return Somebody()


def guest(code: str) -> Somebody:
    """Through the page for claim codes; to the API the code goes with every request."""
    return opened(Somebody(claim_code=code), code)


def signed_in(user: User) -> Somebody:
    """With the password, a moment ago."""
    somebody = Somebody()
    answer = somebody.ask(
        "/api/auth/browser/v1/auth/login", "POST", data={"username": user.username, "password": PASSWORD}
    )
    assert answer.status == 200, answer.text
    return somebody


def in_an_app(user: User) -> Somebody:
    answer = visitor().ask(
        "/api/auth/app/v1/auth/login", "POST", data={"username": user.username, "password": PASSWORD}
    )
    return Somebody(app_token=json.loads(answer.text)["meta"]["session_token"])


def opened(somebody: Somebody, code: str = "") -> Somebody:
    """With a member's own anonymous posts, or with those of a code."""
    if code:
        assert somebody.ask("/claim/", "POST", data={"code": code}).status == 302
    else:
        assert somebody.ask("/mine/").status == 200
    return somebody


def returning(user: User) -> Somebody:
    """Signed in, but it is a while since they gave the password."""
    somebody = Somebody()
    somebody.client.force_login(user)
    return somebody


def in_german(client: Client, page: Any, address: str, fields: dict[str, str]) -> str:
    """As a browser without JavaScript does: the footer's button sends the form that it names, and is led back."""
    button = re.search(r'name="language" value="de"[^>]*', page.content.decode())
    assert button
    assert 'form="writing"' in button[0]
    target = unescape(re.search(r'formaction="([^"]+)"', button[0])[1])  # type: ignore[index]  # it has one
    led: Any = client.post(target, {**fields, "language": "de"})
    assert (led.status_code, led.url) == (307, address)
    shown: str = client.post(led.url, {**fields, "language": "de"}).content.decode()
    return shown
