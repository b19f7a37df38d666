"""Whatever form of the desk somebody types in, the end of their visit loses none of it. Forms are found, not listed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from django.contrib import admin
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse
from pytest_django import Settings

from config.typed_at_the_desk import NOTHING_SENT, SEND_ONCE_MORE
from crisis.services import load_directory
from forum.models import Category
from forum.services.content_notes import create_first_notes
from forum.services.house_rules import create_first_rules
from moderation.models import CannedReply, Case, CaseNote, SecondLook
from moderation.services.canned import create_first_replies
from tests.browser.busy_desk import fill
from tests.house.doors import url_names
from tests.personas import PASSWORD, sign_in, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
TEMPLATES = Path(__file__).parents[2] / "templates" / "admin"
TYPED_IN = {"text", "textarea", "url", "search"}


@dataclass(frozen=True, slots=True)
class Form:
    """`typed` is what somebody typed in, by field; `sent` all that the form holds."""

    page: str
    address: str
    sent: dict[str, list[str]] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)

    @property
    def without_a_mark(self) -> dict[str, list[str]]:
        return {name: values for name, values in self.sent.items() if name != "writer"}


@pytest.fixture
def busy(lead: User, category: Category, settings: Settings) -> Client:
    """A desk where every page has something on it, and whoever may open all of them."""
    settings.SECOND_LOOK_ONE_IN, settings.UNMASKING_DAYS = 1, 30
    lead.is_superuser = True
    lead.save()
    Category.objects.create(title="Among members", is_members_only=True)
    load_directory()
    create_first_notes()
    create_first_replies()
    create_first_rules()
    fill(lead.username)
    return sign_in(Client(), lead)


def pages() -> Iterator[tuple[str, str]]:
    """Of every address of the desk, with a few of the rows it may be about."""
    rows: dict[str, list[Any]] = {"moderation_case_second_look": [each.public_id for each in SecondLook.objects.all()]}
    for model in admin.site._registry:
        newest = model._default_manager.order_by("-pk").values_list("pk", flat=True)
        rows[f"{model._meta.app_label}_{model._meta.model_name}"] = list(newest if model is Case else newest[:3])
    for full_name in url_names():
        space, _colon, name = full_name.partition(":")
        if space != "admin":
            continue
        of = max((each for each in rows if name.startswith(each)), key=len, default="")
        for arguments in ([], *([row] for row in rows.get(of, []))):
            try:
                yield name, reverse(full_name, args=arguments)
            except NoReverseMatch:
                continue


def forms_on(desk: Client) -> list[Form]:
    """In which something is typed; each once, however many rows have it."""
    found: dict[tuple[str, frozenset[str]], Form] = {}
    for name, address in pages():
        page = desk.get(address)
        if page.status_code != 200 or not page["Content-Type"].startswith("text/html"):
            continue
        document = html5lib.parse(page.content.decode(), namespaceHTMLElements=False)
        for element in document.iter("form"):
            form = _form(address, element)
            if element.get("method") == "post" and form.typed:
                found.setdefault((name, frozenset(form.typed)), form)
    return list(found.values())


def _form(page: str, element: Element) -> Form:
    form = Form(page, element.get("action") or page)
    for each in element.iter():
        name, kind = each.get("name", ""), each.get("type", each.tag)
        if each.tag not in {"input", "textarea", "select"} or not name:
            continue
        if kind in {"radio", "checkbox", "submit"} and each.get("checked") is None:
            continue
        value = each.get("value", "on" if each.tag == "input" else "")
        if kind in TYPED_IN:
            value = form.typed[name] = f"Sentinel of {name}, <b>typed</b>."
        form.sent.setdefault(name, []).append(value)
    return form


def ends(desk: Client) -> None:
    Session.objects.all().delete()
    cache.clear()


def text_of(page: Any) -> str:
    """As it is read: also what stands in a field."""
    document = html5lib.parse(page.content.decode(), namespaceHTMLElements=False)
    return "".join(document.itertext()) + "".join(each.get("value", "") for each in document.iter("input"))


def missing(form: Form, page: Any) -> list[tuple[str, str]]:
    shown = text_of(page)
    return [(form.page, name) for name, words in form.typed.items() if words not in shown]


def test_all_of_it_comes_back_to_whoever_typed_it(busy: Client) -> None:
    """Behind the sign-in; of a form that does not say whose it is, in the answer and nowhere else."""
    forms = forms_on(busy)
    names = {name for form in forms for name in form.typed}
    assert {"word", "note-text", "reverse-why", "answer", "quiet_because", "why", "text_de", "text"} <= names
    lost = []
    for form in forms:
        ends(busy)
        answer: Any = busy.post(form.address, form.without_a_mark)
        assert answer.status_code == 401
        assert str(SEND_ONCE_MORE) in text_of(answer)
        lost += missing(form, answer)
        answer = busy.post(form.address, form.sent)
        assert answer.status_code == 302, (form.page, "its form does not say whose it is")
        back: Any = busy.post(answer.url, {"login": "desk one", "password": PASSWORD})
        page = busy.get(back.url, follow=True)
        lost += missing(form, page)
        assert "Here is what you had typed." in text_of(page)
        assert "Sentinel" not in text_of(busy.get(form.page)), "once"
    assert lost == []
    assert not CaseNote.objects.filter(text__contains="Sentinel").exists()


def test_every_form_with_a_field_says_whose_it_is() -> None:
    """Also one that no page of the tests above happens to show."""
    silent = []
    for path in TEMPLATES.rglob("*.html"):
        for form in re.findall(r'<form\b[^>]*method="post".*?</form>', path.read_text(), re.DOTALL):
            has_field = re.search(r"_field|<textarea|\{\{ field|type=\"text\"|form\.as_", form)
            if has_field and 'name="writer" value="{{ writer }}"' not in form:
                silent.append(path.name)
    assert silent == []


def test_a_button_alone_keeps_nothing_and_does_not_say_that_it_does(client: Client) -> None:
    answer = client.post("/admin/moderation/case/next/")
    assert answer.status_code == 401
    assert str(NOTHING_SENT) in text_of(answer)
    assert "below" not in text_of(answer)


def test_a_note_comes_back_into_its_own_form(client: Client, moderator: User, category: Category) -> None:
    written_by_guest(category)
    place = f"/admin/moderation/case/{Case.objects.get().pk}/change/"
    desk = sign_in(client, moderator)
    mark = re.search(r'name="writer" value="([^"]+)"', desk.get(place).content.decode())
    assert mark
    ends(desk)
    sent = {"do": "note", "note-text": "Sentinel note.", "note-audience": "LEADS", "writer": mark[1]}
    led: Any = desk.post(place, sent)
    desk.post(led.url, {"login": "desk one", "password": PASSWORD})
    page = desk.get(place).content.decode()
    assert "Sentinel note.</textarea>" in page
    assert page.count("Sentinel note.") == 1
    assert '<option value="LEADS" selected>' in page


def test_what_was_typed_on_a_page_that_is_no_more_stands_where_it_leads(client: Client, lead: User) -> None:
    desk = sign_in(client, lead)
    mark = re.search(r'name="writer" value="([^"]+)"', desk.get("/admin/moderation/hold/").content.decode())
    assert mark
    gone = "/admin/moderation/sanction/4711/change/"
    ends(desk)
    led: Any = desk.post(gone, {"why": "Sentinel why.", "writer": mark[1]})
    desk.post(led.url, {"login": "desk one", "password": PASSWORD})
    shown: Any = desk.get(gone, follow=True)
    assert shown.redirect_chain == [("/admin/moderation/sanction/", 302)]
    assert "Sentinel why.</textarea>" in shown.content.decode()
    assert "Sentinel" not in desk.get("/admin/moderation/sanction/").content.decode()


def test_a_form_whose_cookies_went_gives_back_all_of_it_too(
    client: Client, moderator: User, category: Category
) -> None:
    written_by_guest(category)
    place = f"/admin/moderation/case/{Case.objects.get().pk}/change/"
    desk = sign_in(Client(enforce_csrf_checks=True), moderator)
    answer = desk.post(place, {"do": "note", "note-text": "Sentinel note.", "note-audience": "LEADS"})
    assert answer.status_code == 403
    assert "Sentinel note.</textarea>" in answer.content.decode()
    assert "Send it again" not in answer.content.decode()


def test_nobody_else_finds_it_where_such_a_page_leads(client: Client, lead: User, second: User) -> None:
    desk = sign_in(client, lead)
    mark = re.search(r'name="writer" value="([^"]+)"', desk.get("/admin/moderation/hold/").content.decode())
    assert mark
    gone = "/admin/moderation/sanction/4711/change/"
    ends(desk)
    led: Any = desk.post(gone, {"why": "Sentinel why.", "writer": mark[1]})
    assert "Sentinel" not in Session.objects.get().session_data
    desk.post(led.url, {"login": second.username, "password": PASSWORD})
    assert "Sentinel" not in desk.get(gone, follow=True).content.decode()
    assert "Sentinel" not in desk.get("/admin/").content.decode()


def test_what_was_chosen_comes_back_with_it(client: Client, lead: User) -> None:
    """Also a box that was ticked before, and is not any more."""
    create_first_replies()
    row = CannedReply.objects.filter(is_offered=True)[0].pk
    desk = sign_in(client, lead)
    for place, sent, shown in (
        ("/admin/moderation/hold/", {"reason": "Sentinel.", "kind": "EVIDENCE", "until": "2030-01-02"}, {"until"}),
        (f"/admin/moderation/cannedreply/{row}/change/", {"text_en": "Sentinel.", "position": "77"}, {"position"}),
        ("/admin/moderation/raidswitch/", {"HOLD_EVERYTHING-hours": "7"}, {"HOLD_EVERYTHING-hours"}),
    ):
        mark = re.search(r'name="writer" value="([^"]+)"', desk.get(place).content.decode())
        assert mark
        ends(desk)
        led: Any = desk.post(place, {**sent, "writer": mark[1]})
        desk.post(led.url, {"login": "desk one", "password": PASSWORD})
        document = html5lib.parse(desk.get(place).content.decode(), namespaceHTMLElements=False)
        inputs = {each.get("name"): each for each in document.iter("input") if each.get("type") != "radio"}
        assert {name: inputs[name].get("value") for name in shown} == {name: sent[name] for name in shown}
        ticked = {each.get("value") for each in document.iter("input") if each.get("checked") is not None}
        assert ticked == ({"EVIDENCE"} if "kind" in sent else set())
