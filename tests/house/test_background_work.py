"""What comes due by itself is done, once or twice, by one host or several, and a killed worker loses nothing."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from accounts.models import SealedRecord
from config.housekeeping import DUTIES, MOST_TRIES, STUCK_AFTER, keep_house
from config.tasks import forget_old_rows, lay_rows_anew
from forum.models import IdempotencyRecord
from tests.house.test_personal_data import FORGOTTEN

pytestmark = pytest.mark.django_db(transaction=True)  # the worker takes transactions of its own

NOON = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def work() -> None:
    """What a worker does until its queue is empty."""
    call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)


def names_waiting() -> list[str]:
    return sorted(result.task_name for result in DBTaskResult.objects.ready())


def left_running(*, since: dt.timedelta, workers: int = 1) -> DBTaskResult[[], None]:
    """As a killed worker leaves it."""
    result = DBTaskResult.objects.get(pk=forget_old_rows.enqueue().id)
    result.status = TaskResultStatus.RUNNING
    result.started_at = NOON - since
    result.worker_ids = [f"worker {number}" for number in range(workers)]
    result.save()
    return result


def test_every_duty_is_done_at_the_first_start() -> None:
    keep_house()
    assert names_waiting() == sorted(duty.task.name for duty in DUTIES)
    work()
    assert DBTaskResult.objects.successful().count() == len(DUTIES)


def test_a_duty_is_not_done_again_before_its_time() -> None:
    keep_house()
    work()
    keep_house()
    assert names_waiting() == []


def test_an_hourly_duty_comes_due_after_an_hour(clock: time_machine.Traveller) -> None:
    keep_house()
    work()
    clock.shift(HOUR)
    keep_house()
    assert names_waiting() == ["bring_up_cases", "forget_old_rows", "publish_what_is_due", "sweep_search_index"]


def test_results_outlive_the_period_of_every_duty() -> None:
    kept = dt.timedelta(days=FORGOTTEN["django_tasks_database.DBTaskResult"].days)
    assert max(duty.every for duty in DUTIES) < kept, "a forgotten result would make its duty due at once"


def test_a_duty_done_twice_does_no_harm() -> None:
    IdempotencyRecord.objects.create(key_tag="old", made_on=NOON.date() - 2 * DAY)
    IdempotencyRecord.objects.create(key_tag="new", made_on=NOON.date())
    for duty in DUTIES * 2:  # as two hosts may come to it
        duty.task.enqueue()
    work()
    assert DBTaskResult.objects.failed().count() == 0
    assert IdempotencyRecord.objects.get().key_tag == "new"


def test_idempotency_records_are_kept_to_the_end_of_the_next_day() -> None:
    for days in range(4):
        IdempotencyRecord.objects.create(key_tag=f"{days} days old", made_on=NOON.date() - days * DAY)
    keep_house()
    work()
    assert set(IdempotencyRecord.objects.values_list("key_tag", flat=True)) == {"0 days old", "1 days old"}


def test_rows_lie_in_the_order_of_their_drawn_keys() -> None:
    for _number in range(50):
        SealedRecord.objects.create(lookup=secrets.token_urlsafe(31), content=b"")
    lay_rows_anew.enqueue()
    work()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM accounts_sealedrecord")
        ids = [row[0] for row in cursor.fetchall()]
    assert ids == sorted(ids)


def test_ended_visits_leave_no_row() -> None:
    Session.objects.create(session_key="ended", session_data="", expire_date=NOON - HOUR)
    Session.objects.create(session_key="goes on", session_data="", expire_date=NOON + HOUR)
    keep_house()
    work()
    assert Session.objects.get().session_key == "goes on"


def test_what_a_killed_worker_left_is_done_by_the_next() -> None:
    result = left_running(since=STUCK_AFTER + dt.timedelta(seconds=1))
    keep_house()
    work()
    result.refresh_from_db()
    assert result.status == TaskResultStatus.SUCCESSFUL


def test_what_a_living_worker_does_is_left_to_it() -> None:
    result = left_running(since=STUCK_AFTER - dt.timedelta(seconds=1))
    keep_house()
    work()
    result.refresh_from_db()
    assert result.status == TaskResultStatus.RUNNING


def test_what_kills_its_worker_each_time_is_given_up() -> None:
    result = left_running(since=STUCK_AFTER * 2, workers=MOST_TRIES)
    keep_house()
    work()
    result.refresh_from_db()
    assert (result.status, result.finished_at) == (TaskResultStatus.FAILED, NOON)
