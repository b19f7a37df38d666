from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.pseudonyms import name_key


class NotTheNameValidator:
    """Refuses a password that is the name with little around it. Django's own validator compares letters as in a bag,
    and takes one good passphrase of a hundred for the name.
    """

    LEAST = 6  # characters beside the name that make it another thing

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        typed = name_key(password)
        for name in {name_key(str(getattr(user, field, ""))) for field in ("username", "pseudonym")} - {""}:
            if name in typed and len(typed) - len(name) < self.LEAST:
                raise ValidationError(self.get_help_text(), code="password_is_the_name")

    def get_help_text(self) -> str:
        return _("Please choose something that is not your name here with a little added.")


class MaximumLengthValidator:
    """Bounds what is hashed: Argon2's cost must not be anybody's to choose."""

    def __init__(self, max_length: int = 1000) -> None:
        self.max_length = max_length

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if len(password) > self.max_length:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return _("At most %(count)d characters.") % {"count": self.max_length}
