"""Figures for leads: bounded, of nobody in particular."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from forum.models import Category, Post
from forum.services.visibility import publish_post
from moderation.models import Agreement, Case, FirstLooks, Lane, Seen, Waited
from moderation.services.appeals import appeal_statement, decide_appeal
from moderation.services.claims import hand_over, take, take_next
from moderation.services.decisions import ActionNotPossible, decide
from moderation.services.figures import FEWEST_LOOKS, figures
from moderation.services.moderators import leads
from moderation.services.reports import report_post
from moderation.services.roles import OnlyLeads
from tests.personas import PASSWORD, answered_by, sign_in, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)


@pytest.fixture
def lead(moderator: User) -> User:
    moderator.groups.add(leads())
    return type(moderator).objects.get(pk=moderator.pk)


def case_of(post: Post) -> Case:
    return Case.objects.select_related("post").get(post=post)


def waited() -> list[tuple[int, str, int]]:
    return sorted(FirstLooks.objects.values_list("lane", "waited", "cases"))


def test_what_waits_is_told_by_lane_and_by_when_it_was_due(category: Category, lead: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        for hours, many in ((40, 1), (20, 2), (0, 3)):
            clock.move_to(NOW - dt.timedelta(hours=hours))
            for _number in range(many):
                written_by_guest(category)
        clock.move_to(NOW)
        report_post(written_by_guest(category).post, actor="member:1", reason="DANGER")
        waiting = {row.lane: row for row in figures(actor=lead).waiting}
    rules, life = waiting[Lane.RULES], waiting[Lane.LIFE]
    assert (rules.not_due, rules.due, rules.long_due) == (3, 2, 1)
    assert (life.not_due, life.due, life.long_due) == (0, 1, 0), "a quarter of an hour after the full one"


def test_how_long_a_case_waited_for_its_first_look_is_counted_once(category: Category, lead: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        case = case_of(written_by_guest(category).post)
        clock.shift(dt.timedelta(hours=4))
        take(case, actor=lead)
        take(case, actor=lead)
        hand_over(case, actor=lead)
        clock.shift(dt.timedelta(days=3))
        seen = Seen.of(Case.objects.select_related("post").get())
        decide(case, actor=lead, action="PUBLISH", seen=seen)
    assert waited() == [(Lane.RULES, "SIX_HOURS", 1)]


def test_a_case_that_is_decided_without_being_taken_was_looked_at_then(category: Category, lead: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        case = case_of(written_by_guest(category).post)
        clock.shift(dt.timedelta(days=2))
        decide(case, actor=lead, action="RETURN", seen=Seen.of(case), word="Shorter, please.")
        assert take_next(actor=lead) is None
    assert waited() == [(Lane.RULES, "LONGER", 1)]


def test_a_refused_decision_is_no_look(category: Category, lead: User) -> None:
    case = case_of(written_by_guest(category).post)
    with pytest.raises(ActionNotPossible):
        decide(case, actor=lead, action="LEAVE", seen=Seen.of(case))
    assert waited() == []
    assert not Case.objects.get().is_looked_at


@pytest.mark.parametrize(
    ("minutes", "code"),
    [
        (30, "HOUR"),
        (31, "TWO_HOURS"),
        (90, "TWO_HOURS"),
        (330, "SIX_HOURS"),
        (331, "DAY"),
        (1410, "DAY"),
        (1411, "LONGER"),
    ],
)
def test_it_is_counted_from_the_full_hour_before_it_came(
    category: Category, lead: User, minutes: int, code: str
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:  # half past
        case = case_of(written_by_guest(category).post)
        clock.shift(dt.timedelta(minutes=minutes))
        take(case, actor=lead)
    assert waited() == [(Lane.RULES, code, 1)]


def test_first_looks_of_the_last_three_months_are_told_by_lane(lead: User) -> None:
    with time_machine.travel(NOW, tick=False):
        for month, cases in ((dt.date(2025, 12, 1), 9), (dt.date(2026, 1, 1), 2), (dt.date(2026, 3, 1), 3)):
            FirstLooks.objects.create(month=month, lane=Lane.HARM, waited="DAY", cases=cases)
        looked = {row.lane: row for row in figures(actor=lead).first_looks}
    assert looked[Lane.HARM].cases[Waited.DAY] == looked[Lane.HARM].together == 5
    assert looked[Lane.LIFE].together == 0


def test_of_the_stories_of_the_last_days_those_that_somebody_answered_are_told(
    category: Category, lead: User, trusted_member: User, other_member: User
) -> None:
    publish_post(written_by(other_member, category), actor=None)
    before = figures(actor=lead)
    with time_machine.travel(dt.datetime.now(dt.UTC) - dt.timedelta(days=31), tick=False):
        written_by(trusted_member, category)
    story = written_by(trusted_member, category)
    now = figures(actor=lead)
    assert (now.stories, now.stories_answered) == (before.stories + 1, before.stories_answered)
    answered_by(other_member, story)
    now = figures(actor=lead)
    assert (now.stories, now.stories_answered) == (before.stories + 1, before.stories_answered + 1)


def test_of_the_appeals_of_the_last_year_those_that_were_overturned_are_told(
    category: Category, moderator: User, lead: User
) -> None:
    colleague = type(moderator).objects.create_user("desk two", PASSWORD, is_staff=True)
    colleague.groups.set(moderator.groups.all())
    for days, overturns in ((366, True), (300, True), (10, False)):
        with time_machine.travel(NOW - dt.timedelta(days=days), tick=False):
            guest = written_by_guest(category)
            case = case_of(guest.post)
            decision = decide(case, actor=moderator, action="HIDE", seen=Seen.of(case), reason="It names a street.")
            assert decision.statement is not None
        with time_machine.travel(NOW - dt.timedelta(days=days) + dt.timedelta(minutes=1), tick=False):
            appeal = appeal_statement(decision.statement, actor=guest.reader, text="There is none.").case
            appeal = Case.objects.select_related("post").get(pk=appeal.pk)
            decide_appeal(appeal, actor=colleague, seen=Seen.of(appeal), overturns=overturns, answer="We looked.")
    with time_machine.travel(NOW, tick=False):
        told = figures(actor=lead)
    assert (told.appeals, told.appeals_overturned) == (2, 1)


def test_agreement_is_told_from_enough_looks_on(lead: User) -> None:
    with time_machine.travel(NOW, tick=False):
        month = dt.date(2026, 3, 1)
        Agreement.objects.create(month=dt.date(2025, 3, 1), first="STAYS", second="HIDDEN", looks=500)
        Agreement.objects.create(month=month, first="STAYS", second="STAYS", looks=FEWEST_LOOKS - 5)
        Agreement.objects.create(month=month, first="STAYS", second="HIDDEN", looks=4)
        assert (figures(actor=lead).second_looks, figures(actor=lead).agree) == (FEWEST_LOOKS - 1, None)
        Agreement.objects.create(month=dt.date(2025, 4, 1), first="HIDDEN", second="HIDDEN", looks=1)
        assert (figures(actor=lead).second_looks, figures(actor=lead).agree) == (FEWEST_LOOKS, 80)


def test_only_leads_see_figures(client: Client, moderator: User) -> None:
    with pytest.raises(OnlyLeads):
        figures(actor=moderator)
    sign_in(client, moderator)
    page, api = "/admin/moderation/case/figures/", "/api/v1/desk/figures/"
    assert client.get(page).status_code == 302
    assert client.get(api).json()["code"] == "only-leads"
    assert page not in client.get("/admin/moderation/case/").content.decode()
    moderator.groups.add(leads())
    assert "too few to say" in client.get(page).content.decode()
    assert client.get(api).json()["agree"] is None
    assert page in client.get("/admin/moderation/case/").content.decode()


def test_no_figure_names_or_numbers_a_person(lead: User) -> None:
    told = repr(figures(actor=lead))
    assert lead.pseudonym not in told
    assert "moderator" not in told.lower()


# --- What they cost ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("many", [3, 30])
def test_figures_ask_the_database_as_often_for_few_as_for_many(
    category: Category, lead: User, many: int, django_assert_num_queries: Any
) -> None:
    for _number in range(many):
        written_by_guest(category)
    lead.has_perm("moderation.lead")  # asked once a request
    with django_assert_num_queries(3 * (len(Lane) + 1) + 4):
        figures(actor=lead)


def test_what_waits_is_counted_through_the_index_of_the_queue(category: Category, lead: User) -> None:
    written_by_guest(category)
    with CaptureQueriesContext(connection) as asked:
        figures(actor=lead)
    counts = [query["sql"] for query in asked.captured_queries if '"moderation_case"' in query["sql"]]
    assert len(counts) == 3 * (len(Lane) + 1)  # what may be about a life counts with a lead, too
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        for sql in counts:
            cursor.execute(f"{'EXPLAIN' if connection.vendor == 'postgresql' else 'EXPLAIN QUERY PLAN'} {sql}")
            plan = str(cursor.fetchall())
            assert "case_queue" in plan
            assert "LIMIT 100" in sql
