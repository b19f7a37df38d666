"""The numbers and sites of the shipped directory: what a screener must never take for somebody's own.

Read from the file, not from the database: a screener asks before every post, and a service stays one when a site's
staff unpublish it. What a site added itself is in `queries.contacts_here`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

SHIPPED_DIRECTORY = Path(__file__).parent / "data" / "crisis-resources.csv"
NUMBER_FIELDS = ("phone", "dial", "text", "note", "reader_note")
SITE_FIELDS = ("chat_url", "web_url")
_TOLD_BY_ITS_END = 8  # digits
_NUMBER = re.compile(r"\+?\d(?:[\s().\-/]{0,2}\d){2,14}")


class ServiceContacts(NamedTuple):
    numbers: frozenset[str]  # digits alone
    sites: frozenset[str]  # hosts, without www.

    def has(self, contact: str) -> bool:
        """A number in any way of writing, with or without the country's code; an address of a page, or a host."""
        digits = re.sub(r"\D", "", contact)
        if digits in self.numbers or any(
            len(number) >= _TOLD_BY_ITS_END and digits.endswith(number.lstrip("0")) for number in self.numbers
        ):
            return True
        host = re.sub(r"^(?:https?://)?(?:www\.)?", "", contact.strip().lower())
        host = re.split(r"[/?#:]", host, maxsplit=1)[0]
        return any(f".{host}".endswith(f".{site}") for site in self.sites)


@cache
def shipped_contacts() -> ServiceContacts:
    with SHIPPED_DIRECTORY.open(encoding="utf-8-sig", newline="") as file:
        return contacts_in(csv.DictReader(file))


def contacts_in(rows: Iterable[Mapping[str, str | None]]) -> ServiceContacts:
    numbers: set[str] = set()
    sites: set[str] = set()
    for row in rows:
        for field in NUMBER_FIELDS:
            numbers.update(re.sub(r"\D", "", number) for number in _NUMBER.findall(row[field] or ""))
        for field in SITE_FIELDS:
            host = (urlsplit(row[field] or "").hostname or "").removeprefix("www.")
            if host:
                sites.add(host)
    return ServiceContacts(frozenset(numbers), frozenset(sites))
