"""The desk: Django's admin with our pages. What a decision does is in test_deciding.py."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db.models import F
from django.test import Client

from common.days import today
from forum.models import Category, Post
from forum.queries import notes_offered
from forum.services.content_notes import create_first_notes, team_notes_of
from forum.services.posts import edit_post
from forum.services.visibility import withdraw_post
from moderation.models import Case, Decision, Seen
from tests.personas import GuestPost, sign_in, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
QUEUE = "/admin/moderation/case/?state=OPEN"


@pytest.fixture
def guest(category: Category) -> GuestPost:
    return written_by_guest(category, title="The first night", text="Sentinel words.")


@pytest.fixture
def desk(client: Client, moderator: User) -> Client:
    return sign_in(client, moderator)


def place(case: Case) -> str:
    return f"/admin/moderation/case/{case.pk}/change/"


def decided(desk: Client, **fields: Any) -> Any:
    case = Case.objects.get()
    return desk.post(place(case), {"seen": str(Seen.of(case)), "word": "", "reason": "", **fields})


def test_the_queue_shows_open_cases_oldest_first(desk: Client, guest: GuestPost, category: Category) -> None:
    Case.objects.update(due_at=F("due_at") - dt.timedelta(hours=1))
    written_by_guest(category, title="The second night")
    text = desk.get("/admin/moderation/case/").content.decode()
    assert 0 < text.index("The first night") < text.index("The second night")
    assert "written by a guest" in text


def test_the_queue_costs_the_same_for_five_and_for_forty(
    desk: Client, category: Category, django_assert_max_num_queries: Any
) -> None:
    for number in range(40):
        if number in {5, 39}:
            with django_assert_max_num_queries(22):
                desk.get(QUEUE)
        written_by_guest(category)


def test_a_case_shows_the_post_why_it_is_here_and_what_it_answers(desk: Client, guest: GuestPost) -> None:
    text = desk.get(place(Case.objects.get())).content.decode()
    assert "Sentinel words." in text
    assert "written by a guest" in text


def test_publishing_from_the_desk(desk: Client, guest: GuestPost) -> None:
    answer = decided(desk, action="PUBLISH")
    assert answer.status_code == 302
    assert Post.objects.get().state == "PUBLISHED"
    assert Decision.objects.count() == 1


def test_what_was_forgotten_is_said_and_what_was_typed_stays(desk: Client, guest: GuestPost) -> None:
    answer = decided(desk, action="RETURN", reason="typed already")
    assert answer.status_code == 400
    text = answer.content.decode()
    assert "Say in a sentence what could be changed" in text
    assert "typed already" in text
    assert Post.objects.get().state == "HELD"


def test_a_post_changed_meanwhile_is_read_again_before_deciding(desk: Client, guest: GuestPost) -> None:
    edit_post(guest.post, actor=guest.reader, version=1, title="T", text="Changed words.")
    answer = decided(desk, action="HIDE", reason="typed already", seen="1.0.1")
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "was changed after you opened it" in text
    assert "What changed meanwhile" in text
    assert "Its author changed the words." in text
    assert re.search(r"<del>.*Sentinel.*</del>", text)
    assert re.search(r"<ins>.*Changed.*</ins>", text)
    assert "typed already" in text
    assert decided(desk, action="HIDE", reason="typed already").status_code == 302


def test_from_a_second_page_care_is_not_called_done_and_stands_there_still(desk: Client, guest: GuestPost) -> None:
    """What was typed on the page of a case that another page has decided."""
    first = {"seen": str(Seen.of(Case.objects.get())), "action": "PUBLISH", "word": "I believe you."}
    assert decided(desk, **first).status_code == 302
    day = (today() + dt.timedelta(days=2)).isoformat()
    besides = {"also-reach_out": "*", "also-follow_up": day, "also-follow_up_note": "Ask how the night was."}
    answer = decided(desk, **first, **besides)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "This case is decided already" in page
    for typed in ("I believe you.", "with people anywhere", day, "Ask how the night was."):
        assert f"<dd>{typed}</dd>" in page
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("sanction", [{"sanction-reason": ""}, {"sanction-reason": "Why.", "sanction-days": "0"}])
def test_a_passage_that_is_not_there_is_said_beside_a_sanction_that_is_not_whole(
    desk: Client, guest: GuestPost, sanction: dict[str, str]
) -> None:
    answer = decided(
        desk, **{"action": "RETURN", "word": "Dear.", "marks": "not in it", "sanction-level": "SUSPENSION", **sanction}
    )
    page = answer.content.decode()
    assert answer.status_code == 400
    assert '<a href="#id_marks">' in page
    assert '<a href="#id_sanction-' in page
    assert not Decision.objects.exists()


@pytest.mark.parametrize("action", [{}, {"action": "RETURN"}], ids=["none", "chosen"])
def test_everything_that_is_wrong_is_said_in_one_round(desk: Client, guest: GuestPost, action: dict[str, str]) -> None:
    """No action or no word, a branch closed without the reason, a suspension without days, a past day, other words."""
    answer = decided(
        desk,
        **{
            **action,
            "marks": "not in it",
            "sanction-level": "SUSPENSION",
            "sanction-reason": "",
            "also-lock_branch": "on",
            "also-follow_up": "2020-01-01",
        },
    )
    page = answer.content.decode()
    fields = ("word" if action else "action_0", "reason", "marks", "sanction-days", "sanction-reason", "also-follow_up")
    assert (answer.status_code, [name for name in fields if f'<a href="#id_{name}">' not in page]) == (400, [])
    assert page.count("Give the reason.") == 4, "of each of the two: above all, and at its field"
    assert not Decision.objects.exists()


def test_a_reason_is_not_called_the_moderators_own(desk: Client, guest: GuestPost) -> None:
    decided(desk, action="HIDE", reason="Sentinel reason.")
    for address in ("", f"{Decision.objects.get().pk}/change/"):
        page = desk.get(f"/admin/moderation/decision/{address}").content.decode()
        assert "Sentinel reason." in page
        assert "eason, which its author reads" in page
        assert "for moderators" not in page


def test_a_case_that_is_closed_says_so(desk: Client, guest: GuestPost) -> None:
    withdraw_post(guest.post, actor=guest.reader)
    answer = decided(desk, action="RETURN", word="typed already")
    text = answer.content.decode()
    assert "case is decided already" in text
    assert "typed already" in text
    assert Post.objects.get().state == "WITHDRAWN"


def test_what_was_typed_comes_back_when_the_visit_has_ended(client: Client, guest: GuestPost) -> None:
    answer = decided(client, action="RETURN", word="Sentinel word.", reason="Sentinel reason.")
    assert answer.status_code == 401
    assert "Sentinel word.\n\nSentinel reason." in answer.content.decode()
    assert Post.objects.get().state == "HELD"


def test_nobody_else_comes_in(client: Client, member: User, guest: GuestPost) -> None:
    case = Case.objects.get()
    assert client.get(place(case)).status_code == 302
    sign_in(client, member)
    for address in ("/admin/", QUEUE, place(case)):
        assert "Sentinel" not in client.get(address, follow=True).content.decode()
    assert decided(client, action="PUBLISH").status_code in {302, 401, 403}
    assert Post.objects.get().state == "HELD"


def test_the_log_and_the_decisions_are_to_read_only(desk: Client, guest: GuestPost) -> None:
    decided(desk, action="PUBLISH")
    for address in ("/admin/moderation/decision/", "/admin/moderation/auditentry/"):
        assert desk.get(address).status_code == 200
        assert desk.get(f"{address}add/").status_code == 403
    decision = Decision.objects.get()
    assert desk.post(f"/admin/moderation/decision/{decision.pk}/change/", {"word": "x"}).status_code == 403
    assert desk.post(f"/admin/moderation/decision/{decision.pk}/delete/", {"post": "yes"}).status_code == 403


def test_every_page_of_the_desk_begins_with_the_way_out_and_keeps_nothing_in_the_browser(
    desk: Client, guest: GuestPost
) -> None:
    for address in ("/admin/", QUEUE, place(Case.objects.get()), "/admin/forum/category/add/"):
        text = desk.get(address).content.decode()
        body = text[text.index("<body") :]
        assert body.index('href="/leave/"') < body.index("skip-to-content-link")
        assert "theme.js" not in text


def test_publishing_with_a_content_note_from_the_desk(desk: Client, guest: GuestPost) -> None:
    create_first_notes()
    note = notes_offered()[0]
    page = desk.get(place(Case.objects.get())).content.decode()
    assert "Content notes to put on it" in page
    decided(desk, action="PUBLISH", notes=[note.public_id])
    assert team_notes_of(Post.objects.get()) == {note.public_id}


def test_chosen_notes_stay_when_something_was_forgotten(desk: Client, guest: GuestPost) -> None:
    create_first_notes()
    chosen = [note.public_id for note in notes_offered()[:2]]
    answer = decided(desk, action="RETURN", notes=chosen)
    assert answer.status_code == 400
    boxes = re.findall(r'<input [^>]*name="(action|notes)"[^>]* checked', answer.content.decode())
    assert sorted(boxes) == ["action", "notes", "notes"]


def test_the_list_of_notes_is_edited_at_the_desk_and_nothing_is_deleted(desk: Client) -> None:
    create_first_notes()
    note = notes_offered()[0]
    address = f"/admin/forum/contentnote/{note.pk}/change/"
    assert desk.post(address, {"title": "hitting", "position": 1, "is_offered": "on"}).status_code == 302
    assert str(notes_offered()[0]) == "hitting"
    assert desk.post(address, {"title": "", "position": 1, "is_offered": "on"}).status_code == 302
    assert str(notes_offered()[0]) == "violence"
    assert desk.post("/admin/forum/contentnote/add/", {"title": "", "position": 1}).status_code == 200
    assert desk.post("/admin/forum/contentnote/add/", {"title": "court", "position": 9}).status_code == 302
    assert desk.post(f"/admin/forum/contentnote/{note.pk}/delete/", {"post": "yes"}).status_code == 403
