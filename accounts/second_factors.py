"""Second steps at sign-in and passkeys: where allauth's are bent to what may be kept and shown here.

An app's secret and the seed of the one-time codes are sealed in the database. No row says when a factor was made or
used. What lands on a phone (the entry in an app, in a list of passkeys) bears the site's dull name and not the
member's: whoever looks through the phone learns no name to try.
"""

from __future__ import annotations

import base64
import datetime as dt
import secrets
from typing import TYPE_CHECKING, Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.utils.translation import gettext

from accounts.fresh import authentication_records
from accounts.turning import Turned, turn_rows
from common.rate_limits import Limit, count
from common.sealing import is_sealed_anew, seal, unseal

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

_NO_TIME = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_ASKED_FOR = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # one-time codes exist beside one of these only
_CODES = Limit("codes", quota=5, window=5 * 60)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal("mfa", text.encode())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal("mfa", base64.b64decode(encrypted_text)).decode()

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002 - allauth's signature
        return gettext("Passkey %(number)d") % {
            "number": Authenticator.objects.filter(user=user, type=type).count() + 1
        }

    def get_totp_label(self, user: User) -> str:
        return settings.SITE_NAME

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": settings.PASSKEY_DOMAIN, "name": settings.SITE_NAME}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        """The id is random, another one for each passkey: allauth's is the row's number.

        Signing in finds the member by the passkey (accounts/passkeys.py), so nobody needs to know it again.
        """
        return {"id": secrets.token_bytes(32), "name": settings.SITE_NAME, "display_name": settings.SITE_NAME}


@receiver(pre_save, sender=Authenticator)
def keep_no_time(instance: Authenticator, **_kwargs: Any) -> None:
    """When somebody armed or used their account tells when they were here, and perhaps why (safety.md J1, S1)."""
    instance.created_at = _NO_TIME
    instance.last_used_at = None
    if "viewed_at" in instance.data:
        instance.data["viewed_at"] = True


def seal_second_factors_anew() -> Turned:
    """Under the newest key, as `rotate_seal_key` wants it: what is in somebody's app goes on."""
    return turn_rows(Authenticator.objects.all(), is_turned=_is_turned, turn=_turn)


_SEALED = ("secret", "seed")  # of an app, and of one-time codes


def _is_turned(factor: Authenticator) -> bool:
    return all(is_sealed_anew("mfa", base64.b64decode(factor.data[name])) for name in _SEALED if name in factor.data)


def _turn(factor: Authenticator) -> list[str]:
    for name in _SEALED:
        if name in factor.data:
            plain = unseal("mfa", base64.b64decode(factor.data[name]))
            factor.data[name] = base64.b64encode(seal("mfa", plain)).decode()
    return ["data"]


def has_second_factor(member: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether a password alone does not sign this member in. One query."""
    return bool(Authenticator.objects.filter(user=member, type__in=_ASKED_FOR).exists())


def has_shown_second_factor(session: SessionBase) -> bool:
    """Whether this visit began with, or was asked for, more than a password. No query."""
    return any(record.get("method") == "mfa" for record in authentication_records(session))


def is_enough_for_staff(member: AbstractBaseUser | AnonymousUser, session: SessionBase) -> bool:
    """Whether this visit may use what staff may do, by what it showed of who it is. At most one query.

    The factor must still be there: whoever takes it off is an ordinary member again at once.
    """
    if not settings.MODERATORS_NEED_SECOND_FACTOR:
        return True
    return has_shown_second_factor(session) and has_second_factor(member)


def is_right_code(member: User, code: str) -> bool:
    """Of an app or one of the one-time codes, each of which works once. Raises TooMany after five tries."""
    count(_CODES, str(member.pk))
    codes = Authenticator.objects.filter(user=member).exclude(type=Authenticator.Type.WEBAUTHN)
    return any(factor.wrap().validate_code(code) for factor in codes)


def remove_second_factors(member: User) -> None:
    Authenticator.objects.filter(user=member).delete()
