"""Every language says all there is to say. That locale/ is what the code says is for `script/messages --check`."""

from __future__ import annotations

import gettext
import re
import xml.etree.ElementTree as ET
from contextlib import suppress
from typing import Any

import html5lib
import pytest
from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from accounts.models import User
from common.public_id import ALPHABET, LENGTH
from config.env import BASE_DIR
from crisis.countries import in_order
from forum.models import Category
from tests.house.doors import Answer, signed_in, url_names, visitor
from tests.personas import written_by

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
MARKS = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|\{\w*\}|</?\w+[^>]*>")
WORD = re.compile(r"[^\W\d_]{2,}")
PUBLIC_ID = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}")
READ_OUT = ("alt", "aria-label", "placeholder", "title", "data-word", "data-one", "data-two")
LEFT_OUT = {"script", "style", str(ET.Comment)}
WRITTEN = {"A title", "Some words.", "quiet harbour", "Link: quiet harbour", "desk one"}
WRITTEN |= {"case_opened", "post_written"}  # deeds in the log, which is kept in one language


def compiled(language: str) -> dict[Any, str]:
    path = BASE_DIR / "locale" / language / "LC_MESSAGES" / "django.mo"
    with path.open("rb") as file:
        catalog = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {message: text for message, text in catalog.items() if message}


def test_every_language_that_is_offered_has_its_folder_and_every_folder_is_offered() -> None:
    folders = {path.parent.name for path in (BASE_DIR / "locale").glob("*/LC_MESSAGES")}
    assert folders == set(LANGUAGES)


def test_all_languages_have_the_same_messages() -> None:
    first, *others = (set(compiled(language)) for language in LANGUAGES)
    assert len(first) > 1000
    assert [first ^ other for other in others] == [set()] * len(others)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_empty_or_loses_what_is_put_into_it(language: str) -> None:
    wrong = []
    for message, text in compiled(language).items():
        said = message[0] if isinstance(message, tuple) else message
        marks = sorted(MARKS.findall(text))
        # Of a plural, only the singular is there to compare with: it may say "one" where the text says how many.
        kept = marks == sorted(MARKS.findall(said)) or (isinstance(message, tuple) and marks != [])
        if not text.strip() or not kept:
            wrong.append((message, text))
    assert wrong == []


def _said_on(answer: Answer) -> set[str]:
    """What a page says, in text and in attributes that are read out, where it is more than a word."""
    document = html5lib.parse(answer.body, namespaceHTMLElements=False)
    said = {
        text
        for element in document.iter()
        if str(element.tag) not in LEFT_OUT
        for text in (element.text, element.tail, *map(element.get, READ_OUT))
        if text
    }
    return {" ".join(text.split()) for text in said if len(WORD.findall(text)) > 1 and not PUBLIC_ID.fullmatch(text)}


def _pages() -> list[str]:
    """The addresses that need nothing to be filled in."""
    found = set()
    for name in url_names():
        with suppress(NoReverseMatch):
            found.add(reverse(name))
    return sorted(url for url in found if not url.startswith(("/api/", "/leave/", "/away/", "/come-back/")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_in_english(language: str, category: Category, member: User, moderator: User) -> None:
    """On every page, compared with the same page in English. What people and operators wrote is not for us."""
    post = written_by(member, category)
    ask = {"member": signed_in(member), "moderator": signed_in(moderator), "visitor": visitor()}
    translated: dict[str, Any] = {"accept-language": language}
    left = []
    read = 0
    for who, somebody in ask.items():
        for url in [*_pages(), f"/t/{post.thread.public_id}/", f"/p/{post.public_id}/", f"/p/{post.public_id}/reply/"]:
            english = somebody.ask(url)
            if english.status != 200 or not english.is_html:
                continue
            read += 1
            same = _said_on(english) & _said_on(somebody.ask(url, **translated))
            left += [(who, url, text) for text in same - WRITTEN]
    assert "\n".join(map(repr, left)) == ""
    assert read > 60


def test_countries_stand_in_the_order_of_their_names() -> None:
    with translation.override("fr"):
        names = [name for _code, name in in_order([("EG", "Égypte"), ("FI", "Finlande"), ("ES", "Espagne")])]
    assert names == ["Égypte", "Espagne", "Finlande"]
