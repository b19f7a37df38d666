"""The admin: Django's own, with our way in and our constant title."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.second_factors import is_enough_for_staff


class HearthAdminSite(AdminSite):
    """Sign-in goes through the members' door, so its rate limits hold here too; and then it takes a second step."""

    site_title = settings.SITE_NAME
    site_header = settings.SITE_NAME
    index_title = _("Desk")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and is_enough_for_staff(request.user, request.session)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Where every page of the desk leads that may not be opened."""
        if super().has_permission(request) and not self.has_permission(request):
            return redirect("second-step-for-desk")
        through_our_door: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return through_our_door
