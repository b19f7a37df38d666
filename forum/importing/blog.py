"""What is read from a blog's export, whatever wrote it. Nothing here touches a database."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from django.utils.translation import gettext as _now

from common.days import today
from common.errors import Invalid
from forum.importing.markdown import line_from_html

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


class BlogFileBroken(Invalid):
    """`line` is the line of the file, counted from 1, at which it could not be read on."""

    code = "blog-file-broken"

    def __init__(self, reason: _StrOrPromise, *, line: int) -> None:
        self.line = line
        super().__init__(_now("Line %(line)d: %(reason)s Nothing was added.") % {"line": line, "reason": reason})


class Skipped(StrEnum):
    """Why something of the file is left out."""

    SPAM = "spam"
    REMOVED = "removed"  # on the blog, or in its bin
    WAITING = "waiting"  # nobody had let it through
    PING = "ping"  # another site's machine, not a person
    NOT_PUBLIC = "not public"  # a draft, a private page, a page with a password
    OTHER_KIND = "other kind"  # a picture, a menu, a page without comments
    NO_PAGE = "no page"  # the file does not hold what was commented on


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who wrote on the blog, in memory only. `key` tells two people of one name apart; empty: nobody known.

    `names` are all that the file calls them by.
    """

    key: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What others commented on. `key` is its own among the pages of `site`; `addresses` are where it stood."""

    site: str
    key: str
    title: str
    html: str
    addresses: tuple[str, ...]
    written_on: dt.date | None
    author: Person
    skipped: Skipped | None


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment. `key` is empty where the file has none, `answers` where it answers the page itself."""

    page_key: str
    key: str
    answers: str
    person: Person
    html: str
    written_on: dt.date | None
    skipped: Skipped | None


_NOBODY = frozenset(
    "anonymous anon guest visitor unknown someone admin administrator author editor webmaster staff team".split()
)
_MAX_NAME = 100
_PAGE_NUMBER = re.compile(r"(?<![^&])(?:p|page_id)=[0-9]{1,12}(?![^&])")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def person_of(*names: str, mail: str = "", account: str = "") -> Person:
    """Told apart by account, mail address or name, whichever is there first: the first two outlast a change of name."""
    found = dict.fromkeys(line_from_html(name)[:_MAX_NAME].strip() for name in names)
    known = [name for name in found if name and name.casefold() not in _NOBODY]
    mail = mail.strip().casefold()
    called = (*known, mail) if "@" in mail else tuple(known)
    return Person(account or mail or (known[0].casefold() if known else ""), called)


def day_of(text: str) -> dt.date | None:
    """The day of "2019-05-04 21:07:33" or "2019-05-04T21:07:33Z"; what is finer is not looked at. None of nonsense."""
    found = _DAY.match(text)
    try:
        day = dt.date(*map(int, found.groups())) if found and found[1] > "1970" else None
    except ValueError:
        return None
    return day if day and day <= today() else None


def site_of(address: str) -> str:
    """The host, as two exports of one blog both have it."""
    return _parts_of(address).netloc.casefold().removeprefix("www.")


def old_address(address: str) -> str:
    """Path and number of a page's address, in one spelling; empty where that is a site's first page.

    What leads to a comment, a feed or a page of a page is not told apart: only `?p=12` names a page of its own.
    """
    parts = _parts_of(address)
    path = unquote(parts.path).strip("/").casefold()
    number = _PAGE_NUMBER.search(parts.query)
    return f"{path}?{number[0]}" if number and path else path


def _parts_of(address: str) -> SplitResult:
    try:
        return urlsplit(address.strip())
    except ValueError:
        return SplitResult("", "", "", "", "")
