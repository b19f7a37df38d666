"""Under a raid: what a tired volunteer sets at night, and what it does to everybody else."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client

from accounts.models import User as Account
from forum.authorship import Reader, Speaker, SpeaksAs
from forum.models import Category, Post, ThreadPseudonym
from forum.queries import has_published_before
from forum.services.posts import edit_post, reply_to, start_thread
from forum.services.scheduling import publish_due
from forum.states import PostState
from moderation.models import AuditEntry, Case, Lane, RaidSwitch, ReportReason, Switch
from moderation.services.moderators import leads
from moderation.services.raid import SwitchUnfit, end_switch, may_sign_up, set_switch
from moderation.services.reports import report_post
from moderation.services.roles import NotAModerator
from tests.house.doors import signed_in, visitor
from tests.personas import PASSWORD, GuestPost, sign_in, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
NIGHT = dt.datetime(2026, 3, 3, 2, 30, 17, tzinfo=dt.UTC)
HOURS = dt.timedelta(hours=1)
PAGE = "/admin/moderation/raidswitch/"
API = "/api/v1/desk/raid/"
SIGN_UP = "/api/auth/app/v1/auth/signup"


def hold_everything(moderator: User, hours: int = 12) -> RaidSwitch:
    return set_switch(Switch.HOLD_EVERYTHING, actor=moderator, hours=hours)


# --- Everything waits -------------------------------------------------------------------------------------------------


def test_everything_that_is_written_waits_members_of_years_too(
    trusted_member: User, moderator: User, category: Category
) -> None:
    before = written_by(trusted_member, category)
    hold_everything(moderator)
    during = written_by(trusted_member, category)
    assert (before.state, during.state) == (PostState.PUBLISHED, PostState.HELD)
    assert Case.objects.get(post=during).reasons == ["raid"]


def test_what_is_there_stays_there_and_can_be_answered(
    trusted_member: User, moderator: User, category: Category
) -> None:
    before = written_by(trusted_member, category)
    hold_everything(moderator)
    answer = reply_to(before, actor=Speaker(SpeaksAs.PSEUDONYM, trusted_member), text="I believe you.").post
    before.refresh_from_db()
    assert (before.state, answer.state) == (PostState.PUBLISHED, PostState.HELD)


def test_changed_words_wait_as_new_ones_do(trusted_member: User, moderator: User, category: Category) -> None:
    post = written_by(trusted_member, category)
    hold_everything(moderator)
    edited = edit_post(post, actor=Reader(trusted_member), version=post.version, title="A title", text="Buy this.")
    assert edited.state == PostState.HELD


def test_it_ends_by_itself(trusted_member: User, moderator: User, category: Category) -> None:
    with time_machine.travel(NIGHT, tick=False) as clock:
        row = hold_everything(moderator, hours=8)
        assert row.until == NIGHT.replace(second=0) + 8 * HOURS
        clock.shift(8 * HOURS - dt.timedelta(minutes=1))
        assert written_by(trusted_member, category).state == PostState.HELD
        clock.shift(dt.timedelta(minutes=1))
        assert written_by(trusted_member, category).state == PostState.PUBLISHED


def test_what_was_put_off_before_the_raid_waits_when_its_day_comes(
    trusted_member: User, moderator: User, category: Category
) -> None:
    speaker = Speaker(SpeaksAs.PSEUDONYM, trusted_member)
    with time_machine.travel(NIGHT, tick=False) as clock:
        post = start_thread(category, actor=speaker, title="A title", text="Some words.", delay_hours=24).post
        assert post.state == PostState.SCHEDULED
        clock.shift(40 * HOURS)
        hold_everything(moderator)
        publish_due()
    post.refresh_from_db()
    assert (post.state, post.due_at) == (PostState.HELD, None)
    assert Case.objects.get(post=post).reasons == ["raid"]


def test_what_is_settled_for_an_anonymous_name_is_settled_as_ever(
    trusted_member: User, moderator: User, category: Category
) -> None:
    """Else the names that waited because of one night would wait for good, and stand beside each other by it."""
    speaker = Speaker(SpeaksAs.THREAD_PSEUDONYM, trusted_member)
    hold_everything(moderator)
    first = start_thread(category, actor=speaker, title="A title", text="Some words.").post
    end_switch(Switch.HOLD_EVERYTHING, actor=moderator)
    second = reply_to(first, actor=speaker, text="More.").post if first.state == PostState.PUBLISHED else None
    assert (first.state, second) == (PostState.HELD, None)
    assert [name.waits for name in ThreadPseudonym.objects.all()] == [False]


# --- No new accounts --------------------------------------------------------------------------------------------------


def test_nobody_signs_up_and_a_guest_still_writes(client: Client, moderator: User, category: Category) -> None:
    set_switch(Switch.NO_SIGN_UPS, actor=moderator, hours=3)
    accounts = Account.objects.count()
    page = client.get("/accounts/signup/").text
    assert "No new accounts just now" in page
    assert "Write without an account" in page
    sent = {"username": "quiet meadow", "password1": PASSWORD, "password": PASSWORD}
    assert "No new accounts just now" in client.post("/accounts/signup/", sent).text
    assert client.post(SIGN_UP, sent, content_type="application/json").status_code == 403
    assert client.post("/accounts/signup/names/", sent).status_code in {302, 404}
    assert Account.objects.count() == accounts
    assert written_by_guest(category).post.state == PostState.HELD


def test_a_closed_door_does_not_tell_who_is_inside(client: Client, moderator: User, member: User) -> None:
    set_switch(Switch.NO_SIGN_UPS, actor=moderator, hours=3)
    answers = [
        client.post(SIGN_UP, {"username": name, "password": PASSWORD}, content_type="application/json")
        for name in (member.pseudonym, "nobody yet", "Jane Smith")
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(403, answers[0].content)}


def test_whoever_has_an_account_signs_in(client: Client, moderator: User, member: User) -> None:
    set_switch(Switch.NO_SIGN_UPS, actor=moderator, hours=3)
    answer = client.post("/accounts/login/", {"login": "quiet harbour", "password": PASSWORD})
    assert answer.status_code == 302


def test_the_door_opens_again_by_itself(moderator: User) -> None:
    with time_machine.travel(NIGHT, tick=False) as clock:
        set_switch(Switch.NO_SIGN_UPS, actor=moderator, hours=3)
        assert not may_sign_up()
        clock.shift(3 * HOURS)
        assert may_sign_up()


# --- Who sets it ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [0, -1, 7 * 24 + 1])
def test_it_has_an_end_within_a_week(moderator: User, hours: int) -> None:
    with pytest.raises(SwitchUnfit) as refused:
        set_switch(Switch.HOLD_EVERYTHING, actor=moderator, hours=hours)
    assert refused.value.code == "raid-switch-unfit"
    assert not RaidSwitch.objects.exists()
    assert not AuditEntry.objects.exists()


def test_nobody_else_sets_or_ends_it(moderator: User, member: User) -> None:
    with pytest.raises(NotAModerator):
        hold_everything(member)
    hold_everything(moderator)
    with pytest.raises(NotAModerator):
        end_switch(Switch.HOLD_EVERYTHING, actor=member)
    assert RaidSwitch.objects.count() == 1


def test_setting_it_again_counts_from_now_and_ending_twice_is_once(moderator: User) -> None:
    hold_everything(moderator, hours=1)
    row = hold_everything(moderator, hours=20)
    assert RaidSwitch.objects.get() == row
    for _time in range(2):
        end_switch(Switch.HOLD_EVERYTHING, actor=moderator)
    assert not RaidSwitch.objects.exists()
    log = AuditEntry.objects.filter(event__startswith="raid_switch").order_by("number")
    assert [(entry.event, entry.facts, entry.moderator) for entry in log] == [
        ("raid_switch_set", {"switch": "HOLD_EVERYTHING", "hours": 1}, moderator),
        ("raid_switch_set", {"switch": "HOLD_EVERYTHING", "hours": 20}, moderator),
        ("raid_switch_ended", {"switch": "HOLD_EVERYTHING"}, moderator),
    ]


def test_the_desk_shows_by_which_role_and_until_when(client: Client, moderator: User) -> None:
    desk = sign_in(client, moderator)
    with time_machine.travel(NIGHT, tick=False):
        assert desk.post(PAGE, {"switch": "HOLD_EVERYTHING", "HOLD_EVERYTHING-hours": "6"}).status_code == 302
        for page in (desk.get(PAGE).text, desk.get("/admin/moderation/case/").text):
            assert "Set by a moderator until 3 Mar, 08:30" in page
        moderator.groups.add(leads())
        assert "Set by a lead until" in desk.get(PAGE).text
        assert RaidSwitch.objects.get().moderator == moderator
        desk.post(PAGE, {"switch": "HOLD_EVERYTHING", "end": "1"})
    assert not RaidSwitch.objects.exists()


def test_what_does_not_fit_is_said_on_the_page_and_nothing_is_set(client: Client, moderator: User) -> None:
    answer = sign_in(client, moderator).post(PAGE, {"switch": "NO_SIGN_UPS", "NO_SIGN_UPS-hours": "999"})
    assert answer.status_code == 400
    assert 'value="999"' in answer.text
    assert not RaidSwitch.objects.exists()


def test_over_the_api(moderator: User, member: User) -> None:
    desk = signed_in(moderator)
    set_now: Any = json_of(desk.ask(f"{API}NO_SIGN_UPS/", "PUT", data={"hours": 2}))
    assert (set_now["switch"], set_now["set_by"]) == ("NO_SIGN_UPS", "moderator")
    assert json_of(desk.ask(API))["switches"] == [set_now]
    assert json_of(visitor().ask("/api/v1/team/"))["may_sign_up"] is False
    assert desk.ask(f"{API}NO_SIGN_UPS/", "PUT", data={"hours": 0}).status == 400
    assert desk.ask(f"{API}NO_SUCH/", "PUT", data={"hours": 2}).status == 400
    for somebody, status in ((signed_in(member), 403), (visitor(), 401)):
        assert somebody.ask(f"{API}NO_SIGN_UPS/", "DELETE").status == status
    assert desk.ask(f"{API}NO_SIGN_UPS/", "DELETE").status == 204
    assert json_of(desk.ask(API)) == {"switches": []}


def json_of(answer: Any) -> Any:
    import json

    return json.loads(answer.text)


def test_whoever_writes_is_told_kindly(client: Client, trusted_member: User, moderator: User) -> None:
    sign_in(client, trusted_member)
    assert "nothing to do with you" not in client.get("/new/").text
    hold_everything(moderator)
    page = client.get("/new/").text
    assert "Just now everything that is written here waits for a first look" in page
    assert moderator.pseudonym not in page


# --- A brigade --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ReportReason.values)
def test_a_brigade_of_fresh_accounts_hides_nothing(trusted_member: User, category: Category, reason: str) -> None:
    """Thirty accounts made tonight, and as many networks: the post stays, in one case, for every reader."""
    post = written_by(trusted_member, category)
    raiders = [Account.objects.create(username=f"raider {number}", pseudonym=f"R {number}") for number in range(30)]
    for number, raider in enumerate(raiders):
        assert not has_published_before(raider)
        report_post(post, actor=f"member:{raider.pk}", reason=reason, text="Take it down.")
        report_post(post, actor=f"network:{number}", reason=reason)
    post.refresh_from_db()
    assert (post.state, Case.objects.get(post=post).reports.count()) == (PostState.PUBLISHED, 60)
    assert post.source in visitor().ask(f"/t/{post.thread.public_id}/").text


def test_a_brigade_does_not_push_what_is_pressing_out_of_the_queue(
    trusted_member: User, moderator: User, category: Category
) -> None:
    raided = [written_by(trusted_member, category) for _number in range(3)]
    for post in raided:
        for number in range(20):
            report_post(post, actor=f"network:{number}", reason="HOSTILE")
    pressing: GuestPost = written_by_guest(category)
    report_post(pressing.post, actor="network:one", reason="DANGER")
    queue = list(Case.objects.filter(state="OPEN").order_by("lane", "due_at", "pk"))
    assert (queue[0].post_id, queue[0].lane) == (pressing.post.pk, Lane.LIFE)
    assert Post.objects.filter(pk__in=[post.pk for post in raided], state=PostState.PUBLISHED).count() == 3
