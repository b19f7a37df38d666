"""A conversation is closed by a decision about its story, from its own page at the desk as by API, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from forum.authorship import Reader
from forum.models import Category, Post
from forum.services.arranging import arrange_thread
from forum.services.branches import BranchLocked, lock_branch
from forum.services.posts import ThreadLocked
from forum.services.visibility import publish_post
from moderation.models import AuditEntry, Case, CaseState, Decision, FirstLooks, Seen, Statement
from moderation.queries import statements_about
from moderation.services.appeals import appeal_statement, decide_appeal
from moderation.services.cases import CaseTaken, LeadNeeded, open_case, pass_on
from moderation.services.claims import open_about, take
from moderation.services.decisions import decide
from moderation.services.effects import Also
from moderation.services.moderators import create_moderator
from moderation.services.roles import NotAModerator, OnesOwn
from tests.personas import answered_by, let_words_leave, sign_in, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
WHY = "It went round in circles and hurt."


@pytest.fixture
def story(trusted_member: User, category: Category) -> Post:
    return written_by(trusted_member, category, title="The first night")


@pytest.fixture
def desk(client: Client, moderator: User) -> Client:
    return sign_in(client, moderator)


def fresh(post: Post) -> Post:
    return Post.objects.select_related("thread__category").get(pk=post.pk)


def page_of(story: Post) -> str:
    return f"/admin/forum/thread/{story.thread_id}/change/"


def asked(desk: Client, story: Post, **fields: Any) -> Any:
    return desk.post(f"/admin/moderation/case/conversation/{story.thread.public_id}/", fields)


def closed(desk: Client, story: Post) -> Case:
    """As a moderator does it, from the conversation's own page."""
    place = asked(desk, story).headers["Location"]
    case = Case.objects.select_related("post__thread__category").get(post=story, state=CaseState.OPEN)
    typed = {"seen": str(Seen.of(case)), "action": "LEAVE", "reason": WHY, "also-lock_branch": "on"}
    assert desk.post(place, typed).status_code == 302
    return Case.objects.select_related("post__thread__category").get(pk=case.pk)


def test_its_page_leads_to_a_decision_with_that_chosen(desk: Client, story: Post, moderator: User) -> None:
    assert "Close it for new replies" in desk.get(page_of(story)).content.decode()
    answer = asked(desk, story)
    case = Case.objects.get(post=story)
    assert answer.headers["Location"] == f"/admin/moderation/case/{case.pk}/change/?closes"
    assert case.is_taken_by(moderator.pk)
    page = desk.get(answer.headers["Location"]).content.decode()
    chosen = [part.split(">")[0] for part in page.split("<input")[1:] if "checked" in part.split(">")[0]]
    assert any('value="LEAVE"' in each for each in chosen)
    assert any('name="also-lock_branch"' in each for each in chosen)
    assert "No more replies in the whole conversation" in page
    assert "somebody of the team wanted to decide about it" in page
    assert not fresh(story).is_closed, "nothing is decided yet"


def test_whoever_began_it_reads_why_and_can_have_it_opened(
    desk: Client, story: Post, trusted_member: User, second: User
) -> None:
    closed(desk, story)
    assert fresh(story).thread.is_locked
    author = Reader(member=trusted_member)
    assert not statements_about(author, story.public_id), "not in the first seconds"
    let_words_leave()
    (statement,) = statements_about(author, story.public_id)
    assert statement.effects == ("Nobody can reply in this conversation any more. Everything that was written stays.",)
    assert (statement.reasons, statement.may_appeal) == ((WHY,), True)
    with pytest.raises(ThreadLocked):
        answered_by(trusted_member, fresh(story))

    appeal = appeal_statement(Statement.objects.get(), actor=author, text="We need it.")
    case = Case.objects.select_related("post").get(pk=appeal.case.pk)
    decide_appeal(case, actor=second, seen=Seen.of(case), overturns=True, answer="You are right.")
    assert not fresh(story).thread.is_locked
    let_words_leave()
    assert "The team has taken this back since." in statements_about(author, story.public_id)[0].effects
    answered_by(trusted_member, fresh(story))


def test_within_seconds_it_is_undone_and_nobody_was_told(desk: Client, story: Post, trusted_member: User) -> None:
    case = closed(desk, story)
    place = f"/admin/moderation/case/{case.pk}/change/"
    assert desk.post(place, {"do": "undo", "seen": str(Seen.of(case))}).status_code == 302
    assert not fresh(story).thread.is_locked
    let_words_leave()
    assert not statements_about(Reader(member=trusted_member), story.public_id)
    assert WHY in desk.get(place).content.decode(), "what was typed is there"


def test_by_api_it_is_the_same_decision(desk: Client, story: Post, moderator: User) -> None:
    case = desk.put(f"/api/v1/desk/posts/{story.public_id}/case/").json()
    assert (case["is_mine"], [each["code"] for each in case["reasons"]]) == (True, ["by_hand"])
    body = {"action": "LEAVE", "reason": WHY, "also": {"lock_branch": True}}
    headers = {"Idempotency-Key": "a-key-of-our-own-00001", "If-Match": case["etag"]}
    address = f"/api/v1/desk/cases/{case['id']}/decisions/"
    without = desk.post(address, {**body, "reason": ""}, content_type="application/json", headers=headers)
    assert [error["pointer"] for error in without.json()["errors"]] == ["#/reason"]
    headers["Idempotency-Key"] = "a-key-of-our-own-00002"
    answer = desk.post(address, body, content_type="application/json", headers=headers)
    assert answer.status_code == 201
    assert desk.get(f"/api/v1/threads/{story.thread.public_id}/").json()["is_locked"] is True
    assert (Statement.objects.get().facts, Decision.objects.get().moderator) == (WHY, moderator)
    undone = desk.post(f"/api/v1/desk/cases/{case['id']}/undoing/", headers={"If-Match": answer.json()["etag"]})
    assert undone.status_code == 200
    assert not fresh(story).thread.is_locked


def test_there_is_no_other_way_to_close_one(desk: Client, story: Post, moderator: User) -> None:
    desk.post(page_of(story), {"is_locked": "on", "slow_minutes": "0"})
    assert not fresh(story).thread.is_locked
    with pytest.raises(TypeError):
        arrange_thread(story.thread, actor=moderator, is_locked=True, is_pinned=False, slow_minutes=0)  # type: ignore[call-arg]  # that is the point


def test_it_takes_replies_again_from_its_page_and_what_was_closed_by_itself_stays_closed(
    desk: Client, story: Post, trusted_member: User, moderator: User
) -> None:
    reply = answered_by(trusted_member, story)
    open_case(reply, reasons=["reported:OTHER"])
    case = Case.objects.select_related("post__thread__category").get(post=reply)
    decide(case, actor=moderator, action="LEAVE", seen=Seen.of(case), reason=WHY, also=Also(lock_branch=True))
    closed(desk, story)
    assert "Let it take replies again" in desk.get(page_of(story)).content.decode()
    assert asked(desk, story, open="1").headers["Location"] == page_of(story)
    assert AuditEntry.objects.latest("number").event == "branch_unlocked"
    assert (fresh(story).is_closed, fresh(reply).is_closed) == (False, True)
    answered_by(trusted_member, fresh(story))
    with pytest.raises(BranchLocked):
        answered_by(trusted_member, fresh(reply))


def test_what_was_closed_post_by_post_once_is_opened_with_it(desk: Client, story: Post, trusted_member: User) -> None:
    reply = answered_by(trusted_member, story)
    Post.objects.update(takes_no_replies=True)
    assert fresh(story).is_closed
    asked(desk, story, open="1")
    assert not fresh(reply).is_closed
    answered_by(trusted_member, fresh(reply))


def test_a_story_that_waits_for_a_first_look_is_read_before_anything_is_chosen(
    desk: Client, category: Category
) -> None:
    story = written_by_guest(category).post
    page = desk.get(asked(desk, story).headers["Location"]).content.decode()
    chosen = [part.split(">")[0] for part in page.split("<input")[1:] if "checked" in part.split(">")[0]]
    assert not any("also-lock_branch" in each for each in chosen)


# --- A case that nobody else opened -----------------------------------------------------------------------------------


def test_the_case_that_lives_is_taken_as_it_is(story: Post, moderator: User, second: User) -> None:
    live = open_case(story, reasons=["reported:OTHER"])
    assert open_about(story, actor=moderator).pk == live.pk
    again = open_about(story, actor=moderator)
    assert (again.reasons, again.version) == (["reported:OTHER"], live.version)
    with pytest.raises(CaseTaken):
        open_about(story, actor=second)


def test_what_lies_with_its_author_is_there_again(category: Category, moderator: User) -> None:
    guest = written_by_guest(category)
    case = Case.objects.select_related("post__thread__category").get()
    decide(case, actor=moderator, action="RETURN", seen=Seen.of(case), word="Without the street, please.")
    opened = open_about(fresh(guest.post), actor=moderator)
    assert (opened.pk, opened.state, opened.reasons[-1]) == (case.pk, CaseState.OPEN, "by_hand")


def test_who_opened_it_stands_in_the_log_and_nobody_waited_for_it(story: Post, moderator: User) -> None:
    case = open_about(story, actor=moderator)
    entry = AuditEntry.objects.latest("number")
    assert (entry.event, entry.moderator) == ("case_opened_by_hand", moderator)
    assert entry.facts == {"case": case.public_id}
    assert not FirstLooks.objects.exists()


def test_it_is_for_moderators_and_not_about_their_own_words(
    story: Post, member: User, other_member: User, moderator: User, second: User, category: Category
) -> None:
    with pytest.raises(NotAModerator):
        open_about(story, actor=other_member)
    own = publish_post(written_by(moderator, category), actor=None)
    Case.objects.all().delete()
    with pytest.raises(OnesOwn):
        open_about(own, actor=moderator)
    desk = sign_in(Client(), moderator)
    said = asked(desk, own)
    assert said.headers["Location"] == page_of(own)
    assert "what you wrote yourself" in desk.get(page_of(own)).content.decode()
    assert not Case.objects.exists()

    open_case(story, reasons=["reported:OTHER"])
    case = Case.objects.select_related("post").get(post=story)
    create_moderator("desk three", is_lead=True)
    pass_on(case, actor=second, seen=Seen.of(case))
    with pytest.raises(LeadNeeded):
        open_about(story, actor=moderator)


def test_a_member_finds_no_such_door(client: Client, story: Post, other_member: User) -> None:
    visit = sign_in(client, other_member)
    assert visit.put(f"/api/v1/desk/posts/{story.public_id}/case/").status_code == 403
    assert asked(visit, story).status_code == 302
    assert not Case.objects.filter(post=story).exists()


def test_a_closed_one_can_still_be_decided_about(story: Post, moderator: User) -> None:
    lock_branch(story, actor=moderator)
    case = take(open_about(fresh(story), actor=moderator), actor=moderator)
    case = Case.objects.select_related("post__thread__category").get(pk=case.pk)
    again = decide(case, actor=moderator, action="LEAVE", seen=Seen.of(case), also=Also(lock_branch=True))
    assert again.statement is None
