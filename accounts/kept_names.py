"""Names of accounts that were closed: nobody else may take one for a while, or could pass for whoever had it.

The same for each, erased or sealed: else signing up would tell the two apart. Only a digest of a name is kept, sealed.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib

from accounts import sealed_records
from accounts.pseudonyms import name_key
from common.days import today

KEPT_FOR = dt.timedelta(days=40)  # longer than what was sealed can be opened again

KEPT_NAME = sealed_records.Kind(
    "kept-name",
    what="a scrambled form of a name whose account was closed, so that nobody takes it and passes for you",
    kept="forty days from the closing",
    copied="no: it is made when the account goes",
    erased="it is what stays, for those forty days, whichever way the account was closed",
    is_of_identity=False,
)


def keep_name(name: str) -> None:
    sealed_records.write(KEPT_NAME, digest_of_name(name), 1, forget_on=today() + KEPT_FOR)


def is_name_kept(name: str) -> bool:
    return sealed_records.read(KEPT_NAME, digest_of_name(name)) is not None


def let_name_go(name: str) -> None:
    """To whoever had it."""
    sealed_records.forget(KEPT_NAME, digest_of_name(name))


def digest_of_name(name: str) -> str:
    """However it is spelled."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"name {name_key(name)}".encode()).digest()).decode()
