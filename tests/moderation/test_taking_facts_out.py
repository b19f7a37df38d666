"""Redaction by its doors. What it does: test_verifying_the_log.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from moderation import audit
from moderation.models import AuditEntry
from moderation.services.moderators import leads
from tests.personas import sign_in

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(moderator: User) -> AuditEntry:
    return audit.append("thread_arranged", moderator=moderator, thread="sentinel")


@pytest.fixture
def desk(client: Client, moderator: User) -> Client:
    return sign_in(client, moderator)


@pytest.fixture
def leads_desk(desk: Client, moderator: User) -> Client:
    moderator.groups.add(leads())
    return desk


def place(entry: AuditEntry, way: str) -> str:
    return f"/admin/moderation/auditentry/{entry.pk}/{way}/"


def test_a_lead_takes_facts_out_at_the_desk(leads_desk: Client, entry: AuditEntry) -> None:
    assert place(entry, "redact") in leads_desk.get(place(entry, "change")).content.decode()
    page = leads_desk.get(place(entry, "redact")).content.decode()
    assert "sentinel" in page
    assert "go for good" in page
    assert leads_desk.post(place(entry, "redact"), {"why": "FINDS"}).status_code == 302
    after = leads_desk.get(place(entry, "change")).content.decode()
    assert "sentinel" not in after
    assert place(entry, "redact") not in after
    assert list(audit.problems()) == []


def test_without_a_reason_nothing_is_taken_out(leads_desk: Client, entry: AuditEntry) -> None:
    assert leads_desk.post(place(entry, "redact"), {}).status_code == 200
    assert leads_desk.post(place(entry, "redact"), {"why": "bored"}).status_code == 400
    assert AuditEntry.objects.get().facts == {"thread": "sentinel"}


def test_the_entry_that_says_so_is_refused_on_the_page_in_words(leads_desk: Client, entry: AuditEntry) -> None:
    leads_desk.post(place(entry, "redact"), {"why": "LAW"})
    answer = leads_desk.post(place(AuditEntry.objects.latest("number"), "redact"), {"why": "LAW"})
    assert answer.status_code == 400
    assert "Nothing can be taken out of this entry" in answer.content.decode()


def test_other_moderators_are_led_away(desk: Client, entry: AuditEntry) -> None:
    assert place(entry, "redact") not in desk.get(place(entry, "change")).content.decode()
    assert desk.get(place(entry, "redact")).status_code == 302
    assert desk.post(place(entry, "redact"), {"why": "LAW"}).status_code == 302
    assert AuditEntry.objects.get().facts == {"thread": "sentinel"}


def test_the_same_over_the_api(desk: Client, entry: AuditEntry, moderator: User) -> None:
    address = f"/api/v1/desk/log/{entry.number}/redaction/"
    refused = desk.put(address, {"why": "LAW"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "only-leads")
    moderator.groups.add(leads())
    assert desk.put(address, {"why": "LAW"}, content_type="application/json").status_code == 204
    assert AuditEntry.objects.get(pk=entry.pk).facts == {}
    assert (
        desk.put("/api/v1/desk/log/99/redaction/", {"why": "LAW"}, content_type="application/json").status_code == 404
    )
