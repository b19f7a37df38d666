"""What the desk forgets by itself: after how long, not a day sooner, never twice, and never what is held."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import TextField
from django.test import Client

from common.personal_data import Table
from forum.authorship import Reader
from forum.models import Category, Post, Revision
from forum.services.posts import edit_post
from moderation.audit import problems
from moderation.models import (
    APPEAL_DAYS,
    Access,
    AccessRequest,
    AuditEntry,
    Case,
    CaseNote,
    Decision,
    Report,
    Sanction,
    Seen,
    Statement,
)
from moderation.personal_data import TABLES
from moderation.services import retention
from moderation.services.cases import open_case
from moderation.services.decisions import decide
from moderation.services.holds import end_hold, place_hold
from moderation.services.moderators import leads
from moderation.services.notes import add_note
from moderation.services.reports import report_post
from moderation.services.retention import FORGOTTEN, RULES, due_now, forget_what_is_due, retention_table
from moderation.services.sanctions import Terms, lift_sanction, sanction_author
from moderation.tasks import enforce_retention
from tests.house.doors import signed_in
from tests.personas import sign_in, written_by

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 3, 9, 30, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
LAST = APPEAL_DAYS * DAY  # on which all is still there
ROOT = Path(__file__).resolve().parents[2]
NOTHING = dict.fromkeys((rule.name for rule in RULES), 0)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def lead(moderator: User) -> User:
    moderator.groups.add(leads())
    return moderator


def hidden(member: User, category: Category, moderator: User, **fields: Any) -> Post:
    """Changed once, reported, hidden with a word and a reason."""
    post = written_by(member, category)
    post = edit_post(post, actor=Reader(member), version=post.version, title="A title", text="Other words.")
    report_post(post, actor="network:one", reason="BLAMES", text="She is blamed.")
    case = Case.objects.get(post=post, state="OPEN")
    decide(
        case, actor=moderator, action="HIDE", seen=Seen.of(case), word="Kindly.", reason="It names a street.", **fields
    )
    post.refresh_from_db()
    return post


def words_about(post: Post) -> set[str]:
    """All that is left, at the desk, of what was said about it."""
    decisions = Decision.objects.filter(case__post=post).values_list("word", "reason")
    statements = Statement.objects.filter(post=post).values_list("facts", flat=True)
    sanctions = Sanction.objects.filter(post=post).values_list("reason", "why_lifted")
    reports = Report.objects.filter(case__post=post).values_list("text", flat=True)
    notes = CaseNote.objects.filter(case__post=post).values_list("text", flat=True)
    with_it = Post.objects.filter(pk=post.pk).values_list("word_to_author", flat=True)
    said = [
        *statements,
        *(word for text in with_it for word in text.split("\n\n")),
        *reports,
        *notes,
        *(word for pair in (*decisions, *sanctions) for word in pair),
    ]
    return {word for word in said if word} - {FORGOTTEN}


def test_words_about_a_decision_stay_for_the_time_of_an_appeal_and_a_count_stays_for_good(
    trusted_member: User, category: Category, moderator: User, clock: time_machine.Traveller
) -> None:
    post = hidden(trusted_member, category, moderator)
    add_note(Case.objects.get(post=post, state="CLOSED"), actor=moderator, text="For the next.")
    before = words_about(post)
    clock.shift(LAST)
    assert forget_what_is_due() == NOTHING
    assert words_about(post) == before == {"Kindly.", "It names a street.", "She is blamed.", "For the next."}
    clock.shift(DAY)
    assert forget_what_is_due() == NOTHING | {
        "decisions": 1,
        "statements": 1,
        "reports": 1,
        "case_notes": 1,
        "revisions": 1,
        "words_to_authors": 1,
    }
    assert words_about(post) == set()
    assert not Revision.objects.exists()
    decision = Decision.objects.get()
    assert (decision.action, decision.word, decision.reason, decision.case.post_id) == ("HIDE", "—", "—", post.pk)
    assert (Report.objects.get().reason, Statement.objects.get().restriction) == ("BLAMES", "HIDE")
    post.refresh_from_db()
    assert post.source == "Other words."  # what it says now is its author's


def test_the_words_with_a_post_stay_while_what_was_put_on_the_name_holds(
    trusted_member: User, category: Category, moderator: User, clock: time_machine.Traveller
) -> None:
    post = hidden(trusted_member, category, moderator, sanction=Terms("SUSPENSION", "Be kind.", 30))
    enough = {"words_to_authors": 1, "sanctions": 1}
    clock.shift(30 * DAY + LAST)
    forget_what_is_due()
    assert "Be kind." in words_about(post)
    clock.shift(DAY)
    assert forget_what_is_due() == NOTHING | enough
    assert words_about(post) == set()
    post.refresh_from_db()
    assert (post.state, post.word_to_author) == ("HIDDEN", "")


def test_the_words_with_a_post_stay_where_its_author_has_to_do_something_or_somebody_looked_since(
    trusted_member: User, category: Category, moderator: User, second: User, clock: time_machine.Traveller
) -> None:
    """Sent back; two people looked up who wrote it; brought in from elsewhere, of which no day is known."""
    returned, looked_up, brought = (written_by(trusted_member, category) for _number in range(3))
    for post in (returned, looked_up):
        case = about(post)
        action = "RETURN" if post == returned else "LEAVE"
        decide(case, actor=moderator, action=action, seen=Seen.of(case), word="Kindly.")
    Post.objects.filter(pk=brought.pk).update(word_to_author="Once.")
    clock.shift(LAST)
    times: dict[str, Any] = {"asked_at": NOW, "approved_at": NOW, "looked_at": NOW + LAST}
    AccessRequest.objects.create(
        access=Access.UNMASKING, post=looked_up, reason="r", asked_by=moderator, approved_by=second, **times
    )
    clock.shift(DAY)
    assert forget_what_is_due()["words_to_authors"] == 0
    clock.shift(LAST)
    assert forget_what_is_due()["words_to_authors"] == 1
    words = dict(Post.objects.values_list("pk", "word_to_author"))
    assert (words[returned.pk], words[looked_up.pk], words[brought.pk]) == ("Kindly.", "", "Once.")


def about(post: Post) -> Case:
    open_case(post, reasons=["reported:OTHER"])
    return Case.objects.select_related("post__thread__category").get(post=post, state="OPEN")


def test_what_had_no_words_has_no_dash_either(
    trusted_member: User, category: Category, moderator: User, clock: time_machine.Traveller
) -> None:
    post = written_by(trusted_member, category)
    case = open_case(post, reasons=["follow_up"])
    decide(case, actor=moderator, action="LEAVE", seen=Seen.of(case))
    clock.shift(LAST + DAY)
    assert forget_what_is_due() == NOTHING
    assert Decision.objects.get().reason == ""


def test_a_second_run_finds_nothing_and_the_log_holds_the_counts(
    trusted_member: User, category: Category, moderator: User, clock: time_machine.Traveller
) -> None:
    for _number in range(3):
        hidden(trusted_member, category, moderator)
    clock.shift(LAST + DAY)
    assert due_now()["decisions"] == 3
    enforce_retention.call()
    entries = AuditEntry.objects.filter(event="words_forgotten")
    counts = {entry.facts["rule"]: entry.facts["rows"] for entry in entries}
    assert counts == {"decisions": 3, "statements": 3, "reports": 3, "revisions": 3, "words_to_authors": 3}
    assert [(entry.moderator, entry.at) for entry in entries] == [(None, "2026-09-03")] * 5
    enforce_retention.call()
    assert entries.count() == 5
    assert list(problems()) == []


def test_a_run_that_dies_has_lost_nothing_and_the_next_goes_on(
    trusted_member: User,
    category: Category,
    moderator: User,
    clock: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _number in range(5):
        hidden(trusted_member, category, moderator)
    clock.shift(LAST + DAY)
    monkeypatch.setattr(retention, "_BATCH", 2)
    with connection.execute_wrapper(_dies_at(2)), pytest.raises(DatabaseError):
        forget_what_is_due()
    logged = AuditEntry.objects.filter(event="words_forgotten")
    assert [entry.facts["rows"] for entry in logged] == [2]
    assert Decision.objects.filter(reason=FORGOTTEN).count() == 2
    assert forget_what_is_due()["decisions"] == 3
    assert sum(entry.facts["rows"] for entry in logged.all() if entry.facts["rule"] == "decisions") == 5


def _dies_at(which: int) -> Callable[..., Any]:
    """The database breaks at so many-th writing of decisions' dashes."""
    seen = 0

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal seen
        seen += sql.startswith('UPDATE "moderation_decision"')
        if sql.startswith('UPDATE "moderation_decision"') and seen == which:
            message = "the machine went off"
            raise DatabaseError(message)
        return execute(sql, params, many, context)

    return wrapper


def test_nothing_goes_while_a_case_about_the_post_is_live(
    trusted_member: User, category: Category, moderator: User, clock: time_machine.Traveller
) -> None:
    post = hidden(trusted_member, category, moderator)
    clock.shift(LAST)
    case = open_case(post, reasons=["follow_up"])
    clock.shift(30 * DAY)
    assert forget_what_is_due() == NOTHING
    decide(case, actor=moderator, action="LEAVE", seen=Seen.of(case), word="What was decided today stays.")
    gone = forget_what_is_due()
    assert gone == NOTHING | {"decisions": 1, "statements": 1, "reports": 1, "revisions": 1}
    assert Decision.objects.latest("decided_at").word == "What was decided today stays."


def test_the_database_lets_words_become_a_dash_and_nothing_else_of_a_decision(
    trusted_member: User, category: Category, moderator: User
) -> None:
    hidden(trusted_member, category, moderator)
    for rows in (Decision.objects.all(), Statement.objects.all()):
        for field in rows.model._meta.concrete_fields:
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                rows.update(**{field.name: _another(field)})
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows._raw_delete(rows.db)  # past what Django would refuse
    assert Decision.objects.update(word=FORGOTTEN, reason=FORGOTTEN) == 1
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Decision.objects.update(word="Kindly.")


def _another(field: Any) -> Any:
    """A value that the column takes, and does not hold."""
    kinds: dict[str, Any] = {
        "BooleanField": False,
        "CharField": "LEAVE" if field.name == "action" else "x",
        "DateField": (NOW + DAY).date(),
        "DateTimeField": NOW + DAY,
        "TextField": "Other words.",
    }
    return kinds.get(field.get_internal_type(), 7)


def test_a_hold_overrides_it_until_its_day(
    trusted_member: User, category: Category, lead: User, clock: time_machine.Traveller
) -> None:
    post, other = (hidden(trusted_member, category, lead) for _number in range(2))
    place_hold(post, actor=lead, reason="A court asked.", until=(NOW + 300 * DAY).date())
    clock.shift(LAST + DAY)
    assert forget_what_is_due()["decisions"] == 1
    assert (words_about(other), len(words_about(post))) == (set(), 3)
    clock.move_to(NOW + 299 * DAY, tick=False)
    assert forget_what_is_due() == NOTHING
    clock.shift(DAY)
    assert forget_what_is_due()["decisions"] == 1
    assert words_about(post) == set()


def test_a_hold_that_a_lead_ends_holds_no_longer(
    trusted_member: User, category: Category, lead: User, clock: time_machine.Traveller
) -> None:
    post = hidden(trusted_member, category, lead)
    hold = place_hold(post, actor=lead, reason="A court asked.", until=(NOW + 300 * DAY).date())
    clock.shift(LAST + DAY)
    end_hold(hold, actor=lead)
    forget_what_is_due()
    assert words_about(post) == set()


@pytest.mark.parametrize(
    ("terms", "over_after"),
    [(Terms("WARNING", "Be kind."), 0), (Terms("SUSPENSION", "Be kind.", 10), 10), (Terms("PREMODERATION", "x", 3), 3)],
    ids=lambda value: getattr(value, "level", ""),
)
def test_a_sanctions_reasons_stay_from_when_it_is_over(
    trusted_member: User,
    category: Category,
    moderator: User,
    clock: time_machine.Traveller,
    terms: Terms,
    over_after: int,
) -> None:
    post = written_by(trusted_member, category)
    sanction_author(post, actor=moderator, terms=terms)
    clock.shift(over_after * DAY + LAST)
    assert forget_what_is_due()["sanctions"] == 0
    clock.shift(DAY)
    assert forget_what_is_due()["sanctions"] == 1
    assert Sanction.objects.get().reason == FORGOTTEN


def test_what_is_in_force_keeps_its_reason(
    trusted_member: User, category: Category, moderator: User, clock: time_machine.Traveller
) -> None:
    post = written_by(trusted_member, category)
    ban = sanction_author(post, actor=moderator, terms=Terms("BAN", "Threats."))
    clock.shift(2_000 * DAY)
    assert forget_what_is_due()["sanctions"] == 0
    lift_sanction(ban, actor=moderator, why="Long ago.")
    clock.shift(LAST)
    assert forget_what_is_due()["sanctions"] == 0
    clock.shift(DAY)
    assert forget_what_is_due()["sanctions"] == 1
    assert (Sanction.objects.get().reason, Sanction.objects.get().why_lifted) == (FORGOTTEN, FORGOTTEN)


def test_the_command_says_how_many_and_a_dry_run_forgets_none(
    trusted_member: User, category: Category, moderator: User, clock: time_machine.Traveller
) -> None:
    post = hidden(trusted_member, category, moderator)
    clock.shift(LAST + DAY)
    said = _said("--dry-run")
    assert "a decision's words to the author, and its reason: 1 would be forgotten" in said
    assert words_about(post)
    assert "what a reader wrote in a report: 1 forgotten" in _said()
    assert not words_about(post)


def _said(*arguments: str) -> str:
    out = StringIO()
    call_command("enforce_retention", *arguments, stdout=out)
    return out.getvalue()


def test_the_desk_and_the_api_say_what_was_forgotten(
    trusted_member: User, category: Category, moderator: User, clock: time_machine.Traveller
) -> None:
    for _number in range(2):
        hidden(trusted_member, category, moderator)
    clock.shift(LAST + DAY)
    moderator.refresh_from_db()
    assert _rule("decisions", moderator)["due"] == 2
    enforce_retention.call()
    told = _rule("decisions", moderator)
    assert (told["due"], told["forgotten"], told["days"]) == (0, 2, APPEAL_DAYS)
    page = sign_in(Client(), moderator).get("/admin/moderation/hold/").text
    assert "183 days after the decision. Forgotten within a year: 2." in page


def _rule(name: str, moderator: User) -> dict[str, Any]:
    answer = json.loads(signed_in(moderator).ask("/api/v1/desk/retention/").text)
    told: dict[str, Any] = next(rule for rule in answer["rules"] if rule["name"] == name)
    return told


def test_every_text_of_the_desk_is_in_the_table_or_goes_with_its_row() -> None:
    """A new one fails here: say after how long it is forgotten."""
    ruled = {(rule.words[0]._meta.label, field) for rule in RULES if rule.words for field in rule.words[1]}
    go = {table.model for table in TABLES if isinstance(table, Table) and table.goes is not None}
    texts = {
        (model._meta.label, field.name)
        for model in apps.get_app_config("moderation").get_models()
        for field in model._meta.get_fields()
        if isinstance(field, TextField)
    }
    assert {(model, field) for model, field in texts - ruled if model not in go} == set()
    assert ruled <= texts


def test_the_table_in_the_documents_is_the_one_that_is_enforced() -> None:
    assert retention_table() in (ROOT / "docs/running.md").read_text()
