"""Nobody of the team decides about themselves, speaks for a reporter, or loses sight of a life."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest
from pytest_django import Settings

from accounts.identity import identity_of
from common.days import today
from common.errors import NotFound
from common.public_id import new_public_id
from forum.authorship import Speaker, SpeaksAs
from forum.models import Category, ContentNote, Post
from forum.services.content_notes import team_notes_of
from forum.services.posts import start_thread
from forum.services.visibility import publish_post
from moderation import audit, queries
from moderation.models import (
    Access,
    AccessRequest,
    AuditEntry,
    Batch,
    Case,
    CaseState,
    Hold,
    Lane,
    Level,
    Sanction,
    SecondLook,
    Seen,
)
from moderation.services.batches import BulkAct, Chosen, NothingChosen, carry_out, preview
from moderation.services.cases import pass_on
from moderation.services.claims import hand_over, put_off, take, take_next
from moderation.services.content_notes import note_post
from moderation.services.decisions import decide
from moderation.services.figures import figures
from moderation.services.holds import end_hold, place_hold, seal_evidence
from moderation.services.moderators import leads, moderators
from moderation.services.redaction import redact_entry
from moderation.services.reports import desk_id_of, judge_report, report_at_desk, report_post, report_with
from moderation.services.roles import OnesOwn
from moderation.services.sanctions import Terms, lift_sanction, sanction_author
from moderation.services.second_looks import take_second_look
from moderation.services.two_people import approve_look, ask_for_look
from tests.house.doors import signed_in
from tests.personas import make_member, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(moderator: User, category: Category) -> Post:
    post = start_thread(category, actor=Speaker(SpeaksAs.PSEUDONYM, moderator), title="Mine", text="Words.").post
    return post if post.state == "PUBLISHED" else publish_post(post, actor=None)


def reported(post: Post, reason: str = "HURT_ME") -> Case:
    report_post(post, actor="guest:1", reason=reason, text="The words of whoever fears him.")
    return Case.objects.get(post=post)


def test_whoever_wrote_it_neither_decides_nor_judges_nor_takes_it(own: Post, moderator: User, second: User) -> None:
    case = reported(own)
    assert take_next(actor=moderator) is None
    for deed in (
        lambda: take(case, actor=moderator),
        lambda: decide(case, actor=moderator, action="LEAVE", seen=Seen.of(case)),
        lambda: judge_report(case.reports.get().reference, case=case, actor=moderator, judgement="MISUSED"),
        lambda: pass_on(case, actor=moderator, seen=Seen.of(case)),
    ):
        with pytest.raises(OnesOwn):
            deed()
    assert take_next(actor=second) == case


def test_nor_reads_what_was_reported_by_page_or_api(own: Post, moderator: User) -> None:
    case = reported(own)
    me = signed_in(moderator)
    for address in (f"/admin/moderation/case/{case.pk}/change/", f"/api/v1/desk/cases/{case.public_id}/"):
        answer = me.ask(address)
        assert answer.status in {302, 403}
        assert "fears" not in answer.text


def test_nor_learns_from_the_queue_its_figures_or_a_preview_that_it_was(
    own: Post, moderator: User, second: User
) -> None:
    """Whoever hurt her must not read that he was recognised."""
    case = reported(own)
    me, other = signed_in(moderator), signed_in(second)
    for address in ("/admin/moderation/case/", f"/admin/moderation/case/?lane={case.lane}", "/api/v1/desk/cases/"):
        theirs, mine = other.ask(address).text, me.ask(address).text
        assert "who hurt me" in theirs, address
        assert "who hurt me" not in mine, address
        assert own.title not in mine, address
    assert sum(queries.waiting_by_lane(second).values()) == 1
    assert sum(queries.waiting_by_lane(moderator).values()) == 0
    moderator.groups.add(leads())
    assert sum(each.not_due for each in figures(actor=moderator).waiting) == 0
    with pytest.raises(NothingChosen):
        preview(BulkAct("LEAVE"), actor=moderator, cases=[case.public_id])
    assert len(preview(BulkAct("LEAVE"), actor=second, cases=[case.public_id]).lines) == 1


def done_at_once(posts: list[Post], by: User, act: BulkAct) -> Batch:
    chosen = [Chosen(each.public_id, Seen.of(each)) for each in Case.objects.filter(post__in=posts)]
    return carry_out(new_public_id(), act, actor=by, chosen=chosen)


def test_nor_from_a_batch_what_was_done_about_it(own: Post, lead: User, second: User, category: Category) -> None:
    other = publish_post(written_by_guest(category, title="Of somebody else").post, actor=None)
    for post in (own, other):
        reported(post, "SPAM")
    batch = done_at_once([own, other], second, BulkAct("JUDGE", judgement="MISUSED"))
    about, mine = f"/api/v1/desk/batches/{batch.public_id}/", Case.objects.get(post=own).public_id
    me, colleague = signed_in(lead), signed_in(second)
    assert [len(json.loads(each.ask(about).text)["items"]) for each in (me, colleague)] == [1, 2]
    assert mine not in me.ask(about).text
    page = f"/admin/moderation/batch/{batch.pk}/change/"
    assert (own.title in colleague.ask(page).text, own.title in me.ask(page).text) == (True, False)
    assert other.title in me.ask(page).text


def test_nor_that_there_is_one_about_nothing_else(own: Post, lead: User, second: User) -> None:
    reported(own, "SPAM")
    batch = done_at_once([own], second, BulkAct("HIDE", reason="Sentinel reason."))
    me, about = signed_in(lead), f"/api/v1/desk/batches/{batch.public_id}/"
    assert me.ask(about).status == me.ask(f"{about}undoing/", "POST").status == 404
    assert json.loads(me.ask("/api/v1/desk/batches/").text) == {"batches": []}
    assert me.ask(f"/admin/moderation/batch/{batch.pk}/change/").status == 302
    assert "Sentinel reason." not in me.ask("/admin/moderation/batch/").text
    assert "Sentinel reason." in signed_in(second).ask(about).text
    assert Post.objects.get().state == "HIDDEN"


def test_nor_from_how_similar_cases_were_decided(own: Post, moderator: User, second: User, category: Category) -> None:
    case = reported(own, "SPAM")
    judge_report(case.reports.get().reference, case=case, actor=second, judgement="MISUSED")
    decide(case, actor=second, action="HIDE", reason="A reason.", seen=Seen.of(case))
    other = reported(publish_post(written_by_guest(category).post, actor=None), "SPAM")
    for act in (BulkAct("LEAVE"), BulkAct("JUDGE", judgement="RIGHT")):
        tried = {who: preview(act, actor=who, cases=[other.public_id]).tried.similar for who in (second, moderator)}
        assert tried == {second: 1, moderator: 0}


def test_who_is_alone_is_told_why_their_own_post_waits(moderator: User, category: Category) -> None:
    me = signed_in(moderator)
    said = "A post of your own waits for a first look."
    assert said not in me.ask("/admin/moderation/case/").text
    post = start_thread(category, actor=Speaker(SpeaksAs.PSEUDONYM, moderator), title="Mine", text="Words.").post
    assert post.state == "HELD"
    assert said in me.ask("/admin/moderation/case/").text
    colleague = make_member("second pair of eyes")
    colleague.groups.add(moderators())
    colleague.is_staff = True
    colleague.save()
    for who in (me, signed_in(colleague)):
        assert said not in who.ask("/admin/moderation/case/").text


def test_nor_learns_from_the_log_who_reported_and_decided_it(own: Post, moderator: User, second: User) -> None:
    """A moderator alone at night reported a danger in a colleague's post, and decided it herself."""
    moderator.groups.add(leads())  # nor a lead
    report_post(own, actor="member:x", reason="DANGER", identity=identity_of(second))
    case = Case.objects.select_related("post").get()
    decide(
        case,
        actor=second,
        action="LEAVE",
        seen=Seen.of(case),
        reason="r",
        sanction=Terms(Level.PREMODERATION, "Why.", 3),
    )
    lift_sanction(Sanction.objects.get(), actor=second, why="Enough.")
    entries = {entry.event: entry for entry in AuditEntry.objects.exclude(event="desk_given").filter(moderator=second)}
    assert entries.keys() == {"case_decided", "sanction_given", "sanction_lifted"}
    assert entries["case_decided"].facts["reported_it"] is True
    me = signed_in(moderator)
    rows = me.ask("/admin/moderation/auditentry/").text.split("<tr>")
    own_rows = [row for row in rows if "about words of your own" in row]
    assert len(own_rows) == 4, "with that they were written"
    for entry in entries.values():
        page = me.ask(f"/admin/moderation/auditentry/{entry.pk}/change/").text
        assert (entry.digest in page, entry.at[:10] in page) == (True, True)
        for fact in (second.get_username(), entry.event, entry.at, entry.salt, own.public_id, case.public_id):
            assert fact not in page
            assert fact not in str(own_rows)
        assert me.ask(f"/admin/moderation/auditentry/{entry.pk}/redact/").status == 302
        with pytest.raises(OnesOwn):
            redact_entry(entry.number, actor=moderator, why="LAW")
        assert me.ask(f"/admin/moderation/auditentry/?event={entry.event}").status == 400, "no filter tells it either"
    assert "Sentinel" not in me.ask("/admin/moderation/decision/").text


def test_who_had_reported_it_is_shown_to_leads_alone(category: Category, moderator: User, second: User) -> None:
    post = publish_post(written_by_guest(category).post, actor=None)
    report_post(post, actor="member:x", reason="DANGER", identity=identity_of(second))
    case = Case.objects.select_related("post").get(post=post, state=CaseState.OPEN)
    decide(case, actor=second, action="LEAVE", seen=Seen.of(case))
    entry = AuditEntry.objects.latest("number")
    address = f"/admin/moderation/auditentry/{entry.pk}/change/"
    told = signed_in(moderator).ask(address).text
    assert (case.public_id in told, "reported_it" in told, entry.salt in told) == (True, False, False)
    moderator.groups.add(leads())
    assert "reported_it" in signed_in(moderator).ask(address).text
    assert AuditEntry.objects.get(pk=entry.pk).facts["reported_it"] is True
    assert not list(audit.problems())


def test_nor_is_given_a_second_look_at_it(own: Post, moderator: User, second: User, settings: Settings) -> None:
    settings.SECOND_LOOK_ONE_IN = 1
    case = reported(own, "OTHER")
    decide(case, actor=second, action="LEAVE", seen=Seen.of(take(case, actor=second)))
    assert SecondLook.objects.exists()
    assert take_second_look(actor=moderator) is None


def test_nor_sees_or_ends_a_hold_on_it(own: Post, moderator: User, second: User) -> None:
    for user in (moderator, second):
        user.groups.add(leads())
    hold = place_hold(own, actor=second, reason="A court asked.", until=today() + dt.timedelta(days=30))
    assert (queries.holds(second), queries.holds(moderator)) == ([hold], [])
    with pytest.raises(OnesOwn):
        end_hold(hold, actor=moderator)


def test_nor_places_one_nor_seals_it_away(own: Post, moderator: User) -> None:
    moderator.groups.add(leads())
    with pytest.raises(OnesOwn):
        place_hold(own, actor=moderator, reason="A court asked.", until=today() + dt.timedelta(days=30))
    with pytest.raises(OnesOwn):
        seal_evidence(own, actor=moderator, reason="A child is shown.")
    assert not Hold.objects.exists()


def test_nor_asks_for_a_look_at_it_nor_approves_nor_sees_one(own: Post, moderator: User, second: User) -> None:
    for user in (moderator, second):
        user.groups.add(leads())
    place_hold(own, actor=second, reason="A court asked.", until=today() + dt.timedelta(days=30))
    with pytest.raises(OnesOwn):
        ask_for_look(own, actor=moderator, access=Access.EVIDENCE, reason="To see it.")
    asked = ask_for_look(own, actor=second, access=Access.EVIDENCE, reason="The date of the court.")
    with pytest.raises(OnesOwn):
        approve_look(asked, actor=moderator)
    assert AccessRequest.objects.get().approved_by is None
    assert (queries.looks(second), queries.looks(moderator)) == ([asked], [])
    assert not queries.waits_for_a_second(moderator)
    me = signed_in(moderator)
    for url in ("/admin/moderation/accessrequest/", "/api/v1/desk/looks/", f"/api/v1/desk/looks/{asked.public_id}/"):
        assert "The date of the court" not in me.ask(url).text


def test_nor_takes_off_a_note_that_the_team_put_there(own: Post, moderator: User, second: User) -> None:
    note = ContentNote.objects.create(title="court")
    note_post(own, actor=second, notes=[note.public_id])
    with pytest.raises(OnesOwn):
        note_post(own, actor=moderator, notes=[])
    assert team_notes_of(own) == {note.public_id}


def test_nobody_takes_back_what_was_decided_about_themselves(own: Post, moderator: User, second: User) -> None:
    post = Post.objects.select_related("thread__category").get(pk=own.pk)
    with pytest.raises(OnesOwn):
        sanction_author(post, actor=moderator, terms=Terms(Level.WARNING, "r"))
    sanction = sanction_author(post, actor=second, terms=Terms(Level.BAN, "It was cruel."))
    with pytest.raises(OnesOwn):
        lift_sanction(sanction, actor=moderator, why="I am fine.")
    assert Sanction.objects.get().is_in_force


def test_the_desk_knows_a_report_by_another_name_than_its_reporter(category: Category, moderator: User) -> None:
    """With the reference somebody speaks for whoever has it."""
    post = publish_post(written_by_guest(category).post, actor=None)
    case = reported(post, "OTHER")
    report = case.reports.get()
    me = signed_in(moderator)
    for address in (f"/admin/moderation/case/{case.pk}/change/", f"/api/v1/desk/cases/{case.public_id}/"):
        assert report.reference not in me.ask(address).text
    told = json.loads(me.ask(f"/api/v1/desk/cases/{case.public_id}/").text)["reports"][0]["id"]
    assert told == desk_id_of(report)
    assert report_at_desk(case, told) == report
    with pytest.raises(NotFound):
        report_with(told)
    with pytest.raises(NotFound):
        report_at_desk(case, report.reference)


def test_a_life_comes_first_whatever_one_has_in_hand_or_gave_back(
    category: Category, moderator: User, second: User
) -> None:
    first, later = (publish_post(written_by_guest(category).post, actor=None) for _time in range(2))
    case = reported(later, "OTHER")
    take(case, actor=moderator)
    hand_over(case, actor=moderator)
    in_hand = reported(first, "OTHER")
    take(in_hand, actor=moderator)
    report_post(later, actor="guest:2", reason="DANGER", text="")
    assert take_next(actor=moderator) == case


def test_what_was_passed_on_about_a_life_is_counted_and_comes_first_to_a_lead(
    category: Category, moderator: User, second: User
) -> None:
    second.groups.add(leads())
    life, other = (publish_post(written_by_guest(category).post, actor=None) for _time in range(2))
    case = reported(life, "DANGER")
    reported(other, "OTHER")
    pass_on(case, actor=moderator, seen=Seen.of(case))
    assert queries.lives_with_a_lead(moderator) == 1
    assert "1 about a life" in signed_in(moderator).ask("/admin/moderation/case/").text
    taken = take_next(actor=second)
    assert (taken, taken and taken.lane) == (case, Lane.LIFE)


def test_what_was_put_off_can_be_taken_up_today(category: Category, moderator: User, second: User) -> None:
    post = publish_post(written_by_guest(category).post, actor=None)
    case = reported(post, "OTHER")
    put_off(case, actor=moderator, seen=Seen.of(case), hours=48)
    assert "Take this case" in signed_in(second).ask(f"/admin/moderation/case/{case.pk}/change/").text
    assert take(Case.objects.get(pk=case.pk), actor=second).state == CaseState.OPEN
