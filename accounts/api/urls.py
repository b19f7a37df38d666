from __future__ import annotations

from django.urls import path

from accounts.api import views

urlpatterns = [
    path("name-suggestions/", views.NameSuggestionsView.as_view(), name="name-suggestions"),
    path("recovery-words/", views.RecoveryWordsView.as_view(), name="recovery-words"),
    path("recovery/", views.RecoveryView.as_view(), name="recovery"),
]
