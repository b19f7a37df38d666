"""Taking a closed decision back: what comes again, what stays, who may, who is told; and both doors.

What is shared with appeals and batches: test_appeals.py, test_several_at_once.py.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from accounts.identity import identity_of
from forum.authorship import Reader, Speaker, SpeaksAs
from forum.models import Category, Post, Reaction, ReactionKind
from forum.queries import notes_offered, posts_page, show_post, thread_for
from forum.services.anonymity import open_member
from forum.services.burning import burn_name
from forum.services.content_notes import create_first_notes, put_notes, team_notes_of
from forum.services.posts import ThreadLocked, reply_to, start_thread
from forum.services.reactions import give_reaction
from forum.services.restricting import WritingPaused
from forum.services.visibility import erase_post, withdraw_post
from moderation import audit
from moderation.models import (
    Action,
    Appeal,
    AuditEntry,
    Case,
    CaseState,
    Decision,
    FollowUp,
    Level,
    Outcome,
    Sanction,
    Seen,
    Statement,
    Undoing,
)
from moderation.queries import statements_about
from moderation.services.appeals import AlreadyAppealed, NothingToAppeal, appeal_report, appeal_statement, decide_appeal
from moderation.services.cases import CaseIsOpen, PostChanged
from moderation.services.claims import take, take_next
from moderation.services.decisions import WordTooLong, decide
from moderation.services.effects import Also
from moderation.services.reports import ReportedItYourself, report_post
from moderation.services.reversing import (
    DecidedJustNow,
    NothingToReverse,
    TakenBackMeanwhile,
    WhyMissing,
    plan_of,
    reverse_decision,
    what_could_not,
)
from moderation.services.roles import NotAModerator, OnesOwn
from moderation.services.sanctions import Terms
from moderation.services.telling_reporters import report_status
from moderation.services.undoing import undo_decision
from tests.personas import answered_by, sign_in, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
WHY = "There is no street in it."


@pytest.fixture
def post(trusted_member: User, category: Category, clock: time_machine.Traveller) -> Post:
    return written_by(trusted_member, category)


def fresh(post: Post) -> Post:
    return Post.objects.select_related("thread__category", "thread_pseudonym").get(pk=post.pk)


def case_of(post: Post) -> Case:
    return Case.objects.select_related("post__thread__category").filter(post=post, appeal=None).latest("pk")


def again(case: Case) -> Case:
    return Case.objects.select_related("post__thread__category").get(pk=case.pk)


def reported(post: Post, by: str = "member:77") -> str:
    return report_post(post, actor=by, reason="BLAMES").reference


def decided(post: Post, by: User, action: str, clock: time_machine.Traveller, **what: Any) -> Case:
    """And told."""
    live = Case.objects.select_related("post__thread__category").filter(post=post, state=CaseState.OPEN, appeal=None)
    if not live.exists():
        reported(post)
    case = live.get()
    decide(case, actor=by, action=action, seen=Seen.of(case), **{"word": "A word.", "reason": "A reason.", **what})
    clock.shift(20)
    return again(case)


def reversed_(case: Case, by: User, why: str = WHY) -> Decision:
    case = again(case)
    return reverse_decision(case, actor=by, seen=Seen.of(case), why=why)


def undone(case: Case, by: User) -> Case:
    case = again(case)
    return undo_decision(case, actor=by, seen=Seen.of(case))


def word_for(author: User, post: Post) -> str:
    return show_post(Reader(author), fresh(post), None).word_to_author


# --- What comes again -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", [Action.HIDE, Action.RETURN])
def test_it_is_in_its_place_again_with_its_order_and_what_was_given_to_it(
    trusted_member: User,
    other_member: User,
    post: Post,
    moderator: User,
    second: User,
    clock: time_machine.Traveller,
    action: str,
) -> None:
    first = answered_by(trusted_member, post, text="The first.")
    answered_by(trusted_member, post, text="The last.")
    give_reaction(first, ReactionKind.BELIEVE, actor=Reader(other_member))
    own = Reader(trusted_member)

    def order() -> list[tuple[str, str]]:
        return [(shown.id, shown.state) for shown in posts_page(own, thread_for(own, post.thread.public_id)).posts]

    before = order()
    case = decided(first, moderator, action, clock)
    reversal = reversed_(case, second)
    assert order() == before
    assert (fresh(first).path, Reaction.objects.count()) == (first.path, 1)
    assert (reversal.action, reversal.reverses, reversal.word) == (
        Action.PUBLISH,
        case.decisions.get(reverses=None),
        WHY,
    )
    assert again(case).state == CaseState.CLOSED
    entry = AuditEntry.objects.latest("number")
    assert (entry.event, entry.facts["undoes"], entry.moderator) == ("decision_reversed", action, second)
    assert not list(audit.problems())


def test_its_author_reads_why_fifteen_seconds_later_and_that_the_statement_stands_no_more(
    post: Post, trusted_member: User, moderator: User, clock: time_machine.Traveller
) -> None:
    case = decided(post, moderator, Action.HIDE, clock)
    reference = reported_in(case)
    reversed_(case, moderator)
    own = Reader(trusted_member)
    for seconds, is_told in ((0, False), (14, False), (1, True)):
        clock.shift(seconds)
        (statement,) = statements_about(own, post.public_id)
        assert (word_for(trusted_member, post) == WHY) is is_told
        assert (statement.is_taken_back, statement.may_appeal) == (is_told, not is_told)
        assert statement.taken_back_because == (WHY if is_told else "")
        assert (statement.effects[0] == "The team has taken this back since.") is is_told
        assert list(statement.effects)[-2:] == [
            "It stands in its place, where others can read it.",
            "What you wrote had been taken down.",
        ]
        assert ("put it back" in str(report_status(reference).outcome)) is is_told
        assert report_status(reference).may_ask_again is is_told
    with pytest.raises(NothingToAppeal):
        appeal_statement(Statement.objects.get(), actor=own, text="Words.")


def reported_in(case: Case) -> str:
    return case.reports.get().reference


def test_everything_that_came_with_it_is_taken_back(
    post: Post, trusted_member: User, moderator: User, category: Category, clock: time_machine.Traveller
) -> None:
    create_first_notes()
    elsewhere = Category.objects.create(title="Elsewhere")
    authors, new = notes_offered()[:2]
    put_notes(post, [authors], is_by_moderator=False)
    also = Also(
        follow_up=dt.date(2026, 3, 9), lock_branch=True, move_to=elsewhere.public_id, reach_out="*", follow_up_note="x"
    )
    case = decided(
        post, moderator, Action.HIDE, clock, also=also, notes=[authors.public_id, new.public_id],
        sanction=Terms(Level.BAN, "A reason."),
    )  # fmt: skip
    with pytest.raises(WritingPaused):
        written_by(trusted_member, category)
    plan = plan_of(case)
    assert plan is not None
    assert (plan.shows_again, plan.reopens, plan.sanctions) == (True, False, 1)
    assert plan.effects == ("FOLLOW_UP", "LOCK_BRANCH", "MOVE", "NOTES")
    reversal = reversed_(case, moderator)
    now = fresh(post)
    assert (now.state, now.is_closed, now.thread.category) == ("PUBLISHED", False, category)
    assert now.help_for == "*", "who is offered help keeps it"
    assert not FollowUp.objects.exists()
    assert list(now.carried_notes.values_list("note", "is_by_moderator")) == [(authors.pk, False)]
    sanction = Sanction.objects.get()
    assert (sanction.is_in_force, sanction.lifted_with, sanction.why_lifted) == (False, reversal, WHY)
    assert written_by(trusted_member, category).state == "PUBLISHED"
    assert what_could_not(reversal) == []


def test_what_other_decisions_did_as_well_stays(
    post: Post, trusted_member: User, moderator: User, clock: time_machine.Traveller
) -> None:
    create_first_notes()
    note = notes_offered()[0].public_id
    decided(post, moderator, Action.LEAVE, clock, notes=[note], also=Also(lock_branch=True))
    wrong = decided(post, moderator, Action.HIDE, clock, notes=[note])
    reversed_(wrong, moderator)
    assert (team_notes_of(fresh(post)), fresh(post).is_closed) == ({note}, True)
    with pytest.raises(ThreadLocked):
        reply_to(fresh(post), actor=Speaker(SpeaksAs.PSEUDONYM, trusted_member), text="Words.")


def test_what_was_written_among_members_since_stays_there_and_that_is_said(
    post: Post, trusted_member: User, moderator: User, members_category: Category, clock: time_machine.Traveller
) -> None:
    case = decided(post, moderator, Action.LEAVE, clock, also=Also(move_to=members_category.public_id))
    answered_by(trusted_member, fresh(post), text="Among members.")
    reversal = reversed_(case, moderator)
    assert fresh(post).thread.category == members_category
    assert [str(said) for said in what_could_not(reversal)] == [
        "What was written among members is not moved to where everybody reads it."
    ]


def test_of_a_name_that_is_nobodys_the_sanction_goes_on_and_that_is_said(
    trusted_member: User, category: Category, moderator: User, clock: time_machine.Traveller
) -> None:
    masked = start_thread(
        category, actor=Speaker(SpeaksAs.THREAD_PSEUDONYM, trusted_member), title="T", text="Words."
    ).post
    case = decided(masked, moderator, Action.HIDE, clock, sanction=Terms(Level.SUSPENSION, "A reason.", days=9))
    own = Reader(trusted_member, opened=open_member(trusted_member).pseudonyms)
    burn_name(fresh(masked), actor=own, owners={identity_of(trusted_member)})
    reversal = reversed_(case, moderator)
    assert (fresh(masked).state, Sanction.objects.get().is_in_force) == ("PUBLISHED", True)
    assert "made it nobody's" in " ".join(map(str, what_could_not(reversal)))


def test_who_took_the_words_back_meanwhile_has_taken_them_back(
    post: Post, trusted_member: User, moderator: User, clock: time_machine.Traveller
) -> None:
    case = decided(post, moderator, Action.RETURN, clock, sanction=Terms(Level.BAN, "A reason."))
    withdraw_post(fresh(post), actor=Reader(trusted_member))
    assert again(case).state == CaseState.WAITING, "it was reported"
    reversal = reversed_(case, moderator)
    assert (reversal.action, fresh(post).state, again(case).state) == (Action.LEAVE, "WITHDRAWN", CaseState.CLOSED)
    assert not Sanction.objects.get().is_in_force
    clock.shift(15)
    assert word_for(trusted_member, post) == WHY


def test_of_an_erased_post_only_what_holds_against_the_name_is_taken_back(
    post: Post, trusted_member: User, moderator: User, clock: time_machine.Traveller
) -> None:
    case = decided(post, moderator, Action.HIDE, clock, sanction=Terms(Level.BAN, "A reason."))
    erase_post(fresh(post), actor=Reader(trusted_member))
    assert reversed_(case, moderator).action == Action.LEAVE
    assert (fresh(post).state, fresh(post).word_to_author) == ("ERASED", "")
    assert not Sanction.objects.get().is_in_force


# --- Decided anew -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", [Action.PUBLISH, Action.LEAVE])
def test_what_was_left_is_a_case_again_and_stays_until_it_is_decided_anew(
    post: Post, trusted_member: User, moderator: User, second: User, clock: time_machine.Traveller, action: str
) -> None:
    case = decided(post, moderator, action, clock, word="", reason="")
    reference = reported_in(case)
    reversal = reversed_(case, second)
    assert (reversal.action, reversal.reason, reversal.word) == (Action.REOPEN, WHY, "")
    assert (again(case).state, again(case).reasons, fresh(post).state) == (
        CaseState.OPEN, ["reported:BLAMES"], "PUBLISHED",
    )  # fmt: skip
    assert "left it where it is" in str(report_status(reference).outcome), "while it can be undone"
    clock.shift(15)
    assert report_status(reference).is_waiting
    assert word_for(trusted_member, post) == ""
    assert AuditEntry.objects.filter(event="case_reopened").exists()
    assert take_next(actor=moderator) == again(case)
    decide(again(case), actor=moderator, action=Action.HIDE, seen=Seen.of(again(case)), reason="It blames.")
    clock.shift(15)
    assert "taken down" in str(report_status(reference).outcome)


def test_a_sanction_that_came_with_what_was_left_is_lifted_and_its_author_reads_why(
    post: Post, trusted_member: User, moderator: User, clock: time_machine.Traveller
) -> None:
    case = decided(post, moderator, Action.LEAVE, clock, sanction=Terms(Level.BAN, "A reason."))
    reversed_(case, moderator)
    assert not Sanction.objects.get().is_in_force
    clock.shift(15)
    assert word_for(trusted_member, post) == WHY
    assert statements_about(Reader(trusted_member), post.public_id)[0].is_taken_back


def test_it_joins_the_case_that_lives_by_now(post: Post, moderator: User, clock: time_machine.Traveller) -> None:
    case = decided(post, moderator, Action.LEAVE, clock)
    reference = reported_in(case)
    live = report_post(post, actor="member:78", reason="SPAM").case
    reversed_(case, moderator)
    assert (again(case).state, set(again(live).reasons)) == (CaseState.CLOSED, {"reported:SPAM", "reported:BLAMES"})
    clock.shift(15)
    assert report_status(reference).is_waiting
    with pytest.raises(NothingToReverse):
        reversed_(case, moderator)


def test_a_reversal_is_taken_back_in_turn_by_deciding_anew(
    post: Post, moderator: User, clock: time_machine.Traveller
) -> None:
    case = decided(post, moderator, Action.HIDE, clock)
    first = reversed_(case, moderator)
    clock.shift(15)
    assert reversed_(case, moderator, "It does name a street.").reverses == first
    assert again(case).state == CaseState.OPEN


def test_what_an_appeal_overturned_is_decided_anew_in_the_posts_own_case(
    post: Post, trusted_member: User, moderator: User, second: User, clock: time_machine.Traveller
) -> None:
    case = decided(post, moderator, Action.HIDE, clock)
    appeal = appeal_statement(Statement.objects.get(), actor=Reader(trusted_member), text="Words.")
    decide_appeal(appeal.case, actor=second, seen=Seen.of(again(appeal.case)), overturns=True, answer="Yes.")
    with pytest.raises(DecidedJustNow):
        reversed_(case, moderator)
    clock.shift(15)
    with pytest.raises(NothingToReverse):
        reversed_(appeal.case, moderator)
    assert reversed_(case, moderator).action == Action.REOPEN
    assert again(case).state == CaseState.OPEN


# --- Who waits for another look ---------------------------------------------------------------------------------------


def test_an_appeal_that_waits_is_answered_by_it_and_undone_with_it(
    post: Post, trusted_member: User, moderator: User, second: User, clock: time_machine.Traveller
) -> None:
    case = decided(post, moderator, Action.HIDE, clock)
    own = Reader(trusted_member)
    appealed = appeal_statement(Statement.objects.get(), actor=own, text="It is a song.").case
    take(appealed, actor=second)
    reversed_(case, moderator)
    assert again(appealed).state == CaseState.CLOSED
    shown = statements_about(own, post.public_id)[0].appeal
    assert shown is not None
    assert (shown.is_waiting, shown.answer) == (True, "")
    undone(case, moderator)
    assert (again(appealed).state, Appeal.objects.get().is_waiting) == (CaseState.OPEN, True)
    reversed_(case, moderator)
    clock.shift(15)
    appeal = Appeal.objects.get()
    assert (appeal.outcome, appeal.answer, appeal.decided_by) == (Outcome.TAKEN_BACK, WHY, None)
    shown = statements_about(own, post.public_id)[0].appeal
    assert shown is not None
    assert (shown.outcome, shown.answer) == (Outcome.TAKEN_BACK, WHY)


def test_whoever_reported_and_waits_is_answered_and_may_ask_again_once_it_is_decided_anew(
    post: Post, moderator: User, clock: time_machine.Traveller
) -> None:
    case = decided(post, moderator, Action.LEAVE, clock)
    reference = reported_in(case)
    appealed = appeal_report(reference, text="It blames her.").case
    reversed_(case, moderator)
    told = report_status(reference)
    assert (told.is_waiting, told.is_asked_again, told.answer) == (False, True, "")
    clock.shift(15)
    told = report_status(reference)
    assert (told.is_waiting, told.is_asked_again, again(appealed).state) == (True, True, CaseState.CLOSED)
    assert "taken that decision back by itself" in told.answer
    with translation.override("de"):  # whatever language whoever took it back works in
        assert report_status(reference).answer != told.answer
    decided(post, moderator, Action.LEAVE, clock)
    told = report_status(reference)
    assert (told.may_ask_again, told.is_asked_again, told.answer) == (True, False, "")
    appeal_report(reference, text="It still blames her.")
    assert Appeal.objects.filter(outcome="").count() == 1


# --- Undone -----------------------------------------------------------------------------------------------------------


def everything(post: Post) -> dict[str, Any]:
    counts = {"version", "claim_epoch", "_state", "claim_expires_at", "claimed_by_id"}
    now = fresh(post)
    return {
        "post": {name: value for name, value in vars(now).items() if name not in {*counts, "word_leaves_at"}},
        "category": now.thread.category_id,
        "activity": now.thread.activity,
        "notes": sorted(now.carried_notes.values_list("note", "is_by_moderator")),
        "sanctions": list(Sanction.objects.values("level", "lifted_on", "lifted_by", "lifted_with", "why_lifted")),
        "follow_ups": list(FollowUp.objects.values_list("post", "due_on")),
        "cases": [
            {name: value for name, value in vars(case).items() if name not in counts}
            for case in Case.objects.order_by("pk")
        ],
    }


@pytest.mark.parametrize("action", [Action.HIDE, Action.RETURN, Action.LEAVE])
def test_undone_in_time_everything_is_as_it_was_and_nobody_heard(
    post: Post, trusted_member: User, moderator: User, clock: time_machine.Traveller, action: str
) -> None:
    create_first_notes()
    elsewhere = Category.objects.create(title="Elsewhere")
    also = Also(follow_up=dt.date(2026, 3, 9), lock_branch=True, move_to=elsewhere.public_id)
    notes = [note.public_id for note in notes_offered()[:2]]
    sanction = Terms(Level.BAN, "A reason.")
    case = decided(post, moderator, action, clock, also=also, notes=notes, sanction=sanction)
    reference = reported_in(case)
    before, told = everything(post), report_status(reference)
    for cached in before["cases"], before["post"]:
        assert cached
    reversed_(case, moderator)
    assert everything(post) != before
    undone(case, moderator)
    now = everything(post)
    for name in before:
        if name != "post":
            assert now[name] == before[name], name
    assert {k: v for k, v in now["post"].items() if k != "_prefetched_objects_cache"} == before["post"]
    clock.shift(20)
    assert report_status(reference) == told
    assert word_for(trusted_member, post) != WHY
    assert not statements_about(Reader(trusted_member), post.public_id)[0].is_taken_back
    with pytest.raises(WritingPaused):
        written_by(trusted_member, post.thread.category)
    assert reversed_(case, moderator).action in {Action.PUBLISH, Action.REOPEN}


# --- Who may, and when ------------------------------------------------------------------------------------------------


def test_whoever_decides_may_and_nobody_about_their_own_words(
    category: Category, moderator: User, second: User, member: User, clock: time_machine.Traveller
) -> None:
    own = start_thread(category, actor=Speaker(SpeaksAs.PSEUDONYM, second), title="T", text="Words.").post
    if not Case.objects.filter(post=own).exists():
        reported(own)
    case = decided(own, moderator, Action.HIDE, clock)
    for actor, error in ((second, OnesOwn), (member, NotAModerator)):
        with pytest.raises(error):
            reversed_(case, actor)
    assert fresh(own).state == "HIDDEN"
    reversed_(case, moderator)
    assert fresh(own).state == "PUBLISHED"


def test_whoever_reported_it_leaves_it_to_somebody_else(
    post: Post, moderator: User, second: User, clock: time_machine.Traveller
) -> None:
    report_post(post, actor=f"member:{second.pk}", reason="BLAMES", identity=identity_of(second))
    case = decided(post, moderator, Action.LEAVE, clock)
    with pytest.raises(ReportedItYourself):
        reversed_(case, second)
    assert Decision.objects.count() == 1


def test_it_says_why(post: Post, moderator: User, clock: time_machine.Traveller) -> None:
    case = decided(post, moderator, Action.HIDE, clock)
    for why, error in (("  ", WhyMissing), ("x" * 2001, WordTooLong)):
        with pytest.raises(error) as refused:
            reversed_(case, moderator, why)
        assert [*refused.value.fields] == ["why"]
    assert Decision.objects.count() == 1


def test_what_can_still_be_undone_is_not_reversed(post: Post, moderator: User, second: User) -> None:
    reported(post)
    case = case_of(post)
    decide(case, actor=moderator, action=Action.HIDE, seen=Seen.of(case), reason="A reason.")
    for actor in (moderator, second):
        with pytest.raises(DecidedJustNow):
            reversed_(case, actor)
    assert plan_of(again(case)) is None


def test_an_open_case_and_one_that_nobody_decided_have_nothing_to_take_back(
    category: Category, moderator: User, clock: time_machine.Traveller
) -> None:
    guest = written_by_guest(category)
    with pytest.raises(CaseIsOpen):
        reversed_(case_of(guest.post), moderator)
    withdraw_post(guest.post, actor=guest.reader)
    with pytest.raises(NothingToReverse):
        reversed_(case_of(guest.post), moderator)
    assert not Decision.objects.exists()


def test_what_changed_since_it_was_read_is_read_first(
    post: Post, trusted_member: User, moderator: User, clock: time_machine.Traveller
) -> None:
    case = decided(post, moderator, Action.LEAVE, clock)
    read = Seen.of(case)
    withdraw_post(fresh(post), actor=Reader(trusted_member))
    with pytest.raises(PostChanged):
        reverse_decision(case, actor=moderator, seen=read, why=WHY)
    assert Decision.objects.count() == 1


def test_sent_twice_it_is_once(post: Post, moderator: User, second: User, clock: time_machine.Traveller) -> None:
    for action in (Action.HIDE, Action.LEAVE):
        case = decided(post, moderator, action, clock)
        read = Seen.of(case)
        one, two = (reverse_decision(case, actor=moderator, seen=read, why=WHY) for _time in range(2))
        assert one == two
        with pytest.raises((TakenBackMeanwhile, CaseIsOpen)):
            reverse_decision(case, actor=second, seen=read, why=WHY)
        clock.shift(20)


def test_sent_again_after_it_was_decided_anew_it_is_read_first(
    client: Client, post: Post, moderator: User, second: User, clock: time_machine.Traveller
) -> None:
    case = decided(post, moderator, Action.HIDE, clock)
    read = Seen.of(case)
    reverse_decision(case, actor=moderator, seen=read, why=WHY)
    clock.shift(20)
    decided(post, second, Action.HIDE, clock)
    assert Case.objects.filter(post=post).count() == 2
    with pytest.raises(TakenBackMeanwhile):
        reverse_decision(case, actor=moderator, seen=read, why=WHY)
    before = {"do": "reverse", "reverse-seen": str(read), "reverse-why": WHY}
    refused = sign_in(client, moderator).post(place_of(case), before)
    assert (refused.status_code, WHY in refused.content.decode()) == (400, True)
    assert (fresh(post).state, Decision.objects.count()) == ("HIDDEN", 3)


# --- At the desk ------------------------------------------------------------------------------------------------------


def place_of(case: Case) -> str:
    return f"/admin/moderation/case/{case.pk}/change/"


def test_on_the_page_of_a_closed_case_it_is_said_what_follows_and_done(
    client: Client, post: Post, moderator: User, second: User, clock: time_machine.Traveller
) -> None:
    case = decided(post, moderator, Action.HIDE, clock, sanction=Terms(Level.BAN, "A reason."))
    desk = sign_in(client, second)
    page = desk.get(place_of(case)).content.decode()
    assert "The post is there for others, in its place" in page
    assert "What was put on the name with it is lifted" in page
    sent = {"do": "reverse", "reverse-seen": str(Seen.of(case))}
    silent = desk.post(place_of(case), {**sent, "reverse-why": ""})
    said = silent.content.decode()
    assert silent.status_code == 400
    assert "<title>Error: " in said
    assert f'<a href="#id_reverse-why">Why it was not right</a>: {WhyMissing.message}' in said
    assert "This field is required." not in said
    done = desk.post(place_of(case), {**sent, "reverse-why": "Typed why."}, follow=True).content.decode()
    assert "Taken back. For some seconds you can undo that." in done
    assert "You took a decision back. Your words are read in some seconds" in done
    assert "You decided" not in done
    assert "Taken back since:" in done
    assert fresh(post).state == "PUBLISHED"
    undo = {"do": "undo", "seen": str(Seen.of(again(case)))}
    back = desk.post(place_of(case), undo, follow=True).content.decode()
    assert "Undone. Nobody was told. What you had typed is below." in back
    assert "Typed why." in back
    assert fresh(post).state == "HIDDEN"


def test_what_is_refused_keeps_what_was_typed(
    client: Client, post: Post, trusted_member: User, moderator: User, clock: time_machine.Traveller
) -> None:
    case = decided(post, moderator, Action.HIDE, clock)
    desk = sign_in(client, moderator)
    before = {"do": "reverse", "reverse-seen": str(Seen.of(case)), "reverse-why": "Sentinel words."}
    erase_post(fresh(post), actor=Reader(trusted_member))
    refused = desk.post(place_of(case), before)
    page = refused.content.decode()
    assert refused.status_code == 400
    assert "The post was changed after you opened it" in page
    assert "Sentinel words." in page
    assert f'name="reverse-seen" value="{Seen.of(again(case))}"' in page


@pytest.mark.parametrize("action", [Action.HIDE, Action.LEAVE])
def test_a_page_from_before_it_was_taken_back_is_told_so(
    client: Client, post: Post, moderator: User, second: User, clock: time_machine.Traveller, action: str
) -> None:
    case = decided(post, moderator, action, clock)
    before = {"do": "reverse", "reverse-seen": str(Seen.of(case)), "reverse-why": "Sentinel words."}
    reversed_(case, second)
    clock.shift(20)
    refused = sign_in(client, moderator).post(place_of(case), before)
    page = refused.content.decode()
    assert refused.status_code == 400
    assert str(TakenBackMeanwhile.message if action == Action.HIDE else CaseIsOpen.message) in page
    assert "The post was changed after you opened it" not in page
    assert "Sentinel words." in page


def test_what_its_author_changed_since_is_not_said_to_be_taken_back(
    post: Post, trusted_member: User, moderator: User, clock: time_machine.Traveller
) -> None:
    case = decided(post, moderator, Action.HIDE, clock)
    reversed_(case, moderator)
    clock.shift(20)
    case = again(case)
    seen = Seen.of(case)
    erase_post(fresh(post), actor=Reader(trusted_member))
    with pytest.raises(PostChanged):
        reverse_decision(case, actor=moderator, seen=seen, why="It does name a street.")


def test_of_an_erased_post_nobody_is_told_who_can_read_it(
    post: Post, trusted_member: User, moderator: User, clock: time_machine.Traveller
) -> None:
    decided(post, moderator, Action.HIDE, clock)
    erase_post(fresh(post), actor=Reader(trusted_member))
    (statement,) = statements_about(Reader(trusted_member), post.public_id)
    assert list(statement.effects) == ["What you wrote had been taken down."]


def test_deciding_anew_leads_to_the_open_case(
    client: Client, post: Post, moderator: User, clock: time_machine.Traveller
) -> None:
    case = decided(post, moderator, Action.LEAVE, clock)
    live = report_post(post, actor="member:78", reason="SPAM").case
    desk = sign_in(client, moderator)
    assert "Decide it anew" in desk.get(place_of(case)).content.decode()
    sent = {"do": "reverse", "reverse-seen": str(Seen.of(again(case))), "reverse-why": WHY}
    assert desk.post(place_of(case), sent)["location"].endswith(place_of(live))
    page = desk.get(place_of(live)).content.decode()
    assert 'name="action"' in page
    assert "Another case about this post is open: this is it." in page
    answer = desk.get(f"/api/v1/desk/cases/{case.public_id}/").json()
    assert (answer["state"], answer["live_case_id"]) == ("CLOSED", live.public_id)


def test_the_case_of_an_appeal_leads_to_the_posts_own(
    client: Client, post: Post, trusted_member: User, moderator: User, second: User, clock: time_machine.Traveller
) -> None:
    case = decided(post, moderator, Action.HIDE, clock)
    appeal = appeal_statement(Statement.objects.get(), actor=Reader(trusted_member), text="Words.")
    decide_appeal(appeal.case, actor=second, seen=Seen.of(again(appeal.case)), overturns=False, answer="No.")
    page = sign_in(client, second).get(place_of(appeal.case)).content.decode()
    assert place_of(case) in page


# --- Over the API -----------------------------------------------------------------------------------------------------


def test_over_the_api_with_what_was_read_and_once(
    client: Client, post: Post, moderator: User, clock: time_machine.Traveller
) -> None:
    case = decided(post, moderator, Action.HIDE, clock)
    desk = sign_in(client, moderator)
    address = f"/api/v1/desk/cases/{case.public_id}/"
    shown = desk.get(address).json()
    assert shown["reversal"] == {
        "undoes": "HIDE", "shows_again": True, "reopens": False, "is_told": True, "sanctions": 0, "effects": [],
        "appeals": 0,
    }  # fmt: skip
    body = json.dumps({"why": WHY})
    key = {"Idempotency-Key": "a-key-of-our-own-00077"}
    sent: dict[str, Any] = {"data": body, "content_type": "application/json"}
    assert desk.post(f"{address}reversal/", headers=key, **sent).status_code == 428
    stale = desk.post(f"{address}reversal/", headers={**key, "If-Match": '"9.9.9"'}, **sent)
    assert (stale.status_code, fresh(post).state) == (412, "HIDDEN")
    key = {"Idempotency-Key": "a-key-of-our-own-00078", "If-Match": shown["etag"]}
    one, two = (desk.post(f"{address}reversal/", headers=key, **sent) for _time in range(2))
    assert (one.status_code, two.status_code, one.json()) == (201, 201, two.json())
    assert [(each["action"], each["is_taken_back"]) for each in one.json()["decisions"]] == [
        ("PUBLISH", False), ("HIDE", True),
    ]  # fmt: skip
    assert (one.json()["post"]["state"], one.json()["undo_until"]) == ("PUBLISHED", "2026-03-02T10:00:35Z")
    back = desk.post(f"{address}undoing/", headers={"If-Match": one.json()["etag"]}).json()
    assert (back["state"], back["post"]["state"], back["is_mine"]) == ("CLOSED", "HIDDEN", False)


def test_over_the_api_what_is_missing_is_said_at_its_field(
    client: Client, post: Post, moderator: User, member: User, clock: time_machine.Traveller
) -> None:
    case = decided(post, moderator, Action.HIDE, clock)
    address = f"/api/v1/desk/cases/{case.public_id}/reversal/"
    headers = {"Idempotency-Key": "a-key-of-our-own-00079", "If-Match": str(Seen.of(case))}
    sent: dict[str, Any] = {"data": json.dumps({"why": " "}), "content_type": "application/json", "headers": headers}
    refused = sign_in(client, moderator).post(address, **sent)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "#/why")
    assert sign_in(Client(), member).post(address, **sent).status_code == 403
    assert Client().post(address, **sent).status_code == 401
    assert Decision.objects.count() == 1


def test_whoever_was_warned_and_asked_again_is_answered_by_it(
    post: Post, trusted_member: User, moderator: User, clock: time_machine.Traveller
) -> None:
    """A warning cannot be lifted; that the team takes it back is said all the same."""
    case = decided(post, moderator, Action.LEAVE, clock, sanction=Terms("WARNING", "It blames her."))
    own = Reader(trusted_member)
    appeal_statement(Statement.objects.get(), actor=own, text="It is a song.")
    reversed_(case, moderator)
    clock.shift(15)
    assert (Appeal.objects.get().outcome, Appeal.objects.get().answer) == (Outcome.TAKEN_BACK, WHY)
    assert word_for(trusted_member, post) == WHY


def test_asking_again_in_those_seconds_tells_a_reporter_nothing_and_is_not_in_the_way_of_undoing(
    post: Post, moderator: User, clock: time_machine.Traveller
) -> None:
    case = decided(post, moderator, Action.LEAVE, clock)
    reference = reported_in(case)
    asked = appeal_report(reference, text="It blames her.")
    reversed_(case, moderator)
    assert appeal_report(reference, text="It blames her.") == asked
    with pytest.raises(AlreadyAppealed):
        appeal_report(reference, text="Other words.")
    undone(case, moderator)
    assert Appeal.objects.get().is_waiting


def test_the_same_sent_again_a_day_later_is_what_was_done(
    post: Post, moderator: User, clock: time_machine.Traveller
) -> None:
    case = again(decided(post, moderator, Action.HIDE, clock))
    seen = Seen.of(case)
    first = reverse_decision(case, actor=moderator, seen=seen, why=WHY)
    Undoing.objects.all().delete()  # as retention does
    second = reverse_decision(again(case), actor=moderator, seen=seen, why=WHY)
    assert (second, what_could_not(Decision.objects.get(pk=second.pk))) == (first, [])
