"""The yearly report: from the log alone, the same each time, and nobody in it."""

from __future__ import annotations

import datetime as dt
import io
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from common.public_id import ALPHABET, LENGTH, new_public_id
from forum.models import Category, Post
from forum.services.visibility import publish_post
from moderation import audit
from moderation.models import AuditEntry, Case, Level, Sanction, Seen
from moderation.services.appeals import appeal_statement, decide_appeal
from moderation.services.decisions import decide
from moderation.services.moderators import leads
from moderation.services.redaction import redact_entry
from moderation.services.reports import report_post
from moderation.services.reversing import reverse_decision
from moderation.services.roles import OnlyLeads
from moderation.services.sanctions import Terms
from moderation.services.transparency import SMALLEST_SHOWN, _count, report_for_lead, suppressed, transparency_report
from moderation.services.undoing import undo_decision
from tests.personas import sign_in, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

GOLDEN = Path(__file__).parent / "data"
# What happened in 2025, and how often; some codes are not ours.
HAPPENED: tuple[tuple[str, dict[str, Any], int], ...] = (
    ("post_written", {"reasons": ["guest"]}, 23),
    ("post_erased", {}, 3),
    ("post_reported", {"reason": "BLAMES"}, 12),
    ("post_reported", {"reason": "SPAM"}, 7),
    ("post_reported", {"reason": "DANGER"}, 4),
    ("post_reported", {"reason": "Ann Smith, 12 High Street"}, 6),
    ("report_judged", {"judgement": "RIGHT"}, 9),
    ("report_judged", {"judgement": "UNFOUNDED"}, 5),
    ("report_judged", {"judgement": "MISUSED"}, 5),
    ("case_decided", {"action": "PUBLISH"}, 31),
    ("case_decided", {"action": "HIDE"}, 8),
    ("case_decided", {"action": "RETURN"}, 6),
    ("case_decided", {"action": "LEAVE"}, 5),
    ("sanction_given", {"level": "WARNING"}, 2),
    ("appealed", {}, 11),
    ("appealed_by_reporter", {}, 2),
    ("appeal_decided", {"by": "AUTHOR", "outcome": "UPHELD", "days": 2}, 3),
    ("appeal_decided", {"by": "AUTHOR", "outcome": "UPHELD", "days": 9}, 4),
    ("appeal_decided", {"by": "AUTHOR", "outcome": "OVERTURNED", "days": 30}, 5),
    ("appeal_decided", {"by": "REPORTER", "outcome": "OVERTURNED", "days": 90}, 1),
    ("case_passed_on", {}, 5),
    ("some_event_of_later", {}, 9),
)


@pytest.fixture
def log(moderator: User) -> Iterator[None]:
    """A year of it, with a day of the years before and after."""
    with time_machine.travel(dt.datetime(2024, 12, 31, 23, 59, tzinfo=dt.UTC), tick=False) as clock:
        _five_reports(moderator)
        clock.move_to(dt.datetime(2025, 1, 1, 0, 0, tzinfo=dt.UTC))
        for event, facts, times in HAPPENED:
            for time in range(times):
                by = moderator if event in {"case_decided", "report_judged"} else None
                audit.append(event, moderator=by, case=new_public_id(), **facts)
                clock.move_to(dt.datetime(2025, 1 + time % 12, 28, 12, tzinfo=dt.UTC))
        clock.move_to(dt.datetime(2026, 1, 1, 0, 0, tzinfo=dt.UTC))
        _five_reports(moderator)
        yield


def _five_reports(moderator: User) -> None:
    for by in (None, moderator):  # an entry with a day, and one with a time
        for _number in range(5):
            audit.append("post_reported", moderator=by, reason="BLAMES")


def printed(*arguments: str) -> str:
    out = io.StringIO()
    call_command("transparency_report", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_the_report_for_programs_is_the_one_we_know(log: None) -> None:
    assert json.loads(printed("--year", "2025", "--json")) == json.loads(
        (GOLDEN / "transparency_2025.json").read_text()
    )


@pytest.mark.django_db
def test_the_report_to_be_read_is_the_one_we_know(log: None) -> None:
    assert printed("--year", "2025") == (GOLDEN / "transparency_2025.txt").read_text()


@pytest.mark.django_db
def test_it_is_made_from_the_log_alone(log: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3) as queries:
        transparency_report(2025)
    for query in queries.captured_queries:
        assert 'FROM "moderation_auditentry"' in query["sql"]
        assert "JOIN" not in query["sql"]


@pytest.mark.django_db
def test_a_year_of_the_log_is_found_by_an_index(log: None) -> None:
    of_year = AuditEntry.objects.filter(at__gte="2025", at__lt="2026").order_by().values("event")
    with connection.cursor() as cursor:
        sql, parameters = of_year.query.sql_with_params()
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"{'EXPLAIN' if connection.vendor == 'postgresql' else 'EXPLAIN QUERY PLAN'} {sql}", parameters)
        assert "log_by_day" in str(cursor.fetchall())


@pytest.mark.django_db
def test_nobody_is_in_it(log: None, moderator: User, category: Category) -> None:
    """Real deeds, with names and ids that must not come back."""
    with time_machine.travel(dt.datetime(2025, 6, 1, tzinfo=dt.UTC), tick=False):
        for _number in range(6):
            post = written_by_guest(category, title="Sentinel title", text="Sentinel words.").post
            report_post(post, actor="member:1", reason="OTHER", text="Sentinel report.")
            case = Case.objects.select_related("post").get(post=post)
            decide(case, actor=moderator, action="HIDE", seen=Seen.of(case), reason="Sentinel reason.")
    told = printed("--year", "2025", "--json") + printed("--year", "2025")
    assert "Sentinel" not in told
    assert moderator.pseudonym not in told
    assert "Ann" not in told
    assert "High Street" not in told
    assert not re.findall(rf"(?<![{ALPHABET}])[{ALPHABET}]{{{LENGTH}}}(?![{ALPHABET}])", told), "an id"
    assert not re.findall(r"\d{4}-\d\d|\d\d:\d\d", told), "a day or a time"
    assert not re.findall(r"[\w.]+@[\w.]+|\+?\d[\d /-]{6,}", told), "an address or a number to call"
    assert not [
        number for number in _numbers(json.loads(printed("--year", "2025", "--json"))) if number < SMALLEST_SHOWN
    ]


def _numbers(told: Any) -> Iterator[int]:
    if isinstance(told, dict):
        for each in told.values():
            yield from _numbers(each)
    elif told is not None:
        yield told


SMALL = st.integers(0, SMALLEST_SHOWN - 1)


@given(
    cells=st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 20), min_size=1), others=st.lists(SMALL, min_size=6)
)
def test_nothing_that_is_shown_depends_on_a_small_number(cells: dict[str, int], others: list[int]) -> None:
    small = [code for code, number in cells.items() if number < SMALLEST_SHOWN]
    changed = cells | dict(zip(small, others, strict=False))
    assert suppressed(cells) == suppressed(changed)
    shown, total = suppressed(cells)
    assert all(shown[code] is None for code in small)
    assert total == (None if small else sum(cells.values()))


@pytest.mark.django_db
def test_what_was_taken_out_of_the_log_once_without_what_counts_is_counted_as_such(log: None, lead: User) -> None:
    """As it was before the entry that says so kept it."""
    spam = [entry for entry in AuditEntry.objects.filter(event="post_reported") if entry.facts["reason"] == "SPAM"]
    for entry in spam[:5]:
        AuditEntry.objects.filter(pk=entry.pk).update(facts={}, salt="")
        audit.append(audit.REDACTED, moderator=lead, entry=entry.number, why="LAW")
    reports = transparency_report(2025).as_json()["tables"]["reports"]["cells"]
    assert (reports["SPAM"], reports["TAKEN_OUT"], reports["BLAMES"]) == (None, 5, 12)


@pytest.mark.django_db
def test_it_is_the_same_whatever_is_taken_out_of_the_log(log: None, lead: User) -> None:
    before = transparency_report(2025)
    for number in AuditEntry.objects.filter(at__gte="2025", at__lt="2026").values_list("number", flat=True):
        redact_entry(number, actor=lead, why="FINDS")
    assert transparency_report(2025).as_json() == before.as_json()
    assert not list(audit.problems())
    told = json.dumps([*AuditEntry.objects.filter(event=audit.REDACTED).values_list("facts", flat=True)])
    assert "Ann" not in told
    assert not re.findall(rf"(?<![{ALPHABET}])[{ALPHABET}]{{{LENGTH}}}(?![{ALPHABET}])", told), "an id"


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_nor_does_it_matter_what_of_a_decision_and_its_undoing_was_taken_out(lead: User, seed: int) -> None:
    """Decided, undone and decided the same way again; taken back, and that undone; also in the night between two years,
    and in whatever order facts are taken out.
    """
    drawn = random.Random(seed)  # noqa: S311 - no secret
    with time_machine.travel(dt.datetime(2025, 6, 1, tzinfo=dt.UTC), tick=False) as clock:
        for _case in range(5):
            _decided_and_undone(lead, drawn, clock, times=drawn.randint(1, 4))
        for _case in range(2):
            clock.move_to(dt.datetime(2025, 12, 31, 23, 59, 50, tzinfo=dt.UTC))
            _decided_and_undone(lead, drawn, clock, times=1)
        clock.move_to(dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
        before = _count(2025)
        numbers = list(AuditEntry.objects.values_list("number", flat=True))
        for number in drawn.sample(numbers, len(numbers)):
            redact_entry(number, actor=lead, why="FINDS")
            assert _count(2025) == before


def _decided_and_undone(lead: User, drawn: random.Random, clock: time_machine.Traveller, *, times: int) -> None:
    case = new_public_id()
    for _time in range(times):
        action, sanction = drawn.choice(["HIDE", "LEAVE"]), new_public_id()
        is_reversal, is_undone = drawn.random() < 0.3, drawn.random() < 0.6
        if is_reversal:
            audit.append("case_reopened", moderator=lead, case=case, undoes=action)
            audit.append("sanction_lifted", moderator=lead, sanction=sanction)
        else:
            audit.append("case_decided", moderator=lead, case=case, action=action)
            audit.append("sanction_given", moderator=lead, sanction=sanction, level="BAN")
        clock.shift(12)
        if is_undone:
            besides = {"not_lifted": [sanction], "reverses": True} if is_reversal else {"sanctions": [sanction]}
            audit.append("decision_undone", moderator=lead, case=case, action=action, **besides)


@pytest.mark.django_db
def test_a_few_of_another_code_are_told_by_no_row_and_by_no_total(log: None) -> None:
    before = transparency_report(2025).as_json()["tables"]["decisions"]
    with time_machine.travel(dt.datetime(2025, 6, 1, tzinfo=dt.UTC), tick=False):
        audit.append("case_decided", moderator=None, action="SOME_LATER_ACTION")
    assert transparency_report(2025).as_json()["tables"]["decisions"] == before


@pytest.mark.django_db
@pytest.mark.parametrize("year", [2026, 2027, 1999, 0])
def test_a_year_that_is_not_over_is_refused(log: None, year: int) -> None:
    with pytest.raises(CommandError, match="Choose a year that is over"):
        printed("--year", str(year))


# --- Appeals, and what was undone -------------------------------------------------------------------------------------


def appeals(*decided: tuple[str, str, int, int], asked: int = 0) -> dict[str, Any]:
    """In 2025: by whom, with which outcome, after so many days, so many times."""
    with time_machine.travel(dt.datetime(2025, 6, 1, tzinfo=dt.UTC), tick=False):
        for by, outcome, days, times in decided:
            for _time in range(times):
                audit.append("appeal_decided", moderator=None, case=new_public_id(), by=by, outcome=outcome, days=days)
        for _time in range(asked):
            audit.append("appealed", moderator=None)
    with time_machine.travel(dt.datetime(2026, 6, 1, tzinfo=dt.UTC), tick=False):
        told = transparency_report(2025).as_json()
    return {**told["tables"]["appeals"], "asked": told["appeals_asked"], "days": told["appeals_days"]}


FOUR = tuple((by, outcome, 3, 5) for by in ("AUTHOR", "REPORTER") for outcome in ("UPHELD", "OVERTURNED"))


@pytest.mark.django_db
def test_appeals_are_counted_by_who_asked_by_what_came_of_it_and_how_long_it_took() -> None:
    told = appeals(*FOUR, asked=25)
    assert set(told["cells"].values()) == {5}
    assert (told["total"], told["asked"], told["days"]) == (20, 25, 3)


@pytest.mark.django_db
@pytest.mark.parametrize(("few", "asked"), [(4, 19), (0, 15), (3, 40)])
def test_what_is_missing_of_appeals_is_reckoned_from_nothing(few: int, asked: int) -> None:
    """Whether few or none were overturned, and how many were asked for: what is told is the same."""
    told = appeals(*FOUR[:3], ("REPORTER", "OVERTURNED", 200, few), asked=asked)
    assert told == {
        "cells": {"AUTHOR_UPHELD": 5, "AUTHOR_OVERTURNED": 5, "REPORTER_UPHELD": 5, "REPORTER_OVERTURNED": None},
        "total": None,
        "asked": None,
        "days": 3,
    }


@pytest.mark.django_db
@pytest.mark.parametrize(("asked", "told"), [(20, 20), (21, None), (24, None), (16, None), (25, 25), (15, 15)])
def test_nor_how_few_still_wait(asked: int, told: int | None) -> None:
    assert appeals(*FOUR, asked=asked)["asked"] == told


@pytest.mark.django_db
def test_what_was_undone_is_not_counted_and_what_was_decided_then_is(moderator: User, category: Category) -> None:
    with time_machine.travel(dt.datetime(2025, 6, 1, tzinfo=dt.UTC), tick=False):
        for number in range(7):
            post = publish_post(written_by_guest(category).post, actor=None)
            case = Case.objects.select_related("post__thread__category").get(post=post)
            for _again in range(2 if number < 6 else 1):
                case.refresh_from_db()
                terms = Terms(Level.WARNING, "Please be kind.")
                decide(case, actor=moderator, action="LEAVE", seen=Seen.of(case), sanction=terms)
                case.refresh_from_db()
                if not _again:
                    undo_decision(case, actor=moderator, seen=Seen.of(case))
    with time_machine.travel(dt.datetime(2026, 6, 1, tzinfo=dt.UTC), tick=False):
        told = transparency_report(2025).as_json()
    assert told["tables"]["decisions"]["cells"]["LEAVE"] == 6
    assert told["tables"]["sanctions"]["cells"]["WARNING"] == 6
    assert told["deeds"]["decision_undone"] == 7


def _reversed(post: Post, moderator: User, *, stays: bool) -> None:
    """Taken back, and that undone; then taken back again if it `stays`."""
    for is_undoing in (False, True, False) if stays else (False, True):
        case = Case.objects.select_related("post__thread__category").get(post=post)
        if is_undoing:
            undo_decision(case, actor=moderator, seen=Seen.of(case))
        else:
            reverse_decision(case, actor=moderator, seen=Seen.of(case), why="w")


@pytest.mark.django_db
def test_nor_is_a_decision_that_was_taken_back_and_stands_again(moderator: User, category: Category) -> None:
    with time_machine.travel(dt.datetime(2025, 6, 1, tzinfo=dt.UTC), tick=False) as clock:
        for number in range(6):
            post = written_by_guest(category).post
            case = Case.objects.select_related("post__thread__category").get(post=post)
            decide(case, actor=moderator, action="HIDE", seen=Seen.of(case), reason="r")
            clock.shift(20)
            _reversed(post, moderator, stays=number < 5)
    with time_machine.travel(dt.datetime(2026, 6, 1, tzinfo=dt.UTC), tick=False):
        told = transparency_report(2025).as_json()
    assert told["tables"]["decisions"]["cells"]["HIDE"] == 6
    assert (told["deeds"]["decision_reversed"], told["deeds"]["decision_undone"]) == (5, 6)


@pytest.mark.django_db
def test_nor_is_a_sanction_that_was_lifted_with_it_and_holds_again(moderator: User, category: Category) -> None:
    with time_machine.travel(dt.datetime(2025, 6, 1, tzinfo=dt.UTC), tick=False) as clock:
        for number in range(6):
            post = written_by_guest(category).post
            case = Case.objects.select_related("post__thread__category").get(post=post)
            terms = Terms("SUSPENSION", "r", 7)
            decide(case, actor=moderator, action="HIDE", seen=Seen.of(case), reason="r", sanction=terms)
            clock.shift(20)
            _reversed(post, moderator, stays=number < 5)
        assert Sanction.objects.filter(lifted_on=None).count() == 1
    with time_machine.travel(dt.datetime(2026, 6, 1, tzinfo=dt.UTC), tick=False):
        told = transparency_report(2025).as_json()
    assert told["tables"]["sanctions"]["cells"]["SUSPENSION"] == 6
    assert told["deeds"]["sanction_lifted"] == 5


@pytest.mark.django_db
def test_the_log_keeps_of_an_appeal_who_asked_and_the_days(moderator: User, second: User, category: Category) -> None:
    with time_machine.travel(dt.datetime(2025, 6, 1, 12, tzinfo=dt.UTC), tick=False) as clock:
        guest = written_by_guest(category)
        case = Case.objects.select_related("post__thread__category").get()
        decision = decide(case, actor=moderator, action="HIDE", seen=Seen.of(case), reason="r")
        clock.shift(dt.timedelta(days=1))
        assert decision.statement
        case = appeal_statement(decision.statement, actor=guest.reader, text="It is a song.").case
        clock.shift(dt.timedelta(days=3))
        case = Case.objects.select_related("post").get(pk=case.pk)
        decide_appeal(case, actor=second, seen=Seen.of(case), overturns=True, answer="You are right.")
    facts = AuditEntry.objects.get(event="appeal_decided").facts
    assert (facts["by"], facts["outcome"], facts["days"]) == ("AUTHOR", "OVERTURNED", 3)


# --- Its doors --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_leads_read_it_at_the_desk_and_over_the_api(log: None, client: Client, moderator: User) -> None:
    sign_in(client, moderator)
    page, api = "/admin/moderation/case/transparency/", "/api/v1/desk/transparency/2025/"
    assert client.get(page).status_code == 302
    assert (client.get(api).status_code, client.get(api).json()["code"]) == (403, "only-leads")
    with pytest.raises(OnlyLeads):
        report_for_lead(2025, actor=moderator)
    moderator.groups.add(leads())
    assert "Reports by readers" in client.get(page).content.decode(), "the last year that is over"
    refused = client.get(f"{page}?year=2026")
    assert (refused.status_code, "Choose a year that is over" in refused.content.decode()) == (400, True)
    assert client.get(f"{page}?year=last").status_code == 400
    assert client.get(api).json() == json.loads((GOLDEN / "transparency_2025.json").read_text())
    assert client.get("/api/v1/desk/transparency/2026/").json()["code"] == "year-not-over"
