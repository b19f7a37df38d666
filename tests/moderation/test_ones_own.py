"""Nobody of the team decides about themselves, speaks for a reporter, or loses sight of a life."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from common.errors import NotFound
from forum.authorship import Speaker, SpeaksAs
from forum.models import Category, Post
from forum.services.posts import start_thread
from forum.services.visibility import publish_post
from moderation.models import Case, CaseState, Lane, Level, Sanction, Seen
from moderation.queries import lives_with_a_lead
from moderation.services.cases import OnesOwn, pass_on, put_off
from moderation.services.claims import hand_over, take, take_next
from moderation.services.decisions import decide
from moderation.services.moderators import leads
from moderation.services.reports import desk_id_of, judge_report, report_at_desk, report_post, report_with
from moderation.services.sanctions import Terms, lift_sanction, sanction_author
from tests.house.doors import signed_in
from tests.personas import written_by_guest

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
    assert lives_with_a_lead() == 1
    assert "1 about a life" in signed_in(moderator).ask("/admin/moderation/case/").text
    taken = take_next(actor=second)
    assert (taken, taken and taken.lane) == (case, Lane.LIFE)


def test_what_was_put_off_can_be_taken_up_today(category: Category, moderator: User, second: User) -> None:
    post = publish_post(written_by_guest(category).post, actor=None)
    case = reported(post, "OTHER")
    put_off(case, actor=moderator, seen=Seen.of(case), hours=48)
    assert "Take this case" in signed_in(second).ask(f"/admin/moderation/case/{case.pk}/change/").text
    assert take(Case.objects.get(pk=case.pk), actor=second).state == CaseState.OPEN
