"""A sanction meets whoever of the team carries a name as it meets everybody: they write nothing, and work on.

So nobody learns from it whose a name is (docs/decisions/0026-acts-and-whom-they-meet.md).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from forum.authorship import Reader, Speaker, SpeaksAs
from forum.models import Category, Post
from forum.services.posts import reply_to, start_thread
from forum.services.restricting import WritingPaused
from forum.services.visibility import publish_post
from moderation.models import Case, Level, Sanction, Seen, Statement
from moderation.services.appeals import appeal_statement, decide_appeal
from moderation.services.cases import open_case
from moderation.services.decisions import decide
from moderation.services.moderators import create_moderator
from moderation.services.reversing import reverse_decision
from moderation.services.sanctions import MOST_DAYS_ALONE, LiftingNeedsLead, SanctionNeedsLead, Terms, lift_sanction
from tests.house.doors import Answer, Somebody, signed_in
from tests.personas import let_words_leave, sign_in, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
NAMED, MASKED = SpeaksAs.PSEUDONYM, SpeaksAs.THREAD_PSEUDONYM
PAUSE = Terms(Level.SUSPENSION, "It was cruel.", days=MOST_DAYS_ALONE)


@pytest.fixture
def bent(second: User) -> User:
    """The only colleague of the only lead, and not to be trusted."""
    return second


def fresh(post: Post) -> Post:
    return Post.objects.select_related("thread__category").get(pk=post.pk)


def case_about(post: Post) -> Case:
    open_case(post, reasons=["reported:OTHER"])
    return Case.objects.select_related("post__thread__category").get(post=post, state="OPEN")


def by(member: User, category: Category, voice: SpeaksAs) -> Post:
    post = start_thread(category, actor=Speaker(voice, member), title="T", text="Words.").post
    Case.objects.filter(post=post).update(state="CLOSED")
    return post if post.state == "PUBLISHED" else publish_post(post, actor=None)


def put_on(post: Post, by: User, terms: Terms = PAUSE) -> Sanction:
    case = case_about(post)
    decide(case, actor=by, action="LEAVE", seen=Seen.of(case), sanction=terms)
    let_words_leave()
    return Sanction.objects.latest("pk")


# --- The desk stays theirs --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("voice", [NAMED, MASKED])
def test_the_last_lead_writes_nothing_and_works_on(lead: User, bent: User, category: Category, voice: SpeaksAs) -> None:
    put_on(by(lead, category, voice), bent)
    with pytest.raises(WritingPaused):
        start_thread(category, actor=Speaker(NAMED, lead), title="T", text="Words.")

    other = publish_post(written_by_guest(category).post, actor=None)
    Case.objects.filter(post=other).update(state="CLOSED")
    case, me = case_about(other), signed_in(lead)
    for address in ("/admin/", "/admin/moderation/case/", "/admin/moderation/sanction/", "/api/v1/desk/cases/"):
        assert me.ask(address).status == 200
    taken = json.loads(me.ask("/api/v1/desk/cases/next/", "POST", data={}).text)
    assert taken["id"] == case.public_id
    body = {"action": "HIDE", "reason": "It blames.", "sanction": {"level": "BAN", "reason": "A second time."}}
    done = me.ask(f"/api/v1/desk/cases/{taken['id']}/decisions/", "POST", data=body, **{"If-Match": taken["etag"]})
    assert done.status == 201
    lifted = Sanction.objects.get(level="BAN")
    place = f"/api/v1/desk/sanctions/{lifted.public_id}/lifting/"
    assert me.ask(place, "PUT", data={"why": "A mistake."}).status == 200
    assert me.ask("/admin/moderation/case/figures/").status == 200, "what leads alone read"


def test_a_lead_has_it_looked_at_by_somebody_else_and_never_takes_it_back_alone(
    lead: User, bent: User, category: Category
) -> None:
    """Where the one who gave it is the only other, the operator adds somebody (manage.py create_moderator)."""
    put_on(by(lead, category, NAMED), bent)
    case = appeal_statement(Statement.objects.get(), actor=Reader(member=lead), text="It is revenge.").case
    assert signed_in(lead).ask("/api/v1/desk/cases/next/", "POST", data={}).status == 204
    assert signed_in(bent).ask("/api/v1/desk/cases/next/", "POST", data={}).status == 204
    third, _password = create_moderator("desk three")
    case = Case.objects.select_related("post").get(pk=case.pk)
    decide_appeal(case, actor=third, seen=Seen.of(case), overturns=True, answer="You are right.")
    assert start_thread(category, actor=Speaker(NAMED, lead), title="T", text="Words.").post.pk


# --- Nobody learns whose a name is ------------------------------------------------------------------------------------


def given(me: Somebody, post: Post, sanction: dict[str, Any]) -> Answer:
    case = case_about(post)
    address = f"/api/v1/desk/cases/{case.public_id}/decisions/"
    body = {"action": "LEAVE", "sanction": sanction}
    return me.ask(address, "POST", data=body, **{"If-Match": f'"{Seen.of(case)}"'})


@pytest.mark.parametrize("voice", [NAMED, MASKED])
def test_on_a_leads_name_and_on_anybodys_the_answer_is_the_same(
    lead: User, bent: User, trusted_member: User, category: Category, voice: SpeaksAs
) -> None:
    posts = [by(author, category, voice) for author in (lead, trusted_member)]
    me = signed_in(bent)
    for terms in ({"level": "BAN", "reason": "r"}, {"level": "SUSPENSION", "reason": "r", "days": 7}):
        answers = [given(me, post, terms) for post in posts]
        assert answers[0].status == answers[1].status
        assert json.loads(answers[0].text).keys() == json.loads(answers[1].text).keys()
    for post, author in zip(posts, (lead, trusted_member), strict=True):
        with pytest.raises(WritingPaused):
            reply_to(fresh(post), actor=Speaker(voice, author), text="Words.")


# --- What needs a lead ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "pointer"),
    [
        (Terms(Level.BAN, "r"), "sanction/level"),
        (Terms(Level.SUSPENSION, "r", days=MOST_DAYS_ALONE + 1), "sanction/days"),
    ],
)
def test_for_long_nobody_is_kept_from_writing_without_a_lead(
    lead: User, bent: User, trusted_member: User, category: Category, terms: Terms, pointer: str
) -> None:
    post = by(trusted_member, category, NAMED)
    with pytest.raises(SanctionNeedsLead) as refused:
        put_on(post, bent, terms)
    assert [*refused.value.fields] == [pointer]
    assert not Sanction.objects.exists()
    assert put_on(post, lead, terms).is_in_force


@pytest.mark.parametrize("terms", [PAUSE, Terms(Level.PREMODERATION, "r"), Terms(Level.WARNING, "r")])
def test_for_a_while_any_moderator_does(
    lead: User, bent: User, trusted_member: User, category: Category, terms: Terms
) -> None:
    assert put_on(by(trusted_member, category, NAMED), bent, terms).level == terms.level


def test_a_team_without_leads_gives_it_all_the_same(moderator: User, trusted_member: User, category: Category) -> None:
    assert put_on(written_by(trusted_member, category), moderator, Terms(Level.BAN, "r")).is_in_force


@pytest.mark.parametrize("terms", [Terms(Level.BAN, "r"), Terms(Level.SUSPENSION, "r", days=MOST_DAYS_ALONE + 1)])
def test_what_only_a_lead_gives_only_a_lead_lifts(
    lead: User, bent: User, trusted_member: User, category: Category, terms: Terms
) -> None:
    sanction = put_on(by(trusted_member, category, NAMED), lead, terms)
    with pytest.raises(LiftingNeedsLead):
        lift_sanction(sanction, actor=bent, why="A mistake.")
    desk = sign_in(Client(), bent)
    place = reverse("admin:moderation_sanction_change", args=[sanction.pk])
    assert "A lead gives this, so a lead lifts it" in desk.get(place).content.decode()
    assert "Lift it" not in desk.get(place).content.decode()
    assert "A lead gives this" in desk.post(place, {"why": "A mistake."}).content.decode()
    assert fresh_sanction(sanction).is_in_force
    assert not lift_sanction(sanction, actor=lead, why="A mistake.").is_in_force


def test_what_any_moderator_gives_any_moderator_lifts(
    lead: User, bent: User, trusted_member: User, category: Category
) -> None:
    sanction = put_on(by(trusted_member, category, NAMED), lead, PAUSE)
    assert not lift_sanction(sanction, actor=bent, why="A mistake.").is_in_force


def test_a_team_without_leads_lifts_it_all_the_same(moderator: User, trusted_member: User, category: Category) -> None:
    sanction = put_on(written_by(trusted_member, category), moderator, Terms(Level.BAN, "r"))
    assert not lift_sanction(sanction, actor=moderator, why="A mistake.").is_in_force


def test_with_the_decision_it_came_with_anybody_takes_it_back(
    lead: User, bent: User, trusted_member: User, category: Category
) -> None:
    decision = put_on(by(trusted_member, category, NAMED), lead, Terms(Level.BAN, "r")).decision
    assert decision is not None
    case = Case.objects.select_related("post__thread__category").get(pk=decision.case_id)
    reverse_decision(case, actor=bent, seen=Seen.of(case), why="It does not name anybody.")
    assert not Sanction.objects.get().is_in_force


def fresh_sanction(sanction: Sanction) -> Sanction:
    return Sanction.objects.get(pk=sanction.pk)


def test_the_page_says_it_at_its_field(lead: User, bent: User, trusted_member: User, category: Category) -> None:
    case = case_about(by(trusted_member, category, NAMED))
    typed = {"seen": str(Seen.of(case)), "action": "LEAVE", "sanction-level": "BAN", "sanction-reason": "Sentinel."}
    page = signed_in(bent).ask(f"/admin/moderation/case/{case.pk}/change/", "POST", data=typed)
    assert page.status == 400
    assert "A lead gives this." in page.text
    assert "Sentinel." in page.text
    assert '<a href="#id_sanction-level_4">' in page.text, "what was chosen, not the first"


def test_a_ban_is_offered_to_whoever_gives_it(lead: User, bent: User, trusted_member: User, category: Category) -> None:
    case = case_about(by(trusted_member, category, NAMED))
    place = reverse("admin:moderation_case_change", args=[case.pk])
    offered = [sign_in(Client(), each).get(place).content.decode().count('value="BAN"') for each in (lead, bent)]
    assert offered == [1, 0]
