"""Where a duty to keep meets the right to erase: a sealed copy, a day, and two people to open it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import SealedRecord
from config.tasks import forget_old_rows
from forum.authorship import Reader
from forum.models import Category, Post
from forum.services.posts import edit_post
from forum.services.visibility import erase_post, publish_post
from forum.states import PostState
from moderation.models import Access, AuditEntry, Case, Hold, HoldKind, ReportReason, Seen, Statement
from moderation.services.appeals import appeal_statement, decide_appeal
from moderation.services.cases import open_case
from moderation.services.claims import take_next
from moderation.services.decisions import decide
from moderation.services.holds import (
    EvidenceStays,
    HeldAlready,
    HoldUnfit,
    NothingHeld,
    NothingToHold,
    NotTakenDown,
    end_hold,
    held_words,
    hold_of,
    place_hold,
    seal_evidence,
)
from moderation.services.reports import report_post
from moderation.services.roles import OnlyLeads
from moderation.services.telling_reporters import report_status
from moderation.services.two_people import NotApproved, approve_look, ask_for_look, look
from tests.house.doors import guest, signed_in, visitor
from tests.house.dump import dump_cache, dump_tables, rows_of
from tests.personas import GuestPost, let_words_leave, sign_in, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 3, 9, 30, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
WORDS = "zqheldwords"
PAGE = "/admin/moderation/hold/"
API = "/api/v1/desk/holds/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def post(trusted_member: User, category: Category) -> Post:
    return written_by(trusted_member, category, title="A title", text=f"{WORDS} one.")


def held(post: Post, lead: User, *, days: int = 90) -> Hold:
    return place_hold(post, actor=lead, reason="A court asked.", until=NOW.date() + days * DAY)


def hide(post: Post, lead: User) -> None:
    case = open_case(post, reasons=["premoderated"])
    case.post.refresh_from_db()
    decide(case, actor=lead, action="HIDE", seen=Seen.of(case), reason="A picture of a child.")


def hidden(post: Post, lead: User) -> Post:
    """Some seconds ago."""
    hide(post, lead)
    let_words_leave()
    return post


def opened_by_two(post: Post, lead: User, second: User) -> tuple[str, ...]:
    asked = ask_for_look(post, actor=lead, access=Access.EVIDENCE, reason="The court's date.")
    return look(approve_look(asked, actor=second), actor=lead).words


def test_a_hold_changes_nothing_for_whoever_reads_or_wrote_it(post: Post, lead: User, trusted_member: User) -> None:
    place = f"/api/v1/posts/{post.public_id}/"
    readers = (visitor(), signed_in(trusted_member))
    before = [somebody.ask(place).text for somebody in readers]
    held(post, lead)
    assert [somebody.ask(place).text for somebody in readers] == before


def test_its_author_erases_it_for_everybody_and_two_people_still_open_the_copy(
    post: Post, lead: User, second: User, trusted_member: User
) -> None:
    author = Reader(trusted_member)
    post = edit_post(post, actor=author, version=post.version, title="A title", text=f"{WORDS} two.")
    held(post, lead)
    erase_post(post, actor=author)
    assert not [table for table, row in rows_of(dump_tables()) if WORDS in str(row)]
    assert WORDS not in str(dump_cache())
    words = opened_by_two(post, lead, second)
    assert words == (f"A title\n{WORDS} two.", f"A title\n{WORDS} one.")


def test_on_its_day_the_copy_and_the_hold_are_gone(post: Post, lead: User, clock: time_machine.Traveller) -> None:
    hold = held(post, lead, days=90)
    records = SealedRecord.objects.count()
    clock.shift(89 * DAY)
    forget_old_rows.call()
    assert hold_of(post) == hold
    assert held_words(post)
    clock.shift(DAY)
    assert hold_of(post) is None
    with pytest.raises(NothingHeld):
        held_words(post)
    forget_old_rows.call()
    assert not Hold.objects.exists()
    assert SealedRecord.objects.count() == records - 1


def test_a_lead_ends_it_sooner_and_twice_is_once(post: Post, lead: User) -> None:
    hold = held(post, lead)
    for _time in range(2):
        end_hold(hold, actor=lead)
    with pytest.raises(NothingHeld):
        held_words(post)
    log = AuditEntry.objects.filter(event__startswith="hold").values_list("event", flat=True)
    assert list(log) == ["hold_placed", "hold_ended"]


@pytest.mark.parametrize(("reason", "days"), [(" ", 3), ("Why.", 0), ("Why.", -1), ("Why.", 1_096), ("x" * 2_001, 3)])
def test_it_has_a_reason_and_an_end(post: Post, lead: User, reason: str, days: int) -> None:
    with pytest.raises(HoldUnfit):
        place_hold(post, actor=lead, reason=reason, until=NOW.date() + days * DAY)
    assert not Hold.objects.exists()
    with pytest.raises(IntegrityError, match="hold_ends"):
        Hold.objects.create(
            post=post, kind=HoldKind.LEGAL, reason="x", placed_by=lead, placed_on=NOW.date(), until=NOW.date()
        )


def test_leads_alone_place_and_end_it(post: Post, lead: User, second: User) -> None:
    with pytest.raises(OnlyLeads):
        held(post, second)
    with pytest.raises(OnlyLeads):
        seal_evidence(post, actor=second, reason="x")
    hold = held(post, lead)
    with pytest.raises(OnlyLeads):
        end_hold(hold, actor=second)
    with pytest.raises(HeldAlready):
        held(post, lead)
    assert Hold.objects.count() == 1


def test_what_is_erased_already_cannot_be_held(post: Post, lead: User, trusted_member: User) -> None:
    erase_post(post, actor=Reader(trusted_member))
    with pytest.raises(NothingToHold):
        held(post, lead)
    assert not Hold.objects.exists()


# --- Evidence ---------------------------------------------------------------------------------------------------------


def test_evidence_is_gone_for_everybody_at_once_the_desk_and_its_author_included(
    category: Category, lead: User, second: User
) -> None:
    written: GuestPost = written_by_guest(category, text=f"{WORDS} one.")
    publish_post(written.post, actor=None)
    report = report_post(written.post, actor="network:one", reason="CHILD")
    seal_evidence(hidden(written.post, lead), actor=lead, reason="A child is shown.")
    post = Post.objects.get()
    assert (post.state, post.source, post.revisions.count()) == (PostState.ERASED, "", 0)
    case = Case.objects.get()
    asks = [
        (visitor(), [f"/t/{post.thread.public_id}/", f"/p/{post.public_id}/", "/"]),
        (guest(written.code), ["/mine/", f"/p/{post.public_id}/"]),
        (signed_in(lead), [f"/admin/moderation/case/{case.pk}/change/", "/admin/moderation/case/", PAGE, API]),
    ]
    for somebody, urls in asks:
        assert [url for url in urls if WORDS in somebody.ask(url).text] == []
    assert not [table for table, row in rows_of(dump_tables()) if WORDS in str(row)]
    assert case.state == "CLOSED"
    assert not report_status(report.reference).is_waiting
    assert opened_by_two(post, lead, second) == (f"A title\n{WORDS} one.",)


def test_a_life_that_was_reported_meanwhile_is_decided_all_the_same(
    post: Post, lead: User, second: User, category: Category
) -> None:
    """Words about somebody in danger are not answered by taking the post away."""
    hidden(post, lead)
    case = report_post(post, actor="network:one", reason="DANGER", text="She told me he will kill her tonight.").case
    seal_evidence(post, actor=lead, reason="A child is shown.")
    assert take_next(actor=second) == case
    case = Case.objects.select_related("post__thread__category").get(pk=case.pk)
    decide(case, actor=second, action="LEAVE", seen=Seen.of(case))
    assert not Case.objects.filter(post=post).exclude(state="CLOSED").exists()


def test_what_nobody_reported_waits_for_nobody_once_it_is_sealed(post: Post, lead: User) -> None:
    hidden(post, lead)
    open_case(post, reasons=["follow_up"])
    seal_evidence(post, actor=lead, reason="A child is shown.")
    assert not Case.objects.filter(post=post).exclude(state="CLOSED").exists()


@pytest.mark.parametrize("state", ["HELD", "PUBLISHED", "RETURNED", "WITHDRAWN"])
def test_nothing_is_sealed_away_that_no_decision_has_taken_down(post: Post, lead: User, state: str) -> None:
    Post.objects.filter(pk=post.pk).update(state=state)
    with pytest.raises(NotTakenDown):
        seal_evidence(post, actor=lead, reason="A child is shown.")
    post.refresh_from_db()
    assert (post.state, post.source) == (state, f"{WORDS} one.")
    assert not Hold.objects.exists()


def test_nor_while_its_author_is_not_told_and_the_decision_can_be_undone(post: Post, lead: User) -> None:
    hide(post, lead)
    with pytest.raises(NotTakenDown):
        seal_evidence(post, actor=lead, reason="A child is shown.")
    assert not Hold.objects.exists()
    let_words_leave()
    seal_evidence(post, actor=lead, reason="A child is shown.")


@pytest.mark.parametrize("overturns", [True, False])
def test_its_author_reads_why_and_somebody_else_looks_again(
    post: Post, lead: User, second: User, trusted_member: User, *, overturns: bool
) -> None:
    seal_evidence(hidden(post, lead), actor=lead, reason="A child is shown.")
    author = signed_in(trusted_member)
    page = f"/p/{post.public_id}/decided/"
    assert "A picture of a child." in author.ask(page).text
    statement = Statement.objects.select_related("post__thread__category").get()
    case = appeal_statement(statement, actor=Reader(trusted_member), text="It is a song.").case
    decide_appeal(case, actor=second, seen=Seen.of(case), overturns=overturns, answer="I have looked again.")
    let_words_leave()
    assert "I have looked again." in author.ask(page).text
    post.refresh_from_db()
    assert (post.state, post.source) == (PostState.ERASED, "")
    assert opened_by_two(post, lead, second) == (f"A title\n{WORDS} one.",)


def test_evidence_stays_for_its_year_and_not_longer(post: Post, lead: User, clock: time_machine.Traveller) -> None:
    hold = seal_evidence(hidden(post, lead), actor=lead, reason="A child is shown.")
    with pytest.raises(EvidenceStays):
        end_hold(hold, actor=lead)
    clock.shift(364 * DAY)
    forget_old_rows.call()
    assert held_words(post)
    clock.shift(DAY)
    forget_old_rows.call()
    with pytest.raises(NothingHeld):
        held_words(post)
    assert not Hold.objects.exists()


def test_one_person_alone_opens_no_evidence(post: Post, lead: User) -> None:
    seal_evidence(hidden(post, lead), actor=lead, reason="A child is shown.")
    asked = ask_for_look(post, actor=lead, access=Access.EVIDENCE, reason="To report it.")
    with pytest.raises(NotApproved):
        look(asked, actor=lead)


def test_evidence_is_sealed_away_beside_a_hold_and_each_ends_on_its_own_day(
    post: Post, lead: User, second: User, trusted_member: User, clock: time_machine.Traveller
) -> None:
    held(post, lead, days=400)
    edit_post(post, actor=Reader(trusted_member), version=post.version, title="A title", text=f"{WORDS} two.")
    hidden(post, lead)
    body = {"post_id": post.public_id, "kind": "EVIDENCE", "reason": "A child is shown."}
    assert signed_in(lead).ask(API, "POST", data=body).status == 201
    post.refresh_from_db()
    assert (post.state, post.source) == (PostState.ERASED, "")
    assert opened_by_two(post, lead, second) == (f"A title\n{WORDS} two.", f"A title\n{WORDS} one.")
    clock.shift(366 * DAY)
    forget_old_rows.call()
    assert list(Hold.objects.values_list("kind", flat=True)) == [HoldKind.LEGAL]
    assert held_words(post) == (f"A title\n{WORDS} one.",)
    clock.shift(34 * DAY)
    forget_old_rows.call()
    assert not Hold.objects.exists()
    with pytest.raises(NothingHeld):
        held_words(post)


def test_a_hold_that_ends_sooner_takes_no_evidence_with_it(post: Post, lead: User) -> None:
    hold = held(post, lead)
    evidence = seal_evidence(hidden(post, lead), actor=lead, reason="A child is shown.")
    with pytest.raises(IntegrityError), transaction.atomic():
        Hold.objects.create(
            post=post, kind=HoldKind.EVIDENCE, reason="x", placed_by=lead, placed_on=NOW.date(), until=NOW.date() + DAY
        )
    end_hold(hold, actor=lead)
    assert hold_of(post) == evidence
    assert held_words(post) == (f"A title\n{WORDS} one.",)


# --- The sealed minimum -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["CHILD", "IMAGES"])
def test_erasing_does_not_end_the_question_of_what_was_reported_as_unlawful(
    post: Post, lead: User, second: User, trusted_member: User, reason: str
) -> None:
    report_post(post, actor="network:one", reason=reason)
    erase_post(post, actor=Reader(trusted_member))
    assert not [table for table, row in rows_of(dump_tables()) if WORDS in str(row)]
    assert Case.objects.get(post=post).state == "OPEN"
    assert opened_by_two(post, lead, second) == (f"A title\n{WORDS} one.",)


@pytest.mark.parametrize("reason", sorted(set(ReportReason.values) - {"CHILD", "IMAGES"}))
def test_no_other_report_keeps_anything(post: Post, lead: User, trusted_member: User, reason: str) -> None:
    before = SealedRecord.objects.count()
    report_post(post, actor="network:one", reason=reason)
    assert SealedRecord.objects.count() == before
    with pytest.raises(NothingHeld):
        ask_for_look(post, actor=lead, access=Access.EVIDENCE, reason="To see it.")


def test_the_minimum_goes_when_it_is_decided(post: Post, lead: User, clock: time_machine.Traveller) -> None:
    records = SealedRecord.objects.count()
    report_post(post, actor="network:one", reason="CHILD")
    case = Case.objects.get(post=post)
    decide(case, actor=lead, action="LEAVE", seen=Seen.of(case))
    with pytest.raises(NothingHeld):
        held_words(post)
    clock.shift(DAY)
    forget_old_rows.call()
    assert SealedRecord.objects.count() == records


def test_the_minimum_goes_after_three_months_even_if_nobody_decides(
    post: Post, lead: User, clock: time_machine.Traveller
) -> None:
    report_post(post, actor="network:one", reason="CHILD")
    clock.shift(89 * DAY)
    forget_old_rows.call()
    assert held_words(post)
    clock.shift(DAY)
    forget_old_rows.call()
    with pytest.raises(NothingHeld):
        held_words(post)


# --- Doors ------------------------------------------------------------------------------------------------------------


def test_on_the_desk(post: Post, lead: User) -> None:
    desk = sign_in(Client(), lead)
    typed = {"do": "place", "post": post.public_id, "kind": "LEGAL", "reason": "A court asked.", "until": ""}
    answer = desk.post(PAGE, typed)
    assert answer.status_code == 400
    assert "A court asked." in answer.text
    assert desk.post(PAGE, typed | {"until": "2026-06-01"}).status_code == 302
    assert "until June 1, 2026" in desk.get(PAGE).text
    report_post(post, actor="network:one", reason="OTHER")
    case = desk.get(f"/admin/moderation/case/{Case.objects.get(post=post).pk}/change/").text
    assert "There is a hold on it until June 1, 2026" in case
    assert desk.post(PAGE, {"do": "end", "hold": Hold.objects.get().public_id}).status_code == 302
    assert not Hold.objects.exists()


def test_over_the_api(post: Post, lead: User, second: User) -> None:
    body = {"post_id": post.public_id, "kind": "EVIDENCE", "reason": "A child is shown."}
    assert signed_in(second).ask(API, "POST", data=body).status == 403
    early = signed_in(lead).ask(API, "POST", data=body)
    assert (early.status, json.loads(early.text)["code"]) == (409, "not-taken-down")
    hidden(post, lead)
    made = signed_in(lead).ask(API, "POST", data=body)
    assert made.status == 201
    hold = json.loads(made.text)
    assert (hold["kind"], hold["until"]) == ("EVIDENCE", "2027-03-03")
    assert json.loads(signed_in(second).ask(API).text)["holds"] == [hold]
    assert signed_in(lead).ask(f"{API}{hold['id']}/", "DELETE").status == 409
    assert visitor().ask(API).status == 401
