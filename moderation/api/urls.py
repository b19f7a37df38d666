from __future__ import annotations

from django.urls import path

from moderation.api import views

urlpatterns = [
    path("posts/<pid:post_id>/reports/", views.PostReportsView.as_view(), name="post-reports"),
    path("posts/<pid:post_id>/team-notes/", views.PostTeamNotesView.as_view(), name="post-team-notes"),
]
