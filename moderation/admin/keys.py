"""The keys of the desk's pages: they lead somewhere, and send nothing (static/keys.js).

The same letters in every language; a page lists its own. Who does not want them switches them off (`Duty.uses_keys`).
"""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moderation.models import Action

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from moderation.models import Duty

WORDS = "o"
WORD, REASON = "w", "y"
STANDS, OVERTURNED = "l", "t"
OF_ACTIONS = {Action.PUBLISH: "p", Action.RETURN: "r", Action.HIDE: "h", Action.LEAVE: "l"}

_MOVING: list[tuple[str, _StrOrPromise]] = [
    (WORD, _("to the word to the author")),
    (REASON, _("to the reason")),
    ("d", _("to the decision")),
    ("Ctrl+Enter", _("send the decision, from inside it")),
]
_OPENING: list[tuple[str, _StrOrPromise]] = [(WORDS, _("open or fold the words"))]
OF_QUEUE: list[tuple[str, _StrOrPromise]] = [
    ("n", _("to “Take the next case”")),
    ("j", _("to the next case of the list")),
    ("k", _("to the one before it")),
]
OF_APPEAL = [*_OPENING, (STANDS, _("it stays")), (OVERTURNED, _("it was not right")), *_MOVING]


def of_case(actions: Container[str]) -> list[tuple[str, _StrOrPromise]]:
    """With those of what can be decided about it."""
    choosing = ((key, each.label) for each, key in OF_ACTIONS.items() if each in actions)
    return [*_OPENING, *choosing, *_MOVING]


def keys_for(duty: Duty, keys: list[tuple[str, _StrOrPromise]]) -> list[tuple[str, _StrOrPromise]]:
    return keys if duty.uses_keys else []


class KeyedRadios(forms.RadioSelect):
    """Each choice by its key."""

    def __init__(self, keys: dict[Any, str]) -> None:
        super().__init__()
        self.keys = {str(value): key for value, key in keys.items()}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if key := self.keys.get(str(value)):
            option["attrs"]["data-key"] = key
        return option
