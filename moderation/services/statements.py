"""Statements of reasons: what an author is told of a decision that restricts them (DSA art. 17). A snapshot.

Whether a reader had told the team is told of none (docs/decisions/0021-statements-and-appeals.md): by what was missing
it told whoever hurt somebody that they were recognised (`HURT_ME`). The row keeps it for whoever answers for the team.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from forum.services.house_rules import current_rules
from moderation.explaining import is_about_words
from moderation.models import Automation, ReportReason, Statement

if TYPE_CHECKING:
    from accounts.models import User
    from forum.models import Post
    from moderation.models import Case

# Who told the team so shows by what they said: somebody who was hurt, and whoever began the conversation.
_NEVER_TOLD = (ReportReason.SOMEONE_WHO_HURT_ME, ReportReason.BREAKS_WISH)
# Reasons that a rule of the site gave a post when it was written, before anybody had seen it.
_HELD_BY_RULE = frozenset(
    {
        "guest",
        "newcomer",
        "premoderated",
        "put_back",
        "resubmitted",
        "note_taken_off",
        "watched",
        "raid",
    }
)


def make_statement(
    post: Post, *, actor: User, facts: str, restriction: str = "", case: Case | None = None
) -> Statement:
    """Inside the transaction of what it is about. `case` None: a sanction that came without one."""
    rules = current_rules()
    return Statement.objects.create(
        post=post,
        restriction=restriction,
        facts=facts,
        was_reported=case is not None and case.reports.exclude(reason__in=_NEVER_TOLD).exists(),
        automation=Automation.NONE if case is None else _automation_of(case),
        rules_version=rules.version if rules else None,
        moderator=actor,
    )


def _automation_of(case: Case) -> Automation:
    if case.signals.exists() or any(map(is_about_words, case.reasons)):
        return Automation.NOTICED
    return Automation.NONE if _HELD_BY_RULE.isdisjoint(case.reasons) else Automation.HELD
