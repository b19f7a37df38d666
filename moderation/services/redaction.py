"""Taking facts out of the log, when they may find somebody; the proof stays, and the log says that it was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, HearthError, Invalid, NotFound
from moderation import audit
from moderation.models import AuditEntry, RedactedBecause
from moderation.queries import the_log
from moderation.services.roles import OnesOwn, require_lead, require_not_own_deed
from moderation.services.transparency import what_counts

if TYPE_CHECKING:
    from accounts.models import User


class EntryStays(Conflict):
    code = "entry-stays"
    message = _(
        "Nothing can be taken out of this entry: it says itself that something was taken out, or it is too old."
    )


class RedactionUnexplained(Invalid):
    code = "redaction-unexplained"
    message = _("Choose why.")


@transaction.atomic
def redact_entry(number: int, *, actor: User, why: str) -> AuditEntry:
    """The facts of one entry go for good; its event, time and moderator stay. Twice is once.

    What a year's report counts of them is kept with the entry that is written here: a code, never an id.
    The database allows this one change of an entry (migration 0007), and `verify_audit` finds one that was emptied
    without the entry that is written here. Raises NotFound, EntryStays, OnesOwn, OwnDeed.
    """
    require_lead(actor)
    if why not in RedactedBecause.values:
        raise RedactionUnexplained(fields={"why": [RedactionUnexplained.message]})
    audit.locked_head()
    entry = the_log(actor).filter(number=number).first()
    if entry is None:
        raise NotFound
    if entry.is_redacted:
        return entry
    _require_redactable(entry, actor)
    counts_as = what_counts(entry)
    entry.facts, entry.salt = {}, ""
    entry.save(update_fields=["facts", "salt"])
    audit.append(audit.REDACTED, moderator=actor, entry=number, why=why, counts_as=counts_as)
    return entry


def can_redact(entry: Any, actor: User) -> bool:
    """One of `the_log`."""
    try:
        require_lead(actor)
        _require_redactable(entry, actor)
    except HearthError:
        return False
    return not entry.is_redacted


def _require_redactable(entry: Any, actor: User) -> None:
    if entry.event == audit.REDACTED or not entry.facts_digest:
        raise EntryStays
    if entry.is_about_own:
        raise OnesOwn
    require_not_own_deed(entry, actor)
