"""Who can help: services by country, pinned where people read and write."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CrisisConfig(AppConfig):
    name = "crisis"
    verbose_name = _("Help and helplines")
    default_auto_field = "django.db.models.BigAutoField"
