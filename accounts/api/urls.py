from __future__ import annotations

from django.urls import path

from accounts.api import own_data, visits

urlpatterns = [
    path("account/copy/", own_data.CopyView.as_view(), name="account-copy"),
    path("account/closings/", own_data.ClosingsView.as_view(), name="account-closings"),
    path("account/closings/<pid:job_id>/", own_data.ClosingView.as_view(), name="account-closing"),
    path("account/reopening/", own_data.ReopeningView.as_view(), name="account-reopening"),
    path("account/visits/", visits.VisitsView.as_view(), name="account-visits"),
    path("account/visits/<pid:visit_id>/", visits.VisitView.as_view(), name="account-visit"),
]
