"""What the screeners find raises a case, is explained at the desk, and holds or hides nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.core import serializers
from django.test import Client

from forum.authorship import Reader
from forum.models import Category, Post
from forum.services.posts import edit_post
from forum.services.visibility import erase_post, withdraw_post
from forum.states import PostState
from moderation.models import AuditEntry, Case, CaseState, Lane, Seen, Signal
from moderation.queries import passages, signals_of
from moderation.services.decisions import decide
from moderation.services.reports import report_post
from moderation.states import lane_of
from tests.personas import GuestPost, answered_by, open_cases, sign_in, written_by, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db

NOW = "We had tea. He has a knife and he is outside the door now."
SERIOUS = "He says he will kill me."
HARMLESS = "My sister likes tea."
BLAMING = "You should have left him. It is your own fault."


def case_of(post: Post) -> Case:
    return Case.objects.get(post=post, state=CaseState.OPEN)


def test_the_gravest_comes_first_then_what_is_serious_then_the_oldest(category: Category) -> None:
    harmless = written_by_guest(category, text=HARMLESS).post
    serious = written_by_guest(category, text=SERIOUS).post
    now = written_by_guest(category, text=NOW).post
    assert [case.post for case in open_cases()] == [now, serious, harmless]
    assert [case_of(post).lane for post in (now, serious, harmless)] == [Lane.LIFE, Lane.HARM, Lane.RULES]


@pytest.mark.parametrize(
    ("reason", "lane"),
    [
        ("danger:self_harm:3", Lane.LIFE),
        ("danger:self_harm:2", Lane.HARM),
        ("danger:child_risk:2", Lane.LIFE),
        ("danger:stalking:1", Lane.HARM),
        ("care:hostile", Lane.HARM),
        ("care:spam", Lane.RULES),
    ],
)
def test_what_is_found_says_the_lane(reason: str, lane: Lane) -> None:
    assert lane_of(["guest", reason]) == lane


def test_words_raise_a_case_and_hold_nothing(category: Category, trusted_member: User) -> None:
    post = written_by(trusted_member, category, text=NOW)
    assert post.state == PostState.PUBLISHED
    case = case_of(post)
    assert (case.reasons, case.lane) == (["danger:imminent_danger:3"], Lane.LIFE)


def test_what_waits_anyway_waits_for_both_reasons(category: Category) -> None:
    post = written_by_guest(category, text=NOW).post
    assert post.state == PostState.HELD
    assert case_of(post).reasons == ["guest", "danger:imminent_danger:3"]


def test_harmless_words_of_somebody_known_open_no_case(category: Category, trusted_member: User) -> None:
    post = written_by(trusted_member, category, text=HARMLESS)
    assert not Case.objects.filter(post=post, state=CaseState.OPEN).exists()
    assert not Signal.objects.exists()


def test_an_answer_that_blames_opens_a_case_and_stays(category: Category, trusted_member: User) -> None:
    story = written_by(trusted_member, category, text=BLAMING)  # of a story nobody asks that
    reply = answered_by(trusted_member, story, text=BLAMING)
    assert reply.state == PostState.PUBLISHED
    assert not Case.objects.filter(post=story, state=CaseState.OPEN).exists()
    case = case_of(reply)
    assert (case.reasons, case.lane) == (["care:victim_blaming"], Lane.HARM)


def test_signals_hold_rules_and_places_and_no_words(category: Category) -> None:
    post = written_by_guest(category, title="Tonight", text=NOW).post
    signals = signals_of(case_of(post))
    words = f"{post.title}\n{post.source}"
    assert "He has a knife" in [words[signal.start : signal.end] for signal in signals]
    for signal in signals:
        assert signal.rule.startswith("en.")
        assert signal.rule_set
    everything = serializers.serialize("json", Signal.objects.all()).lower()
    assert not [word for word in ("knife", "door", "outside", "tonight") if word in everything]


def test_the_whole_text_is_there_cut_where_something_was_noticed(category: Category) -> None:
    post = written_by_guest(category, title="A title", text=NOW).post
    signals = signals_of(case_of(post))
    words = f"{post.title}\n{post.source}"
    cut = passages(words, signals)
    assert "".join(passage.text for passage in cut) == words
    assert cut[0].text == "A title\nWe had tea. "
    assert not cut[0].why
    assert cut[1].why


def test_an_edit_is_read_again(category: Category, trusted_member: User) -> None:
    post = written_by(trusted_member, category, text=HARMLESS)
    author = Reader(trusted_member)
    post = edit_post(post, actor=author, version=post.version, title="A title", text=NOW)
    case = case_of(post)
    assert post.state == PostState.PUBLISHED
    assert case.signals.exists()
    post = edit_post(post, actor=author, version=post.version, title="A title", text=HARMLESS)
    assert case_of(post).lane == Lane.LIFE  # and stays so until somebody has looked
    assert all(signal.is_of_earlier_words for signal in signals_of(case))
    assert [passage.why for passage in passages(f"A title\n{HARMLESS}", signals_of(case))] == [()]


def test_what_was_found_before_an_edit_can_still_be_overruled(
    category: Category, trusted_member: User, moderator: User
) -> None:
    post = written_by(trusted_member, category, text=SERIOUS)
    author = Reader(trusted_member)
    for text in ("I want to die.", HARMLESS, "I want to die."):
        post = edit_post(post, actor=author, version=post.version, title="A title", text=text)
    case = case_of(post)
    assert {(signal.label, signal.is_of_earlier_words) for signal in signals_of(case)} == {
        ("imminent_danger", True),
        ("self_harm", False),
    }
    judged = {"imminent_danger": False, "self_harm": True}
    decide(case, actor=moderator, action="LEAVE", seen=Seen.of(case), judged=judged)
    assert {signal.label: signal.is_right for signal in signals_of(case)} == judged


def test_a_rule_keeps_the_label_that_it_speaks_for(category: Category) -> None:
    text = "He is outside banging on the door with a knife. I want to die."
    signals = signals_of(case_of(written_by_guest(category, text=text).post))
    said = {signal.rule.split(".")[1]: (signal.label, signal.severity) for signal in signals}
    assert said["attacker_near"] == ("imminent_danger", 3)
    assert said["ideation"] == ("self_harm", 2)


def test_what_a_moderator_has_seen_opens_no_case_again(
    category: Category, trusted_member: User, moderator: User
) -> None:
    post = written_by(trusted_member, category, text=NOW)
    decide(case_of(post), actor=moderator, action="LEAVE", seen=Seen.of(case_of(post)))
    author = Reader(trusted_member)
    post = edit_post(post, actor=author, version=post.version, title="A title", text=f"{NOW} I am tired.")
    assert not Case.objects.filter(post=post, state=CaseState.OPEN).exists()
    edit_post(post, actor=author, version=post.version, title="A title", text=f"{NOW} He says he will kill me.")
    assert "danger:imminent_danger:3" in case_of(post).reasons


def test_they_go_with_the_words(category: Category, member: User) -> None:
    guest = written_by_guest(category, text=NOW)
    report_post(guest.post, actor=f"member:{member.pk}", reason="DANGER")
    withdraw_post(guest.post, actor=guest.reader)
    assert Signal.objects.exists()
    erase_post(guest.post, actor=guest.reader)
    assert case_of(guest.post).reasons  # reported, so it stays until somebody has looked
    assert not Signal.objects.exists()


def test_the_log_does_not_say_what_was_found(category: Category, trusted_member: User) -> None:
    written_by(trusted_member, category, text=NOW)
    written_by_guest(category, text=SERIOUS)
    logged = json.dumps(list(AuditEntry.objects.values_list("facts", flat=True)))
    assert "danger" not in logged
    assert AuditEntry.objects.filter(event="case_opened").exists()


def test_a_moderator_says_whether_it_was_right(category: Category, moderator: User) -> None:
    post = written_by_guest(category, text=NOW).post
    case = case_of(post)
    decide(case, actor=moderator, action="PUBLISH", seen=Seen.of(case), judged={"imminent_danger": False})
    assert {signal.is_right for signal in case.signals.filter(label="imminent_danger")} == {False}


@pytest.fixture
def urgent(category: Category) -> GuestPost:
    return written_by_guest(category, title="Tonight", text=f"<b>{NOW}</b>")


def test_the_desk_marks_the_words_and_explains(client: Client, moderator: User, urgent: GuestPost) -> None:
    case = case_of(urgent.post)
    desk = sign_in(client, moderator)
    text = desk.get(f"/admin/moderation/case/{case.pk}/change/").content.decode()
    assert "<mark>" in text
    assert "&lt;b&gt;We had tea." in text  # the source as it is, never as markup
    assert "Speaks of a weapon" in text
    assert "somebody may be in danger from another person" in text
    assert "Version of the rules" in text


def test_the_desk_keeps_what_a_moderator_says_of_it(client: Client, moderator: User, urgent: GuestPost) -> None:
    case = case_of(urgent.post)
    sent = {"action": "PUBLISH", "word": "", "reason": "", "seen": str(Seen.of(case))}
    answer = sign_in(client, moderator).post(
        f"/admin/moderation/case/{case.pk}/change/", {**sent, "right_imminent_danger": "yes"}
    )
    assert answer.status_code == 302
    assert {signal.is_right for signal in case.signals.filter(label="imminent_danger")} == {True}


def test_the_queue_says_how_grave(client: Client, moderator: User, urgent: GuestPost) -> None:
    text = sign_in(client, moderator).get("/admin/moderation/case/", follow=True).content.decode()
    assert "somebody may be in danger from another person" in text
