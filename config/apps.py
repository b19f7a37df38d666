"""The top app: it knows every other, none knows it."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config import checks  # noqa: F401 - registers the start-up checks


class HearthAdminConfig(AdminConfig):
    default = False
    default_site = "config.admin_site.HearthAdminSite"

    def ready(self) -> None:
        """All apps' admins, but for allauth's: they show who armed an account how, and addresses this site has not."""
        super().ready()
        from allauth.account.models import EmailAddress
        from allauth.mfa.models import Authenticator
        from django.contrib import admin

        admin.site.unregister([EmailAddress, Authenticator])
