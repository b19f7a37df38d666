"""Traces, freshness, languages: the sentences of one entry."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from crisis.models import Free, Resource


def test_every_way_of_contact_has_its_sentence() -> None:
    resource = Resource(phone="111", text="Text 222", chat_url="https://c.example/", web_url="https://w.example/")

    assert [trace.way for trace in resource.traces] == ["phone", "text", "chat", "web"]
    assert all(trace.sentence for trace in resource.traces)


def test_a_way_that_is_not_there_has_none() -> None:
    assert [trace.way for trace in Resource(text="Text 222").traces] == ["text"]


@pytest.mark.parametrize("free", Free.values)
def test_no_call_is_ever_said_to_stay_unseen(free: str) -> None:
    (trace,) = Resource(phone="111", free=free).traces

    assert "list of calls" in trace.sentence
    assert "bill" in trace.sentence
    assert " not " not in trace.sentence
    assert "never" not in trace.sentence


@pytest.mark.parametrize(
    ("verified_on", "sentence"),
    [
        (dt.date(2026, 9, 2), "Checked by this site in September 2026."),
        (dt.date(2026, 8, 31), "Not checked by this site since August 2026; it may have changed."),
    ],
)
@time_machine.travel(dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC))
def test_a_check_holds_for_ninety_days(verified_on: dt.date, sentence: str) -> None:
    assert Resource(verified_on=verified_on).last_checked == sentence


@pytest.mark.parametrize(
    ("source_count", "as_of", "sentence"),
    [
        (3, "2025-04", "Not checked by this site yet; 3 sources, the newest from April 2025."),
        (1, "2025-04", "Not checked by this site yet; one source, from April 2025."),
        (2, "", "Not checked by this site yet; its sources carry no date."),
    ],
)
def test_what_nobody_here_checked_says_so(source_count: int, as_of: str, sentence: str) -> None:
    assert Resource(source_count=source_count, as_of=as_of).last_checked == sentence


def test_languages_go_by_their_names() -> None:
    assert Resource(languages="es-MX;zh-HK;cy;tlh").language_names == ["Spanish", "Cantonese", "Welsh"]
    assert Resource().language_names == []
