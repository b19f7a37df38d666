"""The log is read by people: every kind of entry has words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from accounts.models import User
from moderation import audit
from moderation.explaining import event_words
from tests.personas import sign_in

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = re.compile(r'(?:audit\.append|_log)\(\s*"(\w+)"')


def test_every_event_that_the_code_writes_has_words() -> None:
    sources = [path.read_text() for path in (ROOT / "moderation").rglob("*.py")]
    events = {event for source in sources for event in WRITTEN.findall(source)}
    assert len(events) > 25
    assert [event for event in sorted(events) if event_words(event) == event] == []


@pytest.mark.django_db
def test_a_moderator_reads_the_log_in_their_language(client: Client, moderator: User) -> None:
    audit.append("case_decided", moderator=moderator, action="HIDE")
    desk = sign_in(client, moderator)
    desk.cookies["lang"] = "de"
    with translation.override("de"):
        said = str(event_words("case_decided"))
    assert said not in {"case_decided", "a case was decided"}
    page = desk.get("/admin/moderation/auditentry/", headers={"accept-language": "de"}).content.decode()
    assert said in page
    assert "Number" not in page
