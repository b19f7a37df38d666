from __future__ import annotations

from django.urls import path

from moderation.api.views import reports, sanctions

urlpatterns = [
    path("posts/<pid:post_id>/reports/", reports.PostReportsView.as_view(), name="post-reports"),
    path("posts/<pid:post_id>/sanctions/", sanctions.PostSanctionsView.as_view(), name="post-sanctions"),
    path("sanctions/", sanctions.SanctionsView.as_view(), name="sanctions"),
    path("sanctions/<pid:sanction_id>/", sanctions.SanctionView.as_view(), name="sanction"),
    path("sanctions/<pid:sanction_id>/lifting/", sanctions.SanctionLiftingView.as_view(), name="sanction-lifting"),
]
