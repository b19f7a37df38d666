"""The lines of an exchange file (docs/exchange-format.md): one JSON object each. Nothing here touches a database."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Invalid
from common.public_id import ALPHABET, LENGTH

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

FORMAT = "hearth-forum"
VERSION = 1
SEAL_PURPOSE = "exchange"  # of the tag by which a file is known to be of the same seal key
MAX_LINE = 10_000_000  # characters

_PUBLIC_ID = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}")
_HALF = re.compile("[\ud800-\udfff]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class ExchangeLineBroken(Invalid):
    """`line` is the line of the file, counted from 1."""

    code = "exchange-line-broken"

    def __init__(self, reason: _StrOrPromise, *, line: int) -> None:
        self.line = line
        super().__init__(_now("Line %(line)d: %(reason)s Nothing was changed.") % {"line": line, "reason": reason})


class SealDiffers(Conflict):
    code = "seal-differs"
    message = _("This file was sealed with another seal key, so nobody could open what is theirs. Nothing was changed.")


# What each kind of line holds, and of which type; a type after "?" may be null. What is not named here is refused.
_FIELDS: dict[str, dict[str, str]] = {
    "forum": {"format": "text", "version": "number", "accounts": "flag", "authorship": "flag", "seal": "text"},
    "category": {
        "id": "id", "title": "text", "description": "text", "position": "number", "members_only": "flag",
        "premoderated": "flag", "slow_minutes": "number", "feed": "flag",
    },
    "note": {"id": "id", "shipped": "text", "title": "text", "position": "number", "offered": "flag"},
    "account": {
        "number": "number", "username": "text", "pseudonym": "text", "password": "text", "recovery": "?text",
        "active": "flag",
    },
    "record": {"lookup": "text", "content": "text", "forget_on": "?day"},
    "thread": {
        "id": "id", "number": "?number", "category": "id", "locked": "flag", "paused": "flag", "pinned": "flag",
        "slow_minutes": "number", "reply_wish": "text", "reply_limits": "list", "active_on": "day", "story_on": "?day",
        "began_elsewhere": "flag", "old_addresses": "list", "source_digest": "?text",
    },
    "name": {"thread": "id", "name": "text", "number": "?number", "tag": "?text"},
    "post": {
        "id": "id", "thread": "id", "answers": "?id", "name": "?text", "account": "?number", "state": "text",
        "title": "text", "text": "text", "word_to_author": "text", "flag": "text", "version": "number",
        "day": "day", "edited": "flag", "notes": "list", "before": "list", "reactions": "list",
        "quote": "list",
    },
    "end": {"lines": "number"},
}  # fmt: skip


def line_of(kind: str, **fields: Any) -> str:
    """With its end. The same values make the same line."""
    if fields.keys() != _FIELDS[kind].keys():
        raise ValueError(kind)
    return json.dumps({"kind": kind} | fields, ensure_ascii=False, separators=(",", ":")) + "\n"


def lines_of(file: Iterable[str]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Number, kind and fields of each, the first being the forum's; all but the last, which says that nothing is
    missing. Raises ExchangeLineBroken.
    """
    number, has_ended = 0, False
    for number, text in enumerate(file, start=1):
        if has_ended:
            raise ExchangeLineBroken(_("Nothing may stand below the last line."), line=number)
        value = _object(text, number)
        kind = value.pop("kind", None)
        if not isinstance(kind, str) or kind not in _FIELDS or (kind == "forum") != (number == 1):
            raise ExchangeLineBroken(_("No line of this kind may stand here."), line=number)
        _check(kind, value, number)
        if kind == "end":
            if value["lines"] != number - 1:
                raise ExchangeLineBroken(_("Lines are missing above this one, or are there twice."), line=number)
            has_ended = True
        else:
            yield number, kind, value
    if number == 0:
        raise ExchangeLineBroken(_("The file is empty."), line=1)
    if not has_ended:
        raise ExchangeLineBroken(_("The file ends too soon: its last line is missing."), line=number)


def _object(text: str, line: int) -> dict[str, Any]:
    try:
        value = json.loads(text) if len(text) <= MAX_LINE else None
    except (ValueError, RecursionError) as error:
        raise ExchangeLineBroken(_("This is not one JSON object."), line=line) from error
    if not isinstance(value, dict):
        raise ExchangeLineBroken(_("This is not one JSON object."), line=line)
    return value


def _check(kind: str, value: dict[str, Any], line: int) -> None:
    fields = _FIELDS[kind]
    if value.keys() != fields.keys():
        raise ExchangeLineBroken(_("It does not hold what such a line holds, or more."), line=line)
    for name, kind_of_value in fields.items():
        if not _fits(value[name], kind_of_value):
            reason = _now("“%(name)s” is not what it should be.") % {"name": name}
            raise ExchangeLineBroken(reason, line=line)


def _is_text(value: Any) -> bool:
    """What a database can hold: no zero character, no half of one."""
    return isinstance(value, str) and "\0" not in value and not _HALF.search(value)


def _is_list(value: Any) -> bool:
    """Also of lists; what else it holds is for its reader to say."""
    return isinstance(value, list) and all(
        _is_list(each) if isinstance(each, list) else _is_text(each) or not isinstance(each, str | dict)
        for each in value
    )


_IS: dict[str, Callable[[Any], bool]] = {
    "text": _is_text,
    "flag": lambda value: isinstance(value, bool),
    "number": lambda value: isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**62,
    "list": _is_list,
    "id": lambda value: isinstance(value, str) and _PUBLIC_ID.fullmatch(value) is not None,
    "day": lambda value: isinstance(value, str) and _DAY.fullmatch(value) is not None,
}


def _fits(value: Any, kind: str) -> bool:
    return (kind[0] == "?" and value is None) or _IS[kind.removeprefix("?")](value)
