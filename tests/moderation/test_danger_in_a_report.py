"""What somebody writes in a report is read for danger too: it comes first, and whoever wrote it is offered help."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from forum.models import Category
from moderation.explaining import hard_words, reason_words
from moderation.models import AuditEntry, Automation, Case, Lane, Report, Seen
from moderation.services.decisions import decide
from moderation.services.reports import MAX_REPORT_CHARS, report_post
from tests.house.doors import visitor
from tests.personas import written_by

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
DANGER = "I am going to kill myself tonight. I have the pills in my hand."
HELP = "You are not alone with this"


def test_danger_in_a_report_comes_first_and_nothing_tells_the_author_or_the_log_of_it(
    trusted_member: User, category: Category, moderator: User
) -> None:
    post = written_by(trusted_member, category)
    report_post(post, actor="member:77", reason="SPAM", text=DANGER)
    case = Case.objects.select_related("post").get(post=post)
    assert (case.lane, case.reasons) == (Lane.LIFE, ["reported:SPAM", "reported:self_harm:3"])
    assert "now" in case.head_start
    assert [str(reason_words(code)) for code in case.reasons][1] == (
        "reported: somebody may want to die, or hurt themselves (now)"
    )
    assert len(hard_words(case.reasons)) == 1
    assert "self_harm" not in str([entry.facts for entry in AuditEntry.objects.all()])
    decision = decide(case, actor=moderator, action="HIDE", seen=Seen.of(case), reason="Why.")
    assert decision.statement is not None
    assert decision.statement.automation == Automation.NONE


def test_said_later_it_comes_first_too(trusted_member: User, category: Category) -> None:
    post = written_by(trusted_member, category)
    report_post(post, actor="member:77", reason="SPAM", text="An advertisement.")
    assert Case.objects.get(post=post).lane == Lane.RULES
    report_post(post, actor="member:77", reason="SPAM", text=DANGER)
    assert Case.objects.get(post=post).lane == Lane.LIFE


def test_whoever_wrote_of_danger_is_offered_help_at_both_doors(trusted_member: User, category: Category) -> None:
    post = written_by(trusted_member, category)
    for text, finds in ((DANGER, True), ("It sells something.", False)):
        page = visitor().ask(f"/p/{post.public_id}/report/", "POST", data={"reason": "SPAM", "text": text})
        assert (page.status, HELP in page.text) == (200, finds)
        body = {"reason": "OTHER", "text": text, "country": "nz"}
        answer = visitor().ask(f"/api/v1/posts/{post.public_id}/reports/", "POST", data=body)
        assert (answer.status, json.loads(answer.text)["help"] is not None) == (201, finds)


def test_and_where_what_they_wrote_is_too_long_to_be_sent(trusted_member: User, category: Category) -> None:
    post = written_by(trusted_member, category)
    for begins, finds in ((DANGER, True), ("It sells something.", False)):
        fields = {"reason": "SPAM", "text": begins + " And so on." * (MAX_REPORT_CHARS // 10)}
        page = visitor().ask(f"/p/{post.public_id}/report/", "POST", data=fields)
        assert (page.status, HELP in page.text, "All of it is still here" in page.text) == (400, finds, True)
    assert not Report.objects.exists()
