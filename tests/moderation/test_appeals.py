"""Appeals: who asks, that somebody else decides, and that what is overturned is as it was.

Their doors: test_appeals_by_doors.py.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.identity import identity_of
from forum.authorship import Reader, Speaker, SpeaksAs
from forum.models import Category, Post, Reaction, ReactionKind
from forum.queries import posts_page, show_alone, thread_for
from forum.services.anonymity import ClaimForReadingOnly, open_member, open_own, read_claim
from forum.services.burning import burn_name
from forum.services.claims import make_code
from forum.services.posts import edit_post, reply_to, start_thread
from forum.services.reactions import give_reaction
from forum.services.restricting import WritingPaused
from forum.services.visibility import NotYourPost, erase_post, publish_post
from forum.states import PostState
from moderation.models import (
    APPEAL_DAYS,
    Action,
    Appeal,
    AuditEntry,
    Case,
    CaseState,
    Decision,
    Level,
    Outcome,
    Sanction,
    Seen,
    Statement,
)
from moderation.queries import statements_about
from moderation.services import own_data
from moderation.services.appeals import (
    AlreadyAppealed,
    AnswerMissing,
    AppealTooLate,
    AppealUnfit,
    CaseIsNoAppeal,
    NothingToAppeal,
    appeal_report,
    appeal_statement,
    decide_appeal,
)
from moderation.services.cases import CaseAlreadyClosed, DecidedItFirst, PostChanged, open_case, pass_on
from moderation.services.claims import put_off, take, take_next
from moderation.services.decisions import ActionNotPossible, CaseIsAppeal, ReasonMissing, decide
from moderation.services.reports import report_post
from moderation.services.retention import FORGOTTEN, forget_what_is_due
from moderation.services.sanctions import Terms, sanction_author
from moderation.services.telling_reporters import report_status
from moderation.tasks import bring_up_cases
from tests.forum.test_concurrent_writing import at_once
from tests.personas import GuestPost, answered_by, let_words_leave, make_member, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
WHY, HOW, ANSWER = "It names a street.", "There is no street in it.", "You are right: it is a song."


@pytest.fixture
def colleague(moderator: User) -> User:
    return another(moderator, "desk two")


def another(moderator: User, name: str) -> User:
    user = make_member(name)
    user.is_staff = True
    user.save()
    user.groups.set(moderator.groups.all())
    return user


@pytest.fixture
def written(category: Category) -> GuestPost:
    return written_by_guest(category)


@pytest.fixture
def masked(trusted_member: User, category: Category) -> Post:
    speaker = Speaker(SpeaksAs.THREAD_PSEUDONYM, trusted_member)
    return start_thread(category, actor=speaker, title="A title", text="Words.").post


def fresh(post: Post) -> Post:
    return Post.objects.select_related("thread__category", "thread_pseudonym").get(pk=post.pk)


def decided(post: Post, by: User, action: str = Action.HIDE, *, sanction: Terms | None = None) -> Statement:
    case = open_case(fresh(post), reasons=["reported:OTHER"])
    case.post.refresh_from_db()
    decision = decide(case, actor=by, action=action, seen=Seen.of(case), word=WHY, reason=WHY, sanction=sanction)
    let_words_leave()
    assert decision.statement
    return decision.statement


def asked(statement: Statement, reader: Reader, text: str = HOW) -> Case:
    return appeal_statement(statement, actor=reader, text=text).case


def seen(case: Case) -> Seen:
    return Seen.of(Case.objects.select_related("post").get(pk=case.pk))


def answered(case: Case, by: User, *, overturns: bool = True, **fields: Any) -> Appeal:
    return decide_appeal(case, actor=by, seen=seen(case), overturns=overturns, **{"answer": ANSWER, **fields})


# --- Who asks ---------------------------------------------------------------------------------------------------------


def test_it_waits_in_the_queue_with_a_due_time_for_anybody_but_the_first(
    written: GuestPost, moderator: User, colleague: User
) -> None:
    case = asked(decided(written.post, moderator), written.reader)
    assert (case.state, case.reasons, case.due_at > timezone.now()) == (CaseState.OPEN, ["appealed"], True)
    assert take_next(actor=moderator) is None
    assert take_next(actor=colleague) == case
    entry = AuditEntry.objects.latest("number")
    assert (entry.event, entry.facts, entry.moderator) == ("appealed", {}, None)  # of somebody anonymous no more


def test_of_somebody_named_the_log_says_about_what(trusted_member: User, category: Category, moderator: User) -> None:
    post = written_by(trusted_member, category)
    asked(decided(post, moderator), Reader(trusted_member))
    assert AuditEntry.objects.latest("number").facts == {"post": post.public_id}


def test_a_member_asks_while_they_are_paused_under_an_anonymous_name_too(
    masked: Post, trusted_member: User, moderator: User
) -> None:
    statement = decided(masked, moderator, sanction=Terms(Level.BAN, "A second time."))
    with pytest.raises(WritingPaused):
        written_by(trusted_member, masked.thread.category)
    own = Reader(trusted_member, opened=open_member(trusted_member).pseudonyms)
    assert asked(statement, own).appeal.text == HOW  # type: ignore[union-attr]


def test_a_code_for_reading_only_reads_and_asks_nothing(written: GuestPost, moderator: User) -> None:
    statement = decided(written.post, moderator)
    opened = open_own(read_claim(make_code(read_claim(written.code), may_write=False).code).guest)
    reading = Reader(opened=opened.pseudonyms, for_reading_only=opened.pseudonyms)
    with pytest.raises(ClaimForReadingOnly):
        asked(statement, reading)
    assert not Appeal.objects.exists()


def test_nobody_else_asks(written: GuestPost, other_member: User, moderator: User) -> None:
    statement = decided(written.post, moderator)
    for reader in (Reader(), Reader(other_member), Reader(moderator, is_moderator=True)):
        with pytest.raises(NotYourPost):
            asked(statement, reader)
    assert not Appeal.objects.exists()


@pytest.mark.parametrize("text", ["", " \0\n", "x" * 4001])
def test_it_is_asked_in_words(written: GuestPost, moderator: User, text: str) -> None:
    with pytest.raises(AppealUnfit) as error:
        asked(decided(written.post, moderator), written.reader, text)
    assert list(error.value.fields) == ["text"]
    assert not Appeal.objects.exists()


def test_it_is_asked_once_and_the_same_sent_twice_is_once(written: GuestPost, moderator: User, colleague: User) -> None:
    statement = decided(written.post, moderator)
    assert asked(statement, written.reader) == asked(statement, written.reader)
    with pytest.raises(AlreadyAppealed):
        asked(statement, written.reader, "Something else.")
    answered(Appeal.objects.get().case, colleague, overturns=False)
    with pytest.raises(AlreadyAppealed):
        asked(statement, written.reader, "Something else.")
    assert (Appeal.objects.count(), Case.objects.exclude(appeal=None).count()) == (1, 1)


@pytest.mark.parametrize(("days", "is_open"), [(APPEAL_DAYS, True), (APPEAL_DAYS + 1, False)])
def test_it_can_be_asked_for_half_a_year(written: GuestPost, moderator: User, days: int, *, is_open: bool) -> None:
    statement = decided(written.post, moderator)
    with time_machine.travel(timezone.now() + dt.timedelta(days=days)):
        if is_open:
            asked(statement, written.reader)
            return
        with pytest.raises(AppealTooLate):
            asked(statement, written.reader)
    assert not Appeal.objects.exists()


# --- Who decides ------------------------------------------------------------------------------------------------------


def test_whoever_decided_first_does_nothing_about_it(written: GuestPost, moderator: User) -> None:
    case = asked(decided(written.post, moderator), written.reader)
    for deed in (
        lambda: answered(case, moderator),
        lambda: take(case, actor=moderator),
        lambda: put_off(case, actor=moderator, seen=seen(case), hours=5),
        lambda: pass_on(case, actor=moderator, seen=seen(case)),
    ):
        with pytest.raises(DecidedItFirst):
            deed()
    case.refresh_from_db()
    assert (case.state, case.claimed_by, Decision.objects.count()) == (CaseState.OPEN, None, 1)
    assert Post.objects.get().state == PostState.HIDDEN


def test_the_database_itself_refuses_the_same_person(written: GuestPost, moderator: User, colleague: User) -> None:
    case = asked(decided(written.post, moderator), written.reader)
    answered(case, colleague, overturns=False)
    with pytest.raises(IntegrityError, match="appeal_is_decided_by_somebody_else"), transaction.atomic():
        Appeal.objects.update(decided_by=moderator)


def test_the_database_refuses_an_outcome_without_words(written: GuestPost, moderator: User, colleague: User) -> None:
    case = asked(decided(written.post, moderator), written.reader)
    with pytest.raises(AnswerMissing):
        answered(case, colleague, answer=" ")
    answered(case, colleague)
    with pytest.raises(IntegrityError, match="appeal_is_decided_in_words"), transaction.atomic():
        Appeal.objects.update(answer="")


def test_neither_is_an_appeal_decided_as_a_post_nor_a_post_as_an_appeal(
    written: GuestPost, category: Category, moderator: User, colleague: User
) -> None:
    case = asked(decided(written.post, moderator), written.reader)
    with pytest.raises(CaseIsAppeal):
        decide(case, actor=colleague, action=Action.PUBLISH, seen=seen(case))
    ordinary = Case.objects.get(post=written_by_guest(category).post)
    with pytest.raises(CaseIsNoAppeal):
        answered(ordinary, colleague)
    assert Decision.objects.count() == 1


def test_what_else_comes_in_about_the_post_is_another_case_that_the_first_may_decide(
    trusted_member: User, category: Category, moderator: User
) -> None:
    post = written_by(trusted_member, category)
    report_post(post, actor="member:1", reason="OTHER")
    statement = decided(post, moderator, Action.LEAVE, sanction=Terms(Level.WARNING, WHY))
    appealed = asked(statement, Reader(trusted_member))
    other = report_post(fresh(post), actor="member:2", reason="DANGER").case
    assert (other.reasons, other != appealed) == (["reported:DANGER"], True)
    assert take_next(actor=moderator) == other


def sent_back_and_then_hidden(written: GuestPost, moderator: User) -> tuple[Statement, Statement]:
    first = decided(written.post, moderator, Action.RETURN)
    post = fresh(written.post)
    edit_post(post, actor=written.reader, version=post.version, title="T", text="In other words.")
    return first, decided(written.post, moderator)


def test_what_a_later_decision_replaced_is_said_as_over(written: GuestPost, moderator: User) -> None:
    sent_back_and_then_hidden(written, moderator)
    hidden, returned = statements_about(written.reader, written.post.public_id)
    assert returned.effects == (
        "The team has decided about it anew since.",
        "What you wrote had been sent back to you.",
    )
    assert hidden.effects[0].startswith("What you wrote was taken down")


def test_nor_is_a_later_one_told_of_while_it_can_be_undone(written: GuestPost, moderator: User) -> None:
    decided(written.post, moderator, Action.RETURN)
    post = fresh(written.post)
    edit_post(post, actor=written.reader, version=post.version, title="T", text="In other words.")
    case = Case.objects.select_related("post__thread__category").get(post=post, state=CaseState.OPEN)
    decide(case, actor=moderator, action=Action.HIDE, seen=Seen.of(case), reason="Another.")
    (only,) = statements_about(written.reader, post.public_id)
    assert "The team has decided about it anew since." not in only.effects


def test_overturning_what_was_replaced_leaves_the_word_of_the_decision_that_holds(
    written: GuestPost, moderator: User, colleague: User
) -> None:
    first, _second = sent_back_and_then_hidden(written, moderator)
    answered(asked(first, written.reader), colleague)
    let_words_leave()
    post = fresh(written.post)
    assert (post.state, post.word_to_author) == (
        PostState.HIDDEN,
        f"{WHY}\n\n{WHY}\n\nThe team has taken back what was decided before. {ANSWER}",
    )
    hidden, returned = statements_about(written.reader, post.public_id)
    assert returned.appeal is not None
    assert (returned.appeal.answer, returned.is_taken_back, hidden.is_taken_back) == (ANSWER, True, False)
    assert hidden.effects[0].startswith("What you wrote was taken down")


def test_the_same_outcome_sent_twice_is_once(written: GuestPost, moderator: User, colleague: User) -> None:
    case = asked(decided(written.post, moderator), written.reader)
    read = seen(case)
    first, second = (
        decide_appeal(case, actor=colleague, seen=read, overturns=True, answer=ANSWER) for _time in range(2)
    )
    assert first == second
    for other in ({"overturns": False}, {"answer": "Something else."}, {"seen": replace(read, case_version=99)}):
        with pytest.raises(CaseAlreadyClosed):
            decide_appeal(
                case,
                actor=colleague,
                **{"seen": read, "overturns": True, "answer": ANSWER, **other},  # type: ignore[arg-type]
            )
    assert Decision.objects.count() == 2


def test_what_changed_meanwhile_is_read_first(written: GuestPost, moderator: User, colleague: User) -> None:
    case = asked(decided(written.post, moderator), written.reader)
    read = seen(case)
    erase_post(fresh(written.post), actor=written.reader)
    with pytest.raises(PostChanged):
        decide_appeal(case, actor=colleague, seen=read, overturns=True, answer=ANSWER)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_does(written: GuestPost, moderator: User) -> None:
    colleagues = [another(moderator, name) for name in ("desk two", "desk three")]
    case = asked(decided(written.post, moderator, sanction=Terms(Level.BAN, WHY)), written.reader)
    told = at_once(
        [
            lambda: answered(case, colleagues[0], overturns=True),
            lambda: answered(case, colleagues[1], overturns=False),
        ]
    )
    refused = [each for each in told if isinstance(each, Exception)]
    assert [type(each) for each in refused] in ([CaseAlreadyClosed], [PostChanged])
    appeal = Appeal.objects.get()
    is_overturned = appeal.outcome == Outcome.OVERTURNED
    assert (Post.objects.get().state == PostState.PUBLISHED) is is_overturned
    assert Sanction.objects.get().is_in_force is not is_overturned
    assert (Decision.objects.count(), AuditEntry.objects.filter(event="appeal_decided").count()) == (2, 1)


# --- What becomes of it -----------------------------------------------------------------------------------------------


def test_overturned_a_post_is_in_its_place_again_with_what_was_given_to_it(
    trusted_member: User, other_member: User, category: Category, moderator: User, colleague: User
) -> None:
    story = fresh(written_by(trusted_member, category))
    first = fresh(publish_post(answered_by(other_member, story, text="The first."), actor=None))
    answered_by(trusted_member, first, text="Below the first.")
    answered_by(trusted_member, story, text="The last.")
    give_reaction(first, ReactionKind.BELIEVE, actor=Reader(trusted_member))
    own = Reader(other_member)

    def order() -> list[str]:
        return [shown.id for shown in posts_page(own, thread_for(own, story.thread.public_id)).posts]

    before = order(), show_alone(own, first).warmth
    case = asked(decided(first, moderator), own)
    answered(case, colleague)
    post = fresh(first)
    assert (post.state, post.path, post.word_to_author) == (PostState.PUBLISHED, first.path, ANSWER)
    assert (order(), show_alone(own, post).warmth) == before
    assert Reaction.objects.count() == 1
    appeal = Appeal.objects.get()
    assert appeal.decision == Decision.objects.latest("pk")
    assert (appeal.decision.action, appeal.decision.moderator) == (Action.PUBLISH, colleague)
    entry = AuditEntry.objects.latest("number")
    assert (entry.event, entry.facts["outcome"], entry.moderator) == ("appeal_decided", "OVERTURNED", colleague)


def test_overturned_a_sanction_that_came_with_it_is_lifted(
    masked: Post, trusted_member: User, moderator: User, colleague: User
) -> None:
    statement = decided(masked, moderator, sanction=Terms(Level.BAN, "A second time."))
    own = Reader(trusted_member, opened=open_member(trusted_member).pseudonyms)
    answered(asked(statement, own), colleague)
    sanction = Sanction.objects.get()
    assert (sanction.is_in_force, sanction.lifted_by, sanction.why_lifted) == (False, colleague, ANSWER)
    assert written_by(trusted_member, masked.thread.category).state == PostState.PUBLISHED
    assert fresh(masked).state == PostState.PUBLISHED


def test_a_sanction_alone_is_appealed_from_and_the_post_stays(
    trusted_member: User, category: Category, moderator: User, colleague: User
) -> None:
    post = written_by(trusted_member, category)
    sanction = sanction_author(post, actor=moderator, terms=Terms(Level.SUSPENSION, WHY, days=9))
    answered(asked(sanction.statement, Reader(trusted_member)), colleague)
    sanction.refresh_from_db()
    assert (sanction.is_in_force, fresh(post).state) == (False, PostState.PUBLISHED)
    assert Decision.objects.get().action == Action.LEAVE


def test_what_is_upheld_stays_and_its_author_reads_the_answer(
    written: GuestPost, moderator: User, colleague: User
) -> None:
    statement = decided(written.post, moderator, sanction=Terms(Level.BAN, WHY))
    answered(asked(statement, written.reader), colleague, overturns=False)
    post = fresh(written.post)
    assert (post.state, Sanction.objects.get().is_in_force) == (PostState.HIDDEN, True)
    assert post.word_to_author.endswith(ANSWER)
    assert Case.objects.get(appeal=statement.appeal).state == CaseState.CLOSED


def test_overturned_what_was_sent_back_is_published_and_nothing_waits_any_more(
    written: GuestPost, moderator: User, colleague: User
) -> None:
    case = asked(decided(written.post, moderator, Action.RETURN), written.reader)
    answered(case, colleague)
    assert fresh(written.post).state == PostState.PUBLISHED
    assert set(Case.objects.values_list("state", flat=True)) == {CaseState.CLOSED}


def test_who_erased_it_meanwhile_has_erased_it_and_what_else_was_decided_is_taken_back(
    written: GuestPost, moderator: User, colleague: User
) -> None:
    statement = decided(written.post, moderator, sanction=Terms(Level.BAN, WHY))
    case = asked(statement, written.reader)
    erase_post(fresh(written.post), actor=written.reader)
    assert Appeal.objects.get().text == HOW  # until somebody has answered it
    appeal = answered(case, colleague)
    post = fresh(written.post)
    assert (post.state, post.word_to_author, Sanction.objects.get().is_in_force) == (PostState.ERASED, "", False)
    assert appeal.outcome == Outcome.OVERTURNED
    bring_up_cases.func()
    assert Appeal.objects.get().text == HOW  # until the answer cannot be undone
    let_words_leave()
    bring_up_cases.func()
    assert Appeal.objects.get().text == ""


def test_erasing_a_post_takes_the_words_of_an_appeal_that_was_answered(
    written: GuestPost, moderator: User, colleague: User
) -> None:
    answered(asked(decided(written.post, moderator), written.reader), colleague)
    erase_post(fresh(written.post), actor=written.reader)
    assert Appeal.objects.get().text == ""


def test_a_decision_that_came_later_stands(written: GuestPost, moderator: User, colleague: User) -> None:
    first = decided(written.post, moderator)
    publish_post(fresh(written.post), actor=None)
    decided(written.post, moderator)
    assert answered(asked(first, written.reader), colleague).decision.action == Action.LEAVE  # type: ignore[union-attr]
    assert fresh(written.post).state == PostState.HIDDEN


def test_a_name_that_is_nobodys_stops_nothing_but_the_step_on_it(
    masked: Post, trusted_member: User, moderator: User, colleague: User
) -> None:
    statement = decided(masked, moderator, sanction=Terms(Level.SUSPENSION, WHY, days=9))
    own = Reader(trusted_member, opened=open_member(trusted_member).pseudonyms)
    case = asked(statement, own)
    burn_name(fresh(masked), actor=own, owners={identity_of(trusted_member)})
    assert answered(case, colleague).outcome == Outcome.OVERTURNED
    assert (fresh(masked).state, Sanction.objects.get().is_in_force) == (PostState.PUBLISHED, True)


# --- Reporters --------------------------------------------------------------------------------------------------------


@pytest.fixture
def reported(trusted_member: User, category: Category, moderator: User) -> str:
    """The reference of a report of a post that was left where it is."""
    post = written_by(trusted_member, category)
    report = report_post(post, actor="member:77", reason="BLAMES")
    decide(report.case, actor=moderator, action=Action.LEAVE, seen=seen(report.case))
    let_words_leave()
    return report.reference


def test_whoever_reported_asks_by_their_reference_and_reads_the_answer(
    reported: str, moderator: User, colleague: User
) -> None:
    assert report_status(reported).may_ask_again
    case = appeal_report(reported, text="It blames her.").case
    status = report_status(reported)
    assert (status.may_ask_again, status.is_asked_again, status.answer) == (False, True, "")
    with pytest.raises(DecidedItFirst):
        answered(case, moderator)
    answered(case, colleague, overturns=False, answer="We read it otherwise.")
    assert report_status(reported).answer == ""
    let_words_leave()
    status = report_status(reported)
    assert (status.answer, "left it where it is" in str(status.outcome)) == ("We read it otherwise.", True)
    assert fresh(case.post).state == PostState.PUBLISHED


def test_overturned_it_is_hidden_for_a_reason_from_which_its_author_can_appeal(
    reported: str, trusted_member: User, moderator: User, colleague: User
) -> None:
    case = appeal_report(reported, text="It blames her.").case
    with pytest.raises(ReasonMissing):
        answered(case, colleague)
    answered(case, colleague, reason=WHY)
    assert fresh(case.post).state == PostState.HIDDEN
    assert "left it where it is" in str(report_status(reported).outcome)
    let_words_leave()
    assert "took it down" in str(report_status(reported).outcome)
    statement = Statement.objects.get()
    assert (statement.facts, statement.was_reported, statement.moderator) == (WHY, True, colleague)
    answered(asked(statement, Reader(trusted_member)), moderator)
    let_words_leave()
    assert fresh(case.post).state == PostState.PUBLISHED
    assert "put it back" in str(report_status(reported).outcome)


def test_there_is_nothing_to_ask_while_it_waits_or_when_it_was_taken_down(written: GuestPost, moderator: User) -> None:
    reference = report_post(written.post, actor="member:77", reason="BLAMES").reference
    for _time in range(2):
        assert not report_status(reference).may_ask_again
        with pytest.raises(NothingToAppeal):
            appeal_report(reference, text="Words.")
        if Case.objects.get().is_live:
            decided(written.post, moderator)


def test_what_its_author_took_away_meanwhile_is_not_hidden(
    reported: str, trusted_member: User, colleague: User
) -> None:
    case = appeal_report(reported, text="It blames her.").case
    erase_post(fresh(Case.objects.get(pk=case.pk).post), actor=Reader(trusted_member))
    with pytest.raises(ActionNotPossible):
        answered(case, colleague, reason=WHY)
    answered(case, colleague, overturns=False)


def test_the_log_says_nothing_of_who_reported(reported: str) -> None:
    appeal_report(reported, text="It blames her.")
    entry = AuditEntry.objects.latest("number")
    assert (entry.event, entry.facts) == ("appealed_by_reporter", {})


# --- One's own --------------------------------------------------------------------------------------------------------


def test_its_words_are_in_ones_copy_go_with_the_account_and_come_back_with_a_sealed_one(
    masked: Post, trusted_member: User, moderator: User
) -> None:
    statement = decided(masked, moderator)
    asked(statement, Reader(trusted_member, opened=open_member(trusted_member).pseudonyms))
    me = identity_of(trusted_member)
    assert own_data.count_of(me) == 2
    asked_for, told = [own.text for own in own_data.export_of(me)]
    assert asked_for == HOW
    assert WHY in told
    kept = own_data.archive_of(me, own_data.close(me, keep_words=False))
    assert Appeal.objects.get().text == ""
    own_data.restore(me, kept)
    assert Appeal.objects.get().text == HOW


def test_a_reply_is_written_in_a_thread_whose_story_came_back(
    written: GuestPost, trusted_member: User, moderator: User, colleague: User
) -> None:
    publish_post(written.post, actor=None)
    answered(asked(decided(written.post, moderator), written.reader), colleague)
    speaker = Speaker(SpeaksAs.PSEUDONYM, trusted_member)
    assert reply_to(fresh(written.post), actor=speaker, text="I believe you.").post.state == PostState.PUBLISHED


def test_its_words_are_forgotten_half_a_year_after_the_answer_and_not_while_it_waits(
    written: GuestPost, moderator: User, colleague: User
) -> None:
    case = asked(decided(written.post, moderator), written.reader)
    soon, later = (timezone.now() + dt.timedelta(days=days) for days in (400, 400 + APPEAL_DAYS + 1))
    with time_machine.travel(soon):
        assert forget_what_is_due()["appeals"] == 0
        assert (Appeal.objects.get().text, Statement.objects.get().facts) == (HOW, WHY)
        answered(case, colleague)
        assert forget_what_is_due()["appeals"] == 0
    with time_machine.travel(later):
        assert forget_what_is_due()["appeals"] == 1
    appeal = Appeal.objects.get()
    assert (appeal.text, appeal.answer, appeal.outcome) == (FORGOTTEN, FORGOTTEN, Outcome.OVERTURNED)
