"""Bulk: looked at first, each decided by itself, all of it undone. Its doors: test_several_at_once_by_doors.py."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.utils import translation

from accounts.identity import identity_of
from common.errors import NotFound
from common.public_id import new_public_id
from forum.models import Category, Post
from forum.queries import show_post
from forum.services.posts import edit_post, start_thread
from forum.services.visibility import publish_post
from forum.states import PostState
from moderation import audit
from moderation.models import (
    Act,
    Appeal,
    AuditEntry,
    Batch,
    BatchItem,
    Case,
    CaseState,
    Decision,
    Report,
    Seen,
    Statement,
)
from moderation.queries import statements_about
from moderation.services.appeals import appeal_statement
from moderation.services.batches import (
    MOST_IN_A_BATCH,
    BatchIdReused,
    BatchOfSomebodyElse,
    BulkAct,
    Chosen,
    NothingChosen,
    Preview,
    Rule,
    TooManyChosen,
    batch_for,
    batches_of,
    carry_out,
    preview,
    problem_words,
    undo_batch,
    undoable_until,
)
from moderation.services.cases import CasePutOff, pass_on
from moderation.services.claims import put_off, take
from moderation.services.decisions import ActionNotPossible, ReasonMissing, decide
from moderation.services.moderators import GROUP, leads
from moderation.services.reports import JudgementUnknown, judge_report, report_post
from moderation.services.roles import NotAModerator
from moderation.services.telling_reporters import report_status
from moderation.services.undoing import undo_decision
from tests.personas import GUEST, PASSWORD, GuestPost, let_words_leave, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
HIDE = BulkAct("HIDE", reason="It sells something.")


@pytest.fixture
def colleague(moderator: User) -> User:
    user = type(moderator).objects.create_user("desk two", PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name=GROUP))
    return user


@pytest.fixture
def lead(colleague: User) -> User:
    colleague.groups.add(leads())
    return type(colleague).objects.get(pk=colleague.pk)


@pytest.fixture
def guests(category: Category) -> list[GuestPost]:
    return [written_by_guest(category, title=f"Story {number}") for number in range(3)]


@pytest.fixture
def reported(guests: list[GuestPost]) -> list[Post]:
    """Published, and reported as spam."""
    posts = []
    Case.objects.all().delete()
    for guest in guests:
        posts.append(publish_post(guest.post, actor=None))
        report_post(guest.post, actor="member:9", reason="SPAM")
    return posts


def case_of(post: Post) -> Case:
    return Case.objects.select_related("post").get(post=post)


def ids() -> list[str]:
    return list(Case.objects.values_list("public_id", flat=True))


def looked_at(act: BulkAct, actor: User, **how: Any) -> Preview:
    return preview(act, actor=actor, **(how or {"cases": ids()}))


def done(act: BulkAct, actor: User) -> Batch:
    seen = looked_at(act, actor)
    return carry_out(
        seen.batch, act, actor=actor, chosen=[Chosen(line.case.public_id, line.seen) for line in seen.lines]
    )


def states() -> list[str]:
    return sorted(Post.objects.values_list("state", flat=True))


def problems(looked: Preview) -> list[str]:
    return [line.problem.code for line in looked.lines if line.problem]


# --- Looking first ----------------------------------------------------------------------------------------------------


def test_looking_first_changes_nothing(guests: list[GuestPost], moderator: User) -> None:
    entries = AuditEntry.objects.count()
    seen = looked_at(BulkAct("PUBLISH"), moderator)
    assert (len(seen.lines), problems(seen)) == (3, [])
    assert (states(), Decision.objects.count(), Batch.objects.count()) == (["HELD"] * 3, 0, 0)
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize(("by_themselves", "queries"), [(False, 4), (True, 8)])
@pytest.mark.parametrize("many", [3, 20])
def test_looking_first_costs_the_same_for_three_and_for_twenty(
    category: Category, moderator: User, many: int, by_themselves: bool, queries: int, django_assert_num_queries: Any
) -> None:
    identity = identity_of(moderator) if by_themselves else None
    for _number in range(many):
        report_post(written_by_guest(category).post, actor="member:1", reason="OTHER", identity=identity)
    chosen = ids()
    moderator.has_perm("moderation.change_case")  # asked once a request
    with django_assert_num_queries(queries):
        assert len(looked_at(BulkAct("PUBLISH"), moderator, cases=chosen).lines) == many


def test_a_case_of_a_life_is_in_no_batch(guests: list[GuestPost], moderator: User) -> None:
    report_post(guests[0].post, actor="member:1", reason="DANGER")
    assert problems(looked_at(BulkAct("PUBLISH"), moderator)) == ["case-not-in-a-batch"]
    batch = done(BulkAct("PUBLISH"), moderator)
    assert states() == ["HELD", "PUBLISHED", "PUBLISHED"]
    assert batch.items.get(case=case_of(guests[0].post)).problem == "case-not-in-a-batch"
    assert case_of(guests[0].post).is_to_decide


def test_a_case_that_becomes_one_of_a_life_after_it_was_looked_at_is_left(
    guests: list[GuestPost], moderator: User
) -> None:
    seen = looked_at(BulkAct("PUBLISH"), moderator)
    report_post(guests[0].post, actor="member:1", reason="DANGER")
    now = Seen.of(case_of(guests[0].post))
    chosen = [Chosen(case_of(guests[0].post).public_id, now)]  # as if somebody wrote the request by hand
    batch = carry_out(seen.batch, BulkAct("PUBLISH"), actor=moderator, chosen=chosen)
    assert batch.items.get().problem == "case-not-in-a-batch"
    assert states() == ["HELD"] * 3


def test_what_cannot_be_done_is_said_for_each(guests: list[GuestPost], moderator: User, lead: User) -> None:
    take(case_of(guests[0].post), actor=lead)
    passed = case_of(guests[1].post)
    pass_on(passed, actor=moderator, seen=Seen.of(passed))
    assert sorted(problems(looked_at(BulkAct("PUBLISH"), moderator))) == ["case-taken", "lead-needed"]
    assert problems(looked_at(BulkAct("LEAVE"), moderator)).count("action-not-possible") == 1
    assert "nothing-to-judge" in problems(looked_at(BulkAct("JUDGE", judgement="RIGHT"), moderator))
    closed = case_of(guests[2].post)
    decide(closed, actor=moderator, action="PUBLISH", seen=Seen.of(closed))
    assert "case-already-closed" in problems(looked_at(BulkAct("PUBLISH"), moderator))


def test_an_appeal_is_answered_by_itself(guests: list[GuestPost], moderator: User, colleague: User) -> None:
    first = case_of(guests[0].post)
    decision = decide(first, actor=moderator, action="HIDE", seen=Seen.of(first), reason="It names a street.")
    assert decision.statement is not None
    let_words_leave()
    appeal = appeal_statement(decision.statement, actor=guests[0].reader, text="There is none.").case
    looked = looked_at(BulkAct("LEAVE"), colleague, cases=[appeal.public_id])
    assert problems(looked) == ["case-is-an-appeal"]


def test_a_case_that_is_put_off_is_named_so_before_and_after(reported: list[Post], moderator: User) -> None:
    case = case_of(reported[0])
    put_off(case, actor=moderator, seen=Seen.of(case), hours=2)
    act = BulkAct("LEAVE")
    assert problems(looked_at(act, moderator)) == ["case-put-off"]
    [problem] = filter(None, done(act, moderator).items.values_list("problem", flat=True))
    assert problem == "case-put-off"
    assert problem_words(problem) == CasePutOff.message


def test_hiding_what_its_author_put_off_is_left_to_be_decided_by_itself(category: Category, moderator: User) -> None:
    start_thread(category, actor=GUEST, title="T", text="Later.", delay_hours=24)
    assert problems(looked_at(HIDE, moderator)) == ["post-put-off-by-author"]
    assert problems(looked_at(BulkAct("PUBLISH"), moderator)) == []


def test_a_rule_finds_open_cases_by_their_reason_and_category_and_no_case_of_a_life(
    reported: list[Post], category: Category, moderator: User
) -> None:
    other = Category.objects.create(title="Elsewhere")
    written_by_guest(other)
    report_post(reported[0], actor="member:1", reason="DANGER")
    found = looked_at(BulkAct("LEAVE"), moderator, rule=Rule("reported:SPAM"))
    assert {line.case.post_id for line in found.lines} == {post.pk for post in reported[1:]}
    assert looked_at(BulkAct("PUBLISH"), moderator, rule=Rule("guest", other.public_id)).lines
    with pytest.raises(NothingChosen):
        looked_at(BulkAct("LEAVE"), moderator, rule=Rule("reported:SPAM", other.public_id))


def test_a_rule_brings_fifty_at_most_and_the_most_pressing(
    category: Category, moderator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moderation.services.batches.MOST_IN_A_BATCH", 2)
    first, second, third = (written_by_guest(category).post for _number in range(3))
    hour = dt.timedelta(hours=1)
    for post, sooner in ((third, 2), (first, 1)):
        case = case_of(post)
        Case.objects.filter(pk=case.pk).update(due_at=case.due_at - sooner * hour)
    found = looked_at(BulkAct("PUBLISH"), moderator, rule=Rule("guest"))
    assert [line.case.post_id for line in found.lines] == [third.pk, first.pk]
    assert second.pk not in {line.case.post_id for line in found.lines}


def test_the_preview_tells_how_moderators_decided_similar_cases_in_the_last_days(
    category: Category, moderator: User, colleague: User
) -> None:
    now = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
    with time_machine.travel(now, tick=False) as clock:
        clock.shift(dt.timedelta(days=-91))
        decided(written_by_guest(category).post, colleague, "PUBLISH")
        clock.move_to(now - dt.timedelta(days=89))
        for action in ("HIDE", "HIDE", "PUBLISH", "RETURN"):
            decided(written_by_guest(category).post, colleague, action)
        post = publish_post(written_by_guest(category).post, actor=None)
        Case.objects.filter(post=post).delete()
        report_post(post, actor="member:1", reason="SPAM")
        decided(post, colleague, "LEAVE")  # waited for something else
        clock.move_to(now)
        waiting = case_of(written_by_guest(category).post).public_id
        tried = looked_at(HIDE, moderator, cases=[waiting]).tried
        assert (tried.similar, tried.otherwise) == (4, 2)
        tried = looked_at(BulkAct("PUBLISH"), moderator, cases=[waiting]).tried
        assert (tried.similar, tried.otherwise) == (4, 3)


def decided(post: Post, by: User, action: str) -> None:
    case = case_of(post)
    decide(case, actor=by, action=action, seen=Seen.of(case), word="A word.", reason="A reason.")


def test_the_preview_of_judging_tells_how_such_reports_were_judged(reported: list[Post], moderator: User) -> None:
    for judgement, post in zip(("RIGHT", "UNFOUNDED"), reported, strict=False):
        report = Report.objects.get(case__post=post)
        judge_report(report.reference, case=report.case, actor=moderator, judgement=judgement)
    tried = looked_at(BulkAct("JUDGE", judgement="RIGHT"), moderator).tried
    assert (tried.similar, tried.otherwise) == (2, 1)


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (BulkAct("HIDE"), ReasonMissing),
        (BulkAct("RETURN"), ActionNotPossible),
        (BulkAct("REOPEN"), ActionNotPossible),
        (BulkAct("JUDGE"), JudgementUnknown),
    ],
)
def test_an_act_that_is_none_or_says_not_why_is_refused(
    guests: list[GuestPost], moderator: User, act: BulkAct, error: type[Exception]
) -> None:
    with pytest.raises(error):
        looked_at(act, moderator)
    with pytest.raises(error):
        carry_out(new_public_id(), act, actor=moderator, chosen=[Chosen(ids()[0], Seen(1, 0, 1))])
    assert not Batch.objects.exists()


def test_nothing_and_too_much_are_refused(guests: list[GuestPost], moderator: User) -> None:
    with pytest.raises(NothingChosen):
        looked_at(HIDE, moderator, cases=["no such case"])
    many = [new_public_id() for _number in range(MOST_IN_A_BATCH + 1)]
    with pytest.raises(TooManyChosen):
        looked_at(HIDE, moderator, cases=many)
    with pytest.raises(TooManyChosen):
        carry_out(new_public_id(), HIDE, actor=moderator, chosen=[Chosen(each, Seen(1, 0, 1)) for each in many])
    with pytest.raises(NotFound):
        carry_out("mine", HIDE, actor=moderator, chosen=[Chosen(ids()[0], Seen(1, 0, 1))])


def test_only_moderators_do_several_at_once(guests: list[GuestPost], member: User) -> None:
    with pytest.raises(NotAModerator):
        looked_at(HIDE, member)
    with pytest.raises(NotAModerator):
        carry_out(new_public_id(), HIDE, actor=member, chosen=[Chosen(ids()[0], Seen(1, 0, 1))])
    assert states() == ["HELD"] * 3


# --- Doing it ---------------------------------------------------------------------------------------------------------


def test_each_is_a_decision_of_its_own_with_its_own_entry_and_one_batch(
    guests: list[GuestPost], moderator: User
) -> None:
    batch = done(BulkAct("PUBLISH"), moderator)
    assert states() == ["PUBLISHED"] * 3
    assert Decision.objects.filter(moderator=moderator, action="PUBLISH").count() == 3
    entries = AuditEntry.objects.filter(event="case_decided")
    assert {entry.facts["batch"] for entry in entries} == {batch.public_id}
    assert len({entry.facts["case"] for entry in entries}) == 3
    assert list(audit.problems()) == []


def test_what_changed_since_it_was_looked_at_is_left_and_holds_up_nothing(
    guests: list[GuestPost], moderator: User
) -> None:
    seen = looked_at(BulkAct("PUBLISH"), moderator)
    edit_post(guests[0].post, actor=guests[0].reader, version=1, title="T", text="Something else.")
    report_post(guests[1].post, actor="member:1", reason="SPAM")
    chosen = [Chosen(line.case.public_id, line.seen) for line in seen.lines]
    batch = carry_out(seen.batch, BulkAct("PUBLISH"), actor=moderator, chosen=chosen)
    assert states() == ["HELD", "HELD", "PUBLISHED"]
    assert sorted(batch.items.values_list("problem", flat=True)) == ["", "case-changed", "post-changed"]


def test_hiding_gives_each_author_the_reason(reported: list[Post], moderator: User) -> None:
    done(HIDE, moderator)
    assert states() == ["HIDDEN"] * 3
    assert {post.word_to_author for post in Post.objects.all()} == {"It sells something."}


def test_reports_are_judged_and_the_posts_stay(reported: list[Post], moderator: User) -> None:
    first = Report.objects.first()
    assert first is not None
    judge_report(first.reference, case=first.case, actor=moderator, judgement="RIGHT")
    batch = done(BulkAct("JUDGE", judgement="MISUSED"), moderator)
    assert sorted(Report.objects.values_list("judgement", flat=True)) == ["MISUSED", "MISUSED", "RIGHT"]
    assert states() == ["PUBLISHED"] * 3
    assert Case.objects.filter(state=CaseState.OPEN).count() == 3
    told = AuditEntry.objects.filter(event="report_judged", facts__batch=batch.public_id)
    assert told.count() == 2


def test_sent_twice_it_is_once(guests: list[GuestPost], moderator: User) -> None:
    seen = looked_at(BulkAct("PUBLISH"), moderator)
    chosen = [Chosen(line.case.public_id, line.seen) for line in seen.lines]
    for _time in range(2):
        carry_out(seen.batch, BulkAct("PUBLISH"), actor=moderator, chosen=chosen)
    assert (Batch.objects.count(), BatchItem.objects.count(), Decision.objects.count()) == (1, 3, 3)


def test_sent_again_after_it_broke_off_it_goes_on_with_what_was_looked_at(
    reported: list[Post], moderator: User
) -> None:
    seen = looked_at(HIDE, moderator)
    chosen = [Chosen(line.case.public_id, line.seen) for line in seen.lines]
    carry_out(seen.batch, HIDE, actor=moderator, chosen=chosen[:1])
    carry_out(seen.batch, HIDE, actor=moderator, chosen=chosen)
    assert states() == ["HIDDEN"] * 3


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (BulkAct("PUBLISH"), HIDE),
        (HIDE, replace(HIDE, reason="It threatens.")),
        (BulkAct("JUDGE", judgement="RIGHT"), BulkAct("JUDGE", judgement="MISUSED")),
    ],
)
def test_something_else_under_the_same_id_is_refused_and_nothing_is_done(
    reported: list[Post], moderator: User, first: BulkAct, then: BulkAct
) -> None:
    seen = looked_at(first, moderator)
    chosen = [Chosen(line.case.public_id, line.seen) for line in seen.lines]
    carry_out(seen.batch, first, actor=moderator, chosen=chosen[:1])
    before = states()
    with pytest.raises(BatchIdReused):
        carry_out(seen.batch, then, actor=moderator, chosen=chosen)
    assert (states(), BatchItem.objects.count()) == (before, 1)


def test_a_batch_of_somebody_else_takes_nothing_in(guests: list[GuestPost], moderator: User, colleague: User) -> None:
    seen = looked_at(BulkAct("PUBLISH"), moderator)
    chosen = [Chosen(line.case.public_id, line.seen) for line in seen.lines]
    carry_out(seen.batch, BulkAct("PUBLISH"), actor=moderator, chosen=chosen[:1])
    with pytest.raises(BatchOfSomebodyElse):
        carry_out(seen.batch, BulkAct("PUBLISH"), actor=colleague, chosen=chosen)
    assert states().count("PUBLISHED") == 1


# --- Undoing it -------------------------------------------------------------------------------------------------------


def told(act: BulkAct, by: User) -> Batch:
    """Long enough ago that its words have left."""
    batch = done(act, by)
    let_words_leave()
    return batch


@pytest.mark.parametrize("act", [BulkAct("PUBLISH"), HIDE], ids=["publish", "hide"])
def test_undone_before_its_words_left_it_has_never_been_and_nobody_was_told(
    guests: list[GuestPost], moderator: User, act: BulkAct
) -> None:
    batch = done(act, moderator)
    assert undoable_until(batch, moderator) is not None
    assert {show_post(each.reader, fresh(each.post), None).word_to_author for each in guests} == {""}
    assert not any(statements_about(each.reader, each.post.public_id) for each in guests)
    undo_batch(batch, actor=moderator)
    let_words_leave()
    assert states() == ["HELD"] * 3
    assert {(case.state, case.claimed_by) for case in Case.objects.all()} == {(CaseState.OPEN, None)}
    assert {show_post(each.reader, fresh(each.post), None).word_to_author for each in guests} == {""}
    assert not any(statements_about(each.reader, each.post.public_id) for each in guests)
    assert not Decision.objects.standing().exists()
    assert batch.items.filter(is_undone=True, undoing=None).count() == 3
    assert undoable_until(batch, moderator) is None
    again = done(act, moderator)
    assert not again.items.exclude(problem="").exists()


def test_a_lead_undoes_a_batch_of_somebody_else_before_anybody_was_told(
    reported: list[Post], moderator: User, colleague: User
) -> None:
    batch = done(HIDE, moderator)
    colleague.groups.add(leads())
    undo_batch(batch, actor=type(colleague).objects.get(pk=colleague.pk))
    assert states() == ["PUBLISHED"] * 3
    assert {post.word_to_author for post in Post.objects.all()} == {""}
    assert not Decision.objects.standing().exists()


def test_a_lead_undoes_none_of_it_about_their_own_words(category: Category, moderator: User, colleague: User) -> None:
    own = publish_post(written_by(colleague, category), actor=None)
    report_post(own, actor="member:7", reason="HOSTILE")
    batch = told(HIDE, moderator)
    colleague.groups.add(leads())
    undo_batch(batch, actor=type(colleague).objects.get(pk=colleague.pk))
    assert (fresh(own).state, batch.items.get().is_undone, batch.items.get().undo_problem) == ("HIDDEN", False, "")


def test_one_of_a_batch_undone_by_itself_is_undone_in_it(reported: list[Post], moderator: User) -> None:
    batch = done(HIDE, moderator)
    case = case_of(reported[0])
    undo_decision(case, actor=moderator, seen=Seen.of(case))
    assert states() == ["HIDDEN", "HIDDEN", "PUBLISHED"]
    assert batch.items.get(case=case).is_undone
    undo_batch(batch, actor=moderator)
    assert states() == ["PUBLISHED"] * 3


def fresh(post: Post) -> Post:
    return Post.objects.select_related("thread__category", "thread_pseudonym").get(pk=post.pk)


@pytest.mark.parametrize("act", [BulkAct("PUBLISH"), HIDE], ids=["publish", "hide"])
def test_undone_what_was_held_waits_again_with_its_case_and_its_reasons(
    guests: list[GuestPost], moderator: User, act: BulkAct
) -> None:
    undo_batch(told(act, moderator), actor=moderator)
    assert states() == ["HELD"] * 3
    for case in Case.objects.all():
        assert (case.state, case.reasons) == (CaseState.OPEN, ["guest"])
    assert Decision.objects.filter(action="REOPEN", moderator=moderator).count() == 3
    entries = AuditEntry.objects.filter(event="case_reopened")
    assert {entry.facts["undoes"] for entry in entries} == {act.act}
    assert len(entries) == 3
    assert list(audit.problems()) == []


def test_undone_what_was_taken_down_is_there_again_and_its_author_is_told(
    reported: list[Post], moderator: User
) -> None:
    undo_batch(told(HIDE, moderator), actor=moderator)
    assert states() == ["PUBLISHED"] * 3
    assert {post.word_to_author for post in Post.objects.all()} == {
        "The team has looked again, and took back what was decided about this."
    }
    assert Case.objects.filter(state=CaseState.OPEN, reasons=["reported:SPAM"]).count() == 3
    again = done(BulkAct("LEAVE"), moderator)
    assert not again.items.exclude(problem="").exists(), "it is decided anew like any case"


def test_whoever_wrote_it_reads_that_in_their_language_and_not_in_the_one_of_whoever_undid_it(
    reported: list[Post], guests: list[GuestPost], moderator: User
) -> None:
    batch = told(HIDE, moderator)
    with translation.override("de"):
        undo_batch(batch, actor=moderator)
    let_words_leave()
    guest = guests[0]
    for language, words in (("en", "The team has looked again"), ("fr", "L’équipe a regardé"), ("de", "Das Team hat")):
        with translation.override(language):
            shown = show_post(guest.reader, fresh(guest.post), None)
            (statement,) = statements_about(guest.reader, guest.post.public_id)
            assert shown.word_to_author.startswith(words)
            assert statement.taken_back_because == shown.word_to_author


def test_undone_late_it_is_told_some_seconds_later_and_appeals_that_wait_are_answered_with_it(
    reported: list[Post], guests: list[GuestPost], moderator: User, lead: User
) -> None:
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False) as clock:
        batch = done(HIDE, moderator)
        clock.shift(15)
        guest, post = guests[0], reported[0]
        reference = Report.objects.get(case__post=post).reference
        for statement in Statement.objects.filter(post__in=reported[:2]):
            reader = next(each.reader for each in guests if each.post == statement.post)
            appeal_statement(statement, actor=reader, text="It is a song.")
        undo_batch(batch, actor=lead)
        assert states() == ["PUBLISHED"] * 3
        assert not Case.objects.filter(appeal__isnull=False).exclude(state=CaseState.CLOSED).exists()
        for seconds, is_told in ((0, False), (14, False), (1, True)):
            clock.shift(seconds)
            (shown,) = statements_about(guest.reader, post.public_id)
            assert shown.appeal is not None
            assert (shown.is_taken_back, bool(shown.taken_back_because)) == (is_told, is_told)
            assert (shown.appeal.is_waiting, shown.appeal.outcome) == (not is_told, "TAKEN_BACK" if is_told else "")
            assert shown.appeal.answer == shown.taken_back_because
            assert bool(show_post(guest.reader, fresh(post), None).word_to_author) is is_told
            assert report_status(reference).is_waiting is is_told
        assert Appeal.objects.filter(outcome="TAKEN_BACK", decided_by=None).count() == 2


def test_what_undid_one_of_a_batch_is_undone_in_turn_and_the_batch_can_be_undone_again(
    reported: list[Post], guests: list[GuestPost], moderator: User
) -> None:
    batch = told(HIDE, moderator)
    guest = next(each for each in guests if each.post == reported[0])
    appeal = appeal_statement(Statement.objects.get(post=reported[0]), actor=guest.reader, text="It is a song.")
    undo_batch(batch, actor=moderator)
    case = Case.objects.select_related("post").get(post=reported[0], appeal=None)
    undo_decision(case, actor=moderator, seen=Seen.of(case))
    appeal.refresh_from_db()
    assert (states(), appeal.outcome) == (["HIDDEN", "PUBLISHED", "PUBLISHED"], "")
    assert batch.items.get(is_undone=False).case_id == case.pk
    undo_batch(batch, actor=moderator)
    appeal.refresh_from_db()
    assert (states(), appeal.outcome) == (["PUBLISHED"] * 3, "TAKEN_BACK")


def test_undone_what_was_left_as_it_is_is_open_again_and_nobody_is_told(reported: list[Post], moderator: User) -> None:
    undo_batch(told(BulkAct("LEAVE"), moderator), actor=moderator)
    assert Case.objects.filter(state=CaseState.OPEN).count() == 3
    assert {post.word_to_author for post in Post.objects.all()} == {""}


def test_undone_judgements_are_gone_but_not_what_somebody_said_since(reported: list[Post], moderator: User) -> None:
    batch = done(BulkAct("JUDGE", judgement="MISUSED"), moderator)
    first = Report.objects.first()
    assert first is not None
    judge_report(first.reference, case=first.case, actor=moderator, judgement="RIGHT")
    undo_batch(batch, actor=moderator)
    assert sorted(Report.objects.values_list("judgement", flat=True)) == ["", "", "RIGHT"]
    assert AuditEntry.objects.filter(event="report_judgement_undone").count() == 2


def test_what_somebody_has_touched_since_stays_and_is_said(guests: list[GuestPost], moderator: User) -> None:
    batch = told(BulkAct("PUBLISH"), moderator)
    edit_post(guests[0].post, actor=guests[0].reader, version=2, title="T", text="Other words.")
    undo_batch(batch, actor=moderator)
    item = batch.items.get(case__post=guests[0].post)
    assert (item.is_undone, item.undo_problem) == (False, "post-changed")
    assert states().count("HELD") == 2 + (Post.objects.get(pk=guests[0].post.pk).state == PostState.HELD)
    assert batch.items.filter(is_undone=True).count() == 2


def test_what_was_reported_since_is_put_into_the_case_that_lives_now(reported: list[Post], moderator: User) -> None:
    batch = told(BulkAct("LEAVE"), moderator)
    report_post(reported[0], actor="member:2", reason="BLAMES")
    undo_batch(batch, actor=moderator)
    live = Case.objects.exclude(state=CaseState.CLOSED).get(post=reported[0])
    assert set(live.reasons) == {"reported:BLAMES", "reported:SPAM"}


def test_undoing_twice_is_once(guests: list[GuestPost], moderator: User) -> None:
    batch = told(BulkAct("PUBLISH"), moderator)
    for _time in range(2):
        undo_batch(batch, actor=moderator)
    assert Decision.objects.filter(action="REOPEN").count() == 3


def test_whoever_did_it_undoes_it_and_a_lead_and_nobody_else(
    guests: list[GuestPost], moderator: User, colleague: User
) -> None:
    batch = done(BulkAct("PUBLISH"), moderator)
    with pytest.raises(BatchOfSomebodyElse):
        undo_batch(batch, actor=colleague)
    with pytest.raises(NotFound):
        batch_for(colleague, batch.public_id)
    assert (states(), batches_of(colleague)) == (["PUBLISHED"] * 3, [])
    colleague.groups.add(leads())
    lead = type(colleague).objects.get(pk=colleague.pk)
    assert batches_of(lead) == [batch_for(lead, batch.public_id)] == [batch]
    undo_batch(batch, actor=lead)
    assert states() == ["HELD"] * 3


def test_nobody_chooses_the_decision_that_only_follows_from_undoing(guests: list[GuestPost], moderator: User) -> None:
    case = case_of(guests[0].post)
    with pytest.raises(ActionNotPossible):
        decide(case, actor=moderator, action="REOPEN", seen=replace(Seen.of(case)))
    assert "REOPEN" not in Act.values
