"""Under /api/auth/, before allauth's own: those of its addresses that are answered by accounts/api/auth_views.py."""

from __future__ import annotations

from allauth.headless.constants import Client
from django.urls import path

from accounts.api import auth_views

urlpatterns = [
    path(f"{client.value}/v1/{way}", view.as_api_view(client=client))
    for client in Client
    for way, view in (
        ("account/authenticators", auth_views.FactorsView),
        ("account/authenticators/totp", auth_views.AppView),
        ("account/authenticators/recovery-codes", auth_views.OneTimeCodesView),
        ("account/authenticators/webauthn", auth_views.PasskeysView),
        ("auth/webauthn/authenticate", auth_views.PasskeyStepView),
        ("auth/webauthn/reauthenticate", auth_views.PasskeyAgainView),
        ("auth/webauthn/login", auth_views.SignInWithPasskeyView),
    )
]
