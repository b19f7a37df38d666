"""Open or closed, by the service's own clock: time zones, the nights in which clocks change, midnight."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from crisis.opening_hours import HoursUnreadable, read_hours

LONDON, BERLIN, TAIPEI, NEW_YORK = (
    ZoneInfo(name) for name in ("Europe/London", "Europe/Berlin", "Asia/Taipei", "America/New_York")
)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("hours", "zone", "at", "is_open"),
    [
        ("24/7", LONDON, "2026-03-29T01:30", True),
        # One moment, three places: 12:00 UTC is 20:00 in Taipei, 13:00 in Berlin, 08:00 in New York (summer there).
        ("07:00-20:00", TAIPEI, "2026-03-16T12:00", False),
        ("07:00-20:00", BERLIN, "2026-03-16T12:00", True),
        ("08:00-20:00", NEW_YORK, "2026-03-16T12:00", True),
        ("08:00-20:00", NEW_YORK, "2026-03-06T12:00", False),  # still winter: 07:00
        # To the minute.
        ("Mo-Fr 09:00-17:00", LONDON, "2026-01-05T08:59", False),
        ("Mo-Fr 09:00-17:00", LONDON, "2026-01-05T09:00", True),
        ("Mo-Fr 09:00-17:00", LONDON, "2026-01-05T16:59", True),
        ("Mo-Fr 09:00-17:00", LONDON, "2026-01-05T17:00", False),
        ("Mo-Fr 09:00-17:00", LONDON, "2026-01-10T12:00", False),  # a Saturday
        # Saturday in Taipei, still Friday in London.
        ("Mo-Fr 00:00-24:00", TAIPEI, "2026-01-09T17:00", False),
        ("Mo-Fr 00:00-24:00", LONDON, "2026-01-09T17:00", True),
        # Over midnight, also from Sunday into Monday, and up to 24:00.
        ("17:00-09:00", LONDON, "2026-01-05T03:00", True),
        ("17:00-09:00", LONDON, "2026-01-05T12:00", False),
        ("Su 22:00-02:00", LONDON, "2026-01-05T01:59", True),
        ("Su 22:00-02:00", LONDON, "2026-01-05T02:00", False),
        ("Mo 22:00-02:00", LONDON, "2026-01-05T01:59", False),
        ("08:00-24:00", LONDON, "2026-01-05T23:59", True),
        ("08:00-24:00", LONDON, "2026-01-06T00:00", False),
        # Clocks go forward in Berlin on 29 March at 01:00 UTC, back on 25 October.
        ("01:00-03:00", BERLIN, "2026-03-29T00:59", True),  # 01:59
        ("01:00-03:00", BERLIN, "2026-03-29T01:00", False),  # 03:00: there is no 02:00
        ("02:00-03:00", BERLIN, "2026-10-25T00:30", True),  # 02:30, the first time
        ("02:00-03:00", BERLIN, "2026-10-25T01:30", True),  # 02:30, the second time
        ("02:00-03:00", BERLIN, "2026-10-25T02:00", False),  # 03:00
        ("Mo-Tu,Th 10:00-12:00,14:00-16:00; Sa-Mo 20:00-21:00", LONDON, "2026-01-05T20:30", True),
        ("Mo-Tu,Th 10:00-12:00,14:00-16:00; Sa-Mo 20:00-21:00", LONDON, "2026-01-06T20:30", False),
        ("Mo-Tu,Th 10:00-12:00,14:00-16:00; Sa-Mo 20:00-21:00", LONDON, "2026-01-08T15:00", True),
    ],
)
def test_is_it_open(hours: str, zone: ZoneInfo, at: str, is_open: bool) -> None:
    assert read_hours(hours).is_open(utc(at), zone) is is_open


@pytest.mark.parametrize(
    ("hours", "zone", "at", "opens"),
    [
        ("Mo-Fr 09:00-17:00", LONDON, "2026-01-09T17:00", "2026-01-12T09:00+00:00"),  # Friday evening: on Monday
        ("Mo-Fr 09:00-17:00", LONDON, "2026-01-05T06:00", "2026-01-05T09:00+00:00"),
        ("Sa 10:00-12:00", LONDON, "2026-01-10T12:00", "2026-01-17T10:00+00:00"),  # just closed: in a week
        ("09:00-20:00", BERLIN, "2026-03-28T20:00", "2026-03-29T09:00+02:00"),  # the night has an hour less
        ("09:00-20:00", BERLIN, "2026-10-24T20:00", "2026-10-25T09:00+01:00"),  # and here one more
        ("02:30-05:00", BERLIN, "2026-03-28T20:00", "2026-03-29T03:30+02:00"),  # at a time the clocks leave out
    ],
)
def test_when_it_opens(hours: str, zone: ZoneInfo, at: str, opens: str) -> None:
    found = read_hours(hours).opens(utc(at), zone)
    assert found == dt.datetime.fromisoformat(opens)
    assert found.isoformat(timespec="minutes") == opens
    assert read_hours(hours).closes(utc(at), zone) is None


@pytest.mark.parametrize(
    ("hours", "at", "closes"),
    [
        ("Mo-Fr 09:00-17:00", "2026-01-09T12:00", "2026-01-09T17:00+00:00"),
        ("17:00-09:00", "2026-01-09T23:00", "2026-01-10T09:00+00:00"),
        ("Su 22:00-02:00", "2026-01-05T01:00", "2026-01-05T02:00+00:00"),  # begun last week
        ("Mo 09:00-24:00; Tu 00:00-03:00", "2026-01-05T12:00", "2026-01-06T03:00+00:00"),  # one after the other
        ("24/7", "2026-01-05T12:00", None),
        ("00:00-24:00", "2026-01-05T12:00", None),
    ],
)
def test_when_it_closes(hours: str, at: str, closes: str | None) -> None:
    found = read_hours(hours).closes(utc(at), LONDON)
    assert found == (dt.datetime.fromisoformat(closes) if closes else None)
    assert read_hours(hours).opens(utc(at), LONDON) is None


@pytest.mark.parametrize(
    "hours",
    [
        "",
        "always",
        "9-17",
        "09:00-17:00;",
        "Mo-Fr",
        "Mo-Xx 09:00-17:00",
        "09:00-09:00",
        "24:00-25:00",
        "Mo 09:00-17:60",
    ],
)
def test_what_is_no_hours_is_refused(hours: str) -> None:
    with pytest.raises(HoursUnreadable):
        read_hours(hours)
