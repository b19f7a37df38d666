from __future__ import annotations

import pytest

from forum.models import Category
from moderation.models import AuditEntry, Case, Report
from moderation.services.reports import MAX_REPORT_CHARS, MOST_CHARS_TOGETHER, report_post
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
