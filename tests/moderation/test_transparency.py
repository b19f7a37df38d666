"""The yearly report: from the log alone, the same each time, and nobody in it."""

from __future__ import annotations

import datetime as dt
import io
import json
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
from forum.models import Category
from moderation import audit
from moderation.models import AuditEntry, Case, Seen
from moderation.services.decisions import decide
from moderation.services.moderators import leads
from moderation.services.redaction import OnlyLeads, redact_entry
from moderation.services.reports import report_post
from moderation.services.transparency import SMALLEST_SHOWN, report_for_lead, suppressed, transparency_report
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
    ("appeal_decided", {"outcome": "UPHELD"}, 5),
    ("appeal_decided", {"outcome": "OVERTURNED"}, 1),
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
    with django_assert_num_queries(1) as queries:
        transparency_report(2025)
    assert 'FROM "moderation_auditentry"' in queries.captured_queries[0]["sql"]
    assert "JOIN" not in queries.captured_queries[0]["sql"]


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
def test_what_was_taken_out_of_the_log_is_counted_as_such(log: None, moderator: User) -> None:
    moderator.groups.add(leads())
    lead = type(moderator).objects.get(pk=moderator.pk)
    spam = [entry for entry in AuditEntry.objects.filter(event="post_reported") if entry.facts["reason"] == "SPAM"]
    for entry in spam[:5]:
        redact_entry(entry.number, actor=lead, why="LAW")
    reports = transparency_report(2025).as_json()["tables"]["reports"]["cells"]
    assert (reports["SPAM"], reports["TAKEN_OUT"], reports["BLAMES"]) == (None, 5, 12)


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
