from __future__ import annotations

import csv
import re
from urllib.parse import urlsplit

import pytest

from crisis.contacts import _CALLING_CODES, SHIPPED_DIRECTORY
from moderation.screeners.identifying import TYPES, Finding, find_identifying
from moderation.screeners.softening import softened, suggestion, what_it_tells

with SHIPPED_DIRECTORY.open(encoding="utf-8-sig", newline="") as _file:
    _SERVICES = list(csv.DictReader(_file))


@pytest.mark.parametrize("service", _SERVICES, ids=lambda row: row["slug"])
def test_a_service_of_the_directory_is_never_a_finding(service: dict[str, str]) -> None:
    for field in ("phone", "dial", "text", "chat_url", "web_url"):
        told = service[field]
        for text in (
            told,
            f"You can call {told} at night.",
            f"my number one tip: {told}",
            f"Write to {told}, they listen",
        ):
            found = [one for one in find_identifying(text) if one.type in {"phone", "url"}]
            assert found == [], text


@pytest.mark.parametrize("service", _SERVICES, ids=lambda row: row["slug"])
def test_a_services_site_is_known_without_its_www_and_at_its_e_mail(service: dict[str, str]) -> None:
    for field in ("chat_url", "web_url"):
        host = (urlsplit(service[field]).hostname or "").removeprefix("www.")
        if host:
            for text in (host, f"See {host}, it helped.", f"(www.{host})", f"Write to jo@{host}."):
                assert find_identifying(text) == [], text


@pytest.mark.parametrize("service", _SERVICES, ids=lambda row: row["slug"])
def test_a_services_number_is_known_from_abroad(service: dict[str, str]) -> None:
    code = _CALLING_CODES.get(service["country"])
    digits = re.sub(r"\D", "", service["phone"].split(";")[0])
    if code and len(digits) > 3:
        national = service["phone"].split(";")[0].strip().removeprefix("0")
        for text in (f"+{code} {national}", f"From abroad it is 00{code} {national}.", f"+{code}{digits.lstrip('0')}"):
            found = [one for one in find_identifying(text) if one.type == "phone"]
            assert found == [], text


@pytest.mark.parametrize("country", sorted({row["country"] for row in _SERVICES} - {"ZZ"}))
def test_every_country_of_the_directory_has_its_calling_code(country: str) -> None:
    assert _CALLING_CODES[country].isdecimal()


def test_a_site_that_only_looks_like_a_services_is_somebodys() -> None:
    assert [one.text for one in find_identifying("see karmanirvana.com.au and jo@notsamaritans.org")] == [
        "karmanirvana.com.au",
        "jo@notsamaritans.org",
    ]


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("he writes on toddhalloran.com.au about me", "url", "toddhalloran.com.au"),
        ("the shop is halloran-tyres.co.za", "url", "halloran-tyres.co.za"),
        ("my husband is called todd halloran", "name", "todd halloran"),
        ("The door says Mr Todd B. Halloran", "name", "Todd B. Halloran"),
        ("The file is named Halloran, Todd.", "name", "Halloran, Todd"),
        ("it is oh seven seven double oh 900 123", "phone", "oh seven seven double oh 900 123"),
        ("0 7 7 0 0 9 0 0 1 2 3", "phone", "0 7 7 0 0 9 0 0 1 2 3"),
        ("N 48° 51' 30\" E 2° 17' 40\"", "coordinates", "N 48° 51' 30\" E 2° 17' 40\""),
        ("Wir wohnen Am Neuen Markt 12, 14467 Potsdam", "address", "Am Neuen Markt 12"),
    ],
)
def test_other_ways_of_writing_are_read(text: str, kind: str, found: str) -> None:
    assert [(one.type, one.text) for one in find_identifying(text)] == [(kind, found)]


@pytest.mark.parametrize(
    "text",
    [
        "Yesterday, Darren was calm.",
        "Thanks, Maria.",
        "Hello, Tom and everyone",
        "My son is called so often that he sighs.",
        "Chapters 1 2 3 4 5 6 7 8 are done.",
        "0 1 2 3 4 5 6 7, and breathe",
        "She said Sarah, Tom and Mia came.",
    ],
)
def test_first_names_and_counting_are_not_findings(text: str) -> None:
    assert find_identifying(text) == []


def test_a_helpline_abroad_is_the_same_helpline() -> None:
    assert find_identifying("From here I dial +44 808 2000 247.") == []


def test_a_mobile_beside_the_word_refuge_is_still_somebodys() -> None:
    assert [one.type for one in find_identifying("I'm at the refuge, text me: 07700 900123")] == ["phone"]


@pytest.mark.parametrize(
    "text",
    [
        "The hearing is on 14/03/2025 at 10:30.",
        "It cost 1,250.00 and he paid 89.99.",
        "Order number 4500-2231-9912 is lost.",
        "In 2020-2021 we stayed inside.",
        "He called 60 times between 9 and 11.",
        "one two three four five six seven eight, and breathe",
        "We are @ home.",
        "Version 10.2.14.3 of the app",
        "I love it.thanks everyone",
    ],
)
def test_everyday_numbers_and_signs_are_not_findings(text: str) -> None:
    assert find_identifying(text) == []


def test_hidden_characters_do_not_hide_a_detail_and_offsets_stay_true() -> None:
    text = "write to anna\u200b@postbox.example or ０７７００ ９００１２３"
    assert [(one.type, one.text) for one in find_identifying(text)] == [
        ("email", "anna\u200b@postbox.example"),
        ("phone", "０７７００ ９００１２３"),
    ]


def test_the_vaguer_wording_holds_none_of_it() -> None:
    text = "My ex Daniel Whitcombe works at Greenfield Motors, call 07700 900123."
    vaguer = softened(text, find_identifying(text))
    assert vaguer == "My ex [a name] works at [a workplace or school], call [a number]."
    assert find_identifying(vaguer) == []


@pytest.mark.parametrize("kind", TYPES)
def test_each_type_says_what_it_tells_and_offers_something_vaguer(kind: str) -> None:
    finding = Finding(kind, 0, 1, "x")
    assert suggestion(finding).startswith("[")
    assert what_it_tells(finding)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We moved to Elm Street 14, in the spring.", [("address", "Elm Street 14")]),
        ("Mein Mann Jürgen Krause war dabei.", [("name", "Jürgen Krause")]),
        ("My daughter Mia goes there, and my son Tom cried.", []),
        ("On Baker Street 3 times he turned back.", []),
    ],
)
def test_a_house_number_may_come_last_and_a_verb_is_no_surname(text: str, found: list[tuple[str, str]]) -> None:
    assert [(one.type, one.text) for one in find_identifying(text)] == found
