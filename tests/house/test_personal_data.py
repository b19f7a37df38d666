"""What is kept about people is declared, field by field; the page that promises and the job that forgets follow it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import Model
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from accounts import sealed_records
from accounts.models import SealedRecord
from accounts.sealed_records import Kind
from common.days import today
from common.personal_data import Goes, Holds, NobodysTable, Table
from common.sealing import unseal
from config.declarations import all_kinds, declared_tables, privacy_page
from config.tasks import forget_old_rows
from forum.models import Category, IdempotencyRecord, Post
from moderation.models import AccessRequest, Batch, Case, Decision, DutyDay, Hold, RaidSwitch, SecondLook, Undoing
from tests.personas import make_member, written_by_guest

ROOT = Path(__file__).resolve().parents[2]
DAY = dt.timedelta(days=1)
NOON = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)

TABLES = declared_tables()
ABOUT_PEOPLE = [table for table in TABLES if isinstance(table, Table)]
FORGOTTEN = {table.model: table.goes for table in TABLES if table.goes}


# --- Nothing without an entry -----------------------------------------------------------------------------------------


def test_every_model_is_declared_and_every_declaration_has_its_model() -> None:
    models = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    declared = [table.model for table in TABLES]
    assert models - set(declared) == set(), "a new model: declare it in its app's personal_data.py"
    assert set(declared) - models == set()
    assert len(declared) == len(set(declared))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.model)
def test_every_field_is_declared_and_every_declaration_has_its_field(table: Table | NobodysTable) -> None:
    fields = {field.name for field in apps.get_model(table.model)._meta.concrete_fields}
    assert fields - set(table.fields) == set(), "a new field: say what it holds of whom, or why it is nobody's"
    assert set(table.fields) - fields == set()


@pytest.mark.parametrize(
    "table", [table for table in TABLES if isinstance(table, Table)], ids=lambda table: table.model
)
def test_every_declaration_says_everything(table: Table) -> None:
    names = ("title", "whose", "seen_by", "kept", "copied", "erased", "without_key", "with_key")
    assert [name for name in names if not getattr(table, name)] == []
    assert [
        name for name, field in table.fields.items() if not (field.what if isinstance(field, Holds) else field.why)
    ] == []
    assert any(isinstance(field, Holds) for field in table.fields.values()), "else it is a table of nobody"


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.name)
def test_every_kind_of_sealed_record_says_everything(kind: Kind) -> None:
    assert all((kind.name, kind.what, kind.kept, kind.copied, kind.erased))


@pytest.mark.django_db
def test_what_is_sealed_is_of_a_declared_kind(category: Category) -> None:
    written_by_guest(category)
    known = {kind.name for kind in all_kinds()}
    found = {json.loads(unseal("record", row.content))[0] for row in SealedRecord.objects.all()}
    assert found == {"own-posts", "claim", "codes", "follows", "told"}
    assert found <= known


def test_a_kind_without_a_declaration_cannot_be_used() -> None:
    with pytest.raises(AttributeError):
        sealed_records.read("undeclared", "somebody")  # type: ignore[arg-type]


def test_no_two_kinds_share_a_name() -> None:
    taken = all_kinds()[0]
    with pytest.raises(ValueError, match=taken.name):
        Kind(taken.name, what="x", kept="x", copied="x", erased="x")


# --- The page ---------------------------------------------------------------------------------------------------------


def test_the_page_of_what_is_kept_is_what_the_code_declares() -> None:
    assert (ROOT / "docs/privacy.md").read_text() == privacy_page(), "manage.py describe_data writes it anew"


def test_the_page_names_every_column_and_every_kind() -> None:
    page = privacy_page()
    assert [name for table in TABLES for name in table.fields if f"`{name}`" not in page] == []
    assert [kind.name for kind in all_kinds() if kind.what[1:] not in page] == []


# --- What goes by itself ----------------------------------------------------------------------------------------------


def _task_result(at: dt.datetime) -> Model:
    result = DBTaskResult.objects.get(pk=forget_old_rows.enqueue().id)
    result.status, result.finished_at = TaskResultStatus.SUCCESSFUL, at
    result.save()
    return result


def _post() -> Post:
    return written_by_guest(Category.objects.create(title="Stories")).post


def _undoing(at: dt.datetime) -> Model:
    _post()
    moderator = make_member("desk one")
    decision = Decision.objects.create(
        case=Case.objects.get(), action="LEAVE", post_version=1, moderator=moderator, decided_at=at
    )
    return Undoing.objects.create(decision=decision, moderator=moderator, until=at)


def _second_look(at: dt.datetime) -> Model:
    post = written_by_guest(Category.objects.create(title="Stories")).post
    decision = Decision.objects.create(
        case=Case.objects.get(post=post),
        action="PUBLISH",
        post_version=1,
        moderator=make_member("copper lantern"),
        decided_at=at,
    )
    return SecondLook.objects.create(decision=decision, post_version=1, made_on=at.date())


# A row of each model that is forgotten, as of a moment.
ROWS: dict[str, Callable[[dt.datetime], Model]] = {
    "forum.IdempotencyRecord": lambda at: IdempotencyRecord.objects.create(key_tag=f"{at}", made_on=at.date()),
    "accounts.SealedRecord": lambda at: SealedRecord.objects.create(lookup=f"{at}", content=b"", forget_on=at.date()),
    "sessions.Session": lambda at: Session.objects.create(session_key=f"{at:%d%H}", session_data="", expire_date=at),
    "django_tasks_database.DBTaskResult": _task_result,
    "admin.LogEntry": lambda at: LogEntry.objects.create(
        user=make_member("copper lantern"), action_time=at, action_flag=1
    ),
    "moderation.Undoing": _undoing,
    "moderation.AccessRequest": lambda at: AccessRequest.objects.create(
        access="UNMASKING", post=_post(), reason="x", asked_by=make_member("copper lantern"), asked_at=at
    ),
    "moderation.Hold": lambda at: Hold.objects.create(
        kind="LEGAL",
        post=_post(),
        reason="x",
        placed_by=make_member("copper lantern"),
        placed_on=at.date() - DAY,
        until=at.date(),
    ),
    "moderation.Batch": lambda at: Batch.objects.create(
        act="LEAVE", moderator=make_member("copper lantern"), done_on=at.date()
    ),
    "moderation.RaidSwitch": lambda at: RaidSwitch.objects.create(
        switch="NO_SIGN_UPS", until=at, moderator=make_member("copper lantern")
    ),
    "moderation.SecondLook": _second_look,
    "moderation.DutyDay": lambda at: DutyDay.objects.create(moderator=make_member("copper lantern"), day=at.date()),
}


def test_every_model_that_is_forgotten_is_tried_here() -> None:
    assert set(ROWS) == set(FORGOTTEN)


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "goes"), FORGOTTEN.items(), ids=str)
def test_a_row_goes_when_its_time_has_come_and_not_before(model: str, goes: Goes) -> None:
    due = NOON + goes.days * DAY
    with time_machine.travel(NOON, tick=False) as clock:
        row = ROWS[model](timezone.now())
        clock.move_to(due - DAY)
        forget_old_rows.call()
        assert type(row)._default_manager.filter(pk=row.pk).exists()
        clock.move_to(due)
        forget_old_rows.call()
        assert not type(row)._default_manager.filter(pk=row.pk).exists()


@pytest.mark.django_db
def test_what_has_no_day_stays(category: Category) -> None:
    written_by_guest(category)
    with time_machine.travel(NOON + 10_000 * DAY, tick=False):
        forget_old_rows.call()
        assert SealedRecord.objects.filter(forget_on=None).count() == 5
        assert today() > NOON.date()
