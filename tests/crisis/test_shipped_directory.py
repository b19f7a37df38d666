"""The list that ships with Hearth. A number here may be the last one that somebody dials."""

from __future__ import annotations

import csv
import re

import pytest

from crisis.contacts import SHIPPED_DIRECTORY
from crisis.countries import COUNTRY_NAMES, INTERNATIONAL
from crisis.languages import LANGUAGE_NAMES
from crisis.models import Kind, Pin, Resource
from crisis.services import COLUMNS, load_directory

with SHIPPED_DIRECTORY.open(encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file))
SINGLE_NUMBER = re.compile(r"[+*#]?[0-9 ().-]+")


def test_no_row_is_lost() -> None:
    assert len(ROWS) == 311
    assert tuple(ROWS[0]) == COLUMNS


def test_every_row_has_a_key_of_its_own_that_begins_with_its_country() -> None:
    assert len({row["slug"] for row in ROWS}) == len(ROWS)
    assert all(row["slug"].startswith(f"{row['country'].lower()}-") for row in ROWS)


def test_keys_do_not_say_what_the_site_is_for() -> None:
    telling = re.compile(r"abuse|narciss|survivor|domestic|victim|violen|suicid")

    assert [row["slug"] for row in ROWS if telling.search(row["slug"])] == []


def test_the_number_to_dial_is_the_number_shown_and_stands_only_where_that_is_one_number() -> None:
    def right(phone: str) -> str:
        return re.sub(r"[ ().-]", "", phone) if SINGLE_NUMBER.fullmatch(phone) else ""

    assert [row["slug"] for row in ROWS if row["dial"] != right(row["phone"])] == []


def test_numbers_that_a_phone_library_would_spoil_are_as_people_dial_them() -> None:
    dial = {row["slug"]: row["dial"] for row in ROWS}

    assert dial["us-nine-eight-eight"] == "988"
    assert dial["gb-samaritans"] == "116123"
    assert dial["gb-refuge"] == "08082000247"
    assert dial["au-emergency"] == "000"
    assert dial["jp-one-stop-centres"] == "#8891"
    assert dial["cl-no-estas-solo"] == "*4141"
    assert dial["id-healing"] == ""  # 119 ext. 8: two numbers


def test_sources_are_counted_right() -> None:
    wrong = [row["slug"] for row in ROWS if int(row["source_count"]) != len(set(row["sources"].split(";")))]

    assert wrong == []


def test_readers_see_no_remark_of_the_research() -> None:
    remark = re.compile(r"CONFLICT|CHECK|unconfirmed|source|\bbill\b|victim")

    assert [row["slug"] for row in ROWS if remark.search(row["reader_note"])] == []


def test_every_country_has_a_name_and_an_emergency_number() -> None:
    countries = {row["country"] for row in ROWS}

    assert countries == {*COUNTRY_NAMES, INTERNATIONAL}
    assert {row["country"] for row in ROWS if row["kind"] == "emergency" and row["dial"]} == countries


def test_every_language_has_a_name() -> None:
    tags = {tag for row in ROWS for tag in row["languages"].split(";") if tag}

    assert [tag for tag in tags if not {tag, tag.partition("-")[0]} & set(LANGUAGE_NAMES)] == []


@pytest.mark.django_db
def test_it_loads_whole_and_pins_the_two_live_directories() -> None:
    assert load_directory().created == 311

    assert Resource.objects.count() == 311
    assert set(Resource.objects.values_list("kind", flat=True)) == set(Kind.values)
    assert [pin.resource.slug for pin in Pin.objects.order_by("position")] == ["zz-find-a-helpline", "zz-lila-help"]
    assert load_directory().unchanged == 311


def test_hours_as_data_say_what_the_words_say() -> None:
    """Converted by hand where the words are clear; these pairs were read once more."""
    pairs = {(row["hours"], row["opening"], row["time_zone"]) for row in ROWS if row["opening"]}
    assert pairs == {
        ("24/7", "24/7", ""),
        ("12:00-02:00 daily", "12:00-02:00", "Asia/Dhaka"),
        ("Daily 08:00-20:00", "08:00-20:00", "America/Vancouver"),  # British Columbia
        ("Mon-Fri 08:00-24:00", "Mo-Fr 08:00-24:00", "America/Santiago"),
        ("Mon-Thu 08:00-20:00; Fri 08:00-15:00", "Mo-Th 08:00-20:00; Fr 08:00-15:00", "Europe/Berlin"),
        ("09:00-05:00 daily", "09:00-05:00", "Europe/Copenhagen"),
        ("Mon-Fri 16:00-20:00", "Mo-Fr 16:00-20:00", "Europe/Helsinki"),
        ("Mon-Fri 09:00-20:00", "Mo-Fr 09:00-20:00", "Europe/Helsinki"),
        ("Mon-Fri 10:00-19:00", "Mo-Fr 10:00-19:00", "Europe/Paris"),
        ("09:00-19:00 daily", "09:00-19:00", "Europe/Paris"),
        ("Mon-Thu 10:00-20:30; Fri 10:00-16:30", "Mo-Th 10:00-20:30; Fr 10:00-16:30", "Europe/London"),
        ("09:00-24:00 daily", "09:00-24:00", "Europe/Rome"),
        ("Mon-Fri 09:00-17:00 (one source, 2026-09)", "Mo-Fr 09:00-17:00", "Africa/Nairobi"),
        ("08:00-24:00 daily", "08:00-24:00", "Asia/Kuala_Lumpur"),
        ("07:00-23:00 daily", "07:00-23:00", "Asia/Taipei"),
        ("08:00-20:00", "08:00-20:00", "Asia/Dubai"),
        ("16:00-21:00", "16:00-21:00", "Asia/Tokyo"),
        ("Mon-Sat 14:00-20:00", "Mo-Sa 14:00-20:00", "Europe/Berlin"),
    }
    assert all(row["opening"] == "24/7" for row in ROWS if row["hours"] == "24/7")


def test_the_number_to_text_stands_in_the_words_and_is_no_messenger() -> None:
    texting = {row["slug"]: row["sms"] for row in ROWS if row["sms"]}
    assert [row["slug"] for row in ROWS if row["sms"] and "WhatsApp" in row["text"]] == []
    assert texting["us-nine-eight-eight"] == "988"
    assert texting["us-crisis-text-line"] == "741741"
    assert texting["fr-emergency"] == "114"
    assert "gb-emergency" not in texting  # reaches nobody from a phone that is not registered
