"""The admin: Django's own, with our way in and our constant title."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _


class HearthAdminSite(AdminSite):
    """Sign-in goes through the members' door, so its rate limits and later second factors hold here too."""

    site_title = settings.SITE_NAME
    site_header = settings.SITE_NAME
    index_title = _("Desk")
    enable_nav_sidebar = False

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        through_our_door: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return through_our_door
