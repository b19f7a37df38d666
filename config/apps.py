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
