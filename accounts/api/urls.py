from __future__ import annotations

from django.urls import path

from accounts.api import breaks, own_data, views, visits

urlpatterns = [
    path("name-suggestions/", views.NameSuggestionsView.as_view(), name="name-suggestions"),
    path("recovery-words/", views.RecoveryWordsView.as_view(), name="recovery-words"),
    path("recovery/", views.RecoveryView.as_view(), name="recovery"),
    path("copy/", own_data.CopyView.as_view(), name="account-copy"),
    path("closings/", own_data.ClosingsView.as_view(), name="account-closings"),
    path("closings/<pid:job_id>/", own_data.ClosingView.as_view(), name="account-closing"),
    path("reopening/", own_data.ReopeningView.as_view(), name="account-reopening"),
    path("break/", breaks.BreakView.as_view(), name="account-break"),
    path("visits/", visits.VisitsView.as_view(), name="account-visits"),
    path("visits/<pid:visit_id>/", visits.VisitView.as_view(), name="account-visit"),
]
