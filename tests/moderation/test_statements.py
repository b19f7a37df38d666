"""Statements of reasons: none of what restricts is saved without one; its author reads it, and nobody else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.identity import identity_of
from forum.authorship import Reader, Speaker, SpeaksAs
from forum.models import Category, Post
from forum.services.anonymity import read_claim
from forum.services.claims import make_code
from forum.services.flagging import flag_reply
from forum.services.house_rules import agree_to_rules, publish_rules
from forum.services.posts import start_thread
from forum.services.visibility import erase_post, publish_post
from moderation.models import Action, Case, Decision, Level, Sanction, Seen, Statement
from moderation.services.cases import open_case
from moderation.services.decisions import decide
from moderation.services.reports import report_post
from moderation.services.sanctions import SanctionUnfit, Terms, lift_sanction, sanction_author
from tests.house.doors import Somebody, guest, opened, returning, signed_in, visitor
from tests.personas import GuestPost, answered_by, let_words_leave, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
WHY = "It names a street."


@pytest.fixture
def written(category: Category) -> GuestPost:
    return written_by_guest(category)


def decided(post: Post, by: User, action: str = Action.HIDE, *, sanction: Terms | None = None) -> Decision:
    case = open_case(post, reasons=["reported:OTHER"])
    case.post.refresh_from_db()
    decision = decide(case, actor=by, action=action, seen=Seen.of(case), word=WHY, reason=WHY, sanction=sanction)
    let_words_leave()
    return decision


def fresh(post: Post) -> Post:
    return Post.objects.select_related("thread__category").get(pk=post.pk)


# --- None without one -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", [Action.HIDE, Action.RETURN])
def test_the_database_refuses_a_decision_that_restricts_and_says_no_why(
    written: GuestPost, moderator: User, action: str
) -> None:
    fields = {"action": action, "word": WHY, "reason": WHY, "post_version": 1, "decided_at": timezone.now()}
    with pytest.raises(IntegrityError, match="decision_that_restricts_says_why"), transaction.atomic():
        Decision.objects.create(case=Case.objects.get(), moderator=moderator, **fields)
    assert not Decision.objects.exists()


def test_the_database_refuses_a_sanction_without_one(written: GuestPost, moderator: User) -> None:
    given = sanction_author(written.post, actor=moderator, terms=Terms(Level.WARNING, WHY))
    with pytest.raises(IntegrityError), transaction.atomic():
        Sanction.objects.filter(pk=given.pk).update(statement=None)


def test_the_database_refuses_one_that_says_nothing(written: GuestPost, moderator: User) -> None:
    with pytest.raises(IntegrityError, match="statement_says_why"), transaction.atomic():
        Statement.objects.create(post=written.post, facts="", was_reported=False, moderator=moderator)


@pytest.mark.parametrize("action", [Action.PUBLISH, Action.LEAVE])
def test_what_restricts_nobody_leaves_none(
    trusted_member: User, category: Category, moderator: User, action: str
) -> None:
    assert decided(written_by(trusted_member, category), moderator, action).statement is None
    assert not Statement.objects.exists()


def test_a_decision_and_its_sanction_have_one_together(written: GuestPost, moderator: User) -> None:
    decision = decided(written.post, moderator, sanction=Terms(Level.BAN, "A second time."))
    statement = Statement.objects.get()
    assert (decision.statement, Sanction.objects.get().statement) == (statement, statement)
    assert (statement.restriction, statement.facts) == (Action.HIDE, WHY)


def test_a_sanction_beside_what_stays_has_its_own(trusted_member: User, category: Category, moderator: User) -> None:
    post = written_by(trusted_member, category)
    decision = decided(post, moderator, Action.LEAVE, sanction=Terms(Level.WARNING, "Please be gentle."))
    statement = Statement.objects.get()
    assert (statement, statement.restriction, statement.facts) == (decision.statement, "", "Please be gentle.")


def test_a_sanction_that_does_not_fit_leaves_neither(written: GuestPost, moderator: User) -> None:
    with pytest.raises(SanctionUnfit):
        decided(written.post, moderator, sanction=Terms(Level.BAN, " "))
    assert (Statement.objects.count(), Decision.objects.count()) == (0, 0)


# --- What it holds ----------------------------------------------------------------------------------------------------


def test_it_says_by_which_rules_and_later_rules_do_not_change_it(written: GuestPost, moderator: User) -> None:
    publish_rules("Be kind.", actor=None)
    decided(written.post, moderator)
    publish_rules("Be kinder.", actor=None)
    assert Statement.objects.get().rules_version == 1
    page = guest(written.code).ask(f"/p/{written.post.public_id}/decided/").text
    assert "house rules, version 1" in page
    assert 'href="/rules/1/"' in page


def test_without_house_rules_it_says_what_the_place_is_for(written: GuestPost, moderator: User) -> None:
    decided(written.post, moderator)
    page = guest(written.code).ask(f"/p/{written.post.public_id}/decided/").text
    assert "what this place is for" in page


@pytest.mark.parametrize(
    ("reasons", "was_reported"), [(["OTHER"], True), (["HURT_ME"], False), (["HURT_ME", "SPAM"], True), ([], False)]
)
def test_whether_somebody_reported_it_is_told_by_nothing(
    written: GuestPost, moderator: User, reasons: list[str], *, was_reported: bool
) -> None:
    for number, reason in enumerate(reasons):
        report_post(written.post, actor=f"member:{number}", reason=reason, text="Sentinel words.")
    decided(written.post, moderator)
    assert Statement.objects.get().was_reported is was_reported
    page = guest(written.code).ask(f"/p/{written.post.public_id}/decided/").text
    assert "Whether somebody had told the team about it, nobody is ever told" in page
    assert "Sentinel" not in page


def test_a_flag_is_told_by_nothing_for_only_one_person_can_raise_it(
    trusted_member: User, other_member: User, category: Category, moderator: User
) -> None:
    publish_post(written_by(other_member, category), actor=None)
    reply = fresh(answered_by(other_member, fresh(written_by(trusted_member, category))))
    flag_reply(reply, actor=Reader(trusted_member))
    decided(reply, moderator)
    statement = Statement.objects.get()
    assert (statement.was_reported, statement.automation) == (False, "")


def test_it_says_what_a_program_did_before_a_person_decided(
    trusted_member: User, category: Category, moderator: User
) -> None:
    found = {}
    for automation, post in (
        ("", written_by(trusted_member, category)),
        ("HELD", written_by_guest(category).post),
        ("NOTICED", written_by(trusted_member, category, text="He says he will kill me.")),
    ):
        decided(post, moderator)
        found[automation] = Statement.objects.get(post=post).automation
    assert found == {each: each for each in found}


# --- Who reads it -----------------------------------------------------------------------------------------------------


def decided_page(post: Post) -> str:
    return f"/p/{post.public_id}/decided/"


def statements(me: Somebody, post: Post) -> list[dict[str, object]]:
    answer = me.ask(f"/api/v1/posts/{post.public_id}/statements/")
    assert answer.status == 200, answer.text
    found: list[dict[str, object]] = json.loads(answer.text)["statements"]
    return found


def test_a_guest_reads_it_behind_the_code_also_one_for_reading_only(written: GuestPost, moderator: User) -> None:
    decided(written.post, moderator)
    reading = make_code(read_claim(written.code), may_write=False)
    for code in (written.code, reading.code):
        me = guest(code)
        assert "What was decided, and why" in me.ask(f"/p/{written.post.public_id}/").text
        assert WHY in me.ask(decided_page(written.post)).text
        assert statements(me, written.post)[0]["reasons"] == [WHY]


def test_a_member_reads_what_stands_under_an_anonymous_name_while_suspended(
    trusted_member: User, category: Category, moderator: User
) -> None:
    speaker = Speaker(SpeaksAs.THREAD_PSEUDONYM, trusted_member)
    post = start_thread(category, actor=speaker, title="A title", text="Words.").post
    decided(post, moderator, sanction=Terms(Level.SUSPENSION, "A second time.", days=7))
    me = opened(signed_in(trusted_member))
    page = me.ask(decided_page(post)).text
    assert WHY in page
    assert "A second time." in page
    assert "You can write again from" in page
    told = statements(me, post)[0]
    place = f"/api/v1/statements/{told['id']}/"
    assert json.loads(me.ask(place).text) == told
    assert (told["restriction"], told["reasons"]) == ("HIDE", [WHY, "A second time."])
    assert told["sanctions"][0]["is_in_force"] is True  # type: ignore[index]
    assert returning(trusted_member).ask(decided_page(post)).status == 404  # nobody who holds the phone


def test_what_was_lifted_is_said_to_be(written: GuestPost, moderator: User) -> None:
    sanction = sanction_author(written.post, actor=moderator, terms=Terms(Level.BAN, WHY))
    lift_sanction(sanction, actor=moderator, why="A mistake.")
    assert "taken this back" in guest(written.code).ask(decided_page(written.post)).text


def test_nobody_else_ever_does(written: GuestPost, other_member: User, moderator: User) -> None:
    publish_post(written.post, actor=None)
    decision = decided(written.post, moderator, Action.RETURN)
    assert decision.statement
    mine = f"/api/v1/statements/{decision.statement.public_id}/"
    for somebody in (visitor(), signed_in(other_member), signed_in(moderator)):
        for address in (mine, decided_page(written.post), f"/api/v1/posts/{written.post.public_id}/statements/"):
            answer = somebody.ask(address)
            assert answer.status == 404, address
            assert WHY not in answer.text


def test_no_name_of_a_moderator_is_in_it(written: GuestPost, moderator: User) -> None:
    decided(written.post, moderator, sanction=Terms(Level.WARNING, "Please be gentle."))
    me = guest(written.code)
    said = me.ask(decided_page(written.post)).text + json.dumps(statements(me, written.post))
    for name in (moderator.username, moderator.pseudonym, identity_of(moderator)):
        assert name not in said


def test_when_the_words_are_gone_it_can_still_be_read(written: GuestPost, moderator: User) -> None:
    decided(written.post, moderator, sanction=Terms(Level.BAN, "A second time."))
    erase_post(written.post, actor=written.reader)
    me = guest(written.code)
    assert "What was decided, and why" in me.ask(f"/p/{written.post.public_id}/").text
    assert "A second time." in me.ask(decided_page(written.post)).text


def test_where_nothing_was_decided_it_says_so(trusted_member: User, category: Category) -> None:
    agree_to_rules(trusted_member, publish_rules("Be kind.", actor=None).version)
    post = written_by(trusted_member, category)
    me = signed_in(trusted_member)
    assert "Nothing was decided against" in me.ask(decided_page(post)).text
    assert statements(me, post) == []


def test_while_the_decision_can_be_undone_its_author_is_told_that_a_word_follows(
    written: GuestPost, moderator: User
) -> None:
    case = open_case(written.post, reasons=["reported:OTHER"])
    decide(case, actor=moderator, action=Action.HIDE, seen=Seen.of(case), reason=WHY)
    me = guest(written.code)
    page = me.ask(decided_page(written.post)).text
    assert "on its way" in page
    assert "Nothing was decided" not in page
    assert WHY not in page
    assert statements(me, written.post) == []
    let_words_leave()
    assert WHY in me.ask(decided_page(written.post)).text
