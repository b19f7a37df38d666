"""Someone with an account: a name to be known by, and a password. Nothing else is asked, nothing else is kept.

No e-mail, no real name, no time of joining or of the last sign-in (safety.md A1, J1).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **extra: Any) -> User:
        from accounts.pseudonyms import clean_pseudonym, name_key

        if "pseudonym" not in extra:
            extra["pseudonym"] = clean_pseudonym(username)
        user = self.model(username=name_key(username), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **extra: Any) -> User:
        return self.create_user(username, password, is_staff=True, is_superuser=True, **extra)


class User(AbstractBaseUser, PermissionsMixin):
    """`username` signs in and is never shown; `pseudonym` is shown and opens nothing.

    They start as the same words. They are two columns so that a member can part them: whoever reads a
    pseudonym in a thread then knows no name to try passwords on (dependencies.md section 4).
    """

    username = models.CharField(_("name to sign in with"), max_length=40, unique=True)
    pseudonym = models.CharField(_("pseudonym"), max_length=40, unique=True)
    is_staff = models.BooleanField(_("may open the desk"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    last_login = None  # removed: when somebody was here is nobody's business

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")

    def __str__(self) -> str:
        return self.pseudonym
