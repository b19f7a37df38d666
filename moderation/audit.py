"""The audit log: appended in the transaction of the deed, gapless, each row's digest made with the one before."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils import timezone

from common.days import today
from moderation.models import AuditEntry, AuditHead

if TYPE_CHECKING:
    from accounts.models import User

REDACTED = "entry_redacted"


@transaction.atomic
def append(event: str, *, moderator: User | None, **facts: Any) -> AuditEntry:
    """`facts` are public ids, codes and numbers; words never (they could not be erased). None is left out."""
    facts = {name: fact for name, fact in facts.items() if fact is not None}
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
    emptied, told, is_led_through = set[int](), set[object](), not noted
    rows = AuditEntry.objects.defer("facts").annotate(kept=Cast("facts", TextField())).order_by("number")
    try:
        for entry in rows.iterator():
            stored: object = entry.number  # SQLite keeps whatever is written into a column
            if not isinstance(stored, int):
                yield f"the entry behind {number} has no number"
                continue
            yield from _out_of_place(entry, number + 1, previous)
            number, previous = entry.number, entry.digest
            facts = _facts_in(entry.kept)
            if facts is None or not _is_as_written(entry, facts):
                yield f"entry {number} was changed"
            if entry.is_redacted:
                emptied.add(number)
            if entry.event == REDACTED and facts:
                told |= {fact for name, fact in facts.items() if name == "entry" and isinstance(fact, int)}
            is_led_through = is_led_through or noted == f"{number}:{previous}"
    except DatabaseError:
        yield f"the log cannot be read to its end: entry {number} is the last that can"
        return
    yield from (f"entry {each} was emptied, and the log does not say so" for each in sorted(emptied - told))
    if end() != f"{number}:{previous}":
        yield "the end of the log is missing"
    if AuditHead.objects.exclude(pk=1).exists():
        yield "the log has more than one end"
    if not is_led_through:
        yield "this log does not lead through the end that was noted down"


def _out_of_place(entry: AuditEntry, number: int, previous: str) -> Iterator[str]:
    if entry.number != number:
        yield f"entry {number} is missing"
    if entry.previous != previous:
        yield f"entry {entry.number} does not follow the one before it"


def _facts_in(kept: str) -> dict[str, Any] | None:
    """None for what `append` never writes: no object, or one that says the same name twice, of which a reader may show
    the other.
    """
    try:
        facts = json.loads(kept, object_pairs_hook=_without_twice)
    except (TypeError, ValueError, RecursionError):
        return None
    return facts if isinstance(facts, dict) else None


def _without_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    facts = dict(pairs)
    if len(facts) != len(pairs):
        raise ValueError
    return facts


def count_redacted() -> int:
    return AuditEntry.objects.filter(salt="").exclude(facts_digest="").count()


def _is_as_written(entry: AuditEntry, facts: dict[str, Any]) -> bool:
    try:
        if entry.is_redacted:
            if facts != {}:
                return False
        elif entry.facts_digest and entry.facts_digest != _digest(entry.salt, facts):
            return False
        proved = entry.facts_digest or facts
        return entry.digest == _digest(entry.previous, entry.number, entry.event, proved, entry.moderator_id, entry.at)
    except TypeError:  # bytes in the place of a text
        return False


def _digest(*content: Any) -> str:
    """Of a row: the digest before it, its number, event, facts' digest, moderator's row or None, at."""
    chained = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(chained.encode()).hexdigest()
