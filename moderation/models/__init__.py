from moderation.models.audit_entry import AuditEntry, AuditHead
from moderation.models.case import Case, CaseState
from moderation.models.decision import Action, Decision
from moderation.models.report import URGENT, Report, ReportReason
from moderation.models.signal import Screener, Signal

__all__ = [
    "URGENT",
    "Action",
    "AuditEntry",
    "AuditHead",
    "Case",
    "CaseState",
    "Decision",
    "Report",
    "ReportReason",
    "Screener",
    "Signal",
]
