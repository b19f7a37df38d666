from __future__ import annotations

from django.urls import path

from moderation.api import desk, oversight, raid, sanctions, statements, views

urlpatterns = [
    path("posts/<pid:post_id>/reports/", views.PostReportsView.as_view(), name="post-reports"),
    path("posts/<pid:post_id>/team-notes/", views.PostTeamNotesView.as_view(), name="post-team-notes"),
    path("posts/<pid:post_id>/statements/", statements.PostStatementsView.as_view(), name="post-statements"),
    path("statements/<pid:statement_id>/", statements.StatementView.as_view(), name="statement"),
    path("statements/<pid:statement_id>/appeal/", statements.StatementAppealView.as_view(), name="statement-appeal"),
    path("reports/<pid:reference>/appeal/", statements.ReportAppealView.as_view(), name="report-appeal"),
    path("reports/<pid:reference>/", views.ReportView.as_view(), name="report"),
    path("team/", raid.TeamView.as_view(), name="team"),
    path("desk/raid/", raid.SwitchesView.as_view(), name="desk-raid"),
    path("desk/raid/<slug:switch>/", raid.SwitchView.as_view(), name="desk-raid-switch"),
    path("desk/duty/", desk.DutyView.as_view(), name="desk-duty"),
    path("desk/cases/", desk.QueueView.as_view(), name="desk-queue"),
    path("desk/cases/next/", desk.NextCaseView.as_view(), name="desk-next"),
    path("desk/cases/<pid:case_id>/", desk.CaseView.as_view(), name="desk-case"),
    path("desk/cases/<pid:case_id>/claim/", desk.ClaimView.as_view(), name="desk-claim"),
    path("desk/cases/<pid:case_id>/takeover/", desk.TakeoverView.as_view(), name="desk-takeover"),
    path("desk/cases/<pid:case_id>/decisions/", desk.DecisionsView.as_view(), name="desk-decisions"),
    path("desk/cases/<pid:case_id>/appeal/", desk.AppealDecisionView.as_view(), name="desk-appeal"),
    path("desk/cases/<pid:case_id>/putting-off/", desk.PuttingOffView.as_view(), name="desk-putting-off"),
    path("desk/cases/<pid:case_id>/passing-on/", desk.PassingOnView.as_view(), name="desk-passing-on"),
    path(
        "desk/cases/<pid:case_id>/reports/<pid:reference>/judgement/",
        desk.JudgementView.as_view(),
        name="desk-judgement",
    ),
    path("desk/log/<int:number>/redaction/", oversight.RedactionView.as_view(), name="desk-redaction"),
    path("desk/posts/<pid:post_id>/sanctions/", sanctions.PostSanctionsView.as_view(), name="desk-post-sanctions"),
    path("desk/sanctions/", sanctions.SanctionsView.as_view(), name="desk-sanctions"),
    path("desk/sanctions/<pid:sanction_id>/", sanctions.SanctionView.as_view(), name="desk-sanction"),
    path(
        "desk/sanctions/<pid:sanction_id>/lifting/",
        sanctions.SanctionLiftingView.as_view(),
        name="desk-sanction-lifting",
    ),
]
