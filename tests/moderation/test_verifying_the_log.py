"""`verify_audit` finds each way of rewriting the log, by somebody who may write everything in the database."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction

from common.errors import NotFound
from forum.models import Category
from moderation import append_only, audit
from moderation.models import AuditEntry, AuditHead, Case, Seen
from moderation.queries import the_log
from moderation.services.decisions import decide
from moderation.services.moderators import leads
from moderation.services.redaction import EntryStays, RedactionUnexplained, can_redact, redact_entry
from moderation.services.roles import OnlyLeads, OwnDeed
from tests.conftest import lay_append_only, lift_append_only
from tests.personas import written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
LOG = "moderation_auditentry"


@pytest.fixture
def log(moderator: User) -> list[AuditEntry]:
    """Six entries, two of them of a moderator."""
    for number in range(1, 7):
        audit.append("thread_arranged", moderator=moderator if number in {2, 5} else None, thread=f"thread{number}")
    return [*AuditEntry.objects.all()]


@pytest.fixture
def lead(moderator: User) -> User:
    moderator.groups.add(leads())
    return type(moderator).objects.get(pk=moderator.pk)


def verified(*arguments: str, lays: bool = True) -> str:
    """What the command says, also when it fails; of whoever lifted the triggers and `lays` them again."""
    if lays:
        lay_append_only()
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("verify_audit", *arguments, stdout=out, stderr=err)
    except CommandError as error:
        assert "does not hold together" in str(error)  # noqa: PT017 - what it printed before is the result
    return err.getvalue() or out.getvalue()


def tamper(*statements: str) -> None:
    """As whoever has the database's own password could."""
    lift_append_only()
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)


def recompute(number: int) -> None:
    """The digest of one entry as it stands now, as our own code makes it."""
    entry = AuditEntry.objects.get(number=number)
    entry.facts_digest = audit._digest(entry.salt, entry.facts)
    entry.digest = audit._digest(
        entry.previous, entry.number, entry.event, entry.facts_digest, entry.moderator_id, entry.at
    )
    entry.save()


def test_a_log_that_nobody_touched_is_whole(log: list[AuditEntry]) -> None:
    said = verified()
    assert "whole" in said
    assert f"It ends with 6:{log[-1].digest}" in said
    assert "taken out" not in said


def test_an_empty_log_is_whole() -> None:
    assert "whole" in verified()


@pytest.mark.parametrize(
    "changed",
    [
        """facts = '{"thread": "another"}'""",
        "facts = '{}'",
        "event = 'case_decided'",
        "at = '2026-01-01'",
        "salt = 'another'",
        "facts_digest = ''",
        "moderator_id = NULL",
    ],
    ids=lambda changed: changed.split(" ")[0],
)
def test_changed_facts_event_time_or_moderator_are_found(log: list[AuditEntry], changed: str) -> None:
    tamper(f"UPDATE {LOG} SET {changed} WHERE number = 2")
    assert "entry 2 was changed" in verified()


def test_a_deed_given_to_another_moderator_is_found(log: list[AuditEntry], member: User) -> None:
    tamper(f"UPDATE {LOG} SET moderator_id = {member.pk} WHERE number = 5")
    assert verified() == "entry 5 was changed\n"


def test_an_entry_taken_out_of_the_middle_is_found(log: list[AuditEntry]) -> None:
    tamper(f"DELETE FROM {LOG} WHERE number = 3")
    assert "entry 3 is missing" in verified()


def test_an_entry_taken_out_of_the_middle_with_the_rest_counted_anew_is_found(log: list[AuditEntry]) -> None:
    tamper(
        f"DELETE FROM {LOG} WHERE number = 3",
        *(f"UPDATE {LOG} SET number = {n - 1} WHERE number = {n}" for n in (4, 5, 6)),
    )
    assert "entry 3 does not follow the one before it" in verified()


def test_an_entry_taken_off_the_end_is_found(log: list[AuditEntry]) -> None:
    tamper(f"DELETE FROM {LOG} WHERE number = 6")
    assert verified() == "the end of the log is missing\n"


def test_an_entry_taken_off_the_beginning_is_found(log: list[AuditEntry]) -> None:
    tamper(f"DELETE FROM {LOG} WHERE number = 1")
    assert "entry 1 is missing" in verified()


def test_an_entry_put_in_between_is_found(log: list[AuditEntry]) -> None:
    tamper(*(f"UPDATE {LOG} SET number = {n + 1} WHERE number = {n}" for n in (6, 5, 4, 3)))
    put_in = AuditEntry.objects.get(number=2)
    put_in.pk, put_in.number, put_in.previous = None, 3, put_in.digest
    put_in.save()
    recompute(3)
    found = verified()
    assert "entry 4 does not follow the one before it" in found
    assert "entry 3 was changed" not in found, "it is right by itself, and out of place all the same"


def test_an_entry_put_at_the_end_is_found(log: list[AuditEntry]) -> None:
    tamper()
    added = AuditEntry.objects.get(number=6)
    added.pk, added.number, added.previous = None, 7, added.digest
    added.save()
    recompute(7)
    assert verified() == "the end of the log is missing\n"


def test_two_entries_that_changed_places_are_found(log: list[AuditEntry]) -> None:
    tamper(*(f"UPDATE {LOG} SET number = {to} WHERE number = {n}" for n, to in ((3, 99), (4, 3), (99, 4))))
    assert "entry 3 does not follow the one before it" in verified()


def test_a_change_with_its_own_digest_made_anew_is_found_by_the_next_entry(log: list[AuditEntry]) -> None:
    tamper(f"""UPDATE {LOG} SET facts = '{{"thread": "another"}}' WHERE number = 3""")
    recompute(3)
    assert verified() == "entry 4 does not follow the one before it\n"


@pytest.mark.parametrize("moved", ["number = 5", "number = 7", f"digest = '{'a' * 64}'"])
def test_a_head_that_was_moved_is_found(log: list[AuditEntry], moved: str) -> None:
    tamper(f"UPDATE moderation_audithead SET {moved}")
    assert verified() == "the end of the log is missing\n"


def test_a_head_that_was_taken_away_is_found(log: list[AuditEntry]) -> None:
    tamper("DELETE FROM moderation_audithead")
    assert verified() == "the end of the log is missing\n"


def rewritten() -> None:
    """The whole chain made anew with another start, as our own code would, head and all."""
    lift_append_only()
    told = [*AuditEntry.objects.values_list("event", "facts")]
    AuditEntry.objects.all().delete()
    AuditHead.objects.all().delete()
    for event, _facts in told:
        audit.append(event, moderator=None, thread="another")


def shortened() -> None:
    """The last entry gone, and the head with it."""
    tamper(f"DELETE FROM {LOG} WHERE number = 6")
    newest = AuditEntry.objects.get(number=5)
    AuditHead.objects.update(number=5, digest=newest.digest)


@pytest.mark.parametrize("made_anew", [rewritten, shortened])
def test_a_chain_made_anew_is_found_by_the_end_that_was_noted_down(
    log: list[AuditEntry], made_anew: Callable[[], None]
) -> None:
    noted = audit.end()
    made_anew()
    assert "whole" in verified(), "it holds together: only what stands elsewhere tells"
    assert verified("--noted", noted) == "this log does not lead through the end that was noted down\n"


def test_the_end_that_was_noted_down_is_still_led_through_when_the_log_has_grown(log: list[AuditEntry]) -> None:
    noted = audit.end()
    audit.append("post_written", moderator=None, reasons=[])
    assert "whole" in verified("--noted", noted)


@pytest.mark.parametrize("empty", ["", " "])
def test_an_end_that_is_empty_proves_nothing_and_is_said_so(log: list[AuditEntry], empty: str) -> None:
    out = io.StringIO()
    with pytest.raises(CommandError, match="--noted is empty"):
        call_command("verify_audit", "--noted", empty, stdout=out)
    assert out.getvalue() == ""


def test_what_was_written_before_there_were_salts_is_proved_as_it_was(log: list[AuditEntry]) -> None:
    tamper()
    old = AuditEntry.objects.get(number=6)
    old.salt = old.facts_digest = ""
    old.digest = audit._digest(old.previous, old.number, old.event, old.facts, old.moderator_id, old.at)
    old.save()
    AuditHead.objects.update(digest=old.digest)
    assert "whole" in verified()
    tamper(f"UPDATE {LOG} SET facts = '{{}}' WHERE number = 6")
    assert verified() == "entry 6 was changed\n"


def test_a_name_that_facts_say_twice_is_found(log: list[AuditEntry]) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("jsonb keeps one of them")
    tamper(f"""UPDATE {LOG} SET facts = '{{"thread": "another", "thread": "thread3"}}' WHERE number = 3""")
    assert AuditEntry.objects.get(number=3).facts == {"thread": "thread3"}
    assert verified() == "entry 3 was changed\n"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ("at = CAST(at AS BLOB)", "entry 3 was changed"),
        ("event = x'00ff'", "entry 3 was changed"),
        ("salt = x'00'", "entry 3 was changed"),
        ("digest = x'00'", "entry 4 does not follow the one before it"),
        ("facts = 'nothing'", "entry 3 was changed"),
        ("facts = '[]'", "entry 3 was changed"),
        ("number = 'three'", "the entry behind 6 has no number"),
        ("at = CAST(x'ff' AS TEXT)", "the log cannot be read to its end: entry 0 is the last that can"),
    ],
)
def test_what_no_column_should_hold_is_said_in_a_sentence(log: list[AuditEntry], changed: str, said: str) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("a column there holds what its type allows, and nothing else")
    tamper("PRAGMA ignore_check_constraints = ON", f"UPDATE {LOG} SET {changed} WHERE number = 3")
    try:
        assert said in verified()
    finally:
        tamper("PRAGMA ignore_check_constraints = OFF")


def test_a_second_end_is_found(log: list[AuditEntry]) -> None:
    tamper("INSERT INTO moderation_audithead (id, number, digest) VALUES (2, 6, 'another')")
    assert verified() == "the log has more than one end\n"


# --- The database itself ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "deed",
    [
        f"DELETE FROM {LOG}",
        f"UPDATE {LOG} SET event = 'nothing'",
        f"UPDATE {LOG} SET digest = ''",
        f"UPDATE {LOG} SET at = '2026-01-01', facts = '{{}}', salt = ''",
        f"UPDATE {LOG} SET facts = '{{}}'",
        f"""UPDATE {LOG} SET facts = '{{"thread": "another"}}', salt = ''""",
        f"UPDATE {LOG} SET moderator_id = NULL, facts = '{{}}', salt = '' WHERE number = 2",
    ],
)
def test_the_database_refuses_every_change_but_taking_facts_out(log: list[AuditEntry], deed: str) -> None:
    refused(deed)
    assert "whole" in verified()


@pytest.mark.parametrize("table", [LOG, "moderation_decision", "moderation_statement"])
def test_the_database_refuses_to_empty_the_table_at_one_stroke(
    log: list[AuditEntry], category: Category, moderator: User, table: str
) -> None:
    written_by_guest(category)  # a row in each: an empty table is emptied by nothing
    case = Case.objects.get()
    decide(case, actor=moderator, action="HIDE", reason="It sells.", seen=Seen.of(case))
    connection.check_constraints()  # or what is checked at the end would be refused before
    # https://www.sqlite.org/lang_delete.html#the_truncate_optimization
    refused(f"TRUNCATE {table} CASCADE" if connection.vendor == "postgresql" else f"DELETE FROM {table}")


@pytest.mark.parametrize(
    ("table", "same"),
    [
        (LOG, "id"),
        (LOG, "number"),
        ("moderation_decision", "id"),
        ("moderation_decision", "statement_id"),
        ("moderation_statement", "id"),
        ("moderation_statement", "public_id"),
    ],
)
def test_the_database_refuses_a_row_in_the_place_of_another(
    category: Category, moderator: User, table: str, same: str
) -> None:
    """https://www.sqlite.org/lang_conflict.html: REPLACE asks no trigger for DELETE."""
    if connection.vendor == "postgresql":
        pytest.skip("its ON CONFLICT DO UPDATE is an update, which is refused")
    written_by_guest(category)
    case = Case.objects.get()
    decide(case, actor=moderator, action="HIDE", reason="It sells.", seen=Seen.of(case))
    others = {"id": "id + 1", "number": "number + 1", "public_id": "'another'", "statement_id": "NULL"}
    others.pop(same)
    with connection.cursor() as cursor:
        names = [each.name for each in connection.introspection.get_table_description(cursor, table)]
    picked = ", ".join(others.get(name, name) for name in names)
    newest = f"SELECT {picked} FROM {table} ORDER BY id DESC LIMIT 1"
    refused(f"INSERT OR REPLACE INTO {table} ({', '.join(names)}) {newest}")


def test_triggers_that_are_gone_are_found(log: list[AuditEntry]) -> None:
    assert "whole" in verified(lays=False)
    lift_append_only()
    said = verified(lays=False)
    for table in append_only.TABLES:
        assert f"the trigger {table}_no_update is not as it should be" in said
        assert f"the trigger {table}_no_delete is not as it should be" in said


def test_a_trigger_that_does_nothing_in_the_place_of_ours_is_found(log: list[AuditEntry]) -> None:
    connection.check_constraints()
    name = f"{LOG}_no_delete"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP TRIGGER {name} ON {LOG}")
            never = "FOR EACH ROW WHEN (false) EXECUTE FUNCTION moderation_refuse()"
            cursor.execute(f"CREATE TRIGGER {name} BEFORE DELETE ON {LOG} {never}")
        else:
            cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute(f"CREATE TRIGGER {name} BEFORE DELETE ON {LOG} BEGIN SELECT 1; END")
    assert verified(lays=False).splitlines() == [
        f"the trigger {name} is not as it should be: the database does not keep what it guards"
    ]


@pytest.mark.parametrize(
    "deed",
    [
        f"ALTER TABLE {LOG} DISABLE TRIGGER {LOG}_no_update",
        "CREATE OR REPLACE FUNCTION moderation_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RETURN NEW; END $$",
    ],
)
def test_a_trigger_that_is_switched_off_or_refuses_nothing_is_found(log: list[AuditEntry], deed: str) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has neither")
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute(deed)
    assert f"the trigger {LOG}_no_update is not as it should be" in verified(lays=False)


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        (
            f"CREATE RULE forgets AS ON INSERT TO {LOG} DO INSTEAD NOTHING",
            f"the rule forgets writes something else than it was told to {LOG}",
        ),
        (
            "SET LOCAL session_replication_role = replica",
            "session_replication_role is replica for this role or database: no trigger is asked",
        ),
    ],
)
def test_a_way_around_the_triggers_is_found(log: list[AuditEntry], deed: str, said: str) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has neither")
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute(deed)
    assert verified(lays=False).splitlines() == [said]


def test_without_the_right_to_compare_that_is_said(log: list[AuditEntry]) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite asks for no right")
    connection.check_constraints()
    role = f"reads_{connection.settings_dict['NAME']}"
    with connection.cursor() as cursor:
        cursor.execute(f"REVOKE TEMPORARY ON DATABASE {connection.settings_dict['NAME']} FROM PUBLIC")
        cursor.execute(f"CREATE ROLE {role}")
        cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
        cursor.execute(f"SET LOCAL ROLE {role}")
    said = "the triggers cannot be compared: give this role TEMPORARY on the database, then ask again"
    assert verified(lays=False).splitlines() == [said]


def refused(sql: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


# --- Taking facts out -------------------------------------------------------------------------------------------------


def test_facts_that_were_taken_out_are_gone_and_the_log_is_whole_and_says_so(log: list[AuditEntry], lead: User) -> None:
    redact_entry(3, actor=lead, why="FINDS")
    entry = AuditEntry.objects.get(number=3)
    assert (entry.facts, entry.salt, entry.event) == ({}, "", "thread_arranged")
    newest = AuditEntry.objects.latest("number")
    assert (newest.event, newest.facts, newest.moderator) == ("entry_redacted", {"entry": 3, "why": "FINDS"}, lead)
    said = verified()
    assert "whole" in said
    assert "facts were taken out: 1" in said
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT facts, salt FROM {LOG} WHERE facts_digest = %s", [entry.facts_digest])
        assert "thread3" not in json.dumps(cursor.fetchall())


def test_taking_the_same_facts_out_twice_is_once(log: list[AuditEntry], lead: User) -> None:
    for _time in range(2):
        redact_entry(3, actor=lead, why="LAW")
    assert AuditEntry.objects.filter(event="entry_redacted").count() == 1


def test_facts_that_were_taken_out_without_a_word_are_found(log: list[AuditEntry]) -> None:
    with connection.cursor() as cursor:  # the one change that the database allows
        cursor.execute(f"UPDATE {LOG} SET facts = '{{}}', salt = '' WHERE number = 3")
    assert verified() == "entry 3 was emptied, and the log does not say so\n"


def test_facts_put_back_into_an_entry_that_has_none_any_more_are_found(log: list[AuditEntry], lead: User) -> None:
    redact_entry(3, actor=lead, why="LAW")
    tamper(f"""UPDATE {LOG} SET facts = '{{"thread": "another"}}' WHERE number = 3""")
    assert verified() == "entry 3 was changed\n"


def test_the_entry_that_says_so_stays(log: list[AuditEntry], lead: User) -> None:
    redact_entry(3, actor=lead, why="LAW")
    with pytest.raises(EntryStays):
        redact_entry(7, actor=lead, why="LAW")
    refused(f"UPDATE {LOG} SET facts = '{{}}', salt = '' WHERE number = 7")
    assert AuditEntry.objects.get(number=7).facts["entry"] == 3


def test_only_leads_take_facts_out_and_they_say_why(log: list[AuditEntry], moderator: User) -> None:
    with pytest.raises(OnlyLeads):
        redact_entry(3, actor=moderator, why="LAW")
    moderator.groups.add(leads())
    lead = type(moderator).objects.get(pk=moderator.pk)
    with pytest.raises(RedactionUnexplained):
        redact_entry(3, actor=lead, why="because Ann lives there")
    with pytest.raises(NotFound):
        redact_entry(99, actor=lead, why="LAW")
    assert AuditEntry.objects.count() == 6
    assert AuditEntry.objects.get(number=3).facts == {"thread": "thread3"}


def test_of_their_own_deed_another_lead_takes_facts_out(lead: User, second: User) -> None:
    entry = audit.append("thread_arranged", moderator=lead, thread="t")
    second.groups.add(leads())
    assert not can_redact(the_log(lead).get(pk=entry.pk), lead)
    with pytest.raises(OwnDeed):
        redact_entry(entry.number, actor=lead, why="LAW")
    assert AuditEntry.objects.get(pk=entry.pk).facts == {"thread": "t"}
    assert can_redact(the_log(second).get(pk=entry.pk), second)
    type(lead).objects.filter(pk=second.pk).update(is_active=False)
    assert redact_entry(entry.number, actor=lead, why="LAW").facts == {}, "where there is no other, they do it"


def test_real_deeds_stand_in_the_log_with_their_salts(category: Category, moderator: User) -> None:
    written_by_guest(category)
    salts: list[Any] = [*AuditEntry.objects.values_list("salt", flat=True)]
    assert all(salts)
    assert len({*salts}) == len(salts)
    assert "whole" in verified()
