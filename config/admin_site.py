"""The admin: Django's own, with our way in and our constant title."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.pages.views import sign_out
from accounts.second_factors import is_enough_for_staff
from config.typed_at_the_desk import give_back, sign_in_first
from forum.visit import form_waits, writer_mark


class HearthAdminSite(AdminSite):
    """Sign-in goes through the members' door, so its rate limits hold here too; and then it takes a second step."""

    site_title = settings.SITE_NAME
    site_header = settings.SITE_NAME
    index_title = _("Desk")
    enable_nav_sidebar = False

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """What is sent after the visit had ended is given back: a redirect to sign in would lose it."""
        within = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST" and not request.user.is_authenticated:
                return sign_in_first(request)
            response: HttpResponseBase = within(request, *args, **kwargs)
            if request.method == "GET" and form_waits(request) and self.has_permission(request):
                give_back(request, response)
            return response

        return guarded

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """`writer` goes with each form that somebody types in (config/typed_at_the_desk.py)."""
        moderator = request.user if request.user.is_authenticated else None
        return {**super().each_context(request), "writer": writer_mark(moderator)}

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and is_enough_for_staff(request.user, request.session)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Where every page of the desk leads that may not be opened."""
        if super().has_permission(request):
            return redirect("admin:index" if self.has_permission(request) else "second-step-for-desk")
        through_our_door: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return through_our_door

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The members' door again. Django's page after it is titled with the name of the host (safety.md B1)."""
        return sign_out(request)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account_change_password")

    password_change_done = password_change
