"""The key of one account's archive: what is sealed with it, the recovery words alone open.

It is made when recovery words are made, and wrapped under them (Argon2id, AES-256-GCM), so that sealing an account
needs no words typed while somebody looks on. Until then the server keeps it sealed; when the account is closed it goes,
and only the wrapped one stays, beside the archive. Both lie in sealed records: opening an archive takes the words and
the seal key.

An erased account has an archive, too, of the same size: under a key that was drawn in that moment and is kept nowhere,
with a wrap of random bytes. Nobody can tell the two apart, and nobody can ever open that one.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accounts import sealed_records
from accounts.identity import Identity
from common.memorable import normalise_code

_KEY, _SALT, _NONCE, _MARK = 32, 16, 12, 16  # bytes
_WRAPPED = _SALT + _NONCE + _KEY + _MARK

ARCHIVE_KEY = sealed_records.Kind(
    "archive-key",
    what="the key for sealing your account, once as the server uses it and once as only your recovery words open it",
    kept="as long as your recovery words",
    copied="no: your recovery words are what you have of it",
    erased="it goes",
    comes_back=False,
)


@dataclass(frozen=True, slots=True)
class ArchiveKey:
    """`wrapped` is the same key, for whoever has the words; random bytes if nobody has any."""

    key: bytes
    wrapped: bytes

    def as_json(self) -> list[str]:
        return [base64.b64encode(self.key).decode(), base64.b64encode(self.wrapped).decode()]

    @classmethod
    def from_json(cls, kept: list[str]) -> ArchiveKey:
        return cls(*(base64.b64decode(text) for text in kept))


def make_archive_key(identity: Identity, words: str) -> None:
    """Wherever recovery words are made. In the place of the one before, as the words before open nothing any more."""
    key = secrets.token_bytes(_KEY)
    salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
    wrapped = salt + nonce + AESGCM(_from_words(words, salt)).encrypt(nonce, key, None)
    sealed_records.write(ARCHIVE_KEY, identity, ArchiveKey(key, wrapped).as_json())


def archive_key_of(identity: Identity) -> ArchiveKey | None:
    kept = sealed_records.read(ARCHIVE_KEY, identity)
    return ArchiveKey.from_json(kept) if kept else None


def archive_key_of_nobody() -> ArchiveKey:
    return ArchiveKey(secrets.token_bytes(_KEY), secrets.token_bytes(_WRAPPED))


def lock(key: ArchiveKey, plain: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key.key).encrypt(nonce, plain, None)


def unlock(locked: bytes, wrapped: bytes, words: str) -> bytes | None:
    """None for words that do not fit. As costly whether they do or not."""
    salt, nonce, rest = wrapped[:_SALT], wrapped[_SALT : _SALT + _NONCE], wrapped[_SALT + _NONCE :]
    try:
        key = AESGCM(_from_words(words, salt)).decrypt(nonce, rest, None)
        return AESGCM(key).decrypt(locked[:_NONCE], locked[_NONCE:], None)
    except InvalidTag:
        return None


def _from_words(words: str, salt: bytes) -> bytes:
    """66 random bits, and 64 MiB for every guess."""
    return hash_secret_raw(normalise_code(words).encode(), salt, 3, 65_536, 1, _KEY, Type.ID)
