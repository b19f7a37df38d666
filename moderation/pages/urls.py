from __future__ import annotations

from django.urls import path

from moderation.pages import views

app_name = "moderation"
urlpatterns = [
    path("p/<pid:post_id>/report/", views.post_report, name="post-report"),
    path("p/<pid:post_id>/decided/", views.post_statements, name="post-statements"),
    path("decided/<pid:statement_id>/ask-again/", views.statement_appeal, name="statement-appeal"),
    path("reports/ask-again/", views.report_appeal, name="report-appeal"),
    path("reports/", views.report_look_up, name="report-look-up"),
]
