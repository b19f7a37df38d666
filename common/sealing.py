"""Keyed tags and sealed values. The only reader of the seal key.

Whoever copies the database without the key can join nothing by what is made here: a tag is an HMAC-SHA256,
a sealed value is AES-256-GCM under a random nonce, a token is AES-SIV (RFC 5297). Each purpose has its own
key, derived with HKDF (RFC 5869), so that a tag made for one thing is worth nothing for another.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Callable
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE = 12  # bytes, as AES-GCM wants
_BLOCK = 512  # bytes; sealed values are padded to a multiple, so that their length says little


class CannotOpen(Exception):
    """Not sealed by us for this purpose, or changed since."""


@lru_cache(maxsize=256)
def _derive(master: str, purpose: str, size: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=size, salt=None, info=purpose.encode()).derive(master.encode())


def _joined(parts: tuple[str, ...]) -> bytes:
    """Length-prefixed, so that ("ab", "c") and ("a", "bc") differ."""
    encoded = [part.encode() for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)


def tag(purpose: str, *parts: str) -> str:
    """43 characters that only the holder of the seal key can make again."""
    return tags(purpose, *parts)[0]


def tags(purpose: str, *parts: str) -> list[str]:
    """The tag under every key in SEAL_KEYS, the newest first: while keys rotate, a row may carry either."""
    made = []
    for master in settings.SEAL_KEYS:
        key = _derive(master, f"tag:{purpose}", 32)
        digest = hmac.new(key, _joined(parts), hashlib.sha256).digest()
        made.append(base64.urlsafe_b64encode(digest).rstrip(b"=").decode())
    return made


def short_taggers(purpose: str) -> list[Callable[[str], str]]:
    """For very many small things: under every key, the newest first, what makes twelve letters and digits of a word.

    Two words may meet in one tag, once in 10^14. Cheap enough for each word of a long text.
    """
    keys = [_derive(master, f"short-tag:{purpose}", 32) for master in settings.SEAL_KEYS]
    return [
        lambda word, key=key: hashlib.blake2b(word.encode(), key=key, digest_size=6).hexdigest()  # type: ignore[misc]
        for key in keys
    ]


def seal(purpose: str, plain: bytes, *, secret: str = "", block: int = _BLOCK) -> bytes:
    """Only `unseal` with the same purpose (and the same extra `secret`, if one is given) opens it again.

    `block`: what its length is padded to a multiple of.
    """
    key = _derive(settings.SEAL_KEYS[0], f"seal:{purpose}:{secret}", 32)
    padded = plain + b"\x80" + bytes(-(len(plain) + 1) % block)
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, padded, purpose.encode())


def unseal(purpose: str, sealed: bytes | memoryview, *, secret: str = "") -> bytes:
    """Raises CannotOpen. Tries every key in SEAL_KEYS, the newest first."""
    for master in settings.SEAL_KEYS:
        if (plain := _opened(master, purpose, sealed, secret)) is not None:
            return plain
    raise CannotOpen


def is_sealed_anew(purpose: str, sealed: bytes | memoryview) -> bool:
    """Under the newest key, that is: what `rotate_seal_key` need not touch again."""
    return _opened(settings.SEAL_KEYS[0], purpose, sealed, "") is not None


def _opened(master: str, purpose: str, sealed: bytes | memoryview, secret: str) -> bytes | None:
    key = _derive(master, f"seal:{purpose}:{secret}", 32)
    try:
        padded = AESGCM(key).decrypt(bytes(sealed[:_NONCE]), bytes(sealed[_NONCE:]), purpose.encode())
    except (InvalidTag, ValueError):
        return None
    return padded[: padded.rindex(b"\x80")]


def token(purpose: str, plain: bytes, *, bound_to: str = "") -> str:
    """Opaque text for an address: the same input gives the same token, nothing of it can be read or forged.

    Keyed by SECRET_KEY: it outlives nothing, and holds nothing that joins people.
    """
    key = _derive(settings.SECRET_KEY, f"token:{purpose}", 64)
    sealed = AESSIV(key).encrypt(plain or b"\0", [purpose.encode(), bound_to.encode()])
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def open_token(purpose: str, text: str, *, bound_to: str = "") -> bytes:
    """Raises CannotOpen for anything that `token` did not make with the same purpose and binding."""
    key = _derive(settings.SECRET_KEY, f"token:{purpose}", 64)
    try:
        sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return AESSIV(key).decrypt(sealed, [purpose.encode(), bound_to.encode()])
    except (InvalidTag, ValueError) as error:
        raise CannotOpen from error
