from __future__ import annotations

from django.urls import path

from accounts.api import visits

urlpatterns = [
    path("account/visits/", visits.VisitsView.as_view(), name="account-visits"),
    path("account/visits/<pid:visit_id>/", visits.VisitView.as_view(), name="account-visit"),
]
