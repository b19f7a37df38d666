from moderation.models.audit_entry import AuditEntry, AuditHead
from moderation.models.case import Case, CaseState
from moderation.models.decision import Action, Decision
from moderation.models.report import URGENT, Report, ReportReason
from moderation.models.sanction import Level, Sanction

__all__ = [
    "URGENT",
    "Action",
    "AuditEntry",
    "AuditHead",
    "Case",
    "CaseState",
    "Decision",
    "Level",
    "Report",
    "ReportReason",
    "Sanction",
]
