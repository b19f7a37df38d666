"""Sent too often in a short time, by whatever page: what was typed stands in the answer, with all that was chosen."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from common.rate_limits import Limit, count
from forum.models import Category, Post
from forum.pages.limits import WRITES
from forum.services.visibility import publish_post
from moderation.models import Appeal, Report
from moderation.pages.views import LOOK_UPS, REPORTS
from moderation.services.reports import report_post
from tests.moderation.test_appeals import decided
from tests.personas import GuestPost, written_by_guest

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
WORDS = "Sentinel words,\r\n\r\nof <two> paragraphs."


@pytest.fixture
def guest(client: Client, category: Category) -> GuestPost:
    written = written_by_guest(category)
    client.post("/claim/", {"code": written.code})
    return written


def addresses(guest: GuestPost, moderator: User) -> dict[str, tuple[str, Limit, dict[str, str]]]:
    """With what is chosen on each beside the words."""
    statement = decided(guest.post, moderator)
    other = written_by_guest(guest.post.thread.category).post
    publish_post(other, actor=None)
    reference = report_post(other, actor="a reader", reason="SPAM").reference
    return {
        "story": ("/new/", WRITES, {"title": "A title", "category": guest.post.thread.category.public_id}),
        "reply": (f"/p/{other.public_id}/reply/", WRITES, {"voice": "GUEST"}),
        "edit": (f"/p/{guest.post.public_id}/edit/", WRITES, {"title": "A title", "version": "1"}),
        "report": (f"/p/{other.public_id}/report/", REPORTS, {"reason": "SPAM"}),
        "appeal": (f"/decided/{statement.public_id}/ask-again/", WRITES, {}),
        "appeal of whoever reported": ("/reports/ask-again/", LOOK_UPS, {"reference": reference}),
    }


@pytest.mark.parametrize("form", ["story", "reply", "edit", "report", "appeal", "appeal of whoever reported"])
def test_nothing_of_it_is_lost(client: Client, guest: GuestPost, moderator: User, form: str) -> None:
    address, limit, chosen = addresses(guest, moderator)[form]
    before = Post.objects.count(), Report.objects.count(), Appeal.objects.count()
    for _sent in range(limit.quota):
        count(limit, "127.0.0.1")
    answer = client.post(address, {**chosen, "text": WORDS})
    page = answer.content.decode()
    assert answer.status_code == 429
    assert f"{html.escape(WORDS)}</textarea>" in page
    assert [value for value in chosen.values() if value not in page] == []
    assert (Post.objects.count(), Report.objects.count(), Appeal.objects.count()) == before
