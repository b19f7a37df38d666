"""The numbers and sites of the shipped directory: what a screener must never take for somebody's own.

Read from the file, not from the database: a screener asks before every post, and a service stays one when a site's
staff unpublish it.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

SHIPPED_DIRECTORY = Path(__file__).parent / "data" / "crisis-resources.csv"
_NUMBER = re.compile(r"\+?\d(?:[\s().\-/]{0,2}\d){2,14}")


class ServiceContacts(NamedTuple):
    numbers: frozenset[str]  # digits alone
    sites: frozenset[str]  # hosts, without www.


@cache
def shipped_contacts() -> ServiceContacts:
    numbers: set[str] = set()
    sites: set[str] = set()
    with SHIPPED_DIRECTORY.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            for field in ("phone", "dial", "text", "note", "reader_note"):
                numbers.update(re.sub(r"\D", "", number) for number in _NUMBER.findall(row[field] or ""))
            for field in ("chat_url", "web_url"):
                host = (urlsplit(row[field] or "").hostname or "").removeprefix("www.")
                if host:
                    sites.add(host)
    return ServiceContacts(frozenset(numbers), frozenset(sites))
