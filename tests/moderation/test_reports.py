from __future__ import annotations

import re

import pytest
from django.test import Client

from forum.models import Category
from forum.services.visibility import publish_post
from moderation.models import Appeal, AuditEntry, Case, Report
from moderation.services.reports import MAX_REPORT_CHARS, MOST_CHARS_TOGETHER, report_post
from tests.house.doors import in_german
from tests.personas import GuestPost, written_by_guest

pytestmark = pytest.mark.django_db


@pytest.fixture
def guest(category: Category) -> GuestPost:
    return written_by_guest(category)


def test_a_second_reason_of_the_same_reader_is_kept_too(guest: GuestPost) -> None:
    report_post(guest.post, actor="member:7", reason="SPAM", text="It sells something.")
    report_post(guest.post, actor="member:7", reason="DANGER", text="She says tonight.")
    assert set(Report.objects.values_list("reason", "text")) == {
        ("SPAM", "It sells something."),
        ("DANGER", "She says tonight."),
    }
    assert {"reported:SPAM", "reported:DANGER"} <= set(Case.objects.get().reasons)


def test_what_two_people_behind_one_network_say_is_kept_of_both(guest: GuestPost) -> None:
    for text in ("One saw this.", "Another saw that.", "One saw this."):
        report_post(guest.post, actor="network:fd00::", reason="DANGER", text=text)
    assert Report.objects.get().text == "One saw this.\n\nAnother saw that."
    assert AuditEntry.objects.filter(event="post_reported").count() == 1


def test_no_reader_fills_the_desk(guest: GuestPost) -> None:
    for number in range(30):
        report_post(guest.post, actor="network:fd00::", reason="OTHER", text=f"{number:02}" * (MAX_REPORT_CHARS // 2))
    assert len(Report.objects.get().text) <= MOST_CHARS_TOGETHER + MAX_REPORT_CHARS + 2


# --- Another language -------------------------------------------------------------------------------------------------


def test_another_language_keeps_what_was_typed_and_tells_nobody_yet(client: Client, guest: GuestPost) -> None:
    address = f"/p/{publish_post(guest.post, actor=None).public_id}/report/"
    shown = in_german(client, client.get(address), address, {"reason": "BLAMES", "text": "Sentinel words."})
    assert "Sentinel words." in shown
    assert re.search(r'value="BLAMES"[^>]* (selected|checked)', shown)
    assert 'class="error"' not in shown
    assert not Report.objects.exists()


def test_another_language_after_it_was_sent_keeps_the_reference(client: Client, guest: GuestPost) -> None:
    page = client.post(f"/p/{publish_post(guest.post, actor=None).public_id}/report/", {"reason": "BLAMES"})
    reference = Report.objects.get().reference
    assert reference in page.text
    assert reference in in_german(client, page, "/reports/", {"reference": reference})
    assert Report.objects.count() == 1


def test_another_language_keeps_the_words_of_whoever_asks_for_another_look(client: Client, guest: GuestPost) -> None:
    report = report_post(publish_post(guest.post, actor=None), actor="member:7", reason="BLAMES")
    fields = {"reference": report.reference}
    page = client.post("/reports/ask-again/", fields)
    shown = in_german(client, page, "/reports/ask-again/", {**fields, "text": "Sentinel words."})
    assert "Sentinel words." in shown
    assert report.reference in shown
    assert not Appeal.objects.exists()
