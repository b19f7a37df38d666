"""What somebody outside the team hears of a decision, and when: nothing while it can be undone, then what stands.

The clock is travelled, and nothing else runs.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client

from forum.authorship import Reader
from forum.models import Category, Post
from forum.queries import show_post
from forum.services.posts import edit_post
from forum.services.restricting import WritingPaused
from forum.services.visibility import erase_post, publish_post, withdraw_post
from moderation.models import Action, Appeal, Case, CaseState, Level, Outcome, Sanction, Seen, Statement
from moderation.queries import statements_about
from moderation.services.appeals import NothingToAppeal, appeal_report, appeal_statement, decide_appeal
from moderation.services.decisions import decide
from moderation.services.reports import report_post
from moderation.services.reversing import reverse_decision
from moderation.services.sanctions import Terms, lift_sanction, sanction_author
from moderation.services.telling_reporters import ReportStatus, report_status
from moderation.services.undoing import UndoTooLate, undo_decision, undoable_by
from tests.house.doors import signed_in
from tests.personas import sign_in, written_by

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
LEFT, TAKEN_DOWN, SENT_BACK = "left it where it is", "It was taken down", "It was sent back"
AFTER_ALL, BACK_AFTER_ALL, PUT_BACK, GONE = "and took it down", "and sent it back", "put it back", "not there any more"
SAID = {"word": "A word.", "reason": "A reason."}


@pytest.fixture
def post(trusted_member: User, category: Category, clock: time_machine.Traveller) -> Post:
    return written_by(trusted_member, category)


@pytest.fixture
def report(post: Post) -> str:
    return reported(post, "member:77")


def reported(post: Post, by: str) -> str:
    return report_post(post, actor=by, reason="BLAMES").reference


def case_of(post: Post, *, is_appeal: bool = False) -> Case:
    cases = Case.objects.select_related("post__thread__category", "appeal").filter(post=post)
    return cases.filter(appeal__isnull=not is_appeal).latest("pk" if is_appeal else "opened_at")


def live_case(post: Post) -> Case:
    return Case.objects.select_related("post__thread__category").get(post=post, appeal=None, state=CaseState.OPEN)


def decided(post: Post, by: User, action: str, **what: Any) -> Case:
    case = live_case(post)
    decide(case, actor=by, action=action, seen=Seen.of(case), **{**SAID, **what})
    case.refresh_from_db()
    return case


def undone(case: Case, by: User) -> None:
    fresh = Case.objects.select_related("post").get(pk=case.pk)
    undo_decision(fresh, actor=by, seen=Seen.of(fresh))


def status(reference: str) -> str:
    """Empty while it waits."""
    told = report_status(reference)
    assert told.is_waiting == (told.outcome == "")
    return str(told.outcome)


# --- Whoever reported -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "outcome"), [(Action.LEAVE, LEFT), (Action.HIDE, TAKEN_DOWN), (Action.RETURN, SENT_BACK)]
)
def test_a_report_waits_until_its_decision_cannot_be_undone(
    post: Post, report: str, moderator: User, clock: time_machine.Traveller, action: str, outcome: str
) -> None:
    decided(post, moderator, action)
    for seconds in (0, 14):
        clock.shift(seconds)
        assert report_status(report) == ReportStatus(is_waiting=True, outcome="")
        with pytest.raises(NothingToAppeal):
            appeal_report(report, text="It blames her.")
    clock.shift(1)
    assert outcome in status(report)
    assert report_status(report).may_ask_again is (action == Action.LEAVE)


def test_whoever_reported_never_hears_of_what_was_undone(
    post: Post, report: str, moderator: User, clock: time_machine.Traveller
) -> None:
    undone(decided(post, moderator, Action.HIDE), moderator)
    for seconds in (0, 20):
        clock.shift(seconds)
        assert report_status(report) == ReportStatus(is_waiting=True, outcome="")


def test_a_report_waits_again_once_its_author_sends_it_again(
    post: Post, report: str, moderator: User, trusted_member: User, clock: time_machine.Traveller
) -> None:
    decided(post, moderator, Action.RETURN)
    clock.shift(20)
    post.refresh_from_db()
    edit_post(post, actor=Reader(trusted_member), version=post.version, title="T", text="Other words.")
    assert status(report) == ""


@pytest.mark.parametrize(("action", "outcome"), [(Action.HIDE, AFTER_ALL), (Action.RETURN, BACK_AFTER_ALL)])
def test_what_a_later_case_made_of_the_post_is_told_to_whoever_reported_before(
    post: Post, report: str, moderator: User, clock: time_machine.Traveller, action: str, outcome: str
) -> None:
    decided(post, moderator, Action.LEAVE)
    clock.shift(20)
    assert LEFT in status(report)
    later = reported(post, "member:78")
    assert LEFT in status(report), "that somebody else reported it changes nothing"
    decided(post, moderator, action)
    assert LEFT in status(report), "while it can be undone"
    assert status(later) == ""
    clock.shift(15)
    assert outcome in status(report)
    assert outcome not in status(later)
    assert not report_status(report).may_ask_again


def test_what_an_appeal_put_back_is_told_to_everybody_who_reported(
    post: Post, report: str, trusted_member: User, moderator: User, second: User, clock: time_machine.Traveller
) -> None:
    other = reported(post, "member:78")
    decided(post, moderator, Action.HIDE)
    clock.shift(20)
    (told,) = statements_about(Reader(trusted_member), post.public_id)
    case = appeal_statement(_statement(told.id), actor=Reader(trusted_member), text="It is a song.").case
    decide_appeal(case, actor=second, seen=Seen.of(case), overturns=True, answer="You are right.")
    for reference in (report, other):
        assert TAKEN_DOWN in status(reference)
    clock.shift(15)
    for reference in (report, other):
        assert PUT_BACK in status(reference)


def _statement(public_id: str) -> Statement:
    return Statement.objects.select_related("post__thread").get(public_id=public_id)


@pytest.mark.parametrize("deed", [withdraw_post, erase_post])
def test_what_its_author_took_away_is_not_there_any_more(
    post: Post, report: str, trusted_member: User, moderator: User, clock: time_machine.Traveller, deed: Any
) -> None:
    decided(post, moderator, Action.LEAVE)
    clock.shift(20)
    post.refresh_from_db()
    deed(post, actor=Reader(trusted_member))
    assert GONE in status(report)


def reversed_(case: Case, by: User, clock: time_machine.Traveller) -> None:
    """And told."""
    fresh = Case.objects.select_related("post").get(pk=case.pk)
    reverse_decision(fresh, actor=by, seen=Seen.of(fresh), why="There is no street in it.")
    clock.shift(15)


def test_what_was_taken_down_erased_and_then_taken_back_is_not_there_any_more(
    post: Post, report: str, trusted_member: User, moderator: User, clock: time_machine.Traveller
) -> None:
    case = decided(post, moderator, Action.HIDE)
    clock.shift(20)
    post.refresh_from_db()
    erase_post(post, actor=Reader(trusted_member))
    assert TAKEN_DOWN in status(report)
    reversed_(case, moderator, clock)
    assert GONE in status(report)


@pytest.mark.parametrize("first", [Action.RETURN, Action.LEAVE])
def test_who_reads_that_it_was_put_back_may_ask_again_whichever_case_that_was_about(
    post: Post, report: str, moderator: User, clock: time_machine.Traveller, first: str
) -> None:
    decided(post, moderator, first)
    clock.shift(20)
    if first == Action.RETURN:
        publish_post(post, actor=None)
        Case.objects.update(state=CaseState.CLOSED)
    reported(post, "member:78")
    case = decided(post, moderator, Action.HIDE)
    clock.shift(20)
    assert not report_status(report).may_ask_again
    reversed_(case, moderator, clock)
    assert PUT_BACK in status(report)
    assert report_status(report).may_ask_again
    assert appeal_report(report, text="It still blames her.").first_moderator_id == moderator.pk


def test_a_report_costs_the_same_queries_however_much_was_decided(
    post: Post, report: str, moderator: User, clock: time_machine.Traveller, django_assert_max_num_queries: Any
) -> None:
    for _time in range(3):
        decided(post, moderator, Action.LEAVE)
        clock.shift(20)
        reported(post, "member:78")
    with django_assert_max_num_queries(3):
        report_status(report)


# --- An answer to an appeal -------------------------------------------------------------------------------------------


@pytest.fixture
def appealed(post: Post, trusted_member: User, moderator: User, clock: time_machine.Traveller) -> Case:
    """From a decision that hid the post, with a sanction."""
    reported(post, "member:77")
    decided(post, moderator, Action.HIDE, sanction=Terms(Level.SUSPENSION, "A reason.", days=9))
    clock.shift(20)
    (told,) = statements_about(Reader(trusted_member), post.public_id)
    return appeal_statement(_statement(told.id), actor=Reader(trusted_member), text="It is a song.").case


def answered(case: Case, by: User, *, overturns: bool = True, **fields: Any) -> Appeal:
    case = Case.objects.select_related("post").get(pk=case.pk)
    return decide_appeal(
        case, actor=by, seen=Seen.of(case), overturns=overturns, **{"answer": "You are right.", **fields}
    )


def told_author(post: Post, author: User) -> tuple[str, str, bool, str]:
    """The word, the appeal's outcome and answer, and whether a sanction is told to be as it was."""
    reader = Reader(author)
    (statement,) = statements_about(reader, post.public_id)
    assert statement.appeal is not None
    word = show_post(reader, Post.objects.select_related("thread__category").get(pk=post.pk), None).word_to_author
    return word, statement.appeal.outcome, statement.sanctions[0].told_lifted_on is None, statement.appeal.answer


@pytest.mark.parametrize("overturns", [True, False])
def test_an_answer_is_read_fifteen_seconds_later(
    appealed: Case, post: Post, trusted_member: User, second: User, clock: time_machine.Traveller, *, overturns: bool
) -> None:
    answered(appealed, second, overturns=overturns)
    for seconds in (0, 14):
        clock.shift(seconds)
        assert told_author(post, trusted_member) == ("", "", True, "")
    clock.shift(1)
    word, outcome, holds, answer = told_author(post, trusted_member)
    assert ("You are right." in word, outcome) == (True, Outcome.OVERTURNED if overturns else Outcome.UPHELD)
    assert (holds, answer) == (not overturns, "You are right.")


def test_what_is_over_is_not_said_as_if_it_held_from_the_first_second_on(
    appealed: Case, post: Post, trusted_member: User, second: User, clock: time_machine.Traveller
) -> None:
    answered(appealed, second)
    assert statements_about(Reader(trusted_member), post.public_id)[0].effects == (
        "It stands in its place, where others can read it.",
        "What you wrote had been taken down.",
        "At the moment this does not hold.",
        "For a while you could not write anything new.",
    )
    page = signed_in(trusted_member)
    told = json.loads(page.ask(f"/api/v1/posts/{post.public_id}/statements/").text)["statements"][0]["sanctions"][0]
    assert (told["is_in_force"], told["lifted_on"], told["why_lifted"]) == (False, None, "")
    clock.shift(20)
    assert statements_about(Reader(trusted_member), post.public_id)[0].effects == (
        "The team has taken this back since.",
        "It stands in its place, where others can read it.",
        "What you wrote had been taken down.",
        "For a while you could not write anything new.",
    )
    told = json.loads(page.ask(f"/api/v1/posts/{post.public_id}/statements/").text)["statements"][0]["sanctions"][0]
    assert told["why_lifted"] == "You are right."


def test_whoever_is_paused_before_they_are_told_why_reads_that_the_reason_follows(
    post: Post, trusted_member: User, moderator: User
) -> None:
    reported(post, "member:77")
    decided(post, moderator, Action.HIDE, sanction=Terms(Level.SUSPENSION, "A reason.", days=9))
    assert not statements_about(Reader(trusted_member), post.public_id)
    with pytest.raises(WritingPaused) as refused:
        written_by(trusted_member, post.thread.category)
    assert "where it is not there yet, it is within a minute" in str(refused.value.text)


def test_of_a_warning_too_it_is_said_that_it_was_taken_back(
    post: Post, trusted_member: User, moderator: User, second: User, clock: time_machine.Traveller
) -> None:
    sanction = sanction_author(post, actor=moderator, terms=Terms(Level.WARNING, "Please be gentle."))
    appeal = appeal_statement(
        _statement(sanction.statement.public_id), actor=Reader(trusted_member), text="It is a song."
    )
    answered(appeal.case, second)
    clock.shift(20)
    assert statements_about(Reader(trusted_member), post.public_id)[0].effects == (
        "The team has taken this back since.",
        "You had been asked to mind something.",
    )


@pytest.mark.parametrize("overturns", [True, False])
def test_an_answer_undone_leaves_the_appeal_waiting_and_nobody_heard(
    appealed: Case, post: Post, trusted_member: User, second: User, clock: time_machine.Traveller, *, overturns: bool
) -> None:
    before = Post.objects.values("state", "path", "seq", "word_to_author").get(pk=post.pk)
    answered(appealed, second, overturns=overturns)
    undone(appealed, second)
    appealed.refresh_from_db()
    assert (appealed.state, appealed.claimed_by) == (CaseState.OPEN, second)
    sanction, appeal = Sanction.objects.get(), Appeal.objects.get()
    assert (appeal.is_waiting, appeal.answer, appeal.decision) == (True, "", None)
    assert (sanction.is_in_force, sanction.lifted_with, sanction.why_lifted) == (True, None, "")
    assert Post.objects.values("state", "path", "seq", "word_to_author").get(pk=post.pk) == before
    clock.shift(20)
    assert told_author(post, trusted_member) == (before["word_to_author"], "", True, "")
    with pytest.raises(WritingPaused):
        written_by(trusted_member, post.thread.category)
    answered(appealed, second, overturns=True)


def test_only_whoever_gave_it_undoes_an_answer(appealed: Case, moderator: User, second: User) -> None:
    answered(appealed, second)
    with pytest.raises(UndoTooLate):
        undone(appealed, moderator)
    assert not Appeal.objects.get().is_waiting


def test_a_returned_post_that_an_appeal_published_is_with_its_author_again_once_that_is_undone(
    post: Post, report: str, trusted_member: User, moderator: User, second: User, clock: time_machine.Traveller
) -> None:
    returned = decided(post, moderator, Action.RETURN)
    clock.shift(20)
    (told,) = statements_about(Reader(trusted_member), post.public_id)
    case = appeal_statement(_statement(told.id), actor=Reader(trusted_member), text="It is a song.").case
    answered(case, second)
    returned.refresh_from_db()
    assert returned.state == CaseState.CLOSED
    undone(case, second)
    returned.refresh_from_db()
    assert (returned.state, returned.first_for) == (CaseState.WAITING, moderator)
    assert Post.objects.get(pk=post.pk).state == "RETURNED"


def test_what_a_reporter_was_answered_is_undone_with_the_hiding_and_its_statement(
    post: Post, report: str, trusted_member: User, moderator: User, second: User, clock: time_machine.Traveller
) -> None:
    decided(post, moderator, Action.LEAVE, word="")
    clock.shift(20)
    case = appeal_report(report, text="It blames her.").case
    answered(case, second, reason="It blames.")
    assert LEFT in status(report)
    undone(case, second)
    clock.shift(20)
    assert Post.objects.get(pk=post.pk).state == "PUBLISHED"
    told = report_status(report)
    assert (LEFT in str(told.outcome), told.answer, told.is_asked_again) == (True, "", True)
    assert statements_about(Reader(trusted_member), post.public_id) == []


# --- A sanction that is lifted ----------------------------------------------------------------------------------------


def test_that_a_sanction_was_lifted_is_read_fifteen_seconds_later(
    post: Post, trusted_member: User, moderator: User, clock: time_machine.Traveller
) -> None:
    sanction = sanction_author(post, actor=moderator, terms=Terms(Level.BAN, "A reason."))
    clock.shift(60)
    lift_sanction(sanction, actor=moderator, why="Somebody else wrote it.")
    for seconds, is_there in ((0, False), (14, False), (1, True)):
        clock.shift(seconds)
        fresh = Post.objects.select_related("thread__category").get(pk=post.pk)
        shown = show_post(Reader(trusted_member), fresh, None)
        assert ("Somebody else wrote it." in shown.word_to_author) is is_there


# --- Through the doors ------------------------------------------------------------------------------------------------


def test_an_answer_is_undone_at_the_desk_and_stands_in_its_form_again(
    client: Client, appealed: Case, second: User, clock: time_machine.Traveller
) -> None:
    desk = sign_in(client, second)
    place = f"/admin/moderation/case/{appealed.pk}/change/"
    said = {"seen": str(Seen.of(case_of(appealed.post, is_appeal=True))), "outcome": "overturned", "answer": "Typed."}
    queue = desk.post(place, said, follow=True).content.decode()
    assert "Your words are read in some seconds" in queue
    fresh = Case.objects.select_related("post").get(pk=appealed.pk)
    page = desk.post(place, {"do": "undo", "seen": str(Seen.of(fresh))}, follow=True).content.decode()
    assert "Undone. Nobody was told." in page
    assert "Typed." in page
    assert page.count(" checked") == 1
    assert undoable_by(second) is None


def test_an_answer_is_undone_over_the_api(client: Client, appealed: Case, second: User, post: Post) -> None:
    desk = sign_in(client, second)
    address = f"/api/v1/desk/cases/{appealed.public_id}/"
    etag = desk.get(address).headers["ETag"]
    body = json.dumps({"overturns": True, "answer": "You are right."})
    headers = {"If-Match": etag, "Idempotency-Key": "a-key-of-our-own-00001"}
    done = desk.post(f"{address}appeal/", body, content_type="application/json", headers=headers).json()
    assert done["undo_until"] == "2026-03-02T10:00:35Z"
    undone_now = desk.post(f"{address}undoing/", headers={"If-Match": done["etag"]}).json()
    assert (undone_now["state"], undone_now["appeal"]["outcome"], undone_now["is_mine"]) == ("OPEN", "", True)
    assert Post.objects.get(pk=post.pk).state == "HIDDEN"


def test_the_bar_after_deciding_speaks_of_words_only_where_there_are_some(
    client: Client, post: Post, report: str, moderator: User
) -> None:
    desk = sign_in(client, moderator)
    for word, is_said in (("", False), ("A word.", True)):
        case = decided(post, moderator, Action.LEAVE, word=word, reason="")
        page = desk.get("/admin/moderation/case/").content.decode()
        assert 'value="undo"' in page
        assert ("Your words are read in some seconds" in page) is is_said
        undone(case, moderator)


def test_the_list_of_decisions_says_which_were_undone(client: Client, post: Post, report: str, moderator: User) -> None:
    undone(decided(post, moderator, Action.LEAVE), moderator)
    decided(post, moderator, Action.HIDE)
    page = sign_in(client, moderator).get("/admin/moderation/decision/").content.decode()
    assert page.count("undone before anybody was told") == 1
    assert page.count(">stands<") == 1


def test_the_reporters_page_and_api_wait_with_it(
    client: Client, post: Post, report: str, moderator: User, clock: time_machine.Traveller
) -> None:
    decided(post, moderator, Action.LEAVE)
    for is_told in (False, True):
        page = client.post("/reports/", {"reference": report}).content.decode()
        body = client.get(f"/api/v1/reports/{report}/").json()
        assert ("It waits for somebody from the team" in page, LEFT in page) == (not is_told, is_told)
        assert (body["is_waiting"], body["may_ask_again"]) == (not is_told, is_told)
        clock.shift(15)
