"""Every door. A URL name that can show a post's words has a row in tests/house/test_leaks.py, or the tests fail."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, register_converter
from drf_spectacular.views import SpectacularJSONAPIView

from common import leaving
from common.errors import NotFound
from common.public_id import PublicIdConverter
from config import health, language

register_converter(PublicIdConverter, "pid")


def _gone(request: HttpRequest, **_kwargs: str) -> HttpResponse:
    raise NotFound


# What allauth mounts for e-mail and phone: this site has neither. Named, because allauth reverses some of them.
_WITHOUT_MAIL: list[URLPattern] = [
    path("accounts/email/", _gone, name="account_email"),
    path("accounts/confirm-email/", _gone, name="account_email_verification_sent"),
    path("accounts/password/set/", _gone, name="account_set_password"),
    path("accounts/password/reset/", _gone, name="account_reset_password"),
    *[
        path(f"api/auth/{client}/v1/{way}", _gone)
        for client in ("browser", "app")
        for way in (
            "account/email",
            "account/phone",
            "auth/email/verify",
            "auth/email/verify/resend",
            "auth/phone/verify",
            "auth/phone/verify/resend",
            "auth/password/request",
            "auth/password/reset",
            "auth/code/request",
            "auth/code/confirm",
        )
    ],
]

_API: list[URLPattern | URLResolver] = [
    path("account/", include("accounts.api.urls")),
    path("", include("forum.api.urls")),
    path("", include("moderation.api.urls")),
    path("", include("crisis.api.urls")),
    path("schema/", SpectacularJSONAPIView.as_view(), name="schema"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("forum.pages.urls")),
    path("", include("moderation.pages.urls")),
    path("", include("crisis.pages.urls")),
    path("leave/", leaving.leave, name="leave"),
    path("away/", leaving.away, name="away"),
    path("still-here/", leaving.still_here, name="still-here"),
    path("come-back/", leaving.come_back, name="come-back"),
    path("language/", language.choose, name="language"),
    *_WITHOUT_MAIL,
    path("accounts/", include("accounts.pages.urls")),
    path("accounts/", include("accounts.pages.own_urls")),
    path("api/v1/", include((_API, "api"))),
    path("api/auth/", include("accounts.api.auth_urls")),  # what replaces some of the next line's
    path("api/auth/", include("allauth.headless.urls")),
    path("admin/", admin.site.urls),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
]

handler400 = "common.problems.bad_request"
handler403 = "common.problems.not_allowed"
handler404 = "forum.pages.old_addresses.not_found"
handler500 = "common.problems.server_error"
