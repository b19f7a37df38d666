"""Whoever told the team about a post does not decide it without anybody knowing, and nobody else learns who told."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from accounts.identity import identity_of
from common.public_id import new_public_id
from common.sealing import tags
from forum.models import Category
from forum.services.visibility import publish_post
from moderation.models import AuditEntry, Case, Decision, Report, Seen
from moderation.services.appeals import appeal_report, decide_appeal
from moderation.services.batches import BulkAct, Chosen, carry_out, items_of, preview
from moderation.services.cases import pass_on
from moderation.services.claims import hand_over, put_off, take, take_next, take_over
from moderation.services.decisions import decide
from moderation.services.moderators import create_moderator, leads
from moderation.services.reports import ReportedItYourself, judge_report, report_post
from tests.house.doors import signed_in
from tests.personas import let_words_leave, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


def reported(category: Category, by: User, reason: str = "SPAM") -> Case:
    """With another reader's report beside it."""
    post = publish_post(written_by_guest(category).post, actor=None)
    Case.objects.filter(post=post).update(state="CLOSED")
    for actor, identity in ((f"member:{by.pk}", identity_of(by)), ("guest:1", None)):
        report_post(post, actor=actor, reason=reason, identity=identity)
    return Case.objects.select_related("post__thread__category").get(post=post, state="OPEN")


def left(case: Case, by: User) -> Decision:
    case = Case.objects.select_related("post__thread__category").get(pk=case.pk)
    return decide(case, actor=by, action="LEAVE", seen=Seen.of(case))


def test_it_is_somebody_elses_to_decide(category: Category, moderator: User, second: User) -> None:
    case = reported(category, moderator)
    with pytest.raises(ReportedItYourself):
        left(case, moderator)
    assert not Decision.objects.exists()
    left(case, second)
    assert "reported_it" not in AuditEntry.objects.latest("number").facts


def test_take_next_brings_it_to_somebody_else(category: Category, moderator: User, second: User) -> None:
    case = reported(category, moderator)
    assert take_next(actor=moderator) is None
    assert take_next(actor=second) == case


def test_they_may_pass_it_on(category: Category, moderator: User, second: User) -> None:
    second.groups.add(leads())
    case = reported(category, moderator)
    assert pass_on(case, actor=moderator, seen=Seen.of(case)).state == "ESCALATED"


def by_taking(case: Case, by: User) -> None:
    take(case, actor=by)


def by_taking_over(case: Case, by: User) -> None:
    take_over(case, actor=by)


def by_putting_off(case: Case, by: User) -> None:
    put_off(case, actor=by, seen=Seen.of(case), hours=3)


DEEDS = pytest.mark.parametrize("deed", [by_taking, by_taking_over, by_putting_off])


@DEEDS
def test_they_keep_it_from_nobody(
    category: Category, lead: User, second: User, deed: Callable[[Case, User], None]
) -> None:
    case = reported(category, lead)
    if deed is by_taking_over:
        case = take(case, actor=second)
    before = Case.objects.filter(pk=case.pk).values().get()
    with pytest.raises(ReportedItYourself):
        deed(case, lead)
    assert Case.objects.filter(pk=case.pk).values().get() == before


@DEEDS
def test_where_nobody_else_could_decide_it_is_theirs(
    category: Category, lead: User, deed: Callable[[Case, User], None]
) -> None:
    deed(reported(category, lead), lead)


def test_a_life_they_take_over_unless_somebody_may_have_hurt_them(category: Category, lead: User, second: User) -> None:
    case = take(reported(category, lead, "DANGER"), actor=second)
    assert take_over(case, actor=lead).is_taken_by(lead.pk)
    case = take(reported(category, lead, "HURT_ME"), actor=second)
    with pytest.raises(ReportedItYourself):
        take_over(case, actor=lead)


def test_what_they_have_already_stays_theirs_until_it_ends(category: Category, moderator: User, second: User) -> None:
    case = Case.objects.get(post=written_by_guest(category).post, state="OPEN")
    take(case, actor=moderator)
    report_post(case.post, actor=f"member:{moderator.pk}", reason="SPAM", identity=identity_of(moderator))
    assert signed_in(moderator).ask(f"/admin/moderation/case/{case.pk}/change/").status == 200


def test_where_nobody_else_could_they_decide_and_the_log_says_so(category: Category, moderator: User) -> None:
    case = reported(category, moderator)
    assert take_next(actor=moderator) == case
    left(case, moderator)
    assert AuditEntry.objects.latest("number").facts["reported_it"] is True


@pytest.mark.parametrize("reason", ["SPAM", "HURT_ME"])
def test_whoever_wrote_it_is_nobody_else(category: Category, moderator: User, second: User, reason: str) -> None:
    """Neither could decide it, and it waited for ever."""
    post = written_by(second, category)
    publish_post(post, actor=None)
    Case.objects.update(state="CLOSED")
    report_post(post, actor=f"member:{moderator.pk}", reason=reason, identity=identity_of(moderator))
    case = Case.objects.get(post=post, state="OPEN")
    third, _password = create_moderator("desk three")
    assert take_next(actor=moderator) is None
    with pytest.raises(ReportedItYourself):
        left(case, moderator)
    third.groups.clear()
    assert take_next(actor=moderator) == case
    left(case, moderator)


def test_a_lead_alone_decides_what_only_leads_decide(category: Category, lead: User, second: User) -> None:
    case = reported(category, lead)
    pass_on(case, actor=second, seen=Seen.of(case))
    assert take_next(actor=lead) == case, "a moderator who is there could not decide it"
    left(case, lead)
    assert AuditEntry.objects.latest("number").facts["reported_it"] is True
    second.groups.add(leads())
    case = reported(category, lead)
    pass_on(case, actor=second, seen=Seen.of(case))
    with pytest.raises(ReportedItYourself):
        left(case, lead)


def test_where_a_life_may_be_at_risk_nobody_waits_for_somebody_else(
    category: Category, moderator: User, second: User
) -> None:
    case = reported(category, moderator, "DANGER")
    assert take_next(actor=moderator) == case
    left(case, moderator)


def test_but_not_about_somebody_who_may_have_hurt_them(category: Category, moderator: User, second: User) -> None:
    case = reported(category, moderator, "HURT_ME")
    assert take_next(actor=moderator) is None
    with pytest.raises(ReportedItYourself):
        left(case, moderator)


def test_nobody_judges_their_own_report_whoever_else_there_is(category: Category, moderator: User) -> None:
    case = reported(category, moderator)
    own = tags("reporter", identity_of(moderator), case.public_id)
    mine, others = Report.objects.get(reporter_tag__in=own), Report.objects.exclude(reporter_tag__in=own).get()
    with pytest.raises(ReportedItYourself):
        judge_report(mine.reference, case=case, actor=moderator, judgement="RIGHT")
    judge_report(others.reference, case=case, actor=moderator, judgement="RIGHT")
    mine.refresh_from_db()
    assert mine.judgement == ""


def test_in_a_batch_it_is_left_and_said(category: Category, moderator: User, second: User) -> None:
    case = reported(category, moderator)
    assert problem_before(BulkAct("LEAVE"), case, moderator) == "reported-it-yourself"
    assert problem_before(BulkAct("LEAVE"), case, second) is None
    chosen = [Chosen(case.public_id, Seen.of(case))]
    batch = carry_out(new_public_id(), BulkAct("LEAVE"), actor=moderator, chosen=chosen)
    assert [item.problem for item in items_of(batch, moderator)] == ["reported-it-yourself"]


def test_judging_in_a_batch_says_it_before(category: Category, moderator: User) -> None:
    case, act = reported(category, moderator), BulkAct("JUDGE", judgement="RIGHT")
    assert problem_before(act, case, moderator) == "reported-it-yourself"
    batch = carry_out(new_public_id(), act, actor=moderator, chosen=[Chosen(case.public_id, Seen.of(case))])
    assert [item.problem for item in items_of(batch, moderator)] == ["reported-it-yourself"]
    assert problem_before(BulkAct("LEAVE"), case, moderator) is None, "nobody else is there"


def problem_before(act: BulkAct, case: Case, by: User) -> str | None:
    [line] = preview(act, actor=by, cases=[case.public_id]).lines
    return line.problem.code if line.problem else None


# --- By the doors -----------------------------------------------------------------------------------------------------


def test_the_page_says_it_before_and_the_form_keeps_what_was_typed(
    category: Category, moderator: User, second: User
) -> None:
    case = reported(category, moderator)
    place, me, other = f"/admin/moderation/case/{case.pk}/change/", signed_in(moderator), signed_in(second)
    mine, theirs = me.ask(place).text, other.ask(place).text
    assert "You told the team about this post yourself" in mine
    assert "yourself" not in theirs
    for refused in ("take", "put_off"):
        assert f'name="do" value="{refused}"' not in mine
        assert f'name="do" value="{refused}"' in theirs
    assert 'name="do" value="pass_on"' in mine
    typed = {"seen": str(Seen.of(case)), "action": "HIDE", "word": "Sentinel word.", "reason": "r"}
    page = me.ask(place, "POST", data=typed)
    assert page.status == 400
    assert "somebody else looks at it now" in page.text
    assert "Sentinel word." in page.text


def test_the_api_says_it_to_them_alone(category: Category, moderator: User, second: User) -> None:
    case = reported(category, moderator)
    address, me = f"/api/v1/desk/cases/{case.public_id}/", signed_in(moderator)
    told = {who: json.loads(who_asks.ask(address).text) for who, who_asks in (("me", me), ("other", signed_in(second)))}
    assert (told["me"].pop("has_reported"), told["other"].pop("has_reported")) == (True, False)
    assert told["me"] == told["other"]
    seen = {"If-Match": f'"{Seen.of(case)}"'}
    refused = me.ask(f"{address}decisions/", "POST", data={"action": "LEAVE"}, **seen)
    assert (refused.status, json.loads(refused.text)["code"]) == (403, "reported-it-yourself")


def test_both_doors_refuse_to_put_it_off_and_to_take_it_over(category: Category, lead: User, second: User) -> None:
    case = take(reported(category, lead), actor=second)
    api, page, me = (
        f"/api/v1/desk/cases/{case.public_id}/",
        f"/admin/moderation/case/{case.pk}/change/",
        signed_in(lead),
    )
    before = Case.objects.filter(pk=case.pk).values().get()
    told = me.ask(f"{api}takeover/", "POST")
    assert (told.status, json.loads(told.text)["code"]) == (403, "reported-it-yourself")
    assert me.ask(page, "POST", data={"do": "take_over"}).status == 302
    said = me.ask(page).text
    assert "somebody else looks at it now" in said
    assert 'name="do" value="take_over"' not in said
    assert Case.objects.filter(pk=case.pk).values().get() == before
    hand_over(case, actor=second)
    case.refresh_from_db()
    seen = str(Seen.of(case))
    told = me.ask(f"{api}putting-off/", "POST", data={"hours": 3}, **{"If-Match": f'"{seen}"'})
    assert (told.status, json.loads(told.text)["code"]) == (403, "reported-it-yourself")
    assert me.ask(page, "POST", data={"do": "put_off", "hours": "3", "seen": seen}).status == 302
    case.refresh_from_db()
    assert case.state == "OPEN"


# --- When they ask for another look -----------------------------------------------------------------------------------


def asked_again(category: Category, by: User, decided_by: User) -> Case:
    """`by` reported it, somebody left it as it is, and `by` asks again."""
    case = reported(category, by)
    left(case, decided_by)
    let_words_leave()
    own = Report.objects.get(reporter_tag__in=tags("reporter", f"member:{by.pk}", case.public_id))
    return appeal_report(own.reference, text="Look again.").case


@pytest.mark.parametrize("alone", [False, True])
def test_nobody_answers_themselves(category: Category, moderator: User, second: User, *, alone: bool) -> None:
    case = asked_again(category, moderator, second)
    if alone:
        second.groups.clear()
    case = Case.objects.select_related("post__thread__category", "appeal").get(pk=case.pk)
    assert take_next(actor=moderator) is None
    with pytest.raises(ReportedItYourself):
        decide_appeal(case, actor=moderator, seen=Seen.of(case), overturns=True, answer="Yes.", reason="Why.")
    assert Decision.objects.count() == 1


def test_over_the_api_they_read_that_it_is_theirs(category: Category, moderator: User, second: User) -> None:
    case = asked_again(category, moderator, second)
    me = signed_in(moderator)
    read = json.loads(me.ask(f"/api/v1/desk/cases/{case.public_id}/").text)
    assert read["has_reported"] is True
    body = {"overturns": True, "answer": "Yes.", "reason": "Why."}
    told = me.ask(f"/api/v1/desk/cases/{case.public_id}/appeal/", "POST", data=body, **{"If-Match": read["etag"]})
    assert (told.status, json.loads(told.text)["code"]) == (403, "reported-it-yourself")


def test_a_later_case_about_the_same_post_is_somebody_elses_too(
    category: Category, moderator: User, second: User
) -> None:
    case = reported(category, moderator)
    left(case, second)
    report_post(case.post, actor="guest:2", reason="SPAM")
    later = Case.objects.get(post=case.post, state="OPEN")
    assert take_next(actor=moderator) is None
    with pytest.raises(ReportedItYourself):
        left(later, moderator)
