"""A word of the team, and one to the team, says something: blanks and signs without ink are none, at every verb."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from pytest_django import Settings

from common.days import today
from common.errors import Invalid
from forum.models import Category, Post
from forum.services.visibility import publish_post
from forum.text import said
from moderation.models import (
    AccessRequest,
    Action,
    Appeal,
    CannedReply,
    CannedVersion,
    Case,
    CaseNote,
    Decision,
    Hold,
    Level,
    Report,
    Sanction,
    Seen,
)
from moderation.services.appeals import appeal_statement, decide_appeal
from moderation.services.batches import BulkAct
from moderation.services.canned import CannedUnfit, create_first_replies, write_version
from moderation.services.decisions import decide
from moderation.services.effects import Also
from moderation.services.holds import place_hold, seal_evidence
from moderation.services.notes import NoteUnfit, add_note
from moderation.services.reports import report_post
from moderation.services.reversing import reverse_decision
from moderation.services.sanctions import Terms, lift_sanction, sanction_author
from moderation.services.two_people import ask_for_look
from tests.house.doors import signed_in
from tests.moderation.test_appeals import another, fresh
from tests.moderation.test_appeals import decided as hidden
from tests.personas import GuestPost, let_words_leave, sign_in, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
A_DAY = today() + dt.timedelta(days=2)
NOTHING = ("\u200b", "\u2800", " \u3164\u00a0", "\u2060\u200d\ufeff", "\u202e")


@pytest.fixture
def written(category: Category) -> GuestPost:
    return written_by_guest(category)


@pytest.mark.parametrize("words", NOTHING)
def test_signs_without_ink_say_nothing(words: str) -> None:
    assert said(words) == ""


@pytest.mark.parametrize("words", ["7", "?", "✓", "💛", "嗯", "a\u200bb", "\u05d0"])
def test_one_sign_that_is_seen_says_something_and_stays_as_it_was_typed(words: str) -> None:
    assert said(f" {words}\n") == words


@pytest.mark.parametrize("nothing", NOTHING)
def test_no_decision_is_taken_for_it(written: GuestPost, moderator: User, nothing: str) -> None:
    case = Case.objects.select_related("post").get()
    refusable: dict[str, dict[str, Any]] = {
        "word": {"action": Action.RETURN, "word": nothing},
        "reason": {"action": Action.HIDE, "reason": nothing},
        "sanction/reason": {"action": Action.LEAVE, "sanction": Terms(Level.WARNING, nothing)},
    }
    for field, sent in refusable.items():
        with pytest.raises(Invalid) as refused:
            decide(case, actor=moderator, seen=Seen.of(case), **sent)
        assert list(refused.value.fields) == [field]
    with pytest.raises(Invalid):
        BulkAct("HIDE", reason=nothing).checked()
    assert (Decision.objects.count(), Sanction.objects.count(), Post.objects.get().state) == (0, 0, "HELD")


def test_none_is_taken_back_and_no_step_lifted_for_it(written: GuestPost, moderator: User) -> None:
    hidden(written.post, moderator)
    case = Case.objects.select_related("post").get()
    with pytest.raises(Invalid) as refused:
        reverse_decision(case, actor=moderator, seen=Seen.of(case), why="\u200b")
    assert list(refused.value.fields) == ["why"]
    sanction = sanction_author(fresh(written.post), actor=moderator, terms=Terms(Level.BAN, "Why."))
    with pytest.raises(Invalid) as refused:
        lift_sanction(sanction, actor=moderator, why="\u2800")
    assert list(refused.value.fields) == ["why"]
    sanction.refresh_from_db()
    assert (sanction.lifted_on, Decision.objects.count(), Post.objects.get().state) == (None, 1, "HIDDEN")


def test_it_asks_for_no_other_look_and_answers_none(written: GuestPost, moderator: User) -> None:
    statement = hidden(written.post, moderator)
    with pytest.raises(Invalid) as refused:
        appeal_statement(statement, actor=written.reader, text="\u200b")
    assert list(refused.value.fields) == ["text"]
    assert not Appeal.objects.exists()
    case = appeal_statement(statement, actor=written.reader, text="Look again.").case
    with pytest.raises(Invalid) as refused:
        decide_appeal(case, actor=another(moderator, "desk two"), seen=Seen.of(case), overturns=False, answer="\u2800")
    assert list(refused.value.fields) == ["answer"]
    assert Appeal.objects.get().is_waiting


@pytest.mark.parametrize("nothing", NOTHING)
def test_no_look_is_asked_for_and_nothing_held_for_it(
    written: GuestPost, lead: User, settings: Settings, nothing: str
) -> None:
    settings.UNMASKING_DAYS = 30
    post = fresh(written.post)
    for deed in (
        lambda: ask_for_look(post, actor=lead, access="UNMASKING", reason=nothing, quiet_because=nothing),
        lambda: place_hold(post, actor=lead, reason=nothing, until=today() + dt.timedelta(days=9)),
        lambda: seal_evidence(post, actor=lead, reason=nothing),
    ):
        with pytest.raises(Invalid) as refused:
            deed()
        assert list(refused.value.fields) == ["reason"]
    assert (AccessRequest.objects.count(), Hold.objects.count()) == (0, 0)


@pytest.mark.parametrize("nothing", NOTHING)
def test_it_is_no_reason_for_keeping_a_look_from_its_author(
    written: GuestPost, lead: User, settings: Settings, nothing: str
) -> None:
    settings.UNMASKING_DAYS = 30
    asked = ask_for_look(
        fresh(written.post), actor=lead, access="UNMASKING", reason="A court asks.", quiet_because=nothing
    )
    assert asked.quiet_because == ""


@pytest.mark.parametrize("nothing", NOTHING)
def test_no_note_is_written_and_no_text_kept_for_it(written: GuestPost, lead: User, nothing: str) -> None:
    case = Case.objects.select_related("post__thread__category").get()
    with pytest.raises(NoteUnfit):
        add_note(case, actor=lead, text=nothing)
    decide(
        case, actor=lead, action=Action.PUBLISH, seen=Seen.of(case), also=Also(follow_up=A_DAY, follow_up_note=nothing)
    )
    assert not CaseNote.objects.exists()
    create_first_replies()
    before = CannedVersion.objects.count()
    with pytest.raises(CannedUnfit):
        write_version(CannedReply.objects.all()[0], actor=lead, texts={"en": nothing})
    assert CannedVersion.objects.count() == before


@pytest.mark.parametrize("nothing", NOTHING)
def test_a_report_of_it_is_a_bare_one(written: GuestPost, nothing: str) -> None:
    publish_post(written.post, actor=None)
    report_post(written.post, actor="network:fd00::", reason="DANGER", text=nothing)
    assert Report.objects.get().text == ""
    assert "said" not in Case.objects.get().head_start


@pytest.mark.parametrize(("action", "field", "nothing"), [("RETURN", "word", "\u200b"), ("HIDE", "reason", "\u2800")])
def test_both_doors_say_so_at_the_field(
    client: Client, written: GuestPost, moderator: User, action: str, field: str, nothing: str
) -> None:
    case = Case.objects.select_related("post").get()
    sent: dict[str, Any] = {"action": action, field: nothing}
    etag = {"If-Match": f'"{Seen.of(case)}"'}
    answer = signed_in(moderator).ask(f"/api/v1/desk/cases/{case.public_id}/decisions/", "POST", data=sent, **etag)
    assert answer.status == 400
    assert [each["pointer"] for each in json.loads(answer.text)["errors"]] == [f"#/{field}"]
    page = sign_in(client, moderator).post(
        f"/admin/moderation/case/{case.pk}/change/", {"seen": str(Seen.of(case)), **sent}
    )
    assert (page.status_code, Decision.objects.count()) == (400, 0)


def test_a_word_that_nobody_sees_is_not_sent_along(written: GuestPost, moderator: User) -> None:
    case = Case.objects.select_related("post").get()
    decide(case, actor=moderator, action=Action.PUBLISH, seen=Seen.of(case), word="\u200b")
    let_words_leave()
    assert (Decision.objects.get().word, Post.objects.get().word_to_author) == ("", "")
