"""What waits before what, who has it, and what comes back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.identity import identity_of
from forum.authorship import Reader
from forum.models import Category, Post
from forum.services.posts import edit_post
from forum.services.visibility import publish_post, withdraw_post
from forum.states import PostState
from moderation import audit
from moderation.explaining import part_words
from moderation.models import AuditEntry, Case, CaseState, HandedOver, Lane, Seen, UnansweredStory
from moderation.queries import queue_page
from moderation.services.cases import (
    CaseAlreadyClosed,
    CaseChanged,
    CasePutOff,
    CaseTaken,
    LeadNeeded,
    open_case,
    pass_on,
)
from moderation.services.claims import (
    CannotBePutOff,
    NotALead,
    SnoozeUnreadable,
    bring_up,
    hand_over,
    put_off,
    take,
    take_next,
    take_over,
)
from moderation.services.decisions import decide
from moderation.services.moderators import GROUP, leads
from moderation.services.reports import report_post
from moderation.services.roles import NotAModerator
from moderation.states import LEASE, LEASE_LIFE, MOVES, TARGET_HOURS, due_at, head_start, lane_of, may_move
from tests.personas import PASSWORD, GuestPost, answered_by, sign_in, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)


def another(moderator: User, name: str) -> User:
    user = type(moderator).objects.create_user(name, PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name=GROUP))
    return user


@pytest.fixture
def colleague(moderator: User) -> User:
    return another(moderator, "desk two")


@pytest.fixture
def lead(moderator: User) -> User:
    user = another(moderator, "desk lead")
    user.groups.add(leads())
    return user


@pytest.fixture
def guest(category: Category) -> GuestPost:
    return written_by_guest(category, title="The first night", text="Sentinel words.")


def case_of(post: Post) -> Case:
    return Case.objects.select_related("post__thread__category").get(post=post)


def seen(case: Case) -> Seen:
    return Seen.of(case_of(case.post))


# --- The order --------------------------------------------------------------------------------------------------------

REASONS = st.lists(
    st.sampled_from(
        ["guest", "newcomer", "premoderated", "resubmitted", "breaks_wish", "unanswered"]
        + [f"reported:{reason}" for reason in ("DANGER", "HURT_ME", "IDENTIFIES", "BLAMES", "SPAM", "OTHER")]
    ),
    unique=True,
)
calmly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
WEIGHTS = st.lists(st.sampled_from([0.25, 0.5, 1.0]), max_size=40)


@calmly
@given(reasons=REASONS, more=REASONS)
def test_nothing_that_comes_in_moves_a_case_down_a_lane(reasons: list[str], more: list[str]) -> None:
    assert lane_of([*reasons, *more]) <= lane_of(reasons)


@calmly
@given(reasons=REASONS, weights=WEIGHTS, is_exposed=st.booleans())
def test_where_a_life_may_be_at_risk_no_number_and_no_record_counts(
    reasons: list[str], weights: list[float], is_exposed: bool
) -> None:
    is_now = bool({"reported:DANGER", "reported:HURT_ME"} & set(reasons))
    expected = {"now": 4.0} if is_now else {}
    assert head_start(Lane.LIFE, reasons, is_exposed=is_exposed, weights=weights) == expected


def test_in_the_first_lane_what_is_now_comes_before_what_is_serious_and_then_age_counts() -> None:
    def due(reason: str, hours_ago: float) -> dt.datetime:
        parts = head_start(Lane.LIFE, ["guest", reason], is_exposed=False, weights=())
        return due_at(Lane.LIFE, NOW - dt.timedelta(hours=hours_ago), parts)

    assert due("danger:self_harm:3", 0) < due("danger:child_risk:2", 3)
    assert due("danger:self_harm:3", 1) < due("danger:child_risk:3", 0)
    assert due("danger:child_risk:2", 7) < due("danger:self_harm:3", 0)  # and nobody waits for ever


@calmly
@given(reasons=REASONS, is_exposed=st.booleans(), is_said=st.booleans())
def test_what_is_said_is_never_due_later_and_in_the_first_lane_alone_sooner(
    reasons: list[str], is_exposed: bool, is_said: bool
) -> None:
    lane = lane_of(reasons)
    bare = head_start(lane, reasons, is_exposed=is_exposed, weights=())
    parts = head_start(lane, reasons, is_exposed=is_exposed, weights=(), is_said=is_said)
    assert parts == {**bare, **({"said": 2.0} if is_said and lane is Lane.LIFE else {})}


def test_a_flood_of_bare_reports_stands_behind_what_is_said(
    category: Category, moderator: User, other_member: User
) -> None:
    worded = publish_post(written_by(other_member, category), actor=None)
    known, read, *flood = (written_by(other_member, category) for _number in range(11))
    Case.objects.all().delete()
    with time_machine.travel(NOW - dt.timedelta(minutes=40), tick=False):  # an hour of the clock earlier
        for post in flood:
            report_post(post, actor="network:fd00::", reason="HURT_ME")
    with time_machine.travel(NOW, tick=False):
        report_post(worded, actor="network:fd01::", reason="DANGER", text="He stands outside.")
        report_post(known, actor="member:7", reason="HURT_ME", identity=identity_of(other_member))
        report_post(read, actor="network:fd02::", reason="OTHER", text="I am going to kill myself tonight.")
        first = Case.objects.most_pressing_first().values_list("post", flat=True)
    assert set(first[:3]) == {worded.pk, known.pk, read.pk}
    assert set(Case.objects.values_list("lane", flat=True)) == {Lane.LIFE}  # and nothing is lower than it was


def test_what_was_said_stays_said_and_words_that_come_later_count(category: Category, other_member: User) -> None:
    post = publish_post(written_by(other_member, category), actor=None)
    report_post(post, actor="network:fd00::", reason="DANGER")
    assert case_of(post).head_start == {"now": 4.0}
    report_post(post, actor="network:fd00::", reason="DANGER", text="He stands outside.")
    assert case_of(post).head_start == {"now": 4.0, "said": 2.0}
    report_post(post, actor="network:fd01::", reason="DANGER")
    assert case_of(post).head_start == {"now": 4.0, "said": 2.0}
    assert [str(part_words(part)) for part in case_of(post).head_start] == [
        "it may be now",
        "it is more than a bare report of somebody we do not know",
    ]


@calmly
@given(reasons=REASONS, weights=WEIGHTS, is_exposed=st.booleans(), lane=st.sampled_from([*Lane]))
def test_what_waits_is_never_due_later_for_being_reported(
    reasons: list[str], weights: list[float], is_exposed: bool, lane: Lane
) -> None:
    reported = head_start(lane, reasons, is_exposed=is_exposed, weights=weights)
    unreported = head_start(lane, reasons, is_exposed=is_exposed, weights=[])
    assert due_at(lane, NOW, reported) <= due_at(lane, NOW, unreported)
    assert due_at(lane, NOW, reported) >= NOW + dt.timedelta(hours=TARGET_HOURS[lane] - 13)


def test_ten_fresh_accounts_gain_less_than_an_hour_over_three() -> None:
    ten, three = (sum(head_start(Lane.RULES, [], is_exposed=True, weights=[0.5] * count).values()) for count in (10, 3))
    assert 0 < ten - three < 1.5


@calmly
@given(before=st.sampled_from([*CaseState]), after=st.sampled_from([*CaseState]))
def test_what_is_closed_stays_closed_and_everything_alive_can_be_closed(before: CaseState, after: CaseState) -> None:
    assert not may_move(CaseState.CLOSED, after)
    assert before == CaseState.CLOSED or may_move(before, CaseState.CLOSED)
    assert set(MOVES) == set(CaseState)


def test_a_danger_reported_just_now_comes_before_what_has_waited_for_days(
    category: Category, moderator: User, other_member: User
) -> None:
    with time_machine.travel(NOW - dt.timedelta(days=9), tick=False):
        for _number in range(3):
            written_by_guest(category)
        published = publish_post(written_by(other_member, category), actor=None)
        Case.objects.filter(post=published).delete()
    with time_machine.travel(NOW, tick=False):
        for number in range(5):
            report_post(published, actor=f"member:{number}", reason="HOSTILE")
        report_post(published, actor="member:9", reason="DANGER")
        first = take_next(actor=moderator)
    assert first is not None
    assert (first.post_id, first.lane, first.head_start) == (published.pk, Lane.LIFE, {"now": 4.0})


def test_a_case_is_kept_once_alive(guest: GuestPost) -> None:
    case = case_of(guest.post)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(post=guest.post, opened_at=case.opened_at, due_at=case.due_at)


def test_the_queue_is_read_through_its_index(category: Category, guest: GuestPost) -> None:
    queue = Case.objects.filter(state=CaseState.OPEN).order_by("lane", "due_at", "pk")
    sql, parameters = queue.values("pk")[:50].query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
            cursor.execute(f"EXPLAIN {sql}", parameters)
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
        plan = " ".join(str(column) for row in cursor.fetchall() for column in row)
    assert "case_queue" in plan
    assert "TEMP B-TREE" not in plan


def test_pages_of_the_queue_meet_every_case_once(category: Category, moderator: User) -> None:
    for _number in range(7):
        written_by_guest(category)
    met: list[int] = []
    page = queue_page(moderator, size=3)
    met += [case.pk for case in page.rows]
    while page.next:
        page = queue_page(moderator, size=3, cursor=page.next)
        met += [case.pk for case in page.rows]
    assert sorted(met) == sorted(Case.objects.values_list("pk", flat=True))


# --- Claims -----------------------------------------------------------------------------------------------------------


def test_two_moderators_are_given_two_cases(category: Category, moderator: User, colleague: User) -> None:
    written_by_guest(category), written_by_guest(category)
    one, two = take_next(actor=moderator), take_next(actor=colleague)
    assert one is not None
    assert two is not None
    assert one.pk != two.pk
    again = take_next(actor=moderator)
    assert again is not None
    assert (again.pk, again.claim_epoch) == (one.pk, one.claim_epoch)


def test_nothing_waits_for_whoever_gave_everything_back(guest: GuestPost, moderator: User, colleague: User) -> None:
    case = take_next(actor=moderator)
    assert case is not None
    hand_over(case, actor=moderator)
    assert take_next(actor=moderator) is None
    taken = take_next(actor=colleague)
    assert taken is not None
    assert taken.pk == case.pk


def test_a_lease_ends_by_itself_and_whoever_slept_writes_nothing_more(
    guest: GuestPost, moderator: User, colleague: User
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        case = take_next(actor=moderator)
        assert case is not None
        read = seen(case)
        with pytest.raises(CaseTaken):
            take(case, actor=colleague)
        with pytest.raises(CaseTaken):
            decide(case, actor=colleague, action="PUBLISH", seen=read)
        clock.shift(LEASE)
        take(case, actor=colleague)
        clock.shift(LEASE)
        with pytest.raises(CaseChanged):  # nobody has it now, but somebody had it in between
            decide(case, actor=moderator, action="PUBLISH", seen=read)
    assert Post.objects.get().state == PostState.HELD


def test_a_case_of_a_life_is_lent_for_three_minutes(guest: GuestPost, moderator: User) -> None:
    report_post(guest.post, actor="member:1", reason="DANGER")
    with time_machine.travel(NOW, tick=False):
        case = take_next(actor=moderator)
    assert case is not None
    assert case.claim_expires_at == NOW + LEASE_LIFE


def test_a_lead_takes_over_and_it_stands_in_the_log(
    guest: GuestPost, moderator: User, colleague: User, lead: User
) -> None:
    case = take(case_of(guest.post), actor=moderator)
    with pytest.raises(NotALead):
        take_over(case, actor=colleague)
    read = seen(case)
    taken = take_over(case, actor=lead)
    assert (taken.claimed_by, taken.claim_epoch) == (lead, case.claim_epoch + 1)
    entry = AuditEntry.objects.latest("number")
    assert (entry.event, entry.moderator) == ("case_taken_over", lead)
    with pytest.raises(CaseTaken):
        decide(case, actor=moderator, action="PUBLISH", seen=read)
    assert list(audit.problems()) == []


def test_members_take_nothing(guest: GuestPost, member: User) -> None:
    with pytest.raises(NotAModerator):
        take_next(actor=member)
    with pytest.raises(NotAModerator):
        take(case_of(guest.post), actor=member)
    assert Case.objects.get().claimed_by is None


# --- Putting off, passing on, coming back -----------------------------------------------------------------------------


def test_what_is_put_off_sleeps_and_wakes_by_itself(guest: GuestPost, moderator: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        case = case_of(guest.post)
        put_off(case, actor=moderator, seen=seen(case), hours=5)
        assert take_next(actor=moderator) is None
        clock.shift(dt.timedelta(hours=5))
        woken = take_next(actor=moderator)
    assert woken is not None
    assert woken.pk == case.pk


def test_a_report_wakes_what_sleeps(guest: GuestPost, moderator: User) -> None:
    case = case_of(guest.post)
    put_off(case, actor=moderator, seen=seen(case), hours=5)
    report_post(guest.post, actor="member:1", reason="SPAM")
    woken = case_of(guest.post)
    assert (woken.state, woken.wakes_at) == (CaseState.OPEN, None)


@pytest.mark.parametrize("hours", [0, -1, 721])
def test_nothing_is_put_off_for_no_time_or_for_ever(guest: GuestPost, moderator: User, hours: int) -> None:
    case = case_of(guest.post)
    with pytest.raises(SnoozeUnreadable):
        put_off(case, actor=moderator, seen=seen(case), hours=hours)
    assert case_of(guest.post).state == CaseState.OPEN


def test_a_life_is_not_put_off(guest: GuestPost, moderator: User) -> None:
    report_post(guest.post, actor="member:1", reason="HURT_ME")
    case = case_of(guest.post)
    with pytest.raises(CannotBePutOff):
        put_off(case, actor=moderator, seen=seen(case), hours=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.update(state=CaseState.SNOOZED, wakes_at=timezone.now())
    assert case_of(guest.post).state == CaseState.OPEN


def test_what_is_passed_on_a_lead_decides(guest: GuestPost, moderator: User, lead: User) -> None:
    case = case_of(guest.post)
    pass_on(case, actor=moderator, seen=seen(case))
    assert take_next(actor=moderator) is None
    with pytest.raises(LeadNeeded):
        decide(case, actor=moderator, action="PUBLISH", seen=seen(case))
    taken = take_next(actor=lead)
    assert taken is not None
    decide(taken, actor=lead, action="PUBLISH", seen=seen(taken))
    assert Post.objects.get().state == PostState.PUBLISHED


def test_what_was_returned_comes_back_to_the_same_moderator_first(
    guest: GuestPost, moderator: User, colleague: User
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        case = case_of(guest.post)
        decide(case, actor=moderator, action="RETURN", seen=seen(case), word="Without the street, please.")
        assert case_of(guest.post).state == CaseState.WAITING
        post = Post.objects.get()
        edit_post(post, actor=guest.reader, version=post.version, title="T", text="Without it.")
        assert take_next(actor=colleague) is None
        taken = take_next(actor=moderator)
        assert taken is not None
        assert (taken.pk, "resubmitted" in taken.reasons) == (case.pk, True)
        clock.shift(dt.timedelta(hours=5))
        assert take_next(actor=colleague) is not None


def test_what_was_returned_and_is_taken_back_leaves_the_queue(guest: GuestPost, moderator: User) -> None:
    case = case_of(guest.post)
    decide(case, actor=moderator, action="RETURN", seen=seen(case), word="Without the street, please.")
    withdraw_post(guest.post, actor=guest.reader)
    assert case_of(guest.post).state == CaseState.CLOSED


def test_of_a_closed_case_the_day_is_left(guest: GuestPost, moderator: User) -> None:
    taken = take_next(actor=moderator)
    assert taken is not None
    hand_over(taken, actor=moderator)
    decide(taken, actor=moderator, action="PUBLISH", seen=seen(taken))
    case = case_of(guest.post)
    assert {case.opened_at.hour, case.due_at.hour, case.due_at.minute} == {0}
    assert (case.claimed_by, case.claim_expires_at, case.first_for, case.wakes_at) == (None, None, None, None)
    assert not HandedOver.objects.exists()


def test_what_came_in_after_it_was_read_is_read_before_deciding(guest: GuestPost, moderator: User) -> None:
    case = case_of(guest.post)
    read = seen(case)
    report_post(guest.post, actor="member:1", reason="BLAMES")
    with pytest.raises(CaseChanged):
        decide(case, actor=moderator, action="PUBLISH", seen=read)
    assert Post.objects.get().state == PostState.HELD


def test_nobody_reads_that_a_case_is_decided_when_it_is_only_put_off(guest: GuestPost, moderator: User) -> None:
    case = case_of(guest.post)
    put_off(case, actor=moderator, seen=seen(case), hours=5)
    with pytest.raises(CasePutOff, match="case-put-off") as refused:
        pass_on(case, actor=moderator, seen=seen(case_of(guest.post)))
    assert "decided" not in str(refused.value.text)


def test_a_closed_case_takes_no_claim(guest: GuestPost, moderator: User) -> None:
    case = case_of(guest.post)
    decide(case, actor=moderator, action="PUBLISH", seen=seen(case))
    with pytest.raises(CaseAlreadyClosed):
        take(case, actor=moderator)


# --- No story without an answer ---------------------------------------------------------------------------------------


def test_a_story_that_nobody_answers_comes_before_all_but_a_life(
    category: Category, trusted_member: User, moderator: User
) -> None:
    UnansweredStory.objects.all().delete()
    Case.objects.all().delete()
    with time_machine.travel(NOW, tick=False) as clock:
        story = written_by(trusted_member, category)
        clock.shift(dt.timedelta(hours=5, minutes=29))
        bring_up()
        assert not Case.objects.filter(post=story).exists()
        clock.shift(dt.timedelta(minutes=31))
        other = publish_post(written_by_guest(category).post, actor=None)
        report_post(other, actor="member:1", reason="HOSTILE")
        taken = take_next(actor=moderator)
    assert taken is not None
    assert (taken.post_id, taken.lane, taken.reasons) == (story.pk, Lane.UNANSWERED, ["unanswered"])
    assert not UnansweredStory.objects.filter(post=story).exists()


def test_its_author_does_not_answer_it_and_somebody_else_does(
    category: Category, trusted_member: User, other_member: User
) -> None:
    story = written_by(trusted_member, category)
    answered_by(trusted_member, story)
    assert UnansweredStory.objects.filter(post=story).exists()
    publish_post(written_by(other_member, category), actor=None)
    answered_by(other_member, story)
    assert not UnansweredStory.objects.filter(post=story).exists()


def test_an_answer_ends_the_case_of_an_unanswered_story(
    category: Category, trusted_member: User, other_member: User, moderator: User
) -> None:
    story = written_by(trusted_member, category)
    open_case(story, reasons=["unanswered"])
    reply = answered_by(other_member, story)
    assert case_of(story).is_live  # the answer waits for a first look itself
    waiting = case_of(reply)
    decide(waiting, actor=moderator, action="PUBLISH", seen=seen(waiting))
    assert not case_of(story).is_live


def test_a_reported_story_stays_in_the_queue_when_somebody_answers(
    category: Category, trusted_member: User, other_member: User
) -> None:
    publish_post(written_by(other_member, category), actor=None)
    story = written_by(trusted_member, category)
    open_case(story, reasons=["unanswered"])
    report_post(story, actor="member:1", reason="BLAMES")
    answered_by(other_member, story)
    assert case_of(story).is_live


def test_a_story_taken_back_does_not_come_to_the_desk(category: Category, trusted_member: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        story = written_by(trusted_member, category)
        withdraw_post(story, actor=Reader(trusted_member))
        clock.shift(dt.timedelta(hours=7))
        bring_up()
    assert not Case.objects.filter(post=story).exists()


def test_who_signs_out_lets_go_what_they_had_in_hand(
    client: Client, category: Category, moderator: User, second: User
) -> None:
    written_by_guest(category)
    case = Case.objects.get()
    sign_in(client, moderator)
    take(case, actor=moderator)
    assert take_next(actor=second) is None
    client.post("/accounts/logout/")
    assert take_next(actor=second) == case


def test_several_together_are_offered_where_there_are_any_to_choose(
    client: Client, category: Category, moderator: User
) -> None:
    post = publish_post(written_by_guest(category).post, actor=None)
    report_post(post, actor="guest:1", reason="HURT_ME")
    desk, several = sign_in(client, moderator), "Go on with the chosen ones together"
    assert several not in desk.get("/admin/moderation/case/").content.decode()
    written_by_guest(category)
    assert several in desk.get("/admin/moderation/case/").content.decode()


@pytest.mark.parametrize(("reason", "is_life"), [("HURT_ME", True), ("SPAM", False)])
def test_after_a_life_a_moderator_is_asked_to_take_a_breath(
    client: Client, category: Category, moderator: User, reason: str, *, is_life: bool
) -> None:
    post = publish_post(written_by_guest(category).post, actor=None)
    case = report_post(post, actor="guest:1", reason=reason).case
    desk = sign_in(client, moderator)
    place = f"/admin/moderation/case/{case.pk}/change/"
    page = desk.post(place, {"seen": str(Seen.of(case)), "action": "LEAVE"}, follow=True).content.decode()
    assert "Done: " in page
    assert ("That was about a life." in page) == is_life
    assert (">Stop for today</a>" in page) == is_life
