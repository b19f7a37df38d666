"""What the queue costs: the same questions for few cases and for many, answered through an index, as the planner likes.

No scan is forbidden and nothing is forced: there are enough cases that reading all of them would show.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forum.models import CarriedNote, Category, ContentNote, Post
from moderation.models import Case, CaseState, Duty, HandedOver, Lane
from moderation.queries import queue_page
from moderation.services.claims import free_cases, hand_over, life_left_to_choose, take_next
from moderation.services.duty import duty_of
from moderation.services.moderators import leads
from moderation.states import due_at
from tests.forum.building import grow, wide
from tests.personas import sign_in

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
MANY = 3_000


@pytest.fixture
def many_cases(category: Category) -> None:
    add_cases(category, MANY)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the database does by itself after a while


def add_cases(category: Category, number: int) -> None:
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    lanes = (Lane.RULES, Lane.RULES, Lane.HARM, Lane.TIDYING)
    Case.objects.bulk_create(
        Case(
            post=post,
            reasons=["guest"],
            lane=lanes[index % 4],
            opened_at=now - dt.timedelta(hours=index % 700),
            due_at=due_at(lanes[index % 4], now - dt.timedelta(hours=index % 700), {}),
        )
        for index, post in enumerate(grow(category, wide(number - 1)).posts)
    )


def plan_of(query: QuerySet[Any]) -> str:
    sql, parameters = query.query.sql_with_params()
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {sql}", parameters)
        return "\n".join(str(column) for row in cursor.fetchall() for column in row)


def reads_no_more_than_it_shows(plan: str) -> bool:
    """By an index of cases in the order that is asked for: no sorting, and no reading of all cases."""
    is_sorted = "TEMP B-TREE" in plan or "Sort" in plan
    is_scanned = "Seq Scan on moderation_case" in plan or "SCAN moderation_case\n" in f"{plan}\n"
    return "case_queue" in plan and not is_sorted and not is_scanned


@pytest.mark.parametrize("lane", [None, Lane.RULES], ids=["all lanes", "one lane"])
def test_a_page_of_the_queue_is_read_through_the_index(many_cases: None, moderator: User, lane: Lane | None) -> None:
    with CaptureQueriesContext(connection) as asked:
        page = queue_page(moderator, lane=lane, size=50)
        queue_page(moderator, lane=lane, size=50, cursor=page.next)
    assert len(page.rows) == 50
    for query in asked.captured_queries:
        with connection.cursor() as cursor:
            explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
            cursor.execute(f"{explain} {query['sql']}")
            plan = "\n".join(str(column) for row in cursor.fetchall() for column in row)
        assert reads_no_more_than_it_shows(plan), plan


@pytest.mark.parametrize("state", [CaseState.OPEN, CaseState.ESCALATED])
def test_the_next_case_is_found_through_the_index(many_cases: None, moderator: User, state: CaseState) -> None:
    if state == CaseState.ESCALATED:
        Case.objects.update(state=state)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    plan = plan_of(free_cases(moderator, state=state)[:1])
    assert reads_no_more_than_it_shows(plan), plan


@pytest.mark.parametrize("gave_back", [0, 300], ids=["gave nothing back", "gave much back"])
@pytest.mark.parametrize("times", [1, 2], ids=["a new one", "the one that they have"])
@pytest.mark.parametrize("passed_on", [None, "to themselves", "to nobody"])
def test_taking_the_next_case_reads_no_post_and_no_case_that_is_not_asked_for(
    many_cases: None, moderator: User, second: User, times: int, gave_back: int, passed_on: str | None
) -> None:
    _give_back(moderator, gave_back)
    if passed_on:
        some = Case.objects.order_by("-pk").values("pk")[:4]
        Case.objects.filter(pk__in=[row["pk"] for row in some]).update(state=CaseState.ESCALATED)
        if passed_on == "to themselves":
            moderator.groups.add(leads())
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    for _time in range(times - 1):
        take_next(actor=moderator)
    with CaptureQueriesContext(connection) as asked:
        assert take_next(actor=moderator) is not None
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    selects = [query["sql"] for query in asked.captured_queries if query["sql"].startswith("SELECT")]
    assert selects
    with connection.cursor() as cursor:
        for sql in selects:
            cursor.execute(f"{explain} {sql}")
            plan = str(cursor.fetchall()).replace("SCAN moderation_case USING INDEX case_queue", "")
            for table in ("forum_post", "moderation_case"):
                assert f"SCAN {table}" not in plan
                assert f"Seq Scan on {table}" not in plan


def _give_back(moderator: User, number: int) -> None:
    """One of them about a life."""
    given = list(Case.objects.order_by("pk")[:number])
    HandedOver.objects.bulk_create(HandedOver(case=case, moderator=moderator, case_version=1) for case in given)
    Case.objects.filter(pk__in=[case.pk for case in given[:1]]).update(lane=Lane.LIFE)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def test_whether_a_life_is_left_to_choose_is_asked_through_the_index(many_cases: None, moderator: User) -> None:
    note = ContentNote.objects.create(title="court")
    CarriedNote.objects.bulk_create(CarriedNote(post=post, note=note) for post in Post.objects.all()[::3])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    own = Duty(moderator=moderator, avoided_notes=[note.public_id])
    with CaptureQueriesContext(connection) as asked:
        assert not life_left_to_choose(moderator, own)
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {asked.captured_queries[-1]['sql']}")
        plan = str(cursor.fetchall())
    assert "case_queue" in plan
    for table in ("forum_post", "moderation_case"):
        assert f"SCAN {table}" not in plan
        assert f"Seq Scan on {table}" not in plan


@pytest.fixture(params=["a moderator", "a lead", "one who avoids a note"])
def somebody(request: pytest.FixtureRequest, moderator: User) -> User:
    if request.param == "a lead":
        moderator.groups.add(leads())
    if request.param == "one who avoids a note":
        note = ContentNote.objects.create(title="court")
        Duty.objects.create(moderator=moderator, avoided_notes=[note.public_id])
    return type(moderator).objects.get(pk=moderator.pk)


def _queue(client: Client, _somebody: User) -> None:
    assert client.get("/admin/moderation/case/").status_code == 200


def _take(_client: Client, somebody: User) -> None:
    case = take_next(actor=somebody)
    assert case is not None
    hand_over(case, actor=somebody)


def _take_after_a_life(client: Client, somebody: User) -> None:
    """It waits for somebody else, who is on duty."""
    if not Case.objects.filter(lane=Lane.LIFE).exists():
        waiting = Case.objects.filter(state=CaseState.OPEN).latest("pk")
        Case.objects.filter(pk=waiting.pk).update(lane=Lane.LIFE)
        hand_over(waiting, actor=somebody)
    _take(client, somebody)
    assert life_left_to_choose(somebody, duty_of(somebody))


def _take_after_some_were_passed_on(client: Client, somebody: User) -> None:
    """To them if they lead; else to nobody, since nobody else does."""
    waiting = Case.objects.filter(state=CaseState.OPEN).order_by("pk")[::3]
    Case.objects.filter(pk__in=[case.pk for case in waiting]).update(state=CaseState.ESCALATED)
    _take(client, somebody)


@pytest.mark.parametrize("deed", [_queue, _take, _take_after_a_life, _take_after_some_were_passed_on])
def test_it_asks_the_database_as_often_with_sixty_cases_as_with_thousands(
    category: Category, client: Client, somebody: User, second: User, deed: Callable[[Client, User], None]
) -> None:
    sign_in(client, somebody)
    asked = []
    for more in (60, 60, 2_000):
        add_cases(category, more)
        with CaptureQueriesContext(connection) as queries:
            deed(client, somebody)
        asked.append(len(queries))
    assert asked[1] == asked[2], "the first also makes what is made once"
