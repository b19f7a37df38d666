from __future__ import annotations

from django.urls import path

from moderation.pages import views

app_name = "moderation"
urlpatterns = [
    path("p/<pid:post_id>/report/", views.post_report, name="post-report"),
    path("p/<pid:post_id>/decided/", views.post_statements, name="post-statements"),
    path("reports/", views.report_look_up, name="report-look-up"),
]
