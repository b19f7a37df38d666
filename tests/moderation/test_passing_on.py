"""What is passed on comes to a lead by the queue's own order, and binds nobody where no lead could take it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import time_machine

from accounts.identity import identity_of
from common.days import today
from forum.models import Category
from forum.services.visibility import publish_post
from moderation.models import AuditEntry, Case, CaseState, Duty, DutyDay, Lane, Seen
from moderation.services.appeals import appeal_report, appeal_statement, decide_appeal
from moderation.services.batches import BulkAct, preview
from moderation.services.cases import CaseChanged, CaseTaken, LeadNeeded, NoLeadThere, pass_on
from moderation.services.claims import bring_up, take, take_next
from moderation.services.decisions import decide
from moderation.services.moderators import create_moderator, leads, remove_moderator
from moderation.services.reports import report_post
from tests.house.doors import signed_in
from tests.personas import GuestPost, let_words_leave, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def lead(second: User) -> User:
    """Not `moderator`, who passes on."""
    second.groups.add(leads())
    return type(second).objects.get(pk=second.pk)


@pytest.fixture
def third(moderator: User) -> User:
    return create_moderator("desk three")[0]


def fresh(case: Case) -> Case:
    return Case.objects.select_related("post__thread__category", "appeal").get(pk=case.pk)


def reported(category: Category, reason: str = "DANGER", *, by: User | None = None) -> Case:
    """One of many bare reports."""
    written = written_by(by, category) if by else written_by_guest(category).post
    post = publish_post(written, actor=None) if written.state == "HELD" else written
    Case.objects.filter(post=post).delete()
    return fresh(report_post(post, actor="guest:1", reason=reason).case)


def passed(case: Case, by: User) -> Case:
    case = fresh(case)
    return pass_on(case, actor=by, seen=Seen.of(case))


def left(case: Case, by: User) -> None:
    case = fresh(case)
    decide(case, actor=by, action="LEAVE", seen=Seen.of(case))


def off_duty(somebody: User) -> None:
    Duty.objects.create(moderator=somebody, off_until=today() + dt.timedelta(days=1))


def enough(somebody: User) -> None:
    Duty.objects.create(moderator=somebody, enough=3)
    DutyDay.objects.update_or_create(moderator=somebody, day=today(), defaults={"cases": 3})


def appealed(guest: GuestPost, decided_by: User, text: str = "There is no street in it.") -> Case:
    case = Case.objects.select_related("post").get(post=guest.post)
    statement = decide(case, actor=decided_by, action="HIDE", seen=Seen.of(case), reason="It names a street.").statement
    assert statement is not None
    let_words_leave()
    return fresh(appeal_statement(statement, actor=guest.reader, text=text).case)


# --- The order --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["DANGER", "SPAM"])
def test_a_lead_is_given_what_is_due_first_whether_it_was_passed_on_or_not(
    category: Category, moderator: User, lead: User, clock: time_machine.Traveller, reason: str
) -> None:
    order = []
    for is_passed_on in (False, True, False, True):
        case = reported(category, reason)
        order.append(case)
        if is_passed_on:
            passed(case, moderator)
        clock.shift(HOUR)
    given = []
    for _case in order:
        case_given = take_next(actor=lead)
        assert case_given is not None
        given.append(case_given)
        left(case_given, lead)
    assert given == order


def test_a_life_that_was_passed_on_comes_before_what_a_lead_has_in_hand(
    category: Category, moderator: User, lead: User
) -> None:
    life = reported(category)
    in_hand = reported(category, "SPAM")
    take(in_hand, actor=lead)
    passed(life, moderator)
    assert take_next(actor=lead) == life


# --- Where no lead could take it --------------------------------------------------------------------------------------


def no_lead_at_all(category: Category, lead: User) -> Case:
    lead.groups.remove(leads())
    return reported(category)


def words_of_the_only_lead(category: Category, lead: User) -> Case:
    return reported(category, by=lead)


def decided_by_the_only_lead(category: Category, lead: User) -> Case:
    return appealed(written_by_guest(category), lead)


def life_and_off_duty(category: Category, lead: User) -> Case:
    off_duty(lead)
    return reported(category)


def life_and_had_enough(category: Category, lead: User) -> Case:
    enough(lead)
    return reported(category)


@pytest.mark.parametrize(
    "situation",
    [no_lead_at_all, words_of_the_only_lead, decided_by_the_only_lead, life_and_off_duty, life_and_had_enough],
)
def test_it_stays_with_everybody(
    category: Category, moderator: User, lead: User, situation: Callable[[Category, User], Case]
) -> None:
    case = situation(category, lead)
    before, logged = Case.objects.filter(pk=case.pk).values().get(), AuditEntry.objects.count()
    with pytest.raises(NoLeadThere):
        passed(case, moderator)
    assert Case.objects.filter(pk=case.pk).values().get() == before
    assert AuditEntry.objects.count() == logged
    assert take_next(actor=moderator) == case


def test_the_only_lead_passes_nothing_on_to_themselves(category: Category, lead: User, third: User) -> None:
    case = reported(category)
    with pytest.raises(NoLeadThere):
        passed(case, lead)
    third.groups.add(leads())
    assert passed(case, lead).state == CaseState.ESCALATED


def test_a_lead_who_is_off_duty_finds_the_rest_when_they_are_back(
    category: Category, moderator: User, lead: User
) -> None:
    off_duty(lead)
    case = passed(reported(category, "SPAM"), moderator)
    assert take_next(actor=moderator) is None
    with pytest.raises(LeadNeeded):
        take(case, actor=moderator)
    Duty.objects.all().delete()
    assert take_next(actor=lead) == case


def test_which_lead_asked_for_another_look_nobody_learns_from_it(
    category: Category, moderator: User, lead: User, third: User
) -> None:
    """Of a reader's and of the lead's own alike: one lead may be whoever reported, so there must be two."""
    case = reported(category, "OTHER")
    left(case, third)
    let_words_leave()
    appeal = appeal_report(case.reports.get().reference, text="It blames her.").case
    with pytest.raises(NoLeadThere):
        passed(appeal, moderator)
    third.groups.add(leads())
    with pytest.raises(NoLeadThere):
        passed(appeal, moderator)  # of the two one decided first
    create_moderator("desk four", is_lead=True)
    assert passed(appeal, moderator).state == CaseState.ESCALATED


# --- And afterwards ---------------------------------------------------------------------------------------------------


def removed(lead: User) -> None:
    remove_moderator(lead.username)


@pytest.mark.parametrize("goes", [removed, off_duty, enough])
def test_a_life_is_everybodys_again_once_no_lead_is_there(
    category: Category, moderator: User, lead: User, goes: Callable[[User], None]
) -> None:
    case = passed(reported(category), moderator)
    assert take_next(actor=moderator) is None
    goes(lead)
    assert take_next(actor=moderator) == case
    left(case, moderator)
    assert fresh(case).state == CaseState.CLOSED


def test_somebody_who_hurt_them_waits_for_no_lead_who_leaves_it_to_one_who_is_away(
    category: Category, moderator: User, lead: User
) -> None:
    """Whoever reported for that reason leaves it to others; which lead did, nobody learns from who may take it."""
    reporter = create_moderator("desk four", is_lead=True)[0]
    written = written_by_guest(category).post
    post = publish_post(written, actor=None)
    Case.objects.filter(post=post).delete()
    case = fresh(report_post(post, actor="member:4", reason="HURT_ME", identity=identity_of(reporter)).case)
    passed(case, moderator)
    assert take_next(actor=moderator) is None
    off_duty(lead)
    assert take_next(actor=reporter) is None
    assert take_next(actor=moderator) == case
    left(case, moderator)
    again = fresh(report_post(post, actor="member:5", reason="HURT_ME").case)
    with pytest.raises(NoLeadThere):
        passed(again, moderator)


def passing_back(case: Case, by: User) -> None:
    assert passed(case, by).state == CaseState.OPEN


def taking(case: Case, by: User) -> None:
    assert take(fresh(case), actor=by).is_taken_by(by.pk)


@pytest.mark.parametrize("deed", [taking, left, passing_back])
def test_until_the_queue_has_seen_it_whoever_opens_it_does_what_they_like(
    category: Category, moderator: User, lead: User, deed: Callable[[Case, User], None]
) -> None:
    case = passed(reported(category, "SPAM"), moderator)
    with pytest.raises(LeadNeeded):
        deed(case, moderator)
    removed(lead)
    [line] = preview(BulkAct("LEAVE"), actor=moderator, cases=[case.public_id]).lines
    assert line.problem is None
    deed(case, moderator)


def test_an_appeal_that_was_passed_on_is_answered_once_the_other_lead_is_gone(
    category: Category, moderator: User, lead: User, third: User
) -> None:
    case = appealed(written_by_guest(category), lead)
    third.groups.add(leads())
    passed(case, moderator)
    removed(third)
    taken = take_next(actor=moderator)
    assert taken == case
    case = fresh(case)
    decide_appeal(case, actor=moderator, seen=Seen.of(case), overturns=False, answer="I looked again.")


def test_whoever_took_it_keeps_it_when_a_lead_comes_back(category: Category, moderator: User, lead: User) -> None:
    case = passed(reported(category), moderator)
    off_duty(lead)
    take(case, actor=moderator)
    Duty.objects.all().delete()
    left(case, moderator)


def test_what_a_lead_has_in_hand_stays_theirs_though_it_was_enough_for_today(
    category: Category, moderator: User, lead: User, third: User
) -> None:
    case = passed(reported(category), moderator)
    assert take_next(actor=lead) == case
    enough(lead)
    assert take_next(actor=third) is None
    for deed in (taking, left):
        with pytest.raises(CaseTaken):
            deed(case, third)
    assert fresh(case).state == CaseState.ESCALATED
    left(case, lead)


def test_a_button_to_give_it_back_does_not_pass_it_on(category: Category, moderator: User, lead: User) -> None:
    case = passed(reported(category), moderator)
    seen = Seen.of(fresh(case))
    off_duty(lead)
    bring_up()
    Duty.objects.all().delete()
    with pytest.raises(CaseChanged):
        pass_on(fresh(case), actor=moderator, seen=seen)
    assert fresh(case).state == CaseState.OPEN


def test_nobody_reads_from_the_log_when_a_lead_was_off_duty(category: Category, moderator: User, lead: User) -> None:
    passed(reported(category), moderator)
    logged = AuditEntry.objects.count()
    off_duty(lead)
    assert take_next(actor=moderator) is not None
    assert AuditEntry.objects.count() == logged


def test_the_page_and_the_api_say_it(category: Category, moderator: User) -> None:
    case, me = reported(category), signed_in(moderator)
    seen = {"seen": str(Seen.of(case)), "do": "pass_on"}
    page = me.ask(f"/admin/moderation/case/{case.pk}/change/", "POST", data=seen)
    assert "No lead could take this just now" in me.ask(page.headers["location"]).text
    refused = me.ask(
        f"/api/v1/desk/cases/{case.public_id}/passing-on/", "POST", data={}, **{"If-Match": f'"{Seen.of(case)}"'}
    )
    assert (refused.status, json.loads(refused.text)["code"]) == (409, "no-lead-there")
    assert (fresh(case).state, fresh(case).lane) == (CaseState.OPEN, Lane.LIFE)
