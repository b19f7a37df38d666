"""What a decision restricts besides leaves a statement of reasons, can be appealed, and is taken back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from accounts.identity import identity_of
from forum.authorship import Reader
from forum.models import Category, Post
from forum.services.posts import edit_post
from forum.services.visibility import SomethingHappenedSince, publish_post
from moderation.models import Action, Case, CaseState, Decision, Seen, Statement
from moderation.queries import show_statement, statements_about, told_statements
from moderation.services.appeals import appeal_statement, decide_appeal
from moderation.services.cases import open_case
from moderation.services.decisions import ReasonMissing, decide
from moderation.services.effects import Also, open_branch
from moderation.services.own_data import export_of
from moderation.services.roles import OnesOwn
from moderation.services.sanctions import Terms
from moderation.services.undoing import undo_decision
from tests.house.doors import signed_in
from tests.personas import answered_by, let_words_leave, written_by

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
ALL_CLOSED = "Nobody can reply in this conversation any more"
WHY, CLOSED, AMONG = "It hurt again and again.", "Nobody can reply to it any more", "only people who are signed in"


@pytest.fixture
def story(trusted_member: User, category: Category) -> Post:
    return written_by(trusted_member, category, title="The first night")


def fresh(post: Post) -> Post:
    return Post.objects.select_related("thread__category").get(pk=post.pk)


def case_about(post: Post) -> Case:
    open_case(post, reasons=["reported:OTHER"])
    return Case.objects.select_related("post__thread__category").get(post=post, state=CaseState.OPEN)


def decided(post: Post, by: User, also: Also, action: str = Action.LEAVE, **fields: Any) -> Decision:
    case = case_about(post)
    return decide(case, actor=by, action=action, seen=Seen.of(case), also=also, **{"reason": WHY, **fields})


def told(post: Post, author: User) -> list[str]:
    """Of the one statement there is."""
    let_words_leave()
    (statement,) = statements_about(Reader(member=author), post.public_id)
    return [*statement.effects, *statement.reasons]


def overturned(decision: Decision, author: User, by: User) -> None:
    let_words_leave()
    assert decision.statement
    appeal = appeal_statement(decision.statement, actor=Reader(member=author), text="I see it otherwise.")
    case = Case.objects.select_related("post").get(pk=appeal.case.pk)
    decide_appeal(case, actor=by, seen=Seen.of(case), overturns=True, answer="You are right.")


# --- What it says -----------------------------------------------------------------------------------------------------


def test_closing_a_branch_tells_its_author_why_and_how_to_ask_again(
    story: Post, trusted_member: User, moderator: User
) -> None:
    decided(story, moderator, Also(lock_branch=True))
    said = told(story, trusted_member)
    assert ALL_CLOSED in said[0]
    assert said[1:] == [WHY]
    page = signed_in(trusted_member).ask(f"/p/{story.public_id}/decided/").text
    assert WHY in page
    assert "Ask somebody else to look again" in page
    assert WHY in fresh(story).word_to_author
    assert ALL_CLOSED in fresh(story).word_to_author


def test_so_does_a_move_to_where_fewer_read_it(
    story: Post, trusted_member: User, moderator: User, members_category: Category
) -> None:
    decided(story, moderator, Also(move_to=members_category.public_id))
    said = told(story, trusted_member)
    assert AMONG in said[0]
    assert said[1] == WHY


def test_a_move_between_two_that_are_read_by_the_same_restricts_nobody(story: Post, moderator: User) -> None:
    other = Category.objects.create(title="Reading together")
    decided(story, moderator, Also(move_to=other.public_id), reason="")
    assert fresh(story).thread.category == other
    assert not Statement.objects.exists()


def test_without_a_reason_nothing_is_done(story: Post, moderator: User, members_category: Category) -> None:
    for also in (Also(lock_branch=True), Also(move_to=members_category.public_id)):
        with pytest.raises(ReasonMissing) as refused:
            decided(story, moderator, also, reason="")
        assert [*refused.value.fields] == ["reason"]
    assert not Decision.objects.exists()
    assert not fresh(story).is_closed


def test_closing_what_is_closed_needs_no_second_reason(story: Post, moderator: User) -> None:
    decided(story, moderator, Also(lock_branch=True))
    assert decided(story, moderator, Also(lock_branch=True), reason="").statement is None


def test_one_statement_says_all_that_a_decision_restricts(story: Post, trusted_member: User, moderator: User) -> None:
    reply = answered_by(trusted_member, story)
    said = {"word": "Please leave the name out.", "sanction": Terms("WARNING", "Mind it.")}
    decided(reply, moderator, Also(lock_branch=True), Action.RETURN, **said)
    together = "\n".join(told(reply, trusted_member))
    for part in ("sent back to you", CLOSED, "asked to mind", "Please leave the name out.", WHY, "Mind it."):
        assert part in together


def test_its_author_takes_it_along_in_their_copy(story: Post, trusted_member: User, moderator: User) -> None:
    decided(story, moderator, Also(lock_branch=True))
    let_words_leave()
    assert any(ALL_CLOSED in own.text and WHY in own.text for own in export_of(identity_of(trusted_member)))


def test_nobody_is_told_of_what_was_undone(story: Post, moderator: User) -> None:
    decision = decided(story, moderator, Also(lock_branch=True))
    case = Case.objects.select_related("post").get(pk=decision.case_id)
    undo_decision(case, actor=moderator, seen=Seen.of(case))
    assert not told_statements().exists()
    assert not fresh(story).is_closed


# --- Taken back -------------------------------------------------------------------------------------------------------


def test_overturned_a_branch_takes_replies_again(
    story: Post, trusted_member: User, moderator: User, second: User
) -> None:
    overturned(decided(story, moderator, Also(lock_branch=True)), trusted_member, second)
    assert not fresh(story).is_closed
    assert "The team has taken this back since." in told(story, trusted_member)


def test_overturned_a_conversation_is_where_it_was(
    story: Post, trusted_member: User, moderator: User, second: User, members_category: Category, category: Category
) -> None:
    overturned(decided(story, moderator, Also(move_to=members_category.public_id)), trusted_member, second)
    assert fresh(story).thread.category == category


def test_but_not_where_somebody_wrote_among_members_meanwhile(
    story: Post, trusted_member: User, moderator: User, second: User, members_category: Category
) -> None:
    """What is written among members stays there, by an appeal and within the seconds of undoing."""
    decision = decided(story, moderator, Also(move_to=members_category.public_id))
    answered_by(trusted_member, fresh(story))
    case = Case.objects.select_related("post").get(pk=decision.case_id)
    with pytest.raises(SomethingHappenedSince):
        undo_decision(case, actor=moderator, seen=Seen.of(case))
    overturned(decision, trusted_member, second)
    assert fresh(story).thread.category == members_category


def test_nor_where_somebody_changed_their_words_or_put_some_off_among_members(
    story: Post, trusted_member: User, moderator: User, second: User, members_category: Category
) -> None:
    decision = decided(story, moderator, Also(move_to=members_category.public_id))
    post, own = fresh(story), Reader(member=trusted_member, opened=frozenset())
    edit_post(post, actor=own, version=post.version, title=post.title, text="Among ourselves: I am at my sister's.")
    overturned(decision, trusted_member, second)
    assert fresh(story).thread.category == members_category


def test_what_other_decisions_closed_stays_closed(story: Post, trusted_member: User, moderator: User) -> None:
    above = answered_by(trusted_member, story)
    below = answered_by(trusted_member, above)
    decided(below, moderator, Also(lock_branch=True))
    later = decided(above, moderator, Also(lock_branch=True))
    case = Case.objects.select_related("post").get(pk=later.case_id)
    undo_decision(case, actor=moderator, seen=Seen.of(case))
    assert (fresh(above).takes_no_replies, fresh(below).takes_no_replies) == (False, True)


def test_nobody_opens_what_was_closed_below_their_own_words(moderator: User, second: User, category: Category) -> None:
    own = publish_post(written_by(moderator, category), actor=None)
    decided(own, second, Also(lock_branch=True))
    with pytest.raises(OnesOwn):
        open_branch(fresh(own), actor=moderator)
    assert fresh(own).is_closed


def test_opening_a_branch_needs_no_decision_and_its_author_reads_that_it_is_over(
    story: Post, trusted_member: User, moderator: User
) -> None:
    decided(story, moderator, Also(lock_branch=True))
    for _time in range(2):
        open_branch(fresh(story), actor=moderator)
    assert "The team has taken this back since." in told(story, trusted_member)


# --- By the doors -----------------------------------------------------------------------------------------------------


def test_the_desk_says_it_at_the_reason_and_keeps_what_was_typed(story: Post, moderator: User) -> None:
    case = case_about(story)
    place = f"/admin/moderation/case/{case.pk}/change/"
    typed = {"seen": str(Seen.of(case)), "action": "LEAVE", "word": "Sentinel word.", "also-lock_branch": "on"}
    me = signed_in(moderator)
    page = me.ask(place, "POST", data=typed)
    assert page.status == 400
    assert "Give the reason." in page.text
    assert "Sentinel word." in page.text
    assert me.ask(place, "POST", data={**typed, "reason": WHY}).status == 302
    assert Statement.objects.get().facts == WHY


def test_the_api_points_at_it_and_shows_its_author_what_else_was_restricted(
    story: Post, trusted_member: User, moderator: User
) -> None:
    case = case_about(story)
    address, me = f"/api/v1/desk/cases/{case.public_id}/decisions/", signed_in(moderator)
    body: dict[str, Any] = {"action": "LEAVE", "also": {"lock_branch": True}}
    seen = {"If-Match": f'"{Seen.of(case)}"'}
    refused = me.ask(address, "POST", data=body, **seen)
    assert [error["pointer"] for error in json.loads(refused.text)["errors"]] == ["#/reason"]
    pointed = me.ask(address, "POST", data={"action": "LEAVE", "also": {"move_to": "nowhere"}}, **seen)
    assert [error["pointer"] for error in json.loads(pointed.text)["errors"]] == ["#/also/move_to"]
    assert me.ask(address, "POST", data={**body, "reason": WHY}, **seen).status == 201
    let_words_leave()
    shown = json.loads(signed_in(trusted_member).ask(f"/api/v1/posts/{story.public_id}/statements/").text)
    assert [(each["restriction"], each["besides"]) for each in shown["statements"]] == [("", ["LOCK_BRANCH"])]


def test_statements_cost_the_same_for_one_and_for_five(
    story: Post, trusted_member: User, moderator: User, django_assert_num_queries: Any
) -> None:
    reader = Reader(member=trusted_member)
    for number in range(5):
        decided(story, moderator, Also(lock_branch=True))
        let_words_leave()
        open_branch(fresh(story), actor=moderator)
        if number in {0, 4}:
            with django_assert_num_queries(3):
                statements = list(told_statements())
                assert all(show_statement(reader, each).effects for each in statements)
            assert len(statements) == number + 1
