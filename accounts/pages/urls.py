"""Everything under /accounts/. allauth finds its pages by their names, so those stay; none shows its own template."""

from __future__ import annotations

from allauth.account import views as allauth
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as webauthn
from django.urls import path

from accounts.pages import views

urlpatterns = [
    path("", views.account, name="account"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path("login/", allauth.login, name="account_login"),
    path("logout/", views.sign_out, name="account_logout"),
    path("signup/", allauth.signup, name="account_signup"),
    path("signup/names/", views.more_names, name="more-names"),
    path("reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path("password/change/", allauth.password_change, name="account_change_password"),
    path("recover/", views.recover, name="recover"),
    path("recovery-words/", views.recovery_words, name="recovery-words"),
    path("recovery-words/kept/", views.recovery_words_kept, name="recovery-words-kept"),
    path("second-step/", views.second_step, name="mfa_index"),
    path("second-step/code/", mfa.authenticate, name="mfa_authenticate"),
    path("second-step/again/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("second-step/app/", app.activate_totp, name="mfa_activate_totp"),
    path("second-step/app/remove/", app.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-step/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second-step/codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("second-step/desk/", views.second_step_for_desk, name="second-step-for-desk"),
    path("passkeys/", views.passkeys, name="mfa_list_webauthn"),
    path("passkeys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("passkeys/again/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("passkeys/sign-in/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("passkeys/<str:key>/remove/", views.passkey_remove, name="passkey-remove"),
]
