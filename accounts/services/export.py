"""One's own copy: everything a member wrote or gave here, as JSON and as text, to the day (safety.md 2, number 16).

Made in the background, named by a random number, kept sealed until it is removed, one day at most. It holds no word of
anybody else. The digests are there so that a file can be shown later to be the one that was made.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _
from django_tasks import task

from accounts import sealed_records
from accounts.identity import Identity, identity_of
from accounts.own_data import parts
from common.days import today
from common.errors import NotFound
from common.personal_data import Own
from common.public_id import new_public_id
from common.rate_limits import Limit, count

if TYPE_CHECKING:
    from accounts.models import User

ASKED_FOR = Limit("copy", quota=10, window=60 * 60)
KEPT_FOR = dt.timedelta(days=1)
_TOLD_EVERY = 50  # things, until the page is told how far it is

COPY = sealed_records.Kind(
    "copy",
    what="your own copy of everything, if you asked for one",
    kept="until you remove it, one day at most",
    copied="no: it is the copy",
    erased="it goes",
    comes_back=False,
)
# Of a job's number: whose copy.
COPYING = sealed_records.Kind(
    "copying",
    what="whose copy is being made",
    kept="one day",
    copied="no: it is the work of making it",
    erased="it leads to nothing any more, and goes within the day",
    is_of_identity=False,
)


@dataclass(frozen=True, slots=True)
class Copy:
    """`files` by their dull names; empty until it is whole."""

    percent: int
    files: dict[str, str]

    @property
    def is_whole(self) -> bool:
        return bool(self.files)

    @property
    def text(self) -> str:
        return self.files.get("notes.txt", "")

    def digests(self) -> dict[str, str]:
        return {name: hashlib.sha256(content.encode()).hexdigest() for name, content in self.files.items()}


def start_copy(member: User) -> None:
    """In the place of one that was there before."""
    count(ASKED_FOR, identity_of(member))
    job_id = new_public_id()
    with transaction.atomic():
        value = {"job": job_id, "done": 0, "total": 0, "files": {}}
        sealed_records.write(COPY, identity_of(member), value, forget_on=today() + KEPT_FOR)
        sealed_records.write(COPYING, job_id, identity_of(member), forget_on=today() + KEPT_FOR)
        make_copy.enqueue(job_id)


def copy_of(member: User) -> Copy | None:
    """None if none was asked for."""
    value = sealed_records.read(COPY, identity_of(member))
    if value is None:
        return None
    percent = 100 if value["files"] else min(99, 100 * value["done"] // max(value["total"], 1))
    return Copy(percent, value["files"])


def file_of(member: User, name: str) -> str:
    copy = copy_of(member)
    if copy is None or name not in copy.files:
        raise NotFound
    return copy.files[name]


def remove_copy(member: User) -> None:
    sealed_records.forget(COPY, identity_of(member))


@task
def make_copy(job_id: str) -> None:
    """Gives up without a word where another was begun, or it was removed, or the account is no more."""
    owner = sealed_records.read(COPYING, job_id)
    if owner is None:
        return
    identity = Identity(owner)
    total = sum(part.count_of(identity) for _name, part in parts())
    found: list[Own] = []
    for own in (own for _name, part in parts() for own in part.export_of(identity)):
        found.append(own)
        if len(found) % _TOLD_EVERY == 0 and not _tell(identity, job_id, {"done": len(found), "total": total}):
            return
    found.sort(key=lambda own: own.section)
    _tell(identity, job_id, {"files": {"notes.json": _as_json(found), "notes.txt": _as_text(found)}})
    sealed_records.forget(COPYING, job_id)


@transaction.atomic
def _tell(identity: Identity, job_id: str, news: dict[str, Any]) -> bool:
    """False if nobody waits for this copy any more."""
    with sealed_records.changing(COPY, identity, dict[str, Any], forget_on=today() + KEPT_FOR) as value:
        if value.get("job") != job_id:
            return False
        value.update(news)
    return True


def _as_json(found: Iterable[Own]) -> str:
    entries = [
        {
            "kind": own.section,
            "day": own.day.isoformat() if own.day else None,
            "text": own.text,
            "about": dict(own.facts),
        }
        for own in found
    ]
    return json.dumps({"made_on": today().isoformat(), "entries": entries}, ensure_ascii=False, indent=2) + "\n"


def _as_text(found: Iterable[Own]) -> str:
    return "\n".join(_lines(found))


def _lines(found: Iterable[Own]) -> Iterator[str]:
    yield _("Made on %(day)s") % {"day": today().isoformat()}
    for own in found:
        yield ""
        yield f"== {own.section}, {own.day.isoformat()}" if own.day else f"== {own.section}"
        for label, fact in own.facts.items():
            yield f"{label}: {fact}"
        if own.text:
            yield ""
            yield own.text
    yield ""
