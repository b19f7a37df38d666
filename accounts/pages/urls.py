from __future__ import annotations

from django.urls import path

from accounts.pages import visits

app_name = "accounts"
urlpatterns = [
    path("visits/", visits.visits, name="visits"),
    path("visits/others/end/", visits.visits_end_others, name="visits-end-others"),
    path("visits/<pid:visit_id>/end/", visits.visit_end, name="visit-end"),
]
