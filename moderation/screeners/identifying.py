"""Identifying details: what in a text could help somebody find its author, or whoever it tells of.

Recall first, with everyday words kept out by cues and stop lists. It warns before publishing; it blocks nothing, and
keeps nothing. Numbers and sites of support services are never a finding (`crisis.contacts`, and the words around them).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from ipaddress import ip_address

from crisis.contacts import shipped_contacts
from moderation.screeners.lexicon import DATA
from moderation.screeners.patterns import (
    ADDRESS,
    ADDRESS_BEFORE_ITS_NUMBER,
    AT_HANDLE,
    COORDINATES,
    CUED_PLATE,
    CUED_POST_CODE,
    DATE,
    DIGITS,
    EMAIL,
    EMAIL_SPOKEN,
    EVERYDAY,
    FREE,
    FRENCH_ADDRESS,
    FRENCH_SITE,
    GERMAN_ADDRESS,
    GERMAN_DAY,
    GERMAN_SITE,
    HASH_HANDLE,
    HELP_CUE,
    INSTITUTION,
    IP4,
    IP6,
    LOWER_ADDRESS,
    MOBILE,
    NAME_CUE,
    NAME_CUE_IN_SMALL,
    NAMED_HANDLE,
    NO_NAMES,
    NO_PHONE,
    NO_WORKPLACES,
    PHONE_CUE,
    PLATE,
    POST_CODE,
    REDDIT,
    SHORT_US_PHONE,
    SITES_OF_HELP,
    SPANISH_ADDRESS,
    SPANISH_SITE,
    SPOKEN_PHONE,
    SURNAME_FIRST,
    TWO_NAMES,
    UNIT_ADDRESS,
    URL,
    US_PHONE,
    WORK_CUE,
)

_FEWEST_DIGITS = 7  # of a number told in words
_INITIAL = re.compile(r"[A-Z]\.")
TYPES = ("email", "url", "ip", "coordinates", "handle", "phone", "plate", "address", "workplace", "name")


@dataclass(frozen=True, slots=True)
class Finding:
    type: str
    start: int
    end: int
    text: str


def find_identifying(text: str) -> list[Finding]:
    """What identifies, in the order of the text, none overlapping another. Offsets are of the text as it was given."""
    tidy, places = _tidied(text)
    taken = bytearray(len(tidy))
    findings: list[Finding] = []
    for kind, spans in _looked_for(tidy):
        for start, end in spans:
            if end > start and taken.find(1, start, end) < 0:
                taken[start:end] = b"\x01" * (end - start)
                if kind != "service":
                    first, after = places[start], places[end - 1] + 1
                    findings.append(Finding(kind, first, after, text[first:after]))
    return sorted(findings, key=lambda finding: finding.start)


def _looked_for(text: str) -> Iterator[tuple[str, Iterable[tuple[int, int]]]]:
    """The sure kinds first: what they take, the unsure ones may not."""
    yield "service", (span for span in _spans(EMAIL, text) if _is_at_a_service(text, span))
    yield "email", _spans(EMAIL, text)
    yield "email", _spans(EMAIL_SPOKEN, text)
    yield "service", (span for span in _urls(text) if _is_service_site(text, span))
    yield "url", (span for span in _urls(text) if not _is_service_site(text, span))
    yield "ip", _ips(text)
    yield "coordinates", _spans(COORDINATES, text)
    yield "handle", _handles(text)
    yield "address", _addresses(text)
    yield "plate", _plates(text)
    phones = list(_phones(text))
    yield "service", (span for span in phones if _is_service_number(text, span))
    yield "phone", (span for span in phones if not _is_service_number(text, span))
    yield "workplace", _workplaces(text)
    yield "name", _names(text)


def _spans(pattern: re.Pattern[str], text: str, group: str | int = 0) -> Iterator[tuple[int, int]]:
    return (match.span(group) for match in pattern.finditer(text) if match[group])


def _urls(text: str) -> Iterator[tuple[int, int]]:
    for start, end in _spans(URL, text):
        yield start, start + len(text[start:end].rstrip(".,;:!?)'\"»”’"))


def _is_service_site(text: str, span: tuple[int, int]) -> bool:
    host = re.sub(r"^(?:https?://)?(?:www\.)?", "", text[slice(*span)].lower())
    host = re.split(r"[/?#:]", host, maxsplit=1)[0]
    sites = shipped_contacts().sites
    ours = host in sites or any(host.endswith("." + site) for site in sites)
    return ours or host.endswith((".gov", ".gov.uk", ".nhs.uk", ".police.uk")) or bool(SITES_OF_HELP.search(host))


def _is_at_a_service(text: str, span: tuple[int, int]) -> bool:
    host = text[slice(*span)].lower().rpartition("@")[2]
    return any(f".{host}".endswith(f".{site}") for site in shipped_contacts().sites)


def _ips(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (IP4, IP6):
        for start, end in _spans(pattern, text):
            piece = text[start:end]
            if re.search(
                r"\b(?:version|v|release|python|django|ios|android)\s?$",
                text[max(0, start - 12) : start],
                re.IGNORECASE,
            ):
                continue
            try:
                ip_address(piece)
            except ValueError:
                continue
            if ":" not in piece or piece.strip(":"):
                yield start, end


def _handles(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (AT_HANDLE, REDDIT, HASH_HANDLE):
        for start, end in _spans(pattern, text):
            yield start, start + len(text[start:end].rstrip("."))
    for match in NAMED_HANDLE.finditer(text):
        handle = match["handle"].rstrip(".")
        telling = ":" in match["cue"] or re.search(
            r"user|handle|name|id\b|usuario", match[0][: -len(match["handle"])], re.IGNORECASE
        )
        if re.search(r"[\d_#]|\w\.\w", handle) or (
            telling and handle.islower() and len(handle) > 5 and ":" in match["cue"]
        ):
            yield match.start("handle"), match.start("handle") + len(handle)


def _phones(text: str) -> Iterator[tuple[int, int]]:
    for start, end in _spans(DIGITS, text):
        piece = text[start:end]
        digits = re.sub(r"\D", "", piece)
        before = text[max(0, start - 34) : start]
        if DATE.search(piece) or len(set(digits)) < 3:
            continue
        if NO_PHONE.search(before[-24:]) and not piece.startswith("+"):
            continue
        groups = re.split(r"\D+", piece.strip())
        abroad = piece.startswith(("+", "00")) and 8 <= len(digits) <= 15
        national = digits.startswith("0") and 9 <= len(digits) <= 12 and len(groups) <= 6
        spanish = len(digits) == 9 and digits[0] in "679" and [len(g) for g in groups] in ([3, 3, 3], [9], [3, 2, 2, 2])
        if (
            abroad
            or national
            or US_PHONE.fullmatch(piece)
            or spanish
            or (PHONE_CUE.search(before) and len(digits) >= 7)
        ):
            yield start + (piece.startswith("(") and ")" not in piece), end
    yield from _spans(SHORT_US_PHONE, text)
    for start, end in _spans(SPOKEN_PHONE, text):
        words = re.split(r"[\s,\-]+", text[start:end].lower())
        if sum(len(word) if word.isdigit() else 1 for word in words) < _FEWEST_DIGITS:
            continue
        counted = words[:3] in (
            ["one", "two", "three"],
            ["uno", "dos", "tres"],
            ["eins", "zwei", "drei"],
            ["1", "2", "3"],
            ["0", "1", "2"],
        )
        if not counted and (
            words[0] in {"zero", "oh", "o", "null", "cero", "plus", "0"}
            or PHONE_CUE.search(text[max(0, start - 34) : start])
        ):
            yield start, end


def _is_service_number(text: str, span: tuple[int, int]) -> bool:
    digits = re.sub(r"\D", "", text[slice(*span)])
    if digits.removeprefix("00") in shipped_contacts().numbers or any(
        digits.endswith(number) for number in _long_numbers()
    ):
        return True
    if FREE.match(digits):
        return True
    around = text[max(0, span[0] - 70) : span[1] + 30]
    return bool(digits) and not MOBILE.match(digits) and bool(HELP_CUE.search(around))


@cache
def _long_numbers() -> tuple[str, ...]:
    """Numbers long enough to be known by their end, whatever stands before them: +44 808 2000 247 is 0808 2000 247."""
    return tuple({number.lstrip("0") for number in shipped_contacts().numbers if len(number.lstrip("0")) >= 8})


def _plates(text: str) -> Iterator[tuple[int, int]]:
    yield from _spans(PLATE, text)
    for match in CUED_PLATE.finditer(text):
        plate = match["plate"]
        if re.search(r"\d", plate) and re.search(r"[A-Z]", plate) and plate == plate.upper() and len(plate) >= 5:
            yield match.span("plate")


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (
        UNIT_ADDRESS,
        ADDRESS,
        ADDRESS_BEFORE_ITS_NUMBER,
        FRENCH_ADDRESS,
        SPANISH_ADDRESS,
        GERMAN_ADDRESS,
        POST_CODE,
    ):
        for start, end in _spans(pattern, text):
            if not GERMAN_DAY.search(text[start:end]):
                yield start, start + len(text[start:end].rstrip())
    yield from _spans(LOWER_ADDRESS, text, "address")
    yield from _spans(CUED_POST_CODE, text, "address")


def _workplaces(text: str) -> Iterator[tuple[int, int]]:
    for match in INSTITUTION.finditer(text):
        start = match.start() + _skipped(match[0], NO_WORKPLACES - {"high", "middle", "primary"})
        rest = text[start : match.end()].split()
        if len(rest) > 1 and rest[0].lower() not in NO_WORKPLACES and rest[0] not in {"School", "High", "Legal"}:
            yield start, match.end()
    for pattern in (SPANISH_SITE, FRENCH_SITE, GERMAN_SITE):
        yield from _spans(pattern, text)
    for match in WORK_CUE.finditer(text):
        group = match.lastgroup
        if group and not {word.lower().strip("'’s") for word in match[group].split()[:1]} & (NO_WORKPLACES | NO_NAMES):
            yield match.span(group)


def _skipped(piece: str, words: frozenset[str]) -> int:
    """How many characters of everyday words a run of capitals begins with: "The", "My", "At"."""
    at = 0
    for word in piece.split():
        if word.lower() not in words:
            break
        at += len(word) + 1
    return at


def _names(text: str) -> Iterator[tuple[int, int]]:
    for match in NAME_CUE.finditer(_with_small_cues(text)):
        yield from _as_name(text, *match.span("name"), german="hei" not in match[0] and _is_german_cue(match[0]))
    for match in TWO_NAMES.finditer(text):
        if _is_first_name(match["first"]):
            yield from _as_name(text, *match.span("name"), german=False)
    for match in SURNAME_FIRST.finditer(text):
        surname = match["name"].partition(",")[0]
        if _is_first_name(match["first"]) and not _is_first_name(surname) and surname.lower() not in NO_NAMES:
            yield match.span("name")
    for match in NAME_CUE_IN_SMALL.finditer(text):
        if not match["first"].islower() and match["last"].islower():
            continue  # whoever writes "Mia" would write her surname so, too: what follows is a verb
        if _is_first_name(match["first"]) and match["last"].lower() not in EVERYDAY:
            yield match.span("name")


def _as_name(text: str, start: int, end: int, *, german: bool) -> Iterator[tuple[int, int]]:
    parts = [(m.start() + start, m.end() + start) for m in re.finditer(r"\S+", text[start:end])]
    if german and not _is_first_name(text[slice(*parts[0])]):
        return
    if any(text[slice(*part)].lower().removesuffix("'s").removesuffix("’s") in NO_NAMES for part in parts[:2]):
        return
    if not all(
        any(c.islower() for c in text[slice(*part)]) or _INITIAL.fullmatch(text[slice(*part)]) for part in parts
    ):
        return
    last = parts[-1]
    if len(parts) > 2 and text[slice(*last)].lower().removesuffix("'s") in NO_NAMES:
        last = parts[-2]
    stop = last[1]
    if text[slice(*last)].lower().endswith(("'s", "’s")):
        stop -= 2
    yield start, stop


def _is_german_cue(cue: str) -> bool:
    return bool(re.match(r"mein\b", cue, re.IGNORECASE))


def _with_small_cues(text: str) -> str:
    """The text with the first letter of a sentence small where it begins a cue: "My ex", "Il s'appelle", "Me llamo"."""
    return re.sub(
        r"\b(?:My|His|Her|Name|Named|Called|I|Im|This|Me|Se|Mi|Soy|Mon|Ma|Son|Mein|Meine|Sein|Ihr|The)(?=[\s'’])",
        lambda m: m[0].lower(),
        text,
    )


def _is_first_name(word: str) -> bool:
    plain = unicodedata.normalize("NFD", word.lower())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)) in _first_names()


@cache
def _first_names() -> frozenset[str]:
    return frozenset((DATA / "first_names.txt").read_text(encoding="utf-8").split())


def _tidied(text: str) -> tuple[str, list[int]]:
    """The text in ordinary characters, capitals and accents kept, and where each of them came from."""
    if text.isascii():
        return text, list(range(len(text) + 1))
    tidy: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        plain = _plain_character(character)
        tidy.append(plain)
        places += [place] * len(plain)
    return "".join(tidy), [*places, len(text)]


@lru_cache(maxsize=4096)
def _plain_character(character: str) -> str:
    if unicodedata.category(character) == "Cf":
        return ""
    return character if character in "°′″" else unicodedata.normalize("NFKC", character)
