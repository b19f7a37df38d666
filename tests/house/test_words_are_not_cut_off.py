"""A browser cuts off at a maxlength what is pasted, and tells nobody. So no box for somebody's words has one: what is
too long comes back whole, with a word about it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.test import Client, RequestFactory

from accounts.models import User
from forum.models import Category
from forum.services.visibility import publish_post
from moderation.models import Case, CaseNote, Decision, Report, Seen
from tests.house.test_documents import APPS, all_errors
from tests.personas import make_member, sign_in, written_by_guest

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
LONG = "She hits me again. " * 110 + "I want to kill myself."


def forms_below(kind: type[forms.BaseForm]) -> Iterator[type[forms.BaseForm]]:
    for child in kind.__subclasses__():
        yield child
        yield from forms_below(child)


def fields_of_the_admin() -> Iterator[tuple[str, forms.Field]]:
    request = RequestFactory().get("/")
    request.user = make_member("quiet lead")
    User.objects.filter(pk=request.user.pk).update(is_superuser=True, is_staff=True)
    request.user.refresh_from_db()
    for model, model_admin in admin.site._registry.items():
        if model_admin.has_add_permission(request):
            for name, field in model_admin.get_form(request)().fields.items():
                yield f"{model.__name__}.{name}", field


def test_no_box_for_words_has_a_maxlength() -> None:
    all_errors()  # imports all there is
    found = [
        (f"{form.__module__}.{name}", field)
        for form in forms_below(forms.BaseForm)
        if form.__module__.startswith(APPS)
        for name, field in form.base_fields.items()  # type: ignore[attr-defined]  # its metaclass makes them
    ]
    boxes = [
        (name, field) for name, field in (*found, *fields_of_the_admin()) if isinstance(field.widget, forms.Textarea)
    ]
    assert {"forum.pages.forms.text", "moderation.pages.views.text", "Notice.text", "CannedReply.text_en"} <= dict(
        boxes
    ).keys()
    assert [name for name, field in boxes if "maxlength" in field.widget.attrs] == []


def test_boxes_for_words_are_made_in_one_place() -> None:
    """A field that comes later, or is made when a form is, is then none with a maxlength either."""
    makes = re.compile(r"\bTextarea\b|AdminTextareaWidget|[\"']maxlength")
    files = [path for app in APPS for path in (ROOT / app).rglob("*.py") if makes.search(path.read_text())]
    assert files == [ROOT / "common/forms.py"]
    assert not [
        path for path in (ROOT / "templates").rglob("*.html") if re.search("<textarea[^>]*maxlength", path.read_text())
    ]


def shown(answer: Any) -> str:
    assert answer.status_code == 400
    return unescape(answer.content.decode())


def test_a_long_report_comes_back_whole(client: Client, category: Category) -> None:
    post = publish_post(written_by_guest(category).post, actor=None)
    page = shown(client.post(f"/p/{post.public_id}/report/", {"reason": "OTHER", "text": LONG}))
    assert LONG in page
    assert f"This has {len(LONG)} characters, and 2000 fit." in page
    assert not Report.objects.exists()


@pytest.mark.parametrize("field", ["word", "reason", "sanction-reason", "also-follow_up_note"])
def test_what_a_moderator_wrote_comes_back_whole(
    client: Client, category: Category, moderator: User, field: str
) -> None:
    written_by_guest(category)
    case = Case.objects.get()
    place = f"/admin/moderation/case/{case.pk}/change/"
    sent = {"seen": str(Seen.of(case)), "action": "HIDE", "reason": "It names somebody.", field: LONG}
    page = shown(sign_in(client, moderator).post(place, sent))
    assert LONG in page
    assert "please shorten it" in page
    assert not Decision.objects.exists()


def test_a_long_note_comes_back_whole(client: Client, category: Category, moderator: User) -> None:
    written_by_guest(category)
    place = f"/admin/moderation/case/{Case.objects.get().pk}/change/"
    sign_in(client, moderator)
    page = shown(client.post(place, {"do": "note", "note-text": LONG, "note-audience": "MODERATORS"}))
    assert LONG in page
    assert page.count("please shorten it") == 2  # above all, and at its field; the decision is not asked for
    assert not CaseNote.objects.exists()
    assert client.post(place, {"do": "note", "note-text": "Short.", "note-audience": "MODERATORS"}).status_code == 302
    assert CaseNote.objects.get().text == "Short."


def test_a_long_title_comes_back_whole(client: Client, category: Category) -> None:
    title = "A title that was pasted " * 10 + "and its end."
    page = shown(client.post("/new/", {"category": category.public_id, "title": title, "text": "Words."}))
    assert title in page
