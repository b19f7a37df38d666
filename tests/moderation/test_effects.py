"""What a decision does besides: reach out, look again, close a branch, move a conversation; and notes of the team."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client

from common.days import today
from forum.authorship import Reader, Speaker, SpeaksAs
from forum.models import Category, Post
from forum.policies import can_reply
from forum.queries import show_post
from forum.services.arranging import MovesInTheOpen
from forum.services.branches import BranchLocked
from forum.services.posts import reply_to
from moderation.models import (
    Action,
    AuditEntry,
    Case,
    CaseNote,
    CaseState,
    Decision,
    FollowUp,
    Sanction,
    Seen,
    UnansweredStory,
)
from moderation.queries import notes_about
from moderation.services.cases import open_case
from moderation.services.claims import bring_up
from moderation.services.decisions import decide
from moderation.services.effects import Also, EffectUnfit, open_branch, open_follow_ups
from moderation.services.moderators import leads
from moderation.services.notes import NoteUnfit, add_note
from moderation.services.undoing import undo_decision
from tests.personas import answered_by, let_words_leave, sign_in, written_by

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
WHY = "It went round in circles, and hurt."


@pytest.fixture
def story(trusted_member: User, category: Category) -> Post:
    return written_by(trusted_member, category, title="The first night")


def case_about(post: Post) -> Case:
    open_case(post, reasons=["reported:OTHER"])
    return Case.objects.select_related("post__thread__category").get(post=post, state=CaseState.OPEN)


def decided(post: Post, by: User, also: Also, **what: Any) -> Decision:
    case = case_about(post)
    return decide(case, actor=by, action=Action.LEAVE, seen=Seen.of(case), also=also, **what)


def undone(decision: Decision, by: User) -> None:
    case = Case.objects.select_related("post").get(pk=decision.case_id)
    undo_decision(case, actor=by, seen=Seen.of(case))


def fresh(post: Post) -> Post:
    return Post.objects.select_related("thread__category").get(pk=post.pk)


def answer(parent: Post, by: User) -> Post:
    return reply_to(fresh(parent), actor=Speaker(SpeaksAs.PSEUDONYM, by), text="I believe you.").post


def test_reaching_out_sends_a_word_with_people_who_can_help_and_counts_against_nobody(
    story: Post, trusted_member: User, moderator: User
) -> None:
    decided(story, moderator, Also(reach_out="*"), word="I believe you. Are you safe to read this?")
    author = Reader(member=trusted_member)
    assert show_post(author, fresh(story), None).help_for == ""
    let_words_leave()
    shown = show_post(author, fresh(story), None)
    assert (shown.help_for, shown.word_to_author) == ("*", "I believe you. Are you safe to read this?")
    assert not Sanction.objects.exists()
    assert AuditEntry.objects.latest("number").facts["effects"] == ["REACH_OUT"]


def test_the_author_sees_the_card_with_their_post_and_nobody_else_does(
    story: Post, trusted_member: User, other_member: User, moderator: User
) -> None:
    decided(story, moderator, Also(reach_out="*"), word="Thinking of you.")
    let_words_leave()
    page = sign_in(Client(), trusted_member).get(f"/p/{story.public_id}/").content.decode()
    assert "Somebody from the team thought of you" in page
    assert page.count('id="help-card"') == 1
    others = sign_in(Client(), other_member).get(f"/p/{story.public_id}/", follow=True).content.decode()
    assert "Somebody from the team" not in others


@pytest.mark.parametrize(
    ("also", "field"),
    [
        (Also(reach_out="*"), "word"),
        (Also(reach_out="QQ"), "also/reach_out"),
        (Also(follow_up=dt.date(2020, 1, 1)), "also/follow_up"),
        (Also(follow_up=dt.date(2999, 1, 1)), "also/follow_up"),
        (Also(move_to="nowhere"), "also/move_to"),
    ],
)
def test_what_cannot_be_decides_nothing(story: Post, moderator: User, also: Also, field: str) -> None:
    word = "" if field == "word" else "A word."
    with pytest.raises(EffectUnfit) as refused:
        decided(story, moderator, also, word=word)
    assert list(refused.value.fields) == [field]
    assert not Decision.objects.exists()


def test_looking_again_makes_it_a_case_on_its_day_with_the_note(
    clock: time_machine.Traveller, story: Post, moderator: User
) -> None:
    UnansweredStory.objects.all().delete()
    decided(story, moderator, Also(follow_up=dt.date(2026, 3, 3), follow_up_note="Ask whether the friend came."))
    bring_up()
    assert not Case.objects.filter(post=story, state=CaseState.OPEN).exists()
    clock.shift(dt.timedelta(days=1))
    bring_up()
    case = Case.objects.get(post=story, state=CaseState.OPEN)
    assert case.reasons == ["follow_up"]
    assert [note.text for note in notes_about(case, is_lead=False)] == ["Ask whether the friend came."]
    assert (open_follow_ups(), FollowUp.objects.count()) == (0, 0)


def test_below_a_closed_branch_nobody_replies_and_beside_it_everybody_does(
    story: Post, trusted_member: User, moderator: User
) -> None:
    branch, beside = answer(story, trusted_member), answer(story, trusted_member)
    below = answer(branch, trusted_member)
    decided(branch, moderator, Also(lock_branch=True), reason=WHY)
    for closed in (branch, below):
        with pytest.raises(BranchLocked):
            answer(closed, trusted_member)
        assert not can_reply(Reader(member=trusted_member), fresh(closed))
    assert answer(beside, trusted_member).parent_id == beside.pk
    open_branch(fresh(branch), actor=moderator)
    assert answer(below, trusted_member).parent_id == below.pk


def test_the_composer_says_it_kindly_and_keeps_the_words(
    client: Client, story: Post, trusted_member: User, moderator: User
) -> None:
    branch = answered_by(trusted_member, story)
    decided(branch, moderator, Also(lock_branch=True), reason=WHY)
    page = sign_in(client, trusted_member).post(
        f"/p/{branch.public_id}/reply/",
        {"text": "My long words.", "speaks_as": "pseudonym", "form_key": "a-key-of-a-form-0001"},
    )
    assert "closed this part of the conversation" in page.content.decode()
    assert "My long words." in page.content.decode()


def test_a_conversation_is_moved_with_its_case_and_never_from_members_to_everybody(
    story: Post, members_category: Category, category: Category, moderator: User
) -> None:
    decision = decided(story, moderator, Also(move_to=members_category.public_id), reason=WHY)
    assert fresh(story).thread.category == members_category
    undone(decision, moderator)
    assert fresh(story).thread.category == category
    decided(story, moderator, Also(move_to=members_category.public_id), reason=WHY)
    with pytest.raises(MovesInTheOpen):
        decided(story, moderator, Also(move_to=category.public_id))
    assert Decision.objects.count() == 2


def test_all_of_it_is_undone_with_the_decision(story: Post, trusted_member: User, moderator: User) -> None:
    tomorrow = today() + dt.timedelta(days=1)
    also = Also(reach_out="*", follow_up=tomorrow, lock_branch=True)
    undone(decided(story, moderator, also, word="Thinking of you.", reason=WHY), moderator)
    post = fresh(story)
    assert (post.help_for, post.is_closed, post.word_to_author) == ("", False, "")
    assert not FollowUp.objects.exists()


def test_notes_are_for_the_team_and_those_for_leads_for_leads(story: Post, moderator: User) -> None:
    case = case_about(story)
    add_note(case, actor=moderator, text="Careful with the name.")
    add_note(case, actor=moderator, text="About one of us.", audience="LEADS")
    assert [note.text for note in notes_about(case, is_lead=False)] == ["Careful with the name."]
    assert len(notes_about(case, is_lead=True)) == 2
    with pytest.raises(NoteUnfit):
        add_note(case, actor=moderator, text="  ")


# --- Through the doors ------------------------------------------------------------------------------------------------


def test_the_desk_does_it_all_from_one_form(client: Client, story: Post, moderator: User) -> None:
    desk = sign_in(client, moderator)
    case = case_about(story)
    place = f"/admin/moderation/case/{case.pk}/change/"
    typed = {"seen": str(Seen.of(case)), "action": "LEAVE", "word": "", "reason": "", "also-reach_out": "*"}
    page = desk.post(place, typed)
    assert page.status_code == 400
    assert "it reaches its author together with people who can help" in page.content.decode()
    typed |= {"word": "I believe you.", "reason": WHY, "also-lock_branch": "on"}
    assert desk.post(place, typed).status_code == 302
    assert (fresh(story).help_for, fresh(story).is_closed) == ("*", True)
    desk.post(place, {"do": "unlock_branch"})
    desk.post(place, {"do": "note", "note-text": "Sentinel note.", "note-audience": "MODERATORS"})
    assert fresh(story).is_closed is False
    text = desk.get(place).content.decode()
    assert "Sentinel note." in text
    assert "reach out" in text


def test_the_api_does_the_same_and_shows_notes_to_those_they_are_for(
    client: Client, story: Post, moderator: User
) -> None:
    desk = sign_in(client, moderator)
    case = case_about(story)
    address = f"/api/v1/desk/cases/{case.public_id}/"
    note = {"text": "For leads.", "audience": "LEADS"}
    key = {"Idempotency-Key": "a-key-of-our-own-00000"}
    assert desk.post(f"{address}notes/", note, content_type="application/json", headers=key).json()["notes"] == []
    moderator.groups.add(leads())
    lead = sign_in(Client(), moderator)
    assert [each["text"] for each in lead.get(address).json()["notes"]] == ["For leads."]
    blank = {"follow_up_note": "", "move_to": "", "reply": ""}
    body = {
        "action": "LEAVE",
        "word": "I believe you.",
        "reason": WHY,
        "also": {"reach_out": "*", "lock_branch": True, **blank},
    }
    answer = lead.post(
        f"{address}decisions/", body, content_type="application/json",
        headers={"Idempotency-Key": "a-key-of-our-own-00001", "If-Match": str(Seen.of(case))},
    )  # fmt: skip
    assert answer.status_code == 201
    assert sorted(effect["kind"] for effect in answer.json()["decisions"][0]["effects"]) == ["LOCK_BRANCH", "REACH_OUT"]
    lock = f"/api/v1/desk/posts/{story.public_id}/branch-lock/"
    assert (lead.delete(lock).status_code, fresh(story).is_closed) == (204, False)
    assert (lead.put(lock).status_code, fresh(story).is_closed) == (405, False)


def test_the_api_tells_of_a_follow_up_the_day_and_no_number_of_a_row(
    client: Client, story: Post, moderator: User, clock: time_machine.Traveller
) -> None:
    decided(story, moderator, Also(follow_up=dt.date(2026, 3, 3), follow_up_note="Ask again."))
    case = Case.objects.get(post=story)
    answer = sign_in(client, moderator).get(f"/api/v1/desk/cases/{case.public_id}/").json()
    [decision] = answer["decisions"]
    assert decision["effects"] == [{"kind": "FOLLOW_UP", "facts": {"due_on": "2026-03-03"}}]
    assert [note["text"] for note in answer["notes"]] == ["Ask again."]


@pytest.mark.parametrize("door", ["page", "api"])
def test_who_outside_was_told_stays_in_the_log_and_stands_among_the_notes(
    client: Client, story: Post, moderator: User, door: str
) -> None:
    case, desk = case_about(story), sign_in(client, moderator)
    place = f"/admin/moderation/case/{case.pk}/change/"
    if door == "page":
        assert "Choose who was told" in desk.post(place, {"do": "told", "told-whom": ""}, follow=True).content.decode()
        desk.post(place, {"do": "told", "told-whom": "POLICE", "told-ground": "LIFE"})
    else:
        address = f"/api/v1/desk/cases/{case.public_id}/tellings/"
        sent: dict[str, Any] = {
            "content_type": "application/json",
            "headers": {"Idempotency-Key": "a-key-of-our-own-1"},
        }
        assert desk.post(address, {"whom": "HIM"}, **sent).status_code == 400
        answer = desk.post(address, {"whom": "POLICE", "ground": "LIFE"}, **sent)
        assert answer.status_code == 201
    entry = AuditEntry.objects.latest("number")
    assert (entry.event, entry.moderator) == ("outside_told", moderator)
    assert entry.facts == {"case": case.public_id, "whom": "POLICE", "ground": "LIFE"}
    assert "Told: the police. Why: a life was in danger." in desk.get(place).content.decode()


@pytest.mark.parametrize(
    ("deed", "by_page", "by_api"),
    [
        ("notes", {"do": "note", "note-text": "She is safe.", "note-audience": "LEADS"}, {"text": "She is safe."}),
        (
            "tellings",
            {"do": "told", "told-whom": "POLICE", "told-ground": "LIFE"},
            {"whom": "POLICE", "ground": "LIFE"},
        ),
    ],
)
def test_a_note_and_a_telling_pressed_twice_are_one(
    client: Client,
    story: Post,
    moderator: User,
    second: User,
    clock: time_machine.Traveller,
    deed: str,
    by_page: dict[str, str],
    by_api: dict[str, str],
) -> None:
    case = case_about(story)
    address, before = f"/api/v1/desk/cases/{case.public_id}/{deed}/", AuditEntry.objects.count()

    def by(somebody: User) -> None:
        for _time in range(2):
            sign_in(client, somebody).post(f"/admin/moderation/case/{case.pk}/change/", by_page)

    by(moderator)
    logged = AuditEntry.objects.count() - before
    assert (case.notes.count(), logged) == (1, 2 if deed == "tellings" else 1)
    by(second)  # whoever else notes the same notes it of themselves
    assert case.notes.count() == 2
    clock.shift(61)
    by(moderator)
    assert case.notes.count() == 3
    clock.shift(61)
    key = {"Idempotency-Key": "a-key-of-our-own-00002"}
    sign_in(client, moderator)
    first = client.post(address, by_api, "application/json", headers=key)
    clock.shift(61)
    again = client.post(address, by_api, "application/json", headers=key)
    assert (first.status_code, again.status_code, again["Idempotent-Replayed"]) == (201, 201, "true")
    assert (first.json() == again.json(), case.notes.count()) == (True, 4)
    assert AuditEntry.objects.count() - before == 4 * logged


def test_a_note_of_a_decision_is_its_own_and_goes_with_it_alone(story: Post, moderator: User) -> None:
    add_note(case_about(story), actor=moderator, text="Call her.")
    also = Also(follow_up=today() + dt.timedelta(days=1), follow_up_note="Call her.")
    undone(decided(story, moderator, also), moderator)
    assert [note.text for note in CaseNote.objects.all()] == ["Call her."]
