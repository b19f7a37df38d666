from __future__ import annotations

from django.urls import path

from moderation.api import batches, desk, holds, oversight, raid, sanctions, statements, two_people, views

urlpatterns = [
    path("posts/<pid:post_id>/reports/", views.PostReportsView.as_view(), name="post-reports"),
    path("posts/<pid:post_id>/team-notes/", views.PostTeamNotesView.as_view(), name="post-team-notes"),
    path("posts/<pid:post_id>/statements/", statements.PostStatementsView.as_view(), name="post-statements"),
    path("statements/<pid:statement_id>/", statements.StatementView.as_view(), name="statement"),
    path("reports/<pid:reference>/", views.ReportView.as_view(), name="report"),
    path("team/", raid.TeamView.as_view(), name="team"),
    path("desk/looks/", two_people.LooksView.as_view(), name="desk-looks"),
    path("desk/looks/<pid:look_id>/", two_people.LookView.as_view(), name="desk-look"),
    path("desk/looks/<pid:look_id>/approval/", two_people.ApprovalView.as_view(), name="desk-look-approval"),
    path("desk/looks/<pid:look_id>/opening/", two_people.OpeningView.as_view(), name="desk-look-opening"),
    path("desk/holds/", holds.HoldsView.as_view(), name="desk-holds"),
    path("desk/holds/<pid:hold_id>/", holds.HoldView.as_view(), name="desk-hold"),
    path("desk/raid/", raid.SwitchesView.as_view(), name="desk-raid"),
    path("desk/raid/<slug:switch>/", raid.SwitchView.as_view(), name="desk-raid-switch"),
    path("desk/duty/", desk.DutyView.as_view(), name="desk-duty"),
    path("desk/cases/", desk.QueueView.as_view(), name="desk-queue"),
    path("desk/cases/next/", desk.NextCaseView.as_view(), name="desk-next"),
    path("desk/cases/<pid:case_id>/", desk.CaseView.as_view(), name="desk-case"),
    path("desk/cases/<pid:case_id>/claim/", desk.ClaimView.as_view(), name="desk-claim"),
    path("desk/cases/<pid:case_id>/takeover/", desk.TakeoverView.as_view(), name="desk-takeover"),
    path("desk/cases/<pid:case_id>/decisions/", desk.DecisionsView.as_view(), name="desk-decisions"),
    path("desk/cases/<pid:case_id>/undoing/", desk.UndoingView.as_view(), name="desk-undoing"),
    path("desk/cases/<pid:case_id>/putting-off/", desk.PuttingOffView.as_view(), name="desk-putting-off"),
    path("desk/cases/<pid:case_id>/passing-on/", desk.PassingOnView.as_view(), name="desk-passing-on"),
    path(
        "desk/cases/<pid:case_id>/reports/<pid:reference>/judgement/",
        desk.JudgementView.as_view(),
        name="desk-judgement",
    ),
    path("desk/batches/", batches.BatchesView.as_view(), name="desk-batches"),
    path("desk/batches/preview/", batches.PreviewView.as_view(), name="desk-batch-preview"),
    path("desk/batches/<pid:batch_id>/", batches.BatchView.as_view(), name="desk-batch"),
    path("desk/batches/<pid:batch_id>/undoing/", batches.UndoingView.as_view(), name="desk-batch-undoing"),
    path("desk/figures/", oversight.FiguresView.as_view(), name="desk-figures"),
    path("desk/second-looks/next/", oversight.NextLookView.as_view(), name="desk-next-look"),
    path("desk/second-looks/<pid:look_id>/verdict/", oversight.VerdictView.as_view(), name="desk-verdict"),
    path("desk/transparency/<int:year>/", oversight.TransparencyView.as_view(), name="desk-transparency"),
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
