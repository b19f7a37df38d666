"""A visit ended while a moderator typed: what they typed waits behind the sign-in, for them alone, until shown once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import html5lib
import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from forum.models import Category, Post
from forum.queries import notes_offered
from forum.services.content_notes import create_first_notes
from forum.services.visibility import withdraw_post
from moderation.models import Appeal, Batch, Case, Decision, Level, Seen
from moderation.services.appeals import appeal_statement
from moderation.services.reversing import reverse_decision
from moderation.services.sanctions import Terms
from tests.moderation.test_appeals import HOW, another, decided
from tests.personas import PASSWORD, GuestPost, let_words_leave, sign_in, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
TYPED = {
    "action": "RETURN", "word": "Sentinel word.", "reason": "Sentinel reason.", "marks": "the passage",
    "sanction-level": "WARNING", "sanction-days": "7", "sanction-reason": "Sentinel warning.",
    "also-follow_up": "2030-01-02", "also-follow_up_note": "Sentinel note.", "also-lock_branch": "on",
}  # fmt: skip


@pytest.fixture
def guest(category: Category) -> GuestPost:
    create_first_notes()
    return written_by_guest(category, title="The first night", text="Words with the passage.")


@pytest.fixture
def desk(client: Client, moderator: User) -> Client:
    return sign_in(client, moderator)


@pytest.fixture
def place(guest: GuestPost) -> str:
    return place_of(Case.objects.get())


def place_of(case: Case) -> str:
    return f"/admin/moderation/case/{case.pk}/change/"


def to_sign_in(place: str) -> str:
    return f"/accounts/login/?{urlencode({'next': place})}"


def fields(page: str, has: str = "") -> dict[str, list[str]]:
    """Of the form that decides, or that has a field of this name, as a browser would send it."""
    document = html5lib.parse(page, namespaceHTMLElements=False)
    named = [form for form in document.iter("form") if form.find(f".//*[@name='{has}']") is not None]
    form = named[0] if has else document.find(".//form[@data-decides]")
    assert form is not None
    sent: dict[str, list[str]] = {}
    for field in (each for each in form.iter() if each.tag in {"input", "textarea", "select"}):
        if field.get("type") in {"radio", "checkbox"} and field.get("checked") is None:
            continue
        value = {"textarea": field.text or "", "select": ""}.get(field.tag, field.get("value", "on"))
        for option in field.iter("option"):
            value = option.get("value", "") if option.get("selected") is not None else value
        sent.setdefault(field.get("name", ""), []).append(value)
    return sent


def sent_after_the_end(desk: Client, place: str, **typed: Any) -> tuple[dict[str, Any], Any]:
    """What was typed into the form of the page, and the answer to it."""
    form = {**fields(desk.get(place).content.decode()), **typed}
    return form, sent_too_late(desk, place, form)


def sent_too_late(desk: Client, place: str, form: dict[str, Any]) -> Any:
    Session.objects.all().delete()
    return desk.post(place, form)


def signs_in(desk: Client, at: str, name: str) -> Any:
    return desk.post(at, {"login": name, "password": PASSWORD})


def test_after_signing_in_the_form_stands_as_it_was_typed(desk: Client, place: str) -> None:
    notes = [note.public_id for note in notes_offered()[:2]]
    typed, answer = sent_after_the_end(desk, place, **TYPED, notes=notes, next="1")
    assert (answer.status_code, answer.url) == (302, to_sign_in(place))
    at_the_door = desk.get(answer.url).content.decode()
    assert "kept for you alone" in at_the_door
    assert "Sentinel" not in at_the_door
    back = signs_in(desk, answer.url, "desk one")
    assert (back.status_code, back.url) == (302, place)
    page = desk.get(place)
    assert page.status_code == 200
    assert "Here is what you had typed." in page.content.decode()
    kept = fields(page.content.decode())
    without = {"writer", "csrfmiddlewaretoken"}
    as_lists = {name: value if isinstance(value, list) else [value] for name, value in typed.items()}
    assert {name: kept[name] for name in kept if name not in without} == {
        name: as_lists[name] for name in as_lists if name not in {*without, "next"}
    }
    assert Decision.objects.count() == 0
    assert Post.objects.get().state == "HELD"
    assert "Sentinel" not in desk.get(place).content.decode()
    of_the_decision = ("action", "word", "marks", "seen")
    desk.post(place, {name: kept[name] for name in of_the_decision})
    assert Decision.objects.get().word == "Sentinel word."


def test_nobody_else_on_the_same_browser_gets_it(desk: Client, place: str, moderator: User) -> None:
    _typed, answer = sent_after_the_end(desk, place, **TYPED)
    another(moderator, "desk two")
    signs_in(desk, answer.url, "desk two")
    assert "Sentinel" not in desk.get(place).content.decode()
    desk.post("/accounts/logout/")
    signs_in(desk, answer.url, "desk one")
    assert "Sentinel" not in desk.get(place).content.decode()


def test_it_is_shown_on_its_own_page_alone(desk: Client, place: str, category: Category) -> None:
    _typed, answer = sent_after_the_end(desk, place, **TYPED)
    written_by_guest(category, title="The second night")
    signs_in(desk, answer.url, "desk one")
    assert "Sentinel" not in desk.get(place_of(Case.objects.get(post__title="The second night"))).content.decode()
    assert "Sentinel word." in desk.get(place).content.decode()


def test_a_case_that_was_closed_meanwhile_still_gives_it_back(desk: Client, place: str, guest: GuestPost) -> None:
    _typed, answer = sent_after_the_end(desk, place, **TYPED)
    withdraw_post(guest.post, actor=guest.reader)
    signs_in(desk, answer.url, "desk one")
    page = desk.get(place).content.decode()
    for words in ("Sentinel word.", "Sentinel reason.", "Sentinel warning.", "the passage"):
        assert words in page


@pytest.mark.parametrize("mark", ["", "forged"])
def test_a_form_that_does_not_say_whose_it_is_is_given_back_and_leads_to_its_page(
    client: Client, place: str, mark: str
) -> None:
    answer = client.post(place, {**TYPED, "writer": mark})
    page = answer.content.decode()
    assert answer.status_code == 401
    assert "Sentinel word." in page
    assert f'href="/accounts/login/?next={place}"' in page


def test_an_answer_to_an_appeal_comes_back_too(desk: Client, guest: GuestPost, moderator: User) -> None:
    first = another(moderator, "desk two")
    statement = decided(guest.post, first, sanction=Terms(Level.WARNING, "A reason."))
    let_words_leave()
    appeal_statement(statement, actor=guest.reader, text=HOW)
    case = Case.objects.get(appeal=Appeal.objects.get())
    _typed, answer = sent_after_the_end(desk, place_of(case), outcome="stands", answer="Sentinel answer.")
    assert "Sentinel" not in desk.get(answer.url).content.decode()
    signs_in(desk, answer.url, "desk one")
    kept = fields(desk.get(place_of(case)).content.decode())
    assert (kept["outcome"], kept["answer"]) == (["stands"], ["Sentinel answer."])
    assert Appeal.objects.get().outcome == ""


def test_so_does_why_a_decision_was_not_right(desk: Client, guest: GuestPost, place: str, moderator: User) -> None:
    decided(guest.post, moderator)
    let_words_leave()
    form = fields(desk.get(place).content.decode(), "reverse-why")
    answer = sent_too_late(desk, place, {**form, "reverse-why": "Sentinel why.", "do": "reverse"})
    assert (answer.status_code, answer.url) == (302, to_sign_in(place))
    signs_in(desk, answer.url, "desk one")
    page = desk.get(place).content.decode()
    assert "Here is what you had typed." in page
    kept = fields(page, "reverse-why")
    assert kept["reverse-why"] == ["Sentinel why."]
    assert not Decision.objects.filter(reverses__isnull=False).exists()
    assert desk.post(place, {**kept, "do": "reverse"}).status_code == 302
    assert Decision.objects.get(reverses__isnull=False).word == "Sentinel why."


def test_why_is_shown_as_well_where_somebody_else_took_it_back_meanwhile(
    desk: Client, guest: GuestPost, place: str, moderator: User
) -> None:
    decided(guest.post, moderator)
    let_words_leave()
    form = fields(desk.get(place).content.decode(), "reverse-why")
    answer = sent_too_late(desk, place, {**form, "reverse-why": "Sentinel why.", "do": "reverse"})
    case = Case.objects.select_related("post__thread__category").get()
    reverse_decision(case, actor=another(moderator, "desk two"), seen=Seen.of(case), why="It was right.")
    signs_in(desk, answer.url, "desk one")
    assert "Sentinel why." in desk.get(place).content.decode()


BATCH, CARRY_OUT = "/admin/moderation/batch/new/", "/admin/moderation/batch/carry-out/"


def test_so_does_what_several_at_once_were_given(desk: Client, guest: GuestPost) -> None:
    case = Case.objects.get().public_id
    form = fields(desk.post(BATCH, {"case": [case]}).content.decode(), "reason")
    answer = sent_too_late(desk, BATCH, {**form, "act": "HIDE", "reason": "Sentinel reason."})
    assert (answer.status_code, answer.url) == (302, to_sign_in(BATCH))
    signs_in(desk, answer.url, "desk one")
    kept = fields(desk.get(BATCH).content.decode(), "reason")
    assert (kept["act"], kept["reason"], kept["case"]) == (["HIDE"], ["Sentinel reason."], [case])
    assert "Before it is done" in desk.post(BATCH, kept).content.decode()


def test_and_what_was_to_be_done_is_looked_at_once_more(desk: Client, guest: GuestPost) -> None:
    case = Case.objects.get().public_id
    typed = {"case": [case], "act": "HIDE", "reason": "Sentinel reason.", "judgement": "", "rule": ""}
    form = fields(desk.post(BATCH, typed).content.decode(), "chosen")
    assert form["chosen"]
    answer = sent_too_late(desk, CARRY_OUT, form)
    assert (answer.status_code, answer.url) == (302, to_sign_in(CARRY_OUT))
    signs_in(desk, answer.url, "desk one")
    kept = fields(desk.get(CARRY_OUT).content.decode(), "reason")
    assert (kept["act"], kept["reason"], kept["case"]) == (["HIDE"], ["Sentinel reason."], [case])
    assert not Batch.objects.exists()
    assert desk.get(CARRY_OUT).status_code == 405, "once"


def test_the_cases_that_were_chosen_in_the_queue_are_chosen_still(desk: Client, guest: GuestPost) -> None:
    case = Case.objects.get().public_id
    form = fields(desk.get("/admin/moderation/case/").content.decode(), "writer")
    answer = sent_too_late(desk, BATCH, {**form, "case": [case]})
    signs_in(desk, answer.url, "desk one")
    kept = fields(desk.get(BATCH).content.decode(), "reason")
    assert (kept["case"], "act" in kept, kept["reason"]) == ([case], False, [""])
