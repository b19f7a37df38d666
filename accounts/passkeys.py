"""Passkeys: whose they are, and what they are called where somebody manages them. Rows' numbers stay here."""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING, Any

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from fido2.utils import websafe_decode, websafe_encode

from common.errors import NotFound
from common.sealing import CannotOpen, open_token, token

if TYPE_CHECKING:
    from accounts.models import User


def name_owner(credential: Any) -> None:
    """Writes into what a browser sent, where allauth looks for the member, whose passkey it is.

    It proves nothing: allauth checks the signature with that passkey's public key. A passkey that was made as a second
    step only, without the device's own lock, is nobody's here (django-allauth#4224).
    """
    if isinstance(credential, dict) and isinstance(credential.get("response"), dict):
        factor = _passkey(credential.get("id"))
        owner = user_pk_to_url_str(factor.user).encode() if factor else b""
        credential["response"]["userHandle"] = websafe_encode(owner)


def key_of(number: int, *, owner: User) -> str:
    """What an address or the API names a passkey by."""
    return token("passkey", str(number).encode(), bound_to=str(owner.pk))


def number_of(key: object, *, owner: User) -> int:
    """Raises NotFound for anything but the key of a passkey of this owner."""
    try:
        return int(open_token("passkey", str(key), bound_to=str(owner.pk)))
    except CannotOpen as error:
        raise NotFound from error


def _passkey(credential_id: object) -> Authenticator | None:
    """By the id that is in its own data: the one beside it was sent by a browser and could be another's."""
    if not isinstance(credential_id, str):
        return None
    try:
        wanted = websafe_decode(credential_id)
    except (binascii.Error, ValueError):
        return None
    for factor in Authenticator.objects.filter(
        type=Authenticator.Type.WEBAUTHN, data__credential__id=credential_id
    ).select_related("user"):
        passkey = factor.wrap()
        if passkey.is_passwordless and passkey.authenticator_data.credential_data.credential_id == wanted:
            return factor
    return None
