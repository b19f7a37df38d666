"""The audit log: appended in the transaction of the deed, gapless, each row's digest made with the one before."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from common.days import today
from moderation.models import AuditEntry, AuditHead

if TYPE_CHECKING:
    from accounts.models import User

REDACTED = "entry_redacted"


@transaction.atomic
def append(event: str, *, moderator: User | None, **facts: Any) -> AuditEntry:
    """`facts` are public ids, codes and numbers; words never (they could not be erased)."""
    head = locked_head()
    at = timezone.now().isoformat(timespec="seconds") if moderator else today().isoformat()
    number = head.number + 1
    salt = secrets.token_urlsafe(16)
    facts_digest = _digest(salt, facts)
    digest = _digest(head.digest, number, event, facts_digest, moderator.pk if moderator else None, at)
    entry = AuditEntry.objects.create(
        number=number,
        event=event,
        facts=facts,
        salt=salt,
        facts_digest=facts_digest,
        moderator=moderator,
        at=at,
        previous=head.digest,
        digest=digest,
    )
    head.number, head.digest = number, digest
    head.save(update_fields=["number", "digest"])
    return entry


def locked_head() -> AuditHead:
    """Until the transaction ends nobody else appends. The last lock that is taken, everywhere."""
    head, _is_new = AuditHead.objects.select_for_update().get_or_create(pk=1)
    return head


def end() -> str:
    """Number and digest of the newest entry, to be noted down where whoever may write here may not."""
    head = AuditHead.objects.filter(pk=1).first() or AuditHead()
    return f"{head.number}:{head.digest}"


def problems(*, noted: str = "") -> Iterator[str]:
    """What does not fit, row by row; nothing when the chain is whole. Reads every row, in constant memory.

    `noted`: an `end` of earlier. Somebody who may write everything here can make a whole chain anew, and it holds
    together; but it does not lead through an end that was noted down elsewhere.
    """
    previous, number = "0" * 64, 0
    emptied, told, is_led_through = set[int](), set[int](), not noted
    for entry in AuditEntry.objects.order_by("number").iterator():
        yield from _out_of_place(entry, number + 1, previous)
        number, previous = entry.number, entry.digest
        if not _is_as_written(entry):
            yield f"entry {number} was changed"
        if entry.is_redacted:
            emptied.add(number)
        if entry.event == REDACTED:
            told.add(entry.facts.get("entry", 0))
        is_led_through = is_led_through or noted == f"{number}:{previous}"
    yield from (f"entry {each} was emptied, and the log does not say so" for each in sorted(emptied - told))
    if end() != f"{number}:{previous}":
        yield "the end of the log is missing"
    if not is_led_through:
        yield "this log does not lead through the end that was noted down"


def _out_of_place(entry: AuditEntry, number: int, previous: str) -> Iterator[str]:
    if entry.number != number:
        yield f"entry {number} is missing"
    if entry.previous != previous:
        yield f"entry {entry.number} does not follow the one before it"


def count_redacted() -> int:
    return AuditEntry.objects.filter(salt="").exclude(facts_digest="").count()


def _is_as_written(entry: AuditEntry) -> bool:
    if entry.is_redacted:
        if entry.facts != {}:
            return False
    elif entry.facts_digest and entry.facts_digest != _digest(entry.salt, entry.facts):
        return False
    facts = entry.facts_digest or entry.facts
    return entry.digest == _digest(entry.previous, entry.number, entry.event, facts, entry.moderator_id, entry.at)


def _digest(*content: Any) -> str:
    """Of a row: the digest before it, its number, event, facts' digest, moderator's row or None, at."""
    chained = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(chained.encode()).hexdigest()
