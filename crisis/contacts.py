"""The numbers and sites of the shipped directory: what a screener must never take for somebody's own.

Read from the file, not from the database: a screener asks before every post, and a service stays one when a site's
staff unpublish it. What a site added itself is in `queries.contacts_here`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

SHIPPED_DIRECTORY = Path(__file__).parent / "data" / "crisis-resources.csv"
NUMBER_FIELDS = ("phone", "dial", "text", "note", "reader_note")
SITE_FIELDS = ("chat_url", "web_url")
_CALLING_CODES = dict(  # ITU-T E.164
    pair.split(":")
    for pair in """
    AE:971 AR:54 AT:43 AU:61 BD:880 BE:32 BR:55 CA:1 CH:41 CL:56 CO:57 CZ:420 DE:49 DK:45 EG:20 ES:34
    FI:358 FR:33 GB:44 GR:30 HK:852 ID:62 IE:353 IL:972 IN:91 IT:39 JP:81 KE:254 KR:82 LK:94 MA:212
    MX:52 MY:60 NG:234 NL:31 NO:47 NZ:64 PE:51 PH:63 PK:92 PL:48 PT:351 RO:40 SE:46 SG:65 TH:66 TR:90
    TW:886 UA:380 US:1 ZA:27
    """.split()
)
_TOLD_BY_ITS_END = 8  # digits
_SHORT = 3  # 999, 112: nobody dials them from abroad
_NUMBER = re.compile(r"\+?\d(?:[\s().\-/]{0,2}\d){2,14}")


class ServiceContacts(NamedTuple):
    numbers: frozenset[str]  # digits alone
    sites: frozenset[str]  # hosts, without www.

    def has(self, contact: str) -> bool:
        """A number in any way of writing, with or without the country's code; an address of a page, or a host."""
        digits = re.sub(r"\D", "", contact)
        if digits.removeprefix("00") in self.numbers or any(
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


def _spellings(digits: str, calling_code: str | None) -> Iterator[str]:
    """As it is dialled in its country, and from abroad: 0800 1111 is +44 800 1111 too. Italy keeps its zeros."""
    yield digits
    if calling_code and len(digits) > _SHORT:
        yield calling_code + digits
        yield calling_code + digits.lstrip("0")


def contacts_in(rows: Iterable[Mapping[str, str | None]]) -> ServiceContacts:
    numbers: set[str] = set()
    sites: set[str] = set()
    for row in rows:
        for field in NUMBER_FIELDS:
            for number in _NUMBER.findall(row[field] or ""):
                numbers.update(_spellings(re.sub(r"\D", "", number), _CALLING_CODES.get(row["country"] or "")))
        for field in SITE_FIELDS:
            host = (urlsplit(row[field] or "").hostname or "").removeprefix("www.")
            if host:
                sites.add(host)
    return ServiceContacts(frozenset(numbers), frozenset(sites))
