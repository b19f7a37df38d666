"""Closing an account: erasing it, or sealing it for thirty days. From outside, and in the database, the two are one.

Somebody in the room may demand that she delete it. So there is no second button: whoever types the password twice in a
row into the one field, unseen behind its dots, seals. Everything that is taken away is first put into an archive. Of a
sealed account it lies under the key that the recovery words open; of an erased one under a key that is kept nowhere
(accounts/archive_key.py). That key is the only difference there is, from the click on: same answers, same queries, same
rows (docs/decisions/0012-leaving.md).

At once: the account signs in nowhere, every visit is over, the newest words are out of sight. A job does the rest, in
steps; killed, it goes on where it was. It is named by a random number, and so is the page that shows how far it is.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from accounts import sealed_records
from accounts.archive_key import ArchiveKey, archive_key_of, archive_key_of_nobody, lock, unlock
from accounts.identity import Identity, identity_of
from accounts.kept_names import digest_of_name
from accounts.models import User
from accounts.own_data import parts
from accounts.pseudonyms import name_key
from accounts.services.recovery import check_new_password, renew_recovery_words
from common.days import today
from common.errors import Conflict, Invalid, NotFound
from common.memorable import normalise_code
from common.public_id import new_public_id
from common.rate_limits import Limit, count

GUESSES = Limit("closing", quota=10, window=300)
REOPENINGS = Limit("reopening", quota=10, window=15 * 60)
OPENS_FOR = dt.timedelta(days=30)
STEPS = 200  # of the job at a time, so that none takes long

# Of a job's number: whose account, what to keep, the key of the archive; when it is done, only that it is.
CLOSING = sealed_records.Kind(
    "closing",
    what="an account that is being closed, while it is; afterwards only that it is done",
    kept="one day after it is done",
    copied="no: it is made when the account goes",
    erased="it is the work of erasing itself",
    is_of_identity=False,
)
# Of a digest of the name: the wrapped key, and what was taken away, locked.
ARCHIVE = sealed_records.Kind(
    "archive",
    what="what a closed account left, locked: if it was sealed, under a key that only the recovery words open; if it "
    "was erased, under one that is kept nowhere, which makes it as good as random bytes. The two look the same",
    kept="thirty days from the closing",
    copied="no: it is made when the account goes",
    erased="it is what stays, for those thirty days, whichever way the account was closed",
    is_of_identity=False,
)


class WrongPassword(Invalid):
    code = "password-wrong"
    message = _("This is not your password. Nothing was changed.")


class NothingToReopen(Invalid):
    code = "nothing-to-reopen"
    message = _("This name and these words open nothing. Check their spelling and order, and try again.")


class StillClosing(Conflict):
    code = "account-still-closing"
    message = _("This account is still being closed. Please try again in a few minutes.")


@dataclass(frozen=True, slots=True)
class Progress:
    id: str
    percent: int

    @property
    def is_done(self) -> bool:
        return self.percent == 100


# --- Closing ----------------------------------------------------------------------------------------------------------


def close_account(member: User, *, password: str, keep_words: bool) -> Progress:
    """`password` twice in a row seals. Raises WrongPassword, also for that where there are no recovery words: what
    nobody could open again would be erased, against her will. As costly in each case.
    """
    count(GUESSES, identity_of(member))
    key = _key_for(member, password)
    job_id = new_public_id()
    with transaction.atomic():
        identity = identity_of(member)
        closed = {name: part.close(identity, keep_words=keep_words) for name, part in parts()}
        job = {
            "identity": identity,
            "name": member.username,
            "keep_words": keep_words,
            "key": key.as_json(),
            "closed": closed,
            "is_archived": False,
            "done": 0,
            "total": 0,
        }
        sealed_records.write(CLOSING, job_id, job, forget_on=today() + OPENS_FOR)
        go_on_closing.enqueue(job_id)
    return Progress(job_id, 0)


def _key_for(member: User, password: str) -> ArchiveKey:
    """Both checks are made whatever was typed, and both keys are looked for."""
    half = password[: len(password) // 2]
    is_once = check_password(password, member.password)
    is_twice = check_password(half, member.password) and password == half * 2
    own, of_nobody = archive_key_of(identity_of(member)), archive_key_of_nobody()
    if is_once:
        return of_nobody
    if is_twice and own is not None:
        return own
    raise WrongPassword(fields={"password": [WrongPassword.message]})


def closing_progress(job_id: str) -> Progress:
    """For whoever has the number: nobody is signed in any more. Raises NotFound a day after it was done."""
    job = sealed_records.read(CLOSING, job_id)
    if job is None:
        raise NotFound
    if "identity" not in job:
        return Progress(job_id, 100)
    return Progress(job_id, min(99, 100 * job["done"] // max(job["total"], 1)))


@task
def go_on_closing(job_id: str) -> None:
    """Some steps of it, then the next task. Twice, or after it was killed: it goes on (config/housekeeping.py)."""
    job = sealed_records.read(CLOSING, job_id)
    if job is None or "identity" not in job:
        return
    if not job["is_archived"]:
        job = _archive(job_id, job)
    identity = Identity(job["identity"])
    steps = chain.from_iterable(part.erase(identity, keep_words=job["keep_words"]) for _name, part in parts())
    taken = sum(1 for _step in islice(steps, STEPS))
    if taken < STEPS:
        sealed_records.write(CLOSING, job_id, {"is_done": True}, forget_on=today() + dt.timedelta(days=1))
        return
    sealed_records.write(CLOSING, job_id, job | {"done": job["done"] + taken}, forget_on=today() + OPENS_FOR)
    go_on_closing.enqueue(job_id)


@transaction.atomic
def _archive(job_id: str, job: dict[str, Any]) -> dict[str, Any]:
    """All that will be taken away, before any of it is."""
    identity, key = Identity(job["identity"]), ArchiveKey.from_json(job["key"])
    total = sum(part.count_of(identity) for _name, part in parts())
    content = {name: part.archive_of(identity, job["closed"][name]) for name, part in parts()}
    plain = json.dumps({"identity": identity, "parts": content}).encode()
    archive = {
        "job": job_id,
        "wrapped": base64.b64encode(key.wrapped).decode(),
        "locked": base64.b64encode(lock(key, plain)).decode(),
    }
    sealed_records.write(ARCHIVE, digest_of_name(job["name"]), archive, forget_on=today() + OPENS_FOR)
    # From here on the key is in nobody's hands.
    job |= {"is_archived": True, "total": total, "key": None, "closed": None}
    sealed_records.write(CLOSING, job_id, job, forget_on=today() + OPENS_FOR)
    return job


# --- Opening again ----------------------------------------------------------------------------------------------------

_OF_NOBODY = {"wrapped": base64.b64encode(bytes(76)).decode(), "locked": base64.b64encode(bytes(64)).decode()}


def reopen_account(name: str, *, words: str, new_password: str, network: str) -> tuple[User, str]:
    """Whoever has the name and the recovery words is the actor. Everything stands as it stood, under a new password.

    And under new recovery words, told once: the old ones went with the account, and have been typed on some device.
    A name that was never here, one that was erased, and words that do not fit are one and the same: NothingToReopen,
    after the same work. Raises CodeUnreadable for what cannot be such words, PasswordUnsuitable, and StillClosing.
    """
    count(REOPENINGS, network)
    words = normalise_code(words, field="words")
    check_new_password(new_password, of_name=name)
    owner = digest_of_name(name)
    archive = sealed_records.read(ARCHIVE, owner) or _OF_NOBODY
    plain = unlock(base64.b64decode(archive["locked"]), base64.b64decode(archive["wrapped"]), words)
    if plain is None:
        raise NothingToReopen
    if not _is_done(archive["job"]):
        raise StillClosing
    content = json.loads(plain)
    identity = Identity(content["identity"])
    with transaction.atomic():
        for part_name, part in reversed(parts()):  # the account first
            part.restore(identity, content["parts"][part_name])
        member = User.objects.get(username=name_key(name))
        member.set_password(new_password)
        member.save(update_fields=["password"])
        sealed_records.forget(ARCHIVE, owner)
        return member, renew_recovery_words(member, actor=member)


def _is_done(job_id: str) -> bool:
    job = sealed_records.read(CLOSING, job_id)
    return job is None or "identity" not in job
