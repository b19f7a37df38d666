"""Two at the desk at the same moment, where rows are locked one by one: on PostgreSQL."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction

from forum.models import Category
from forum.services.visibility import publish_post
from moderation import audit
from moderation.models import Case, CaseNote, Seen
from moderation.services.cases import lock_seen, pass_on
from moderation.services.claims import take_next
from moderation.services.moderators import leads
from moderation.services.notes import Ground, Whom, add_note, note_telling
from moderation.services.reports import report_post
from tests.personas import written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time, and no row locks"),
]
SECONDS = 30


def reported(category: Category, reason: str) -> Case:
    post = publish_post(written_by_guest(category).post, actor=None)
    Case.objects.filter(post=post).delete()
    case = report_post(post, actor="guest:1", reason=reason).case
    return Case.objects.select_related("post__thread__category", "appeal").get(pk=case.pk)


@contextmanager
def locked_elsewhere(case: Case) -> Iterator[None]:
    is_locked, is_over = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Case.objects.select_for_update().get(pk=case.pk)
                is_locked.set()
                is_over.wait(SECONDS)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        try:
            assert is_locked.wait(SECONDS)
            yield
        finally:
            is_over.set()
        holding.result()


def wait_until_somebody_waits_for_this_connection() -> None:
    until = time.monotonic() + SECONDS
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute("SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))")
            if cursor.fetchone() is not None:
                return
    raise TimeoutError


def test_a_lead_is_given_another_life_while_somebody_has_the_first_one_locked(
    category: Category, moderator: User, second: User
) -> None:
    second.groups.add(leads())
    lead = type(second).objects.get(pk=second.pk)
    first, passed_on, _rest = (reported(category, reason) for reason in ("DANGER", "DANGER", "SPAM"))
    pass_on(passed_on, actor=moderator, seen=Seen.of(passed_on))
    with locked_elsewhere(first):
        assert take_next(actor=lead) == passed_on


@pytest.mark.parametrize("is_telling", [False, True], ids=["a note", "a telling"])
def test_what_is_noted_about_a_case_waits_for_whoever_decides_it(
    category: Category, moderator: User, second: User, is_telling: bool
) -> None:
    """In the other order each would wait for the other, and the database would end one of them."""
    case = reported(category, "DANGER")

    def note() -> None:
        try:
            if is_telling:
                note_telling(case, actor=second, whom=Whom.values[0], ground=Ground.values[0])
            else:
                add_note(case, actor=second, text="A note.")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lock_seen(case, Seen.of(case), actor=moderator)
            noting = pool.submit(note)
            wait_until_somebody_waits_for_this_connection()
            audit.append("case_passed_on", moderator=moderator, case=case.public_id, to=case.state)
        noting.result(SECONDS)
    assert CaseNote.objects.count() == 1
