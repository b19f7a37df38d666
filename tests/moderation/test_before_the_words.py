"""At the desk nobody meets hard words unprepared: what they are about comes first, and they open when one is ready."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from forum.models import Category
from forum.queries import notes_offered
from forum.services.content_notes import create_first_notes
from forum.services.posts import edit_post, reply_to, start_thread
from moderation.models import Action, Case, Seen
from moderation.services.appeals import appeal_statement
from moderation.services.decisions import decide
from moderation.services.duty import choose_duty
from moderation.services.reports import report_post
from moderation.services.sanctions import Terms
from moderation.services.second_looks import take_second_look
from tests.moderation.reading import met
from tests.personas import GUEST, GuestPost, let_words_leave, sign_in, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
QUEUE = "/admin/moderation/case/"
DANGER = "He has a knife and he says he is coming in. Please."


@pytest.fixture
def desk(client: Client, moderator: User) -> Client:
    return sign_in(client, moderator)


@pytest.fixture
def noted(category: Category) -> GuestPost:
    create_first_notes()
    notes = notes_offered()[:1]
    written = start_thread(category, actor=GUEST, title="Sentinel title", text="Sentinel words.", notes=notes)
    return GuestPost(written.post, written.claim_code)


def place(case: Case) -> str:
    return f"/admin/moderation/case/{case.pk}/change/"


def read(desk: Client, address: str = "") -> tuple[str, str]:
    """All of a page, and what is met of it."""
    page = desk.get(address or place(Case.objects.get())).content.decode()
    return page, met(page)


def test_words_without_a_note_stand_open(desk: Client, category: Category) -> None:
    written_by_guest(category, title="Sentinel title", text="Sentinel words.")
    assert "Sentinel words." in read(desk)[1]
    assert "Sentinel title" in read(desk, QUEUE)[1]


def test_a_note_comes_first_and_the_words_are_folded(desk: Client, noted: GuestPost) -> None:
    for address in ("", QUEUE):
        page, at_once = read(desk, address)
        assert "Content notes: violence" in at_once
        assert "Sentinel" in page
        assert "Sentinel" not in at_once


def test_so_it_is_where_a_screener_noticed_danger_and_what_it_noticed_is_explained(
    desk: Client, category: Category
) -> None:
    written_by_guest(category, title="Tonight", text=DANGER)
    page, at_once = read(desk)
    assert "somebody may be in danger" in at_once.lower()
    assert "speaks of" in at_once.lower()
    assert "<mark>" in page
    assert "knife" not in at_once
    assert "Words to be ready for" in read(desk, QUEUE)[1]
    assert "Tonight" not in read(desk, QUEUE)[1]


def test_so_it_is_with_what_readers_say_of_a_life_and_with_how_they_say_it(desk: Client, category: Category) -> None:
    guest = written_by_guest(category, text="Sentinel words.")
    report_post(guest.post, actor="a reader", reason="CHILD", text="Sentinel report.")
    page, at_once = read(desk)
    assert "Sentinel report." in page
    assert "Sentinel" not in at_once


def test_what_was_changed_and_what_is_changed_meanwhile_is_folded_with_it(desk: Client, noted: GuestPost) -> None:
    edit_post(noted.post, actor=noted.reader, version=1, title="T", text="Sentinel otherwise.")
    case = Case.objects.get()
    answer = desk.post(place(case), {"seen": "1.0.1", "action": "HIDE", "reason": "typed", "word": ""})
    page = answer.content.decode()
    assert "What changed meanwhile" in met(page)
    assert "<del>" in page
    assert "Sentinel" not in met(page)


def test_an_answer_to_noted_words_does_not_bring_them_in_its_summary(
    desk: Client, noted: GuestPost, moderator: User
) -> None:
    decide(case := Case.objects.get(), actor=moderator, action=Action.PUBLISH, seen=Seen.of(case))
    reply_to(noted.post, actor=GUEST, text="I believe you.")
    page, at_once = read(desk, place(Case.objects.get(post__parent=noted.post)))
    assert "Sentinel title" in page
    assert "Sentinel" not in at_once
    assert "I believe you." in at_once


def test_an_appeal_a_sanction_and_a_second_look_too(
    desk: Client, noted: GuestPost, moderator: User, second: User, settings: Any
) -> None:
    settings.SECOND_LOOK_ONE_IN = 1
    case = Case.objects.get()
    terms = Terms("WARNING", "Kindly.")
    decided = decide(case, actor=second, action=Action.HIDE, seen=Seen.of(case), reason="Why.", sanction=terms)
    let_words_leave()
    statement = decided.statement
    assert statement is not None
    look = take_second_look(actor=moderator)
    assert look is not None
    appeal_statement(statement, actor=noted.reader, text="Sentinel appeal.")
    appeal = Case.objects.get(appeal__isnull=False)
    sanction = statement.sanctions.get()
    for address in (
        place(appeal),
        f"/admin/moderation/sanction/{sanction.pk}/change/",
        f"/admin/moderation/case/second-look/{look.public_id}/",
    ):
        page, at_once = read(desk, address)
        assert "Sentinel" in page, address
        assert "Sentinel" not in at_once, address
        assert "Content notes: violence" in at_once, address


def test_danger_that_stands_in_an_appeal_folds_it(
    desk: Client, category: Category, moderator: User, second: User
) -> None:
    written = written_by_guest(category, text="Sentinel words.")
    case = Case.objects.get()
    statement = decide(case, actor=second, action=Action.HIDE, seen=Seen.of(case), reason="Why.").statement
    let_words_leave()
    assert statement is not None
    appeal_statement(statement, actor=written.reader, text=f"Sentinel appeal. {DANGER}")
    appeal = Case.objects.get(appeal__isnull=False)
    page, at_once = read(desk, place(appeal))
    assert "Sentinel appeal." in page
    assert "Sentinel" not in at_once
    assert "Words to be ready for" in at_once
    assert "Sentinel" not in read(desk, QUEUE)[1]


def test_a_batch_names_them_by_their_notes(desk: Client, noted: GuestPost) -> None:
    sent = {"case": [Case.objects.get().public_id], "act": "LEAVE", "reason": "", "rule": ""}
    page = desk.post("/admin/moderation/batch/new/", sent).content.decode()
    assert "Content notes: violence" in page
    assert "Sentinel" not in page


def test_programs_are_told_before_the_words_too(
    desk: Client, noted: GuestPost, category: Category, second: User, settings: Any, django_assert_num_queries: Any
) -> None:
    settings.SECOND_LOOK_ONE_IN = 1
    about = {"notes": ["violence"], "noticed": []}
    case = Case.objects.get()
    (queued,) = desk.get("/api/v1/desk/cases/").json()["cases"]
    assert (queued["id"], queued["before_words"]) == (case.public_id, about)
    assert desk.get(f"/api/v1/desk/cases/{case.public_id}/").json()["before_words"] == about
    sent = {"cases": [case.public_id], "act": "LEAVE"}
    (line,) = desk.post("/api/v1/desk/batches/preview/", sent, "application/json").json()["lines"]
    assert line["before_words"] == about
    with CaptureQueriesContext(connection) as asked:
        desk.get("/api/v1/desk/cases/")

    written_by_guest(category, title="Tonight", text=DANGER)
    with django_assert_num_queries(len(asked)):
        first, _second = desk.get("/api/v1/desk/cases/").json()["cases"]
    assert first["before_words"]["notes"] == []
    assert "danger" in " ".join(first["before_words"]["noticed"])

    decide(case, actor=second, action=Action.PUBLISH, seen=Seen.of(case))
    let_words_leave()
    look = desk.post("/api/v1/desk/second-looks/next/", {}, "application/json").json()
    assert look["before_words"] == about


def test_who_wants_has_them_open_at_once(desk: Client, noted: GuestPost, moderator: User) -> None:
    choose_duty(moderator, actor=moderator, avoided_notes=[], enough=40, off_until=None, words_at_once=True)
    for address in ("", QUEUE):
        assert "Sentinel title" in read(desk, address)[1]
    assert "Sentinel words." in read(desk)[1]
    assert "Content notes: violence" in read(desk)[1]


def test_two_folded_cases_have_links_and_boxes_of_their_own(
    clock: time_machine.Traveller, desk: Client, noted: GuestPost
) -> None:
    clock.shift(3600)
    start_thread(noted.post.thread.category, actor=GUEST, title="T", text="Words.", notes=notes_offered()[:1])
    page = desk.get(QUEUE).content.decode()
    links = [" ".join(re.sub("<[^>]+>", "", link).split()) for link in re.findall(r"data-row>(.*?)</a>", page)]
    boxes = re.findall(r'aria-label="(Choose: [^"]*)"', page)
    assert [len(set(links)), len(set(boxes))] == [2, 2]
    assert all(link.startswith("Content notes: violence · Stories · waiting since ") for link in links)
    assert "Words." not in " ".join(links + boxes)
