"""What asking for help leaves behind on a phone, a bill and in a browser, in plain words (safety.md M4).

The rule: never promise that something cannot be seen. A service may say that its number is not on the bill; nobody
here has checked that with every phone company, and the phone's own list of calls shows it in any case.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Trace:
    """`way` is "phone", "text", "chat" or "web"."""

    way: str
    sentence: str


def traces_of(ways: Container[str], *, free: str) -> list[Trace]:
    """One for each of the ways in which a service can be reached. `free`: whether a call is (`Free` of the models)."""
    sentences = {"phone": _call(free), "text": _text(), "chat": _chat(), "web": _web()}
    return [Trace(way, sentence) for way, sentence in sentences.items() if way in ways]


def _call(free: str) -> str:
    if free == "YES":
        return _(
            "A call stays in the phone's list of calls until someone deletes it there. "
            "It is free of charge, but some phone bills list free calls too."
        )
    return _(
        "A call stays in the phone's list of calls until someone deletes it there. "
        "It may also appear on the phone bill, with the number and the time."
    )


def _text() -> str:
    return _(
        "A text conversation stays on the phone, and on other devices joined to it, until someone deletes it. "
        "It may also appear on the phone bill."
    )


def _chat() -> str:
    return _("A chat stays in the browser's history, and what was written may stay open in the tab.")


def _web() -> str:
    return _("The website stays in the browser's history.")
